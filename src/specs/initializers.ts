/** Initializers: how the first weights are drawn, as plain data. `model/initialize.ts` turns it into numbers. */

import { checkArguments, checkKeys, checkName, checkNumber, OptionError, show } from "../base/errors.js";
import { type Option, via } from "../base/options.js";

/** Every initializer. Those with `distribution` follow variance scaling, see `scalingOf`. */
const initializers = {
  /** All 0. */
  zeros: {},
  /** All 1. */
  ones: {},
  /** All `value`. */
  constant: {},
  /** U(minimum, maximum). */
  randomUniform: {},
  /** N(mean, standardDeviation²). */
  randomNormal: {},
  /** N(mean, standardDeviation²) truncated at two deviations, not rescaled. */
  truncatedNormal: {},
  /** U(±√(6 / (fanIn + fanOut))). Glorot & Bengio 2010. */
  glorotUniform: { distribution: "uniform", scale: 1, mode: "fanAverage" },
  /** Truncated normal of variance 2 / (fanIn + fanOut). Glorot & Bengio 2010. */
  glorotNormal: { distribution: "normal", scale: 1, mode: "fanAverage" },
  /** U(±√(6 / fanIn)), made for relu. He et al. 2015. */
  heUniform: { distribution: "uniform", scale: 2, mode: "fanIn" },
  /** Truncated normal of variance 2 / fanIn, made for relu. He et al. 2015. */
  heNormal: { distribution: "normal", scale: 2, mode: "fanIn" },
  /** U(±√(3 / fanIn)). LeCun et al. 1998. */
  lecunUniform: { distribution: "uniform", scale: 1, mode: "fanIn" },
  /** Truncated normal of variance 1 / fanIn, made for selu. LeCun et al. 1998. */
  lecunNormal: { distribution: "normal", scale: 1, mode: "fanIn" },
  /** U(±1 / √fanIn): PyTorch's `Linear`, for its kernel and its bias alike. */
  torchDefault: { distribution: "uniform", scale: 1 / 3, mode: "fanIn" },
  /** The rule behind the ones above, with scale, fan and distribution of your own. */
  varianceScaling: {},
  /** Gain on the diagonal, 0 elsewhere: of a kernel only. */
  identity: { matrix: true },
  /** Orthonormal rows or columns, whichever are fewer, times gain: of a kernel only. */
  orthogonal: { matrix: true },
} as const;

type Type = keyof typeof initializers;

/** Initializers whose spread depends on the fans. */
export type ScalingName = {
  [Name in Type]: (typeof initializers)[Name] extends { distribution: string } ? Name : never;
}[Type];

/** Initializers that a plain string can name: all but `constant`, which needs its value. */
export type InitializerName = Exclude<Type, "constant">;

/** A complete initializer, as plain data. */
export type InitializerSpec =
  | { type: "zeros" | "ones" }
  | { type: ScalingName }
  | { type: "constant"; value: number }
  | { type: "randomUniform"; minimum: number; maximum: number }
  | { type: "randomNormal" | "truncatedNormal"; mean: number; standardDeviation: number }
  | Scaling
  | { type: "identity"; gain: number }
  | { type: "orthogonal"; gain: number };

/** `varianceScaling` with its rule spelled out. */
type Scaling = { type: "varianceScaling"; scale: number; mode: FanMode; distribution: ScalingDistribution };

const fanModes = ["fanIn", "fanOut", "fanAverage"] as const;
const distributions = ["truncatedNormal", "untruncatedNormal", "uniform"] as const;

/** Which fan decides the spread of `varianceScaling`. */
export type FanMode = (typeof fanModes)[number];

/** What `varianceScaling` draws from. */
export type ScalingDistribution = (typeof distributions)[number];

/** What other libraries call them. */
const ALIASES: Readonly<Record<string, Type>> = {
  xavierUniform: "glorotUniform",
  xavierNormal: "glorotNormal",
  kaimingUniform: "heUniform",
  kaimingNormal: "heNormal",
  eye: "identity",
};

/** What options such as `kernelInitializer` take: a name, or what one of the factories below returns, whose options may be left out. */
export type Initializer =
  | InitializerName
  | Readonly<InitializerSpec>
  | ({ readonly type: "randomUniform" } & Readonly<RandomUniformOptions>)
  | ({ readonly type: "randomNormal" | "truncatedNormal" } & Readonly<RandomNormalOptions>)
  | ({ readonly type: "varianceScaling" } & Readonly<VarianceScalingOptions>)
  | { readonly type: "identity" | "orthogonal"; readonly gain?: number };

/** Names of all initializers, `constant` included. */
export const initializerNames = Object.keys(initializers) as readonly Type[];

/** Options of `randomUniform`. */
export interface RandomUniformOptions {
  /** @default -0.05 */
  minimum?: number;
  /** @default 0.05 */
  maximum?: number;
}

/** Options of `randomNormal` and `truncatedNormal`. */
export interface RandomNormalOptions {
  /** @default 0 */
  mean?: number;
  /** @default 0.05 */
  standardDeviation?: number;
}

/** Options of `varianceScaling`. */
export interface VarianceScalingOptions {
  /** Above 0. @default 1 */
  scale?: number;
  /** @default "fanIn" */
  mode?: FanMode;
  /** @default "truncatedNormal" */
  distribution?: ScalingDistribution;
}

/**
 * Weights of variance scale / n, with n = fanIn, fanOut or their mean, at least 1 (Keras 3 `VarianceScaling`): uniform in
 * ±√(3 scale / n), normal of deviation √(scale / n), or a normal truncated at two deviations and widened to that variance.
 * @throws OptionError for an unknown option, name, or a scale that is not above 0.
 */
