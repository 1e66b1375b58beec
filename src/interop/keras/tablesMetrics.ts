/** The table of metrics. */
import { addEveryLoss } from "../../specs/losses/every.js";
import { addEveryMetric } from "../../specs/metrics/every.js";
import { type MetricSpec, resolveMetrics } from "../../specs/metrics/table.js";
import { type Config, type Context, dialectNames, toSnake, writeClass } from "./dialect.js";
import { type Codec, type Fields, Reading, writeFields } from "./fields.js";
import { axis, type Entry, losses, nameOf, reasoned, squash, typeIn } from "./tablesLosses.js";
import type { Missing } from "./tablesOptimizers.js";

const same = (_: Context, __: string, value: unknown) => value;
const single = (given: Config) => (typeof given.threshold === "object" ? "it takes one threshold" : null);
const noAverage = (given: Config) => (given.average === undefined ? single(given) : "it has no average");
const level = {
  numThresholds: { codec: { read: same, write: (_, __, value) => value ?? 200 } as Codec },
  classId: { codec: optional() },
};
const thresholds: Fields = { threshold: { key: "thresholds", codec: optional() } };

/** A value that is absent here and null there. */
function optional(): Codec {
  return { read: (_, __, value) => value ?? undefined, write: (_, __, value) => value ?? null };
}

/** Metrics that both have; those of losses are below. Keys in logs are names. */
const metrics: Readonly<Record<string, Entry>> = {
  accuracy: { className: "accuracy", names: ["acc"] },
  binaryAccuracy: {
    className: "BinaryAccuracy",
    fields: {
      threshold: { codec: { read: (_, __, value) => value ?? undefined, write: (_, __, value) => value ?? 0.5 } },
    },
    fault: single,
  },
  categoricalAccuracy: { className: "CategoricalAccuracy" },
  sparseCategoricalAccuracy: { className: "SparseCategoricalAccuracy" },
  topKCategoricalAccuracy: {
    className: "TopKCategoricalAccuracy",
    fields: { k: { codec: { read: (_, __, value) => value, write: (_, __, value) => value ?? 5 } } },
    names: ["SparseTopKCategoricalAccuracy"],
  },
  precision: {
    className: "Precision",
    fields: { ...thresholds, topK: { codec: optional() }, classId: { codec: optional() } },
    fault: noAverage,
  },
  recall: {
    className: "Recall",
    fields: { ...thresholds, topK: { codec: optional() }, classId: { codec: optional() } },
    fault: noAverage,
  },
  auc: {
    className: "AUC",
    fields: {
      curve: {
        codec: {
          read: (_, __, value) => String(value).toLowerCase(),
          write: (_, __, value) => (value === "pr" ? "PR" : "ROC"),
        },
      },
    },
    fixed: {
      summation_method: ["interpolation"],
      multi_label: [false],
      num_labels: [null],
      label_weights: [null],
      from_logits: [false],
      thresholds: [null],
    },
    fault: ({ average, classId }) => ((average ?? classId) === undefined ? null : "it has no average and no classId"),
  },
  truePositives: { className: "TruePositives", fields: thresholds, fault: noAverage },
  falsePositives: { className: "FalsePositives", fields: thresholds, fault: noAverage },
  trueNegatives: { className: "TrueNegatives", fields: thresholds, fault: noAverage },
  falseNegatives: { className: "FalseNegatives", fields: thresholds, fault: noAverage },
  precisionAtRecall: { className: "PrecisionAtRecall", fields: { recall: {}, ...level }, fault: noAverage },
  recallAtPrecision: { className: "RecallAtPrecision", fields: { precision: {}, ...level }, fault: noAverage },
  sensitivityAtSpecificity: {
    className: "SensitivityAtSpecificity",
    fields: { specificity: {}, ...level },
    fault: noAverage,
  },
  specificityAtSensitivity: {
    className: "SpecificityAtSensitivity",
    fields: { sensitivity: {}, ...level },
    fault: noAverage,
  },
  rootMeanSquaredError: { className: "RootMeanSquaredError", names: ["rmse"] },
  concordanceCorrelation: { className: "ConcordanceCorrelation", fixed: axis },
  pearsonCorrelation: { className: "PearsonCorrelation", fixed: axis },
  r2: {
    className: "R2Score",
    names: ["r2_score"],
    fixed: { class_aggregation: ["uniform_average"], num_regressors: [0] },
  },
};

