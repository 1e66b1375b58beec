/**
 * Losses as plain data: names, options, the targets they take, and the fusions that are legal.
 * The formulas are in `runtime/reference/loss.ts` and `elementLoss.ts`, the kernels in `assembly/loss.ts` and its
 * neighbours. The loss of a batch is the sum of the rows' losses times their weights, divided by the number of rows, as
 * Keras's `sum_over_batch_size`; PyTorch divides by the sum of class weights where there are some.
 */

import {
  checkArguments,
  checkBoolean,
  checkKeys,
  checkName,
  checkNumber,
  fromShort,
  type NumberRange,
  OptionError,
  show,
} from "../base/errors.js";
import { LossKind } from "../plan/op.js";
import type { ActivationSpec } from "./activations.js";

/** What a loss takes as targets: `labels` is one integer per row, the others are one number per output. */
export type TargetKind = "numbers" | "nonNegative" | "probabilities" | "signs" | "labels";

/**
 * Per loss: its kind on predictions; its kind on logits, with the activation that makes predictions of them; its
 * targets; its options; and how its outputs are read: `each` is a yes or no of its own, `classes` are one choice.
 */
const lossTable = {
  meanSquaredError: { kind: LossKind.MeanSquaredError, targets: "numbers", options: [] },
  meanAbsoluteError: { kind: LossKind.MeanAbsoluteError, targets: "numbers", options: [] },
  meanAbsolutePercentageError: { kind: LossKind.MeanAbsolutePercentageError, targets: "numbers", options: [] },
  meanSquaredLogarithmicError: { kind: LossKind.MeanSquaredLogarithmicError, targets: "nonNegative", options: [] },
  huber: { kind: LossKind.Huber, targets: "numbers", options: ["delta"] },
  logCosh: { kind: LossKind.LogCosh, targets: "numbers", options: [] },
  cosineSimilarity: { kind: LossKind.CosineSimilarity, targets: "numbers", outputs: "several", options: [] },
  poisson: { kind: LossKind.Poisson, targets: "nonNegative", options: [] },
  klDivergence: { kind: LossKind.KlDivergence, targets: "probabilities", options: [] },
  hinge: { kind: LossKind.Hinge, targets: "signs", outputs: "each", options: [] },
  squaredHinge: { kind: LossKind.SquaredHinge, targets: "signs", outputs: "each", options: [] },
  categoricalHinge: { kind: LossKind.CategoricalHinge, targets: "probabilities", outputs: "classes", options: [] },
  binaryCrossentropy: {
    kind: LossKind.BinaryCrossentropy,
    logits: { kind: LossKind.BinaryCrossentropyLogits, activation: "sigmoid" },
    targets: "probabilities",
    outputs: "each",
    options: ["fromLogits", "labelSmoothing", "posWeight"],
  },
  categoricalCrossentropy: {
    kind: LossKind.CategoricalCrossentropy,
    logits: { kind: LossKind.CategoricalCrossentropyLogits, activation: "softmax" },
    targets: "probabilities",
    outputs: "classes",
    options: ["fromLogits", "labelSmoothing"],
  },
  sparseCategoricalCrossentropy: {
    kind: LossKind.SparseCategoricalCrossentropy,
    logits: { kind: LossKind.SparseCategoricalCrossentropyLogits, activation: "softmax" },
    targets: "labels",
    outputs: "classes",
    options: ["fromLogits", "ignoreClass"],
  },
  binaryFocalCrossentropy: {
    kind: LossKind.BinaryFocalCrossentropy,
    logits: { kind: LossKind.BinaryFocalCrossentropyLogits, activation: "sigmoid" },
    targets: "probabilities",
    outputs: "each",
    options: ["fromLogits", "labelSmoothing", "alpha", "gamma", "applyClassBalancing"],
  },
  categoricalFocalCrossentropy: {
    kind: LossKind.CategoricalFocalCrossentropy,
    logits: { kind: LossKind.CategoricalFocalCrossentropyLogits, activation: "softmax" },
    targets: "probabilities",
    outputs: "classes",
    options: ["fromLogits", "labelSmoothing", "alpha", "gamma"],
  },
} as const satisfies Record<string, LossEntry>;

interface LossEntry {
  readonly kind: LossKind;
  readonly logits?: { readonly kind: LossKind; readonly activation: "sigmoid" | "softmax" };
  readonly targets: TargetKind;
  /** `classes` and `several`: at least two. */
  readonly outputs?: "each" | "classes" | "several";
  readonly options: readonly (keyof LossOptions)[];
}

/** Keras's short names, which are accepted. */
const SHORT = {
  mse: "meanSquaredError",
  mae: "meanAbsoluteError",
  mape: "meanAbsolutePercentageError",
  msle: "meanSquaredLogarithmicError",
  bce: "binaryCrossentropy",
  kld: "klDivergence",
} as const satisfies Readonly<Record<string, LossName>>;

