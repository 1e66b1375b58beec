/** Updates in TypeScript: the memory that they work on, and records with indices instead of tensors. */
import type { OpEntry, Values } from "../../plan/field.js";
import type { Floats, UpdateMemory } from "../../plan/guard.js";
import { ControlField, Place, type Status } from "../../plan/op.js";
import type { ScriptMaker } from "../../plan/record.js";
import type { TensorRef } from "../../plan/tensor.js";

/** A record whose tensors are the indices of their first floats; 0 is null. */
export type Resolved<Entry extends OpEntry> = Values<Entry["fields"], number, number, never>;

/** An update: changes parameters and slots in place. */
export type Update<Entry extends OpEntry> = (memory: UpdateMemory, record: Resolved<Entry>) => void;

const CONTROL_WORD = Place.Control / 4;

class ScriptMemory implements UpdateMemory {
  constructor(
    readonly floats: Floats,
    readonly ints: Int32Array,
  ) {}

  get step(): number {
    return this.ints[CONTROL_WORD + ControlField.Step / 4];
  }

  get learningRate(): number {
    return this.floats[CONTROL_WORD + ControlField.LearningRate / 4];
  }

  get status(): Status {
    return this.ints[CONTROL_WORD + ControlField.Status / 4];
  }

  set status(status: Status) {
    this.ints[CONTROL_WORD + ControlField.Status / 4] = status;
  }
}

/** The script of an update. */
export function scriptOf<Entry extends OpEntry>(update: Update<Entry>): ScriptMaker {
  return (record, addressOf) => {
    const resolved = Object.keys(record.op.fields).map((name) => {
      const value = record[name] as number | TensorRef | null;
      return [name, typeof value === "object" && value !== null ? addressOf(value) / 4 : (value ?? 0)];
    });
    const fields = Object.fromEntries(resolved) as Resolved<Entry>;
    return (floats, ints) => update(new ScriptMemory(floats, ints), fields);
  };
}
