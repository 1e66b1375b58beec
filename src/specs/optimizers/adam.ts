/** Adam, with AMSGrad, and AdamW: Adam with weight decay by default. */
import { flag, type Given, number, type Spec } from "../../base/options.js";
import * as Op from "../../plan/ops.js";
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

/** Options of `adam`. */
const adamOptions = {
  /** A number >= 0, a schedule, or a function of step and epoch. @default 0.001 */
  learningRate: learningRateOption(0.001),
  ...commonOptions,
  /** Decay of the mean of gradients, 0 to below 1. @default 0.9 */
  beta1: number(DECAY, 0.9),
  /** Decay of the mean of squared gradients, 0 to below 1. @default 0.999 */
  beta2: number(DECAY, 0.999),
  /** Keeps the division away from zero. @default 1e-7, or 1e-8 with compat: "torch" */
  epsilon: number({ above: 0 }, perCompat(1e-7, 1e-8)),
  /** Divide by the largest v so far (AMSGrad, Reddi et al. 2018). @default false */
  amsgrad: flag(false),
  /** Position of epsilon: Keras's form or PyTorch's. @default "keras" */
  compat: compatOption,
};

/** Options of `adam`. */
export interface AdamOptions extends CommonOptions, Given<typeof adamOptions> {}

/** Adam with every option spelled out. */
export interface AdamSpec extends CommonSpec, Spec<"adam", typeof adamOptions> {}

/** Options of `adamw`. */
const adamwOptions = {
  ...adamOptions,
  /**
   * w ← w − η · weightDecay · w before each update, decoupled from the gradient.
   * @default 0.004, or 0.01 with compat: "torch"
   */
  weightDecay: number({ min: 0 }, perCompat(0.004, 0.01)),
};

/** Options of `adamw`. */
export interface AdamwOptions extends Omit<CommonOptions, "weightDecay">, Given<typeof adamwOptions> {}

/** AdamW with every option spelled out. */
export interface AdamwSpec extends Omit<CommonSpec, "weightDecay">, Spec<"adamw", typeof adamwOptions> {}

/**
 * Adam (Kingma and Ba 2015): m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g²,
 * w ← w − η √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m / (√v + ε), the "epsilon hat" form of the paper's section 2, as in Keras.
 * With `compat: "torch"` w ← w − η m̂ / (√v̂ + ε), with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ), as in PyTorch.
 * With `amsgrad` the largest v so far takes the place of v in the division.
 */
export function adam(options: AdamOptions = {}): AdamSpec {
  return makeOptimizer("adam", adamOptions, options, arguments);
}

/**
 * AdamW (Loshchilov and Hutter 2019): `adam` with a decoupled `weightDecay` of 0.004, as in Keras, or 0.01 with
 * `compat: "torch"`, as in PyTorch: w ← w − η · weightDecay · w, then Adam's update.
 */
export function adamw(options: AdamwOptions = {}): AdamwSpec {
  return makeOptimizer("adamw", adamwOptions, options, arguments);
}

const definition: Omit<OptimizerDefinition<AdamSpec | AdamwSpec>, "options" | "resolve"> = {
  slots: ({ amsgrad }) => ["m", "v", ...(amsgrad ? ["vHat"] : [])],
  record({ beta1, beta2, epsilon, amsgrad, compat }) {
    return amsgrad ? null : { op: Op.Adam, beta1, beta2, epsilon, epsilonInside: Number(compat === "torch") };
  },
  isScaleFree: true,
};

export const adamDefinition: OptimizerDefinition<AdamSpec, AdamOptions> = { options: adamOptions, ...definition };
export const adamwDefinition: OptimizerDefinition<AdamwSpec, AdamwOptions> = { options: adamwOptions, ...definition };
