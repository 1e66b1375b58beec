/**
 * The public part of scores that count right and wrong labels: its checks, and the counts per class. Knows integer labels
 * only, one per row, or several outputs of 0 and 1: nothing about probabilities, datasets or models.
 */
import { checkArrayLike, DataError, OptionError, ShapeError, show } from "../../base/errors.js";
import {
  type Given,
  type Kept,
  number,
  type OptionTable,
  oneOf,
  optional,
  readOptions,
  via,
} from "../../base/options.js";
import { checkPairs, MAX_CLASSES } from "./accuracy.js";
import { averageNames, averageOfCounts, type OfCounts, scoreOfClass } from "./averages.js";
import { checkSampleWeight, outputCount, type SampleWeightOption, sampleWeightOption } from "./inputs.js";
import { type Score, scoreNamed } from "./score.js";
import { type Tally, tallyLabels, tallyOutputs, tallyRows } from "./tally.js";

/** Option of the scores that also take several outputs per row, each of which is yes or no. */
export const outputsOption = {
  /**
   * Outputs per row, where each is yes or no: labels and predictions are [n, outputs] then, all of them 0 or 1, and
   * every output is a class. @default none: [n], one class per row
   */
  outputs: optional(outputCount()),
};

/** Option of the scores that also take several outputs per row, each of which is yes or no. */
export interface OutputsOption extends Given<typeof outputsOption> {}

/** Option of scores in which 0 may be divided by 0. */
export const zeroDivisionOption = {
  /**
   * 0, 1 or NaN: the value of 0 / 0, such as the precision of a class that was never predicted, or the recall of one
   * without rows. Averages leave out what is NaN, as in scikit-learn from 1.3 on. @default 0
   */
  zeroDivision: via<number, number>(checkZeroDivision, 0),
};

/** Option of scores in which 0 may be divided by 0. */
export interface ZeroDivisionOption extends Given<typeof zeroDivisionOption> {}

/** Options of `precisionScore`, `recallScore`, `f1Score` and `jaccardScore`. */
export const precisionRecallOptions = {
  /** Way to make one score of those of classes; `binary` refuses more than two classes. @default "binary" */
  average: oneOf(averageNames, "binary"),
  /** The class that `binary` looks at; other averages do not. @default 1 */
  positiveLabel: number({ min: 0, below: MAX_CLASSES, integer: true }, 1),
  /**
   * Number of classes: then all from 0 on count, also those without a row.
   * @default only classes that occur in labels or predictions count, as in scikit-learn
   */
  classes: optional(number({ min: 1, max: MAX_CLASSES, integer: true })),
  ...zeroDivisionOption,
  ...sampleWeightOption,
  ...outputsOption,
};

/** Options of `precisionScore`, `recallScore`, `f1Score` and `jaccardScore`. */
export interface PrecisionRecallOptions
  extends SampleWeightOption,
    OutputsOption,
    ZeroDivisionOption,
    Given<typeof precisionRecallOptions> {}

type Options = Kept<typeof precisionRecallOptions>;

/** The public function of that name, with the options of that table; `formula` reads them. */
// @__NO_SIDE_EFFECTS__
export function labelScore<T extends OptionTable>(
  where: string,
  table: T,
  formula: (options: Kept<T>) => OfCounts,
): Score<Given<T>> {
  return scoreNamed<Given<T>>(where, (labels, predictions, given) => {
    const kept = readOptions(where, table, given as object);
    const options = kept as Kept<T> & Options;
    const score = options.outputs === undefined ? scoreLabels : scoreOutputs;
    return score(where, labels, predictions, options, formula(kept));
  });
}

function scoreLabels(
  where: string,
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  { average, positiveLabel, classes, sampleWeight }: Options,
  ofCounts: OfCounts,
): number | number[] {
  if (average === "samples") {
    throw new OptionError(`${where}: average: "samples" needs several outputs per row. Give outputs, or use "macro".`);
  }
  const isBinary = average === "binary";
  if (isBinary && classes !== undefined && positiveLabel >= classes) {
    throw new OptionError(
      `${where}: average: "binary" scores the class positiveLabel, and there is no class ${positiveLabel} among ` +
        `classes: ${classes}. Give a positiveLabel below ${classes}, or average: "macro".`,
    );
  }
  const largest = checkPairs(where, labels, predictions, classes ?? MAX_CLASSES);
  const weights = checkSampleWeight(where, sampleWeight, labels.length);
  const counted = classes ?? Math.max(largest, isBinary ? positiveLabel : 0) + 1;
  const tally = tallyLabels(labels, predictions, weights, counted);
  if (isBinary) checkBinary(where, tally);
  if (average === "none") return scoresOfClasses(tally, classes ?? largest + 1, ofCounts);
  return averageOfCounts(tally, { average, positiveLabel, all: classes !== undefined }, ofCounts);
}

