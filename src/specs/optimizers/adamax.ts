/** Relatives of Adam: Adamax, which divides by a maximum; Nadam, which looks ahead; Lion, which takes signs. */
import { checkArguments, checkNumber } from "../../base/errors.js";
import { exp, log } from "../../base/math.js";
import { Op } from "../../plan/op.js";
import {
  type CommonSpec,
  type Compat,
  checkCommon,
  checkCompat,
  checkDecay,
  type OptimizerDefinition,
  operands,
  type UpdateOptions,
} from "./optimizer.js";

/** Options of `adamax` and `nadam`; `learningRate` is 0.001 by default, or 0.002 with compat: "torch". */
export interface AdamaxOptions extends UpdateOptions {
  /** Decay of the mean of gradients, 0 to below 1. @default 0.9 */
  beta1?: number;
  /** Decay of the size of gradients, 0 to below 1. @default 0.999 */
  beta2?: number;
  /** Keeps the division away from zero. @default 1e-7, or 1e-8 with compat: "torch" */
  epsilon?: number;
  /** Keras's form or PyTorch's. @default "keras" */
  compat?: Compat;
}

type AdamaxFields = Readonly<Required<AdamaxOptions>> & CommonSpec;

/** Adamax with every option spelled out. */
export type AdamaxSpec = { readonly type: "adamax" } & AdamaxFields;

/** Nadam with every option spelled out. */
export type NadamSpec = { readonly type: "nadam" } & AdamaxFields;

function resolve(where: string, options: AdamaxOptions): AdamaxFields {
  const compat = checkCompat(where, options?.compat ?? "keras");
  const learningRate = compat === "torch" ? 0.002 : 0.001;
  const common = checkCommon(where, options, ["beta1", "beta2", "epsilon", "compat"], { learningRate });
  const { beta1 = 0.9, beta2 = 0.999, epsilon = compat === "torch" ? 1e-8 : 1e-7 } = options;
  return {
    ...common,
    beta1: checkDecay(`${where}: beta1`, beta1),
    beta2: checkDecay(`${where}: beta2`, beta2),
    epsilon: checkNumber(`${where}: epsilon`, epsilon, { above: 0 }),
    compat,
  };
}

/**
 * Adamax (Kingma and Ba 2015, section 7.1): m ← β₁m + (1 − β₁)g, u ← max(β₂u, |g|),
 * w ← w − η/(1 − β₁ᵗ) · m / (u + ε), as in Keras. With `compat: "torch"` u ← max(β₂u, |g| + ε), and m is divided by u.
 * @throws OptionError for unknown options or values out of range.
 */
export function adamax(options: AdamaxOptions = {}): AdamaxSpec {
  checkArguments("adamax", arguments, 1);
  return { type: "adamax", ...resolve("adamax", options) };
}

/**
 * Nadam (Dozat 2016), Adam with Nesterov's momentum: m and v as in Adam; with uₜ = β₁(1 − ½ · 0.96ᵗ) and Uₜ = u₁ … uₜ,
 * w ← w − η (uₜ₊₁ m/(1 − Uₜ₊₁) + (1 − uₜ) g/(1 − Uₜ)) / (√(v/(1 − β₂ᵗ)) + ε), as in Keras. With `compat: "torch"`
 * 0.96 is raised to t · 0.004, PyTorch's `momentum_decay`.
 * @throws OptionError for unknown options or values out of range.
 */
export function nadam(options: AdamaxOptions = {}): NadamSpec {
  checkArguments("nadam", arguments, 1);
  return { type: "nadam", ...resolve("nadam", options) };
}

export const adamaxDefinition: OptimizerDefinition<AdamaxSpec> = {
  resolve: adamax,
  slots: () => [
    { slab: "slot1", name: "m" },
    { slab: "slot2", name: "u" },
  ],
  emit(tape, { beta1, beta2, epsilon, compat }, span) {
    const slots = { m: tape.span("slot1", span), u: tape.span("slot2", span) };
    const epsilonInside = Number(compat === "torch");
    tape.emit({ op: Op.Adamax, ...operands(tape, span), ...slots, beta1, beta2, epsilon, epsilonInside });
  },
  isScaleFree: true,
};

export const nadamDefinition: OptimizerDefinition<NadamSpec> = {
  resolve: nadam,
  slots: () => [
    { slab: "slot1", name: "m" },
    { slab: "slot2", name: "v" },
  ],
  emit(tape, { beta1, beta2, epsilon, compat }, span) {
    const slots = { m: tape.span("slot1", span), v: tape.span("slot2", span) };
    const momentumDecay = compat === "torch" ? exp(0.004 * log(0.96)) : 0.96;
    tape.emit({ op: Op.Nadam, ...operands(tape, span), ...slots, beta1, beta2, momentumDecay, epsilon });
  },
  isScaleFree: true,
};

/** Options of `lion`; `learningRate` is 0.001 by default. */
export interface LionOptions extends UpdateOptions {
  /** Share of m in the direction, 0 to below 1. @default 0.9 */
  beta1?: number;
  /** Decay of m, the mean of gradients, 0 to below 1. @default 0.99 */
  beta2?: number;
}

/** Lion with every option spelled out. */
export type LionSpec = { readonly type: "lion" } & Readonly<Required<LionOptions>> & CommonSpec;

/**
 * Lion (Chen et al. 2023): w ← w − η sign(β₁m + (1 − β₁)g), then m ← β₂m + (1 − β₂)g, as in Keras. Every weight moves
 * by η, so rates are usually a third to a tenth of Adam's. Without gradients it goes on moving until m, below 2⁻¹⁰⁰, is
 * set to 0.
 * @throws OptionError for unknown options or values out of range.
 */
export function lion(options: LionOptions = {}): LionSpec {
  checkArguments("lion", arguments, 1);
  const common = checkCommon("lion", options, ["beta1", "beta2"], { learningRate: 0.001 });
  const { beta1 = 0.9, beta2 = 0.99 } = options;
  return {
    type: "lion",
    ...common,
    beta1: checkDecay("lion: beta1", beta1),
    beta2: checkDecay("lion: beta2", beta2),
  };
}

export const lionDefinition: OptimizerDefinition<LionSpec> = {
  resolve: lion,
  slots: () => [{ slab: "slot1", name: "m" }],
  emit(tape, { beta1, beta2 }, span) {
    tape.emit({ op: Op.Lion, ...operands(tape, span), m: tape.span("slot1", span), beta1, beta2 });
  },
  isScaleFree: true,
};
