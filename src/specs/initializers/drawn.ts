/** Initializers that draw numbers with a fixed spread, or directions. */
import { checkNumber } from "../../base/errors.js";
import { type Given, makeSpec, number, type Spec } from "../../base/options.js";
import { gainOptions } from "./fixed.js";
import type { InitializerDefinition } from "./initializer.js";

/** Options of `randomUniform`. */
const randomUniformOptions = {
  /** Least value. @default -0.05 */
  minimum: number({}, -0.05),
  /** Largest value, >= `minimum`. @default 0.05 */
  maximum: number({}, 0.05),
};

/** Options of `randomUniform`. */
export interface RandomUniformOptions extends Given<typeof randomUniformOptions> {}

export type RandomUniformSpec = Spec<"randomUniform", typeof randomUniformOptions>;

/** U(minimum, maximum). @throws OptionError unless both are finite and in order. */
export function randomUniform(options: RandomUniformOptions = {}): RandomUniformSpec {
  const spec = makeSpec("randomUniform", randomUniformOptions, options, arguments);
  checkNumber("randomUniform: maximum", spec.maximum, { min: spec.minimum });
  return spec;
}

export const randomUniformDefinition: InitializerDefinition<RandomUniformSpec, RandomUniformOptions> = {
  resolve: randomUniform,
};

/** Options of `randomNormal` and `truncatedNormal`. */
const randomNormalOptions = {
  /** Mean of the normal. @default 0 */
  mean: number({}, 0),
  /** Standard deviation of the normal, >= 0. @default 0.05 */
  standardDeviation: number({ min: 0 }, 0.05),
};

/** Options of `randomNormal` and `truncatedNormal`. */
export interface RandomNormalOptions extends Given<typeof randomNormalOptions> {}

export type RandomNormalSpec = Spec<"randomNormal", typeof randomNormalOptions>;
export type TruncatedNormalSpec = Spec<"truncatedNormal", typeof randomNormalOptions>;

/** N(mean, standardDeviation²). @throws OptionError unless both are finite and the deviation is not negative. */
export function randomNormal(options: RandomNormalOptions = {}): RandomNormalSpec {
  return makeSpec("randomNormal", randomNormalOptions, options, arguments);
}

export const randomNormalDefinition: InitializerDefinition<RandomNormalSpec, RandomNormalOptions> = {
  options: randomNormalOptions,
};

/**
 * mean + standardDeviation · z, with z standard normal and redrawn until |z| <= 2. Not rescaled, so the weights'
 * own deviation is 0.88 times the given one, as in Keras 3 `TruncatedNormal`. @throws OptionError as `randomNormal`.
 */
export function truncatedNormal(options: RandomNormalOptions = {}): TruncatedNormalSpec {
  return makeSpec("truncatedNormal", randomNormalOptions, options, arguments);
}

export const truncatedNormalDefinition: InitializerDefinition<TruncatedNormalSpec, RandomNormalOptions> = {
  options: randomNormalOptions,
};

export type OrthogonalSpec = Spec<"orthogonal", typeof gainOptions>;

/**
 * A kernel whose rows, or columns if those are fewer, are orthonormal, times `gain`: the orthogonal factor of normal
 * numbers, with signs that make it unique (Saxe et al. 2014).
 * @throws OptionError for an unknown option or a gain that is not finite.
 */
export function orthogonal(options: Given<typeof gainOptions> = {}): OrthogonalSpec {
  return makeSpec("orthogonal", gainOptions, options, arguments);
}

export const orthogonalDefinition: InitializerDefinition<OrthogonalSpec, Given<typeof gainOptions>> = {
  options: gainOptions,
  forKernels: true,
};
