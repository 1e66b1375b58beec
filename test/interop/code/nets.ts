/** A net for each activation and each layer of the registry, with weights that differ from their first values. */
import { Random } from "../../../src/base/random.js";
import { sizeOf } from "../../../src/base/shape.js";
import * as all from "../../../src/index.js";
import { type Activation, type Layer, Sequential } from "../../../src/index.js";
import type { ActivationName } from "../../../src/specs/activations.js";
import type { LayerSpec } from "../../../src/specs/layers/all.js";
import { worstDifference } from "../randomNets.js";

/** A net, its rows and its predictions. */
export interface Case {
  readonly name: string;
  readonly model: Sequential;
  readonly x: Float32Array;
  readonly rows: number;
  readonly expected: Float32Array;
}

const ROWS = 12;

/** Every activation with its defaults, and others with options. */
const activations: Record<ActivationName, readonly Activation[]> = {
  ...(Object.fromEntries(all.activationNames.map((name) => [name, [name]])) as Record<
    ActivationName,
    [ActivationName]
  >),
  relu: [
    "relu",
    all.relu({ negativeSlope: 0.25 }),
    all.relu({ maxValue: 1.5 }),
    all.relu({ negativeSlope: 0.1, maxValue: 2, threshold: 0.5 }),
  ],
  leakyRelu: ["leakyRelu", all.leakyRelu({ negativeSlope: 0.01 })],
  elu: ["elu", all.elu({ alpha: 0.5 })],
  celu: ["celu", all.celu({ alpha: 2 })],
  softShrink: ["softShrink", all.softShrink({ threshold: 1 })],
  hardShrink: ["hardShrink", all.hardShrink({ threshold: 1 })],
  squareplus: ["squareplus", all.squareplus({ b: 1 })],
  threshold: ["threshold", all.threshold({ threshold: -0.5, defaultValue: -2 })],
  gelu: ["gelu", all.gelu({ approximate: true })],
};

type Net = readonly [inputShape: readonly number[], layers: readonly Layer[]];
const { dense } = all;
const one = (layer: Layer): Net => [[6], [dense({ units: 8 }), layer]];

/** Every layer, alone or after a dense one. */
const layers: Record<LayerSpec["type"], readonly Net[]> = {
  dense: [[[5], [dense({ units: 4, useBias: false }), dense({ units: 3 })]]],
  spectralNormalization: [[[5], [all.spectralNormalization(dense({ units: 4, activation: "relu" }))]]],
  activation: [one(all.activation("relu")), one(all.activation("softmax"))],
  prelu: [one(all.prelu())],
  glu: [
    one(all.glu()),
    [
      [2, 6],
      [all.prelu(), all.glu()],
    ],
  ],
  softmax: [
    one(all.softmax()),
    one(all.softmax({ mask: [true, false, true, true, false, true, true, true] })),
    [
      [3, 4, 2],
      [all.prelu(), all.softmax({ axis: 1 })],
    ],
  ],
  activityRegularization: [one(all.activityRegularization({ l2: 0.1 }))],
  flatten: [
    [
      [2, 3],
      [all.flatten(), dense({ units: 2 })],
    ],
  ],
  reshape: [[[6], [dense({ units: 6 }), all.reshape([2, 3])]]],
  dropout: [one(all.dropout(0.5))],
  alphaDropout: [one(all.alphaDropout(0.5))],
  gaussianDropout: [one(all.gaussianDropout(0.5))],
  gaussianNoise: [one(all.gaussianNoise(0.5))],
  batchNormalization: [
    one(all.batchNormalization()),
    one(all.batchNormalization({ center: false, scale: false, compat: "torch" })),
  ],
  layerNormalization: [one(all.layerNormalization()), one(all.layerNormalization({ center: false, scale: false }))],
  groupNormalization: [
    one(all.groupNormalization({ groups: 2 })),
    [
      [3, 4],
      [all.prelu(), all.groupNormalization({ groups: 2 })],
    ],
    [
      [3, 4],
      [all.prelu(), all.groupNormalization({ groups: -1, scale: false })],
    ],
  ],
  rmsNormalization: [one(all.rmsNormalization())],
  unitNormalization: [one(all.unitNormalization())],
  normalization: [[[6], [all.normalization(), dense({ units: 3 })]]],
  rescaling: [[[6], [all.rescaling({ scale: 1 / 255, offset: -0.5 }), dense({ units: 3 })]]],
  categoryEncoding: [
    [[3], [all.categoryEncoding({ numTokens: 7 }), dense({ units: 3 })]],
    [[3], [all.categoryEncoding({ numTokens: 7, outputMode: "oneHot" }), all.flatten(), dense({ units: 3 })]],
  ],
};

async function caseOf(name: string, [inputShape, parts]: Net, seed: number): Promise<Case> {
  const model = await Sequential.create({ inputShape, layers: parts, seed, threads: 1 });
  const random = Random.fromSeed(seed, 0x636f6465);
  const moved = model.getWeights().map((weight) => ({
    ...weight,
    data: weight.data.map((value) =>
      /ariance/.test(weight.name) ? value + Math.abs(random.normal()) : value + 0.4 * random.normal(),
    ),
  }));
  model.setWeights(moved);
  const isCategory = parts[0].type === "categoryEncoding";
  const count = ROWS * sizeOf(inputShape);
  const x = Float32Array.from({ length: count }, () => (isCategory ? random.uint32() % 7 : 2 * random.normal()));
  return { name, model, x, rows: ROWS, expected: model.predict(x) };
}

/** Every case; the same in each test. */
export async function everyCase(): Promise<Case[]> {
  const ofActivations = Object.entries(activations).flatMap(([name, list]) =>
    list.map((activation, i): [string, Net] => [`${name} ${i}`, [[6], [dense({ units: 7, activation })]]]),
  );
  const ofLayers = Object.entries(layers).flatMap(([name, nets]) =>
    nets.map((net, i): [string, Net] => [`${name} layer ${i}`, net]),
  );
  const nets = [...ofActivations, ...ofLayers];
  return Promise.all(nets.map(([name, net], seed) => caseOf(name, net, seed)));
}

/**
 * How far outputs may be from the model's if a compiler orders sums as it likes: 2e-6, or where rounding alone moves them
 * further, as in net 81 of 200, twice the difference between the two backends.
 */
export async function looseLimit(model: Sequential, x: Float32Array): Promise<number> {
  const reference = await Sequential.load(model.save(), { backend: "reference" });
  return Math.max(2e-6, 2 * worstDifference(model.predict(x), reference.predict(x)));
}
