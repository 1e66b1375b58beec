/**
 * Losses as plain data: names, options, the targets they take, and the legal fusions.
 * The formulas are in `runtime/reference/loss.ts` and `elementLoss.ts`, the kernels in `assembly/loss.ts` and its
 * neighbours. The loss of a batch is the sum of the rows' losses times their weights, divided by the number of rows, as
 * Keras's `sum_over_batch_size`; PyTorch divides by the sum of class weights, if there are any.
 */

import {
  checkArguments,
  checkName,
  checkNumber,
  fromShort,
  type NumberRange,
  OptionError,
  show,
} from "../base/errors.js";
import { flag, type Given, nullable, number, type OptionTable, readOptions, via } from "../base/options.js";
import { LossKind } from "../plan/op.js";
import type { ActivationSpec } from "./activations.js";

/** Targets of a loss: `labels` are one integer per row, all others one number per output. */
export type TargetKind = "numbers" | "nonNegative" | "probabilities" | "signs" | "labels";

/** The numbers of a loss that its record holds. */
interface LossNumbers {
  readonly smoothing: number;
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
}

/** One loss. */
interface LossEntry {
  /** Its kind on predictions. */
  readonly kind: LossKind;
  /** Its kind on logits, with the activation that turns them into predictions. */
  readonly logits?: { readonly kind: LossKind; readonly activation: "sigmoid" | "softmax" };
  readonly targets: TargetKind;
  /** Reading of outputs: `each` a separate yes or no, `classes` one choice; it and `several` need at least two. */
  readonly outputs?: "each" | "classes" | "several";
  readonly options: OptionTable;
  /** The numbers `alpha` and `beta` of its record, if it has them. */
  readonly numbers?: (spec: LossSpec) => Partial<LossNumbers>;
}

/** A number within a range, or one for each output, each within a range of its own. */
// @__NO_SIDE_EFFECTS__
function perOutput(range: NumberRange, each: NumberRange, fallback: number) {
  type Value = number | readonly number[];
  return via<Value, Value>((where, value) => {
    if (!Array.isArray(value)) return checkNumber(where, value, range);
    return value.map((one, i) => checkNumber(`${where}[${i}]`, one, each));
  }, fallback);
}

/** Options that losses take; each takes some of them. */
const lossOptions = {
  /** The model's last layer is linear and gives logits: the loss applies sigmoid or softmax itself. @default false */
  fromLogits: flag(false),
  /** Moves targets this share of the way to 1/2 (binary) or 1/classes, 0 to 1. @default 0 */
  labelSmoothing: number({ min: 0, max: 1 }, 0),
  /** Label of rows that count for nothing, often -1 or 255; `null` for none. It need not be a class. @default null */
  ignoreClass: nullable(number({ integer: true })),
  /** Weight of positive targets, > 0, or one for each output, as PyTorch's `BCEWithLogitsLoss(pos_weight)`. @default 1 */
  posWeight: perOutput({ above: 0 }, { above: 0 }, 1),
  /** Error from which on huber grows linearly, > 0. @default 1 */
  delta: number({ above: 0 }, 1),
  /** Share of the targets that should be below the prediction of pinball, between 0 and 1. @default 0.5 */
  quantile: number({ above: 0, below: 1 }, 0.5),
  /**
   * Focal losses: weight of the terms, 0 to 1; for the binary one only with `applyClassBalancing`, for the categorical one
   * also a weight >= 0 for each class. @default 0.25
   */
  alpha: perOutput({ min: 0, max: 1 }, { min: 0 }, 0.25),
  /** Focal losses: exponent of the error that weights a term, >= 0. @default 2 */
  gamma: number({ min: 0 }, 2),
  /** Binary focal loss: weight positives with alpha, negatives with 1 − alpha. @default false */
  applyClassBalancing: flag(false),
};

/** Options that losses take; each takes some of them. */
export interface LossOptions extends Given<typeof lossOptions> {}

const { fromLogits, labelSmoothing, ignoreClass, posWeight, delta, quantile, alpha, gamma, applyClassBalancing } =
  lossOptions;

