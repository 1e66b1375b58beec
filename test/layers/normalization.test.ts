// batchNormalization and layerNormalization in a model: the statistics used, the state kept, and rejected options.
import { describe, expect, it } from "vitest";
import {
  activation,
  batchNormalization,
  dense,
  dropout,
  gaussianNoise,
  type LayerSpec,
  layerNormalization,
  OptionError,
  Sequential,
  ShapeError,
  sgd,
} from "../../src/index.js";
import { fnv1a, stateOf, weightBytes } from "../model/models.js";
import { runtimes } from "../model/runtimes.js";
import { uniforms } from "../support/tensors.js";

const ROWS = 50;
const data = { x: uniforms(ROWS * 8, 1, 2, 6), y: Array.from({ length: ROWS }, (_, row) => row % 3) };
const output = dense({ units: 3, activation: "softmax" });
const hidden = dense({ units: 12, useBias: false });

describe.each(runtimes)("%s", (_, runtime) => {
  async function build(layers: LayerSpec[], inputs = 8): Promise<Sequential> {
    const model = await Sequential.create({ inputShape: [inputs], layers, seed: 4, ...runtime });
    model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
    return model;
  }
  const weight = (model: Sequential, path: string) => model.getWeights().find(({ name }) => name === path)?.data;

  it("normalizes the batch, by hand: mean 3 and variance 5 of 0, 2, 4, 6", async () => {
    const layers = [batchNormalization({ epsilon: 4, momentum: 0.75 }), output];
    const model = await build(layers, 1);
    const four = { x: [0, 2, 4, 6], y: [0, 1, 2, 0] };
    const trace = model.trace(four);
    expect(trace["batchNormalization_1/mean"].data).toEqual(Float32Array.of(3));
    expect(trace["batchNormalization_1/variance"].data).toEqual(Float32Array.of(5));
    expect(trace["batchNormalization_1/h"].data).toEqual(Float32Array.of(-1, -1 / 3, 1 / 3, 1));
    await model.trainOnBatch(four);
    expect(weight(model, "batchNormalization_1/movingMean")).toEqual(Float32Array.of(0.75));
    expect(weight(model, "batchNormalization_1/movingVariance")).toEqual(Float32Array.of(2));
    const torch = await build([batchNormalization({ compat: "torch", momentum: 0.25 }), output], 1);
    await torch.trainOnBatch(four);
    expect(weight(torch, "batchNormalization_1/movingMean")).toEqual(Float32Array.of(0.75));
    // 20 / 3 is the unbiased variance.
    expect(weight(torch, "batchNormalization_1/movingVariance")?.[0]).toBeCloseTo(0.75 + 20 / 12, 6);
  });

  it("normalizes each row, by hand", async () => {
    const model = await build([layerNormalization({ epsilon: 4 }), output], 4);
    const trace = model.trace({ x: [0, 2, 4, 6, 5, 5, 5, 5], y: [0, 1] });
    const expected = [-1, -1 / 3, 1 / 3, 1, 0, 0, 0, 0];
    expect(trace["layerNormalization_1/h"].data).toBeAllClose(expected, { rtol: 1e-6, atol: 1e-7 });
  });

  it("predicts and evaluates by the moving statistics, which start as 0 and 1 and move only in training", async () => {
    const model = await build([batchNormalization({ epsilon: 3 }), output]);
    const plain = await build([output]);
    const weights = plain.getWeights();
    model.setWeights([
      { name: "batchNormalization_1/gamma", shape: [8], data: new Float32Array(8).fill(2) },
      ...model.getWeights().slice(1, 4),
      ...weights,
    ]);
    // gamma / √(1 + epsilon) is 1.
    expect(model.predict(data.x)).toEqual(plain.predict(data.x));
    expect(await model.evaluate(data)).toEqual(await plain.evaluate(data));
    const before = weightBytes(model);
    model.trace(data);
    expect(weightBytes(model)).toEqual(before);
    await model.trainOnBatch(data);
    expect(weight(model, "batchNormalization_1/movingMean")?.every((value) => value > 0)).toBe(true);
  });

  it("a frozen layer uses its moving statistics in training, and keeps them", async () => {
    const model = await build([hidden, batchNormalization({ trainable: false }), output]);
    const before = model.getWeights();
    const trace = model.trace(data);
    const s = 1 / Math.sqrt(1 + 1e-3);
    const z = trace["dense_1/h"].data;
    expect(trace["batchNormalization_1/h"].data).toBeAllClose(
      z.map((value) => value * s),
      { rtol: 1e-6 },
    );
    await model.fit(data, { epochs: 2 });
    for (const { name, data: old } of before) {
      if (name.startsWith("batchNormalization")) expect(weight(model, name)).toEqual(old);
      else expect(weight(model, name)).not.toEqual(old);
    }
  });

  it("trains where only statistics stand before it, and without gamma and beta", async () => {
    const bare = batchNormalization({ center: false, scale: false });
    const model = await build([bare, hidden, bare, output]);
    await model.fit(data, { epochs: 3 });
    expect(weight(model, "batchNormalization_1/movingMean")?.every((value) => value > 0)).toBe(true);
    expect(model.getWeights().map(({ name }) => name.split("/")[1])).not.toContain("gamma");
  });

  it("resumes after save and load as if it had never stopped", async () => {
    const layers = [batchNormalization(), hidden, batchNormalization({ compat: "torch" }), dropout(0.2), output];
    const whole = await build(layers);
    await whole.fit(data, { epochs: 4, batchSize: 16 });
    const half = await build(layers);
    await half.fit(data, { epochs: 2, batchSize: 16 });
    const resumed = await Sequential.load(half.save(), runtime);
    expect(resumed.predict(data.x)).toEqual(half.predict(data.x));
    await resumed.fit(data, { initialEpoch: 2, epochs: 4, batchSize: 16 });
    expect(stateOf(resumed)).toBe(stateOf(whole));
  });

  it("takes a batch of one row", async () => {
    const layers = [hidden, batchNormalization({ compat: "torch" }), layerNormalization(), output];
    const model = await build(layers);
    await model.trainOnBatch({ x: data.x.slice(0, 8), y: [1] });
    expect([...(weight(model, "batchNormalization_1/movingVariance") as Float32Array)]).toEqual(Array(12).fill(1));
    expect(model.getWeights().every(({ data }) => data.every(Number.isFinite))).toBe(true);
  });

  it("names the layer whose output went bad", async () => {
    const model = await build([dense({ units: 4 }), batchNormalization(), output]);
    model.compile({ optimizer: sgd({ learningRate: 1e30 }), loss: "meanSquaredError" });
    const wide = { x: data.x, y: uniforms(ROWS * 3, 2) };
    await expect(model.fit(wide, { epochs: 50, batchSize: 10 })).rejects.toThrow(/is not finite|are in/);
    expect(model.getWeights().every(({ data }) => data.every(Number.isFinite))).toBe(true);
  });
});

