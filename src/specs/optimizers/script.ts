/** Updates in TypeScript: the memory that they work on, and records with indices instead of tensors. */
import type { Values } from "../../plan/field.js";
import type { Floats, UpdateMemory } from "../../plan/guard.js";
import type { ScriptOp } from "../../plan/moreOps.js";
import { ControlField, Place, type Status } from "../../plan/op.js";
import type { Ops, ScriptMaker } from "../../plan/record.js";
import type { TensorRef } from "../../plan/tensor.js";

/** A record whose tensors are the indices of their first floats; 0 is null. */
export type Resolved<O extends ScriptOp> = Values<Ops[O]["fields"], number, number, never>;

/** An update: changes parameters and slots in place. */
export type Update<O extends ScriptOp> = (memory: UpdateMemory, record: Resolved<O>) => void;

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
export function scriptOf<O extends ScriptOp>(update: Update<O>): ScriptMaker {
  return (record, addressOf) => {
    const entries = Object.entries<number | TensorRef | null>(record as object as Record<string, number | TensorRef>);
    const resolved = entries.map(([name, value]) => {
      return [name, typeof value === "object" && value !== null ? addressOf(value) / 4 : (value ?? 0)];
    });
    const fields = Object.fromEntries(resolved) as Resolved<O>;
    return (floats, ints) => update(new ScriptMemory(floats, ints), fields);
  };
}