/** Every loss: one entry per name. */
const lossTable = {
  meanSquaredError: { kind: LossKind.MeanSquaredError, targets: "numbers", options: {} },
  meanAbsoluteError: { kind: LossKind.MeanAbsoluteError, targets: "numbers", options: {} },
  meanAbsolutePercentageError: { kind: LossKind.MeanAbsolutePercentageError, targets: "numbers", options: {} },
  meanSquaredLogarithmicError: { kind: LossKind.MeanSquaredLogarithmicError, targets: "nonNegative", options: {} },
  huber: {
    kind: LossKind.Huber,
    targets: "numbers",
    options: { delta },
    numbers: (spec) => ({ alpha: spec.delta ?? 1 }),
  },
  logCosh: { kind: LossKind.LogCosh, targets: "numbers", options: {} },
  pinball: {
    kind: LossKind.Pinball,
    targets: "numbers",
    options: { quantile },
    numbers: (spec) => ({ alpha: spec.quantile ?? 0.5 }),
  },
  cosineSimilarity: { kind: LossKind.CosineSimilarity, targets: "numbers", outputs: "several", options: {} },
  poisson: { kind: LossKind.Poisson, targets: "nonNegative", options: {} },
  klDivergence: { kind: LossKind.KlDivergence, targets: "probabilities", options: {} },
  hinge: { kind: LossKind.Hinge, targets: "signs", outputs: "each", options: {} },
  squaredHinge: { kind: LossKind.SquaredHinge, targets: "signs", outputs: "each", options: {} },
  categoricalHinge: { kind: LossKind.CategoricalHinge, targets: "probabilities", outputs: "classes", options: {} },
  binaryCrossentropy: {
    kind: LossKind.BinaryCrossentropy,
    logits: { kind: LossKind.BinaryCrossentropyLogits, activation: "sigmoid" },
    targets: "probabilities",
    outputs: "each",
    options: { fromLogits, labelSmoothing, posWeight },
    numbers: (spec) => ({ alpha: oneNumber(spec.posWeight) ?? 1 }),
  },
  categoricalCrossentropy: {
    kind: LossKind.CategoricalCrossentropy,
    logits: { kind: LossKind.CategoricalCrossentropyLogits, activation: "softmax" },
    targets: "probabilities",
    outputs: "classes",
    options: { fromLogits, labelSmoothing },
  },
  sparseCategoricalCrossentropy: {
    kind: LossKind.SparseCategoricalCrossentropy,
    logits: { kind: LossKind.SparseCategoricalCrossentropyLogits, activation: "softmax" },
    targets: "labels",
    outputs: "classes",
    options: { fromLogits, ignoreClass },
  },
  binaryFocalCrossentropy: {
    kind: LossKind.BinaryFocalCrossentropy,
    logits: { kind: LossKind.BinaryFocalCrossentropyLogits, activation: "sigmoid" },
    targets: "probabilities",
    outputs: "each",
    options: {
      fromLogits,
      labelSmoothing,
      /** Weight of positive targets, 0 to 1; negative ones get 1 − alpha. Only with `applyClassBalancing`. @default 0.25 */
      alpha: number({ min: 0, max: 1 }, 0.25),
      gamma,
      applyClassBalancing,
    },
    numbers(spec) {
      const share = oneNumber(spec.alpha) ?? 0;
      return spec.applyClassBalancing ? { alpha: share, beta: 1 - share } : { alpha: 1, beta: 1 };
    },
  },
  categoricalFocalCrossentropy: {
    kind: LossKind.CategoricalFocalCrossentropy,
    logits: { kind: LossKind.CategoricalFocalCrossentropyLogits, activation: "softmax" },
    targets: "probabilities",
    outputs: "classes",
    options: { fromLogits, labelSmoothing, alpha, gamma },
    numbers: (spec) => ({ alpha: oneNumber(spec.alpha) ?? 0 }),
  },
} as const satisfies Record<string, LossEntry>;

