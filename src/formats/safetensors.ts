/**
 * The model file: a safetensors container (8-byte length, JSON header, raw little-endian float32), so that other
 * tools can read the weights, with everything needed to go on training in its metadata and a checksum over it all.
 */
import { FormatError, newArray } from "../base/errors.js";
import type { Shape } from "../base/shape.js";

/** One tensor of a file. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly data: Float32Array;
}

export const FORMAT = "simdgrad";
export const VERSION = "1";
/** Bytes of the longest header, the limit of safetensors. Its text is in the file, so no file asks for more than it has. */
export const HEADER_LIMIT = 1e8;
export const PREFIX_BYTES = 8;
export const BLANK_CHECKSUM = "00000000";
/** Where a header has its checksum. */
const CHECKSUM_BEGIN = `{"__metadata__":{"format":"${FORMAT}","version":"${VERSION}","checksum":"`.length;

export interface HeaderEntry {
  dtype: "F32";
  shape: Shape;
  data_offsets: [number, number];
}

const TABLES = 16;
let tables: Int32Array | undefined;

/** 16 tables of 256: table k has the remainder of each byte that k zero bytes follow. */
function crcTables(): Int32Array {
  if (tables) return tables;
  tables = new Int32Array(TABLES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    tables[byte] = crc;
  }
  for (let i = 256; i < tables.length; i++) tables[i] = tables[tables[i - 256] & 255] ^ (tables[i - 256] >>> 8);
  return tables;
}

/** CRC-32 (ISO 3309) over parts in turn, 16 bytes at a time ("slicing", Kounavis and Berry 2005). */
export function crc32(...parts: Uint8Array[]): string {
  const table = crcTables();
  /** The share of a word that `at / 256` bytes follow. */
  const share = (word: number, at: number) =>
    table[at + 768 + (word & 255)] ^
    table[at + 512 + ((word >>> 8) & 255)] ^
    table[at + 256 + ((word >>> 16) & 255)] ^
    table[at + (word >>> 24)];
  let crc = -1;
  for (const part of parts) {
    // Whole words, little-endian as every machine that runs WebAssembly; a part that is not aligned is copied.
    const { buffer, byteOffset } = part.byteOffset % 4 === 0 ? part : new Uint8Array(part);
    const words = new Int32Array(buffer, byteOffset, 4 * Math.floor(part.length / TABLES));
    for (let i = 0; i < words.length; i += 4) {
      crc =
        share(crc ^ words[i], 3072) ^ share(words[i + 1], 2048) ^ share(words[i + 2], 1024) ^ share(words[i + 3], 0);
    }
    for (let i = words.length * 4; i < part.length; i++) crc = table[(crc ^ part[i]) & 255] ^ (crc >>> 8);
  }
  return (~crc >>> 0).toString(16).padStart(8, "0");
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
  const header = encodeHeader(description, entries);
  const checksum = crc32(header, ...data);
  header.set(encodeText(checksum), CHECKSUM_BEGIN);
  const file = newArray(Uint8Array, PREFIX_BYTES + header.length + offset, "save");
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, PREFIX_BYTES);
  let at = PREFIX_BYTES + header.length;
  for (const part of data) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** @throws FormatError for more than `load` reads. */
function encodeHeader(description: object, entries: Record<string, HeaderEntry>): Uint8Array {
  try {
    const metadata = { format: FORMAT, version: VERSION, checksum: BLANK_CHECKSUM, model: JSON.stringify(description) };
    const text = metadata.model.length > HEADER_LIMIT ? "" : JSON.stringify({ __metadata__: metadata, ...entries });
    const bytes = encodeText(text);
    // Spaces after the header keep the data aligned, as the container's specification allows.
    const header = new Uint8Array(8 * Math.ceil(bytes.length / 8)).fill(0x20);
    header.set(bytes);
    if (text !== "" && header.length <= HEADER_LIMIT) return header;
  } catch {} // longer than any text may be
  throw new FormatError(
    "save: the description of this model takes more than 100 MB. Use fewer layers or less metadata.",
  );
}