export function varianceScaling(options: VarianceScalingOptions = {}): InitializerSpec {
  checkArguments("varianceScaling", arguments, 1);
  return scalingSpec("varianceScaling", options);
}

/** `gain` where input and unit have the same number, 0 elsewhere; for kernels. @param options gain: @default 1 @throws OptionError */
export function identity(options: { gain?: number } = {}): InitializerSpec {
  checkArguments("identity", arguments, 1);
  return gainSpec("identity", "identity", options);
}

/**
 * A kernel whose rows, or columns if those are fewer, are orthonormal, times `gain`: the orthogonal factor of normal
 * numbers, with signs that make it unique (Saxe et al. 2014).
 * @param options gain: @default 1
 * @throws OptionError for an unknown option or a gain that is not finite.
 */
export function orthogonal(options: { gain?: number } = {}): InitializerSpec {
  checkArguments("orthogonal", arguments, 1);
  return gainSpec("orthogonal", "orthogonal", options);
}

/** Every weight is `value`. @throws OptionError unless it is finite. */
export function constant(options: { value: number }): InitializerSpec {
  checkArguments("constant", arguments, 1);
  return constantSpec("constant", options);
}

/** U(minimum, maximum). @throws OptionError unless both are finite and in order. */
export function randomUniform(options: RandomUniformOptions = {}): InitializerSpec {
  checkArguments("randomUniform", arguments, 1);
  return uniformSpec("randomUniform", options);
}

/** N(mean, standardDeviation²). @throws OptionError unless both are finite and the deviation is not negative. */
export function randomNormal(options: RandomNormalOptions = {}): InitializerSpec {
  checkArguments("randomNormal", arguments, 1);
  return normalSpec("randomNormal", "randomNormal", options);
}

/**
 * mean + standardDeviation · z, with z standard normal and redrawn until |z| <= 2. Not rescaled, so the weights'
 * own deviation is 0.88 times the given one, as in Keras 3 `TruncatedNormal`. @throws OptionError as `randomNormal`.
 */
export function truncatedNormal(options: RandomNormalOptions = {}): InitializerSpec {
  checkArguments("truncatedNormal", arguments, 1);
  return normalSpec("truncatedNormal", "truncatedNormal", options);
}

function scalingSpec(where: string, options: VarianceScalingOptions): InitializerSpec {
  checkKeys(where, options, ["scale", "mode", "distribution"]);
  const { scale = 1, mode = "fanIn", distribution = "truncatedNormal" } = options;
  return {
    type: "varianceScaling",
    scale: checkNumber(`${where}: scale`, scale, { above: 0 }),
    mode: checkName(`${where}: mode`, mode, fanModes),
    distribution: checkName(`${where}: distribution`, distribution, distributions),
  };
}

function gainSpec(where: string, type: "identity" | "orthogonal", options: { gain?: number }): InitializerSpec {
  checkKeys(where, options, ["gain"]);
  const { gain = 1 } = options;
  return { type, gain: checkNumber(`${where}: gain`, gain) };
}

function constantSpec(where: string, options: { value?: unknown }): InitializerSpec {
  checkKeys(where, options, ["value"]);
  return { type: "constant", value: checkNumber(`${where}: value`, options.value) };
}

function uniformSpec(where: string, options: { minimum?: unknown; maximum?: unknown }): InitializerSpec {
  checkKeys(where, options, ["minimum", "maximum"]);
  const minimum = checkNumber(`${where}: minimum`, options.minimum ?? -0.05);
  const maximum = checkNumber(`${where}: maximum`, options.maximum ?? 0.05, { min: minimum });
  return { type: "randomUniform", minimum, maximum };
}

function normalSpec(
  where: string,
  type: "randomNormal" | "truncatedNormal",
  options: { mean?: unknown; standardDeviation?: unknown },
): InitializerSpec {
  checkKeys(where, options, ["mean", "standardDeviation"]);
  const mean = checkNumber(`${where}: mean`, options.mean ?? 0);
  const deviation = checkNumber(`${where}: standardDeviation`, options.standardDeviation ?? 0.05, { min: 0 });
  return { type, mean, standardDeviation: deviation };
}

/**
 * Checks an initializer and fills in its defaults; always a fresh object.
 * @param where What a message should name, for example `dense_1: kernelInitializer`.
 * @param shape What it is for: `identity` and `orthogonal` are for a matrix. @default "vector"
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
  if ("matrix" in initializers[type] && shape === "vector") {
    throw new OptionError(`${where}: ${type} is for kernels; this is a vector. Use another, such as "zeros".`);
  }
  switch (type) {
    case "constant":
      return constantSpec(where, options);
    case "randomUniform":
      return uniformSpec(where, options);
    case "randomNormal":
    case "truncatedNormal":
      return normalSpec(where, type, options);
    case "varianceScaling":
      return scalingSpec(where, options as VarianceScalingOptions);
    case "identity":
    case "orthogonal":
      return gainSpec(where, type, options);
    default:
      checkKeys(where, { type, ...options }, ["type"]);
      return { type };
  }
}

/** The option of a layer that says how one of its weights begins. */
// @__NO_SIDE_EFFECTS__
export function initializerOption(
  fallback: Initializer,
  shape?: "vector" | "matrix",
): Option<Initializer, InitializerSpec, "default"> {
  return via<Initializer, InitializerSpec>((where, value) => resolveInitializer(where, value, shape), fallback);
}

/** The rule behind an initializer whose spread depends on the fans. */
export function scalingOf(spec: { type: ScalingName } | Scaling): Omit<Scaling, "type"> {
  if (spec.type === "varianceScaling") return spec;
  const { distribution, scale, mode } = initializers[spec.type];
  return { scale, mode, distribution: distribution === "uniform" ? "uniform" : "truncatedNormal" };
}
