/**
 * The table of initializers, which draw the first weights: one entry per type, and functions for any of them. How most of
 * them fill weights is in `fills.ts`.
 */
import { checkName, located, newArray, OptionError, show } from "../../base/errors.js";
import { makeSpec, type Option, via } from "../../base/options.js";
import type { RandomStream } from "../../base/randomStream.js";
import {
  orthogonalDefinition,
  randomNormalDefinition,
  randomUniformDefinition,
  truncatedNormalDefinition,
} from "./drawn.js";
import { constantDefinition, identityDefinition } from "./fixed.js";
import { type Fill, type InitializerDefinition, plain } from "./initializer.js";
import { varianceScalingDefinition } from "./scaling.js";

const initializerTable = {
  /** All 0. */
  zeros: plain("zeros"),
  /** All 1. */
  ones: plain("ones"),
  /** All `value`. */
  constant: constantDefinition,
  /** U(minimum, maximum). */
  randomUniform: randomUniformDefinition,
  /** N(mean, standardDeviation²). */
  randomNormal: randomNormalDefinition,
  /** N(mean, standardDeviation²) truncated at two deviations, not rescaled. */
  truncatedNormal: truncatedNormalDefinition,
  /** U(±√(6 / (fanIn + fanOut))). Glorot & Bengio 2010. */
  glorotUniform: plain("glorotUniform"),
  /** Truncated normal of variance 2 / (fanIn + fanOut). Glorot & Bengio 2010. */
  glorotNormal: plain("glorotNormal"),
  /** U(±√(6 / fanIn)), made for relu. He et al. 2015. */
  heUniform: plain("heUniform"),
  /** Truncated normal of variance 2 / fanIn, made for relu. He et al. 2015. */
  heNormal: plain("heNormal"),
  /** U(±√(3 / fanIn)). LeCun et al. 1998. */
  lecunUniform: plain("lecunUniform"),
  /** Truncated normal of variance 1 / fanIn, made for selu. LeCun et al. 1998. */
  lecunNormal: plain("lecunNormal"),
  /** U(±1 / √fanIn): PyTorch's `Linear`, for both its kernel and its bias. */
  torchDefault: plain("torchDefault"),
  /** The rule of the seven before, with scale, fan and distribution of your own. */
  varianceScaling: varianceScalingDefinition,
  /** Gain on the diagonal, 0 elsewhere; only for kernels. */
  identity: identityDefinition,
  /** Orthonormal rows or columns, whichever are fewer, times gain; only for kernels. */
  orthogonal: orthogonalDefinition,
};

type Type = keyof typeof initializerTable;
type Resolve<T extends Type> = NonNullable<(typeof initializerTable)[T]["resolve"]>;
type OptionsOf<T extends Type> = Parameters<Resolve<T>>[0];

/** Initializers that a plain string can name: all but `constant`, which needs its value. */
export type InitializerName = { [T in Type]: Record<never, never> extends OptionsOf<T> ? T : never }[Type];

/** A complete initializer, as plain data. */
export type InitializerSpec = { [T in Type]: ReturnType<Resolve<T>> }[Type];

/** Value of options such as `kernelInitializer`: a name, or a factory's result, whose options may be omitted. */
export type Initializer = InitializerName | { [T in Type]: { readonly type: T } & Readonly<OptionsOf<T>> }[Type];

/** Names of all initializers, `constant` included. */
export const initializerNames = Object.keys(initializerTable) as readonly Type[];

/** Names in other libraries. */
const ALIASES: Readonly<Record<string, Type>> = {
  xavierUniform: "glorotUniform",
  xavierNormal: "glorotNormal",
  kaimingUniform: "heUniform",
  kaimingNormal: "heNormal",
  eye: "identity",
};

/** The entry of a type, which takes every spec of that type. */
function definitionOf(type: Type): InitializerDefinition<InitializerSpec> {
  return initializerTable[type] as object as InitializerDefinition<InitializerSpec>;
}

/**
 * Checks an initializer and fills in its defaults; always a fresh object.
 * @param where The place named in messages, for example `dense_1: kernelInitializer`.
 * @param shape The tensor to fill: `identity` and `orthogonal` need a matrix. @default "vector"
 * @throws OptionError for an unknown name (with the nearest known one), an unknown option or a bad value.
 */
export function resolveInitializer(
  where: string,
  value: unknown,
  shape: "vector" | "matrix" = "vector",
): InitializerSpec {
  if (value === "constant") {
    throw new OptionError(`${where}: "constant" needs its value; write constant({ value: 0.1 }).`);
  }
  if (typeof value === "function") {
    throw new OptionError(`${where}: expected a name or a spec, got ${show(value)}. Call it, as in randomNormal().`);
  }
  const isSpec = typeof value === "object" && value !== null;
  const { type: name, ...options } = (isSpec ? value : { type: value }) as { type?: unknown };
  const type = checkName(isSpec ? `${where}: type` : where, name, initializerNames, ALIASES);
  const { options: table = {}, resolve, forKernels } = definitionOf(type);
  if (forKernels && shape === "vector") {
    throw new OptionError(`${where}: ${type} is for kernels; this is a vector. Use another, such as "zeros".`);
  }
  const make = resolve ?? (() => makeSpec(type, table, options) as InitializerSpec);
  return located(where, () => make(options as never));
}

/** The option of a layer for the first values of one of its weights. */
// @__NO_SIDE_EFFECTS__
export function initializerOption(
  fallback: Initializer,
  shape?: "vector" | "matrix",
): Option<Initializer, InitializerSpec, "default"> {
  return via<Initializer, InitializerSpec>((where, value) => resolveInitializer(where, value, shape), fallback);
}

/** The limit of `glorotUniform`, the default of kernels: `spreadOf` of its rule. */
export function glorotLimit(fanIn: number, fanOut: number): number {
  return Math.sqrt(3 * (1 / Math.max(1, (fanIn + fanOut) / 2)));
}

const glorotUniform: Fill<unknown> = (weights, _, random, { fanIn, fanOut }) => {
  const limit = glorotLimit(fanIn, fanOut);
  random.fillUniform(weights, -limit, limit);
};

/** Functions that fill weights, by type: the defaults, and the others once `addFills` has added them. */
const fills: Partial<Record<string, Fill<never>>> = { zeros() {}, glorotUniform };

/** Adds the ways that not every model needs. */
export function addFills(more: Readonly<Record<string, Fill<never>>>): void {
  Object.assign(fills, more);
}

/** True if weights can be drawn by this initializer now. */
export function canFill({ type }: InitializerSpec): boolean {
  return type in fills;
}

/**
 * Draws `count` weights, in the row-major order of their tensor. Fans are given as counts, because this function does
 * not know where weights are stored.
 * @param fanIn Inputs of one unit; for a dense kernel [inputs, units] that is `inputs`.
 * @param fanOut Units fed by one input; for a dense kernel [inputs, units] that is `units`.
 * @returns [count], rounded to float32.
 */
export function initialize(
  spec: InitializerSpec,
  random: RandomStream,
  count: number,
  fanIn: number,
  fanOut: number,
): Float32Array<ArrayBuffer> {
  const weights = newArray(Float32Array, count, "create");
  (fills[spec.type] as Fill<InitializerSpec>)(weights, spec, random, { fanIn, fanOut });
  return weights;
}
