/**
 * ROC and precision-recall curves and the areas under them, exact. Knows labels and scores: nothing about models.
 */
import {
  checkArguments,
  checkArrayLike,
  checkBoolean,
  checkKeys,
  checkName,
  checkNumber,
  DataError,
  ShapeError,
} from "../../base/errors.js";
import { checkLabelsAndScores, checkSampleWeight, checkValues, type SampleWeightOption } from "./inputs.js";
import { averagePrecision, type Ranking, rank, rocArea } from "./ranking.js";

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
export interface RocCurveOptions extends SampleWeightOption {
  /** The label that counts as positive. @default 1 */
  positiveLabel?: number;
  /** Leave out points on straight lines, which change no picture. @default true */
  dropIntermediate?: boolean;
}

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
  checkKeys(where, options, ["positiveLabel", "dropIntermediate", "sampleWeight"], arguments);
  const drop = checkBoolean(`${where}: dropIntermediate`, options.dropIntermediate ?? true);
  const ranking = rankBinary(where, labels, scores, options);
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

/** Points of a precision-recall curve, recall falling to 0. */
export interface PrecisionRecallCurve {
  /** [points]; the last is 1. */
  precision: Float64Array;
  /** [points]; the last is 0. */
  recall: Float64Array;
  /** [points − 1] rising; the last point has none. */
  thresholds: Float64Array;
}

/** Options of `precisionRecallCurve`. */
export interface PrecisionRecallCurveOptions extends SampleWeightOption {
  /** The label that counts as positive. @default 1 */
  positiveLabel?: number;
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
  checkKeys(where, options, ["positiveLabel", "sampleWeight"], arguments);
  const { thresholds, falsePositives, truePositives, positives } = rankBinary(where, labels, scores, options);
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

/** Options of `rocAucScore` and `averagePrecisionScore`. */
export interface AreaOptions extends SampleWeightOption {
  /** For more than two classes: the mean of each against the rest, or that weighted by rows. @default "macro" */
  average?: "macro" | "weighted";
}

/**
 * Area under the ROC curve (scikit-learn `roc_auc_score`; for more than two classes with `multi_class="ovr"`): the
 * chance that a random positive row scores higher than a random negative one, ties counted half.
 * @param labels [n] 0 or 1, or integers from 0. @param scores [n] of class 1; or [n, classes].
 * @throws ShapeError, DataError naming the row; DataError where a class has no rows or all of them; OptionError.
 */
export function rocAucScore(labels: ArrayLike<number>, scores: ArrayLike<number>, options: AreaOptions = {}): number {
  checkArguments("rocAucScore", arguments, 3);
  return area("rocAucScore", labels, scores, options, rocArea);
}

/**
 * Area under the precision-recall curve as steps: Σ (recallᵢ − recallᵢ₋₁) · precisionᵢ (scikit-learn
 * `average_precision_score`). Without positive rows it is 0, as there. Parameters as `rocAucScore`.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export function averagePrecisionScore(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: AreaOptions = {},
): number {
  checkArguments("averagePrecisionScore", arguments, 3);
  const ofRanking = (ranking: Ranking) => (ranking.positives === 0 ? 0 : averagePrecision(ranking));
  return area("averagePrecisionScore", labels, scores, options, ofRanking);
}

function area(
  where: string,
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: AreaOptions,
  ofRanking: (ranking: Ranking) => number,
): number {
  checkKeys(where, options, ["average", "sampleWeight"]);
  const average = checkName(`${where}: average`, options.average ?? "macro", ["macro", "weighted"]);
  const { rows, columns } = checkLabelsAndScores(where, labels, scores);
  const weights = checkSampleWeight(where, options.sampleWeight, rows);
  // Of two classes, the second is the positive one.
  const first = columns === 2 ? 1 : 0;
  const isPositive = (row: number, c: number) => labels[row] === (columns <= 2 ? 1 : c);
  const score = (row: number, c: number) => scores[row * columns + first + c];
  const classes = columns === 2 ? 1 : columns;
  return averageArea({ rows, classes, isPositive, score, weights, average }, (ranking, c) => {
    const value = ofRanking(ranking);
    if (Number.isNaN(value)) throw missingClass(where, ranking, columns <= 2 ? 1 : c);
    return value;
  });
}

/** One ranking of all rows for each class. */
export interface AreaInput {
  readonly rows: number;
  readonly classes: number;
  isPositive(row: number, c: number): boolean;
  score(row: number, c: number): number;
  readonly weights: ArrayLike<number> | null;
  readonly average: "macro" | "weighted";
}

/** The area of a single class, or the average of several; those whose area is NaN are left out. */
export function averageArea(
  { rows, classes, isPositive, score, weights, average }: AreaInput,
  ofRanking: (ranking: Ranking, c: number) => number,
): number {
  let sum = 0;
  let total = 0;
  for (let c = 0; c < classes; c++) {
    const ranking = rank({
      rows,
      isPositive: (row) => isPositive(row, c),
      score: (row) => score(row, c),
      weights,
    });
    const value = ofRanking(ranking, c);
    if (Number.isNaN(value)) continue;
    const weight = average === "macro" || classes === 1 ? 1 : ranking.positives;
    sum += weight * value;
    total += weight;
  }
  return sum / total;
}

function rankBinary(
  where: string,
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  { positiveLabel = 1, sampleWeight }: PrecisionRecallCurveOptions,
): Ranking {
  checkNumber(`${where}: positiveLabel`, positiveLabel, { min: 0, max: 1, integer: true });
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

function missingClass(where: string, { positives }: Ranking, c: number): DataError {
  const got = positives === 0 ? `no row of class ${c}` : `no row that is not of class ${c}`;
  return new DataError(`${where}: expected rows of class ${c} and others, got ${got}. Give rows of every class.`);
}
