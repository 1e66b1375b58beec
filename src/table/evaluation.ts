/**
 * Facts about the predictions for the test rows, kept so that a report can show them: counts, and curves of few points.
 * The cells of the rows are not kept: a model file must not give away the rows that it was made from.
 */
import type { Category } from "../data/preprocess/table.js";
import { rocAucScore } from "../specs/metrics/areas.js";
import { precisionRecallCurve, rocCurve } from "../specs/metrics/curves.js";
import { classScores, labelsOf, numberScores, type TableScores } from "./scores.js";

/** Curves of one class against all others. */
export interface ClassCurves {
  /** Place of the class in `classes`. */
  readonly class: number;
  /** Points [false positive rate, true positive rate], at most 60 of all. */
  readonly roc: readonly (readonly [number, number])[];
  /** Area under all points, not only those kept. */
  readonly rocAuc: number;
  /** Points [recall, precision], at most 60 of all. */
  readonly precisionRecall: readonly (readonly [number, number])[];
  /** Mean precision over all points, not only those kept. */
  readonly averagePrecision: number;
}

/** Rows at or above a threshold. */
export interface ThresholdCounts {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
}

/** Rows whose probability lies in one of ten ranges of the same width. */
export interface CalibrationBin {
  readonly rows: number;
  /** Mean probability. */
  readonly predicted: number;
  /** Share of the rows that are of the class. */
  readonly observed: number;
}

/** A row that was predicted badly. */
export interface WorstRow {
  /** Number of the row in the table that the model was trained with, from 0. */
  readonly row: number;
  /** The class by its place in `classes`, or the number. */
  readonly truth: number;
  /** The class by its place in `classes`, or the number. */
  readonly predicted: number;
  /** Probability of the true class; `null` for numbers. */
  readonly probability: number | null;
}

/** Predictions of classes for the test rows. */
export interface ClassEvaluation {
  readonly task: "classification";
  /** The most frequent mistakes, at most 20: true class, predicted class, number of rows. */
  readonly mistakes: readonly (readonly [truth: number, predicted: number, rows: number])[];
  /** Curves of the positive class of two, or of the most frequent classes, at most 6. Empty where a class has no rows. */
  readonly curves: readonly ClassCurves[];
  /** For two classes, rising; the threshold of the model is among them. */
  readonly thresholds: readonly ThresholdCounts[];
  readonly positives: number;
  readonly negatives: number;
  /** Calibration of the positive class of two, or of the class that is predicted. Ranges without rows are left out. */
  readonly calibration: readonly CalibrationBin[];
  /** Least probability of the true class first, at most 10. */
  readonly worst: readonly WorstRow[];
}

/** Predictions of numbers for the test rows. */
export interface NumberEvaluation {
  readonly task: "regression";
  /** Some of the rows, at most 300: [true number, predicted number]. */
  readonly points: readonly (readonly [truth: number, predicted: number])[];
  /** Largest error first, at most 10. */
  readonly worst: readonly WorstRow[];
}

/** Predictions for the test rows. */
export type TableEvaluation = ClassEvaluation | NumberEvaluation;

/** Worth of predictions: scores, counts and curves. */
export interface TableResults {
  /** Number of rows. */
  readonly rows: number;
  /** Rows that were left out, as they have no target. */
  readonly skipped: number;
  readonly scores: TableScores;
  /** By true class a row of counts by predicted class; `null` for numbers, and for more than 100 classes. */
  readonly confusionMatrix: readonly (readonly number[])[] | null;
  readonly evaluation: TableEvaluation;
}

/** More classes would make a file of zeros: 1000 of them, a million. */
const COUNTED_CLASSES = 100;
const MOST_MISTAKES = 20;
const MOST_CURVES = 6;
const MOST_POINTS = 60;
const MOST_DOTS = 300;
const MOST_WORST = 10;
const BINS = 10;

/** Five digits, more than a picture shows. */
const short = (value: number) => Number(value.toPrecision(5));

/** Some of many things: the first, the last, and others at the same distances. */
export function someOf<T>(all: ArrayLike<T>, most: number): T[] {
  if (all.length <= most) return Array.from(all);
  return Array.from({ length: most }, (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))]);
}

