/** Memory for the scalar functions of the reference backend: that of a session, with its control block. */
import { ControlBlock } from "../../plan/controlBlock.js";
import { Place } from "../../plan/op.js";
import type { Strided } from "./fields.js";

export type { Floats } from "../../plan/controlBlock.js";

const CONTROL_DOUBLE = Place.Control / 8;
const WIDTH = Place.PanelWidth;

export class Memory extends ControlBlock {
  readonly doubles: Float64Array;

  /** @param precision 64 keeps every value in float64, in separate memory. */
  constructor(bytes: number, precision: 32 | 64) {
    const buffer = new ArrayBuffer(Math.ceil(bytes / 8) * 8);
    const floats = precision === 32 ? new Float32Array(buffer) : new Float64Array(buffer.byteLength / 4);
    super(floats, new Int32Array(buffer));
    this.doubles = precision === 32 ? new Float64Array(buffer) : new Float64Array(buffer.byteLength / 8);
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
