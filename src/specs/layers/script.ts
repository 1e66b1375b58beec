/**
 * Records of layers that run in TypeScript: the memory that their functions work on, with indices instead of tensors.
 */

import type { Floats } from "../../plan/controlBlock.js";
import type { FieldValues, OpEntry } from "../../plan/field.js";
import { ControlField, Place } from "../../plan/op.js";
import { forEachField, isStrided, isTensor, type ScriptMaker } from "../../plan/record.js";
import type { TensorRef } from "../../plan/tensor.js";

/** A tensor with stride: the indices of its first float and of that of the next row. `at` is 0 for null. */
export interface Strided {
  readonly at: number;
  readonly stride: number;
}

/** Computes a record of a layer. A tensor without stride is the index of its first float, 0 for null. */
export type LayerScript<Entry extends OpEntry> = (
  floats: Floats,
  rows: number,
  record: FieldValues<Entry["fields"], number, Strided, never>,
) => void;

/** The script of a layer's record. After it, the padding of the rows that it writes is zero. */
export function layerScript<Entry extends OpEntry>(compute: LayerScript<Entry>): ScriptMaker {
  return (record, addressOf) => {
    const outputs: TensorRef[] = [];
    const fields: Record<string, unknown> = {};
    forEachField(record.op, (name, kind) => {
      const value = record[name] as TensorRef | number | null;
      const tensor = isTensor(kind) ? (value as TensorRef | null) : null;
      const at = tensor ? addressOf(tensor) / 4 : 0;
      if (!isTensor(kind)) fields[name] = value;
      else fields[name] = isStrided(kind) ? { at, stride: tensor?.stride ?? 0 } : at;
      if (tensor && kind.startsWith("out [rows, ")) outputs.push(tensor);
    });
    return (floats, ints) => {
      const rows = ints[(Place.Control + ControlField.Rows) / 4];
      compute(floats, rows, fields as Parameters<typeof compute>[2]);
      for (const tensor of outputs) clearPadding(floats, rows, tensor, addressOf(tensor) / 4);
    };
  };
}

/** Zeroes rows from their last column to the end of the panel. */
function clearPadding(floats: Floats, rows: number, { shape: [columns], stride }: TensorRef, at: number): void {
  const end = Math.ceil(columns / Place.PanelWidth) * Place.PanelWidth;
  for (let row = 0; row < rows; row++) floats.fill(0, at + row * stride + columns, at + row * stride + end);
}
