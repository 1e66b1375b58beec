/** The factories of metrics. */
import { checkArguments } from "../../base/errors.js";
import { type CustomOptions, customOptions, moreMetrics } from "./more.js";
import type { MetricEntry, MetricOptions } from "./options.js";
import { addMetrics, type MetricSpec, makeMetric, moreFactory } from "./table.js";

/** Share of outputs on their target's side of `threshold` (Keras `BinaryAccuracy`). @throws OptionError */
export const binaryAccuracy = /* @__PURE__ */ moreFactory(moreMetrics, "binaryAccuracy");

/**
 * Share of rows whose class is among the `k` most probable ones (Keras `TopKCategoricalAccuracy`). @throws OptionError
 */
export const topKCategoricalAccuracy = /* @__PURE__ */ moreFactory(moreMetrics, "topKCategoricalAccuracy");

/**
 * `precisionScore` of the epoch's predictions: TP / (TP + FP). Of several classes, the most probable one is predicted;
 * with `threshold`, each class above it, and with `topK`, that many in each row, as Keras's `Precision`, which then
 * counts all classes together: `average: "micro"`. @throws OptionError
 */
export const precision = /* @__PURE__ */ moreFactory(moreMetrics, "precision");

/** `recallScore` of the epoch's predictions, TP / (TP + FN); options as `precision`. @throws OptionError */
export const recall = /* @__PURE__ */ moreFactory(moreMetrics, "recall");

/** `f1Score` of the epoch's predictions; options as `precision`. @throws OptionError */
export const f1 = /* @__PURE__ */ moreFactory(moreMetrics, "f1");

/** `fbetaScore` of the epoch's predictions; options as `precision`. @throws OptionError */
export const fbeta = /* @__PURE__ */ moreFactory(moreMetrics, "fbeta");

/**
 * `rocAucScore`, or with `curve: "pr"` `averagePrecisionScore`, of the epoch's predictions: exact, where Keras adds up
 * 200 thresholds. Of two classes, the area is that of the second. Of more, those that have no rows, or all of them, are
 * left out; NaN where none remains. @throws OptionError
 */
export const auc = /* @__PURE__ */ moreFactory(moreMetrics, "auc");

/**
 * Number of rows that are rightly predicted to be of the class, or the sum of their weights (Keras `TruePositives`);
 * with several classes, summed over them. Predictions as in `precision`. @throws OptionError
 */
export const truePositives = /* @__PURE__ */ moreFactory(moreMetrics, "truePositives");

/** Number of rows that are wrongly predicted to be of the class; otherwise as `truePositives`. @throws OptionError */
export const falsePositives = /* @__PURE__ */ moreFactory(moreMetrics, "falsePositives");

/**
 * Number of rows that are rightly predicted not to be of the class; otherwise as `truePositives`. @throws OptionError
 */
export const trueNegatives = /* @__PURE__ */ moreFactory(moreMetrics, "trueNegatives");

/** Number of rows of the class that are predicted not to be of it; otherwise as `truePositives`. @throws OptionError */
export const falseNegatives = /* @__PURE__ */ moreFactory(moreMetrics, "falseNegatives");

/**
 * The best precision among thresholds whose recall is at least `recall` (Keras `PrecisionAtRecall`), 0 if there is
 * none. Outputs above a threshold are yes. Of several classes, all outputs together, as in Keras, or those of
 * `classId`; of two, those of the second. Exact, unless `numThresholds` is given. @throws OptionError
 */
export const precisionAtRecall = /* @__PURE__ */ moreFactory(moreMetrics, "precisionAtRecall");

/** The best recall where precision is at least `precision`; otherwise as `precisionAtRecall`. @throws OptionError */
export const recallAtPrecision = /* @__PURE__ */ moreFactory(moreMetrics, "recallAtPrecision");

/**
 * The best sensitivity TP / (TP + FN) where specificity TN / (TN + FP) is at least `specificity`; otherwise as
 * `precisionAtRecall`. @throws OptionError
 */
export const sensitivityAtSpecificity = /* @__PURE__ */ moreFactory(moreMetrics, "sensitivityAtSpecificity");

/**
 * The best specificity where sensitivity is at least `sensitivity`; as `sensitivityAtSpecificity`. @throws OptionError
 */
export const specificityAtSensitivity = /* @__PURE__ */ moreFactory(moreMetrics, "specificityAtSensitivity");

/**
 * Mean over classes of intersection over union, TP / (TP + FP + FN), without the classes that neither occur nor are
 * predicted; 0 if there is no other (Keras `MeanIoU`, `OneHotMeanIoU`, and for one output `BinaryIoU`). With `classId`,
 * that of one class (Keras `IoU`). Of several yes-or-no outputs, each is a class. @throws OptionError
 */
export const meanIoU = /* @__PURE__ */ moreFactory(moreMetrics, "meanIoU");

/**
 * Pearson's correlation of targets and predictions, cov(y, ŷ) / √(var y · var ŷ), of each output over all rows; the
 * mean of several outputs. NaN if one of them is constant. Keras's correlates the outputs of each row instead.
 * @throws OptionError
 */
export const pearsonCorrelation = /* @__PURE__ */ moreFactory(moreMetrics, "pearsonCorrelation");

/** Options of `customMetric`. */
export interface CustomMetricOptions extends CustomOptions, Pick<MetricOptions, "name" | "weighted"> {}

/**
 * `explainedVarianceScore` of the epoch's predictions: 1 − var(y − ŷ) / var y of each output, averaged over outputs. 1
 * at best; unlike `r2`, it forgives a constant error. NaN of a single row. @throws OptionError
 */
export const explainedVariance = /* @__PURE__ */ moreFactory(moreMetrics, "explainedVariance");

/**
 * A metric of your own, as a function of all rows of an epoch: `compute(targets, predictions, weights)` gets copies of
 * [rows] labels or [rows, outputs] targets, [rows, outputs] predictions, and [rows] weights, which are `null` unless
 * the metric is in `weightedMetrics`. It is called once per epoch and once per `evaluate`, and when a callback reads
 * the logs of a batch, and returns a number. Its `name` is that of the function by default. A file holds the name
 * alone: to load it, give the function again, `Sequential.load(file, { metrics: [customMetric({ … })] })`. @throws
 * OptionError
 */
export function customMetric(options: CustomMetricOptions): MetricSpec {
  checkArguments("customMetric", arguments, 1);
  const entry: MetricEntry = { options: customOptions, reads: "anything" };
  addMetrics({ customMetric: entry });
  const spec = makeMetric("customMetric", "customMetric", entry, options);
  return { ...spec, name: options.name ?? (spec.compute?.name || "customMetric") };
}
