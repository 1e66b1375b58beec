/**
 * Metrics to follow while training, as plain data: names, options, and which of them are summed row by row in the
 * kernels. The others are computed in `epoch.ts` from all predictions of an epoch.
 */
import { checkArguments, checkName, fromShort, OptionError, show } from "../../base/errors.js";
import { log } from "../../base/math.js";
import { type Given, number, type OptionTable, oneOf, optional, readOptions, via } from "../../base/options.js";
import { MetricKind, Place } from "../../plan/op.js";
import { type LossSpec, lossTargets, outputReading, targetKind } from "../losses/index.js";

/** How targets and outputs of a model are read: one yes or no, one class of several, or several yes or no. */
export type Task = "binary" | "multiclass" | "multilabel";

const CLASSES: readonly Task[] = ["binary", "multiclass"];
const ALL: readonly Task[] = ["binary", "multiclass", "multilabel"];

const averages = ["binary", "micro", "macro", "weighted"] as const;

/** Options that metrics take; each takes some of them. */
const metricOptions = {
  /**
   * The key in logs, history and results, so that one metric can be followed with two options. Any string; not "epoch",
   * "step" or "loss", nor a key of another metric such as "valF1" beside "f1". @default its type
   */
  name: optional(via<string, string>(checkMetricName)),
  /** Of one output, or of several yes-or-no outputs: above this probability is yes. @default 0.5 */
  threshold: optional(number({ above: 0, below: 1 })),
  /** How the scores of classes become one. @default "binary" for one output, else "macro" */
  average: optional(oneOf(averages)),
  /** Weight of recall relative to precision, above 0. @default 1 */
  beta: optional(number({ above: 0 })),
  /** Guesses that each row has. @default 5 */
  k: optional(number({ min: 1, integer: true })),
  /** Area under the ROC curve, or average precision: under the precision-recall curve. @default "roc" */
  curve: optional(oneOf(["roc", "pr"])),
};

/** Options that metrics take; each takes some of them. */
export interface MetricOptions extends Given<typeof metricOptions> {}

function checkMetricName(where: string, name: unknown): string {
  if (typeof name === "string" && name !== "") return name;
  throw new OptionError(`${where}: expected a name, got ${show(name)}.`);
}

const { threshold, average, beta, k, curve } = metricOptions;

/**
 * Per metric: the options it takes, and what it can be told from: `tasks` of classification, or `numbers`, one target
 * per output. Those with `summed` are sums over rows, which the kernels keep.
 */
const metricTable = {
  accuracy: { options: {}, reads: ALL, summed: true },
  binaryAccuracy: { options: { threshold }, reads: "numbers", summed: true },
  categoricalAccuracy: { options: {}, reads: "numbers", summed: true },
  sparseCategoricalAccuracy: { options: {}, reads: "labels", summed: true },
  topKCategoricalAccuracy: { options: { k }, reads: ["multiclass"], summed: false },
  balancedAccuracy: { options: { threshold }, reads: CLASSES, summed: false },
  precision: { options: { average, threshold }, reads: ALL, summed: false },
  recall: { options: { average, threshold }, reads: ALL, summed: false },
  f1: { options: { average, threshold }, reads: ALL, summed: false },
  fbeta: { options: { beta, average, threshold }, reads: ALL, summed: false },
  auc: { options: { curve, average: optional(oneOf(["macro", "weighted"])) }, reads: ALL, summed: false },
  matthewsCorrcoef: { options: { threshold }, reads: CLASSES, summed: false },
  cohenKappa: { options: { threshold }, reads: CLASSES, summed: false },
  logLoss: { options: {}, reads: CLASSES, summed: false },
  brier: { options: {}, reads: CLASSES, summed: false },
  meanSquaredError: { options: {}, reads: "numbers", summed: true },
  rootMeanSquaredError: { options: {}, reads: "numbers", summed: true },
  meanAbsoluteError: { options: {}, reads: "numbers", summed: true },
  meanAbsolutePercentageError: { options: {}, reads: "numbers", summed: false },
  concordanceCorrelation: { options: {}, reads: "numbers", summed: false },
  r2: { options: {}, reads: "numbers", summed: false },
} as const satisfies Record<
  string,
  {
    options: OptionTable;
    reads: readonly Task[] | "numbers" | "labels";
    summed: boolean;
  }
>;

/** The name of a metric. */
export type MetricName = keyof typeof metricTable;

