/**
 * Metrics to follow while training, as plain data: names, options, and which of them are summed row by row in the
 * kernels. The others are computed in `epoch.ts` from all predictions of an epoch. Every loss is a metric, too.
 */
import { checkArguments, checkName, fromShort, OptionError, show } from "../../base/errors.js";
import { type Given, type OptionTable, oneOf, optional, readOptions } from "../../base/options.js";
import { MetricKind } from "../../plan/op.js";
import { lossTargets } from "../losses/facts.js";
import {
  isMetricLoss,
  SHORT as LOSS_SHORT,
  type Loss,
  type LossName,
  type LossSpec,
  resolveLoss,
} from "../losses/table.js";
import type { MoreMetrics } from "./more.js";
import { type MetricEntry, type MetricFunction, type MetricOptions, metricOptions, type Task } from "./options.js";

const CLASSES: readonly Task[] = ["binary", "multiclass"];
const ALL: readonly Task[] = ["binary", "multiclass", "multilabel"];

const { name, weighted, threshold, average, beta, k, curve } = metricOptions;
const common = { name, weighted };

const NO_OPTIONS = { options: {}, reads: "numbers" } as const;
const squaredError = { ...NO_OPTIONS, summed: MetricKind.MeanSquaredError } as const;
const withThreshold = { options: { threshold }, reads: CLASSES };
const ofProbabilities = { options: {}, reads: CLASSES };
const ofCounts = { options: { average, threshold }, reads: ALL };

/** The metrics that have names: one entry each. The others, and more options of these, are in `more.ts`. */
const metricTable = {
  accuracy: { options: {}, reads: ALL, summed: "byTask" },
  binaryAccuracy: { options: { threshold }, reads: "numbers", summed: MetricKind.BinaryAccuracy },
  categoricalAccuracy: { ...NO_OPTIONS, summed: MetricKind.CategoricalAccuracy },
  sparseCategoricalAccuracy: { options: {}, reads: "labels", summed: MetricKind.SparseCategoricalAccuracy },
  topKCategoricalAccuracy: { options: { k }, reads: ["multiclass"] },
  balancedAccuracy: withThreshold,
  precision: ofCounts,
  recall: ofCounts,
  f1: ofCounts,
  fbeta: { options: { beta, average, threshold }, reads: ALL },
  auc: { options: { curve, average: optional(oneOf(["macro", "weighted"])) }, reads: ALL },
  matthewsCorrcoef: withThreshold,
  cohenKappa: withThreshold,
  logLoss: ofProbabilities,
  brier: ofProbabilities,
  meanSquaredError: squaredError,
  rootMeanSquaredError: squaredError,
  meanAbsoluteError: { ...NO_OPTIONS, summed: MetricKind.MeanAbsoluteError },
  meanAbsolutePercentageError: NO_OPTIONS,
  concordanceCorrelation: NO_OPTIONS,
  r2: NO_OPTIONS,
} as const satisfies Record<string, MetricEntry>;

/** The name of a metric that `compile` takes as a string, as it does those of losses. */
export type NamedMetric = keyof typeof metricTable;

/** The type of a metric. */
export type MetricName = NamedMetric | keyof MoreMetrics | LossName | "customMetric";

/** Keras's short names, which are accepted, and stay the keys in the logs. */
const SHORT = { ...LOSS_SHORT, acc: "accuracy" } as const;

/** The names of metrics in other libraries. */
const ALIASES = { ...SHORT, rmse: "rootMeanSquaredError", binaryCrossentropy: "logLoss" } as Readonly<
  Record<string, string>
> as Readonly<Record<string, NamedMetric>>;

/** The metrics that `compile` takes as strings, besides losses, for messages and documentation. */
export const metricNames = Object.keys(metricTable) as NamedMetric[];

/** Every metric that a spec may have, besides losses: those with names, and those whose factory has been called. */
const known = new Map<unknown, MetricEntry>(Object.entries(metricTable));

/** Makes metrics known to `compile`. */
export function addMetrics(entries: Readonly<Record<string, MetricEntry>>): void {
  for (const type of Object.keys(entries)) known.set(type, entries[type]);
}

/** True if the metric is a loss. */
export function isLossMetric({ type, compute }: MetricSpec): boolean {
  return !compute && !known.has(type);
}

