/**
 * Constraints on weights as plain data, and the records that enforce them behind each update.
 * The formulas are in `runtime/reference/optimizer/constraints.ts`.
 */
import { checkKeys, checkName, checkNumber, OptionError, show } from "./errors.js";
import { Op } from "./plan/op.js";
import type { Tape } from "./plan/tape.js";
import { storageSize, type TensorRef } from "./plan/tensor.js";

/** Any constraint, as plain data. */
export type ConstraintSpec =
  | { readonly type: "nonNeg" }
  | { readonly type: "unitNorm" }
  | { readonly type: "maxNorm"; readonly maxValue: number }
  | ({ readonly type: "minMaxNorm" } & Readonly<Required<MinMaxNormOptions>>);

/** What a layer accepts as a constraint; names stand for the defaults. */
export type Constraint = ConstraintSpec["type"] | ConstraintSpec;

/** Options of `minMaxNorm`. */
export interface MinMaxNormOptions {
  /** Smallest norm, >= 0. @default 0 */
  minValue?: number;
  /** Largest norm, >= `minValue`. @default 1 */
  maxValue?: number;
  /** How much of the way to the bound a weight is moved in each step, above 0 to 1. @default 1 */
  rate?: number;
}

/** w ← w where w >= 0, else 0. As Keras's `NonNeg`. */
export function nonNeg(): ConstraintSpec {
  return { type: "nonNeg" };
}

/**
 * Scales the weights of a unit to norm 1: w ← w / (ε + ‖w‖), ε = 1e-7. As Keras's `UnitNorm` with axis 0: the norm of a
 * kernel [inputs, units] is taken over the inputs of each unit, that of a bias over all of it.
 */
export function unitNorm(): ConstraintSpec {
  return { type: "unitNorm" };
}

/**
 * Scales the weights of a unit down to norm `maxValue` where theirs is larger, as Keras's `MaxNorm` with axis 0:
 * w ← w · min(‖w‖, maxValue) / (ε + ‖w‖), ε = 1e-7 (Srivastava et al. 2014). The norm is that of `unitNorm`.
 * @param maxValue > 0 @default 2
 * @throws OptionError for a bound that is not a number > 0.
 */
export function maxNorm(maxValue = 2): ConstraintSpec {
  return { type: "maxNorm", maxValue: checkNumber("maxNorm", maxValue, { above: 0 }) };
}

/**
 * Moves the norm of the weights of a unit between two bounds, as Keras's `MinMaxNorm` with axis 0:
 * w ← w · (rate · clip(‖w‖, minValue, maxValue) + (1 − rate) · ‖w‖) / (ε + ‖w‖), ε = 1e-7.
 * @throws OptionError for unknown options or values out of range.
 */
export function minMaxNorm(options: MinMaxNormOptions = {}): ConstraintSpec {
  checkKeys("minMaxNorm", options, ["minValue", "maxValue", "rate"]);
  const { minValue = 0, maxValue = 1, rate = 1 } = options;
  checkNumber("minMaxNorm: minValue", minValue, { min: 0 });
  return {
    type: "minMaxNorm",
    minValue,
    maxValue: checkNumber("minMaxNorm: maxValue", maxValue, { above: 0, min: minValue }),
    rate: checkNumber("minMaxNorm: rate", rate, { above: 0, max: 1 }),
  };
}

const constraintNames = ["nonNeg", "unitNorm", "maxNorm", "minMaxNorm"] as const satisfies ConstraintSpec["type"][];

/** A name, spec or `null`, checked. @throws OptionError with the nearest known name. */
export function resolveConstraint(where: string, value: unknown): ConstraintSpec | null {
  if (value === null) return null;
  const spec = (typeof value === "string" ? { type: value } : value) as { type?: unknown } | undefined;
  if (typeof spec !== "object") {
    throw new OptionError(`${where}: expected a constraint such as maxNorm(2), or null for none, got ${show(value)}.`);
  }
  const { type: given, ...options } = spec;
  const type = checkName(where, given, constraintNames);
  if (type === "minMaxNorm") return minMaxNorm(options);
  checkKeys(where, options, type === "maxNorm" ? ["maxValue"] : []);
  if (type === "maxNorm") return maxNorm((options as { maxValue?: number }).maxValue);
  return { type };
}

/** Bounds and rate of a constraint on norms. */
function bounds(spec: Exclude<ConstraintSpec, { type: "nonNeg" }>): { low: number; high: number; rate: number } {
  switch (spec.type) {
    case "unitNorm":
      return { low: 1, high: 1, rate: 1 };
    case "maxNorm":
      return { low: 0, high: spec.maxValue, rate: 1 };
    case "minMaxNorm":
      return { low: spec.minValue, high: spec.maxValue, rate: spec.rate };
    default:
      return spec satisfies never;
  }
}

/** Emits what a constraint does to a weight tensor. */
export function emitConstraint(tape: Tape, spec: ConstraintSpec, tensor: TensorRef): void {
  const count = storageSize(tensor);
  const values = tape.span("params", { offset: tensor.offset, count });
  if (spec.type === "nonNeg") {
    tape.emit({ op: Op.NonNegative, params: values, count });
  } else if (tensor.format === "panels") {
    const [inputs, units] = tensor.shape;
    tape.emit({ op: Op.KernelNorm, kernel: tensor, inputs, units, ...bounds(spec) });
  } else {
    tape.emit({ op: Op.VectorNorm, params: values, count, ...bounds(spec) });
  }
}
