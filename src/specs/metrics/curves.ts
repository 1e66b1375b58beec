/**
 * ROC, precision-recall and DET curves, exact. Knows labels and scores: nothing about models.
 */
import { checkArguments, checkArrayLike, DataError, ShapeError } from "../../base/errors.js";
import { flag, type Given, type Kept, number, readOptions } from "../../base/options.js";
import { missingClass } from "./areas.js";
import {
  checkLabelsAndScores,
  checkSampleWeight,
  checkValues,
  type SampleWeightOption,
  sampleWeightOption,
} from "./inputs.js";
import { type Ranking, rank } from "./ranking.js";

/** Options of `precisionRecallCurve`. */
const positiveLabelOptions = {
  /** The label that counts as positive. @default 1 */
  positiveLabel: number({ min: 0, max: 1, integer: true }, 1),
  ...sampleWeightOption,
};

/** Options of `precisionRecallCurve`. */
export interface PrecisionRecallCurveOptions extends SampleWeightOption, Given<typeof positiveLabelOptions> {}

/** Points of a ROC curve, from (0, 0) to (1, 1); all arrays have one entry per point. */
export interface RocCurve {
  /** Negatives at or above the threshold / all negatives: x of the curve. */
  falsePositiveRate: Float64Array;
  /** Positives at or above the threshold / all positives: y of the curve. */
  truePositiveRate: Float64Array;
  /** Falling; the first is Infinity, which lets nothing pass. */
  thresholds: Float64Array;
}

/** Options of `rocCurve`. */
const rocCurveOptions = {
  ...positiveLabelOptions,
  /** True to leave out points on straight lines, which change no picture. @default true */
  dropIntermediate: flag(true),
};

/** Options of `rocCurve`. */
export interface RocCurveOptions extends PrecisionRecallCurveOptions, Given<typeof rocCurveOptions> {}

/**
 * Receiver operating characteristic: true against false positive rate at every distinct score (scikit-learn
 * `roc_curve`). Where a class is missing, its rate is NaN at every point, as there.
 * @param labels [n] 0 or 1. @param scores [n] larger for what is rather positive: probabilities or logits.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export function rocCurve(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: RocCurveOptions = {},
): RocCurve {
  const where = "rocCurve";
  const { dropIntermediate: drop, ...rest } = readOptions(where, rocCurveOptions, options, arguments);
  const ranking = rankBinary(where, labels, scores, rest);
  const { thresholds, falsePositives, truePositives, negatives, positives } = ranking;
  const count = thresholds.length;
  const turns = (values: Float64Array, i: number) => values[i + 1] - values[i] !== values[i] - values[i - 1];
  const points = [-1];
  for (let i = 0; i < count; i++) {
    const isEnd = !drop || count <= 2 || i === 0 || i === count - 1;
    if (isEnd || turns(falsePositives, i) || turns(truePositives, i)) points.push(i);
  }
  return {
    falsePositiveRate: Float64Array.from(points, (i) => (i < 0 ? 0 : falsePositives[i]) / negatives),
    truePositiveRate: Float64Array.from(points, (i) => (i < 0 ? 0 : truePositives[i]) / positives),
    thresholds: Float64Array.from(points, (i) => (i < 0 ? Infinity : thresholds[i])),
  };
}

/** Points of a DET curve, errors of both kinds; all arrays have one entry per point. */
export interface DetCurve {
  /** Negatives at or above the threshold / all negatives, falling to the least that there is. */
  falsePositiveRate: Float64Array;
  /** Positives below the threshold / all positives, rising from 0. */
  falseNegativeRate: Float64Array;
  /** Rising; the last is Infinity, which lets nothing pass, unless a finite one lets no negative pass. */
  thresholds: Float64Array;
}

/** Options of `detCurve`. */
const detCurveOptions = {
  ...positiveLabelOptions,
  /** True to leave out points between two of the same false negative rate. @default false */
  dropIntermediate: flag(false),
};

/** Options of `detCurve`. */
export interface DetCurveOptions extends PrecisionRecallCurveOptions, Given<typeof detCurveOptions> {}

/**
 * Detection error tradeoff: false negative against false positive rate at every distinct score, where either changes
 * (scikit-learn `det_curve`, with the threshold at infinity that it has from 1.7 on).
 * @param labels [n] 0 or 1. @param scores [n] larger for what is rather positive: probabilities or logits.
 * @throws ShapeError; DataError naming the row, or where a class has no rows; OptionError.
 */
