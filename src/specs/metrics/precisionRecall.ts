/**
 * Precision, recall and F-scores of predicted labels with scikit-learn's averages.
 * Knows integer labels only: nothing about probabilities, datasets or models.
 */
import { checkArguments, checkKeys, checkName, checkNumber, OptionError, show } from "../../base/errors.js";
import { checkPairs, MAX_CLASSES } from "./accuracy.js";
import { checkSampleWeight, type SampleWeightOption } from "./inputs.js";
import { type Tally, tallyLabels } from "./tally.js";

export const averageNames = ["binary", "micro", "macro", "weighted", "none"] as const;

/**
 * How the scores of classes become one: `binary`, that of `positiveLabel` alone; `micro`, from the counts of all
 * classes together; `macro`, their mean; `weighted`, their mean weighted by rows of the class; `none`, one per class.
 */
export type Average = (typeof averageNames)[number];

/** Options of `precisionScore`, `recallScore` and `f1Score`. */
export interface PrecisionRecallOptions extends SampleWeightOption {
  /** @default "binary", which refuses more than two classes */
  average?: Average;
  /** The class that `binary` looks at; other averages do not. @default 1 */
  positiveLabel?: number;
  /**
   * Number of classes: then all from 0 on count, also those without a row.
   * @default only classes that occur in labels or predictions count, as in scikit-learn
   */
  classes?: number;
  /** What 0 / 0 is: the precision of a class that was never predicted, the recall of one without rows. @default 0 */
  zeroDivision?: 0 | 1;
}

/** Options of `fbetaScore`. */
export interface FbetaOptions extends PrecisionRecallOptions {
  /** How many times recall weighs as much as precision, above 0. @default 1 */
  beta?: number;
}

type OneNumber<Options> = Omit<Options, "average"> & { average?: Exclude<Average, "none"> };
type PerClass<Options> = Omit<Options, "average"> & { average: "none" };

/**
 * Right predictions of a class / all predictions of it: TP / (TP + FP) (scikit-learn `precision_score`).
 * @param labels [n] true classes, integers from 0.
 * @param predictions [n] predicted classes, integers from 0; `argMax` makes them from probabilities.
 * @returns One number; with `average: "none"` one per class, from class 0 on.
 * @throws ShapeError when the lengths differ. @throws DataError when there are no rows, or naming a bad one.
 * @throws OptionError for bad options, and for `binary` with more than two classes.
 */
export function precisionScore(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: PerClass<PrecisionRecallOptions>,
): number[];
export function precisionScore(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options?: OneNumber<PrecisionRecallOptions>,
): number;
export function precisionScore(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: PrecisionRecallOptions = {},
): number | number[] {
  checkArguments("precisionScore", arguments, 3);
  return score("precisionScore", labels, predictions, options, 0);
}

/**
 * Right predictions of a class / rows of it: TP / (TP + FN) (scikit-learn `recall_score`).
 * Parameters, result and errors as `precisionScore`.
 */
export function recallScore(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: PerClass<PrecisionRecallOptions>,
): number[];
export function recallScore(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options?: OneNumber<PrecisionRecallOptions>,
): number;
export function recallScore(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: PrecisionRecallOptions = {},
): number | number[] {
  checkArguments("recallScore", arguments, 3);
  return score("recallScore", labels, predictions, options, Infinity);
}

/**
 * Harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN) (scikit-learn `f1_score`).
 * Parameters, result and errors as `precisionScore`.
 */
export function f1Score(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: PerClass<PrecisionRecallOptions>,
): number[];
export function f1Score(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options?: OneNumber<PrecisionRecallOptions>,
): number;
export function f1Score(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: PrecisionRecallOptions = {},
): number | number[] {
  checkArguments("f1Score", arguments, 3);
  return score("f1Score", labels, predictions, options, 1);
}

/**
 * Weighted harmonic mean of precision and recall: (1 + β²) TP / ((1 + β²) TP + FP + β² FN) (scikit-learn
 * `fbeta_score`). Parameters, result and errors as `precisionScore`.
 */
export function fbetaScore(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: PerClass<FbetaOptions>,
): number[];
export function fbetaScore(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options?: OneNumber<FbetaOptions>,
): number;
export function fbetaScore(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: FbetaOptions = {},
): number | number[] {
  checkArguments("fbetaScore", arguments, 3);
  const { beta = 1, ...rest } = checkOptions("fbetaScore", options);
  return score("fbetaScore", labels, predictions, rest, checkNumber("fbetaScore: beta", beta, { above: 0 }));
}

