/**
 * Reads the safetensors container, and trusts nothing in it. Loaded with the first file. Knows nothing about models.
 * Errors do not say which function was called: it says so itself.
 */
import { FormatError } from "../base/errors.js";
import { sizeOf } from "../base/shape.js";
import { HEADER_LIMIT, type HeaderEntry, type NamedTensor, PREFIX_BYTES } from "./safetensors.js";

/** The remedy for other files. */
export const REMEDY =
  "Give the bytes that save() returned. importModel of simdgrad/formats reads files of other libraries.";

const OPENING_BRACE = 0x7b;

/** The header of a file, as JSON and as text, and the start of its values. */
export interface Header {
  readonly header: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly dataBegin: number;
}

/** @throws FormatError if the bytes are not such a file. */
export function readHeader(file: Uint8Array): Header {
  if (file.length < PREFIX_BYTES + 2)
    throw new FormatError(`${file.length} bytes are too few for a model file. ${REMEDY}`);
  const length = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  if (length > HEADER_LIMIT)
    throw new FormatError(`this is not a model file: its header would be over 100 MB. ${REMEDY}`);
  const dataBegin = PREFIX_BYTES + Number(length);
  if (dataBegin > file.length && file[PREFIX_BYTES] !== OPENING_BRACE) {
    throw new FormatError(`the header is not JSON: this is not a model file. ${REMEDY}`);
  }
  if (dataBegin > file.length) {
    throw new FormatError(
      `the header needs ${dataBegin} bytes, but the file has ${file.length}: it is truncated. Save or download it again.`,
    );
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(file.subarray(PREFIX_BYTES, dataBegin));
  } catch (cause) {
    throw new FormatError(`the header is not text: this is not a model file. ${REMEDY}`, { cause });
  }
  return { header: parseObject(text, "header"), text, dataBegin };
}

/** Parses a text as a JSON object. @throws FormatError saying that `what` is not one */
export function parseObject(text: unknown, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    if (typeof text === "string") value = JSON.parse(text);
  } catch (cause) {
    throw new FormatError(`the ${what} is not JSON: this is not a model file. ${REMEDY}`, { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new FormatError(`the ${what} is not an object: this is not a model file. ${REMEDY}`);
}

/** The tensors of a header by name, as views of `data` if it is aligned. @throws FormatError */
export function readTensors(header: Header["header"], data: Uint8Array): Map<string, NamedTensor> {
  const tensors = new Map<string, NamedTensor>();
  let offset = 0;
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const tensor = readTensor(name, entry, data, offset);
    tensors.set(name, tensor);
    offset += tensor.data.length * 4;
  }
  if (offset !== data.length) throw new FormatError(`expected ${offset} bytes of weights, got ${data.length}.`);
  return tensors;
}

/** Reads one tensor. Tensors must follow each other without gaps, in the order of the header. */
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
      `the entry of ${JSON.stringify(name)} does not describe float32 values that follow the last.`,
    );
  }
  const bytes = data.subarray(offset, offset + size);
  // A view if the bytes are aligned, as in every file that is not part of a larger buffer.
  const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return { name, shape, data: new Float32Array(buffer, byteOffset, size / 4) };
}
