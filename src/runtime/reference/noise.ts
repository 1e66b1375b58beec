/** Random draws of layers while training: elements that drop out, and noise. */
import { cos, log, sin } from "../../base/math.js";
import type * as Op from "../../plan/ops.js";
import { drawAt } from "./counter.js";
import type { Fields } from "./fields.js";
import type { Memory } from "./memory.js";

/** y = x scale + offset if the element is kept in this batch, otherwise `dropped`. */
export function dropout({ floats: f, rows, batch }: Memory, record: Fields<typeof Op.Dropout>): void {
  const { x, y, columns, key0, key1, threshold, scale, offset, dropped } = record;
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++) {
      const { words, own } = drawAt([key0, key1], batch, row, j);
      const isKept = words[own] >>> 0 >= threshold >>> 0;
      f[y.at + row * y.stride + j] = isKept ? f[x.at + row * x.stride + j] * scale + offset : dropped;
    }
  }
}

/** A normal number from the words that the kernels draw, too: one of the two numbers of Box and Muller 1958. */
function normalOf([radius, angle]: readonly [number, number], own: 0 | 1): number {
  const u = Math.fround((Math.fround(radius >>> 0) + 0.5) / 2 ** 32);
  const turn = 2 * Math.PI * (angle / 2 ** 32);
  return Math.sqrt(-2 * log(u)) * (own === 0 ? cos(turn) : sin(turn));
}

/** y = x + deviation z, or x (1 + deviation z), with z standard normal, drawn for each element in each batch. */
export function gaussianNoise({ floats: f, rows, batch }: Memory, record: Fields<typeof Op.GaussianNoise>): void {
  const { x, y, columns, key0, key1, deviation, multiplies } = record;
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++) {
      const { words, own } = drawAt([key0, key1], batch, row, j);
      const value = f[x.at + row * x.stride + j];
      f[y.at + row * y.stride + j] = value + (multiplies ? value : 1) * deviation * normalOf(words, own);
    }
  }
}
