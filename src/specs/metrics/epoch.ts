/**
 * Metrics that are not summed in the kernels, exact over an epoch: from all its targets and predictions at once.
 * Knows arrays: nothing about models or how they were collected.
 */
import { placeOfLargest } from "../../base/largest.js";
import { balancedAccuracy, countRight, rankOf } from "./accuracy.js";
import { cohenKappa, matthewsCorrcoef } from "./agreement.js";
import { averageOfCounts, fbeta, type OfCounts, scoreOfClass } from "./averages.js";
import { explainedShares, meanOf, outputMeans, outputVariances, r2, relativeError, squaredError } from "./columns.js";
import { concordanceCorrelation, pearsonCorrelation } from "./correlation.js";
import type { MoreMetrics } from "./more.js";
import type { Task } from "./options.js";
import { brier, logLoss } from "./probabilities.js";
import { averageArea, averagePrecision, rocArea } from "./ranking.js";
import type { MetricSpec, NamedMetric } from "./table.js";
import { type Tally, tallyChoices, tallyLabels, tallyOutputs } from "./tally.js";
import { atThresholds } from "./thresholds.js";

/** The rows of an epoch, or the part that has run. */
export interface Epoch {
  /** [rows] labels, or [rows, outputs]. */
  readonly targets: Float32Array;
  /** [rows, outputs] probabilities, or numbers. */
  readonly predictions: Float32Array;
  readonly rows: number;
  readonly outputs: number;
  readonly task: Task;
  /** True if targets are −1 and 1, and predictions lie around 0. */
  readonly signs?: boolean;
  /** [rows] how much each row counts; `null` if all count the same. */
  readonly weights: ArrayLike<number> | null;
  /** Counts that metrics share, by their options. */
  readonly tallies?: Map<string, Tally>;
}

/** Keras's smallest denominator of a percentage error. */
const KERAS_EPSILON = 1e-7;

type Formula = (epoch: Epoch, spec: MetricSpec) => number;

const formulas: Readonly<Record<NamedMetric | keyof MoreMetrics, Formula>> = {
  accuracy: (epoch, spec) => (epoch.task === "multiclass" ? accuracyOfClasses(epoch) : accuracyOfOutputs(epoch, spec)),
  binaryAccuracy: (epoch, spec) => accuracyOfOutputs({ ...epoch, signs: false }, spec),
  categoricalAccuracy: (epoch) => accuracyOfClasses(epoch),
  sparseCategoricalAccuracy: (epoch) => accuracyOfClasses(epoch),
  topKCategoricalAccuracy: (epoch, { k }) => topK(k ?? 5, epoch),
  balancedAccuracy: (epoch, spec) => balancedAccuracy(tallyOf(spec, epoch)),
  precision: ofCounts(() => fbeta(0)),
  recall: ofCounts(() => fbeta(Infinity)),
  f1: ofCounts(() => fbeta(1)),
  fbeta: ofCounts(({ beta }) => fbeta(beta ?? 1)),
  auc: (epoch, spec) => area(spec, epoch),
  matthewsCorrcoef: (epoch, spec) => matthewsCorrcoef(tallyOf(spec, epoch)),
  cohenKappa: (epoch, spec) => cohenKappa(labelsOf(epoch), predictedOf(spec, epoch), epoch.weights),
  logLoss: (epoch) => logLoss(probabilitiesOf(epoch)),
  brier: (epoch) => brier(probabilitiesOf(epoch)),
  meanSquaredError: (epoch) => meanOf(outputMeans(epoch, squaredError)),
  rootMeanSquaredError: (epoch) => Math.sqrt(meanOf(outputMeans(epoch, squaredError))),
  meanAbsoluteError: (epoch) => meanOf(outputMeans(epoch, (y, p) => Math.abs(y - p))),
  meanAbsolutePercentageError: (epoch) =>
    100 * meanOf(outputMeans(epoch, (y, p) => relativeError(y, p, KERAS_EPSILON))),
  concordanceCorrelation: (epoch) => meanOf(concordanceCorrelation(epoch)),
  r2: (epoch) => (epoch.rows < 2 ? NaN : meanOf(r2(epoch))),
  truePositives: countOf(({ hits }) => hits),
  falsePositives: countOf(({ predicted, hits }) => predicted - hits),
  trueNegatives: countOf(({ total, support, predicted, hits }) => total - support - predicted + hits),
  falseNegatives: countOf(({ support, hits }) => support - hits),
  precisionAtRecall: (epoch, spec) => atThresholds(thresholdRows(epoch, spec), spec, "recall", "precision"),
  recallAtPrecision: (epoch, spec) => atThresholds(thresholdRows(epoch, spec), spec, "precision", "recall"),
  sensitivityAtSpecificity: (epoch, spec) =>
    atThresholds(thresholdRows(epoch, spec), spec, "specificity", "sensitivity"),
  specificityAtSensitivity: (epoch, spec) =>
    atThresholds(thresholdRows(epoch, spec), spec, "sensitivity", "specificity"),
  meanIoU: (epoch, spec) => meanIoU(tallyOf(spec, epoch), spec.classId),
  pearsonCorrelation: (epoch) => meanOf(pearsonCorrelation(epoch)),
  explainedVariance: (epoch) => {
    const errors = outputVariances(epoch, (y, p) => y - p);
    return epoch.rows < 2 ? NaN : meanOf(explainedShares(errors, outputVariances(epoch)));
  },
};

