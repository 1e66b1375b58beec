/**
 * Optimizers as plain data, sorted by rising complexity: options, defaults, state, and the one record each emits.
 * Every optimizer updates the parameters as flat vectors: one record where all of them are trained.
 */
import { checkBoolean, checkKeys, checkName, checkNumber, OptionError, show } from "./errors.js";
import { Op } from "./plan/op.js";
import type { Tape } from "./plan/tape.js";
import { type SlotName, type Span, spansOf, type TensorRef } from "./plan/tensor.js";
import { type LearningRate, resolveLearningRate } from "./schedules.js";

/** Options of `sgd`. */
export interface SgdOptions {
  /** A number, a schedule, or a function of step and epoch. @default 0.01 */
  learningRate?: LearningRate;
  /** Share of the last change that is kept, 0 to 1. @default 0 */
  momentum?: number;
  /** Look ahead along the velocity (Nesterov 1983). @default false */
  nesterov?: boolean;
}

/** Options of `adam`. */
export interface AdamOptions {
  /** A number, a schedule, or a function of step and epoch. @default 0.001 */
  learningRate?: LearningRate;
  /** Decay of the mean of gradients, 0 to below 1. @default 0.9 */
  beta1?: number;
  /** Decay of the mean of squared gradients, 0 to below 1. @default 0.999 */
  beta2?: number;
  /** Keeps the division away from zero. @default 1e-7, or 1e-8 with compat: "torch" */
  epsilon?: number;
  /** Where epsilon stands: Keras's form or PyTorch's. @default "keras" */
  compat?: "keras" | "torch";
}

/** SGD with every option spelled out. */
export type SgdSpec = { readonly type: "sgd" } & Readonly<Required<SgdOptions>>;

/** Adam with every option spelled out. */
export type AdamSpec = { readonly type: "adam" } & Readonly<Required<AdamOptions>>;

/** Any optimizer, as plain data. */
export type OptimizerSpec = SgdSpec | AdamSpec;

export const optimizerNames = ["sgd", "adam"] as const satisfies readonly OptimizerSpec["type"][];

/** What `compile` accepts as an optimizer. */
export type Optimizer = OptimizerSpec["type"] | OptimizerSpec;

/**
 * Gradient descent. Without momentum w ← w − η g. With it, in Keras's form, v ← μ v − η g and w ← w + v;
 * with `nesterov` w ← w + μ v − η g. PyTorch keeps η out of v: the same as long as η does not change.
 * @throws OptionError for unknown options or values out of range.
 */
export function sgd(options: SgdOptions = {}): SgdSpec {
  checkKeys("sgd", options, ["learningRate", "momentum", "nesterov"]);
  const { learningRate = 0.01, momentum = 0, nesterov = false } = options;
  checkNumber("sgd: momentum", momentum, { min: 0, max: 1 });
  if (checkBoolean("sgd: nesterov", nesterov) && momentum === 0) {
    throw new OptionError("sgd: nesterov needs a momentum above 0, got 0. Try momentum: 0.9.");
  }
  return { type: "sgd", learningRate: resolveLearningRate("sgd: learningRate", learningRate), momentum, nesterov };
}

/**
 * Adam (Kingma and Ba 2015): m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g²,
 * w ← w − η √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m / (√v + ε), the "epsilon hat" form of the paper's section 2, as in Keras.
 * With `compat: "torch"` w ← w − η m̂ / (√v̂ + ε), with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ), as in PyTorch.
 * @throws OptionError for unknown options or values out of range.
 */
export function adam(options: AdamOptions = {}): AdamSpec {
  checkKeys("adam", options, ["learningRate", "beta1", "beta2", "epsilon", "compat"]);
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, compat = "keras" } = options;
  checkName("adam: compat", compat, ["keras", "torch"]);
  const { epsilon = compat === "torch" ? 1e-8 : 1e-7 } = options;
  return {
    type: "adam",
    learningRate: resolveLearningRate("adam: learningRate", learningRate),
    beta1: checkNumber("adam: beta1", beta1, { min: 0, below: 1 }),
    beta2: checkNumber("adam: beta2", beta2, { min: 0, below: 1 }),
    epsilon: checkNumber("adam: epsilon", epsilon, { above: 0 }),
    compat,
  };
}

/** A name or spec, checked and spelled out. @throws OptionError with the nearest known name. */
export function resolveOptimizer(where: string, value: unknown): OptimizerSpec {
  const spec = (typeof value === "string" ? { type: value } : value) as { type?: unknown } | null | undefined;
  if (typeof spec !== "object" || spec === null) {
    throw new OptionError(`${where}: expected an optimizer such as "adam" or sgd({ … }), got ${show(value)}.`);
  }
  const { type: given, ...options } = spec;
  const type = checkName(where, given, optimizerNames);
  return type === "sgd" ? sgd(options) : adam(options);
}

/** Vectors of state per parameter: how many slot slabs the optimizer needs. */
export function optimizerSlots(spec: OptimizerSpec): readonly { slab: SlotName; name: string }[] {
  switch (spec.type) {
    case "sgd":
      return spec.momentum > 0 ? [{ slab: "slot1", name: "velocity" }] : [];
    case "adam":
      return [
        { slab: "slot1", name: "m" },
        { slab: "slot2", name: "v" },
      ];
    default:
      return spec satisfies never;
  }
}

/** Emits the update of the parameters that are trained, given in the order of their places. */
export function emitOptimizer(tape: Tape, spec: OptimizerSpec, trainable: readonly TensorRef[]): void {
  for (const span of spansOf(trainable)) emitUpdate(tape, spec, span);
}

function emitUpdate(tape: Tape, spec: OptimizerSpec, span: Span): void {
  const { count } = span;
  const params = tape.span("params", span);
  const grads = tape.span("grads", span);
  switch (spec.type) {
    case "sgd": {
      const velocity = spec.momentum > 0 ? tape.span("slot1", span) : null;
      tape.emit({
        op: Op.Sgd,
        params,
        grads,
        velocity,
        count,
        momentum: spec.momentum,
        nesterov: Number(spec.nesterov),
      });
      return;
    }
    case "adam": {
      const { beta1, beta2, epsilon } = spec;
      const slots = { m: tape.span("slot1", span), v: tape.span("slot2", span) };
      const epsilonInside = Number(spec.compat === "torch");
      tape.emit({ op: Op.Adam, params, grads, ...slots, count, beta1, beta2, epsilon, epsilonInside });
      return;
    }
    default:
      spec satisfies never;
  }
}
