/**
 * The plain rival's matrix products: what a good JavaScript engineer writes. Float32Array, loops ordered so that every
 * innermost one reads and writes rows linearly (i-k-j, or a dot product where both rows lie that way), factors kept in
 * locals, nothing allocated. No unrolling, no blocking, no skipping of zeros.
 */
import type { Products } from "./products.js";

export const plainProducts: Products = {
  dense(x, kernel, bias, y, rows, inputs, units) {
    for (let i = 0; i < rows; i++) {
      const yStart = i * units;
      y.set(bias, yStart);
      for (let k = 0; k < inputs; k++) {
        const value = x[i * inputs + k];
        const kernelStart = k * units;
        for (let j = 0; j < units; j++) y[yStart + j] += value * kernel[kernelStart + j];
      }
    }
  },

  kernelGradient(x, dy, dKernel, rows, inputs, units) {
    dKernel.fill(0, 0, inputs * units);
    for (let i = 0; i < rows; i++) {
      const dyStart = i * units;
      for (let k = 0; k < inputs; k++) {
        const value = x[i * inputs + k];
        const kernelStart = k * units;
        for (let j = 0; j < units; j++) dKernel[kernelStart + j] += value * dy[dyStart + j];
      }
    }
  },

  inputGradient(dy, kernel, dx, rows, inputs, units) {
    for (let i = 0; i < rows; i++) {
      const dyStart = i * units;
      for (let k = 0; k < inputs; k++) {
        const kernelStart = k * units;
        let sum = 0;
        for (let j = 0; j < units; j++) sum += dy[dyStart + j] * kernel[kernelStart + j];
        dx[i * inputs + k] = sum;
      }
    }
  },
};
