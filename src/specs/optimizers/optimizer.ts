/**
 * What an optimizer is to the rest: plain data with defaults, slots, and the record it emits for a stretch of
 * parameters; and the options that every optimizer has. Knows no optimizer by name.
 */
import { checkBoolean, checkKeys, checkName, checkNumber, OptionError, show } from "../../base/errors.js";
import type { Tape } from "../../plan/tape.js";
import type { SlotName, Span, TensorRef } from "../../plan/tensor.js";
import { type LearningRate, resolveLearningRate } from "../schedules/index.js";

/** Options of every optimizer, in the order in which they act on a step. */
export interface CommonOptions {
  /**
   * Steps whose gradients are averaged before one update. Learning-rate schedules, constraints and averages of weights
   * go by updates; in Keras they go by batches (ADR 23). @default 1
   */
  gradientAccumulationSteps?: number;
  /** Scale the gradient of each weight tensor down to this norm, where it is larger. `null` for no limit. @default null */
  clipNorm?: number | null;
  /** Scale all gradients together down to this norm, where it is larger. `null` for no limit. @default null */
  globalClipNorm?: number | null;
  /** Cut each element of a gradient to ±clipValue. `null` for no limit. @default null */
  clipValue?: number | null;
  /**
   * w ← w − η · weightDecay · w before each update: decoupled from the gradient (Loshchilov and Hutter 2019), as in
   * Keras, with any optimizer. PyTorch's `weight_decay` of `SGD` and `Adam` is another thing: an L2 penalty, which here
   * is `kernelRegularizer: l2(weightDecay / 2)`.
   * @default 0
   */
  weightDecay?: number;
  /** Weights that do not decay: those whose name, such as `dense_1/bias`, contains one of these. @default [] */
  excludeFromWeightDecay?: readonly string[];
  /**
   * Keep an exponential moving average of the weights, and let it take their place when `fit` ends, as in Keras. It is
   * taken after each update, of weights to which constraints were applied; Keras takes it after each batch, before it
   * applies constraints (ADR 23).
   * Until then training, validation and callbacks go by the weights themselves. The next `fit` goes on from them, not
   * from the averages.
   * @default false
   */
  useEma?: boolean;
  /** average ← emaMomentum · average + (1 − emaMomentum) · w after each update, 0 to below 1. @default 0.99 */
  emaMomentum?: number;
}

/** The common options, spelled out. */
export type CommonSpec = Readonly<Required<CommonOptions>>;

/** A learning rate beside the options of every optimizer. */
export interface UpdateOptions extends CommonOptions {
  /** A number >= 0, a schedule, or a function of step and epoch. */
  learningRate?: LearningRate;
}

const COMMON_KEYS = [
  "learningRate",
  "gradientAccumulationSteps",
  "clipNorm",
  "globalClipNorm",
  "clipValue",
  "weightDecay",
  "excludeFromWeightDecay",
  "useEma",
  "emaMomentum",
] as const satisfies readonly (keyof UpdateOptions)[];

const CLIPPINGS = ["clipNorm", "globalClipNorm", "clipValue"] as const;

/**
 * Checks the options that every optimizer has, and that all of them are known.
 * @param own Names of the optimizer's own options.
 */
export function checkCommon<Options extends UpdateOptions>(
  where: string,
  options: Options,
  own: readonly (keyof Options & string)[],
  defaults: { readonly learningRate: number; readonly weightDecay?: number },
): CommonSpec & { readonly learningRate: LearningRate } {
  checkKeys(where, options, ["learningRate", ...own, ...COMMON_KEYS.slice(1)]);
  const { gradientAccumulationSteps = 1, useEma = false, emaMomentum = 0.99 } = options;
  const { learningRate = defaults.learningRate, weightDecay = defaults.weightDecay ?? 0 } = options;
  return {
    learningRate: resolveLearningRate(`${where}: learningRate`, learningRate),
    gradientAccumulationSteps: checkNumber(`${where}: gradientAccumulationSteps`, gradientAccumulationSteps, {
      min: 1,
      max: 2 ** 24,
      integer: true,
    }),
    ...checkClipping(where, options),
    weightDecay: checkNumber(`${where}: weightDecay`, weightDecay, { min: 0 }),
    excludeFromWeightDecay: checkFragments(`${where}: excludeFromWeightDecay`, options.excludeFromWeightDecay ?? []),
    useEma: checkBoolean(`${where}: useEma`, useEma),
    emaMomentum: checkNumber(`${where}: emaMomentum`, emaMomentum, { min: 0, below: 1 }),
  };
}

function checkClipping(where: string, options: CommonOptions): Pick<CommonSpec, (typeof CLIPPINGS)[number]> {
  const { clipNorm = null, globalClipNorm = null, clipValue = null } = options;
  const clipping = { clipNorm, globalClipNorm, clipValue };
  const given = CLIPPINGS.filter((name) => clipping[name] !== null);
  for (const name of given) checkNumber(`${where}: ${name}`, clipping[name], { above: 0 });
  if (given.length > 1)
    throw new OptionError(`${where}: give only one of ${CLIPPINGS.join(", ")}, got ${given.join(" and ")}.`);
  return clipping;
}

function checkFragments(where: string, value: unknown): readonly string[] {
  const isList = Array.isArray(value) && value.every((item) => typeof item === "string" && item !== "");
  if (isList) return [...value];
  throw new OptionError(`${where}: expected a list of names or parts of names such as ["bias"], got ${show(value)}.`);
}

/** Whose formula: where two libraries part, so do the trajectories. */
export type Compat = "keras" | "torch";

export function checkCompat(where: string, value: unknown): Compat {
  return checkName(`${where}: compat`, value, ["keras", "torch"]);
}

/** Checks a decay of a running mean: 0 to below 1. */
export function checkDecay(where: string, value: number): number {
  return checkNumber(where, value, { min: 0, below: 1 });
}

/** A vector of state for each parameter. */
export interface Slot {
  readonly slab: SlotName;
  /** What its tensors are called in files and traces. */
  readonly name: string;
  /** What it begins with. @default 0 */
  readonly initial?: number;
}

/** What others may ask of an optimizer, whatever its type. */
export interface OptimizerFacts {
  /**
   * Name of the method, where it minimizes the loss of all rows at once: it needs them in one batch, searches for the length
   * of its steps itself, keeps to no constraints, and has a memory of its own instead of slots. @default none: it emits updates
   */
  readonly minimizer?: string;
  /** True if its steps have the same size whatever the scale of the gradients. @default false */
  readonly isScaleFree?: boolean;
}

/** Everything a model asks of one type of optimizer. */
export interface OptimizerDefinition<Spec> extends OptimizerFacts {
  /** Checks options as the factory does, and spells them out. */
  resolve(options: never): Spec;
  /** The state it keeps. */
  slots(spec: Spec): readonly Slot[];
  /** Emits the update of a stretch of parameters from their gradients. */
  emit(tape: Tape, spec: Spec, span: Span): void;
}

/** The operands of every update. */
export function operands(tape: Tape, span: Span): { params: TensorRef; grads: TensorRef; count: number } {
  return { params: tape.span("params", span), grads: tape.span("grads", span), count: span.count };
}
