/**
 * Predictions in float64 from a model's float32 weights, layer by layer by the formulas: the judge between two programs in
 * float32. It shares no formula with `src`.
 */
import { expect } from "vitest";
import { sizeOf } from "../../src/base/shape.js";
import type { ActivationSpec, Sequential } from "../../src/index.js";
import { portableOf } from "../../src/interop/fromModel.js";
import type { LayerSpec } from "../../src/specs/layers/all.js";
import { erf } from "./onnxExact.js";
import { worstDifference } from "./randomNets.js";

/** Options of any activation. */
interface Numbers {
  readonly negativeSlope: number;
  readonly maxValue: number | null;
  readonly threshold: number;
  readonly defaultValue: number;
  readonly alpha: number;
  readonly b: number;
  readonly approximate: boolean;
}

const clip = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);
const sigmoid = (x: number) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const meanOf = (values: readonly number[]) => sum(values) / values.length;

const elementwise: Readonly<Record<string, (x: number, options: Numbers) => number>> = {
  linear: (x) => x,
  relu: (x, { negativeSlope = 0, maxValue, threshold = 0 }) =>
    x > threshold ? Math.min(x, maxValue ?? Infinity) : negativeSlope * (x - threshold),
  relu6: (x) => clip(x, 0, 6),
  leakyRelu: (x, { negativeSlope }) => (x < 0 ? negativeSlope * x : x),
  elu: (x, { alpha }) => (x < 0 ? alpha * Math.expm1(x) : x),
  celu: (x, { alpha }) => (x < 0 ? alpha * Math.expm1(x / alpha) : x),
  selu: (x) => 1.0507009873554805 * (x < 0 ? 1.6732632423543772 * Math.expm1(x) : x),
  sigmoid,
  hardSigmoid: (x) => clip(x / 6 + 0.5, 0, 1),
  logSigmoid: (x) => -softplus(-x),
  tanh: Math.tanh,
  hardTanh: (x) => clip(x, -1, 1),
  tanhShrink: (x) => x - Math.tanh(x),
  softShrink: (x, { threshold }) => Math.sign(x) * Math.max(Math.abs(x) - threshold, 0),
  hardShrink: (x, { threshold }) => (Math.abs(x) > threshold ? x : 0),
  exponential: Math.exp,
  softplus,
  softsign: (x) => x / (1 + Math.abs(x)),
  silu: (x) => x * sigmoid(x),
  hardSilu: (x) => x * clip(x / 6 + 0.5, 0, 1),
  gelu: (x, { approximate }) =>
    approximate
      ? 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
      : 0.5 * x * (1 + erf(x * Math.SQRT1_2)),
  mish: (x) => x * Math.tanh(softplus(x)),
  sparsePlus: (x) => (x <= -1 ? 0 : x >= 1 ? x : (x + 1) ** 2 / 4),
  sparseSigmoid: (x) => clip(0.5 * (x + 1), 0, 1),
  squareplus: (x, { b }) => 0.5 * (x + Math.sqrt(x * x + b)),
  threshold: (x, { threshold, defaultValue }) => (x > threshold ? x : defaultValue),
};

function softmax(x: readonly number[]): number[] {
  const largest = Math.max(...x);
  const powers = x.map((value) => Math.exp(value - largest));
  return powers.map((power) => power / sum(powers));
}

function activated(x: number[], spec: ActivationSpec): number[] {
  if (spec.type === "softmax") return softmax(x);
  if (spec.type === "logSoftmax") {
    const largest = Math.max(...x);
    const rest = Math.log(sum(x.map((value) => Math.exp(value - largest))));
    return x.map((value) => value - largest - rest);
  }
  return x.map((value) => elementwise[spec.type](value, spec as object as Numbers));
}

type Weight = (name: string) => ArrayLike<number> | undefined;

