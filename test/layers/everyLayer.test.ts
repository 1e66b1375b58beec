// Layers of every kind in a whole model: it trains, predicts, evaluates, is saved, loaded, described, explained, and
// lives in a worker, with the same bits.
import { describe, expect, it } from "vitest";
import { explain } from "../../src/explain/index.js";
import {
  activityRegularization,
  adam,
  alphaDropout,
  checkGradients,
  dense,
  describeTape,
  flatten,
  freeze,
  gaussianDropout,
  glu,
  groupNormalization,
  type LayerSpec,
  l2,
  maxNorm,
  prelu,
  reshape,
  rmsNormalization,
  Sequential,
  softmax,
  spectralNormalization,
  unitNormalization,
} from "../../src/index.js";
import { runtimes } from "../model/runtimes.js";
import { sampleInQuick } from "../support/inFull.js";
import { uniforms } from "../support/tensors.js";

const data = { x: uniforms(40 * 5, 1), y: Array.from({ length: 40 }, (_, row) => row % 3) };

const layers: LayerSpec[] = [
  prelu(),
  prelu({ alphaInitializer: "ones", alphaRegularizer: l2(0.1), alphaConstraint: maxNorm(1) }),
  groupNormalization({ groups: 3 }),
  rmsNormalization(),
  unitNormalization(),
  alphaDropout(0.3),
  gaussianDropout(0.3),
  softmax({ mask: Array.from({ length: 12 }, (_, i) => i % 3 !== 0) }),
  activityRegularization({ l1: 0.01, l2: 0.02 }),
  glu(),
  spectralNormalization(dense({ units: 12, activation: "tanh" })),
];

function modelLayers(layer: LayerSpec): LayerSpec[] {
  return [dense({ units: 12, activation: "tanh" }), layer, dense({ units: 3, activation: "softmax" })];
}

async function build(layer: LayerSpec, options: object = {}): Promise<Sequential> {
  const model = await Sequential.create({ inputShape: [5], layers: modelLayers(layer), seed: 3, ...options });
  model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "sparseCategoricalCrossentropy" });
  return model;
}

/** Each has a worker started for it. */
const inWorkers = sampleInQuick(layers);

describe.each(layers.map((layer) => [JSON.stringify(layer), layer] as const))("%s", (_, layer) => {
  it.each(runtimes)("trains, and a saved model goes on as if it had not stopped, on %s", async (_, runtime) => {
    const whole = await build(layer, runtime);
    const before = await whole.evaluate(data);
    await whole.fit(data, { epochs: 6, batchSize: 8 });
    expect((await whole.evaluate(data)).loss).toBeLessThan(before.loss);
    const first = await build(layer, runtime);
    await first.fit(data, { epochs: 2, batchSize: 8 });
    const second = await Sequential.load(first.save(), runtime);
    await second.fit(data, { epochs: 6, initialEpoch: 2, batchSize: 8 });
    expect(second.predict(data.x)).toEqual(whole.predict(data.x));
    expect(await second.evaluate(data)).toEqual(await whole.evaluate(data));
  });

  it.runIf(inWorkers.includes(layer))("has the same bits in a worker", async () => {
    const here = await build(layer);
    const there = await Sequential.create({ inputShape: [5], layers: modelLayers(layer), seed: 3, worker: true });
    await there.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "sparseCategoricalCrossentropy" });
    const options = { epochs: 2, batchSize: 8 };
    expect(await there.fit(data, options)).toEqual(await here.fit(data, options));
    expect(await there.predict(data.x)).toEqual(here.predict(data.x));
    await there.dispose();
  });

  it("is described, traced and explained", async () => {
    const model = await build(layer);
    expect(model.summary()).toContain(`${layer.type}_1`);
    expect(describeTape(model)).toContain("train:");
    expect(Object.keys(model.trace({ x: data.x.slice(0, 10), y: [0, 1] }))).toContain("dense_1/dh");
    expect((await explain(model, { x: data.x.slice(0, 5), y: [0] })).toText()).toContain("dense_2");
  });
});

it("gives the same weights for any number of threads, with records that run in TypeScript between others", async () => {
  const between = [groupNormalization({ groups: 4 }), activityRegularization({ l2: 0.01 }), softmax({ axis: 0 })];
  const layers = [dense({ units: 256 }), reshape([16, 16]), ...between, flatten(), dense({ units: 3 })];
  const x = uniforms(256 * 128, 2);
  const train = async (threads: number) => {
    const model = await Sequential.create({ inputShape: [128], layers, seed: 4, backend: "wasm", threads });
    model.compile({ optimizer: "adam", loss: "meanSquaredError" });
    await model.fit({ x, y: uniforms(256 * 3, 3) }, { epochs: 2, batchSize: 96 });
    expect(model.info().threads).toBe(threads);
    return model.getWeights();
  };
  expect(await train(3)).toEqual(await train(1));
});

