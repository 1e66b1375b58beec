/** Functions that fill weights, but for the defaults: loaded for models that have another (`model/parts.ts`). */
import { Random } from "../../base/random.js";
import type { RandomStream } from "../../base/randomStream.js";
import type { OrthogonalSpec, RandomNormalSpec, RandomUniformSpec } from "./drawn.js";
import type { ConstantSpec, IdentitySpec } from "./fixed.js";
import type { Fans, Fill } from "./initializer.js";
import type { ScalingRule } from "./scaling.js";

/** Fills with mean + deviation · z, with z drawn by the named method of `random`. */
function fillNormal(
  weights: Float32Array,
  random: RandomStream,
  draw: "normal" | "truncatedNormal",
  mean: number,
  deviation: number,
): void {
  const source = Random.of(random);
  for (let i = 0; i < weights.length; i++) weights[i] = mean + deviation * source[draw]();
}

/** Orthonormal vectors by Gram and Schmidt, each against all before it, twice: orthogonal to the last bits. */
function fillOrthogonal(weights: Float32Array, { gain }: OrthogonalSpec, random: RandomStream, fans: Fans): void {
  const source = Random.of(random);
  const { fanIn: inputs, fanOut: units } = fans;
  const [count, length] = [Math.min(inputs, units), Math.max(inputs, units)];
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const vector = Float64Array.from({ length }, () => source.normal());
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

/** Deviation of a standard normal truncated at ±2. */
const TRUNCATED_DEVIATION = 0.8796256610342398;

/**
 * The limit of uniform weights, √(3 · scale / n), or the deviation of normal ones, √(scale / n). For truncated ones it
 * is the deviation before truncation at two deviations, √(scale / n) / 0.8796. n = fanIn, fanOut or their mean, at
 * least 1.
 */
export function spreadOf({ distribution, scale, mode }: ScalingRule, { fanIn, fanOut }: Fans): number {
  const n = Math.max(1, mode === "fanIn" ? fanIn : mode === "fanOut" ? fanOut : (fanIn + fanOut) / 2);
  if (distribution === "uniform") return Math.sqrt(3 * (scale / n));
  const deviation = Math.sqrt(scale / n);
  return distribution === "untruncatedNormal" ? deviation : deviation / TRUNCATED_DEVIATION;
}

function fillScaled(weights: Float32Array, rule: ScalingRule, random: RandomStream, fans: Fans): void {
  const spread = spreadOf(rule, fans);
  if (rule.distribution === "uniform") random.fillUniform(weights, -spread, spread);
  else fillNormal(weights, random, rule.distribution === "truncatedNormal" ? "truncatedNormal" : "normal", 0, spread);
}

function scaled(rule: ScalingRule): Fill<unknown> {
  return (weights, _, random, fans) => fillScaled(weights, rule, random, fans);
}

/** The functions, by type of initializer. */
export const fills = {
  ones: (weights) => weights.fill(1),
  constant: (weights, { value }: ConstantSpec) => weights.fill(value),
  identity(weights, { gain }: IdentitySpec, _, { fanIn, fanOut }) {
    for (let i = 0; i < Math.min(fanIn, fanOut); i++) weights[i * fanOut + i] = gain;
  },
  randomUniform: (weights, { minimum, maximum }: RandomUniformSpec, random) =>
    random.fillUniform(weights, minimum, maximum),
  randomNormal: (weights, { mean, standardDeviation }: RandomNormalSpec, random) =>
    fillNormal(weights, random, "normal", mean, standardDeviation),
  truncatedNormal: (weights, { mean, standardDeviation }: Omit<RandomNormalSpec, "type">, random) =>
    fillNormal(weights, random, "truncatedNormal", mean, standardDeviation),
  glorotNormal: scaled({ scale: 1, mode: "fanAverage", distribution: "truncatedNormal" }),
  heUniform: scaled({ scale: 2, mode: "fanIn", distribution: "uniform" }),
  heNormal: scaled({ scale: 2, mode: "fanIn", distribution: "truncatedNormal" }),
  lecunUniform: scaled({ scale: 1, mode: "fanIn", distribution: "uniform" }),
  lecunNormal: scaled({ scale: 1, mode: "fanIn", distribution: "truncatedNormal" }),
  torchDefault: scaled({ scale: 1 / 3, mode: "fanIn", distribution: "uniform" }),
  varianceScaling: fillScaled,
  orthogonal: fillOrthogonal,
} satisfies Record<string, Fill<never>>;
