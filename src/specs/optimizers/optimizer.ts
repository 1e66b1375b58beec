/**
 * The contract of an optimizer: plain data with defaults, slots, and the record it emits for a range of parameters; and
 * the options that every optimizer has. Knows no optimizer by name.
 */
import { OptionError, show } from "../../base/errors.js";
import {
  type Fallback,
  flag,
  type Given,
  type Kept,
  makeSpec,
  nullable,
  number,
  type Option,
  type Spec,
  via,
} from "../../base/options.js";
import type { OpEntry } from "../../plan/field.js";
import type { ScriptMaker } from "../../plan/record.js";
import type { SlotName, TensorRef } from "../../plan/tensor.js";
import { type LearningRate, resolveLearningRate } from "../schedules/learningRate.js";

/** Options of every optimizer, in the order in which they act on a step. */
export const commonOptions = {
  /**
   * Steps whose gradients are averaged before one update. Learning-rate schedules, constraints and averages of weights
   * count updates; in Keras they count batches (ADR 23). @default 1
   */
  gradientAccumulationSteps: number({ min: 1, max: 2 ** 24, integer: true }, 1),
  /** Scale the gradient of each weight tensor down to this norm if it is larger. `null` for no limit. @default null */
  clipNorm: nullable(number({ above: 0 })),
  /** Scale all gradients together down to this norm if it is larger. `null` for no limit. @default null */
  globalClipNorm: nullable(number({ above: 0 })),
  /** Clip each element of a gradient to ±clipValue. `null` for no limit. @default null */
  clipValue: nullable(number({ above: 0 })),
  /**
   * w ← w − η · weightDecay · w before each update: decoupled from the gradient (Loshchilov and Hutter 2019), as in
   * Keras, with any optimizer. PyTorch's `weight_decay` of `SGD` and `Adam` is different: an L2 penalty, which here
   * is `kernelRegularizer: l2(weightDecay / 2)`.
   * @default 0
   */
  weightDecay: number({ min: 0 }, 0),
  /** Weights that do not decay: those whose name, such as `dense_1/bias`, contains one of these. @default [] */
  excludeFromWeightDecay: via<readonly string[], readonly string[]>(checkFragments, []),
  /**
   * Keep an exponential moving average of the weights, and replace them by it when `fit` ends, as in Keras. It is
   * taken after each update, of weights to which constraints were applied; Keras takes it after each batch, before it
   * applies constraints (ADR 23).
   * Until then training, validation and callbacks use the weights themselves. The next `fit` continues from them, not
   * from the averages.
   * @default false
   */
  useEma: flag(false),
  /** average ← emaMomentum · average + (1 − emaMomentum) · w after each update, 0 to below 1. @default 0.99 */
  emaMomentum: number({ min: 0, below: 1 }, 0.99),
  /**
   * Updates after which the averages replace the weights during training, again and again: an integer >= 1. `null` for
   * the end of `fit` only. Needs `useEma`. @default null
   */
  emaOverwriteFrequency: nullable(number({ min: 1, integer: true })),
};

/** Options of every optimizer. */
export interface CommonOptions extends Given<typeof commonOptions> {}

/** The common options, with defaults filled in. */
export interface CommonSpec extends Kept<typeof commonOptions> {}

/** An option that is a learning rate. */
// @__NO_SIDE_EFFECTS__
export function learningRateOption(fallback: Fallback<number>): Option<LearningRate, LearningRate, "default"> {
  return via<LearningRate, LearningRate>(resolveLearningRate, fallback);
}

/** A learning rate, and the options of every optimizer. */
export interface UpdateOptions extends CommonOptions {
  /** A number >= 0, a schedule, or a function of step and epoch. */
  learningRate?: LearningRate;
}

const CLIPPINGS = ["clipNorm", "globalClipNorm", "clipValue"] as const;

/** The spec of an optimizer from the options of its factory. @throws OptionError */
export function makeOptimizer<Type extends string, T extends typeof commonOptions>(
  type: Type,
  table: T,
  options: object,
  args?: ArrayLike<unknown>,
): Spec<Type, T> {
  const spec = makeSpec(type, table, options, args);
  const { clipNorm, globalClipNorm, clipValue, useEma, emaOverwriteFrequency } = spec as object as CommonSpec;
  const clipping = { clipNorm, globalClipNorm, clipValue };
  const given = CLIPPINGS.filter((name) => clipping[name] !== null);
  if (given.length > 1)
    throw new OptionError(`${type}: give only one of ${CLIPPINGS.join(", ")}, got ${given.join(" and ")}.`);
  if (emaOverwriteFrequency && !useEma) throw new OptionError(`${type}: emaOverwriteFrequency needs useEma: true.`);
  return spec;
}

function checkFragments(where: string, value: unknown): readonly string[] {
  const isList = Array.isArray(value) && value.every((item) => typeof item === "string" && item !== "");
  if (isList) return [...value];
  throw new OptionError(`${where}: expected a list of names or parts of names such as ["bias"], got ${show(value)}.`);
}

/** Range of the decay of a running mean. */
export const DECAY = { min: 0, below: 1 };

/** A vector of state for each parameter. */
export interface Slot {
  readonly slab: SlotName;
  /** Name of its tensors in files and traces. */
  readonly name: string;
  /** First value. @default 0 */
  readonly initial?: number;
}

/** The record of an update without its tensors: its constants, and `null` for slots that it does without. */
export interface UpdateRecord {
  readonly op: OpEntry;
  /** Runs the record in TypeScript, if it has no kernel. */
  readonly script?: ScriptMaker;
  readonly [constant: string]: unknown;
}

/** Facts about an optimizer for other modules, whatever its type. */
export interface OptimizerFacts {
  /**
   * Name of the method, if it minimizes the loss of all rows at once: it needs them in one batch, searches for the
   * length of its steps itself, supports no constraints, and has a memory of its own instead of slots.
   * @default none: it emits updates
   */
  readonly minimizer?: string;
  /** True if its update takes an average of the weights; its `useEma` is true. @default false */
  readonly averages?: boolean;
  /** True if the averages are the model also while it trains, except in steps. @default false */
  readonly evaluatesAverages?: boolean;
  /** Name of the method, if it cannot keep to constraints. @default the name of the minimizer */
  readonly unconstrained?: string;
  /** True if its steps have the same size whatever the scale of the gradients. @default false */
  readonly isScaleFree?: boolean;
}

/** Everything a model needs from one type of optimizer. */
export interface OptimizerDefinition<Spec, Options = never> extends OptimizerFacts {
  /** The options, if reading them by this table is all that the factory does. */
  readonly options?: typeof commonOptions;
  /** Otherwise: checks options as the factory does, and fills in defaults. */
  readonly resolve?: (options: Options) => Spec;
  /** The vectors of state that it keeps, at most three: fields of its record, and parts of names in files. */
  slots(spec: Spec): readonly string[];
  /** First value of a slot. @default 0 */
  initial?(spec: Spec, slot: string): number;
  /**
   * The record that updates a range of parameters from their gradients, `first` being the first of them; `null` for
   * one in `rareUpdates.ts`.
   * @default none: it is in `rareUpdates.ts`, or a minimizer
   */
  record?(spec: Spec, first: TensorRef): UpdateRecord | null;
  /** True if each parameter has a record of its own. @default false */
  readonly perTensor?: boolean;
}