describe.each(runtimes)("spectralNormalization on %s", (_, runtime) => {
  const wrapped = spectralNormalization(dense({ units: 6, kernelRegularizer: l2(0.1) }), { powerIterations: 30 });

  /** The largest singular value of the kernel, by many steps of the power iteration in float64. */
  function normOf(model: Sequential): number {
    const { data: kernel } = model.getWeights()[0];
    let u = [1, 0.5, -1, 2, 0.1, -0.7];
    let norm = 0;
    for (let n = 0; n < 500; n++) {
      const v = Array.from({ length: 5 }, (_, i) => u.reduce((sum, value, j) => sum + value * kernel[i * 6 + j], 0));
      const next = u.map((_, j) => v.reduce((sum, value, i) => sum + value * kernel[i * 6 + j], 0));
      norm = Math.sqrt(Math.hypot(...next) / Math.hypot(...u));
      u = next.map((value) => value / Math.hypot(...next));
    }
    return norm;
  }

  async function build(layer: LayerSpec): Promise<Sequential> {
    const model = await Sequential.create({ inputShape: [5], layers: [layer, dense({ units: 3 })], ...runtime });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    return model;
  }

  it("divides the kernel by its largest singular value while training, and only then", async () => {
    const model = await build(wrapped);
    const y = uniforms(40 * 3, 5);
    const before = normOf(model);
    model.compile({ optimizer: { type: "sgd", learningRate: 0 }, loss: "meanSquaredError" });
    await model.evaluate({ x: data.x, y });
    model.predict(data.x);
    expect(normOf(model)).toBe(before);
    expect(Math.abs(before - 1)).toBeGreaterThan(0.01);
    await model.fit({ x: data.x, y }, { epochs: 1 });
    expect(normOf(model)).toBeCloseTo(1, 4);
  });

  it("leaves a frozen kernel, and one of zeros, with its u", async () => {
    for (const layer of [freeze(wrapped), spectralNormalization(dense({ units: 6, kernelInitializer: "zeros" }))]) {
      const model = await build(layer);
      const [kernel, , vectorU] = model.getWeights();
      model.compile({ optimizer: { type: "sgd", learningRate: 0 }, loss: "meanSquaredError" });
      await model.fit({ x: data.x, y: uniforms(40 * 3, 5) }, { epochs: 2 });
      const after = model.getWeights();
      expect([after[0], after[2]]).toEqual([kernel, vectorU]);
      expect(vectorU.name).toBe("spectralNormalization_1/vectorU");
    }
  });

  it("has the gradients of the loss by its kernel", async () => {
    const model = await build(wrapped);
    const check = await checkGradients(model, { x: data.x.slice(0, 40), y: uniforms(8 * 3, 5) }, { sample: "all" });
    expect(String(check)).toContain("spectralNormalization_1/kernel");
    expect(check.ok, String(check)).toBe(true);
  });
});

it("activityRegularization adds its penalty to the loss of fit and evaluate, and to no prediction", async () => {
  const one = dense({ units: 2, useBias: false, kernelInitializer: "identity" });
  const penalty = activityRegularization({ l1: 0.5, l2: 0.25 });
  const model = await Sequential.create({ inputShape: [2], layers: [one, penalty] });
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const x = [
    [1, -2],
    [3, 0],
    [0, 4],
  ];
  // 0.5 (3 + 3 + 4) / 3 + 0.25 (5 + 9 + 16) / 3; in chunks of other sizes, too
  expect((await model.evaluate({ x, y: x })).loss).toBeCloseTo(10 / 6 + 30 / 12, 5);
  expect((await model.evaluate({ x, y: x }, { batchSize: 2 })).loss).toBeCloseTo(10 / 6 + 30 / 12, 5);
  expect([...model.predict(x)]).toEqual(x.flat());
  expect((await model.trainOnBatch({ x, y: x })).loss).toBeCloseTo(10 / 6 + 30 / 12, 5);
});

it("instances are normalized over the places before the channels", async () => {
  const layers = [reshape([4, 3]), groupNormalization({ groups: -1, epsilon: 1e-7 }), flatten(), dense({ units: 1 })];
  const model = await Sequential.create({ inputShape: [12], layers });
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const { "groupNormalization_1/h": h } = model.trace({ x: uniforms(12, 4), y: [1] });
  for (let channel = 0; channel < 3; channel++) {
    const values = [0, 1, 2, 3].map((place) => h.data[place * 3 + channel]);
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 5);
    expect(values.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(4, 4);
  }
});
