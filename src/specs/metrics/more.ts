/**
 * Metrics that their factories make known: those without names, and those that have more options in the factory than by
 * name. A program that imports none of these factories does not contain them.
 */
import { func, type Given, oneOf, optional } from "../../base/options.js";
import { MetricKind } from "../../plan/op.js";
import { classOptions, levelOptions } from "./classOptions.js";
import { type GivenMetric, type MetricEntry, type MetricFunction, metricOptions, type Task } from "./options.js";

/** Options of a metric of the user's. */
export const customOptions = {
  /** The better direction, for callbacks that compare epochs. @default none: such callbacks need `mode` */
  mode: optional(oneOf(["min", "max"])),
  /** Its formula. */
  compute: func<MetricFunction>(),
};

/** Options of a metric of the user's. */
export interface CustomOptions extends Given<typeof customOptions> {}

const { beta, k, curve } = metricOptions;
const { threshold, average, classId, topK } = classOptions;
const { precision, recall, sensitivity, specificity, numThresholds } = levelOptions;

const ALL: readonly Task[] = ["binary", "multiclass", "multilabel"];

/** One metric for each class or threshold. Options stay in the order of their table, as a file gives them back. */
function list<Metric extends GivenMetric>(spec: Metric, outputs: number): Metric[] {
  const { threshold, name, average } = spec;
  const ofClass = (_: unknown, classId: number): Metric => {
    const entries = Object.entries({ ...spec, name: `${name}_${classId}` });
    return Object.fromEntries(
      entries.map((entry) => (entry[0] === "average" ? ["classId", classId] : entry)),
    ) as Metric;
  };
  const isEach = average === "none" && spec.classId === undefined;
  const specs = isEach ? Array.from({ length: Math.max(outputs, 2) }, ofClass) : [spec];
  if (typeof threshold !== "object") return specs;
  return specs.flatMap((one) => threshold.map((t) => ({ ...one, name: `${one.name}_${t}`, threshold: t })));
}

function fault({ average, classId, topK }: GivenMetric, task: Task, outputs: number): string | null {
  const last = Math.max(outputs, 2) - 1;
  if (classId !== undefined && classId > last) {
    return `: classId: expected at most ${last}, the last class, got ${classId}.`;
  }
  if (average && classId !== undefined) return ": expected average or classId, got both. Leave one out.";
  if (topK === undefined) return null;
  if (task === "binary") return ": topK needs several outputs, got one. Leave it out.";
  return topK > outputs ? `: topK: expected at most ${outputs}, the number of outputs, got ${topK}.` : null;
}

/** "none" stands for one metric per class, unless the metric averages otherwise. */
const each = /* @__PURE__ */ optional(/* @__PURE__ */ oneOf(["none"]));
const ofClasses = { reads: ALL, list, fault };
const score = { options: { average, classId, threshold, topK }, ...ofClasses };
const count = { options: { average: each, classId, threshold, topK }, ...ofClasses };

/** The metrics of factories that make them known: those without names, and those with more options than their names. */
export const moreMetrics = {
  binaryAccuracy: { options: { threshold }, reads: "numbers", summed: MetricKind.BinaryAccuracy, list },
  topKCategoricalAccuracy: { options: { k }, reads: ["multiclass"] },
  precision: score,
  recall: score,
  f1: score,
  fbeta: { options: { beta, average, classId, threshold, topK }, ...ofClasses },
  auc: {
    options: { curve, average: optional(oneOf(["macro", "weighted", "none"])), classId },
    ...ofClasses,
  },
  truePositives: count,
  falsePositives: count,
  trueNegatives: count,
  falseNegatives: count,
  precisionAtRecall: { options: { recall, average: each, classId, numThresholds }, ...ofClasses },
  recallAtPrecision: { options: { precision, average: each, classId, numThresholds }, ...ofClasses },
  sensitivityAtSpecificity: { options: { specificity, average: each, classId, numThresholds }, ...ofClasses },
  specificityAtSensitivity: { options: { sensitivity, average: each, classId, numThresholds }, ...ofClasses },
  meanIoU: { options: { average: each, classId, threshold }, ...ofClasses },
  pearsonCorrelation: { options: {}, reads: "numbers" },
  explainedVariance: { options: {}, reads: "numbers" },
} as const satisfies Record<string, MetricEntry>;

/** The metrics of factories that make them known. */
export type MoreMetrics = typeof moreMetrics;
