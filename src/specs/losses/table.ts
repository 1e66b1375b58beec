/**
 * Losses as plain data: names, options and the targets they take.
 * The formulas are in `runtime/reference/loss.ts` and `elementLoss.ts`, the kernels in `assembly/loss.ts` and its
 * neighbours. The loss of a batch is the sum of the rows' losses times their weights, divided by the number of rows, as
 * Keras's `sum_over_batch_size`; `reduction.ts` has the other reductions.
 */

import { checkName, fromShort, OptionError } from "../../base/errors.js";
import { number, type OptionTable, readOptions } from "../../base/options.js";
import { LossKind } from "../../plan/op.js";
import type { Tape } from "../../plan/tape.js";
import type { TensorRef } from "../../plan/tensor.js";
import type { MoreLosses } from "./more.js";
import { type CustomLossType, type LossEntry, type LossOptions, lossOptions } from "./options.js";

const { fromLogits, labelSmoothing, ignoreClass, posWeight, delta, quantile, alpha, gamma, applyClassBalancing } =
  lossOptions;

/** The losses that every program has: one entry each. `more.ts` adds the others. */
export const lossTable = {
  meanSquaredError: { kind: LossKind.MeanSquaredError, targets: "numbers", options: {} },
  meanAbsoluteError: { kind: LossKind.MeanAbsoluteError, targets: "numbers", options: {} },
  meanAbsolutePercentageError: { kind: LossKind.MeanAbsolutePercentageError, targets: "numbers", options: {} },
  meanSquaredLogarithmicError: { kind: LossKind.MeanSquaredLogarithmicError, targets: "nonNegative", options: {} },
  huber: {
    kind: LossKind.Huber,
    targets: "numbers",
    options: { delta },
    numbers: (spec) => ({ alpha: spec.delta }),
  },
  logCosh: { kind: LossKind.LogCosh, targets: "numbers", options: {} },
  pinball: {
    kind: LossKind.Pinball,
    targets: "numbers",
    options: { quantile },
    numbers: (spec) => ({ alpha: spec.quantile }),
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
    numbers: (spec) => ({ alpha: Number(spec.posWeight) || 1 }),
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
      /** Weight of positive targets, 0 to 1; negatives get 1 − alpha. Only with `applyClassBalancing`. @default 0.25 */
      alpha: number({ min: 0, max: 1 }, 0.25),
      gamma,
      applyClassBalancing,
    },
    numbers(spec) {
      const share = Number(spec.alpha);
      return spec.applyClassBalancing ? { alpha: share, beta: 1 - share } : { alpha: 1, beta: 1 };
    },
  },
  categoricalFocalCrossentropy: {
    kind: LossKind.CategoricalFocalCrossentropy,
    logits: { kind: LossKind.CategoricalFocalCrossentropyLogits, activation: "softmax" },
    targets: "probabilities",
    outputs: "classes",
    options: { fromLogits, labelSmoothing, alpha, gamma },
    numbers: (spec) => ({ alpha: Number(spec.alpha) || 0 }),
  },
} as const satisfies Record<string, LossEntry>;

/** Keras's short names, which are also accepted, as losses and as metrics. */
export const SHORT = {
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
  crossEntropy: "sparseCategoricalCrossentropy",
};

/** The name of a loss. */
export type LossName = keyof (typeof lossTable & MoreLosses);

/** The names in messages: those that every program has. All of them would be too long. */
const listed = Object.keys(lossTable) as LossName[];

/** The table, with the losses that their factories add to it. */
export const known = lossTable as Record<string, LossEntry>;

/** A loss with its options spelled out: those that it takes, and always `fromLogits`. */
export interface LossSpec extends Readonly<LossOptions> {
  readonly type: LossName | CustomLossType;
  readonly fromLogits: boolean;
}

/** A loss as `compile` accepts it: a name, one of Keras's short names, either with options, or a factory's result. */
export type Loss = LossType | (Readonly<LossOptions> & { readonly type: LossType }) | LossSpec;

/** The name of a loss, or a short name. */
type LossType = LossName | keyof typeof SHORT;

/** Options that any loss may have in addition to its own, set by `reduction.ts`. */
export const extras: {
  options?: OptionTable;
  after?: (spec: LossSpec, tape: Tape, sampleWeights: TensorRef, dPredictions: TensorRef | null) => void;
} = {};

/** A loss with these options, checked. @throws OptionError */
export function makeLoss(where: string, type: LossName, options: object): LossSpec {
  return { type, fromLogits: false, ...readOptions(where, { ...known[type].options, ...extras.options }, options) };
}

/** True for the name of a loss that is known, and can be computed as a metric. */
export function isMetricLoss(name: unknown): boolean {
  if (!Object.hasOwn(known, name as string)) return false;
  const { script, compute } = known[name as string];
  return !script || compute !== undefined;
}

function remedyFor(given: unknown): string {
  if (typeof given === "function") return " For a function of your own use customLoss({ compute }).";
  return " Pass any other as dice() or the like.";
}

/** A name or spec, checked and spelled out. @throws OptionError with the nearest known name. */
export function resolveLoss(where: string, value: unknown): LossSpec {
  const spec = (typeof value === "object" && value ? value : { type: value }) as LossOptions & { type?: unknown };
  const { type: given, ...options } = spec;
  const name = fromShort(SHORT, given) as LossName;
  const type = Object.hasOwn(known, name) ? name : checkName(where, name, listed, ALIASES, remedyFor(given));
  if (!("fromLogits" in known[type].options)) {
    if (options.fromLogits) throw new OptionError(`${where}: ${type} has no logits: drop fromLogits.`);
    delete options.fromLogits; // a spec always has false
  }
  return makeLoss(`${where} ${type}`, type, options);
}
