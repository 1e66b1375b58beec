/** The class of a row of outputs, and its error. For both the page and the engine. */

/** The class of a row of outputs, of one column or several. */
export function classOf(predictions: Float32Array): number {
  if (predictions.length === 1) return predictions[0] > 0.5 ? 1 : 0;
  return predictions.indexOf(Math.max(...predictions));
}

/** The probability of each class, of one column or several. */
export function probabilitiesOf(predictions: Float32Array): number[] {
  return predictions.length === 1 ? [1 - predictions[0], predictions[0]] : [...predictions];
}

/** Error of a row: −ln of the probability of its class, or the square of the difference. */
export function lossOf(predictions: Float32Array, target: number, isClass: boolean): number {
  if (!isClass) return (predictions[0] - target) ** 2;
  return -Math.log(Math.max(1e-7, probabilitiesOf(predictions)[target]));
}