function scoreOutputs(
  where: string,
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  { average, classes, outputs = 1, sampleWeight }: Options,
  ofCounts: OfCounts,
): number | number[] {
  if (average === "binary") {
    throw new OptionError(
      `${where}: average: "binary" needs one class per row, got outputs. Choose "macro", "micro", "weighted", ` +
        `"samples" or "none".`,
    );
  }
  if (classes !== undefined) {
    throw new OptionError(`${where}: classes: expected none with outputs, which are the classes. Leave it out.`);
  }
  const rows = checkAnswers(where, labels, predictions, outputs);
  const weights = checkSampleWeight(where, sampleWeight, rows);
  if (average === "samples") {
    const tally = tallyRows(labels, predictions, outputs);
    return averageOfCounts(tally, { average, all: true, rowWeights: weights }, ofCounts);
  }
  const tally = tallyOutputs(labels, predictions, outputs, 0.5, weights);
  if (average === "none") return scoresOfClasses(tally, outputs, ofCounts);
  return averageOfCounts(tally, { average, all: true }, ofCounts);
}

function scoresOfClasses(tally: Tally, classes: number, ofCounts: OfCounts): number[] {
  return Array.from({ length: classes }, (_, c) => scoreOfClass(tally, c, ofCounts));
}

function checkBinary(where: string, { occurs }: Tally): void {
  const present = occurs.reduce((sum, bit) => sum + bit, 0);
  if (present <= 2) return;
  throw new OptionError(
    `${where}: average: "binary" needs two classes, got ${present}. Choose "macro", "micro", "weighted" or "none".`,
  );
}

function checkZeroDivision(where: string, value: unknown): number {
  if (value === 0 || value === 1 || Number.isNaN(value)) return value as number;
  throw new OptionError(`${where}: expected 0, 1 or NaN, got ${show(value)}.`);
}

/**
 * Labels and predictions [n, outputs] of 0 and 1. Returns n.
 * @throws ShapeError, DataError naming the row, OptionError
 */
export function checkAnswers(
  where: string,
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  outputs: number,
): number {
  const rows = checkOutputRows(where, labels, predictions, outputs, "predictions");
  checkBits(`${where}: labels`, labels, outputs);
  checkBits(`${where}: predictions`, predictions, outputs);
  return rows;
}

/** Two arrays [n, outputs]. Returns n. @throws ShapeError, DataError, OptionError */
export function checkOutputRows(
  where: string,
  labels: ArrayLike<number>,
  others: ArrayLike<number>,
  outputs: number,
  what: string,
  first = "labels",
): number {
  checkArrayLike(`${where}: ${first}`, labels);
  checkArrayLike(`${where}: ${what}`, others);
  if (labels.length !== others.length || labels.length % outputs !== 0) {
    throw new ShapeError(
      `${where}: expected rows of ${outputs}, as many ${first} as ${what}, got ${labels.length} ${first} and ` +
        `${others.length} ${what}. Give outputs the number that a row has.`,
    );
  }
  if (labels.length === 0) throw new DataError(`${where}: expected at least one row, got none. Pass some rows.`);
  return labels.length / outputs;
}

/** Refuses anything that is not 0 or 1. @throws DataError naming the row */
export function checkBits(where: string, values: ArrayLike<number>, outputs: number): void {
  for (let i = 0; i < values.length; i++) {
    if (values[i] === 0 || values[i] === 1) continue;
    const place = `row ${Math.floor(i / outputs)}, output ${i % outputs}`;
    throw new DataError(`${where}: ${place}: expected 0 or 1, got ${show(values[i])}. Compare with a threshold first.`);
  }
}
