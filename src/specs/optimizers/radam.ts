/** Rectified Adam, which needs no warm-up. */
import { type Given, number, type Spec } from "../../base/options.js";
import {
  type CommonOptions,
  type CommonSpec,
  commonOptions,
  DECAY,
  learningRateOption,
  makeOptimizer,
  type OptimizerDefinition,
} from "./optimizer.js";

/** Options of `radam`. */
const radamOptions = {
  /** A number >= 0, a schedule, or a function of step and epoch. @default 0.001 */
  learningRate: learningRateOption(0.001),
  ...commonOptions,
  /** Decay of the mean of gradients, 0 to below 1. @default 0.9 */
  beta1: number(DECAY, 0.9),
  /** Decay of the mean of squared gradients, 0 to below 1. @default 0.999 */
  beta2: number(DECAY, 0.999),
  /** Keeps the division away from zero. @default 1e-8 */
  epsilon: number({ above: 0 }, 1e-8),
};

/** Options of `radam`. */
export interface RadamOptions extends CommonOptions, Given<typeof radamOptions> {}

/** RAdam with every option spelled out. */
export interface RadamSpec extends CommonSpec, Spec<"radam", typeof radamOptions> {}

/**
 * RAdam (Liu et al. 2020): m and v as in Adam, m̂ = m/(1 − β₁ᵗ), ρ∞ = 2/(1 − β₂) − 1, ρ = ρ∞ − 2t β₂ᵗ/(1 − β₂ᵗ). While
 * ρ <= 5 the variance is not known: w ← w − η m̂. Then w ← w − η r m̂ √(1 − β₂ᵗ) / (√v + ε), with
 * r² = (ρ − 4)(ρ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρ). Formula and defaults are those of PyTorch's `RAdam`.
 */
export function radam(options: RadamOptions = {}): RadamSpec {
  return makeOptimizer("radam", radamOptions, options, arguments);
}

/** Not scale-free: while the variance is not known, steps are as large as the gradients. */
export const radamDefinition: OptimizerDefinition<RadamSpec, RadamOptions> = {
  options: radamOptions,
  slots: () => ["m", "v"],
};