/** What other libraries call them. */
const ALIASES: Readonly<Record<string, LossName>> = {
  ...SHORT,
  smoothL1: "huber",
  crossEntropy: "sparseCategoricalCrossentropy",
};

/** The name of a loss. */
export type LossName = keyof typeof lossTable;

/** Every loss name, for messages and documentation. */
export const lossNames = Object.keys(lossTable) as LossName[];

/** Options that losses take; each takes some of them. */
export interface LossOptions {
  /** The model's last layer is linear and gives logits: the loss applies sigmoid or softmax itself. @default false */
  fromLogits?: boolean;
  /** Moves targets this share of the way to 1/2 (binary) or 1/classes, 0 to 1. @default 0 */
  labelSmoothing?: number;
  /** Label of rows that count for nothing, often -1 or 255; `null` for none. It need not be a class. @default null */
  ignoreClass?: number | null;
  /** Weight of positive targets, > 0, or one for each output, as PyTorch's `BCEWithLogitsLoss(pos_weight)`. @default 1 */
  posWeight?: number | readonly number[];
  /** Error from which on huber grows linearly, > 0. @default 1 */
  delta?: number;
  /**
   * Focal losses: weight of the terms, 0 to 1; for the binary one only with `applyClassBalancing`, for the categorical one
   * also a weight >= 0 for each class. @default 0.25
   */
  alpha?: number | readonly number[];
  /** Focal losses: exponent of the error that a term is weighted with, >= 0. @default 2 */
  gamma?: number;
  /** Binary focal loss: weight positives with alpha, negatives with 1 − alpha. @default false */
  applyClassBalancing?: boolean;
}

/** Default and legal range of each option that is a number. */
const numbers: Readonly<Record<string, NumberRange & { readonly value: number }>> = {
  labelSmoothing: { value: 0, min: 0, max: 1 },
  posWeight: { value: 1, above: 0 },
  delta: { value: 1, above: 0 },
  alpha: { value: 0.25, min: 0, max: 1 },
  gamma: { value: 2, min: 0 },
};

/** Options that may be a list with a number for each output, and the range of these. */
const listRanges: Partial<Record<LossName, Readonly<Record<string, NumberRange>>>> = {
  binaryCrossentropy: { posWeight: { above: 0 } },
  categoricalFocalCrossentropy: { alpha: { min: 0 } },
};

/** A loss with its options spelled out: those that it takes, and `fromLogits` in any case. */
export interface LossSpec extends Readonly<LossOptions> {
  readonly type: LossName;
  readonly fromLogits: boolean;
}

/** What `compile` accepts as a loss: a name, one of Keras's short names, or either with options. */
export type Loss = LossType | (Readonly<LossOptions> & { readonly type: LossType });

/** The name of a loss, or a short name. */
type LossType = LossName | keyof typeof SHORT;

type OptionsOf<Name extends LossName> = Pick<LossOptions, (typeof lossTable)[Name]["options"][number]> &
  (Name extends "binaryFocalCrossentropy" ? { alpha?: number } : unknown);

function factory<Name extends LossName>(type: Name): (options?: OptionsOf<Name>) => LossSpec {
  return function (options = {} as OptionsOf<Name>) {
    checkArguments(type, arguments, 1);
    return makeLoss(type, type, options, lossTable[type].options);
  };
}

function makeLoss(where: string, type: LossName, options: LossOptions, known: readonly string[]): LossSpec {
  checkKeys(where, options, known);
  const spec: Record<string, unknown> = { type, fromLogits: false };
  for (const name of lossTable[type].options) {
    spec[name] = checkOption(`${where}: ${name}`, type, name, (options as Record<string, unknown>)[name]);
  }
  return spec as unknown as LossSpec;
}