/** Losses that are metrics there, in classes of the same names but for one. */
const lossMetrics = [
  ...["meanSquaredError", "meanAbsoluteError", "meanAbsolutePercentageError", "meanSquaredLogarithmicError"],
  ...["binaryCrossentropy", "categoricalCrossentropy", "sparseCategoricalCrossentropy", "categoricalHinge"],
  ...["cosineSimilarity", "hinge", "klDivergence", "logCosh", "poisson", "squaredHinge"],
];

/** Counts of classes in Keras are those of all outputs above ½; ours, of several, are those of the most probable. */
const OF_ONE_OUTPUT =
  /^(?:precision|recall|auc|(?:true|false)(?:Posi|Nega)tives|\w+At\w+ty|\w+AtRecall|\w+AtPrecision)$/;

/** A metric from its name or class, or the reason why there is none like it. `outputs` is the model's number of them. */
export function readMetric(context: Context, value: unknown, outputs: number, weighted: boolean): MetricSpec | Missing {
  addEveryLoss();
  addEveryMetric();
  return reasoned(context, () => {
    const { className, config, isName } = nameOf(context, "metrics", value ?? {});
    const loss = lossMetrics.find((one) => one === typeIn(losses, className.replace(/^LogCoshError$/, "LogCosh")));
    const type = typeIn(metrics, className) ?? loss;
    if (type === undefined) return { missing: `there is no ${className} here` };
    const { fields = {}, fixed = {} } = (loss === type ? losses : metrics)[type];
    if (OF_ONE_OUTPUT.test(type) && outputs > 1)
      return { missing: `${className} of several outputs is another number here` };
    const reading = new Reading(context, "metrics", config);
    reading.ignore("name", "dtype", "fn");
    if (type === "auc") reading.ignore("num_thresholds");
    for (const [key, values] of Object.entries(fixed)) reading.expect(key, values, "");
    const options = reading.fields(fields);
    reading.end();
    const name = isName ? undefined : config.name;
    const byDefault =
      typeof name !== "string" || [toSnake(type), squash(className)].some((one) => squash(one) === squash(name));
    const short =
      isName && /^(?:mse|mae|mape|msle|bce|kld|acc)$/i.test(className) ? className.toLowerCase() : undefined;
    const own = short ?? (byDefault ? undefined : name);
    return resolveMetrics("metrics", [
      { type, ...(own !== undefined && { name: own }), ...(weighted && { weighted }), ...options },
    ])[0];
  });
}

/** A metric as name or class, or the reason why the dialect has none like it. */
export function writeMetric(context: Context, spec: MetricSpec, outputs: number, isLabels: boolean): unknown | Missing {
  const { type, name, weighted: _, compute } = spec;
  const there = dialectNames[context.dialect];
  const isLoss = lossMetrics.includes(type);
  if (compute || !(isLoss || Object.hasOwn(metrics, type))) return { missing: `${there} has no metric ${name}` };
  const { className, fields = {}, fault } = (isLoss ? losses : metrics)[type];
  const given = spec as object as Config;
  const problem = OF_ONE_OUTPUT.test(type) && outputs > 1 ? "of several outputs it is another number" : fault?.(given);
  if (problem && !(isLoss && given.posWeight === undefined))
    return { missing: `${there} has no such ${type}: ${problem}` };
  if (type === "accuracy")
    return name === "accuracy" ? "accuracy" : { missing: `accuracy has no other name in ${there}` };
  const own = type === "logCosh" ? "LogCoshError" : className;
  const named = type === "topKCategoricalAccuracy" && isLabels ? "SparseTopKCategoricalAccuracy" : own;
  const known = Object.fromEntries(Object.entries(fields).filter(([option]) => given[option] !== undefined || !isLoss));
  const config = { name: name === type ? toSnake(type) : name, ...writeFields(context, "metrics", known, spec) };
  return writeClass(context, "metrics", named, config);
}