/** The entry of a metric. A loss reads its kind of targets, and a function of the user's any. */
export function entryOf(spec: MetricSpec): MetricEntry {
  const ofLoss = () => (lossTargets(spec as LossSpec) === "labels" ? "labels" : "numbers");
  return known.get(spec.type) ?? { options: {}, reads: spec.compute ? "anything" : ofLoss() };
}

/** Kind of the sum over rows that the kernels keep, if they do. They know no weights. */
export function summedKind({ type, weighted }: MetricSpec): MetricEntry["summed"] {
  return weighted ? undefined : known.get(type)?.summed;
}

/** True if it is a sum over rows, which the kernels keep. */
export function isSummed(spec: MetricSpec): boolean {
  return summedKind(spec) !== undefined;
}

/** A metric with its options; with those of a loss, if it is one. */
export interface MetricSpec extends MetricOptions, Omit<Partial<LossSpec>, "type" | "beta"> {
  readonly type: MetricName;
  readonly name: string;
  readonly mode?: "min" | "max";
  readonly compute?: MetricFunction;
}

/** The name of a metric or loss, or a short name. */
export type MetricType = NamedMetric | keyof typeof SHORT | Extract<Loss, string>;

/** A metric as `compile` accepts it: a name, a short name, a factory's result, or its plain data; or a function. */
export type Metric =
  | MetricType
  | (MetricOptions & { readonly type: keyof typeof SHORT | MetricName })
  | (Pick<MetricOptions, "name" | "weighted"> & Exclude<Loss, string>)
  | MetricSpec
  | MetricFunction;

/** Options of one metric; documentation comes from the options of all. */
type OptionsOf<Table> = Pick<MetricOptions, (keyof Table & keyof MetricOptions) | "name" | "weighted"> & Given<Table>;

/** The factory of a metric, which makes all of `metrics` known when it is called. */
export function moreFactory<
  Metrics extends Readonly<Record<string, MetricEntry>>,
  Name extends keyof Metrics & MetricName,
>(metrics: Metrics, type: Name): (...options: FactoryArguments<OptionsOf<Metrics[Name]["options"]>>) => MetricSpec {
  return function (options: object = {}) {
    checkArguments(type, arguments, 1);
    addMetrics(metrics);
    return makeMetric(type, type, metrics[type], options);
  };
}

/** Options may be omitted unless one of them is needed. */
type FactoryArguments<Options> = object extends Options ? [options?: Options] : [options: Options];

/** Reads the options of a metric. */
export function makeMetric(
  where: string,
  type: MetricName,
  { options: table }: MetricEntry,
  options: object,
): MetricSpec {
  const { name = type, ...rest }: MetricOptions = readOptions(where, { ...common, ...table } as OptionTable, options);
  return { type, name, ...rest };
}

/** A list of names, specs and functions, checked. @throws OptionError with the nearest known name. */
export function resolveMetrics(where: string, value: unknown): MetricSpec[] {
  if (Array.isArray(value)) return Array.from(value, (metric, i) => resolveMetric(`${where}[${i}]`, metric));
  throw new OptionError(`${where}: expected a list such as ["accuracy"], got ${show(value)}.`);
}

function resolveMetric(where: string, value: unknown): MetricSpec {
  if (typeof value === "function") {
    return { type: "customMetric", name: value.name || "customMetric", compute: value as MetricFunction };
  }
  const isSpec = typeof value === "object" && value !== null;
  const { type: given, fromLogits, ...more } = (isSpec ? value : { type: value }) as Partial<LossSpec>;
  const named = fromShort(SHORT, given) as NamedMetric;
  const options = { ...(given !== named && { name: given }), ...more, ...(fromLogits && { fromLogits }) };
  if (!known.has(named) && isMetricLoss(named))
    return lossMetric(where, named as string as LossName, options as MetricOptions);
  const remedy = " Pass any other as truePositives() or the like.";
  const type = known.has(named)
    ? named
    : checkName(isSpec ? `${where}: type` : where, named, metricNames, ALIASES, remedy);
  return makeMetric(where, type, known.get(type) as MetricEntry, options);
}

/** A loss as a metric: its options, and those of every metric. */
function lossMetric(where: string, type: LossName, { name = type, weighted, ...rest }: MetricOptions): MetricSpec {
  const own = makeMetric(where, type, NO_OPTIONS, { name, weighted });
  return { ...own, ...(resolveLoss(where, { type, ...rest }) as object) };
}
