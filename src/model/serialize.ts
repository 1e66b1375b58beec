/**
 * The model file: a safetensors container (8-byte length, JSON header, raw little-endian float32), so that other
 * tools can read the weights, with everything needed to go on training in its metadata and a checksum over it all.
 */
import { FormatError, show } from "../errors.js";
import { bytesOf as bytesIn } from "../kinds.js";
import { type Shape, sizeOf } from "../shape.js";

/** One tensor of a file. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly data: Float32Array;
}

const FORMAT = "simdgrad";
const VERSION = "1";
/** Bytes of the longest header, the limit of safetensors. Its text is in the file, so no file asks for more than it has. */
const HEADER_LIMIT = 1e8;
const PREFIX_BYTES = 8;
const OPENING_BRACE = 0x7b;
const BLANK_CHECKSUM = "00000000";

interface HeaderEntry {
  dtype: "F32";
  shape: Shape;
  data_offsets: [number, number];
}

/** CRC-32 (ISO 3309) over parts in turn, eight bytes at a time ("slicing by 8", Kounavis and Berry 2005). */
function crc32(...parts: Uint8Array[]): string {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = crcTables();
  let crc = -1;
  for (const part of parts) {
    // Whole words, little-endian as every machine that runs WebAssembly; a part that is not aligned is copied.
    const { buffer, byteOffset } = part.byteOffset % 4 === 0 ? part : part.slice();
    const words = new Int32Array(buffer, byteOffset, 2 * Math.floor(part.length / 8));
    for (let i = 0; i < words.length; i += 2) {
      const low = crc ^ words[i];
      const high = words[i + 1];
      crc =
        t7[low & 255] ^
        t6[(low >>> 8) & 255] ^
        t5[(low >>> 16) & 255] ^
        t4[low >>> 24] ^
        t3[high & 255] ^
        t2[(high >>> 8) & 255] ^
        t1[(high >>> 16) & 255] ^
        t0[high >>> 24];
    }
    for (let i = words.length * 4; i < part.length; i++) crc = t0[(crc ^ part[i]) & 255] ^ (crc >>> 8);
  }
  return (~crc >>> 0).toString(16).padStart(8, "0");
}

let tables: Int32Array[] | undefined;

/** Table k has the remainder of each byte with k zero bytes after it. */
function crcTables(): Int32Array[] {
  if (tables) return tables;
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
    return byte;
  });
  tables = [first];
  while (tables.length < 8) tables.push(tables[tables.length - 1].map((crc) => first[crc & 255] ^ (crc >>> 8)));
  return tables;
}

/** The values as bytes; a view, not a copy. */
function bytesOf(data: Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Writes tensors and one JSON-able description into a file's bytes. */
export function writeModelFile(description: object, tensors: readonly NamedTensor[]): Uint8Array<ArrayBuffer> {
  const data = tensors.map((tensor) => bytesOf(tensor.data));
  const entries: Record<string, HeaderEntry> = {};
  let offset = 0;
  tensors.forEach(({ name, shape }, i) => {
    entries[name] = { dtype: "F32", shape, data_offsets: [offset, offset + data[i].length] };
    offset += data[i].length;
  });
  const metadata = { format: FORMAT, version: VERSION, checksum: BLANK_CHECKSUM, model: JSON.stringify(description) };
  const blank = padded(JSON.stringify({ __metadata__: metadata, ...entries }));
  const checksum = crc32(encodeText(blank), ...data);
  const header = encodeText(blank.replace(`"checksum":"${BLANK_CHECKSUM}"`, `"checksum":"${checksum}"`));
  if (header.length > HEADER_LIMIT) {
    throw new FormatError(
      "save: the description of this model takes more than 100 MB. Use fewer layers or less metadata.",
    );
  }
  const file = new Uint8Array(PREFIX_BYTES + header.length + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, PREFIX_BYTES);
  let at = PREFIX_BYTES + header.length;
  for (const part of data) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Spaces behind the header keep the data aligned, as the container's specification allows. */
function padded(text: string): string {
  return text + " ".repeat((8 - (encodeText(text).length % 8)) % 8);
}

/** A file that was read: what was described, and its tensors by name. */
export interface ModelFile {
  readonly description: Record<string, unknown>;
  readonly tensors: Map<string, NamedTensor>;
}

/** @throws FormatError for bytes that are not a whole, unaltered simdgrad file. */
export function readModelFile(bytes: unknown): ModelFile {
  const file = bytesIn(bytes);
  if (file === null) throw new FormatError("load: expected the bytes of a model file as Uint8Array or ArrayBuffer.");
  const { header, text, dataBegin } = readHeader(file);
  const metadata = header.__metadata__ as Record<string, unknown> | undefined;
  if (metadata?.format !== FORMAT) {
    throw new FormatError(`load: this is a safetensors file, but not a model saved by simdgrad.`);
  }
  if (metadata.version !== VERSION) {
    throw new FormatError(`load: file version ${show(metadata.version)}, expected "${VERSION}". Update simdgrad.`);
  }
  if (!isAsWritten(header, text)) throw new FormatError("load: the header was not written by simdgrad.");
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
  return { description: parseObject(metadata.model, "description"), tensors };
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

/** True if the text is what `writeModelFile` makes of the header; false for nesting too deep to be written. */
function isAsWritten(header: object, text: string): boolean {
  try {
    return JSON.stringify(header) === text.trimEnd();
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
  const values = new Float32Array(size / 4);
  bytesOf(values).set(data.subarray(offset, offset + size));
  return { name, shape, data: values };
}
