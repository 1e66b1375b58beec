/**
 * Reads event files of TensorBoard, independently of the writer: TFRecord frames, with CRC-32C bit by bit, and the wire
 * format of protocol buffers by the published field numbers.
 */
import { expect } from "vitest";

/** Bit by bit, with the polynomial the other way round: 0x1edc6f41, most significant bit first. */
function crc32c(bytes: Uint8Array): number {
  const reverse = (word: number, bits: number) => {
    let out = 0;
    for (let i = 0; i < bits; i++) if ((word >>> i) & 1) out += 2 ** (bits - 1 - i);
    return out;
  };
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc = (crc ^ (reverse(byte, 8) << 24)) >>> 0;
    for (let bit = 0; bit < 8; bit++) crc = crc >= 2 ** 31 ? ((crc << 1) ^ 0x1edc6f41) >>> 0 : (crc << 1) >>> 0;
  }
  return reverse((crc ^ 0xffffffff) >>> 0, 32);
}

/** Undoes the mask, rather than masking. */
function unmask(masked: number): number {
  const rotated = (masked - 0xa282ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
}

/** The payloads of a file of records. Fails for a wrong checksum, and for a record that is cut short. */
export function recordsOf(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const records: Uint8Array[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(view.getBigUint64(at, true));
    expect(unmask(view.getUint32(at + 8, true))).toBe(crc32c(file.subarray(at, at + 8)));
    const bytes = file.subarray(at + 12, at + 12 + length);
    expect(unmask(view.getUint32(at + 12 + length, true))).toBe(crc32c(bytes));
    records.push(bytes);
    at += 16 + length;
  }
  return records;
}

type Field = bigint | Uint8Array;

/** The fields of a message by number. */
function fieldsOf(bytes: Uint8Array): Map<number, Field[]> {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const sizes: Record<number, () => number> = { 1: () => 8, 2: () => Number(varint()), 5: () => 4 };
    let field: Field;
    if ((key & 7) === 0) field = varint();
    else {
      const size = sizes[key & 7]();
      field = bytes.subarray(at, at + size);
      at += size;
    }
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), field]);
  }
  expect(at).toBe(bytes.length);
  return fields;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const doublesOf = (bytes: Uint8Array) =>
  Array.from({ length: bytes.length / 8 }, (_, i) => viewOf(bytes).getFloat64(8 * i, true));
const textOf = (bytes: Uint8Array) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

export interface ReadHistogram {
  readonly min: number;
  readonly max: number;
  readonly num: number;
  readonly sum: number;
  readonly squares: number;
  readonly limits: number[];
  readonly counts: number[];
}

/** An event as TensorBoard reads it. */
export interface ReadEvent {
  readonly time: number;
  readonly step: number;
  readonly version?: string;
  readonly tag?: string;
  readonly value?: number;
  readonly histogram?: ReadHistogram;
}

export function eventsOf(file: Uint8Array): ReadEvent[] {
  return recordsOf(file).map((bytes) => {
    const event = fieldsOf(bytes);
    const one = (fields: Map<number, Field[]>, number: number) => fields.get(number)?.[0] as Uint8Array | undefined;
    const time = doublesOf(one(event, 1) ?? new Uint8Array(8))[0];
    const step = Number((event.get(2)?.[0] as bigint | undefined) ?? 0n);
    const version = one(event, 3);
    if (version) return { time, step, version: textOf(version) };
    const value = fieldsOf(one(fieldsOf(one(event, 5) as Uint8Array), 1) as Uint8Array);
    const tag = textOf(one(value, 1) as Uint8Array);
    const number = one(value, 2);
    if (number) return { time, step, tag, value: viewOf(number).getFloat32(0, true) };
    const histo = fieldsOf(one(value, 5) as Uint8Array);
    const [min, max, num, sum, squares] = [1, 2, 3, 4, 5].map((i) => doublesOf(one(histo, i) ?? new Uint8Array(8))[0]);
    const [limits, counts] = [6, 7].map((i) => doublesOf(one(histo, i) as Uint8Array));
    return { time, step, tag, histogram: { min, max, num, sum, squares, limits, counts } };
  });
}