/** Keras's short names, which are also accepted. */
const SHORT = {
  mse: "meanSquaredError",
  mae: "meanAbsoluteError",
  mape: "meanAbsolutePercentageError",
  msle: "meanSquaredLogarithmicError",
  bce: "binaryCrossentropy",
  kld: "klDivergence",
} as const satisfies Readonly<Record<string, LossName>>;

/** Names in other libraries. */
const ALIASES: Readonly<Record<string, LossName>> = {
  ...SHORT,
  smoothL1: "huber",
  crossEntropy: "sparseCategoricalCrossentropy",
};

/** The name of a loss. */
export type LossName = keyof typeof lossTable;

/** Every loss name, for messages and documentation. */
export const lossNames = Object.keys(lossTable) as LossName[];

/** A loss with its options spelled out: those that it takes, and always `fromLogits`. */
export interface LossSpec extends Readonly<LossOptions> {
  readonly type: LossName;
  readonly fromLogits: boolean;
}

/** A loss as `compile` accepts it: a name, one of Keras's short names, or either with options. */
export type Loss = LossType | (Readonly<LossOptions> & { readonly type: LossType });

/** The name of a loss, or a short name. */
type LossType = LossName | keyof typeof SHORT;

type TableOf<Name extends LossName> = (typeof lossTable)[Name]["options"];

/** Options of one loss; documentation comes from the options of all. */
type OptionsOf<Name extends LossName> = Pick<LossOptions, keyof TableOf<Name> & keyof LossOptions> &
  Given<TableOf<Name>>;

function factory<Name extends LossName>(type: Name): (options?: OptionsOf<Name>) => LossSpec {
  return function (options = {} as OptionsOf<Name>) {
    checkArguments(type, arguments, 1);
    return makeLoss(type, type, options);
  };
}

function makeLoss(where: string, type: LossName, options: object): LossSpec {
  return { type, fromLogits: false, ...readOptions(where, lossTable[type].options, options) };
}

