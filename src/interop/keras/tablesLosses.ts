/** The table of losses, and what those of metrics have in common with it. */
import { SimdgradError } from "../../base/errors.js";
import { addEveryLoss } from "../../specs/losses/every.js";
import { type LossSpec, resolveLoss } from "../../specs/losses/table.js";
import { type Config, type Context, dialectNames, readClass, toSnake, writeClass } from "./dialect.js";
import { type Codec, type Fields, float, Reading, writeFields } from "./fields.js";
import type { Missing } from "./tablesOptimizers.js";

/** A loss or a metric: its class there, and its fields. */
export interface Entry {
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
/** The axis of the outputs. */
export const axis = { axis: [-1, [-1]] };
const noWeights = ({ outputWeights }: Config) => (outputWeights === undefined ? null : "it has no outputWeights");

/** Losses by our names. */
export const losses: Readonly<Record<string, Entry>> = {
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

/** A name without its spelling. */
export const squash = (text: string) => text.replace(/_/g, "").toLowerCase();

/** The type of a class or a name in a table. */
export function typeIn(table: Readonly<Record<string, Entry>>, name: string): string | undefined {
  const squashed = squash(name);
  return Object.keys(table).find((type) =>
    [table[type].className, type, ...(table[type].names ?? [])].some((one) => squash(one) === squashed),
  );
}

/** Runs `work`, which checks what a file says; an error becomes a reason. */
export function reasoned<T>({ where }: Context, work: () => T): T | Missing {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SimdgradError)) throw error;
    return { missing: error.message.replace(`${where}: `, "").replace(/\.\s*$/, "") };
  }
}

/** A class or a function. */
export interface Named {
  readonly className: string;
  readonly config: Config;
  readonly isName: boolean;
}

/** The class or function that a setting names. @throws FormatError */
export function nameOf(context: Context, what: string, value: unknown): Named {
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
