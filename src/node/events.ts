/**
 * The records of TensorBoard: an `Event` (tensorflow/core/util/event.proto) in the wire format of protocol buffers,
 * framed as TFRecord. Knows no files.
 *
 * | message | fields used, by number |
 * | --- | --- |
 * | Event | 1 wall_time (double), 2 step (int64), 3 file_version (string), 5 summary |
 * | Summary | 1 value |
 * | Summary.Value | 1 tag (string), 2 simple_value (float), 5 histo |
 * | HistogramProto | 1 min, 2 max, 3 num, 4 sum, 5 sum_squares (double), 6 bucket_limit, 7 bucket (packed doubles) |
 */
import { maskedCrc32c } from "./crc32c.js";

type Bytes = Uint8Array<ArrayBuffer>;

/** Equal parts of the range in a histogram, as `tf.summary.histogram` has them. */
const BUCKETS = 30;

/** Seconds since 1970, and the epoch or step. */
export interface Moment {
  readonly time: number;
  readonly step: number;
}

/** The first record of a file. */
export function versionRecord(time: number): Bytes {
  return eventRecord({ time, step: 0 }, text(3, "brain.Event:2"));
}

/** A number under a name. */
export function scalarRecord(moment: Moment, tag: string, value: number): Bytes {
  return summaryRecord(moment, tag, float(2, value));
}

/** The distribution of finite values; there is at least one. */
export function histogramRecord(moment: Moment, tag: string, values: Float32Array): Bytes {
  let [min, max, sum, squares] = [Infinity, -Infinity, 0, 0];
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    squares += value * value;
  }
  const { limits, counts } = bucketsOf(values, min, max);
  const fields = [min, max, values.length, sum, squares].map((value, i) => double(i + 1, value));
  return summaryRecord(moment, tag, message(5, join(...fields, doubles(6, limits), doubles(7, counts))));
}

/** Right edges of the buckets, and numbers of values in them: left ≤ value < right, and the last holds its edge. */
function bucketsOf(values: Float32Array, min: number, max: number): { limits: number[]; counts: number[] } {
  if (min === max) return { limits: [max], counts: [values.length] };
  const width = (max - min) / BUCKETS;
  const limits = Array.from({ length: BUCKETS }, (_, i) => (i === BUCKETS - 1 ? max : min + (i + 1) * width));
  const counts = new Array<number>(BUCKETS).fill(0);
  for (const value of values) {
    let bucket = Math.min(BUCKETS - 1, Math.floor((value - min) / width));
    // Rounding may have crossed an edge.
    if (bucket > 0 && value < limits[bucket - 1]) bucket--;
    else if (bucket < BUCKETS - 1 && value >= limits[bucket]) bucket++;
    counts[bucket]++;
  }
  return { limits, counts };
}

function summaryRecord(moment: Moment, tag: string, value: Bytes): Bytes {
  return eventRecord(moment, message(5, message(1, join(text(1, tag), value))));
}

function eventRecord({ time, step }: Moment, content: Bytes): Bytes {
  // A field of 0 is left out, as in every message of proto3.
  const steps = step === 0 ? new Uint8Array() : join(varint(2 * 8), varint(step));
  return frame(join(double(1, time), steps, content));
}

/** A TFRecord: length, its checksum, the bytes, their checksum. */
function frame(bytes: Bytes): Bytes {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, bytes.length, true);
  return join(length, checksum(length), bytes, checksum(bytes));
}

function checksum(bytes: Bytes): Bytes {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, maskedCrc32c(bytes), true);
  return out;
}

/** A whole number from 0, seven bits a byte, the lowest first. */
function varint(value: number): Bytes {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.of(...bytes, rest);
}

function message(field: number, bytes: Bytes): Bytes {
  return join(varint(field * 8 + 2), varint(bytes.length), bytes);
}

function text(field: number, value: string): Bytes {
  return message(field, new TextEncoder().encode(value));
}

function double(field: number, value: number): Bytes {
  if (Object.is(value, 0)) return new Uint8Array();
  return join(varint(field * 8 + 1), fixed64([value]));
}

function doubles(field: number, values: readonly number[]): Bytes {
  return message(field, fixed64(values));
}

function fixed64(values: readonly number[]): Bytes {
  const view = new DataView(new ArrayBuffer(8 * values.length));
  values.forEach((value, i) => {
    view.setFloat64(8 * i, value, true);
  });
  return new Uint8Array(view.buffer);
}

function float(field: number, value: number): Bytes {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value, true);
  return join(varint(field * 8 + 5), new Uint8Array(view.buffer));
}

export function join(...parts: readonly Uint8Array[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