/** The number given for all outputs together. */
function oneNumber(value: number | readonly number[] | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** L = mean over rows and outputs of (ŷ − y)². Targets: one number per output. */
export const meanSquaredError = /* @__PURE__ */ factory("meanSquaredError");

/** L = mean over rows and outputs of |ŷ − y|. Targets: one number per output. */
export const meanAbsoluteError = /* @__PURE__ */ factory("meanAbsoluteError");

/** L = mean over rows and outputs of 100 |ŷ − y| / max(|y|, 1e-7). Targets: one number per output. */
export const meanAbsolutePercentageError = /* @__PURE__ */ factory("meanAbsolutePercentageError");

/** L = mean over rows and outputs of (ln(1 + ŷ) − ln(1 + y))²; ŷ and y are kept above 1e-7. Targets: >= 0. */
export const meanSquaredLogarithmicError = /* @__PURE__ */ factory("meanSquaredLogarithmicError");

/**
 * L = mean over rows and outputs of e²/2 where |e| <= delta, else delta (|e| − delta/2), with e = ŷ − y (Huber 1964).
 * PyTorch's `HuberLoss`; its `SmoothL1Loss` is this one divided by delta. Targets: one number per output.
 * @throws OptionError unless delta > 0.
 */
export const huber = /* @__PURE__ */ factory("huber");

/** L = mean over rows and outputs of ln cosh(ŷ − y). Targets: one number per output. */
export const logCosh = /* @__PURE__ */ factory("logCosh");

/**
 * L = mean over rows and outputs of max(q e, (q − 1) e), with e = y − ŷ and q = quantile: the prediction becomes the
 * q-quantile of the targets, the median by default (Koenker and Bassett 1978; scikit-learn's `mean_pinball_loss(alpha)`).
 * Targets: one number per output.
 * @throws OptionError unless 0 < quantile < 1.
 */
export const pinball = /* @__PURE__ */ factory("pinball");

/**
 * L = −mean over rows of the cosine of the angle between ŷ and y: −1 where they point the same way. As in Keras, norms
 * are at least 1e-7; a ŷ that short gets no gradient. Targets: numbers, at least two outputs.
 */
export const cosineSimilarity = /* @__PURE__ */ factory("cosineSimilarity");

/** L = mean over rows and outputs of ŷ − y ln(ŷ + 1e-7), for rates ŷ > 0: end with exponential or softplus. Targets: >= 0. */
export const poisson = /* @__PURE__ */ factory("poisson");

/** L = mean over rows of Σ y ln(y / ŷ), with y and ŷ kept within [1e-7, 1]. Targets: probabilities, 0 to 1. */
export const klDivergence = /* @__PURE__ */ factory("klDivergence");

/** L = mean over rows and outputs of max(1 − y ŷ, 0). Targets: −1 and 1, or 0 and 1, where 0 is read as −1. */
export const hinge = /* @__PURE__ */ factory("hinge");

/** L = mean over rows and outputs of max(1 − y ŷ, 0)². Targets: −1 and 1, or 0 and 1, where 0 is read as −1. */
export const squaredHinge = /* @__PURE__ */ factory("squaredHinge");

/** L = mean over rows of max(max((1 − y) ŷ) − Σ y ŷ + 1, 0). Targets: one-hot, at least two outputs. */
export const categoricalHinge = /* @__PURE__ */ factory("categoricalHinge");

/**
 * L = −mean(posWeight y ln ŷ + (1 − y) ln(1 − ŷ)); targets 0 to 1, one per output, each with its own posWeight if that
 * is a list. After a sigmoid layer the loss is computed from the logits, which is exact; otherwise ŷ is clipped
 * to [1e-7, 1 − 1e-7] as in Keras.
 * @throws OptionError for an unknown option or one out of range.
 */
export const binaryCrossentropy = /* @__PURE__ */ factory("binaryCrossentropy");

/**
 * L = −mean over rows of Σ y ln ŷ; targets one-hot or soft, one per class. After a softmax layer it is computed
 * from the logits; else rows of ŷ are scaled to sum 1 and clipped to [1e-7, 1 − 1e-7] as in Keras.
 * @throws OptionError for an unknown option or one out of range.
 */
export const categoricalCrossentropy = /* @__PURE__ */ factory("categoricalCrossentropy");

/**
 * `categoricalCrossentropy` for integer labels: L = −mean over rows of ln ŷ[label]. Rows whose label is `ignoreClass`
 * have neither loss nor gradient, and the mean of a batch divides by the number of its other rows, as in Keras 3 (and
 * PyTorch's `ignore_index`); metrics skip them too, whereas Keras's count them. The loss of an epoch of training
 * weights batches by all of their rows, as Keras's; `evaluate` divides by all rows that count.
 * @throws OptionError for an unknown option, or an ignoreClass that is neither an integer nor `null`.
 */
export const sparseCategoricalCrossentropy = /* @__PURE__ */ factory("sparseCategoricalCrossentropy");

/**
 * L = mean of m^gamma times the binary cross-entropy, with m = y (1 − ŷ) + (1 − y) ŷ, so that predictions that are
 * nearly right count little (Lin et al. 2017); with `applyClassBalancing` also times y alpha + (1 − y)(1 − alpha).
 * Logits and clipping as `binaryCrossentropy`.
 * @throws OptionError for an unknown option or one out of range.
 */
export const binaryFocalCrossentropy = /* @__PURE__ */ factory("binaryFocalCrossentropy");

/**
 * L = −mean over rows of Σ alpha y (1 − ŷ)^gamma ln ŷ (Lin et al. 2017), alpha one number or one per class. Targets,
 * logits and clipping as `categoricalCrossentropy`.
 * @throws OptionError for an unknown option or one out of range.
 */
export const categoricalFocalCrossentropy = /* @__PURE__ */ factory("categoricalFocalCrossentropy");

/** A name or spec, checked and spelled out. @throws OptionError with the nearest known name. */
export function resolveLoss(where: string, value: unknown): LossSpec {
  const spec = (typeof value === "string" ? { type: value } : value) as { type?: unknown } | null | undefined;
  if (typeof spec !== "object" || spec === null) {
    const names = lossNames.map((name) => `"${name}"`).join(", ");
    throw new OptionError(`${where}: expected a loss, one of ${names}, got ${show(value)}.`);
  }
  const { type: given, ...options } = spec as LossOptions & { type?: unknown };
  const type = checkName(where, fromShort(SHORT, given), lossNames, ALIASES);
  if (!("fromLogits" in lossTable[type].options)) {
    if (options.fromLogits) throw new OptionError(`${where}: ${type} has no logits: drop fromLogits.`);
    delete options.fromLogits; // a spec always has false
  }
  return makeLoss(`${where} ${type}`, type, options);
}

/** The form of the targets: integer labels, or rows of one target per output. */
export function lossTargets(spec: LossSpec): "rows" | "labels" {
  return targetKind(spec) === "labels" ? "labels" : "rows";
}

/** The kind of targets that a loss takes. */
export function targetKind({ type }: LossSpec): TargetKind {
  return lossTable[type].targets;
}

/** True if targets are classes, or shares of classes, rather than numbers of any size. */
export function hasClasses(spec: LossSpec): boolean {
  return targetKind(spec) !== "numbers" && targetKind(spec) !== "nonNegative";
}

/** Reading of outputs: each a yes or no, one choice of several classes, or `several` numbers; `null` for any. */
export function outputReading({ type }: LossSpec): "each" | "classes" | "several" | null {
  const entry: LossEntry = lossTable[type];
  return entry.outputs ?? null;
}

/** The activation that turns logits of a cross-entropy into probabilities; `null` for a loss without logits. */
export function logitsActivation({ type }: LossSpec): "sigmoid" | "softmax" | null {
  const entry: LossEntry = lossTable[type];
  return entry.logits?.activation ?? null;
}

/** The computation of a loss after a given last activation. */
export interface FusedLoss {
  readonly kind: LossKind;
  /** True if the last activation is dropped, because the loss includes it. */
  readonly dropsActivation: boolean;
  /** The activation that turns the loss's inputs into predictions; `linear` if they are predictions already. */
  readonly link: ActivationSpec;
}

/** The kind of a loss on predictions, whatever comes before it. */
export function lossOfPredictions(spec: LossSpec): LossKind {
  return lossTable[spec.type].kind;
}

/** The numbers of a loss that are given per output, if there are any. */
export function lossWeights({ posWeight, alpha }: LossSpec): readonly number[] | null {
  return [posWeight, alpha].find((option) => typeof option === "object") ?? null;
}

/** The opcode's view of a loss: its numbers, without those given per output. */
export function lossNumbers(spec: LossSpec): LossNumbers {
  const { numbers }: LossEntry = lossTable[spec.type];
  return { smoothing: spec.labelSmoothing ?? 0, alpha: 1, beta: 0, gamma: spec.gamma ?? 0, ...numbers?.(spec) };
}

/**
 * Softmax with a categorical cross-entropy, and sigmoid with a binary one, are computed from the logits
 * whichever way they are spelled.
 * @throws OptionError if `fromLogits` is set after an activation that is not linear.
 */
export function fuseLoss(spec: LossSpec, last: ActivationSpec): FusedLoss {
  const entry = lossTable[spec.type];
  if (!("logits" in entry)) return { kind: entry.kind, dropsActivation: false, link: { type: "linear" } };
  const { kind, activation } = entry.logits;
  if (spec.fromLogits && last.type !== "linear") {
    throw new OptionError(
      `compile: ${spec.type} with fromLogits expects a linear last layer, got ${last.type}. ` +
        `Drop fromLogits: after ${activation} the loss is computed from the logits anyway.`,
    );
  }
  if (spec.fromLogits) return { kind, dropsActivation: false, link: { type: activation } };
  if (last.type === activation) return { kind, dropsActivation: true, link: { type: activation } };
  return { kind: entry.kind, dropsActivation: false, link: { type: "linear" } };
}
