/**
 * Formulas of predicted numbers, output by output: weighted means over rows, and the shares of variance that are
 * explained. Knows checked arrays only.
 */

/** Input of the formulas: checked targets and predictions [rows, outputs]. */
export interface RegressionRows {
  readonly targets: ArrayLike<number>;
  readonly predictions: ArrayLike<number>;
  readonly rows: number;
  readonly outputs: number;
  readonly weights: ArrayLike<number> | null;
}

/** A number from the target and the prediction of one output of a row. */
export type OfPair = (y: number, p: number, output: number) => number;

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function squaredError(y: number, p: number): number {
  return (y - p) * (y - p);
}

/** |y − p| / max(|y|, ε) */
export function relativeError(y: number, p: number, epsilon: number): number {
  return Math.abs(y - p) / Math.max(Math.abs(y), epsilon);
}

/** The weighted mean of a row's error, for each output. */
export function outputMeans({ targets, predictions, rows, outputs, weights }: RegressionRows, error: OfPair): number[] {
  const sums = new Array<number>(outputs).fill(0);
  let all = 0;
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    for (let j = 0; j < outputs; j++) {
      sums[j] += weight * error(targets[row * outputs + j], predictions[row * outputs + j], j);
    }
    all += weight;
  }
  return sums.map((sum) => sum / all);
}

/** The weighted variance of `value` in each output; exactly 0 where every row that counts has the same one. */
export function outputVariances(input: RegressionRows, value: OfPair = (y) => y): number[] {
  const means = outputMeans(input, value);
  const spread = outputMeans(input, (y, p, j) => squaredError(value(y, p, j), means[j]));
  return spread.map((variance, j) => (isConstant(input, j, value) ? 0 : variance));
}

/**
 * 1 − error / spread. Where the spread is 0: 1 without errors and 0 with some; as it comes out if not `forceFinite`.
 */
export function explainedShares(errors: readonly number[], spreads: readonly number[], forceFinite = true): number[] {
  return errors.map((error, j) => {
    if (spreads[j] === 0 && forceFinite) return error === 0 ? 1 : 0;
    return 1 - error / spreads[j];
  });
}

/** R² of each output. */
export function r2(input: RegressionRows, forceFinite = true): number[] {
  return explainedShares(outputMeans(input, squaredError), outputVariances(input), forceFinite);
}

/** True if every row that counts has the same value, of which a rounded mean may differ. */
function isConstant(
  { targets, predictions, rows, outputs, weights }: RegressionRows,
  output: number,
  value: OfPair,
): boolean {
  let first: number | null = null;
  for (let row = 0; row < rows; row++) {
    if (weights?.[row] === 0) continue;
    const at = row * outputs + output;
    const own = value(targets[at], predictions[at], output);
    first ??= own;
    if (own !== first) return false;
  }
  return true;
}