/** Keras's short names, which are accepted, and stay the keys in the logs. */
const SHORT = {
  acc: "accuracy",
  mse: "meanSquaredError",
  mae: "meanAbsoluteError",
  mape: "meanAbsolutePercentageError",
} as const satisfies Readonly<Record<string, MetricName>>;

/** What other libraries call metrics. */
const ALIASES: Readonly<Record<string, MetricName>> = {
  ...SHORT,
  rmse: "rootMeanSquaredError",
  bce: "logLoss",
  binaryCrossentropy: "logLoss",
};

/** Every metric name, for messages and documentation. */
export const metricNames = Object.keys(metricTable) as MetricName[];

/** A metric with its options. */
export interface MetricSpec extends MetricOptions {
  readonly type: MetricName;
  readonly name: string;
}

/** The name of a metric, or a short name. */
export type MetricType = MetricName | keyof typeof SHORT;

/** What `compile` accepts as a metric: a name, one of Keras's short names, or either with options. */
export type Metric = MetricType | (MetricOptions & { readonly type: MetricType });

type TableOf<Name extends MetricName> = (typeof metricTable)[Name]["options"];

/** Options of one metric; documentation comes from the options of all. */
type OptionsOf<Name extends MetricName> = Pick<MetricOptions, (keyof TableOf<Name> & keyof MetricOptions) | "name"> &
  Given<TableOf<Name>>;

function factory<Name extends MetricName>(type: Name): (options?: OptionsOf<Name>) => MetricSpec {
  return function (options = {} as OptionsOf<Name>) {
    checkArguments(type, arguments, 1);
    return resolveOne(type, type, options);
  };
}

/** Share of outputs on their target's side of `threshold` (Keras `BinaryAccuracy`). @throws OptionError */
export const binaryAccuracy = /* @__PURE__ */ factory("binaryAccuracy");

/** Share of rows whose class is among the `k` most probable ones (Keras `TopKCategoricalAccuracy`). @throws OptionError */
export const topKCategoricalAccuracy = /* @__PURE__ */ factory("topKCategoricalAccuracy");

/** `precisionScore` of the epoch's predictions: above `threshold`, or the most probable class. @throws OptionError */
export const precision = /* @__PURE__ */ factory("precision");

/** `recallScore` of the epoch's predictions: above `threshold`, or the most probable class. @throws OptionError */
export const recall = /* @__PURE__ */ factory("recall");

/** `f1Score` of the epoch's predictions: above `threshold`, or the most probable class. @throws OptionError */
export const f1 = /* @__PURE__ */ factory("f1");

/** `fbetaScore` of the epoch's predictions: above `threshold`, or the most probable class. @throws OptionError */
export const fbeta = /* @__PURE__ */ factory("fbeta");

/**
 * `rocAucScore`, or with `curve: "pr"` `averagePrecisionScore`, of the epoch's predictions: exact, where Keras adds up
 * 200 thresholds. Of two classes, the area is that of the second. Of more, those that have no rows, or all of them, are
 * left out; NaN where none remains. @throws OptionError
 */
export const auc = /* @__PURE__ */ factory("auc");

/** A list of names and specs, checked. @throws OptionError with the nearest known name. */
export function resolveMetrics(where: string, value: unknown): MetricSpec[] {
  if (!Array.isArray(value)) {
    throw new OptionError(`${where}: expected a list such as ["accuracy"], got ${show(value)}.`);
  }
  const specs = value.map((metric, i) => resolveMetric(`${where}[${i}]`, metric));
  checkNames(
    where,
    specs.map(({ name }) => name),
  );
  if (specs.filter(isSummed).length > Place.MetricSlots) {
    throw new OptionError(`${where}: at most ${Place.MetricSlots} metrics that are summed over rows.`);
  }
  return specs;
}

/** The key of a number's twin on the validation data: `valLoss` of `loss`. */
export function validationName(name: string): string {
  return `val${name[0].toUpperCase()}${name.slice(1)}`;
}

/** Refuses names of which two, or their validation twins, would share a key. @throws OptionError */
function checkNames(where: string, names: readonly string[]): void {
  const owners = new Map<string, string>();
  for (const name of ["epoch", "step", "loss", ...names]) {
    for (const key of [name, validationName(name)]) {
      if (owners.has(key)) {
        const two = `for "${owners.get(key)}" and "${name}"`;
        throw new OptionError(
          `${where}: "${key}" is listed twice in the logs, ${two}. Choose another name; epoch, step and loss are taken.`,
        );
      }
      owners.set(key, name);
    }
  }
}