/** The value of a metric, from rows that count by `weights`. Not of losses or the user's own metrics. */
export function epochMetric(spec: MetricSpec, epoch: Epoch): number {
  return epoch.rows === 0 ? NaN : formulas[spec.type as keyof typeof formulas](epoch, spec);
}

/** The formula of a score of counts, averaged over classes. */
function ofCounts(scoreOf: (spec: MetricSpec) => OfCounts): Formula {
  return (epoch, spec) => {
    const { average = epoch.task === "binary" ? "binary" : "macro", classId } = spec;
    const tally = tallyOf(spec, epoch);
    if (classId !== undefined) return scoreOfClass(tally, classId, scoreOf(spec));
    return averageOfCounts(tally, { average: average as Exclude<typeof average, "none"> }, scoreOf(spec));
  };
}

/** The counts of one class. */
interface Counts extends Record<"hits" | "support" | "predicted" | "total", number> {}

/** The formula of a count: that of a class, of the positive one, or of all together. */
function countOf(count: (counts: Counts) => number): Formula {
  return (epoch, spec) => {
    const { hits, support, predicted, total, classes } = tallyOf(spec, epoch);
    const ofClass = (c: number) => count({ hits: hits[c], support: support[c], predicted: predicted[c], total });
    const only = spec.classId ?? (epoch.task === "binary" ? 1 : null);
    if (only !== null) return ofClass(only);
    return Array.from({ length: classes }, (_, c) => ofClass(c)).reduce((sum, value) => sum + value, 0);
  };
}

function tallyOf(spec: MetricSpec, epoch: Epoch): Tally {
  const { tallies } = epoch;
  const key = `${spec.threshold} ${spec.topK}`;
  const known = tallies?.get(key);
  if (known) return known;
  const tally = tallyAnew(spec, epoch);
  tallies?.set(key, tally);
  return tally;
}

function tallyAnew(spec: MetricSpec, epoch: Epoch): Tally {
  const { targets, predictions, rows, outputs, task, weights } = epoch;
  const { topK } = spec;
  const threshold = spec.threshold === undefined ? undefined : thresholdIn(spec);
  if (topK !== undefined || (task === "multiclass" && threshold !== undefined)) {
    const labels = task === "multiclass" ? labelsOf(epoch) : null;
    const isTrue = (row: number, c: number) => (labels ? labels[row] === c : targets[row * outputs + c] > 0.5);
    return tallyChoices({ predictions, rows, outputs, isTrue, weights }, { topK, threshold });
  }
  if (task === "multilabel") return tallyOutputs(targets, predictions, outputs, threshold ?? 0.5, weights);
  return tallyLabels(labelsOf(epoch), predictedOf(spec, epoch), weights, Math.max(outputs, 2));
}

/** The threshold as float32, as which predictions are compared with it in the kernels, too. */
function thresholdIn({ threshold = 0.5 }: MetricSpec): number {
  return Math.fround(threshold as number);
}

/** True classes: labels as they are, the side of ½ of a single target, else the column of the largest. */
function labelsOf({ targets, rows, outputs, task }: Epoch): ArrayLike<number> {
  if (task === "binary") return targets.map((target) => (target > 0.5 ? 1 : 0));
  return targets.length === rows ? targets : columnsOfLargest(targets, rows, outputs);
}