/** (x - mean) / sqrt(variance + epsilon) of each group of `size` numbers. */
function normalized(x: readonly number[], size: number, epsilon: number): number[] {
  return x.flatMap((_, begin) => {
    if (begin % size > 0) return [];
    const group = x.slice(begin, begin + size);
    const mean = meanOf(group);
    const deviation = Math.sqrt(meanOf(group.map((value) => (value - mean) ** 2)) + epsilon);
    return group.map((value) => (value - mean) / deviation);
  });
}

function layer(x: number[], spec: LayerSpec, weight: Weight): number[] {
  const scaled = (values: readonly number[]) =>
    values.map((value, i) => value * (weight("gamma")?.[i] ?? 1) + (weight("beta")?.[i] ?? 0));
  switch (spec.type) {
    case "dense": {
      const kernel = weight("kernel") as ArrayLike<number>;
      const units = kernel.length / x.length;
      const z = Array.from({ length: units }, (_, j) => sum(x.map((value, i) => value * kernel[i * units + j])));
      return activated(
        z.map((value, j) => value + (weight("bias")?.[j] ?? 0)),
        spec.activation,
      );
    }
    case "activation":
      return activated(x, spec.activation);
    case "softmax":
      return softmax(x);
    case "prelu":
      return x.map((value, i) => (value < 0 ? (weight("alpha")?.[i] ?? 0) * value : value));
    case "rescaling":
      return x.map((value) => value * spec.scale + spec.offset);
    case "normalization":
      return x.map((value, i) => {
        const [mean, variance] = [weight("mean")?.[i] ?? 0, weight("variance")?.[i] ?? 1];
        return (value - mean) / Math.max(Math.sqrt(variance), 1e-7);
      });
    case "batchNormalization":
      return scaled(
        x.map((value, i) => {
          const [mean, variance] = [weight("movingMean")?.[i] ?? 0, weight("movingVariance")?.[i] ?? 1];
          return (value - mean) / Math.sqrt(variance + spec.epsilon);
        }),
      );
    case "layerNormalization":
      return scaled(normalized(x, x.length, spec.epsilon));
    case "groupNormalization":
      return scaled(normalized(x, x.length / spec.groups, spec.epsilon));
    case "rmsNormalization": {
      const root = Math.sqrt(meanOf(x.map((value) => value * value)) + spec.epsilon);
      return x.map((value, i) => (value / root) * (weight("scale")?.[i] ?? 1));
    }
    case "unitNormalization": {
      const length = Math.sqrt(Math.max(sum(x.map((value) => value * value)), 1e-12));
      return x.map((value) => value / length);
    }
    default:
      throw new Error(`exact.ts has no formula of ${spec.type}`);
  }
}

/** The outputs of a model for rows, in float64. */
export async function exactOutputs(model: Sequential, x: Float32Array): Promise<number[]> {
  const { inputShape, layers } = await portableOf(model);
  const inputs = sizeOf(inputShape);
  return Array.from({ length: x.length / inputs }, (_, row) => {
    let values = Array.from(x.subarray(row * inputs, (row + 1) * inputs));
    for (const { spec, weights } of layers) values = layer(values, spec, (name) => weights.get(name)?.data);
    return values;
  }).flat();
}

/** The limit for nets whose layer normalizations magnify the rounding of what comes before: 2.7e-6 was measured on 200. */
export const WITH_NORMALIZATION = 3e-6;

/**
 * Holds what a model predicts to float64, and gives the distances of the long proof a name each: ours from theirs, ours from
 * float64, theirs from float64.
 */
export async function judge(net: string, model: Sequential, x: Float32Array, theirs: ArrayLike<number>, limit = 2e-6) {
  const [ours, exact] = [model.predict(x), await exactOutputs(model, x)];
  worstDifference(ours, theirs, "ours and theirs");
  worstDifference(theirs, exact, "theirs and float64");
  expect(worstDifference(ours, exact, "ours and float64"), `${net}, from float64`).toBeLessThan(limit);
}
