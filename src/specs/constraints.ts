/**
 * Constraints on weights as plain data. The records that enforce them after each update are in `ruleRecords.ts`, the
 * formulas in `runtime/reference/optimizer/constraints.ts`.
 */
import { checkArguments, checkKeys, checkName, checkNumber, located, OptionError, show } from "../base/errors.js";
import { type Given, makeSpec, number, type Option, type Spec, via } from "../base/options.js";

/**
 * Axes over which a norm is taken. For a kernel [inputs, units]: 0 is over the inputs of each unit, 1 over the units of
 * each input, and [0, 1] over the whole kernel. A bias has only axis 0.
 */
export type NormAxis = 0 | 1 | readonly [0, 1];

function checkAxis(where: string, axis: unknown): NormAxis {
  if (axis === 0 || axis === 1) return axis;
  if (Array.isArray(axis) && axis.length === 2 && axis[0] === 0 && axis[1] === 1) return [0, 1];
  throw new OptionError(`${where}: expected 0, 1 or [0, 1], got ${show(axis)}.`);
}

/** Options of every constraint on norms. */
const normOptions = {
  /** Axes over which the norm is taken. @default 0 */
  axis: via<NormAxis, NormAxis>(checkAxis, 0),
};

/** Options of every constraint on norms. */
export interface NormOptions extends Given<typeof normOptions> {}

/** Options of `maxNorm`, its first argument included. */
const maxNormOptions = {
  /** Largest norm, > 0. @default 2 */
  maxValue: number({ above: 0 }, 2),
  ...normOptions,
};

/** Options of `minMaxNorm`. */
const minMaxNormOptions = {
  /** Smallest norm, >= 0. @default 0 */
  minValue: number({ min: 0 }, 0),
  /** Largest norm, >= `minValue`. @default 1 */
  maxValue: number({ above: 0 }, 1),
  /** Share of the way to the bound that a weight is moved in each step, above 0 to 1. @default 1 */
  rate: number({ above: 0, max: 1 }, 1),
  ...normOptions,
};

/** Options of `minMaxNorm`. */
export interface MinMaxNormOptions extends Given<typeof minMaxNormOptions> {}

/** Plain data of a constraint on norms, with an axis only if it is not 0. */
type NormSpec<Type extends string, T extends typeof normOptions> = Omit<Spec<Type, T>, "axis"> & Readonly<NormOptions>;

function makeNorm<Type extends string, T extends typeof normOptions>(
  type: Type,
  table: T,
  options: object,
  args?: ArrayLike<unknown>,
  first?: object,
): NormSpec<Type, T> {
  const spec = makeSpec(type, table, options, args, first) as object as Spec<Type, typeof normOptions>;
  const { axis, ...rest } = spec;
  return (axis === 0 ? rest : spec) as object as NormSpec<Type, T>;
}

/** w ← w if w >= 0, else 0. As Keras's `NonNeg`. */
export function nonNeg(): { readonly type: "nonNeg" } {
  checkArguments("nonNeg", arguments, 0);
  return { type: "nonNeg" };
}

/**
 * Scales the weights of a unit to norm 1: w ← w / (ε + ‖w‖), ε = 1e-7. As Keras's `UnitNorm`: with axis 0 the norm of a
 * kernel [inputs, units] is taken over the inputs of each unit, that of a bias over the whole bias.
 * @throws OptionError for an unknown option or axis.
 */
export function unitNorm(options: NormOptions = {}): NormSpec<"unitNorm", typeof normOptions> {
  return makeNorm("unitNorm", normOptions, options, arguments);
}

/**
 * Scales the weights of a unit down to norm `maxValue` if theirs is larger, as Keras's `MaxNorm`:
 * w ← w · min(‖w‖, maxValue) / (ε + ‖w‖), ε = 1e-7 (Srivastava et al. 2014). The norm is that of `unitNorm`.
 * @param maxValue > 0 @default 2
 * @throws OptionError for a bound that is not a number > 0, or an unknown option or axis.
 */
export function maxNorm(maxValue = 2, options: NormOptions = {}): NormSpec<"maxNorm", typeof maxNormOptions> {
  return makeNorm("maxNorm", maxNormOptions, options, arguments, { maxValue });
}

/**
 * Moves the norm of the weights of a unit between two bounds, as Keras's `MinMaxNorm`:
 * w ← w · (rate · clip(‖w‖, minValue, maxValue) + (1 − rate) · ‖w‖) / (ε + ‖w‖), ε = 1e-7.
 */
export function minMaxNorm(options: MinMaxNormOptions = {}): NormSpec<"minMaxNorm", typeof minMaxNormOptions> {
  const spec = makeNorm("minMaxNorm", minMaxNormOptions, options, arguments);
  checkNumber("minMaxNorm: maxValue", spec.maxValue, { min: spec.minValue });
  return spec;
}

/** Everything a model needs from one type of constraint. */
interface ConstraintDefinition<Spec, Options = never> {
  /** Checks options as the factory does, and fills in defaults. */
  readonly resolve: (options: Options) => Spec;
}

/** Keeps the types of spec and options. */
// @__NO_SIDE_EFFECTS__
function define<Spec, Options>(definition: ConstraintDefinition<Spec, Options>) {
  return definition;
}

/** Every constraint: one entry per name. */
const constraintTable = {
  nonNeg: define({
    resolve(options: Record<never, never>) {
      checkKeys("nonNeg", options, []);
      return nonNeg();
    },
  }),
  unitNorm: define({ resolve: unitNorm }),
  maxNorm: define({
    resolve: (options: Given<typeof maxNormOptions>) => makeNorm("maxNorm", maxNormOptions, options),
  }),
  minMaxNorm: define({ resolve: minMaxNorm }),
};

type Type = keyof typeof constraintTable;
type Resolve<T extends Type> = (typeof constraintTable)[T]["resolve"];

/** Any constraint, as plain data; `axis` only if it is not 0. */
export type ConstraintSpec = { [T in Type]: ReturnType<Resolve<T>> }[Type];

/** A constraint as a layer accepts it. A name alone, or an omitted option, means the defaults. */
export type Constraint =
  | Type
  | { [T in Type]: { readonly type: T } & Readonly<NonNullable<Parameters<Resolve<T>>[0]>> }[Type];

/** The entry of a type, which takes every spec of that type. */
function definitionOf(type: Type): ConstraintDefinition<ConstraintSpec> {
  return constraintTable[type] as object as ConstraintDefinition<ConstraintSpec>;
}

/** A name, spec or `null`, checked, for a kernel or a bias. @throws OptionError with the nearest known name. */
function resolveConstraint(where: string, value: unknown, dimensions: 1 | 2): ConstraintSpec | null {
  const spec = resolveAny(where, value);
  if (spec && dimensions === 1 && "axis" in spec) {
    throw new OptionError(`${where}: axis: a bias has axis 0 alone, got ${show(spec.axis)}.`);
  }
  return spec;
}

/** The option of a layer for a constraint on one of its weights, which has that many dimensions. */
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
  const { type, ...options } = spec;
  const { resolve } = definitionOf(checkName(where, type, Object.keys(constraintTable) as Type[]));
  return located(where, () => resolve(options as never));
}
