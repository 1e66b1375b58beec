/** Tape records to the 32-bit words that backends read, and back for the reference backend. */
import { addressOf, type Layout } from "./layout.js";
import { type Op, Place } from "./op.js";
import { forEachField, type TapeRecord } from "./record.js";
import type { TensorRef } from "./tensor.js";

const RECORD_WORDS = Place.RecordBytes / 4;

/** All records of a plan, `RECORD_WORDS` words each. */
export function encode(records: readonly TapeRecord[], layout: Layout): Int32Array {
  const words = new Int32Array(records.length * RECORD_WORDS);
  const view = new DataView(words.buffer);
  records.forEach((record, index) => {
    const start = index * Place.RecordBytes;
    view.setInt32(start, record.op, true);
    forEachField(record.op, (name, kind, word) => {
      const value = (record as unknown as Record<string, TensorRef | number | null>)[name];
      const at = start + word * 4;
      if (kind === "int") view.setInt32(at, value as number, true);
      else if (kind === "float") view.setFloat32(at, value as number, true);
      else if (kind === "double") view.setFloat64(at, value as number, true);
      else if (value !== null) {
        const tensor = value as TensorRef;
        view.setUint32(at, addressOf(tensor, layout), true);
        if (kind === "strided" || kind === "strided?") view.setUint32(at + 4, tensor.stride * 4, true);
      }
    });
  });
  return words;
}

/** A decoded field: numbers as they are, tensors as indices of their first float and float strides. */
export interface Strided {
  readonly at: number;
  readonly stride: number;
}

/** A decoded record: each field by its name. A null tensor has `at` 0. */
export type Decoded = { readonly op: Op } & Readonly<Record<string, number | Strided>>;

/** Reads one record back; addresses and strides come in floats. */
export function decode(view: DataView, start: number): Decoded {
  const op = view.getInt32(start, true) as Op;
  const record: Record<string, number | Strided> = { op };
  forEachField(op, (name, kind, word) => {
    const at = start + word * 4;
    if (kind === "int") record[name] = view.getInt32(at, true);
    else if (kind === "float") record[name] = view.getFloat32(at, true);
    else if (kind === "double") record[name] = view.getFloat64(at, true);
    else if (kind === "vector" || kind === "vector?") record[name] = view.getUint32(at, true) / 4;
    else record[name] = { at: view.getUint32(at, true) / 4, stride: view.getUint32(at + 4, true) / 4 };
  });
  return record as Decoded;
}
