/**
 * Errors of predicted numbers and R², with scikit-learn's formulas. Knows arrays only: nothing about models.
 * The losses of the same names, for training, are in `losses.ts`.
 */
import { checkArguments, checkKeys, checkName, DataError } from "../../base/errors.js";
import { checkSampleWeight, checkTargets, type SampleWeightOption } from "./inputs.js";

/** Options of the errors of regression. */
export interface RegressionOptions extends SampleWeightOption {
  /** Numbers per row. @default 1 */
  outputs?: number;
  /** The mean of all outputs, or one number per output. @default "uniform" */
  average?: "uniform" | "none";
}

type OneNumber = Omit<RegressionOptions, "average"> & { average?: "uniform" };
type PerOutput = Omit<RegressionOptions, "average"> & { average: "none" };

/** What the formulas read: checked targets and predictions [rows, outputs]. */
export interface RegressionRows {
  readonly targets: ArrayLike<number>;
  readonly predictions: ArrayLike<number>;
  readonly rows: number;
  readonly outputs: number;
  readonly weights: ArrayLike<number> | null;
}

/**
 * mean (y − ŷ)² (scikit-learn `mean_squared_error`).
 * @param targets [n] or [n, outputs], row after row. @param predictions as many.
 * @returns One number; with `average: "none"` one per output.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export function meanSquaredErrorScore(t: ArrayLike<number>, p: ArrayLike<number>, options: PerOutput): number[];
export function meanSquaredErrorScore(t: ArrayLike<number>, p: ArrayLike<number>, options?: OneNumber): number;
export function meanSquaredErrorScore(
  targets: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: RegressionOptions = {},
): number | number[] {
  checkArguments("meanSquaredErrorScore", arguments, 3);
  return score("meanSquaredErrorScore", targets, predictions, options, (input) => columnMeans(input, squaredError));
}

/**
 * √ mean (y − ŷ)², for several outputs the mean of their roots (scikit-learn `mean_squared_error(squared=False)`).
 * Parameters, result and errors as `meanSquaredErrorScore`.
 */
export function rootMeanSquaredErrorScore(t: ArrayLike<number>, p: ArrayLike<number>, options: PerOutput): number[];
export function rootMeanSquaredErrorScore(t: ArrayLike<number>, p: ArrayLike<number>, options?: OneNumber): number;
export function rootMeanSquaredErrorScore(
  targets: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: RegressionOptions = {},
): number | number[] {
  checkArguments("rootMeanSquaredErrorScore", arguments, 3);
  const roots = (input: RegressionRows) => columnMeans(input, squaredError).map(Math.sqrt);
  return score("rootMeanSquaredErrorScore", targets, predictions, options, roots);
}

/**
 * mean |y − ŷ| (scikit-learn `mean_absolute_error`).
 * Parameters, result and errors as `meanSquaredErrorScore`.
 */
export function meanAbsoluteErrorScore(t: ArrayLike<number>, p: ArrayLike<number>, options: PerOutput): number[];
export function meanAbsoluteErrorScore(t: ArrayLike<number>, p: ArrayLike<number>, options?: OneNumber): number;
export function meanAbsoluteErrorScore(
  targets: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: RegressionOptions = {},
): number | number[] {
  checkArguments("meanAbsoluteErrorScore", arguments, 3);
  const absolute = (y: number, p: number) => Math.abs(y - p);
  return score("meanAbsoluteErrorScore", targets, predictions, options, (input) => columnMeans(input, absolute));
}

/**
 * mean |y − ŷ| / max(|y|, 2⁻⁵²): a share, not percent (scikit-learn `mean_absolute_percentage_error`). The metric and
 * the loss of that name, for training, follow Keras: percent, and 1e-7 instead of 2⁻⁵².
 * Parameters, result and errors as `meanSquaredErrorScore`.
 */
export function meanAbsolutePercentageErrorScore(
  t: ArrayLike<number>,
  p: ArrayLike<number>,
  options: PerOutput,
): number[];
export function meanAbsolutePercentageErrorScore(
  t: ArrayLike<number>,
  p: ArrayLike<number>,
  options?: OneNumber,
): number;
export function meanAbsolutePercentageErrorScore(
  targets: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: RegressionOptions = {},
): number | number[] {
  checkArguments("meanAbsolutePercentageErrorScore", arguments, 3);
  const relative = (input: RegressionRows) => columnMeans(input, (y, p) => relativeError(y, p, Number.EPSILON));
  return score("meanAbsolutePercentageErrorScore", targets, predictions, options, relative);
}

/**
 * Coefficient of determination: 1 − Σ (y − ŷ)² / Σ (y − ȳ)² (scikit-learn `r2_score`). 1 is perfect, 0 what the mean
 * of y would do; where y is constant 1 if it is met and 0 if not.
 * @param targets [n] or [n, outputs] with at least 2 rows. @param predictions as many.
 * @returns One number; with `average: "none"` one per output.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export function r2Score(targets: ArrayLike<number>, predictions: ArrayLike<number>, options: PerOutput): number[];
export function r2Score(targets: ArrayLike<number>, predictions: ArrayLike<number>, options?: OneNumber): number;
export function r2Score(
  targets: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: RegressionOptions = {},
): number | number[] {
  checkArguments("r2Score", arguments, 3);
  return score("r2Score", targets, predictions, options, (input) => {
    if (input.rows < 2)
      throw new DataError("r2Score: expected at least 2 rows, got 1: one has no variance to explain.");
    return r2(input);
  });
}

function score(
  where: string,
  targets: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: RegressionOptions,
  perOutput: (input: RegressionRows) => number[],
): number | number[] {
  checkKeys(where, options, ["outputs", "average", "sampleWeight"]);
  const { outputs = 1, average = "uniform", sampleWeight } = options;
  checkName(`${where}: average`, average, ["uniform", "none"]);
  const rows = checkTargets(where, targets, predictions, outputs);
  const weights = checkSampleWeight(where, sampleWeight, rows);
  const scores = perOutput({ targets, predictions, rows, outputs, weights });
  return average === "none" ? scores : meanOf(scores);
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function squaredError(y: number, p: number): number {
  return (y - p) * (y - p);
}

/** |y − p| / max(|y|, ε) */
export function relativeError(y: number, p: number, epsilon: number): number {
  return Math.abs(y - p) / Math.max(Math.abs(y), epsilon);
}

/** The weighted mean of a row's error, for each output. */
export function columnMeans(
  { targets, predictions, rows, outputs, weights }: RegressionRows,
  error: (y: number, p: number, output: number) => number,
): number[] {
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

/** R² of each output. */
export function r2(input: RegressionRows): number[] {
  const means = columnMeans(input, (y) => y);
  const left = columnMeans(input, squaredError);
  const spread = columnMeans(input, (y, _, j) => squaredError(y, means[j]));
  return left.map((error, j) => {
    if (spread[j] === 0 || isConstant(input, j)) return error === 0 ? 1 : 0;
    return 1 - error / spread[j];
  });
}

/** True if every row that counts has the same target, of which a rounded mean may differ. */
function isConstant({ targets, rows, outputs, weights }: RegressionRows, output: number): boolean {
  let first: number | null = null;
  for (let row = 0; row < rows; row++) {
    if (weights?.[row] === 0) continue;
    const target = targets[row * outputs + output];
    first ??= target;
    if (target !== first) return false;
  }
  return true;
}