export function detCurve(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: DetCurveOptions = {},
): DetCurve {
  const where = "detCurve";
  const { dropIntermediate, ...rest } = readOptions(where, detCurveOptions, options, arguments);
  const ranking = rankBinary(where, labels, scores, rest);
  const { thresholds, falsePositives, truePositives, negatives, positives } = ranking;
  if (negatives === 0 || positives === 0) throw missingClass(where, ranking, rest.positiveLabel);
  // Points by falling thresholds, the first of which, -1, lets nothing pass.
  const falseAlarms = (i: number) => (i < 0 ? 0 : falsePositives[i]);
  const found = (i: number) => (i < 0 ? 0 : truePositives[i]);
  const last = thresholds.length - 1;
  const isBetween = (i: number) => i >= 0 && i < last && found(i - 1) === found(i) && found(i) === found(i + 1);
  let points = Array.from({ length: last + 2 }, (_, i) => i - 1);
  if (dropIntermediate) points = points.filter((i) => !isBetween(i));
  const start = points.findLastIndex((i) => falseAlarms(i) === 0);
  const end = points.findIndex((i) => found(i) === positives);
  points = points.slice(start, end + 1).reverse();
  return {
    falsePositiveRate: Float64Array.from(points, (i) => falseAlarms(i) / negatives),
    falseNegativeRate: Float64Array.from(points, (i) => (positives - found(i)) / positives),
    thresholds: Float64Array.from(points, (i) => (i < 0 ? Infinity : thresholds[i])),
  };
}

/** Points of a precision-recall curve, recall falling to 0. */
export interface PrecisionRecallCurve {
  /** [points]; the last is 1. */
  precision: Float64Array;
  /** [points]; the last is 0. */
  recall: Float64Array;
  /** [points − 1] rising; the last point has none. */
  thresholds: Float64Array;
}

/**
 * Precision against recall at every distinct score (scikit-learn `precision_recall_curve`). Without positive rows,
 * precision is 0 and recall 1 at every threshold, as there.
 * @param labels [n] 0 or 1. @param scores [n] larger for what is rather positive: probabilities or logits.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export function precisionRecallCurve(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: PrecisionRecallCurveOptions = {},
): PrecisionRecallCurve {
  const where = "precisionRecallCurve";
  const kept = readOptions(where, positiveLabelOptions, options, arguments);
  const { thresholds, falsePositives, truePositives, positives } = rankBinary(where, labels, scores, kept);
  const count = thresholds.length;
  const precision = new Float64Array(count + 1).fill(1);
  const recall = new Float64Array(count + 1);
  for (let i = 0; i < count; i++) {
    const from = count - 1 - i;
    const all = truePositives[from] + falsePositives[from];
    precision[i] = all === 0 ? 0 : truePositives[from] / all;
    recall[i] = positives === 0 ? 1 : truePositives[from] / positives;
  }
  return { precision, recall, thresholds: thresholds.slice().reverse() };
}

/**
 * Area under a line through points, by trapezoids (scikit-learn `auc`).
 * @param x [n] all rising or all falling. @param y [n]
 * @throws ShapeError, DataError
 */
export function areaUnder(x: ArrayLike<number>, y: ArrayLike<number>): number {
  checkArguments("areaUnder", arguments, 2);
  checkArrayLike("areaUnder: x", x);
  checkArrayLike("areaUnder: y", y);
  if (x.length !== y.length || x.length < 2) {
    throw new ShapeError(`areaUnder: expected x and y of one length, at least 2, got ${x.length} and ${y.length}.`);
  }
  checkValues("areaUnder: x", x);
  checkValues("areaUnder: y", y);
  let area = 0;
  let [rises, falls] = [false, false];
  for (let i = 1; i < x.length; i++) {
    const step = x[i] - x[i - 1];
    rises ||= step > 0;
    falls ||= step < 0;
    area += (step * (y[i] + y[i - 1])) / 2;
  }
  if (rises && falls) throw new DataError("areaUnder: expected x that only rises or only falls. Sort the points by x.");
  return falls ? -area : area;
}

function rankBinary(
  where: string,
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  { positiveLabel, sampleWeight }: Kept<typeof positiveLabelOptions>,
): Ranking {
  const { rows, columns } = checkLabelsAndScores(where, labels, scores);
  if (columns > 1) {
    throw new ShapeError(
      `${where}: expected one score per label, got ${columns}. Draw one class at a time: its column of scores, ` +
        `and labels that are 1 where the label is that class.`,
    );
  }
  const weights = checkSampleWeight(where, sampleWeight, rows);
  return rank({
    rows,
    isPositive: (row) => labels[row] === positiveLabel,
    score: (row) => scores[row],
    weights,
  });
}
