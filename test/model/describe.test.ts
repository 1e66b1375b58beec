// Descriptions of a model: summary, info, names and the layers at their places.
import { describe, expect, it } from "vitest";
import { activation, dense, leakyRelu, pipeline, Sequential } from "../../src/index.js";
import { itInFull } from "../support/inFull.js";
import { blobs, classifier } from "./models.js";

it("summary lists layers, shapes and parameters", async () => {
  const layers = [
    dense({ units: 128, activation: leakyRelu(), name: "hidden" }),
    dense({ units: 64, useBias: false }),
    activation("tanh"),
    dense({ units: 10, activation: "softmax" }),
  ];
  const model = await Sequential.create({ inputShape: [784], layers });
  expect(model.summary()).toMatchInlineSnapshot(`
    "Layer         Type              Output shape  Parameters
    ────────────────────────────────────────────────────────
    input                           [*, 784]
    hidden        dense, leakyRelu  [*, 128]         100,480
    dense_2       dense             [*, 64]            8,192
    activation_1  activation, tanh  [*, 64]                0
    dense_3       dense, softmax    [*, 10]              650
    ────────────────────────────────────────────────────────
    109,322 parameters, 427.0 KiB"
  `);
});

describe("info", () => {
  it("says what runs the model, why, and in how much memory", async () => {
    const model = await classifier({ backend: "reference" });
    expect(model.info()).toMatchObject({
      backend: "reference",
      variant: null,
      threads: 1,
      reason: 'backend: "reference" was asked for',
      memory: 0,
    });
    const strict = await classifier({ threads: 1 });
    expect(strict.info()).toMatchObject({ backend: "wasm", variant: "simd", threads: 1, memory: 0 });
    expect(strict.info().reason).toContain("deterministic");
  });

  it("memory grows with the rows of a batch, and stays where it is when they shrink", async () => {
    const model = await classifier();
    await model.fit(blobs(64), { batchSize: 16 });
    const small = model.info().memory;
    await model.fit(blobs(4096), { batchSize: 4096 });
    const large = model.info().memory;
    await model.fit(blobs(64), { batchSize: 16 });
    expect(small).toBeGreaterThan(0);
    expect(large).toBeGreaterThan(small);
    expect(model.info().memory).toBe(large);
  });
});

describe("memory is that of the rows there are", () => {
  const [huge, data] = [2 ** 31 - 1, blobs(64)];
  const memoryAfter = async (use: (model: Sequential) => Promise<unknown>) => {
    const model = await classifier({ metrics: ["accuracy", "auc"] });
    await use(model);
    return model.info().memory;
  };
  const stream = () => pipeline(() => Array.from({ length: 64 }, (_, i) => ({ x: [i / 64, 1], y: i % 3 })));

  it.each<[string, (model: Sequential, batchSize: number) => Promise<unknown>]>([
    ["fit: batchSize", (model, batchSize) => model.fit(data, { batchSize })],
    ["fit of a stream: batchSize", (model, batchSize) => model.fit(stream(), { batchSize })],
    [
      "validationBatchSize",
      (model, validationBatchSize) => model.fit(data, { batchSize: 64, validationData: data, validationBatchSize }),
    ],
    [
      "validationBatchSize of a stream",
      (model, validationBatchSize) => model.fit(data, { batchSize: 64, validationData: stream(), validationBatchSize }),
    ],
    ["evaluate: batchSize", (model, batchSize) => model.evaluate(data, { batchSize })],
    ["evaluate of a stream: batchSize", (model, batchSize) => model.evaluate(stream(), { batchSize })],
  ])("%s", async (_, use) => {
    const expected = await memoryAfter((model) => use(model, 256));
    expect(await memoryAfter((model) => use(model, huge))).toBe(expected);
  });

  it("a model that only predicts takes no memory for training", async () => {
    const layers = [...Array.from({ length: 50 }, () => activation("tanh")), dense({ units: 1 })];
    const model = await Sequential.create({ inputShape: [1000], layers, threads: 1 });
    model.compile({ optimizer: "adam", loss: "meanSquaredError" });
    const data = { x: new Float32Array(1000).fill(0.5), y: [1] };
    const predictions = model.predict(data.x);
    // Room for sixteen rows of 1008 floats: what comes in, and two layers' outputs; then the records, the weights and
    // what Adam keeps.
    expect(model.info().memory).toBeLessThan(3 * 16 * 1008 * 4 + 5 * 65536);
    await model.evaluate(data);
    expect(model.info().memory).toBeLessThan(3 * 16 * 1008 * 4 + 5 * 65536);
    const { "activation_1/h": first, predictions: last } = model.trace(data);
    expect(first.data[0]).toBeCloseTo(Math.tanh(0.5), 6);
    expect(predictions).toEqual(last.data);
    await model.fit(data);
    expect(model.info().memory).toBeGreaterThan(50 * 16 * 1008 * 4);
  });
});

itInFull("1500 layers are compiled, trained and traced in a moment", { timeout: 8000 }, async () => {
  const layers = Array.from({ length: 1500 }, () => dense({ units: 4, activation: "tanh" }));
  const model = await Sequential.create({ inputShape: [4], layers, threads: 1 });
  model.compile({ optimizer: "adam", loss: "meanSquaredError" });
  await model.fit({ x: [[1, 2, 3, 4]], y: [[0, 0, 0, 0]] });
  expect(Object.keys(model.trace({ x: [[1, 2, 3, 4]], y: [[0, 0, 0, 0]] }, { optimizer: true }))).toContain(
    "dense_1500/h",
  );
});

describe("names", () => {
  const layers = [
    dense({ units: 4 }),
    activation("relu"),
    dense({ units: 4, name: "middle" }),
    activation("tanh", { name: "squash" }),
    dense({ units: 2, useBias: false }),
  ];

  it("number the layers of a type, unless they have their own", async () => {
    const model = await Sequential.create({ inputShape: [3], layers });
    expect(model.layers.map(({ name }) => name)).toEqual(["dense_1", "activation_1", "middle", "squash", "dense_3"]);
    expect(model.getWeights().map(({ name }) => name)).toEqual([
      "dense_1/kernel",
      "dense_1/bias",
      "middle/kernel",
      "middle/bias",
      "dense_3/kernel",
    ]);
  });

  it("are kept by save and load, with shapes and options", async () => {
    const model = await Sequential.create({ inputShape: [3], layers });
    const loaded = await Sequential.load(model.save());
    expect(loaded.layers).toEqual(model.layers);
    expect(loaded.summary()).toBe(model.summary());
    expect(model.layers.map(({ inputShape, outputShape }) => [inputShape, outputShape])).toEqual([
      [[3], [4]],
      [[4], [4]],
      [[4], [4]],
      [[4], [4]],
      [[4], [2]],
    ]);
  });
});

it("a layer spec is plain data, and so is a whole model", async () => {
  const layers = [dense({ units: 8, activation: "tanh" }), dense({ units: 3, activation: "softmax" })];
  const copy = JSON.parse(JSON.stringify({ inputShape: [2], layers, seed: 5 }));
  const [original, fromJson] = [
    await Sequential.create({ inputShape: [2], layers, seed: 5 }),
    await Sequential.create(copy),
  ];
  expect(fromJson.getWeights()).toEqual(original.getWeights());
  copy.inputShape[0] = 99; // later changes to the options do not reach the model
  expect(fromJson.predict([[1, 2]])).toEqual(original.predict([[1, 2]]));
});
