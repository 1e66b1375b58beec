/**
 * Constraints on weights as plain data, and the records that enforce them behind each update.
 * The formulas are in `runtime/reference/optimizer/constraints.ts`.
 */
import { checkArguments, checkKeys, checkName, checkNumber, OptionError, show } from "../base/errors.js";
import { type Option, via } from "../base/options.js";
import { Op } from "../plan/op.js";
import type { Tape } from "../plan/tape.js";
import { storageSize, type TensorRef } from "../plan/tensor.js";

/**
 * Over what a norm is taken. Of a kernel [inputs, units]: 0 over the inputs of each unit, 1 over the units of each input,
 * [0, 1] over all of it. A bias has axis 0 alone.
 */
export type NormAxis = 0 | 1 | readonly [0, 1];

/** Any constraint, as plain data; `axis` only where it is not 0. */
export type ConstraintSpec =
  | { readonly type: "nonNeg" }
  | ({ readonly type: "unitNorm" } & Readonly<NormOptions>)
  | ({ readonly type: "maxNorm"; readonly maxValue: number } & Readonly<NormOptions>)
  | ({ readonly type: "minMaxNorm" } & Readonly<Required<Omit<MinMaxNormOptions, "axis">> & NormOptions>);

/** What a layer accepts as a constraint; names stand for the defaults, as do options that are left out. */
export type Constraint =
  | ConstraintSpec["type"]
  | ConstraintSpec
  | ({ readonly type: "maxNorm"; readonly maxValue?: number } & Readonly<NormOptions>)
  | ({ readonly type: "minMaxNorm" } & Readonly<MinMaxNormOptions>);

/** Options of every constraint on norms. */
export interface NormOptions {
  /** Over what the norm is taken. @default 0 */
  axis?: NormAxis;
}

/** Options of `minMaxNorm`. */
export interface MinMaxNormOptions extends NormOptions {
  /** Smallest norm, >= 0. @default 0 */
  minValue?: number;
  /** Largest norm, >= `minValue`. @default 1 */
  maxValue?: number;
  /** How much of the way to the bound a weight is moved in each step, above 0 to 1. @default 1 */
  rate?: number;
}

/** w ← w where w >= 0, else 0. As Keras's `NonNeg`. */
export function nonNeg(): ConstraintSpec {
  checkArguments("nonNeg", arguments, 0);
  return { type: "nonNeg" };
}

/**
 * Scales the weights of a unit to norm 1: w ← w / (ε + ‖w‖), ε = 1e-7. As Keras's `UnitNorm`: with axis 0 the norm of a
 * kernel [inputs, units] is taken over the inputs of each unit, that of a bias over all of it.
 * @throws OptionError for an unknown option, or an axis that is none.
 */
export function unitNorm(options: NormOptions = {}): ConstraintSpec {
  checkKeys("unitNorm", options, ["axis"], arguments);
  return { type: "unitNorm", ...checkAxis("unitNorm", options) };
}

/**
 * Scales the weights of a unit down to norm `maxValue` where theirs is larger, as Keras's `MaxNorm`:
 * w ← w · min(‖w‖, maxValue) / (ε + ‖w‖), ε = 1e-7 (Srivastava et al. 2014). The norm is that of `unitNorm`.
 * @param maxValue > 0 @default 2
 * @throws OptionError for a bound that is not a number > 0, an unknown option, or an axis that is none.
 */
export function maxNorm(maxValue = 2, options: NormOptions = {}): ConstraintSpec {
  checkKeys("maxNorm", options, ["axis"], arguments);
  const bound = checkNumber("maxNorm", maxValue, { above: 0 });
  return { type: "maxNorm", maxValue: bound, ...checkAxis("maxNorm", options) };
}

/**
 * Moves the norm of the weights of a unit between two bounds, as Keras's `MinMaxNorm`:
 * w ← w · (rate · clip(‖w‖, minValue, maxValue) + (1 − rate) · ‖w‖) / (ε + ‖w‖), ε = 1e-7.
 * @throws OptionError for unknown options or values out of range.
 */
export function minMaxNorm(options: MinMaxNormOptions = {}): ConstraintSpec {
  checkKeys("minMaxNorm", options, ["minValue", "maxValue", "rate", "axis"], arguments);
  const { minValue = 0, maxValue = 1, rate = 1 } = options;
  checkNumber("minMaxNorm: minValue", minValue, { min: 0 });
  return {
    type: "minMaxNorm",
    minValue,
    maxValue: checkNumber("minMaxNorm: maxValue", maxValue, { above: 0, min: minValue }),
    rate: checkNumber("minMaxNorm: rate", rate, { above: 0, max: 1 }),
    ...checkAxis("minMaxNorm", options),
  };
}

/** The axis as a spec has it: left out where it is 0. */
function checkAxis(where: string, { axis = 0 }: { axis?: unknown }): NormOptions {
  if (axis === 0) return {};
  if (axis === 1) return { axis };
  if (Array.isArray(axis) && axis.length === 2 && axis[0] === 0 && axis[1] === 1) return { axis: [0, 1] };
  throw new OptionError(`${where}: axis: expected 0, 1 or [0, 1], got ${show(axis)}.`);
}

const constraintNames = ["nonNeg", "unitNorm", "maxNorm", "minMaxNorm"] as const satisfies ConstraintSpec["type"][];

/** A name, spec or `null`, checked, for a kernel or a bias. @throws OptionError with the nearest known name. */
export function resolveConstraint(where: string, value: unknown, dimensions: 1 | 2): ConstraintSpec | null {
  const spec = resolveAny(where, value);
  if (spec && dimensions === 1 && "axis" in spec) {
    throw new OptionError(`${where}: axis: a bias has axis 0 alone, got ${show(spec.axis)}.`);
  }
  return spec;
}

/** The option of a layer that holds one of its weights, of that many dimensions, to a constraint. */
// @__NO_SIDE_EFFECTS__
export function constraintOption(dimensions: 1 | 2): Option<Constraint | null, ConstraintSpec | null, "default"> {
  return via<Constraint | null, ConstraintSpec | null>(
    (where, value) => resolveConstraint(where, value, dimensions),
    null,
  );
}

function resolveAny(where: string, value: unknown): ConstraintSpec | null {
  if (value === null) return null;
  const spec = (typeof value === "string" ? { type: value } : value) as { type?: unknown } | undefined;
  if (typeof spec !== "object") {
    throw new OptionError(`${where}: expected a constraint such as maxNorm(2), or null for none, got ${show(value)}.`);
  }
  const { type: given, ...options } = spec;
  const type = checkName(where, given, constraintNames);
  if (type === "minMaxNorm") return minMaxNorm(options);
  if (type === "unitNorm") return unitNorm(options);
  checkKeys(where, options, type === "maxNorm" ? ["maxValue", "axis"] : []);
  if (type === "nonNeg") return { type };
  const { maxValue, ...axis } = options as { maxValue?: number };
  return maxNorm(maxValue, axis);
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
  } else if (tensor.format === "panels" && typeof spec.axis !== "object") {
    const [inputs, units] = tensor.shape;
    tape.emit({ op: Op.KernelNorm, kernel: tensor, inputs, units, axis: spec.axis ?? 0, ...bounds(spec) });
  } else {
    tape.emit({ op: Op.VectorNorm, params: values, count, ...bounds(spec) });
  }
}
