/**
 * The first weights: numbers drawn as an initializer says. Fans come in as counts: this file knows nothing about layers,
 * tapes or where weights are stored.
 */
import { newArray } from "../base/errors.js";
import type { Random } from "../base/random.js";
import { type FanMode, type InitializerSpec, type ScalingDistribution, scalingOf } from "../specs/initializers.js";

/** Deviation of a standard normal truncated at ±2. */
const TRUNCATED_DEVIATION = 0.8796256610342398;

/**
 * How far initializers that look at the fans spread (Keras 3 `VarianceScaling`), with n = fanIn, fanOut or their mean,
 * at least 1: uniform ones up to the limit √(3 · scale / n), normal ones with the deviation √(scale / n), which for
 * truncated ones is that of the normal before it is truncated at two deviations, / 0.8796.
 */
export function scalingSpread(
  { distribution, scale, mode }: { distribution: ScalingDistribution; scale: number; mode: FanMode },
  fanIn: number,
  fanOut: number,
): number {
  const n = Math.max(1, mode === "fanIn" ? fanIn : mode === "fanOut" ? fanOut : (fanIn + fanOut) / 2);
  if (distribution === "uniform") return Math.sqrt(3 * (scale / n));
  const deviation = Math.sqrt(scale / n);
  return distribution === "untruncatedNormal" ? deviation : deviation / TRUNCATED_DEVIATION;
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
  if (spec.type === "orthogonal") return drawOrthogonal(random, fanIn, fanOut, spec.gain);
  const weights = newArray(Float32Array, count, "create");
  switch (spec.type) {
    case "zeros":
      return weights;
    case "ones":
      return weights.fill(1);
    case "constant":
      return weights.fill(spec.value);
    case "identity":
      for (let i = 0; i < Math.min(fanIn, fanOut); i++) weights[i * fanOut + i] = spec.gain;
      return weights;
    case "randomUniform":
      random.fillUniform(weights, spec.minimum, spec.maximum);
      return weights;
    case "randomNormal":
      return fillNormal(weights, random, "normal", spec.mean, spec.standardDeviation);
    case "truncatedNormal":
      return fillNormal(weights, random, "truncatedNormal", spec.mean, spec.standardDeviation);
    default: {
      const scaling = scalingOf(spec);
      const spread = scalingSpread(scaling, fanIn, fanOut);
      if (scaling.distribution === "uniform") {
        random.fillUniform(weights, -spread, spread);
        return weights;
      }
      const draw = scaling.distribution === "truncatedNormal" ? "truncatedNormal" : "normal";
      return fillNormal(weights, random, draw, 0, spread);
    }
  }
}

/** Fills with mean + deviation · z, where z is what `random` draws by the name. */
function fillNormal<Weights extends Float32Array>(
  weights: Weights,
  random: Random,
  draw: "normal" | "truncatedNormal",
  mean: number,
  deviation: number,
): Weights {
  for (let i = 0; i < weights.length; i++) weights[i] = mean + deviation * random[draw]();
  return weights;
}

/** Orthonormal vectors by Gram and Schmidt, each against all before it, twice: that is orthogonal to the last bits. */
function drawOrthogonal(random: Random, inputs: number, units: number, gain: number): Float32Array<ArrayBuffer> {
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
  const weights = newArray(Float32Array, inputs * units, "create");
  const [alongInputs, alongUnits] = inputs >= units ? [units, 1] : [1, units];
  vectors.forEach((vector, j) => {
    for (let i = 0; i < length; i++) weights[i * alongInputs + j * alongUnits] = gain * vector[i];
  });
  return weights;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
