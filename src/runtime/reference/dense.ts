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

/**
 * Adds lines of values to `count` sums, in order: each line times its factor, which are numbers from `at` on. Four lines
 * at once, so that sums are read and written less often.
 */
function addLines(
  sums: Float64Array,
  count: number,
  f: Floats,
  at: number,
  step: number,
  values: Float64Array,
  length: number,
) {
  const end = values.length;
  let from = 0;
  for (; from + 4 * length <= end; from += 4 * length, at += 4 * step) {
    const a = f[at];
    const b = f[at + step];
    const c = f[at + 2 * step];
    const d = f[at + 3 * step];
    for (let k = 0, i = from; k < count; k++, i++) {
      sums[k] =
        sums[k] + a * values[i] + b * values[i + length] + c * values[i + 2 * length] + d * values[i + 3 * length];
    }
  }
  for (; from < end; from += length, at += step) {
    for (let k = 0; k < count; k++) sums[k] += f[at] * values[from + k];
  }
}

/** y = f(x kernel + bias). The sums of a panel grow together, each in order: a kernel is read as it lies in memory. */
export function denseForward(
  { floats: f, rows }: Memory,
  { x, kernel, bias, y, inputs, units, activation, alpha }: Fields<typeof Op.DenseForward>,
): void {
  const sums = new Float64Array(WIDTH);
  const panel = new Float64Array(inputs * WIDTH);
  for (let unit = 0; unit < units; unit += WIDTH) {
    const count = Math.min(WIDTH, units - unit);
    const from = kernelIndex(kernel, 0, unit);
    panel.set(f.subarray(from, from + panel.length));
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < count; k++) sums[k] = f[bias + unit + k];
      addLines(sums, count, f, x.at + row * x.stride, 1, panel, WIDTH);
      for (let k = 0; k < count; k++) f[y.at + row * y.stride + unit + k] = activate(activation, sums[k], alpha);
    }
  }
}

/** dKernel = xᵀ dy. The sums of an input grow together, each in order. */
export function denseKernelGradient(
  { floats: f, rows }: Memory,
  { x, dy, dKernel, inputs, units }: Fields<typeof Op.DenseKernelGradient>,
): void {
  const sums = new Float64Array(units);
  const slopes = new Float64Array(rows * units);
  for (let row = 0; row < rows; row++) {
    const from = dy.at + row * dy.stride;
    slopes.set(f.subarray(from, from + units), row * units);
  }
  for (let i = 0; i < inputs; i++) {
    sums.fill(0);
    addLines(sums, units, f, x.at + i, x.stride, slopes, units);
    for (let unit = 0; unit < units; unit++) f[kernelIndex(dKernel, i, unit)] = sums[unit];
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
