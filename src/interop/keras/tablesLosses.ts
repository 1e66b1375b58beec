/** The tables of losses and metrics. */
import { SimdgradError } from "../../base/errors.js";
import { addEveryLoss } from "../../specs/losses/every.js";
import { type LossSpec, resolveLoss } from "../../specs/losses/table.js";
import { addEveryMetric } from "../../specs/metrics/every.js";
import { type MetricSpec, resolveMetrics } from "../../specs/metrics/table.js";
import { type Config, type Context, dialectNames, readClass, toSnake, writeClass } from "./dialect.js";
import { type Codec, type Fields, float, Reading, writeFields } from "./fields.js";
import type { Missing } from "./tablesOptimizers.js";

/** A loss or a metric: its class there, and its fields. */
interface Entry {
  readonly className: string;
  readonly fields?: Fields;
  /** Fields of theirs that must have one of these values; the first is written. */
  readonly fixed?: Readonly<Record<string, readonly unknown[]>>;
  /** Says why options of ours cannot be said there. */
  readonly fault?: (spec: Config) => string | null;
  /** Names in place of the class. */
  readonly names?: readonly string[];
  /** The note on a file without a field that its class has. */
  readonly lost?: string;
}

const logits: Fields = { fromLogits: {}, labelSmoothing: { codec: float } };
const axis = { axis: [-1, [-1]] };
const noWeights = ({ outputWeights }: Config) => (outputWeights === undefined ? null : "it has no outputWeights");

const losses: Readonly<Record<string, Entry>> = {
  meanSquaredError: { className: "MeanSquaredError", names: ["mse"] },
  meanAbsoluteError: { className: "MeanAbsoluteError", names: ["mae"] },
  meanAbsolutePercentageError: { className: "MeanAbsolutePercentageError", names: ["mape"] },
  meanSquaredLogarithmicError: { className: "MeanSquaredLogarithmicError", names: ["msle"] },
  huber: {
    className: "Huber",
    fields: { delta: { codec: float } },
    names: ["huber_loss"],
    lost: "delta",
  },
  logCosh: { className: "LogCosh", names: ["logcosh"] },
  cosineSimilarity: { className: "CosineSimilarity", fixed: axis, names: ["cosine_proximity"] },
  poisson: { className: "Poisson" },
  klDivergence: { className: "KLDivergence", names: ["kld", "kullback_leibler_divergence"] },
  hinge: { className: "Hinge" },
  squaredHinge: { className: "SquaredHinge" },
  categoricalHinge: { className: "CategoricalHinge" },
  binaryCrossentropy: {
    className: "BinaryCrossentropy",
    fields: logits,
    fixed: axis,
    names: ["bce"],
    fault: ({ posWeight }) => (posWeight === 1 ? null : "it has no posWeight"),
  },
  categoricalCrossentropy: { className: "CategoricalCrossentropy", fields: logits, fixed: axis },
  sparseCategoricalCrossentropy: {
    className: "SparseCategoricalCrossentropy",
    fields: { fromLogits: {}, ignoreClass: {} },
    fixed: axis,
  },
  binaryFocalCrossentropy: {
    className: "BinaryFocalCrossentropy",
    fields: { ...logits, applyClassBalancing: {}, alpha: { codec: float }, gamma: { codec: float } },
    fixed: axis,
  },
  categoricalFocalCrossentropy: {
    className: "CategoricalFocalCrossentropy",
    fields: { ...logits, alpha: { codec: float }, gamma: { codec: float } },
    fixed: axis,
  },
  categoricalGeneralizedCrossEntropy: {
    className: "CategoricalGeneralizedCrossEntropy",
    fields: { q: { codec: float } },
  },
  dice: { className: "Dice", fixed: { axis: [[-1], -1] } },
  // Keras 3.15 takes alpha for beta, and others do not.
  tversky: {
    className: "Tversky",
    fields: { alpha: { codec: float }, beta: { codec: float } },
    fixed: { axis: [[-1], -1] },
    fault: ({ alpha, beta }) => (alpha === beta ? null : "its versions disagree about alpha and beta"),
  },
  circle: {
    className: "Circle",
    fields: { gamma: { codec: float }, margin: { codec: float }, removeDiagonal: {} },
    fixed: { ref_labels: [null], ref_embeddings: [null] },
  },
};

