/** Relatives of Adam: Adamax, which divides by a maximum; Nadam, which looks ahead; Lion, which takes signs. */
import { type Given, number, type Spec } from "../../base/options.js";
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

/** Options of `adamax`. */
const adamaxOptions = {
  /** A number >= 0, a schedule, or a function of step and epoch. @default 0.001, or 0.002 with compat: "torch" */
  learningRate: learningRateOption(perCompat(0.001, 0.002)),
  ...commonOptions,
  /** Decay of the mean of gradients, 0 to below 1. @default 0.9 */
  beta1: number(DECAY, 0.9),
  /** Decay of the size of gradients, 0 to below 1. @default 0.999 */
  beta2: number(DECAY, 0.999),
  /** Keeps the division away from zero. @default 1e-7, or 1e-8 with compat: "torch" */
  epsilon: number({ above: 0 }, perCompat(1e-7, 1e-8)),
  /** Keras's form or PyTorch's. @default "keras" */
  compat: compatOption,
};

/** Options of `adamax`. */
export interface AdamaxOptions extends CommonOptions, Given<typeof adamaxOptions> {}

/** Options of `nadam`. */
const nadamOptions = {
  ...adamaxOptions,
  /** Speed of the warm-up of β₁, >= 0. @default 1, or 0.004 with compat: "torch" */
  momentumDecay: number({ min: 0 }, perCompat(1, 0.004)),
};

/** Options of `nadam`. */
export interface NadamOptions extends CommonOptions, Given<typeof nadamOptions> {}

/** Adamax with every option spelled out. */
export interface AdamaxSpec extends CommonSpec, Spec<"adamax", typeof adamaxOptions> {}

/** Nadam with every option spelled out. */
export interface NadamSpec extends CommonSpec, Spec<"nadam", typeof nadamOptions> {}

/**
 * Adamax (Kingma and Ba 2015, section 7.1): m ← β₁m + (1 − β₁)g, u ← max(β₂u, |g|),
 * w ← w − η/(1 − β₁ᵗ) · m / (u + ε), as in Keras. With `compat: "torch"` u ← max(β₂u, |g| + ε), and m is divided by u.
 */
export function adamax(options: AdamaxOptions = {}): AdamaxSpec {
  return makeOptimizer("adamax", adamaxOptions, options, arguments);
}

/**
 * Nadam (Dozat 2016), Adam with Nesterov's momentum: m and v as in Adam; with uₜ = β₁(1 − ½ · 0.96^(t · momentumDecay))
 * and Uₜ = u₁ … uₜ, w ← w − η (uₜ₊₁ m/(1 − Uₜ₊₁) + (1 − uₜ) g/(1 − Uₜ)) / (√(v/(1 − β₂ᵗ)) + ε). In Keras
 * `momentumDecay` is always 1.
 */
export function nadam(options: NadamOptions = {}): NadamSpec {
  return makeOptimizer("nadam", nadamOptions, options, arguments);
}

export const adamaxDefinition: OptimizerDefinition<AdamaxSpec, AdamaxOptions> = {
  options: adamaxOptions,
  slots: () => ["m", "u"],
  isScaleFree: true,
};

export const nadamDefinition: OptimizerDefinition<NadamSpec, NadamOptions> = {
  options: nadamOptions,
  slots: () => ["m", "v"],
  isScaleFree: true,
};

/** Options of `lion`. */
const lionOptions = {
  /** A number >= 0, a schedule, or a function of step and epoch. @default 0.001 */
  learningRate: learningRateOption(0.001),
  ...commonOptions,
  /** Share of m in the direction, 0 to below 1. @default 0.9 */
  beta1: number(DECAY, 0.9),
  /** Decay of m, the mean of gradients, 0 to below 1. @default 0.99 */
  beta2: number(DECAY, 0.99),
};

/** Options of `lion`. */
export interface LionOptions extends CommonOptions, Given<typeof lionOptions> {}

/** Lion with every option spelled out. */
export interface LionSpec extends CommonSpec, Spec<"lion", typeof lionOptions> {}

/**
 * Lion (Chen et al. 2023): w ← w − η sign(β₁m + (1 − β₁)g), then m ← β₂m + (1 − β₂)g, as in Keras. Every weight moves
 * by η, so rates are usually a third to a tenth of Adam's. Without gradients, weights keep moving until m falls below
 * 2⁻¹⁰⁰ and is set to 0.
 */
export function lion(options: LionOptions = {}): LionSpec {
  return makeOptimizer("lion", lionOptions, options, arguments);
}

export const lionDefinition: OptimizerDefinition<LionSpec, LionOptions> = {
  options: lionOptions,
  slots: () => ["m"],
  isScaleFree: true,
};
