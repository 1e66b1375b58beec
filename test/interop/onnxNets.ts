/** Nets for tests of ONNX: every activation and layer that the format holds, with weights that show a mistake. */
import { Random } from "../../src/base/random.js";
import {
  batchNormalization,
  layerNormalization,
  normalization,
  prelu,
  relu,
  rescaling,
  rmsNormalization,
  Sequential,
  type SequentialOptions,
} from "../../src/index.js";
import {
  type ActivationName,
  type ActivationSpec,
  activationNames,
  resolveActivation,
} from "../../src/specs/activations.js";
import type { NetParts } from "./randomNets.js";

const OPTIONS: Partial<Record<ActivationName, readonly object[]>> = {
  relu: [
    { negativeSlope: 0.1 },
    { maxValue: 2 },
    { threshold: 0.3 },
    { negativeSlope: 0.2, maxValue: 1.5, threshold: 0.25 },
  ],
  leakyRelu: [{ negativeSlope: 0.3 }],
  elu: [{ alpha: 0.4 }],
  celu: [{ alpha: 1.7 }],
  softShrink: [{ threshold: 0.3 }],
  hardShrink: [{ threshold: 0.7 }],
  squareplus: [{ b: 1.5 }],
  threshold: [{ threshold: 0.2, defaultValue: -0.4 }],
  gelu: [{ approximate: true }],
};

/** An activation with its defaults, and with other options. */
export function variants(type: ActivationName): ActivationSpec[] {
  return [{ type }, ...(OPTIONS[type] ?? []).map((options) => ({ type, ...options }))].map((one) =>
    resolveActivation(type, one),
  );
}

/** A model whose weights of one dimension are not what they begin with. */
export async function livelyModel(options: SequentialOptions): Promise<Sequential> {
  const model = await Sequential.create({ threads: 1, ...options });
  const random = Random.fromSeed(9, 0x6c697665);
  const weights = model.getWeights().map(({ name, shape, data }) => {
    const isSpread = /variance|gamma|scale/i.test(name);
    const noise = () => 0.3 * random.normal();
    return { name, shape, data: data.map((value) => value + (isSpread ? Math.abs(noise()) : noise())) };
  });
  model.setWeights(weights);
  return model;
}

const rowWise = new Set<string>(["softmax", "logSoftmax", "sparsemax"]);

/** The parts of random nets. */
export const parts: NetParts = {
  activations: activationNames.filter((name) => !rowWise.has(name)).flatMap(variants),
  last: [{ type: "linear" }, { type: "sigmoid" }, { type: "softmax" }, { type: "logSoftmax" }, relu({ maxValue: 1 })],
  between: [
    () => batchNormalization({ epsilon: 1e-4 }),
    () => batchNormalization({ compat: "torch", scale: false }),
    () => layerNormalization(),
    () => rmsNormalization(),
    () => prelu(),
    () => normalization(),
  ],
  first: [() => normalization(), () => rescaling({ scale: 1 / 255, offset: -0.5 }), () => batchNormalization()],
};
