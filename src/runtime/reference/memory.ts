/** Memory for the scalar functions of the reference backend: that of a session, with its control block. */
import { ControlField, Place, type Status } from "../../plan/op.js";
import type { Strided } from "./fields.js";

export type Floats = Float32Array | Float64Array;

const CONTROL_WORD = Place.Control / 4;
const CONTROL_DOUBLE = Place.Control / 8;
const WIDTH = Place.PanelWidth;

export class Memory {
  readonly floats: Floats;
  readonly ints: Int32Array;
  readonly doubles: Float64Array;

  /** @param precision 64 keeps every value in float64, in separate memory. */
  constructor(bytes: number, precision: 32 | 64) {
    const buffer = new ArrayBuffer(Math.ceil(bytes / 8) * 8);
    this.ints = new Int32Array(buffer);
    this.floats = precision === 32 ? new Float32Array(buffer) : new Float64Array(buffer.byteLength / 4);
    this.doubles = precision === 32 ? new Float64Array(buffer) : new Float64Array(buffer.byteLength / 8);
  }

  /** Number of rows in this batch. */
  get rows(): number {
    return this.ints[CONTROL_WORD + ControlField.Rows / 4];
  }

  /** Number of this optimizer step, from 1. */
  get step(): number {
    return this.ints[CONTROL_WORD + ControlField.Step / 4];
  }

  /** Number of this batch, from 1. */
  get batch(): number {
    return this.ints[CONTROL_WORD + ControlField.Batch / 4];
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

  /** Adds to one of the sums of the control block. */
  addToSum(byteOffset: number, value: number): void {
    this.doubles[CONTROL_DOUBLE + byteOffset / 8] += value;
  }
}

/** Index of kernel[input, unit] in panel storage. */
export function kernelIndex(kernel: Strided, input: number, unit: number): number {
  return kernel.at + Math.floor(unit / WIDTH) * kernel.stride + input * WIDTH + (unit % WIDTH);
}
