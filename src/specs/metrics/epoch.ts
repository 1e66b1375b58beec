/**
 * Metrics that are no sums over rows, exact over an epoch: from all its targets and predictions at once.
 * Knows arrays: nothing about models or how they were collected.
 */
import { placeOfLargest } from "../../base/largest.js";
import { balancedAccuracy, rankOf } from "./accuracy.js";
import { cohenKappa, matthewsCorrcoef } from "./agreement.js";
import { averageOfCounts, fbeta } from "./averages.js";
import { columnMeans, meanOf, r2, relativeError } from "./columns.js";
import { concordanceCorrelation } from "./correlation.js";
import type { MetricSpec, Task } from "./metric.js";
import { brier, logLoss } from "./probabilities.js";
import { averageArea, averagePrecision, rocArea } from "./ranking.js";
import { type Tally, tallyLabels, tallyOutputs } from "./tally.js";

/** What an epoch, or as much of it as has run, has shown. */
export interface Epoch {
  /** [rows] labels, or [rows, outputs]. */
  readonly targets: Float32Array;
  /** [rows, outputs] probabilities, or numbers. */
  readonly predictions: Float32Array;
  readonly rows: number;
  readonly outputs: number;
  readonly task: Task;
}

/** Keras's smallest denominator of a percentage error. */
const KERAS_EPSILON = 1e-7;

/** The value of a metric that is not summed in the kernels. */
export function epochMetric(spec: MetricSpec, epoch: Epoch): number {
  const beta = { precision: 0, recall: Infinity, f1: 1, fbeta: spec.beta ?? 1 };
  switch (spec.type) {
    case "precision":
    case "recall":
    case "f1":
    case "fbeta":
      return averageOfCounts(tallyOf(spec, epoch), { average: averageOf(spec, epoch) }, fbeta(beta[spec.type]));
    case "balancedAccuracy":
      return balancedAccuracy(tallyOf(spec, epoch));
    case "matthewsCorrcoef":
      return matthewsCorrcoef(tallyOf(spec, epoch));
    case "cohenKappa":
      return cohenKappa(labelsOf(epoch), predictedOf(spec, epoch));
    case "topKCategoricalAccuracy":
      return topK(spec.k ?? 5, epoch);
    case "auc":
      return area(spec, epoch);
    case "logLoss":
      return logLoss(probabilitiesOf(epoch));
    case "brier":
      return brier(probabilitiesOf(epoch));
    case "meanAbsolutePercentageError":
      return 100 * meanOf(columnMeans({ ...epoch, weights: null }, (y, p) => relativeError(y, p, KERAS_EPSILON)));
    case "concordanceCorrelation":
      return meanOf(concordanceCorrelation({ ...epoch, weights: null }));
    case "r2":
      return epoch.rows < 2 ? NaN : meanOf(r2({ ...epoch, weights: null }));
    default:
      return NaN;
  }
}

function averageOf({ average }: MetricSpec, { task }: Epoch) {
  return average ?? (task === "binary" ? "binary" : "macro");
}

function tallyOf(spec: MetricSpec, epoch: Epoch): Tally {
  const { targets, predictions, outputs, task } = epoch;
  if (task === "multilabel") return tallyOutputs(targets, predictions, outputs, spec.threshold ?? 0.5);
  return tallyLabels(labelsOf(epoch), predictedOf(spec, epoch), null, Math.max(outputs, 2));
}

/** True classes: labels as they are, the side of ½ of a single target, else the column of the largest. */
function labelsOf({ targets, rows, outputs, task }: Epoch): ArrayLike<number> {
  if (task === "binary") return targets.map((target) => (target > 0.5 ? 1 : 0));
  return targets.length === rows ? targets : columnsOfLargest(targets, rows, outputs);
}

function predictedOf({ threshold = 0.5 }: MetricSpec, { predictions, rows, outputs, task }: Epoch): ArrayLike<number> {
  if (task === "binary") return predictions.map((probability) => (probability > threshold ? 1 : 0));
  return columnsOfLargest(predictions, rows, outputs);
}

function columnsOfLargest(values: Float32Array, rows: number, columns: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => placeOfLargest(values, row * columns, columns));
}

function probabilitiesOf(epoch: Epoch) {
  const { predictions, rows, outputs } = epoch;
  return { labels: labelsOf(epoch), probabilities: predictions, rows, columns: outputs, weights: null };
}

/** Of classes that are equally probable, all are among the first k if one is, as in Keras. */
function topK(k: number, epoch: Epoch): number {
  const { predictions, rows, outputs } = epoch;
  const labels = labelsOf(epoch);
  let right = 0;
  for (let row = 0; row < rows; row++) {
    if (rankOf(predictions, row * outputs, outputs, labels[row], false) < k) right++;
  }
  return right / rows;
}

function area({ curve = "roc", average = "macro" }: MetricSpec, epoch: Epoch): number {
  const { targets, predictions, rows, outputs, task } = epoch;
  const labels = task === "multilabel" ? targets : labelsOf(epoch);
  // Of two classes, the second is the positive one, as in the functions.
  const first = task === "multiclass" && outputs === 2 ? 1 : 0;
  const isPositive = {
    binary: (row: number) => labels[row] === 1,
    multiclass: (row: number, c: number) => labels[row] === first + c,
    multilabel: (row: number, c: number) => targets[row * outputs + c] > 0.5,
  }[task];
  const score = (row: number, c: number) => predictions[row * outputs + first + c];
  const ofRanking = curve === "roc" ? rocArea : averagePrecision;
  const weighting = average === "weighted" ? average : "macro";
  const classes = outputs - first;
  return averageArea({ rows, classes, isPositive, score, weights: null, average: weighting }, ofRanking);
}