const REDUCTIONS: Readonly<Record<string, string>> = {
  mean: "sum_over_batch_size",
  sum: "sum",
  none: "none",
  meanWithSampleWeight: "mean_with_sample_weight",
};

const reduction: Codec = {
  read: (_, __, value) =>
    value === "auto" ? "mean" : (Object.keys(REDUCTIONS).find((one) => REDUCTIONS[one] === (value ?? "none")) ?? value),
  write: (_, __, value) => REDUCTIONS[(value as string | undefined) ?? "mean"],
};

const squash = (text: string) => text.replace(/_/g, "").toLowerCase();

/** The type of a class or a name in a table. */
function typeIn(table: Readonly<Record<string, Entry>>, name: string): string | undefined {
  const squashed = squash(name);
  return Object.keys(table).find((type) =>
    [table[type].className, type, ...(table[type].names ?? [])].some((one) => squash(one) === squashed),
  );
}

/** Runs `work`, which checks what a file says; an error becomes a reason. */
function reasoned<T>({ where }: Context, work: () => T): T | Missing {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SimdgradError)) throw error;
    return { missing: error.message.replace(`${where}: `, "").replace(/\.\s*$/, "") };
  }
}

interface Named {
  readonly className: string;
  readonly config: Config;
  readonly isName: boolean;
}

function nameOf(context: Context, what: string, value: unknown): Named {
  if (typeof value === "string") return { className: value, config: {}, isName: true };
  const { class_name: className, config } = value as { class_name?: unknown; config?: unknown };
  if (className === "function" && typeof config === "string") return { className: config, config: {}, isName: true };
  return { ...readClass(context, what, value), isName: false };
}

/** A loss from its name or class, or the reason why there is none like it. */
export function readLoss(context: Context, value: unknown): LossSpec | Missing {
  addEveryLoss();
  return reasoned(context, () => {
    const { className, config, isName } = nameOf(context, "loss", value ?? {});
    const type = typeIn(losses, className);
    if (type === undefined) return { missing: `there is no ${className} here` };
    if (isName && (type === "dice" || type === "tversky")) {
      return { missing: `${className} takes one sum over a batch in Keras, and one over each row here` };
    }
    const { fields = {}, fixed = {}, fault, lost } = losses[type];
    const reading = new Reading(context, "loss", config);
    reading.ignore("name", "dtype", "fn");
    for (const [key, values] of Object.entries(fixed)) reading.expect(key, values, "");
    if (!isName && (type === "dice" || type === "tversky") && !Object.hasOwn(config, "axis")) {
      return { missing: `${className} without an axis takes one sum over a batch` };
    }
    const options = reading.fields({ ...fields, reduction: { codec: reduction } });
    reading.end();
    const problem = type === "tversky" ? fault?.(options) : null;
    if (problem) return { missing: problem };
    if (lost && !isName && options[lost] === undefined) {
      context.note(`The file does not hold ${lost} of ${className}, which is a gap of Keras: the default is used.`);
    }
    // A name means the mean, which is the default.
    if (options.reduction === "mean") delete options.reduction;
    return resolveLoss("loss", { type, ...options });
  });
}

/** A loss as class and configuration, or the reason why the dialect has none like it. */
export function writeLoss(context: Context, spec: LossSpec): Config | Missing {
  const there = dialectNames[context.dialect];
  if (!Object.hasOwn(losses, spec.type)) return { missing: `${there} has no ${spec.type}` };
  const { className, fields = {}, fixed = {}, fault } = losses[spec.type];
  const given = spec as object as Config;
  const problem = noWeights(given) ?? fault?.(given);
  if (problem) return { missing: `${there} has no such ${spec.type}: ${problem}` };
  const config = writeFields(context, "loss", { ...fields, reduction: { codec: reduction } }, spec);
  const own = spec.type === "dice" || spec.type === "tversky" ? { axis: fixed.axis[0] } : {};
  return writeClass(context, "losses", className, { name: toSnake(spec.type), ...config, ...own });
}

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