it("gives the same weights for any number of threads", async () => {
  const layers = [dense({ units: 256 }), batchNormalization(), layerNormalization(), dropout(0.1), output];
  const x = uniforms(256 * 128, 2);
  const y = Array.from({ length: 256 }, (_, row) => row % 3);
  const train = async (threads: number) => {
    const model = await Sequential.create({ inputShape: [128], layers, seed: 4, backend: "wasm", threads });
    model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
    await model.fit({ x, y }, { epochs: 2, batchSize: 96 });
    expect(model.info().threads).toBe(threads);
    return weightBytes(model);
  };
  expect(await train(3)).toEqual(await train(1));
});

/** Like those of test/invariants.test.ts, a promise: a change is a breaking change. */
it("the strict variant gives these very bits in every engine", async () => {
  const layers = [
    gaussianNoise(0.1),
    dense({ units: 33, useBias: false }),
    batchNormalization(),
    activation("tanh"),
    dropout(0.3),
    dense({ units: 12 }),
    layerNormalization(),
    activation("relu"),
    batchNormalization({ compat: "torch" }),
    output,
  ];
  const model = await Sequential.create({ inputShape: [8], layers, seed: 42, backend: "wasm" });
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
  await model.fit(data, { epochs: 20, batchSize: 16 });
  expect(fnv1a(weightBytes(model))).toBe("675d56fe");
});

it("is listed with the statistics it keeps", async () => {
  const layers = [hidden, batchNormalization(), layerNormalization({ center: false }), output];
  const model = await Sequential.create({ inputShape: [8], layers });
  expect(model.summary()).toMatch(/^batchNormalization_1 +batchNormalization +\[\*, 12\] +48$/m);
  expect(model.summary()).toMatch(/^layerNormalization_1 +layerNormalization +\[\*, 12\] +12$/m);
  expect(model.summary()).toContain("171 of them trainable");
  expect(model.getWeights().map(({ name, shape }) => [name, shape])).toEqual([
    ["dense_1/kernel", [8, 12]],
    ["batchNormalization_1/gamma", [12]],
    ["batchNormalization_1/beta", [12]],
    ["batchNormalization_1/movingMean", [12]],
    ["batchNormalization_1/movingVariance", [12]],
    ["layerNormalization_1/gamma", [12]],
    ["dense_2/kernel", [12, 3]],
    ["dense_2/bias", [3]],
  ]);
});

it.each([
  ["batchNormalization momentum 1.1", () => batchNormalization({ momentum: 1.1 }), "batchNormalization: momentum"],
  ["batchNormalization momentum NaN", () => batchNormalization({ momentum: Number.NaN }), "got NaN"],
  ["batchNormalization epsilon 0", () => batchNormalization({ epsilon: 0 }), "> 0"],
  ["batchNormalization center 1", () => batchNormalization({ center: 1 as never }), "true or false"],
  ["batchNormalization eps", () => batchNormalization({ eps: 1e-5 } as never), 'unknown option "eps"'],
  ["batchNormalization compat pytorch", () => batchNormalization({ compat: "pytorch" as never }), '"torch"'],
  ["batchNormalization gamma", () => batchNormalization({ gammaInitializer: "one" as never }), "gammaInitializer"],
  ["batchNormalization of a number", () => batchNormalization(0.99 as never), "options object"],
  ["layerNormalization epsilon -1", () => layerNormalization({ epsilon: -1 }), "layerNormalization: epsilon"],
  ["layerNormalization scale null", () => layerNormalization({ scale: null as never }), "true or false"],
  ["layerNormalization momentum", () => layerNormalization({ momentum: 0.9 } as never), '"momentum"'],
  ["layerNormalization trainable", () => layerNormalization({ trainable: "no" as never }), "true or false"],
])("rejects %s", (_, attempt, says) => {
  expect(attempt).toThrow(OptionError);
  expect(attempt).toThrow(says);
});

it.each([batchNormalization(), layerNormalization()])("$type rejects images", async (layer) => {
  const attempt = Sequential.create({ inputShape: [4, 4], layers: [layer, output] });
  await expect(attempt).rejects.toThrow(ShapeError);
  await expect(attempt).rejects.toThrow("flatten()");
});
