/** Matrix products of a dense layer, and the sum for its bias gradient. */
import { Place } from "../../plan/op.js";
import type * as Op from "../../plan/ops.js";
import { activate } from "./activation.js";
import type { Fields } from "./fields.js";
import { type Floats, kernelIndex, type Memory } from "./memory.js";

const WIDTH = Place.PanelWidth;

/** Adds `count` products to a sum, in order: numbers from `a` on times numbers from `b` on, each with its own step. */
function addProducts(f: Floats, sum: number, count: number, a: number, stepA: number, b: number, stepB: number) {
  for (; count > 0; count--, a += stepA, b += stepB) sum += f[a] * f[b];
  return sum;
}

/** y = f(x kernel + bias) */
export function denseForward(
  { floats: f, rows }: Memory,
  { x, kernel, bias, y, inputs, units, activation, alpha }: Fields<typeof Op.DenseForward>,
): void {
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < units; unit++) {
      const z = addProducts(f, f[bias + unit], inputs, x.at + row * x.stride, 1, kernelIndex(kernel, 0, unit), WIDTH);
      f[y.at + row * y.stride + unit] = activate(activation, z, alpha);
    }
  }
}

/** dKernel = xᵀ dy */
export function denseKernelGradient(
  { floats: f, rows }: Memory,
  { x, dy, dKernel, inputs, units }: Fields<typeof Op.DenseKernelGradient>,
): void {
  for (let unit = 0; unit < units; unit++) {
    for (let i = 0; i < inputs; i++) {
      f[kernelIndex(dKernel, i, unit)] = addProducts(f, 0, rows, x.at + i, x.stride, dy.at + unit, dy.stride);
    }
  }
}

/** dx = dy kernelᵀ */
export function denseInputGradient(
  { floats: f, rows }: Memory,
  { dy, kernel, dx, inputs, units }: Fields<typeof Op.DenseInputGradient>,
): void {
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < inputs; i++) {
      let sum = 0;
      for (let unit = 0; unit < units; unit += WIDTH) {
        const count = Math.min(WIDTH, units - unit);
        sum = addProducts(f, sum, count, dy.at + row * dy.stride + unit, 1, kernelIndex(kernel, i, unit), 1);
      }
      f[dx.at + row * dx.stride + i] = sum;
    }
  }
}

/** out = sum over rows of x */
export function columnSum({ floats: f, rows }: Memory, { x, out, columns }: Fields<typeof Op.ColumnSum>): void {
  for (let j = 0; j < columns; j++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += f[x.at + row * x.stride + j];
    f[out + j] = sum;
  }
}