function checkOption(where: string, type: LossName, name: string, given: unknown): unknown {
  if (name === "ignoreClass") return given == null ? null : checkNumber(where, given, { integer: true });
  if (!numbers[name]) return checkBoolean(where, given ?? false);
  if (Array.isArray(given) && listRanges[type]?.[name]) {
    return given.map((value, i) => checkNumber(`${where}[${i}]`, value, listRanges[type]?.[name] ?? {}));
  }
  const { value, ...range } = numbers[name];
  return checkNumber(where, given ?? value, range);
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
 * L = −mean(posWeight y ln ŷ + (1 − y) ln(1 − ŷ)); targets 0 to 1, one per output, each with a posWeight of its own if
 * that is a list. After a sigmoid layer it is computed
 * from the logits, where it is exact; else ŷ is clipped to [1e-7, 1 − 1e-7] as in Keras.
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
 * PyTorch's `ignore_index`); metrics leave them out, too, where Keras's count them. The loss of an epoch of training
 * weights batches by all of their rows, as Keras's; `evaluate` divides by all rows that count.
 * @throws OptionError for an unknown option, or an ignoreClass that is neither an integer nor `null`.
 */
export const sparseCategoricalCrossentropy = /* @__PURE__ */ factory("sparseCategoricalCrossentropy");

/**
 * L = mean of m^gamma times the binary cross-entropy, with m = y (1 − ŷ) + (1 − y) ŷ, so that what is nearly right counts
 * little (Lin et al. 2017); with `applyClassBalancing` also times y alpha + (1 − y)(1 − alpha). Logits and clipping as
 * `binaryCrossentropy`.
 * @throws OptionError for an unknown option or one out of range.
 */
export const binaryFocalCrossentropy = /* @__PURE__ */ factory("binaryFocalCrossentropy");

/**
 * L = −mean over rows of Σ alpha y (1 − ŷ)^gamma ln ŷ (Lin et al. 2017), alpha one number or one per class. Targets, logits and clipping as
 * `categoricalCrossentropy`.
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
  const known: readonly string[] = lossTable[type].options;
  if (!known.includes("fromLogits") && options.fromLogits) {
    throw new OptionError(`${where}: ${type} has no logits: drop fromLogits.`);
  }
  return makeLoss(`${where} ${type}`, type, options, ["fromLogits", ...known]);
}

/** The form of the targets: integer labels, or rows of one target per output. */
export function lossTargets(spec: LossSpec): "rows" | "labels" {
  return targetKind(spec) === "labels" ? "labels" : "rows";
}

/** What the targets may be. */
export function targetKind({ type }: LossSpec): TargetKind {
  return lossTable[type].targets;
}

/** Are targets classes, or shares of classes, rather than numbers of any size? */
export function hasClasses(spec: LossSpec): boolean {
  return targetKind(spec) !== "numbers" && targetKind(spec) !== "nonNegative";
}

/** How outputs are read: each a yes or no, one choice of several classes, or `several` numbers; `null` for any. */
export function outputReading({ type }: LossSpec): "each" | "classes" | "several" | null {
  const entry: LossEntry = lossTable[type];
  return entry.outputs ?? null;
}

/** The activation that makes probabilities of the logits of a cross-entropy; `null` for a loss without logits. */
export function logitsActivation({ type }: LossSpec): "sigmoid" | "softmax" | null {
  const entry: LossEntry = lossTable[type];
  return entry.logits?.activation ?? null;
}

/** How a loss is computed behind a given last activation. */
export interface FusedLoss {
  readonly kind: LossKind;
  /** Drop the last activation: the loss includes it. */
  readonly dropsActivation: boolean;
  /** What turns the values the loss sees into predictions; `linear` when they are predictions already. */
  readonly link: ActivationSpec;
}

/** How a loss is computed from predictions, whatever stands before it. */
export function lossOfPredictions(spec: LossSpec): LossKind {
  return lossTable[spec.type].kind;
}

/** The numbers of a loss that its outputs have each for itself, if they do. */
export function lossWeights({ posWeight, alpha }: LossSpec): readonly number[] | null {
  return [posWeight, alpha].find((option) => typeof option === "object") ?? null;
}

/** The opcode's view of a loss: its numbers, without those of single outputs. */
export function lossNumbers(spec: LossSpec): { smoothing: number; alpha: number; beta: number; gamma: number } {
  const { type, labelSmoothing = 0, delta, gamma = 0, applyClassBalancing } = spec;
  const common = { smoothing: labelSmoothing, beta: 0, gamma };
  const [posWeight = 1, alpha = 0] = lossWeights(spec) ? [] : [spec.posWeight as number, spec.alpha as number];
  if (type === "categoricalFocalCrossentropy") return { ...common, alpha };
  if (type !== "binaryFocalCrossentropy") return { ...common, alpha: delta ?? posWeight };
  return applyClassBalancing ? { ...common, alpha, beta: 1 - alpha } : { ...common, alpha: 1, beta: 1 };
}

/**
 * Softmax with a categorical cross-entropy, and sigmoid with a binary one, are computed from the logits
 * whichever way they are spelled.
 * @throws OptionError where `fromLogits` meets an activation that is not linear.
 */
export function fuseLoss(spec: LossSpec, last: ActivationSpec): FusedLoss {
  const entry = lossTable[spec.type];
  if (!("logits" in entry)) return { kind: entry.kind, dropsActivation: false, link: { type: "linear" } };
  const { kind, activation } = entry.logits;
  if (spec.fromLogits && last.type !== "linear") {
    throw new OptionError(
      `compile: ${spec.type} with fromLogits expects a linear last layer, got ${last.type}. ` +
        `Drop fromLogits: behind ${activation} the loss is computed from the logits anyway.`,
    );
  }
  if (spec.fromLogits) return { kind, dropsActivation: false, link: { type: activation } };
  if (last.type === activation) return { kind, dropsActivation: true, link: { type: activation } };
  return { kind: entry.kind, dropsActivation: false, link: { type: "linear" } };
}
