// Layers of one model in another: their weights come along as copies, frozen or not, here and in workers.
import { afterEach, describe, expect, it } from "vitest";
import {
  activation,
  adam,
  BackendError,
  batchNormalization,
  dense,
  flatten,
  freeze,
  normalization,
  Sequential,
  ShapeError,
  type TrainedLayer,
  unfreeze,
} from "../../src/index.js";
import { blobs, stateOf, weightBytes } from "./models.js";
import { runtimes } from "./runtimes.js";

const data = blobs(45);
const fit = { epochs: 3, batchSize: 10 };
const compiled = { optimizer: adam({ learningRate: 0.02 }), loss: "sparseCategoricalCrossentropy" } as const;

const open: { dispose(): void }[] = [];
afterEach(() => {
  for (const model of open.splice(0)) model.dispose();
});

function body() {
  return [
    normalization(),
    dense({ units: 6, activation: "tanh", name: "first" }),
    batchNormalization(),
    dense({ units: 5, activation: "relu" }),
    dense({ units: 3, activation: "softmax" }),
  ];
}

describe.each(runtimes)("%s", (_, runtime) => {
  async function trained(): Promise<Sequential> {
    const model = await Sequential.create({ inputShape: [2], layers: body(), seed: 3, ...runtime });
    model.compile(compiled);
    model.adapt(data);
    await model.fit(data, fit);
    return model;
  }

  it("a model of all its layers predicts the same bits and is of its own", async () => {
    const base = await trained();
    const before = stateOf(base);
    const copy = await Sequential.create({ layers: base.layers, seed: 3, ...runtime });
    expect(weightBytes(copy)).toEqual(weightBytes(base));
    expect(copy.predict(data.x)).toEqual(base.predict(data.x));
    copy.compile(compiled);
    await copy.fit(data, fit);
    expect(weightBytes(copy)).not.toEqual(weightBytes(base));
    expect(stateOf(base)).toBe(before);
  });

  it("the first layers alone give the features that the formulas give", async () => {
    const base = await Sequential.create({ inputShape: [2], layers: [dense({ units: 3, activation: "relu" }), dense({ units: 1 })], ...runtime }); // biome-ignore format: one line
    const features = await Sequential.create({ layers: base.layers.slice(0, 1), ...runtime });
    const [kernel, bias] = base.layers[0].getWeights().map((weight) => weight.data);
    const x = [0.5, -2];
    const expected = [0, 1, 2].map((j) => Math.max(0, x[0] * kernel[j] + x[1] * kernel[3 + j] + bias[j]));
    features.predict([x]).forEach((value, j) => {
      expect(value).toBeCloseTo(expected[j], 6);
    });
  });

  it("frozen layers keep their bits, moving statistics included, while a new head learns", async () => {
    const base = await trained();
    const head = dense({ units: 2, activation: "softmax", name: "head" });
    const model = await Sequential.create({ layers: [...base.layers.slice(0, -1).map(freeze), head], ...runtime });
    const before = model.getWeights();
    expect(before.slice(0, -2).map(({ data: own }) => own)).toEqual(
      base.getWeights().slice(0, -2).map(({ data: own }) => own), // biome-ignore format: one line
    );
    model.compile(compiled);
    const pair = { x: data.x, y: data.y.map((label) => label % 2) };
    await model.fit(pair, fit);
    const after = model.getWeights();
    expect(after.slice(0, -2)).toEqual(before.slice(0, -2));
    expect(after.slice(-2)).not.toEqual(before.slice(-2));
    expect(new TextDecoder().decode(model.save())).not.toContain("optimizer/m/first");
    // The frozen part is a function of x: the head alone, on its outputs, learns the same.
    const features = await Sequential.create({ layers: base.layers.slice(0, -1), ...runtime });
    const alone = await Sequential.create({ inputShape: [5], layers: [head], ...runtime });
    alone.setWeights(before.slice(-2));
    alone.compile(compiled);
    await alone.fit({ x: features.predict(data.x), y: pair.y }, fit);
    expect(alone.getWeights().map((weight) => weight.data)).toEqual(after.slice(-2).map((weight) => weight.data));
  });

  it("unfreeze makes all of it learn again, from the weights so far", async () => {
    const base = await trained();
    const frozen = await Sequential.create({ layers: base.layers.map(freeze), ...runtime });
    const tuned = await Sequential.create({ layers: frozen.layers.map(unfreeze), seed: 3, ...runtime });
    expect(tuned.getWeights()).toEqual(base.getWeights());
    tuned.compile(compiled);
    base.compile(compiled); // a new optimizer, as the copy has
    expect(await tuned.trainOnBatch(data)).toEqual(await base.trainOnBatch(data));
    expect(weightBytes(tuned)).toEqual(weightBytes(base));
  });

  it("new layers begin with the weights that they would have without the others", async () => {
    const base = await trained();
    const [, , , , last] = body();
    const mixed = await Sequential.create({ layers: [...base.layers.slice(0, 4), last], seed: 8, ...runtime });
    const fresh = await Sequential.create({ inputShape: [2], layers: body(), seed: 8, ...runtime });
    expect(mixed.getWeights().slice(-2)).toEqual(fresh.getWeights().slice(-2));
  });

  it("layers of two models and of a loaded file go together, and the result is saved and resumed", async () => {
    const base = await Sequential.load((await trained()).save(), runtime);
    const other = await Sequential.create({ inputShape: [2], layers: [dense({ units: 2 })], seed: 9, ...runtime });
    const model = await Sequential.create({ layers: [other.layers[0], ...base.layers], seed: 1, ...runtime });
    expect(model.predict(data.x)).toEqual(base.predict(other.predict(data.x)));
    model.compile(compiled);
    await model.fit(data, fit);
    const again = await Sequential.load(model.save(), runtime);
    await model.fit(data, { ...fit, resume: true, epochs: 5 });
    await again.fit(data, { ...fit, resume: true, epochs: 5 });
    expect(stateOf(again)).toBe(stateOf(model));
  });

  it("takes the weights at the time of the call", async () => {
    const base = await trained();
    const weights = base.getWeights();
    const layers = [...base.layers];
    const making = Sequential.create({ layers, ...runtime });
    layers.length = 0;
    base.setWeights(weights.map((weight) => ({ ...weight, data: weight.data.map(() => 0) })));
    expect((await making).getWeights()).toEqual(weights);
  });
});

