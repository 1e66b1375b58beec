/** Normalization of columns by statistics of the batch, or by given statistics. */

import { storable } from "../../plan/guard.js";
import { Status } from "../../plan/op.js";
import type * as Op from "../../plan/ops.js";
import type { Fields } from "./fields.js";
import type { Memory } from "./memory.js";

/** y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with mean and (biased) variance of the batch. */
export function batchNormalization({ floats: f, rows }: Memory, record: Fields<typeof Op.BatchNormalization>): void {
  const { x, y, gamma, beta, mean, rest, variance, columns, epsilon } = record;
  for (let j = 0; j < columns; j++) {
    const first = f[x.at + j]; // so that a constant column has a variance of exactly 0
    let offset = 0;
    for (let row = 0; row < rows; row++) offset += f[x.at + row * x.stride + j] - first;
    const average = first + offset / rows;
    let squares = 0;
    for (let row = 0; row < rows; row++) {
      const d = f[x.at + row * x.stride + j] - average;
      squares += d * d;
    }
    f[mean + j] = average;
    f[rest + j] = average - f[mean + j]; // the rounding error of the mean
    f[variance + j] = squares / rows;
    const factor = (gamma ? f[gamma + j] : 1) / Math.sqrt(squares / rows + epsilon);
    for (let row = 0; row < rows; row++) {
      f[y.at + row * y.stride + j] = (f[x.at + row * x.stride + j] - average) * factor + (beta ? f[beta + j] : 0);
    }
  }
}

/** Gradients with respect to beta, gamma and x, including the paths through mean and variance. */
export function batchNormalizationBackward(
  { floats: f, rows }: Memory,
  record: Fields<typeof Op.BatchNormalizationBackward>,
): void {
  const { x, dy, dx, gamma, mean, rest, variance, dGamma, dBeta, columns, epsilon } = record;
  for (let j = 0; j < columns; j++) {
    const deviation = (row: number) => f[x.at + row * x.stride + j] - f[mean + j] - f[rest + j];
    const s = 1 / Math.sqrt(f[variance + j] + epsilon);
    let sum = 0;
    let product = 0;
    for (let row = 0; row < rows; row++) {
      sum += f[dy.at + row * dy.stride + j];
      product += deviation(row) * f[dy.at + row * dy.stride + j];
    }
    if (dBeta) f[dBeta + j] = sum;
    if (dGamma) f[dGamma + j] = s * product;
    if (!dx.at) continue;
    const factor = (gamma ? f[gamma + j] : 1) * s;
    for (let row = 0; row < rows; row++) {
      const centred = f[dy.at + row * dy.stride + j] - sum / rows - (deviation(row) * s * s * product) / rows;
      f[dx.at + row * dx.stride + j] = centred * factor;
    }
  }
}

/** Moves the statistics towards those of the batch. A value that would not be finite stays, and the status is set. */
export function movingStatistics(memory: Memory, record: Fields<typeof Op.MovingStatistics>): void {
  const { floats: f, rows } = memory;
  const { mean, variance, movingMean, movingVariance, columns, rate, unbiased } = record;
  const approach = (at: number, batch: number) => {
    const updated = f[at] + rate * (batch - f[at]);
    if (storable(f, updated)) f[at] = updated;
    else memory.status = Status.UpdateNotFinite;
  };
  for (let j = 0; j < columns; j++) {
    approach(movingMean + j, f[mean + j]);
    if (unbiased && rows === 1) continue; // one row has no unbiased variance
    approach(movingVariance + j, unbiased ? (f[variance + j] * rows) / (rows - 1) : f[variance + j]);
  }
}

/** y = gamma (x - mean) / sqrt(variance + epsilon) + beta; with `floor` the divisor is max(sqrt(variance), epsilon). */
export function standardize({ floats: f, rows }: Memory, record: Fields<typeof Op.Standardize>): void {
  const { x, y, mean, variance, gamma, beta, columns, epsilon, floor } = record;
  for (let j = 0; j < columns; j++) {
    const root = Math.sqrt(f[variance + j] + (floor ? 0 : epsilon));
    const factor = (gamma ? f[gamma + j] : 1) / (floor ? Math.max(root, epsilon) : root);
    for (let row = 0; row < rows; row++) {
      f[y.at + row * y.stride + j] = (f[x.at + row * x.stride + j] - f[mean + j]) * factor + (beta ? f[beta + j] : 0);
    }
  }
}
