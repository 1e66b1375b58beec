/**
 * Reads the container that `formats/safetensors.ts` writes, and trusts nothing in it. Loaded with the first file. Knows nothing about
 * models.
 */
import { FormatError, show } from "../base/errors.js";
import { bytesOf } from "../base/kinds.js";
import { sizeOf } from "../base/shape.js";
import {
  BLANK_CHECKSUM,
  crc32,
  encodeText,
  FORMAT,
  HEADER_LIMIT,
  type HeaderEntry,
  type NamedTensor,
  PREFIX_BYTES,
  VERSION,
} from "../formats/safetensors.js";

const OPENING_BRACE = 0x7b;

/** A file that was read: what was described, and its tensors by name. */
export interface ModelFile {
  readonly description: Record<string, unknown>;
  /** Their data may be views of the file. */
  readonly tensors: Map<string, NamedTensor>;
}

/** @throws FormatError for bytes that are not a whole, unaltered simdgrad file. */
export function readModelFile(bytes: unknown): ModelFile {
  const file = bytesOf(bytes);
  if (file === null) throw new FormatError("load: expected the bytes of a model file as Uint8Array or ArrayBuffer.");
  const { header, text, dataBegin } = readHeader(file);
  const metadata = header.__metadata__ as Record<string, unknown> | undefined;
  if (metadata?.format !== FORMAT) {
    throw new FormatError(`load: this is a safetensors file, but not a model saved by simdgrad.`);
  }
  if (metadata.version !== VERSION) {
    throw new FormatError(`load: file version ${show(metadata.version)}, expected "${VERSION}". Update simdgrad.`);
  }
  if (!isAsWritten(header, text.trimEnd())) throw new FormatError("load: the header was not written by simdgrad.");
  const data = file.subarray(dataBegin);
  const blank = text.replace(/"checksum":"[0-9a-f]{8}"/, `"checksum":"${BLANK_CHECKSUM}"`);
  const checksum = crc32(encodeText(blank), data);
  if (metadata.checksum !== checksum) {
    throw new FormatError(
      `load: checksum ${show(metadata.checksum)} in the file, ${checksum} of its bytes: it is truncated or altered. Save or download it again.`,
    );
  }
  const tensors = new Map<string, NamedTensor>();
  let offset = 0;
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const tensor = readTensor(name, entry, data, offset);
    tensors.set(name, tensor);
    offset += tensor.data.length * 4;
  }
  if (offset !== data.length) throw new FormatError(`load: expected ${offset} bytes of weights, got ${data.length}.`);
  const description = parseObject(metadata.model, "description");
  if (isAsWritten(description, metadata.model)) return { description, tensors };
  throw new FormatError("load: the description was not written by simdgrad.");
}

function readHeader(file: Uint8Array): { header: Record<string, unknown>; text: string; dataBegin: number } {
  if (file.length < PREFIX_BYTES + 2) throw new FormatError(`load: ${file.length} bytes are too few for a model file.`);
  const length = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  if (length > HEADER_LIMIT) throw new FormatError("load: this is not a model file: its header would be over 100 MB.");
  const dataBegin = PREFIX_BYTES + Number(length);
  if (dataBegin > file.length && file[PREFIX_BYTES] !== OPENING_BRACE) {
    throw new FormatError("load: the header is not JSON: this is not a model file.");
  }
  if (dataBegin > file.length) {
    throw new FormatError(
      `load: the header needs ${dataBegin} bytes, but the file has ${file.length}: it is truncated.`,
    );
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(file.subarray(PREFIX_BYTES, dataBegin));
  } catch (cause) {
    throw new FormatError("load: the header is not text: this is not a model file.", { cause });
  }
  return { header: parseObject(text, "header"), text, dataBegin };
}

/** True if the text is what `writeModelFile` makes of the object: no key twice, and no nesting too deep to be written. */
function isAsWritten(object: object, text: unknown): boolean {
  try {
    return JSON.stringify(object) === text;
  } catch {
    return false;
  }
}

function parseObject(text: unknown, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    if (typeof text === "string") value = JSON.parse(text);
  } catch (cause) {
    throw new FormatError(`load: the ${what} is not JSON: this is not a model file.`, { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new FormatError(`load: the ${what} is not an object: this is not a model file.`);
}

/** Tensors must follow each other without gaps, in the order of the header. */
function readTensor(name: string, entry: unknown, data: Uint8Array, offset: number): NamedTensor {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Partial<HeaderEntry>;
  const valid =
    dtype === "F32" &&
    Array.isArray(shape) &&
    shape.every((d) => Number.isSafeInteger(d) && d > 0) &&
    Array.isArray(offsets);
  const size = valid ? sizeOf(shape) * 4 : Number.NaN;
  if (!valid || offsets[0] !== offset || offsets[1] !== offset + size || offsets[1] > data.length) {
    throw new FormatError(
      `load: the entry of ${JSON.stringify(name)} does not describe float32 values that follow the last.`,
    );
  }
  const bytes = data.subarray(offset, offset + size);
  // A view where the bytes are aligned, as in every file that is not part of a larger buffer.
  const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return { name, shape, data: new Float32Array(buffer, byteOffset, size / 4) };
}
