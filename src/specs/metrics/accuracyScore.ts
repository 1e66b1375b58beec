/**
 * The share of right labels, where rows may have several of them. Knows labels only: nothing about datasets or models.
 */
import { flag, type Given, readOptions } from "../../base/options.js";
import { checkPairs, countRight } from "./accuracy.js";
import { checkSampleWeight, type SampleWeightOption, sampleWeightOption } from "./inputs.js";
import { checkAnswers, type OutputsOption, outputsOption } from "./labelScore.js";

/** Options of `accuracyScore`. */
const accuracyOptions = {
  /** True for the share of right rows, false for their number, or the sum of their weights. @default true */
  normalize: flag(true),
  ...outputsOption,
  ...sampleWeightOption,
};

/** Options of `accuracyScore`. */
export interface AccuracyOptions extends SampleWeightOption, OutputsOption, Given<typeof accuracyOptions> {}

/**
 * Share of rows whose prediction equals their label, from 0 to 1 (scikit-learn `accuracy_score`). With `outputs`, a row
 * of which one output is wrong is wrong.
 * @param labels [n] true classes, integers from 0; or, with `outputs`, [n, outputs] of 0 and 1, row after row.
 * @param predictions as many: predicted classes, which `argMax` makes from probabilities, or 0 and 1.
 * @throws ShapeError when the lengths differ. @throws DataError when there are no rows, or naming a bad one.
 * @throws OptionError for bad options.
 */
export function accuracyScore(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: AccuracyOptions = {},
): number {
  const where = "accuracyScore";
  const { normalize, outputs, sampleWeight } = readOptions(where, accuracyOptions, options, arguments);
  if (outputs === undefined) checkPairs(where, labels, predictions);
  const rows = outputs === undefined ? labels.length : checkAnswers(where, labels, predictions, outputs);
  const weights = checkSampleWeight(where, sampleWeight, rows);
  const { right, all } = countRight(labels, predictions, weights, outputs);
  return normalize ? right / all : right;
}