/** Points that are about as far from one another along a curve. */
function thinned(x: ArrayLike<number>, y: ArrayLike<number>): [number, number][] {
  const way = new Float64Array(x.length);
  for (let i = 1; i < way.length; i++) way[i] = way[i - 1] + Math.abs(x[i] - x[i - 1]) + Math.abs(y[i] - y[i - 1]);
  const step = way[way.length - 1] / (MOST_POINTS - 2);
  const places: number[] = [];
  for (let i = 0; i < way.length; i++) {
    const isEnd = i === 0 || i === way.length - 1;
    if (isEnd || way.length <= MOST_POINTS || Math.floor(way[i] / step) > Math.floor(way[i - 1] / step)) places.push(i);
  }
  return places.map((i) => [short(x[i]), short(y[i])]);
}

function curvesOf(label: number, labels: ArrayLike<number>, scores: Float64Array): ClassCurves {
  const { falsePositiveRate, truePositiveRate } = rocCurve(labels, scores);
  const { recall, precision } = precisionRecallCurve(labels, scores);
  let averagePrecision = 0;
  for (let i = 1; i < recall.length; i++) averagePrecision += (recall[i - 1] - recall[i]) * precision[i - 1];
  return {
    class: label,
    roc: thinned(falsePositiveRate, truePositiveRate),
    rocAuc: rocAucScore(labels, scores),
    precisionRecall: thinned(recall, precision),
    averagePrecision,
  };
}

function thresholdCounts(labels: ArrayLike<number>, scores: Float64Array, own: number): ThresholdCounts[] {
  const steps = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);
  const thresholds = [...new Set([...steps, own])].sort((a, b) => a - b);
  return thresholds.map((threshold) => {
    let [truePositives, falsePositives] = [0, 0];
    scores.forEach((score, row) => {
      if (score < threshold) return;
      if (labels[row] === 1) truePositives++;
      else falsePositives++;
    });
    return { threshold, truePositives, falsePositives };
  });
}

function calibrationBins(labels: ArrayLike<number>, probabilities: Float64Array): CalibrationBin[] {
  const bins = Array.from({ length: BINS }, () => ({ rows: 0, sum: 0, positives: 0 }));
  probabilities.forEach((p, row) => {
    const bin = bins[Math.min(BINS - 1, Math.max(0, Math.ceil(p * BINS) - 1))];
    bin.rows++;
    bin.sum += p;
    bin.positives += labels[row];
  });
  return bins
    .filter(({ rows }) => rows > 0)
    .map(({ rows, sum, positives }) => ({ rows, predicted: sum / rows, observed: positives / rows }));
}

/** The predictions of classes. @param rows Numbers of the rows in their table. */
export function evaluateClasses(
  y: Float64Array,
  probabilities: Float64Array,
  classes: number,
  threshold: number | null,
  rows: ArrayLike<number>,
): ClassEvaluation {
  const labels = labelsOf(probabilities, classes, threshold);
  const columnOf = (label: number) => Float64Array.from(y, (_, row) => probabilities[row * classes + label]);
  const counts = new Array<number>(classes).fill(0);
  const pairs = new Map<number, number>();
  y.forEach((truth, row) => {
    counts[truth]++;
    const pair = truth * classes + labels[row];
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  });
  const placesOf = (pair: number) => [Math.floor(pair / classes), pair % classes] as const;
  const mistakes = [...pairs]
    .map(([pair, count]) => [...placesOf(pair), count] as const)
    .filter(([truth, predicted]) => truth !== predicted)
    .sort((a, b) => b[2] - a[2] || a[0] - b[0] || a[1] - b[1]);
  const isTwo = classes === 2;
  const byCount = counts.map((_, label) => label).sort((a, b) => counts[b] - counts[a] || a - b);
  const shown = isTwo ? [1] : byCount.slice(0, MOST_CURVES).sort((a, b) => a - b);
  const isOf = (label: number) => Float64Array.from(y, (truth) => Number(truth === label));
  const ofTruth = Float64Array.from(y, (truth, row) => probabilities[row * classes + truth]);
  const ofLabel = Float64Array.from(labels, (label, row) => probabilities[row * classes + label]);
  const worst = Array.from(ofTruth.keys()).sort((a, b) => ofTruth[a] - ofTruth[b] || a - b);
  return {
    task: "classification",
    mistakes: mistakes.slice(0, MOST_MISTAKES),
    curves: shown
      .filter((label) => counts[label] > 0 && counts[label] < y.length)
      .map((label) => curvesOf(label, isOf(label), columnOf(label))),
    thresholds: isTwo && threshold !== null ? thresholdCounts(y, columnOf(1), threshold) : [],
    positives: isTwo ? counts[1] : 0,
    negatives: isTwo ? counts[0] : 0,
    calibration: isTwo
      ? calibrationBins(y, columnOf(1))
      : calibrationBins(
          Float64Array.from(y, (truth, row) => Number(truth === labels[row])),
          ofLabel,
        ),
    worst: worst.slice(0, MOST_WORST).map((place) => ({
      ...{ row: rows[place], truth: y[place], predicted: labels[place], probability: ofTruth[place] },
    })),
  };
}