function predictedOf(spec: MetricSpec, { predictions, rows, outputs, task }: Epoch): ArrayLike<number> {
  const least = thresholdIn(spec);
  if (task === "binary") return predictions.map((probability) => (probability > least ? 1 : 0));
  return columnsOfLargest(predictions, rows, outputs);
}

function columnsOfLargest(values: Float32Array, rows: number, columns: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => placeOfLargest(values, row * columns, columns));
}

/** The share of rows whose largest output is in the column of the target. */
function accuracyOfClasses({ targets, predictions, rows, outputs, weights }: Epoch): number {
  const isLabels = outputs > 1 && targets.length === rows;
  const labels = isLabels ? targets : columnsOfLargest(targets, rows, outputs);
  const { right, all } = countRight(labels, columnsOfLargest(predictions, rows, outputs), weights);
  return right / all;
}

/** The share of outputs on their target's side of the threshold. */
function accuracyOfOutputs(epoch: Epoch, spec: MetricSpec): number {
  const least = epoch.signs ? 0 : thresholdIn(spec);
  return meanOf(outputMeans(epoch, (y, p) => Number(p > least === y > 0.5)));
}

function probabilitiesOf(epoch: Epoch) {
  const { predictions, rows, outputs, weights } = epoch;
  return { labels: labelsOf(epoch), probabilities: predictions, rows, columns: outputs, weights };
}

/** Equally probable classes are all among the first k if one of them is, as in Keras. */
function topK(k: number, epoch: Epoch): number {
  const { predictions, rows, outputs, weights } = epoch;
  const labels = labelsOf(epoch);
  let [right, all] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    if (rankOf(predictions, row * outputs, outputs, labels[row], false) < k) right += weight;
    all += weight;
  }
  return right / all;
}

/** One yes or no per row and class. Class 0 of a single output is its no. */
function answersOf(epoch: Epoch) {
  const { targets, predictions, outputs, task } = epoch;
  const labels = task === "multilabel" ? targets : labelsOf(epoch);
  return {
    isPositive: (row: number, c: number) =>
      task === "multilabel" ? targets[row * outputs + c] > 0.5 : labels[row] === c,
    score: (row: number, c: number) => {
      if (task !== "binary") return predictions[row * outputs + c];
      return c === 1 ? predictions[row] : 1 - predictions[row];
    },
  };
}

/** The classes that a metric of rankings looks at: of two, the second is the positive one, as in the functions. */
function rankedClasses({ outputs, task }: Epoch, classId: number | undefined): { first: number; classes: number } {
  if (classId !== undefined) return { first: classId, classes: 1 };
  if (task === "binary" || (task === "multiclass" && outputs === 2)) return { first: 1, classes: 1 };
  return { first: 0, classes: outputs };
}

function area({ curve = "roc", average = "macro", classId }: MetricSpec, epoch: Epoch): number {
  const { rows, weights } = epoch;
  const { first, classes } = rankedClasses(epoch, classId);
  const { isPositive, score } = answersOf(epoch);
  const ofRanking = curve === "roc" ? rocArea : averagePrecision;
  const input = {
    rows,
    classes,
    weights,
    average: average === "weighted" ? average : ("macro" as const),
    isPositive: (row: number, c: number) => isPositive(row, first + c),
    score: (row: number, c: number) => score(row, first + c),
  };
  return averageArea(input, ofRanking);
}

/** The answers of all classes together. */
function thresholdRows(epoch: Epoch, { classId }: MetricSpec) {
  const { rows, weights } = epoch;
  const { first, classes } = rankedClasses(epoch, classId);
  const { isPositive, score } = answersOf(epoch);
  const of = (i: number) => [Math.floor(i / classes), first + (i % classes)] as const;
  return {
    rows: rows * classes,
    isPositive: (i: number) => isPositive(...of(i)),
    score: (i: number) => score(...of(i)),
    weights: weights && Float64Array.from({ length: rows * classes }, (_, i) => weights[Math.floor(i / classes)]),
  };
}

/** The mean of TP / (TP + FP + FN) over the classes that occur or are predicted; 0 if there is none. */
function meanIoU({ hits, support, predicted, classes }: Tally, classId: number | undefined): number {
  const unions = Array.from({ length: classes }, (_, c) => support[c] + predicted[c] - hits[c]);
  const counted = unions.map((_, c) => c).filter((c) => unions[c] > 0 && (classId === undefined || c === classId));
  return counted.length === 0 ? 0 : meanOf(counted.map((c) => hits[c] / unions[c]));
}
