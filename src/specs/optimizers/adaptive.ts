/** Optimizers that divide by a running size of the gradients: RMSprop, Adagrad, Adadelta. */
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

/** Options of `rmsprop`; `learningRate` is 0.001 by default, or 0.01 with compat: "torch". */
export interface RmspropOptions extends UpdateOptions {
  /** Decay of the mean of squared gradients, 0 to below 1. @default 0.9, or 0.99 with compat: "torch" */
  rho?: number;
  /** Share of the last change that is kept, 0 to below 1. @default 0 */
  momentum?: number;
  /** Keeps the division away from zero. @default 1e-7, or 1e-8 with compat: "torch" */
  epsilon?: number;
  /** Divide by an estimate of the variance instead of the mean square. @default false */
  centered?: boolean;
  /** Where epsilon stands, and whether the momentum contains the learning rate. @default "keras" */
  compat?: Compat;
}

/** RMSprop with every option spelled out. */
export type RmspropSpec = { readonly type: "rmsprop" } & Readonly<Required<RmspropOptions>> & CommonSpec;

/**
 * RMSprop (Tieleman and Hinton 2012): s ← ρs + (1 − ρ)g², w ← w − η g / √(s + ε), as in Keras. With `centered` also
 * a ← ρa + (1 − ρ)g, and s − a² takes the place of s. With `momentum` v ← μv + η g / √(s + ε), w ← w − v.
 * With `compat: "torch"` the divisor is √s + ε, and v is without η: w ← w − η v.
 * @throws OptionError for unknown options or values out of range.
 */
export function rmsprop(options: RmspropOptions = {}): RmspropSpec {
  checkArguments("rmsprop", arguments, 1);
  const compat = checkCompat("rmsprop", options?.compat ?? "keras");
  const isTorch = compat === "torch";
  const own = ["rho", "momentum", "epsilon", "centered", "compat"] as const;
  const common = checkCommon("rmsprop", options, own, { learningRate: isTorch ? 0.01 : 0.001 });
  const { rho = isTorch ? 0.99 : 0.9, momentum = 0, epsilon = isTorch ? 1e-8 : 1e-7, centered = false } = options;
  return {
    type: "rmsprop",
    ...common,
    rho: checkDecay("rmsprop: rho", rho),
    momentum: checkDecay("rmsprop: momentum", momentum),
    epsilon: checkNumber("rmsprop: epsilon", epsilon, { above: 0 }),
    centered: checkBoolean("rmsprop: centered", centered),
    compat,
  };
}

export const rmspropDefinition: OptimizerDefinition<RmspropSpec> = {
  resolve: rmsprop,
  slots: ({ centered, momentum }) => [
    { slab: "slot1", name: "meanSquare" },
    ...(centered ? [{ slab: "slot2", name: "meanGradient" } as const] : []),
    ...(momentum > 0 ? [{ slab: "slot3", name: "velocity" } as const] : []),
  ],
  emit(tape, { rho, momentum, epsilon, centered, compat }, span) {
    const meanSquare = tape.span("slot1", span);
    const meanGradient = centered ? tape.span("slot2", span) : null;
    const velocity = momentum > 0 ? tape.span("slot3", span) : null;
    const constants = { rho, momentum, epsilon, torch: Number(compat === "torch") };
    tape.emit({ op: Op.RmsProp, ...operands(tape, span), meanSquare, meanGradient, velocity, ...constants });
  },
  isScaleFree: true,
};

/** Options of `adagrad`; `learningRate` is 0.001 by default, or 0.01 with compat: "torch". */
export interface AdagradOptions extends UpdateOptions {
  /** What the sum of squared gradients begins with, >= 0. @default 0.1, or 0 with compat: "torch" */
  initialAccumulatorValue?: number;
  /** Keeps the division away from zero. @default 1e-7, or 1e-10 with compat: "torch" */
  epsilon?: number;
  /** Where epsilon stands: Keras's form or PyTorch's. @default "keras" */
  compat?: Compat;
}