/** The predictions of numbers. @param rows Numbers of the rows in their table. */
export function evaluateNumbers(y: Float64Array, values: Float64Array, rows: ArrayLike<number>): NumberEvaluation {
  const errorOf = (place: number) => Math.abs(values[place] - y[place]);
  const places = Array.from(y.keys());
  const worst = [...places].sort((a, b) => errorOf(b) - errorOf(a) || a - b).slice(0, MOST_WORST);
  return {
    task: "regression",
    points: someOf(places, MOST_DOTS).map((place) => [short(y[place]), short(values[place])]),
    worst: worst.map((place) => ({
      ...{ row: rows[place], truth: y[place], predicted: values[place], probability: null },
    })),
  };
}

/** Counts by true and predicted class. */
function countsOf(y: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < y.length; row++) counts[y[row]][labels[row]]++;
  return counts;
}

/** Probabilities or numbers beside the truth. @param rows Numbers of the rows in their table. */
export function resultsOf(
  y: Float64Array,
  values: Float64Array,
  classes: readonly Category[] | null,
  threshold: number | null,
  rows: ArrayLike<number>,
): Pick<TableResults, "scores" | "confusionMatrix" | "evaluation"> {
  if (classes === null) {
    return { scores: numberScores(y, values), confusionMatrix: null, evaluation: evaluateNumbers(y, values, rows) };
  }
  const count = classes.length;
  return {
    scores: classScores(y, values, count, threshold),
    confusionMatrix: count <= COUNTED_CLASSES ? countsOf(y, labelsOf(values, count, threshold), count) : null,
    evaluation: evaluateClasses(y, values, count, threshold, rows),
  };
}

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const areTuples = (value: unknown, width: number) =>
  Array.isArray(value) &&
  value.every((item) => Array.isArray(item) && item.length === width && item.every(Number.isFinite));
const areRecords = (value: unknown, keys: readonly string[]) =>
  Array.isArray(value) && value.every((item) => keys.every((key) => Number.isFinite(item?.[key])));

/** True for counts from JSON of that many classes by that many, or for none. */
export function isMatrix(value: unknown, classes: number | null): boolean {
  if (value === null || value === undefined) return true;
  const isRow = (row: unknown) => Array.isArray(row) && row.length === classes && row.every(isCount);
  return Array.isArray(value) && value.length === classes && value.every(isRow);
}

/** True for an evaluation from JSON that fits the classes, of which `null` has none. */
export function isEvaluation(value: unknown, classes: number | null): value is TableEvaluation | null {
  if (value === null) return true;
  if (typeof value !== "object") return false;
  const isPlace = (place: number) => classes === null || (isCount(place) && place < classes);
  const { worst } = value as TableEvaluation;
  const areWorst =
    areRecords(worst, ["row", "truth", "predicted"]) &&
    worst.every(
      ({ truth, predicted, probability }) =>
        isPlace(truth) &&
        isPlace(predicted) &&
        (classes === null ? probability === null : Number.isFinite(probability)),
    );
  if (!areWorst) return false;
  if (classes === null)
    return (value as NumberEvaluation).task === "regression" && areTuples((value as NumberEvaluation).points, 2);
  const { task, mistakes, curves, thresholds, positives, negatives, calibration } = value as ClassEvaluation;
  const areCurves =
    areRecords(curves, ["class", "rocAuc", "averagePrecision"]) &&
    curves.every((curve) => isPlace(curve.class) && areTuples(curve.roc, 2) && areTuples(curve.precisionRecall, 2));
  return (
    task === "classification" &&
    areTuples(mistakes, 3) &&
    mistakes.every(([truth, predicted]) => isPlace(truth) && isPlace(predicted)) &&
    areCurves &&
    areRecords(thresholds, ["threshold", "truePositives", "falsePositives"]) &&
    isCount(positives) &&
    isCount(negatives) &&
    areRecords(calibration, ["rows", "predicted", "observed"])
  );
}
