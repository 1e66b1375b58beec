/** Random nets in the middle of a training, for Keras to go on with: layers, losses and optimizers change with the seed. */
import { NonFiniteError } from "../../../src/base/errors.js";
import { Random } from "../../../src/base/random.js";
import {
  type ActivationSpec,
  activation,
  batchNormalization,
  Dataset,
  elu,
  exponentialDecay,
  groupNormalization,
  type LayerSpec,
  layerNormalization,
  leakyRelu,
  normalization,
  type Optimizer,
  prelu,
  relu,
  rescaling,
  rmsNormalization,
  type Sequential,
  softmax,
  unitNormalization,
} from "../../../src/index.js";
import { randomNet, rowsFor } from "../randomNets.js";

const named = [
  ...["linear", "relu", "relu6", "elu", "celu", "selu", "sigmoid", "hardSigmoid", "logSigmoid", "tanh", "hardTanh"],
  ...[
    "tanhShrink",
    "exponential",
    "softShrink",
    "hardShrink",
    "softplus",
    "softsign",
    "silu",
    "hardSilu",
    "gelu",
    "mish",
  ],
  ...["sparsePlus", "sparseSigmoid", "squareplus", "leakyRelu", "softmax", "logSoftmax"],
];
const ONE = { celu: { alpha: 1 }, elu: { alpha: 1 }, softShrink: { threshold: 0.5 }, hardShrink: { threshold: 0.5 } };
const MORE = { gelu: { approximate: false }, squareplus: { b: 4 }, leakyRelu: { negativeSlope: 0.2 } };
const activations = [
  ...named.map((type) => ({
    type,
    ...(ONE as object & Record<string, object>)[type],
    ...(MORE as Record<string, object>)[type],
  })),
  relu({ negativeSlope: 0.1, maxValue: 3, threshold: 0.2 }),
  leakyRelu({ negativeSlope: 0.3 }),
  elu({ alpha: 0.5 }),
] as ActivationSpec[];

/** Optimizers that Keras has, with options that are not their defaults. */
export const optimizers: readonly Optimizer[] = [
  { type: "sgd", learningRate: 0.01 },
  { type: "sgd", learningRate: 0.01, momentum: 0.9 },
  { type: "sgd", learningRate: 0.01, momentum: 0.8, nesterov: true, weightDecay: 0.01 },
  { type: "adam", learningRate: 0.003 },
  { type: "adam", learningRate: 0.003, amsgrad: true, clipNorm: 0.5 },
  { type: "adamw", learningRate: 0.003, weightDecay: 0.1 },
  { type: "adamax", learningRate: 0.003 },
  { type: "nadam", learningRate: 0.003 },
  { type: "rmsprop", learningRate: 0.001 },
  { type: "rmsprop", learningRate: 0.001, momentum: 0.5, centered: true },
  { type: "adagrad", learningRate: 0.01 },
  { type: "adadelta", learningRate: 0.5 },
  { type: "ftrl", learningRate: 0.02, l1RegularizationStrength: 0.001, l2RegularizationStrength: 0.01, beta: 0.1 },
  { type: "lamb", learningRate: 0.002, globalClipNorm: 1 },
  { type: "lion", learningRate: 0.0005 },
  { type: "muon", learningRate: 0.002, adjustLearningRate: "matchRmsAdamw" },
  { type: "adafactor", learningRate: 0.01 },
  {
    type: "adam",
    learningRate: exponentialDecay({ initialLearningRate: 0.005, decaySteps: 7, decayRate: 0.8, staircase: true }),
  },
  { type: "adam", learningRate: 0.003, useEma: true, emaMomentum: 0.8, emaOverwriteFrequency: 7 },
];

const between: readonly ((features: number) => LayerSpec)[] = [
  () => batchNormalization(),
  () => layerNormalization(),
  () => rmsNormalization(),
  () => unitNormalization(),
  () => prelu(),
  () => rescaling({ scale: 0.7, offset: 0.1 }),
  (features) => (features > 1 ? softmax() : activation("tanh")),
  () => activation("gelu"),
  (features) => (features % 3 === 0 && features > 3 ? groupNormalization({ groups: 3 }) : activation("tanh")),
];

/** A net, and the data that train it. */
export interface Net {
  readonly model: Sequential;
  readonly x: number[][];
  readonly y: number[][];
  readonly optimizer: string;
}

const ROWS = 16;

function rowsOf(values: ArrayLike<number>, columns: number): number[][] {
  return Array.from({ length: values.length / columns }, (_, row) =>
    Array.from({ length: columns }, (__, column) => values[row * columns + column]),
  );
}

/** Net number `seed`, trained for some steps; another one in place of a net that float32 cannot hold. */
export async function netFor(seed: number): Promise<Net> {
  try {
    return await drawnNet(seed);
  } catch (error) {
    if (!(error instanceof NonFiniteError)) throw error;
    return netFor(seed + 1000);
  }
}

async function drawnNet(seed: number): Promise<Net> {
  const model = await randomNet(seed, {
    activations,
    between,
    first: [() => normalization(), () => rescaling({ scale: 0.5 })],
  });
  const outputs = model.layers[model.layers.length - 1].outputShape[0];
  const inputs = model.layers[0].inputShape[0];
  const random = Random.fromSeed(seed, 77);
  const x = rowsOf(rowsFor(model, ROWS, seed), inputs);
  const y = x.map(() => Array.from({ length: outputs }, () => Math.abs(random.normal()) / 4));
  const optimizer = optimizers[seed % optimizers.length];
  model.compile({ optimizer, loss: "meanSquaredError", metrics: ["meanAbsoluteError"] });
  await train({ model, x, y }, 5);
  return { model, x, y, optimizer: typeof optimizer === "string" ? optimizer : optimizer.type };
}

/** Steps of whole batches, in order. */
export async function train({ model, x, y }: Pick<Net, "model" | "x" | "y">, steps: number): Promise<void> {
  await model.fit(Dataset.from({ x, y }), { epochs: steps, batchSize: ROWS, shuffle: false });
  // Averages stand in for the weights after fit; this is about the weights themselves.
  if (model.compiled?.optimizer.useEma) model.useAverages(false);
}
