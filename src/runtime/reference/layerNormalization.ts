/** Normalization of rows, and its gradients. */
import type * as Op from "../../plan/ops.js";
import type { Fields } from "./fields.js";
import type { Memory } from "./memory.js";

/** y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with mean and (biased) variance of each row. */
export function layerNormalization({ floats: f, rows }: Memory, record: Fields<typeof Op.LayerNormalization>): void {
  const { x, y, gamma, beta, mean, rest, inverseDeviation, columns, epsilon } = record;
  for (let row = 0; row < rows; row++) {
    const from = x.at + row * x.stride;
    let offset = 0;
    for (let j = 0; j < columns; j++) offset += f[from + j] - f[from];
    const average = f[from] + offset / columns;
    let squares = 0;
    for (let j = 0; j < columns; j++) squares += (f[from + j] - average) * (f[from + j] - average);
    const s = 1 / Math.sqrt(squares / columns + epsilon);
    f[mean + row] = average;
    f[rest + row] = average - f[mean + row]; // the rounding error of the mean
    f[inverseDeviation + row] = s;
    for (let j = 0; j < columns; j++) {
      const value = (f[from + j] - average) * s * (gamma ? f[gamma + j] : 1);
      f[y.at + row * y.stride + j] = value + (beta ? f[beta + j] : 0);
    }
  }
}

/** Gradient with respect to x, including the paths through mean and variance. */
export function layerNormalizationBackward(
  { floats: f, rows }: Memory,
  record: Fields<typeof Op.LayerNormalizationBackward>,
): void {
  const { x, dy, dx, gamma, mean, rest, inverseDeviation, columns } = record;
  for (let row = 0; row < rows; row++) {
    const deviation = (j: number) => f[x.at + row * x.stride + j] - f[mean + row] - f[rest + row];
    const upstream = (j: number) => f[dy.at + row * dy.stride + j] * (gamma ? f[gamma + j] : 1);
    const s = f[inverseDeviation + row];
    let sum = 0;
    let product = 0;
    for (let j = 0; j < columns; j++) {
      sum += upstream(j);
      product += deviation(j) * upstream(j);
    }
    for (let j = 0; j < columns; j++) {
      const centred = upstream(j) - sum / columns - (deviation(j) * s * s * product) / columns;
      f[dx.at + row * dx.stride + j] = centred * s;
    }
  }
}

/** dGamma = sum over rows of dy (x - mean) / sqrt(variance + epsilon) */
export function layerNormalizationScaleGradient(
  { floats: f, rows }: Memory,
  record: Fields<typeof Op.LayerNormalizationScaleGradient>,
): void {
  const { x, dy, mean, rest, inverseDeviation, dGamma, columns } = record;
  for (let j = 0; j < columns; j++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const deviation = f[x.at + row * x.stride + j] - f[mean + row] - f[rest + row];
      sum += f[dy.at + row * dy.stride + j] * deviation * f[inverseDeviation + row];
    }
    f[dGamma + j] = sum;
  }
}

/** y = scale x / sqrt(max(share sum x², floor) + epsilon) */
export function rmsNormalization({ floats: f, rows }: Memory, record: Fields<typeof Op.RmsNormalization>): void {
  const { x, y, scale, columns, share, floor, epsilon } = record;
  for (let row = 0; row < rows; row++) {
    const from = x.at + row * x.stride;
    let squares = 0;
    for (let j = 0; j < columns; j++) squares += f[from + j] * f[from + j];
    const s = 1 / Math.sqrt(Math.max(squares * share, floor) + epsilon);
    for (let j = 0; j < columns; j++) f[y.at + row * y.stride + j] = f[from + j] * s * (scale ? f[scale + j] : 1);
  }
}

/** Gradient with respect to x, including the path through the root, and that of each row by scale. */
export function rmsNormalizationBackward(
  { floats: f, rows }: Memory,
  record: Fields<typeof Op.RmsNormalizationBackward>,
): void {
  const { x, dy, dx, slope, scale, columns, share, floor, epsilon } = record;
  for (let row = 0; row < rows; row++) {
    const input = (j: number) => f[x.at + row * x.stride + j];
    const upstream = (j: number) => f[dy.at + row * dy.stride + j];
    let squares = 0;
    let product = 0;
    for (let j = 0; j < columns; j++) {
      squares += input(j) * input(j);
      product += input(j) * upstream(j) * (scale ? f[scale + j] : 1);
    }
    squares *= share;
    const s = 1 / Math.sqrt(Math.max(squares, floor) + epsilon);
    const bend = squares > floor ? share * s * s * product : 0;
    for (let j = 0; j < columns; j++) {
      const g = upstream(j) * (scale ? f[scale + j] : 1);
      if (slope.at) f[slope.at + row * slope.stride + j] = input(j) * s * upstream(j);
      if (dx.at) f[dx.at + row * dx.stride + j] = s * (g - input(j) * bend);
    }
  }
}