describe("in workers", () => {
  it.each([
    { from: true, to: false },
    { from: false, to: true },
    { from: true, to: true },
  ])("layers go along with their bits: %o", async ({ from, to }) => {
    const options = { inputShape: [2], layers: body(), seed: 3, threads: 1 };
    const here = await Sequential.create(options);
    const base = await Sequential.create({ ...options, worker: from });
    open.push(base);
    await base.setWeights(
      here.getWeights().map((weight) => ({ ...weight, data: weight.data.map((value) => value / 2) })),
    );
    const layers = base.layers.slice(0, -1).map((layer) => freeze(layer as TrainedLayer));
    const model = await Sequential.create({ layers, threads: 1, worker: to });
    open.push(model);
    expect(await model.getWeights()).toEqual((await base.getWeights()).slice(0, -2));
    expect(await base.layers[1].getWeights()).toEqual((await base.getWeights()).slice(2, 4));
    expect(model.layers.map(({ spec }) => "trainable" in spec && spec.trainable)).toEqual([false, false, false, false]);
  });

  it("rejects layers of a model that was disposed", async () => {
    const base = await Sequential.create({ inputShape: [2], layers: body(), worker: true });
    const { layers } = base;
    base.dispose();
    await expect(Sequential.create({ layers })).rejects.toThrow(BackendError);
  });
});

describe("freeze", () => {
  it("leaves a layer without weights as it is, and takes plain data", () => {
    expect(freeze(flatten())).toEqual(flatten());
    expect(freeze(activation("relu"))).toEqual(activation("relu"));
    expect(freeze({ type: "dense", units: 2 })).toEqual(dense({ units: 2, trainable: false }));
    expect(unfreeze(dense({ units: 2, trainable: false }))).toEqual(dense({ units: 2 }));
  });
});

it("a layer that gets another input than its own is rejected with the remedy, which works", async () => {
  const base = await Sequential.create({ inputShape: [4], layers: [dense({ units: 3 }), dense({ units: 2 })] });
  const attempt = Sequential.create({ inputShape: [5], layers: base.layers });
  await expect(attempt).rejects.toThrow(ShapeError);
  await expect(attempt).rejects.toThrow("dense_1: for input [*, 5] its kernel is [5, 3], but the layer brings [4, 3].");
  await Sequential.create({ inputShape: [5], layers: [dense({ units: 3 }), base.layers[1]] });
});
