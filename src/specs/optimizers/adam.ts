/** Adam, with AMSGrad, and AdamW: Adam with weight decay by default. */
import { checkArguments, checkBoolean, checkNumber } from "../../base/errors.js";
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

/** Options of `adam` and `adamw`; `learningRate` is 0.001 by default. */
export interface AdamOptions extends UpdateOptions {
  /** Decay of the mean of gradients, 0 to below 1. @default 0.9 */
  beta1?: number;
  /** Decay of the mean of squared gradients, 0 to below 1. @default 0.999 */
  beta2?: number;
  /** Keeps the division away from zero. @default 1e-7, or 1e-8 with compat: "torch" */
  epsilon?: number;
  /** Divide by the largest v so far (AMSGrad, Reddi et al. 2018). @default false */
  amsgrad?: boolean;
  /** Where epsilon stands: Keras's form or PyTorch's. @default "keras" */
  compat?: Compat;
}

type AdamFields = Readonly<Required<AdamOptions>> & CommonSpec;

/** Adam with every option spelled out. */
export type AdamSpec = { readonly type: "adam" } & AdamFields;

/** AdamW with every option spelled out. */
export type AdamwSpec = { readonly type: "adamw" } & AdamFields;

function resolve(where: string, options: AdamOptions, decays: Record<Compat, number>): AdamFields {
  const compat = checkCompat(where, options?.compat ?? "keras");
  const own = ["beta1", "beta2", "epsilon", "amsgrad", "compat"] as const;
  const common = checkCommon(where, options, own, { learningRate: 0.001, weightDecay: decays[compat] });
  const { beta1 = 0.9, beta2 = 0.999, epsilon = compat === "torch" ? 1e-8 : 1e-7, amsgrad = false } = options;
  return {
    ...common,
    beta1: checkDecay(`${where}: beta1`, beta1),
    beta2: checkDecay(`${where}: beta2`, beta2),
    epsilon: checkNumber(`${where}: epsilon`, epsilon, { above: 0 }),
    amsgrad: checkBoolean(`${where}: amsgrad`, amsgrad),
    compat,
  };
}

/**
 * Adam (Kingma and Ba 2015): m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g²,
 * w ← w − η √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m / (√v + ε), the "epsilon hat" form of the paper's section 2, as in Keras.
 * With `compat: "torch"` w ← w − η m̂ / (√v̂ + ε), with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ), as in PyTorch.
 * With `amsgrad` the largest v so far takes the place of v in the division.
 * @throws OptionError for unknown options or values out of range.
 */
export function adam(options: AdamOptions = {}): AdamSpec {
  checkArguments("adam", arguments, 1);
  return { type: "adam", ...resolve("adam", options, { keras: 0, torch: 0 }) };
}

/**
 * AdamW (Loshchilov and Hutter 2019): `adam` with a decoupled `weightDecay` of 0.004, as in Keras, or 0.01 with
 * `compat: "torch"`, as in PyTorch: w ← w − η · weightDecay · w, then Adam's update.
 * @throws OptionError for unknown options or values out of range.
 */
export function adamw(options: AdamOptions = {}): AdamwSpec {
  checkArguments("adamw", arguments, 1);
  return { type: "adamw", ...resolve("adamw", options, { keras: 0.004, torch: 0.01 }) };
}

const definition: Omit<OptimizerDefinition<AdamFields>, "resolve"> = {
  slots: ({ amsgrad }) => [
    { slab: "slot1", name: "m" },
    { slab: "slot2", name: "v" },
    ...(amsgrad ? [{ slab: "slot3", name: "vHat" } as const] : []),
  ],
  emit(tape, { beta1, beta2, epsilon, amsgrad, compat }, span) {
    const slots = { m: tape.span("slot1", span), v: tape.span("slot2", span) };
    const constants = { beta1, beta2, epsilon, epsilonInside: Number(compat === "torch") };
    const record = { ...operands(tape, span), ...slots, ...constants };
    if (amsgrad) tape.emit({ op: Op.AmsGrad, ...record, vHat: tape.span("slot3", span) });
    else tape.emit({ op: Op.Adam, ...record });
  },
  isScaleFree: true,
};

export const adamDefinition: OptimizerDefinition<AdamSpec> = { resolve: adam, ...definition };
export const adamwDefinition: OptimizerDefinition<AdamwSpec> = { resolve: adamw, ...definition };
