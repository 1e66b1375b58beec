/** Options of metrics, and the entry of a metric in a table. */
import { checkBoolean, OptionError, show } from "../../base/errors.js";
import { type Given, number, type OptionTable, oneOf, optional, via } from "../../base/options.js";
import type { MetricKind } from "../../plan/op.js";
import type { ClassOptions, LevelOptions } from "./classOptions.js";

/** The meaning of a model's targets and outputs: one yes or no, one class of several, or several yes or no. */
export type Task = "binary" | "multiclass" | "multilabel";

/** One metric. */
export interface MetricEntry {
  readonly options: OptionTable;
  /** Its sources: tasks of classification, `numbers`, one target per output, `labels`, or `anything`. */
  readonly reads: readonly Task[] | "numbers" | "labels" | "anything";
  /** Kind of the sum over rows that the kernels keep; "byTask" if it follows from targets and outputs. */
  readonly summed?: MetricKind | "byTask";
  /** The metrics that one with these options stands for, for a model with that many outputs. @default itself */
  readonly list?: <Given extends GivenMetric>(spec: Given, outputs: number) => Given[];
  /** The reason why these options do not fit the outputs, for the end of a message; `null` if they do. */
  readonly fault?: (spec: GivenMetric, task: Task, outputs: number) => string | null;
}

/** A metric as given. */
export interface GivenMetric extends MetricOptions {
  readonly name: string;
}

/**
 * The number of a metric, from all rows of an epoch: `targets` are [rows] labels or [rows, outputs], `predictions` are
 * [rows, outputs]. `weights` are [rows] in `weightedMetrics`, and `null` in `metrics`. All three are copies.
 */
export type MetricFunction = (targets: Float32Array, predictions: Float32Array, weights: Float32Array | null) => number;

/** Options that metrics take; each takes some of them. The factories take more values of some of them. */
export const metricOptions = {
  /**
   * The key in logs, history and results, so that one metric can be followed with two options. Any string; not "epoch",
   * "step" or "loss", nor a key of another metric such as "valF1" next to "f1". @default its type
   */
  name: optional(via<string, string>(checkMetricName)),
  /** True if sample weights and class weights count, as in `weightedMetrics`. @default false */
  weighted: optional(via<boolean, boolean>(checkBoolean)),
  /** Probability above which one output, or each of several yes-or-no outputs, is yes. @default 0.5 */
  threshold: optional(number({ above: 0, below: 1 })),
  /** Way to make one score of those of classes. @default "binary" for one output, else "macro" */
  average: optional(oneOf(["binary", "micro", "macro", "weighted"])),
  /** Weight of recall relative to precision, above 0. @default 1 */
  beta: optional(number({ above: 0 })),
  /** Guesses that each row has. @default 5 */
  k: optional(number({ min: 1, integer: true })),
  /** Area under the ROC curve, or average precision: under the precision-recall curve. @default "roc" */
  curve: optional(oneOf(["roc", "pr"])),
};

/** Options that metrics take; each takes some of them. */
export interface MetricOptions
  extends Omit<Given<typeof metricOptions>, keyof ClassOptions>,
    ClassOptions,
    Partial<LevelOptions> {}

function checkMetricName(where: string, name: unknown): string {
  if (typeof name === "string" && name !== "") return name;
  throw new OptionError(`${where}: expected a name, got ${show(name)}.`);
}
