/**
 * Writes the safetensors container: an 8-byte length, a JSON header, raw little-endian values. Other tools can read it;
 * here `readSafetensors.ts` does. Knows tensors and text, not models.
 */
import { newArray } from "../base/errors.js";
import type { Shape } from "../base/shape.js";

/** One tensor of a file. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** A tensor of which a file may hold less than float32 says. */
export interface StoredTensor extends Omit<NamedTensor, "data"> {
  readonly data: Float32Array | Uint16Array | Int8Array;
}

/** Types in files, by the bytes of a value. */
const TYPES = ["", "I8", "F16", "", "F32"] as const;

/** Bytes of the largest header, a limit of safetensors. The file holds its text, so readers need no more than that. */
export const HEADER_LIMIT = 1e8;
/** Bytes of the length before the header. */
export const PREFIX_BYTES = 8;

/** Entry of a tensor in the header. */
export interface HeaderEntry {
  readonly dtype: (typeof TYPES)[number];
  readonly shape: Shape;
  readonly data_offsets: readonly [number, number];
}

export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** The header; its text begins with the metadata. `null` if it would be longer than the limit. */
export function encodeHeader(
  metadata: Readonly<Record<string, string>>,
  tensors: readonly StoredTensor[],
): Uint8Array | null {
  const entries: Record<string, HeaderEntry> = {};
  let offset = 0;
  for (const { name, shape, data } of tensors) {
    entries[name] = { dtype: TYPES[data.BYTES_PER_ELEMENT], shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  try {
    const bytes = encodeText(JSON.stringify({ __metadata__: metadata, ...entries }));
    // Spaces after the header keep the data aligned, as the container's specification allows.
    const header = new Uint8Array(8 * Math.ceil(bytes.length / 8)).fill(0x20);
    header.set(bytes);
    if (header.length <= HEADER_LIMIT) return header;
  } catch {} // longer than the longest string
  return null;
}

/** The values of a tensor as bytes; a view, not a copy. */
export function valueBytes({ data }: StoredTensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Joins a header and its tensors into a file. @throws BackendError if there is not enough memory */
export function joinFile(header: Uint8Array, tensors: readonly StoredTensor[]): Uint8Array<ArrayBuffer> {
  const parts = tensors.map(valueBytes);
  let at = PREFIX_BYTES + header.length;
  const size = parts.reduce((sum, { length }) => sum + length, at);
  const file = newArray(Uint8Array, size, "save");
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, PREFIX_BYTES);
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}
