/** Decodes the words of records for the functions of the reference backend: float indices instead of addresses. */
import type { FieldValues, OpEntry } from "../../plan/field.js";
import { forEachField, isStrided, isTensor } from "../../plan/record.js";

/** A decoded tensor with stride: the index of its first float, and its stride in floats. */
export interface Strided {
  readonly at: number;
  readonly stride: number;
}

/** A decoded record of an op. A tensor without stride is the index of its first float; 0 is null. */
export type Fields<Entry extends OpEntry> = FieldValues<Entry["fields"], number, Strided, never>;

/** Decodes one record of an op; addresses and strides are returned in floats. */
export function decode(op: OpEntry, view: DataView, start: number): Fields<OpEntry> {
  const record: Record<string, number | Strided> = {};
  forEachField(op, (name, kind, word) => {
    const at = start + word * 4;
    if (kind === "float") record[name] = view.getFloat32(at, true);
    else if (kind === "double") record[name] = view.getFloat64(at, true);
    else if (!isTensor(kind)) record[name] = view.getInt32(at, true);
    else if (!isStrided(kind)) record[name] = view.getUint32(at, true) / 4;
    else record[name] = { at: view.getUint32(at, true) / 4, stride: view.getUint32(at + 4, true) / 4 };
  });
  return record as Fields<OpEntry>;
}
