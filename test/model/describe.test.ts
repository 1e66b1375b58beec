// What a model says of itself: summary, info, names and the layers at their places.
import { describe, expect, it } from "vitest";
import { activation, dense, leakyRelu, Sequential } from "../../src/index.js";
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
  copy.inputShape[0] = 99; // what is done to the options later is not done to the model
  expect(fromJson.predict([[1, 2]])).toEqual(original.predict([[1, 2]]));
});
