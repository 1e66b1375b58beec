/**
 * Initializers: how the first weights are drawn. Specs are plain data; `initialize` turns one into numbers.
 * Fans come in as counts: this file knows nothing about layers, tapes or where weights are stored.
 */

import { checkKeys, checkName, checkNumber, OptionError, show } from "./errors.js";
import type { Random } from "./random.js";

/** Every initializer. Those with `distribution` follow variance scaling, see `initializerSpread`. */
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
  glorotUniform: { distribution: "uniform", scale: 1, fan: "average" },
  /** Truncated normal of variance 2 / (fanIn + fanOut). Glorot & Bengio 2010. */
  glorotNormal: { distribution: "normal", scale: 1, fan: "average" },
  /** U(±√(6 / fanIn)), made for relu. He et al. 2015. */
  heUniform: { distribution: "uniform", scale: 2, fan: "in" },
  /** Truncated normal of variance 2 / fanIn, made for relu. He et al. 2015. */
  heNormal: { distribution: "normal", scale: 2, fan: "in" },
  /** U(±√(3 / fanIn)). LeCun et al. 1998. */
  lecunUniform: { distribution: "uniform", scale: 1, fan: "in" },
  /** Truncated normal of variance 1 / fanIn, made for selu. LeCun et al. 1998. */
  lecunNormal: { distribution: "normal", scale: 1, fan: "in" },
  /** U(±1 / √fanIn): PyTorch's `Linear`, for its kernel and its bias alike. */
  torchDefault: { distribution: "uniform", scale: 1 / 3, fan: "in" },
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
  | { type: "zeros" | "ones" | ScalingName }
  | { type: "constant"; value: number }
  | { type: "randomUniform"; minimum: number; maximum: number }
  | { type: "randomNormal" | "truncatedNormal"; mean: number; standardDeviation: number };

/** What options such as `kernelInitializer` take: a name, or what one of the factories below returns. */
export type Initializer = InitializerName | InitializerSpec;

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

/** Every weight is `value`. @throws OptionError unless it is finite. */
export function constant(options: { value: number }): InitializerSpec {
  return constantSpec("constant", options);
}

/** U(minimum, maximum). @throws OptionError unless both are finite and in order. */
export function randomUniform(options: RandomUniformOptions = {}): InitializerSpec {
  return uniformSpec("randomUniform", options);
}

/** N(mean, standardDeviation²). @throws OptionError unless both are finite and the deviation is not negative. */
export function randomNormal(options: RandomNormalOptions = {}): InitializerSpec {
  return normalSpec("randomNormal", "randomNormal", options);
}

/**
 * mean + standardDeviation · z, with z standard normal and redrawn until |z| <= 2. Not rescaled, so the weights'
 * own deviation is 0.88 times the given one, as in Keras 3 `TruncatedNormal`. @throws OptionError as `randomNormal`.
 */
export function truncatedNormal(options: RandomNormalOptions = {}): InitializerSpec {
  return normalSpec("truncatedNormal", "truncatedNormal", options);
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
 * @throws OptionError for an unknown name (with the nearest known one), an unknown option or a bad value.
 */
export function resolveInitializer(where: string, value: unknown): InitializerSpec {
  if (value === "constant") {
    throw new OptionError(`${where}: "constant" needs its value; write constant({ value: 0.1 }).`);
  }
  if (typeof value === "function") {
    throw new OptionError(`${where}: expected a name or a spec, got ${show(value)}. Call it, as in randomNormal().`);
  }
  const isSpec = typeof value === "object" && value !== null;
  const { type: name, ...options } = (isSpec ? value : { type: value }) as { type?: unknown };
  const type = checkName(isSpec ? `${where}: type` : where, name, initializerNames);
  switch (type) {
    case "constant":
      return constantSpec(where, options);
    case "randomUniform":
      return uniformSpec(where, options);
    case "randomNormal":
    case "truncatedNormal":
      return normalSpec(where, type, options);
    default:
      checkKeys(where, { type, ...options }, ["type"]);
      return { type };
  }
}

/**
 * How far the initializers that look at the fans spread (Keras 3 `VarianceScaling`), with n = fanIn or
 * (fanIn + fanOut) / 2, at least 1: for `*Uniform` and `torchDefault` the limit √(3 · scale / n); for `*Normal` the
 * deviation √(scale / n) / 0.8796 of the normal before it is truncated at two deviations.
 */
export function initializerSpread(type: ScalingName, fanIn: number, fanOut: number): number {
  const { distribution, scale, fan } = initializers[type];
  const n = Math.max(1, fan === "in" ? fanIn : (fanIn + fanOut) / 2);
  // The divisor is the deviation of a standard normal truncated at ±2.
  return distribution === "uniform" ? Math.sqrt((3 * scale) / n) : Math.sqrt(scale / n) / 0.8796256610342398;
}

/**
 * Draws `count` weights, in storage order of the tensor they are for.
 * @param fanIn Inputs of one unit; for a dense kernel [inputs, units] that is `inputs`.
 * @param fanOut Units fed by one input; for a dense kernel [inputs, units] that is `units`.
 * @returns [count], rounded to float32.
 */
export function initialize(
  spec: InitializerSpec,
  random: Random,
  count: number,
  fanIn: number,
  fanOut: number,
): Float32Array<ArrayBuffer> {
  const weights = new Float32Array(count);
  const draw = sampler(spec, random, fanIn, fanOut);
  for (let i = 0; i < count; i++) weights[i] = draw();
  return weights;
}

/** The function that draws one weight. */
function sampler(spec: InitializerSpec, random: Random, fanIn: number, fanOut: number): () => number {
  switch (spec.type) {
    case "zeros":
      return () => 0;
    case "ones":
      return () => 1;
    case "constant":
      return () => spec.value;
    case "randomUniform":
      return () => random.uniformBetween(spec.minimum, spec.maximum);
    case "randomNormal":
      return () => spec.mean + spec.standardDeviation * random.normal();
    case "truncatedNormal":
      return () => spec.mean + spec.standardDeviation * random.truncatedNormal();
    default: {
      const spread = initializerSpread(spec.type, fanIn, fanOut);
      if (initializers[spec.type].distribution === "normal") return () => spread * random.truncatedNormal();
      // As uniformBetween(-spread, spread), whose check of the bounds would be made for every weight.
      return () => -spread + 2 * spread * random.uniform();
    }
  }
}
