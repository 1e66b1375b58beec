/** Tape records to the 32-bit words that backends read. */
import { isStrided, isTensor } from "./field.js";
import { addressOf, type Layout } from "./layout.js";
import { Place } from "./op.js";
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
      if (kind === "float") view.setFloat32(at, value as number, true);
      else if (kind === "double") view.setFloat64(at, value as number, true);
      else if (!isTensor(kind)) view.setInt32(at, value as number, true);
      else if (value !== null) {
        const tensor = value as TensorRef;
        view.setUint32(at, addressOf(tensor, layout), true);
        if (isStrided(kind)) view.setUint32(at + 4, tensor.stride * 4, true);
      }
    });
  });
  return words;
}
