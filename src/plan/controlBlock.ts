/** A session's memory as functions in TypeScript see it: its floats, and the words of the control block by name. */
import { ControlField, Place, type Status } from "./op.js";

export type Floats = Float32Array | Float64Array;

const WORD = Place.Control / 4;

export class ControlBlock {
  constructor(
    readonly floats: Floats,
    readonly ints: Int32Array,
  ) {}

  /** Number of rows in this batch. */
  get rows(): number {
    return this.ints[WORD + ControlField.Rows / 4];
  }

  /** Number of this optimizer step, from 1. */
  get step(): number {
    return this.ints[WORD + ControlField.Step / 4];
  }

  /** Number of this batch, from 1. */
  get batch(): number {
    return this.ints[WORD + ControlField.Batch / 4];
  }

  get learningRate(): number {
    return this.floats[WORD + ControlField.LearningRate / 4];
  }

  get status(): Status {
    return this.ints[WORD + ControlField.Status / 4];
  }

  set status(status: Status) {
    this.ints[WORD + ControlField.Status / 4] = status;
  }
}
