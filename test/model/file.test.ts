// save and load beyond the weights: metadata, files without the optimizer's memory, and files up to the limits.
import { describe, expect, it } from "vitest";
import { adam, dense, lbfgs, modelCheckpoint, normalization, OptionError, Sequential } from "../../src/index.js";
import { readModelFile } from "../../src/model/readModelFile.js";
import { blobs, classifier } from "./models.js";

const XOR = {
  x: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  y: [0, 1, 1, 0],
};

async function xorModel(optimizer: Parameters<Sequential["compile"]>[0]["optimizer"] = "adam"): Promise<Sequential> {
  const layers = [dense({ units: 4, activation: "tanh" }), dense({ units: 1, activation: "sigmoid" })];
  const model = await Sequential.create({ inputShape: [2], layers, seed: 3 });
  model.compile({ optimizer, loss: "binaryCrossentropy" });
  return model;
}

const bitsOf = (model: Sequential) => model.getWeights().map(({ data }) => [...data]);

describe("metadata", () => {
  it("is null until it is set, and travels in the file", async () => {
    const model = await xorModel();
    expect(model.metadata).toBeNull();
    const given = {
      classes: ["ham", "spam"],
      threshold: 0.4,
      nested: { deep: [null, true, { constructor: 1 }] },
      "": "é\u2028",
    };
    model.metadata = given;
    const loaded = await Sequential.load(model.save());
    expect(loaded.metadata).toEqual(given);
    loaded.metadata = null;
    expect((await Sequential.load(loaded.save())).metadata).toBeNull();
  });

  it("is a copy, and frozen", async () => {
    const model = await xorModel();
    const given = { classes: ["a"] };
    model.metadata = given;
    given.classes.push("b");
    expect(model.metadata).toEqual({ classes: ["a"] });
    expect(() => Object.assign(model.metadata as object, { more: 1 })).toThrow(TypeError);
    expect(() => (model.metadata as { classes: string[] }).classes.push("c")).toThrow(TypeError);
  });

  it("keeps names such as __proto__ as names", async () => {
    const model = await xorModel();
    model.metadata = JSON.parse('{ "__proto__": { "polluted": 1 }, "constructor": 2 }');
    const { metadata } = await Sequential.load(model.save());
    expect(JSON.stringify(metadata)).toBe('{"__proto__":{"polluted":1},"constructor":2}');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  const circle: Record<string, unknown> = {};
  circle.self = { circle };
  it.each<[string, unknown, string]>([
    ["text", "notes", 'expected a plain object, got "notes"'],
    ["a list", [1], "expected a plain object"],
    ["a map", new Map(), "expected a plain object"],
    ["undefined within", { a: { b: [1, undefined] } }, "metadata.a.b[1]: expected JSON"],
    ["a function within", { a: () => 1 }, "metadata.a: expected JSON"],
    ["NaN within", { mean: [Number.NaN] }, "metadata.mean[0]"],
    ["a date within", { at: new Date(0) }, "metadata.at"],
    ["a typed array within", { mean: new Float32Array(2) }, "metadata.mean"],
    ["a bigint within", { id: 1n }, "metadata.id"],
    ["a circle", circle, "in a circle"],
  ])("refuses %s, and keeps what was there", async (_, value, says) => {
    const model = await xorModel();
    model.metadata = { old: 1 };
    expect(() => {
      model.metadata = value as object;
    }).toThrow(OptionError);
    expect(() => {
      model.metadata = value as object;
    }).toThrow(says);
    expect(model.metadata).toEqual({ old: 1 });
  });
});

describe("save without the optimizer's memory", () => {
  it.each(["sgd" as const, "adam" as const, lbfgs(), adam({ useEma: true })])(
    "predicts the same bits (%s)",
    async (optimizer) => {
      const model = await xorModel(optimizer);
      await model.fit(XOR, { epochs: 3 });
      const loaded = await Sequential.load(model.save({ optimizer: false }));
      expect(loaded.predict(XOR.x)).toEqual(model.predict(XOR.x));
      expect(loaded.compiled).toEqual(model.compiled);
    },
  );

  it("has the weights alone: a third of the bytes with Adam", async () => {
    const layers = [dense({ units: 128, activation: "relu" }), dense({ units: 10, activation: "softmax" })];
    const model = await Sequential.create({ inputShape: [784], layers });
    model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
    const bare = model.save({ optimizer: false });
    expect(bare.length / model.save().length).toBeLessThan(0.35);
    expect([...readModelFile(bare).tensors.keys()]).toEqual(model.getWeights().map(({ name }) => name));
  });

  it("trains on as after compile", async () => {
    const model = await xorModel();
    await model.fit(XOR, { epochs: 3 });
    const loaded = await Sequential.load(model.save({ optimizer: false }));
    model.compile({ optimizer: "adam", loss: "binaryCrossentropy" });
    for (const each of [model, loaded]) await each.fit(XOR, { epochs: 2 });
    expect(bitsOf(loaded)).toEqual(bitsOf(model));
  });

  it("does not resume, and says how", async () => {
    const model = await xorModel();
    await model.fit(XOR, { epochs: 3 });
    const loaded = await Sequential.load(model.save({ optimizer: false }));
    await expect(loaded.fit(XOR, { resume: true })).rejects.toThrow(
      "fit: resume: the model was saved with optimizer: false",
    );
    await loaded.fit(XOR);
  });

  it.each<[string, unknown]>([
    ["an unknown option", { optimiser: false }],
    ["text", "model.safetensors"],
    ["no boolean", { optimizer: 0 }],
  ])("refuses %s", async (_, options) => {
    const model = await xorModel();
    expect(() => model.save(options as object)).toThrow(OptionError);
  });
});

describe("load reads what save writes", () => {
  it("given statistics of 30 000 features", async () => {
    const numbers = (from: number) => Array.from({ length: 30_000 }, (_, i) => from + i / 7);
    const layers = [normalization({ mean: numbers(0), variance: numbers(1) }), dense({ units: 1 })];
    const model = await Sequential.create({ inputShape: [30_000], layers });
    const loaded = await Sequential.load(model.save());
    expect(bitsOf(loaded)).toEqual(bitsOf(model));
  });

  it("metadata of 2 MB", async () => {
    const model = await xorModel();
    model.metadata = { classes: Array.from({ length: 100_000 }, (_, i) => `a class called ${i}`) };
    expect((await Sequential.load(model.save())).metadata).toEqual(model.metadata);
  });

  it("300 layers with long names", async () => {
    const layers = Array.from({ length: 300 }, (_, i) => dense({ units: 1, name: `${"layer".repeat(600)}_${i}` }));
    const model = await Sequential.create({ inputShape: [1], layers });
    const bytes = model.save();
    expect(bytes.length).toBeGreaterThan(2 ** 21);
    expect(bitsOf(await Sequential.load(bytes))).toEqual(bitsOf(model));
  });

  it("a callback's state of more than 1 MB", async () => {
    const state = { note: "x".repeat(1_200_000) };
    const data = blobs(8);
    const model = await classifier();
    let bytes = new Uint8Array();
    const callback = { name: "notes", getState: () => state, setState: () => {}, onEpochBegin: () => {} };
    const save = modelCheckpoint({
      save(file) {
        bytes = file;
      },
    });
    await model.fit(data, { epochs: 2, callbacks: [callback, save] });
    const { description } = readModelFile(bytes);
    expect(JSON.stringify(description.run)).toContain(state.note);
    await Sequential.load(bytes);
  });

  it("the weights of the file, whatever the initializer would draw", async () => {
    const layers = [dense({ units: 8, kernelInitializer: "orthogonal", name: "first" })];
    const model = await Sequential.create({ inputShape: [8], layers });
    const { fround } = Math;
    model.setWeights(
      model.getWeights().map((weight) => ({ ...weight, data: weight.data.map((_, i) => fround(i / 3)) })),
    );
    const loaded = await Sequential.load(model.save());
    expect(bitsOf(loaded)).toEqual(bitsOf(model));
  });
});
