/** Updates in TypeScript: the memory that they work on, and records with indices instead of tensors. */

import { ControlBlock } from "../../plan/controlBlock.js";
import type { FieldValues, OpEntry } from "../../plan/field.js";
import type { ScriptMaker } from "../../plan/record.js";
import type { TensorRef } from "../../plan/tensor.js";

/** A record whose tensors are the indices of their first floats; 0 is null. */
export type Resolved<Entry extends OpEntry> = FieldValues<Entry["fields"], number, number, never>;

/** An update: changes parameters and slots in place. */
export type Update<Entry extends OpEntry> = (memory: ControlBlock, record: Resolved<Entry>) => void;

/** The script of an update. */
export function scriptOf<Entry extends OpEntry>(update: Update<Entry>): ScriptMaker {
  return (record, addressOf) => {
    const resolved = Object.keys(record.op.fields).map((name) => {
      const value = record[name] as number | TensorRef | null;
      return [name, typeof value === "object" && value !== null ? addressOf(value) / 4 : (value ?? 0)];
    });
    const fields = Object.fromEntries(resolved) as Resolved<Entry>;
    return (floats, ints) => update(new ControlBlock(floats, ints), fields);
  };
}
