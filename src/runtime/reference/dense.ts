/** Matrix products of a dense layer, and the sum that gives its bias gradient. */
import type { Op } from "../../plan/op.js";
import { activate } from "./activation.js";
import type { Fields } from "./fields.js";
import { kernelIndex, type Memory } from "./memory.js";

/** y = f(x kernel + bias) */
export function denseForward(
  { floats: f, rows }: Memory,
  { x, kernel, bias, y, inputs, units, activation, alpha }: Fields<Op.DenseForward>,
): void {
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < units; unit++) {
      let z = f[bias + unit];
      for (let i = 0; i < inputs; i++) z += f[x.at + row * x.stride + i] * f[kernelIndex(kernel, i, unit)];
      f[y.at + row * y.stride + unit] = activate(activation, z, alpha);
    }
  }
}

/** dKernel = xᵀ dy */
export function denseKernelGradient(
  { floats: f, rows }: Memory,
  { x, dy, dKernel, inputs, units }: Fields<Op.DenseKernelGradient>,
): void {
  for (let unit = 0; unit < units; unit++) {
    for (let i = 0; i < inputs; i++) {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += f[x.at + row * x.stride + i] * f[dy.at + row * dy.stride + unit];
      f[kernelIndex(dKernel, i, unit)] = sum;
    }
  }
}

/** dx = dy kernelᵀ */
export function denseInputGradient(
  { floats: f, rows }: Memory,
  { dy, kernel, dx, inputs, units }: Fields<Op.DenseInputGradient>,
): void {
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < inputs; i++) {
      let sum = 0;
      for (let unit = 0; unit < units; unit++)
        sum += f[dy.at + row * dy.stride + unit] * f[kernelIndex(kernel, i, unit)];
      f[dx.at + row * dx.stride + i] = sum;
    }
  }
}

/** out = sum over rows of x */
export function columnSum({ floats: f, rows }: Memory, { x, out, columns }: Fields<Op.ColumnSum>): void {
  for (let j = 0; j < columns; j++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += f[x.at + row * x.stride + j];
    f[out + j] = sum;
  }
}
