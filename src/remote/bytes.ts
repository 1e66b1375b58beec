/** A JSON value with typed arrays as bytes, for memory that threads share. */

import { kindOf } from "../base/kinds.js";

/** Position of an array in the bytes; stands for the array. */
interface Place {
  readonly array: "Float32Array" | "Uint8Array";
  readonly begin: number;
  readonly length: number;
}

/** Bytes of the number that holds the length of the text. */
const PREFIX = 8;

export function toBytes(value: unknown): Uint8Array {
  const arrays: Uint8Array[] = [];
  let length = 0;
  const text = JSON.stringify(value, (_, inner: unknown) => {
    const array = kindOf(inner);
    if (array !== "Float32Array" && array !== "Uint8Array") return inner;
    const view = inner as Float32Array | Uint8Array;
    const place: Place = { array, begin: length, length: view.length };
    arrays.push(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    length += aligned(view.byteLength);
    return { place };
  });
  const header = new TextEncoder().encode(text);
  const begin = PREFIX + aligned(header.length);
  const bytes = new Uint8Array(begin + length);
  new DataView(bytes.buffer).setFloat64(0, header.length);
  bytes.set(header, PREFIX);
  let at = begin;
  for (const array of arrays) {
    bytes.set(array, at);
    at += aligned(array.length);
  }
  return bytes;
}

/** The value that was given to `toBytes`; each array has a buffer of its own. */
export function fromBytes(bytes: Uint8Array<ArrayBuffer>): unknown {
  const length = new DataView(bytes.buffer).getFloat64(0);
  const begin = PREFIX + aligned(length);
  const text = new TextDecoder().decode(bytes.subarray(PREFIX, PREFIX + length));
  return JSON.parse(text, (_, inner: { place?: Place } | null) => {
    const place = inner?.place;
    if (!place) return inner;
    const from = begin + place.begin;
    if (place.array === "Uint8Array") return bytes.slice(from, from + place.length);
    return new Float32Array(bytes.buffer.slice(from, from + 4 * place.length));
  });
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
