/** Advice about unscaled targets of a regression, in numbers. Loaded when it is given. */

import { columnMeans, columnVariances } from "../base/columnStats.js";

/** A mean or deviation beyond it, or a deviation below its inverse, is not the scale of a network's outputs. */
const FAR = 10;

/** Mean and deviation, rounded to three digits: enough to scale by. */
function scaleOf(values: Float32Array): { mean: number; deviation: number } {
  const means = columnMeans(values, 1);
  const [variance] = columnVariances(values, means);
  const round = (number: number) => Number(number.toPrecision(3));
  return { mean: round(means[0]), deviation: round(Math.sqrt(variance)) || 1 };
}

/**
 * The remedy for these targets, in rows of `width`, as a sentence without its full stop.
 * @param canEndScaled True if the optimizer takes the same steps whatever the scale of the gradients, so that a last
 * layer may scale predictions.
 */
export function scalingRemedy(targets: Float32Array, width: number, canEndScaled: boolean): string {
  const { mean, deviation } = scaleOf(targets);
  const orLayer = canEndScaled
    ? `. Or end the model with rescaling({ scale: ${deviation}, offset: ${mean} }), which does the latter`
    : "";
  if (width > 1) {
    return `Scale each column of y to mean 0 and deviation 1, as standardScaler() does, and predictions back${orLayer}`;
  }
  const minus = mean < 0 ? `+ ${-mean}` : `- ${mean}`;
  const plus = mean < 0 ? `- ${-mean}` : `+ ${mean}`;
  return `Scale y to (y ${minus}) / ${deviation}, and predictions p back to p * ${deviation} ${plus}${orLayer}`;
}

/**
 * True if a column of the targets is so far from mean 0 and deviation 1 that training from the usual weights is slow.
 */
export function isUnscaled(targets: Float32Array, width: number): boolean {
  const means = columnMeans(targets, width);
  const deviations = columnVariances(targets, means).map((variance) => Math.sqrt(variance) || 1);
  return means.some((mean, i) => Math.abs(mean) > FAR || deviations[i] > FAR || deviations[i] < 1 / FAR);
}
