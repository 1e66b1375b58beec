/** Initializers that draw numbers with a fixed spread, or directions. */
import { checkNumber } from "../../base/errors.js";
import { type Given, makeSpec, number, type Spec } from "../../base/options.js";
import type { Random } from "../../base/random.js";
import { gainOptions } from "./fixed.js";
import type { Fans, InitializerDefinition } from "./initializer.js";

/** Options of `randomUniform`. */
const randomUniformOptions = {
  /** Least value. @default -0.05 */
  minimum: number({}, -0.05),
  /** Largest value, >= `minimum`. @default 0.05 */
  maximum: number({}, 0.05),
};

/** Options of `randomUniform`. */
export interface RandomUniformOptions extends Given<typeof randomUniformOptions> {}

type RandomUniformSpec = Spec<"randomUniform", typeof randomUniformOptions>;

/** U(minimum, maximum). @throws OptionError unless both are finite and in order. */
export function randomUniform(options: RandomUniformOptions = {}): RandomUniformSpec {
  const spec = makeSpec("randomUniform", randomUniformOptions, options, arguments);
  checkNumber("randomUniform: maximum", spec.maximum, { min: spec.minimum });
  return spec;
}

export const randomUniformDefinition: InitializerDefinition<RandomUniformSpec, RandomUniformOptions> = {
  resolve: randomUniform,
  fill: (weights, { minimum, maximum }, random) => random.fillUniform(weights, minimum, maximum),
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

type RandomNormalSpec = Spec<"randomNormal", typeof randomNormalOptions>;
type TruncatedNormalSpec = Spec<"truncatedNormal", typeof randomNormalOptions>;

/** N(mean, standardDeviation²). @throws OptionError unless both are finite and the deviation is not negative. */
export function randomNormal(options: RandomNormalOptions = {}): RandomNormalSpec {
  return makeSpec("randomNormal", randomNormalOptions, options, arguments);
}

export const randomNormalDefinition: InitializerDefinition<RandomNormalSpec, RandomNormalOptions> = {
  resolve: randomNormal,
  fill: (weights, { mean, standardDeviation }, random) =>
    fillNormal(weights, random, "normal", mean, standardDeviation),
};

/**
 * mean + standardDeviation · z, with z standard normal and redrawn until |z| <= 2. Not rescaled, so the weights'
 * own deviation is 0.88 times the given one, as in Keras 3 `TruncatedNormal`. @throws OptionError as `randomNormal`.
 */
export function truncatedNormal(options: RandomNormalOptions = {}): TruncatedNormalSpec {
  return makeSpec("truncatedNormal", randomNormalOptions, options, arguments);
}

export const truncatedNormalDefinition: InitializerDefinition<TruncatedNormalSpec, RandomNormalOptions> = {
  resolve: truncatedNormal,
  fill: (weights, { mean, standardDeviation }, random) =>
    fillNormal(weights, random, "truncatedNormal", mean, standardDeviation),
};

/** Fills with mean + deviation · z, with z drawn by the named method of `random`. */
export function fillNormal(
  weights: Float32Array,
  random: Random,
  draw: "normal" | "truncatedNormal",
  mean: number,
  deviation: number,
): void {
  for (let i = 0; i < weights.length; i++) weights[i] = mean + deviation * random[draw]();
}

type OrthogonalSpec = Spec<"orthogonal", typeof gainOptions>;

/**
 * A kernel whose rows, or columns if those are fewer, are orthonormal, times `gain`: the orthogonal factor of normal
 * numbers, with signs that make it unique (Saxe et al. 2014).
 * @throws OptionError for an unknown option or a gain that is not finite.
 */
export function orthogonal(options: Given<typeof gainOptions> = {}): OrthogonalSpec {
  return makeSpec("orthogonal", gainOptions, options, arguments);
}

export const orthogonalDefinition: InitializerDefinition<OrthogonalSpec, Given<typeof gainOptions>> = {
  resolve: orthogonal,
  forKernels: true,
  fill: fillOrthogonal,
};

/** Orthonormal vectors by Gram and Schmidt, each against all before it, twice: orthogonal to the last bits. */
function fillOrthogonal(weights: Float32Array, { gain }: OrthogonalSpec, random: Random, fans: Fans): void {
  const { fanIn: inputs, fanOut: units } = fans;
  const [count, length] = [Math.min(inputs, units), Math.max(inputs, units)];
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const vector = Float64Array.from({ length }, () => random.normal());
    for (const other of [...vectors, ...vectors]) {
      const along = dot(vector, other);
      for (let i = 0; i < length; i++) vector[i] -= along * other[i];
    }
    const norm = Math.sqrt(dot(vector, vector));
    vectors.push(vector.map((value) => value / norm));
  }
  const [alongInputs, alongUnits] = inputs >= units ? [units, 1] : [1, units];
  vectors.forEach((vector, j) => {
    for (let i = 0; i < length; i++) weights[i * alongInputs + j * alongUnits] = gain * vector[i];
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
