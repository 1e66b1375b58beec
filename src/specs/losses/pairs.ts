/** Losses that compare the rows of a batch with each other, by their labels. */

import { OptionError } from "../../base/errors.js";
import { exp, log, log1p } from "../../base/math.js";
import { sigmoid } from "../../base/sigmoids.js";
import type { ComputeLoss } from "./host.js";
import type { Reduction } from "./reductionOptions.js";

interface CircleOptions {
  readonly gamma: number;
  readonly margin: number;
  readonly removeDiagonal: boolean;
  readonly reduction?: Reduction;
}

/**
 * Row i: softplus(ln Σ e^z over rows j of its class + ln Σ e^z over the others), with d = max(1 − pᵢ·pⱼ, 0), and
 * z = gamma (margin + d) (d − margin) in its class, gamma max(1 + margin − d, 0) (1 − margin − d) outside. A row
 * without one of the two has no loss, and the mean is over the rows that have one. The gradient includes the weights of
 * rows: that of a row depends on those of the rows it is compared with.
 */
export function circle({ gamma, margin, removeDiagonal, reduction = "mean" }: CircleOptions): ComputeLoss {
  return ({ rows, columns, targets, predictions, sampleWeight }) => {
    checkLengths(predictions, rows, columns);
    const [loss, d, z] = Array.from({ length: 3 }, () => new Float64Array(rows));
    const gradient = new Float64Array(rows * columns);
    let [counted, countedWeight, weight] = [0, 0, 0];
    for (let i = 0; i < rows; i++) {
      const isAlike = (j: number) => targets[i] === targets[j];
      for (let j = 0; j < rows; j++) {
        d[j] = Math.max(1 - product(predictions, columns, i, j), 0);
        if (isAlike(j)) z[j] = i === j && removeDiagonal ? -Infinity : gamma * (margin + d[j]) * (d[j] - margin);
        else z[j] = gamma * Math.max(1 + margin - d[j], 0) * (1 - margin - d[j]);
      }
      const near = logSumExp(z, isAlike);
      const far = logSumExp(z, (j) => !isAlike(j));
      loss[i] = softplus(near + far);
      weight += sampleWeight[i];
      if (Math.fround(loss[i]) === 0) continue; // Keras counts the rows whose loss is above 0 in float32
      counted++;
      countedWeight += sampleWeight[i];
      const scale = -sampleWeight[i] * gamma * sigmoid(near + far); // falling, as d falls with the product
      for (let j = 0; j < rows; j++) {
        if (d[j] === 0 || z[j] === -Infinity) continue;
        const slope = isAlike(j) ? d[j] * exp(z[j] - near) : d[j] < 1 + margin ? (d[j] - 1) * exp(z[j] - far) : 0;
        for (let k = 0; k < columns; k++) {
          gradient[i * columns + k] += 2 * scale * slope * predictions[j * columns + k];
          gradient[j * columns + k] += 2 * scale * slope * predictions[i * columns + k];
        }
      }
    }
    // After the loss, `reduction.ts` multiplies by the rows, or by rows / weight for the mean by weights.
    const divisors = { mean: counted, sum: rows, none: rows, meanWithSampleWeight: (rows * countedWeight) / weight };
    const divisor = divisors[reduction];
    return {
      loss: loss.map((value) => (value > 0 ? (value * rows) / counted : value)),
      gradient: gradient.map((value) => (divisor > 0 ? value / divisor : 0)),
      isWeighted: true,
    };
  };
}

const softplus = (x: number) => Math.max(x, 0) + log1p(exp(-Math.abs(x)));

/** pᵢ·pⱼ */
function product(p: Float64Array, columns: number, i: number, j: number): number {
  let sum = 0;
  for (let k = 0; k < columns; k++) sum += p[i * columns + k] * p[j * columns + k];
  return sum;
}

/** ln Σ e^z over the rows that belong; −∞ if there are none. */
function logSumExp(z: Float64Array, belongs: (row: number) => boolean): number {
  const largest = z.reduce((most, value, row) => (belongs(row) ? Math.max(most, value) : most), -Infinity);
  if (largest === -Infinity) return largest;
  return largest + log(z.reduce((sum, value, row) => (belongs(row) ? sum + exp(value - largest) : sum), 0));
}

/** Outputs have length 1, or are zeros, which have no direction. @throws OptionError */
function checkLengths(predictions: Float64Array, rows: number, columns: number): void {
  for (let row = 0; row < rows; row++) {
    const length = Math.sqrt(product(predictions, columns, row, row));
    if (!(Math.abs(length - 1) > 1e-3 && length > 1e-3)) continue; // NaN is found later, as in any loss
    throw new OptionError(
      `circle: row ${row} of a batch: expected outputs of length 1, got length ${Number(length.toPrecision(3))}. ` +
        "End the model with unitNormalization().",
    );
  }
}

/** Refuses metrics other than functions: outputs are neither classes nor targets. @throws OptionError */
export function checkCircleMetric({ type, compute }: { readonly type: string; readonly compute?: unknown }): void {
  if (compute) return;
  throw new OptionError(
    `compile: metrics: ${type} reads classes or numbers, and outputs for circle are embeddings. Give a function, as ` +
      "customMetric.",
  );
}