function checkOptions(where: string, options: FbetaOptions): FbetaOptions {
  const beta = where === "fbetaScore" ? ["beta"] : [];
  checkKeys(where, options, ["average", "positiveLabel", "classes", "zeroDivision", "sampleWeight", ...beta]);
  return options;
}

/** Every score is an F-score: precision that of β = 0, recall that of β → ∞. */
function score(
  where: string,
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: PrecisionRecallOptions,
  beta: number,
): number | number[] {
  checkOptions(where, options);
  const { average = "binary", positiveLabel = 1, classes, zeroDivision = 0, sampleWeight } = options;
  checkName(`${where}: average`, average, averageNames);
  if (zeroDivision !== 0 && zeroDivision !== 1) {
    throw new OptionError(`${where}: zeroDivision: expected 0 or 1, got ${show(zeroDivision)}.`);
  }
  const limit = { min: 1, max: MAX_CLASSES, integer: true };
  if (classes !== undefined) checkNumber(`${where}: classes`, classes, limit);
  checkNumber(`${where}: positiveLabel`, positiveLabel, { min: 0, below: MAX_CLASSES, integer: true });
  const isBinary = average === "binary";
  if (isBinary && classes !== undefined && positiveLabel >= classes) {
    throw new OptionError(
      `${where}: average: "binary" scores the class positiveLabel, and there is no class ${positiveLabel} among ` +
        `classes: ${classes}. Give a positiveLabel below ${classes}, or average: "macro".`,
    );
  }
  const largest = checkPairs(where, labels, predictions, classes ?? MAX_CLASSES);
  const weights = checkSampleWeight(where, sampleWeight, labels.length);
  const tally = tallyLabels(
    labels,
    predictions,
    weights,
    classes ?? Math.max(largest, isBinary ? positiveLabel : 0) + 1,
  );
  if (isBinary) checkBinary(where, tally);
  if (average === "none") {
    const shown = classes ?? largest + 1;
    return Array.from({ length: shown }, (_, c) => fbetaOfClass(tally, c, beta, zeroDivision));
  }
  return averageFbeta(tally, { average, beta, zeroDivision, positiveLabel, all: classes !== undefined });
}

function checkBinary(where: string, { occurs }: Tally): void {
  const present = occurs.reduce((sum, bit) => sum + bit, 0);
  if (present <= 2) return;
  throw new OptionError(
    `${where}: average: "binary" needs two classes, got ${present}. Choose "macro", "micro", "weighted" or "none".`,
  );
}

/** How `averageFbeta` averages. */
export interface FbetaAverage {
  readonly average: Exclude<Average, "none">;
  /** 0 for precision, Infinity for recall, 1 for F1. */
  readonly beta: number;
  readonly zeroDivision?: 0 | 1;
  readonly positiveLabel?: number;
  /** Also count classes that do not occur. */
  readonly all?: boolean;
}

/** One number from the counts of all classes. */
export function averageFbeta(
  tally: Tally,
  { average, beta, zeroDivision = 0, positiveLabel = 1, all = false }: FbetaAverage,
): number {
  const { classes, hits, support, predicted, occurs } = tally;
  if (average === "binary") return fbetaOfClass(tally, positiveLabel, beta, zeroDivision);
  if (average === "micro") return fbeta(sumOf(hits), sumOf(support), sumOf(predicted), beta, zeroDivision);
  let sum = 0;
  let weights = 0;
  for (let c = 0; c < classes; c++) {
    if (!all && !occurs[c]) continue;
    const weight = average === "macro" ? 1 : support[c];
    sum += weight * fbetaOfClass(tally, c, beta, zeroDivision);
    weights += weight;
  }
  return weights === 0 ? zeroDivision : sum / weights;
}

function fbetaOfClass({ hits, support, predicted }: Tally, c: number, beta: number, zeroDivision: 0 | 1): number {
  return fbeta(hits[c], support[c], predicted[c], beta, zeroDivision);
}

/** (1 + β²) hits / (predicted + β² support), which is TP / (TP + FP) for β = 0. */
function fbeta(hits: number, support: number, predicted: number, beta: number, zeroDivision: 0 | 1): number {
  const square = beta * beta;
  const [part, whole] = beta === Infinity ? [hits, support] : [(1 + square) * hits, predicted + square * support];
  return whole === 0 ? zeroDivision : part / whole;
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
