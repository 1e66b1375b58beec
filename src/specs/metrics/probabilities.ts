/** Scores of predicted probabilities: log loss and Brier score. Knows arrays only: nothing about models. */
import { checkArguments, DataError } from "../../base/errors.js";
import { kindOf } from "../../base/kinds.js";
import { log } from "../../base/math.js";
import { readOptions } from "../../base/options.js";
import { checkLabelsAndScores, checkSampleWeight, type SampleWeightOption, sampleWeightOption } from "./inputs.js";

/** 2⁻²³: the distance from 1 to the next float32. */
const FLOAT32_EPSILON = 1.1920928955078125e-7;

/** Input of `logLoss` and `brier`: checked labels, and `columns` probabilities per row. */
export interface ProbabilityRows {
  readonly labels: ArrayLike<number>;
  readonly probabilities: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
  readonly weights: ArrayLike<number> | null;
}

/**
 * −mean ln p[label] (scikit-learn `log_loss`). Probabilities are clipped to [ε, 1 − ε], with ε = 2⁻⁵², or 2⁻²³ where
 * they are a Float32Array, then rows are scaled to sum 1.
 * @param labels [n] integers from 0. @param probabilities [n] of class 1; or [n, classes], row after row.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export function logLossScore(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  options: SampleWeightOption = {},
): number {
  checkArguments("logLossScore", arguments, 3);
  return logLoss(checkProbabilities("logLossScore", labels, probabilities, options));
}

/**
 * Mean squared error of probabilities (scikit-learn `brier_score_loss`). With one probability per row
 * mean (p − y)²; with one per class the sum of that over classes, which for two classes is twice as much.
 * @param labels [n] integers from 0. @param probabilities [n] of class 1; or [n, classes], row after row.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export function brierScore(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  options: SampleWeightOption = {},
): number {
  checkArguments("brierScore", arguments, 3);
  return brier(checkProbabilities("brierScore", labels, probabilities, options));
}

/**
 * Share of the log loss that is explained: 1 − log loss / log loss of the shares of the classes (scikit-learn
 * `d2_log_loss_score`, from 1.5 on). 1 is perfect, 0 what those shares would do.
 * @param labels [n] integers from 0, at least 2 rows. @param probabilities [n] of class 1; or [n, classes], row after
 * row.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export function d2LogLossScore(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  options: SampleWeightOption = {},
): number {
  checkArguments("d2LogLossScore", arguments, 3);
  const input = checkProbabilities("d2LogLossScore", labels, probabilities, options);
  return 1 - logLoss(input) / logLoss(sharesOf("d2LogLossScore", input));
}

/**
 * Share of the Brier score that is explained: 1 − Brier score / Brier score of the shares of the classes (scikit-learn
 * `d2_brier_score`, from 1.8 on). 1 is perfect, 0 what those shares would do; of labels of one class NaN if their
 * probabilities are all 1, else −Infinity.
 * @param labels [n] integers from 0, at least 2 rows. @param probabilities [n] of class 1; or [n, classes], row after
 * row.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export function d2BrierScore(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  options: SampleWeightOption = {},
): number {
  checkArguments("d2BrierScore", arguments, 3);
  const input = checkProbabilities("d2BrierScore", labels, probabilities, options);
  return 1 - brier(input) / brier(sharesOf("d2BrierScore", input));
}

/** The same rows, with the shares of the classes for probabilities. @throws DataError for a single row */
function sharesOf(where: string, input: ProbabilityRows): ProbabilityRows {
  const { labels, rows, columns } = input;
  if (rows < 2) throw new DataError(`${where}: expected at least 2 rows, got 1: one has no spread to explain.`);
  const classes = columns === 1 ? [1] : Array.from({ length: columns }, (_, c) => c);
  const shares = classes.map((c) => meanOf(input, (row) => Number(labels[row] === c)));
  return { ...input, probabilities: Float64Array.from({ length: rows * columns }, (_, i) => shares[i % columns]) };
}

function checkProbabilities(
  where: string,
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  options: SampleWeightOption,
): ProbabilityRows {
  const { sampleWeight } = readOptions(where, sampleWeightOption, options);
  const range = { what: "probabilities", min: 0, max: 1 };
  const { rows, columns } = checkLabelsAndScores(where, labels, probabilities, range);
  for (let row = 0; columns > 1 && row < rows; row++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += probabilities[row * columns + j];
    if (sum === 0) throw new DataError(`${where}: probabilities: row ${row}: expected a sum of 1, got 0.`);
  }
  return { labels, probabilities, rows, columns, weights: checkSampleWeight(where, sampleWeight, rows) };
}

/** `logLossScore` of what was checked. */
export function logLoss(input: ProbabilityRows): number {
  const { labels, probabilities, columns } = input;
  const epsilon = kindOf(probabilities) === "Float32Array" ? FLOAT32_EPSILON : Number.EPSILON;
  const clipped = (at: number) => Math.min(Math.max(probabilities[at], epsilon), 1 - epsilon);
  return meanOf(input, (row) => {
    const label = labels[row];
    if (columns === 1) return -log(label === 1 ? clipped(row) : 1 - clipped(row));
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += clipped(row * columns + j);
    return -log(clipped(row * columns + label) / sum);
  });
}

/** `brierScore` of what was checked. */
export function brier(input: ProbabilityRows): number {
  const { labels, probabilities, columns } = input;
  return meanOf(input, (row) => {
    let sum = 0;
    for (let j = 0; j < columns; j++) {
      const target = columns === 1 ? labels[row] : Number(labels[row] === j);
      const error = probabilities[row * columns + j] - target;
      sum += error * error;
    }
    return sum;
  });
}

function meanOf({ rows, weights }: ProbabilityRows, ofRow: (row: number) => number): number {
  let sum = 0;
  let all = 0;
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    if (weight === 0) continue;
    sum += weight * ofRow(row);
    all += weight;
  }
  return sum / all;
}
