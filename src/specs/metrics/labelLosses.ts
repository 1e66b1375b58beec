/** Shares of wrong labels, where rows may have several of them. Knows labels only: nothing about datasets or models. */
import { flag, type Given, type Kept, readOptions } from "../../base/options.js";
import { checkPairs } from "./accuracy.js";
import { checkSampleWeight, type SampleWeightOption, sampleWeightOption } from "./inputs.js";
import { checkAnswers, type OutputsOption, outputsOption } from "./labelScore.js";

/** Options of `hammingLossScore`. */
const hammingLossOptions = { ...outputsOption, ...sampleWeightOption };

/** Options of `hammingLossScore`. */
export interface HammingLossOptions extends SampleWeightOption, OutputsOption {}

/** Options of `zeroOneLossScore`. */
const zeroOneLossOptions = {
  /** True for the share of wrong rows, false for their number, or the sum of their weights. @default true */
  normalize: flag(true),
  ...hammingLossOptions,
};

/** Options of `zeroOneLossScore`. */
export interface ZeroOneLossOptions extends HammingLossOptions, Given<typeof zeroOneLossOptions> {}

/**
 * Share of labels that are wrong (scikit-learn `hamming_loss`). With `outputs`, each of them counts.
 * @param labels [n] true classes, integers from 0; or, with `outputs`, [n, outputs] of 0 and 1, row after row.
 * @param predictions as many: predicted classes, or 0 and 1.
 * @throws ShapeError when the lengths differ. @throws DataError when there are no rows, or naming a bad one.
 * @throws OptionError for bad options.
 */
export function hammingLossScore(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: HammingLossOptions = {},
): number {
  const where = "hammingLossScore";
  const kept = readOptions(where, hammingLossOptions, options, arguments);
  const { wrong, all } = countWrong(where, labels, predictions, kept, (errors, outputs) => errors / outputs);
  return wrong / all;
}

/**
 * Share of rows that are wrong (scikit-learn `zero_one_loss`): 1 − accuracy. With `outputs`, a row of which one output
 * is wrong is wrong.
 * @param labels [n] true classes, integers from 0; or, with `outputs`, [n, outputs] of 0 and 1, row after row.
 * @param predictions as many: predicted classes, or 0 and 1.
 * @throws ShapeError, DataError, OptionError as `hammingLossScore`.
 */
export function zeroOneLossScore(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: ZeroOneLossOptions = {},
): number {
  const where = "zeroOneLossScore";
  const { normalize, ...rest } = readOptions(where, zeroOneLossOptions, options, arguments);
  const { wrong, all } = countWrong(where, labels, predictions, rest, (errors) => Math.min(errors, 1));
  return normalize ? wrong / all : wrong;
}

/** The weight of all rows, and that of the wrong ones, each times its loss: that of its number of wrong outputs. */
function countWrong(
  where: string,
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  { outputs, sampleWeight }: Kept<typeof hammingLossOptions>,
  loss: (errors: number, outputs: number) => number,
): { wrong: number; all: number } {
  if (outputs === undefined) checkPairs(where, labels, predictions);
  const columns = outputs ?? 1;
  const rows = outputs === undefined ? labels.length : checkAnswers(where, labels, predictions, outputs);
  const weights = checkSampleWeight(where, sampleWeight, rows);
  let [wrong, all] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    let errors = 0;
    for (let at = row * columns; at < (row + 1) * columns; at++) if (labels[at] !== predictions[at]) errors++;
    wrong += weight * loss(errors, columns);
    all += weight;
  }
  return { wrong, all };
}