function resolveMetric(where: string, value: unknown): MetricSpec {
  const isSpec = typeof value === "object" && value !== null;
  const { type: given, ...options } = (isSpec ? value : { type: value }) as { type?: unknown };
  const type = checkName(isSpec ? `${where}: type` : where, fromShort(SHORT, given), metricNames, ALIASES);
  return resolveOne(where, type, { ...(given !== type && { name: given as string }), ...options });
}

function resolveOne(where: string, type: MetricName, options: MetricOptions): MetricSpec {
  const { name = type, ...rest } = readOptions(
    where,
    { name: metricOptions.name, ...metricTable[type].options } as typeof metricOptions,
    options,
  );
  return { type, name, ...rest };
}

/** True if it is a sum over rows, which the kernels keep. */
export function isSummed({ type }: MetricSpec): boolean {
  return metricTable[type].summed;
}

/** How a loss and a number of outputs are read. Keras reads several yes-or-no outputs as one class of several (ADR 23). */
export function taskOf(loss: LossSpec, outputs: number): Task {
  if (lossTargets(loss) === "labels") return "multiclass";
  if (outputs === 1) return "binary";
  return outputReading(loss) === "each" ? "multilabel" : "multiclass";
}

/** The metric that targets of -1 and 1 have, on predictions that lie around 0. */
const ofSigns: readonly MetricName[] = ["accuracy"];

/** Refuses metrics that cannot be told from the targets of the loss. @throws OptionError saying what could be. */
export function checkMetric({ type, average, k }: MetricSpec, loss: LossSpec, outputs: number): void {
  const { reads } = metricTable[type];
  const where = `compile: metrics: ${type}`;
  const labels = lossTargets(loss) === "labels";
  const task = taskOf(loss, outputs);
  if (reads !== "numbers" && targetKind(loss) === "signs" && !ofSigns.includes(type)) {
    throw new OptionError(`${where} reads probabilities, but ${loss.type} gives none. Use "accuracy".`);
  }
  if (reads === "labels" && !labels) {
    throw new OptionError(
      `${where} needs integer labels, but ${loss.type} takes one target per output. Use "accuracy".`,
    );
  }
  if (reads === "numbers" && labels) {
    throw new OptionError(`${where} needs one target per output, but ${loss.type} takes integer labels.`);
  }
  if (typeof reads !== "string" && !(reads as readonly Task[]).includes(task)) {
    const got = task === "multilabel" ? "outputs that are each yes or no" : "one output";
    throw new OptionError(`${where} needs one class per row, but ${loss.type} with ${outputs} outputs has ${got}.`);
  }
  if (average === "binary" && (task === "multilabel" || outputs > 2)) {
    throw new OptionError(
      `${where}: average: "binary" needs one output or two classes, got ${outputs}. Choose "macro".`,
    );
  }
  if (k !== undefined && k > outputs) {
    throw new OptionError(`${where}: k: expected at most ${outputs}, the number of classes, got ${k}.`);
  }
}

/** The kernel's kind for a metric that is summed. */
export function metricKind({ type }: MetricSpec, loss: LossSpec, outputs: number): MetricKind {
  if (type === "meanAbsoluteError") return MetricKind.MeanAbsoluteError;
  if (type === "meanSquaredError" || type === "rootMeanSquaredError") return MetricKind.MeanSquaredError;
  if (type === "binaryAccuracy") return MetricKind.BinaryAccuracy;
  if (type === "categoricalAccuracy") return MetricKind.CategoricalAccuracy;
  if (lossTargets(loss) === "labels") return MetricKind.SparseCategoricalAccuracy;
  return taskOf(loss, outputs) === "multiclass" ? MetricKind.CategoricalAccuracy : MetricKind.BinaryAccuracy;
}

/** The threshold of a metric on predictions, or on the logits they come from: ln(t / (1 − t)). Of hinges it is 0. */
export function thresholdOf(
  { type, threshold = 0.5 }: MetricSpec,
  { loss, onLogits }: { loss: LossSpec; onLogits: boolean },
): number {
  if (type === "accuracy" && targetKind(loss) === "signs") return 0;
  return onLogits ? log(threshold) - log(1 - threshold) : threshold;
}

/** What is shown for the mean over rows of a summed metric. */
export function finishSum({ type }: MetricSpec, mean: number): number {
  return type === "rootMeanSquaredError" ? Math.sqrt(mean) : mean;
}
