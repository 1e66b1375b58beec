/** Advice about unscaled targets of a regression, in numbers. Loaded when it is given. */

/** Mean and deviation, rounded to three digits: enough to scale by. */
function scaleOf(values: Float32Array): { mean: number; deviation: number } {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) * (value - mean);
  const round = (number: number) => Number(number.toPrecision(3));
  return { mean: round(mean), deviation: round(Math.sqrt(squares / values.length)) || 1 };
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

/** True if targets are so large, or so far apart, that training from the usual first weights is slow or fails. */
export function isUnscaled(targets: Float32Array): boolean {
  const { mean, deviation } = scaleOf(targets);
  return Math.abs(mean) > 20 || deviation > 5;
}
