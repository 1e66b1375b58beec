/** Optimizers that divide by a running size of the gradients: RMSprop, Adagrad, Adadelta. */
import { flag, type Given, number, type Spec } from "../../base/options.js";
import { compatOption, perCompat } from "../compat.js";
import {
  type CommonOptions,
  type CommonSpec,
  commonOptions,
  DECAY,
  learningRateOption,
  makeOptimizer,
  type OptimizerDefinition,
} from "./optimizer.js";

/** Options of `rmsprop`. */
const rmspropOptions = {
  /** A number >= 0, a schedule, or a function of step and epoch. @default 0.001, or 0.01 with compat: "torch" */
  learningRate: learningRateOption(perCompat(0.001, 0.01)),
  ...commonOptions,
  /** Decay of the mean of squared gradients, 0 to below 1. @default 0.9, or 0.99 with compat: "torch" */
  rho: number(DECAY, perCompat(0.9, 0.99)),
  /** Share of the last change that is kept, 0 to below 1. @default 0 */
  momentum: number(DECAY, 0),
  /** Keeps the division away from zero. @default 1e-7, or 1e-8 with compat: "torch" */
  epsilon: number({ above: 0 }, perCompat(1e-7, 1e-8)),
  /** Divide by an estimate of the variance instead of the mean square. @default false */
  centered: flag(false),
  /** Position of epsilon, and learning rate inside the momentum (Keras) or outside (PyTorch). @default "keras" */
  compat: compatOption,
};

/** Options of `rmsprop`. */
export interface RmspropOptions extends CommonOptions, Given<typeof rmspropOptions> {}

/** RMSprop with every option spelled out. */
export interface RmspropSpec extends CommonSpec, Spec<"rmsprop", typeof rmspropOptions> {}

/**
 * RMSprop (Tieleman and Hinton 2012): s ← ρs + (1 − ρ)g², w ← w − η g / √(s + ε), as in Keras. With `centered` also
 * a ← ρa + (1 − ρ)g, and s − a² takes the place of s. With `momentum` v ← μv + η g / √(s + ε), w ← w − v.
 * With `compat: "torch"` the divisor is √s + ε, and v is without η: w ← w − η v.
 */
export function rmsprop(options: RmspropOptions = {}): RmspropSpec {
  return makeOptimizer("rmsprop", rmspropOptions, options, arguments);
}

export const rmspropDefinition: OptimizerDefinition<RmspropSpec, RmspropOptions> = {
  options: rmspropOptions,
  slots: ({ centered, momentum }) => [
    "meanSquare",
    ...(centered ? ["meanGradient"] : []),
    ...(momentum > 0 ? ["velocity"] : []),
  ],
  isScaleFree: true,
};

/** Options of `adagrad`. */
const adagradOptions = {
  /** A number >= 0, a schedule, or a function of step and epoch. @default 0.001, or 0.01 with compat: "torch" */
  learningRate: learningRateOption(perCompat(0.001, 0.01)),
  ...commonOptions,
  /** First value of the sum of squared gradients, >= 0. @default 0.1, or 0 with compat: "torch" */
  initialAccumulatorValue: number({ min: 0, max: 1e30 }, perCompat(0.1, 0)),
  /** Decay of the learning rate: η / (1 + lrDecay · (t − 1)) in step t, >= 0. @default 0 */
  lrDecay: number({ min: 0 }, 0),
  /** Keeps the division away from zero. @default 1e-7, or 1e-10 with compat: "torch" */
  epsilon: number({ above: 0 }, perCompat(1e-7, 1e-10)),
  /** Position of epsilon: Keras's form or PyTorch's. @default "keras" */
  compat: compatOption,
};

/** Options of `adagrad`. */
export interface AdagradOptions extends CommonOptions, Given<typeof adagradOptions> {}

/** Adagrad with every option spelled out. */
export interface AdagradSpec extends CommonSpec, Spec<"adagrad", typeof adagradOptions> {}

/**
 * Adagrad (Duchi, Hazan and Singer 2011): s ← s + g², w ← w − η g / √(s + ε), as in Keras. With `compat: "torch"` the
 * divisor is √s + ε. `lrDecay` is PyTorch's `lr_decay`, with either form.
 */
export function adagrad(options: AdagradOptions = {}): AdagradSpec {
  return makeOptimizer("adagrad", adagradOptions, options, arguments);
}

export const adagradDefinition: OptimizerDefinition<AdagradSpec, AdagradOptions> = {
  options: adagradOptions,
  slots: () => ["accumulator"],
  initial: ({ initialAccumulatorValue }) => initialAccumulatorValue,
};

/** Options of `adadelta`. */
const adadeltaOptions = {
  /** A number >= 0, a schedule, or a function of step and epoch. @default 0.001, or 1 with compat: "torch" */
  learningRate: learningRateOption(perCompat(0.001, 1)),
  ...commonOptions,
  /** Decay of the running means, 0 to below 1. @default 0.95, or 0.9 with compat: "torch" */
  rho: number(DECAY, perCompat(0.95, 0.9)),
  /** Starts the changes, and keeps the division away from zero. @default 1e-7, or 1e-6 with compat: "torch" */
  epsilon: number({ above: 0 }, perCompat(1e-7, 1e-6)),
  /** The library whose defaults are used; the formula is the same. @default "keras" */
  compat: compatOption,
};

/** Options of `adadelta`. */
export interface AdadeltaOptions extends CommonOptions, Given<typeof adadeltaOptions> {}

/** Adadelta with every option spelled out. */
export interface AdadeltaSpec extends CommonSpec, Spec<"adadelta", typeof adadeltaOptions> {}

/**
 * Adadelta (Zeiler 2012): s ← ρs + (1 − ρ)g², d = g √(r + ε) / √(s + ε), r ← ρr + (1 − ρ)d², w ← w − η d. The paper
 * has η = 1.
 */
export function adadelta(options: AdadeltaOptions = {}): AdadeltaSpec {
  return makeOptimizer("adadelta", adadeltaOptions, options, arguments);
}

export const adadeltaDefinition: OptimizerDefinition<AdadeltaSpec, AdadeltaOptions> = {
  options: adadeltaOptions,
  slots: () => ["meanSquare", "meanChange"],
};
