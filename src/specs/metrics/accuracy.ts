/**
 * Accuracy of predicted labels, balanced and among the first k; and the check of label pairs that the class
 * metrics share. Knows labels and scores: nothing about datasets or models.
 */
import { counted } from "../../base/counted.js";
import { checkArrayLike, DataError, ShapeError, show } from "../../base/errors.js";
import { flag, type Given, number, readOptions } from "../../base/options.js";
import { checkLabelsAndScores, checkSampleWeight, type SampleWeightOption, sampleWeightOption } from "./inputs.js";
import { type Tally, tallyLabels } from "./tally.js";

/** The weight of all rows, and that of the rows whose columns all equal those of their label. */
export function countRight(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  weights: ArrayLike<number> | null,
  columns = 1,
): { right: number; all: number } {
  let [right, all] = [0, 0];
  for (let row = 0; row < labels.length / columns; row++) {
    const weight = weights?.[row] ?? 1;
    let at = row * columns;
    while (at < (row + 1) * columns && labels[at] === predictions[at]) at++;
    if (at === (row + 1) * columns) right += weight;
    all += weight;
  }
  return { right, all };
}

/** Options of `balancedAccuracyScore`. */
const balancedAccuracyOptions = {
  /** Rescale so that guessing scores 0 and perfection 1. @default false */
  adjusted: flag(false),
  ...sampleWeightOption,
};

/** Options of `balancedAccuracyScore`. */
export interface BalancedAccuracyOptions extends SampleWeightOption, Given<typeof balancedAccuracyOptions> {}

/**
 * Mean of the recalls of the classes that have rows: every class counts the same, however rare (scikit-learn
 * `balanced_accuracy_score`).
 * @param labels [n] true classes, integers from 0. @param predictions [n] predicted classes.
 * @throws ShapeError, DataError, OptionError as `accuracyScore`.
 */
export function balancedAccuracyScore(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: BalancedAccuracyOptions = {},
): number {
  const where = "balancedAccuracyScore";
  const { adjusted, sampleWeight } = readOptions(where, balancedAccuracyOptions, options, arguments);
  checkPairs(where, labels, predictions);
  const weights = checkSampleWeight(where, sampleWeight, labels.length);
  return balancedAccuracy(tallyLabels(labels, predictions, weights), adjusted);
}

/** `balancedAccuracyScore` of what was counted. */
export function balancedAccuracy({ classes, hits, support }: Tally, adjusted = false): number {
  let sum = 0;
  let present = 0;
  for (let c = 0; c < classes; c++) {
    if (support[c] === 0) continue;
    sum += hits[c] / support[c];
    present++;
  }
  const score = sum / present;
  const chance = 1 / present;
  return adjusted ? (score - chance) / (1 - chance) : score;
}

/** Options of `topKAccuracyScore`. */
const topKAccuracyOptions = {
  /** Number of guesses for each row. @default 2 */
  k: number({ min: 1, integer: true }, 2),
  ...sampleWeightOption,
};

/** Options of `topKAccuracyScore`. */
export interface TopKAccuracyOptions extends SampleWeightOption, Given<typeof topKAccuracyOptions> {}

/**
 * Share of rows whose label is among the k classes with the largest scores (scikit-learn `top_k_accuracy_score`; of
 * classes with equal scores the later ones come first).
 * @param labels [n] true classes, integers from 0. @param scores [n, classes] probabilities or logits, row after row.
 * @throws ShapeError, DataError, OptionError naming what does not fit.
 */
export function topKAccuracyScore(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: TopKAccuracyOptions = {},
): number {
  const where = "topKAccuracyScore";
  const { k, sampleWeight } = readOptions(where, topKAccuracyOptions, options, arguments);
  const { rows, columns } = checkLabelsAndScores(where, labels, scores);
  if (columns === 1) {
    throw new ShapeError(`${where}: expected one score per class in each row, got one per row. Use accuracyScore.`);
  }
  const weights = checkSampleWeight(where, sampleWeight, rows);
  let right = 0;
  let all = 0;
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    if (rankOf(scores, row * columns, columns, labels[row], true) < k) right += weight;
    all += weight;
  }
  return right / all;
}

/**
 * Number of the columns from `at` on that come before column `label`; with `laterFirst` equal ones after it do, too.
 */
export function rankOf(
  scores: ArrayLike<number>,
  at: number,
  columns: number,
  label: number,
  laterFirst: boolean,
): number {
  const own = scores[at + label];
  let rank = 0;
  for (let j = 0; j < columns; j++) {
    if (scores[at + j] > own || (laterFirst && j > label && scores[at + j] === own)) rank++;
  }
  return rank;
}

/** More classes would make tables of over 400 MB: ids, most likely, not labels. */
export const MAX_CLASSES = 10_000;

/**
 * Checks true and predicted labels: as many of one as of the other, at least one, all of them integers in
 * [0, classes). Returns the largest.
 */
export function checkPairs(
  where: string,
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classes = Infinity,
): number {
  checkArrayLike(`${where}: labels`, labels);
  checkArrayLike(`${where}: predictions`, predictions);
  if (labels.length !== predictions.length) {
    const got = `${counted(labels.length, "label")} and ${counted(predictions.length, "prediction")}`;
    throw new ShapeError(
      `${where}: expected one prediction per label, got ${got}. Predict on the rows of these labels.`,
    );
  }
  if (labels.length === 0) throw new DataError(`${where}: expected at least one label, got none. Pass some rows.`);
  let largest = 0;
  for (const [what, values] of [["label", labels] as const, ["prediction", predictions] as const]) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (!(Number.isSafeInteger(value) && value >= 0 && value < classes)) {
        const range = classes < Infinity ? `an integer from 0 to ${classes - 1}` : "an integer >= 0";
        const hint = "Classes count from 0; argMax turns probabilities into labels.";
        throw new DataError(`${where}: ${what} of row ${i}: expected ${range}, got ${show(value)}. ${hint}`);
      }
      if (value > largest) largest = value;
    }
  }
  return largest;
}