/** Adagrad with every option spelled out. */
export type AdagradSpec = { readonly type: "adagrad" } & Readonly<Required<AdagradOptions>> & CommonSpec;

/**
 * Adagrad (Duchi, Hazan and Singer 2011): s ← s + g², w ← w − η g / √(s + ε), as in Keras. With `compat: "torch"` the
 * divisor is √s + ε.
 * @throws OptionError for unknown options or values out of range.
 */
export function adagrad(options: AdagradOptions = {}): AdagradSpec {
  checkArguments("adagrad", arguments, 1);
  const compat = checkCompat("adagrad", options?.compat ?? "keras");
  const isTorch = compat === "torch";
  const own = ["initialAccumulatorValue", "epsilon", "compat"] as const;
  const common = checkCommon("adagrad", options, own, { learningRate: isTorch ? 0.01 : 0.001 });
  const { initialAccumulatorValue = isTorch ? 0 : 0.1, epsilon = isTorch ? 1e-10 : 1e-7 } = options;
  const initial = checkNumber("adagrad: initialAccumulatorValue", initialAccumulatorValue, { min: 0, max: 1e30 });
  return {
    type: "adagrad",
    ...common,
    initialAccumulatorValue: initial,
    epsilon: checkNumber("adagrad: epsilon", epsilon, { above: 0 }),
    compat,
  };
}

export const adagradDefinition: OptimizerDefinition<AdagradSpec> = {
  resolve: adagrad,
  slots: ({ initialAccumulatorValue: initial }) => [{ slab: "slot1", name: "accumulator", initial }],
  emit(tape, { epsilon, compat }, span) {
    const torch = Number(compat === "torch");
    tape.emit({ op: Op.Adagrad, ...operands(tape, span), accumulator: tape.span("slot1", span), epsilon, torch });
  },
};

/** Options of `adadelta`; `learningRate` is 0.001 by default, or 1 with compat: "torch". */
export interface AdadeltaOptions extends UpdateOptions {
  /** Decay of the running means, 0 to below 1. @default 0.95, or 0.9 with compat: "torch" */
  rho?: number;
  /** Starts the changes, and keeps the division away from zero. @default 1e-7, or 1e-6 with compat: "torch" */
  epsilon?: number;
  /** Whose defaults; the formula is the same. @default "keras" */
  compat?: Compat;
}

/** Adadelta with every option spelled out. */
export type AdadeltaSpec = { readonly type: "adadelta" } & Readonly<Required<AdadeltaOptions>> & CommonSpec;

/**
 * Adadelta (Zeiler 2012): s ← ρs + (1 − ρ)g², d = g √(r + ε) / √(s + ε), r ← ρr + (1 − ρ)d², w ← w − η d. The paper
 * has η = 1.
 * @throws OptionError for unknown options or values out of range.
 */
export function adadelta(options: AdadeltaOptions = {}): AdadeltaSpec {
  checkArguments("adadelta", arguments, 1);
  const compat = checkCompat("adadelta", options?.compat ?? "keras");
  const isTorch = compat === "torch";
  const common = checkCommon("adadelta", options, ["rho", "epsilon", "compat"], { learningRate: isTorch ? 1 : 0.001 });
  const { rho = isTorch ? 0.9 : 0.95, epsilon = isTorch ? 1e-6 : 1e-7 } = options;
  return {
    type: "adadelta",
    ...common,
    rho: checkDecay("adadelta: rho", rho),
    epsilon: checkNumber("adadelta: epsilon", epsilon, { above: 0 }),
    compat,
  };
}

export const adadeltaDefinition: OptimizerDefinition<AdadeltaSpec> = {
  resolve: adadelta,
  slots: () => [
    { slab: "slot1", name: "meanSquare" },
    { slab: "slot2", name: "meanChange" },
  ],
  emit(tape, { rho, epsilon }, span) {
    const slots = { meanSquare: tape.span("slot1", span), meanChange: tape.span("slot2", span) };
    tape.emit({ op: Op.Adadelta, ...operands(tape, span), ...slots, rho, epsilon });
  },
};
