// save and load beyond the weights: metadata, files without the optimizer's memory, and files up to the limits.
import { describe, expect, it } from "vitest";
import {
  adam,
  type Callback,
  type CallbackState,
  type CompileOptions,
  type DataArrays,
  dense,
  earlyStopping,
  type FitOptions,
  FormatError,
  lbfgs,
  modelCheckpoint,
  normalization,
  OptionError,
  Sequential,
  sgd,
  sparseCategoricalCrossentropy,
  type Trainer,
} from "../../src/index.js";
import { readModelFile } from "../../src/model/readModelFile.js";
import { optimizerNames } from "../../src/specs/optimizers/more.js";
import { itInFull } from "../support/inFull.js";
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

async function xorModel(
  optimizer: CompileOptions["optimizer"] = "adam",
  metrics: CompileOptions["metrics"] = [],
): Promise<Sequential> {
  const layers = [dense({ units: 4, activation: "tanh" }), dense({ units: 1, activation: "sigmoid" })];
  const model = await Sequential.create({ inputShape: [2], layers, seed: 3 });
  model.compile({ optimizer, loss: "binaryCrossentropy", metrics });
  return model;
}

const bitsOf = (model: Sequential) => model.getWeights().map(({ data }) => [...data]);

it.each([false, true])("JSON of a model is refused, in a worker: %s", async (worker) => {
  const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })], worker, threads: 1 });
  expect(() => JSON.stringify({ model })).toThrow(new OptionError("toJSON: use save()."));
  model.dispose();
});

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
  ])("rejects %s, and keeps what was there", async (_, value, says) => {
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
    expect([...readModelFile("test", bare).tensors.keys()]).toEqual(model.getWeights().map(({ name }) => name));
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
  ])("rejects %s", async (_, options) => {
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

  itInFull("1500 layers, and what Adam remembers of them", async () => {
    const layers = Array.from({ length: 1500 }, () => dense({ units: 2, activation: "tanh" }));
    const model = await Sequential.create({ inputShape: [2], layers });
    model.compile({ optimizer: "adam", loss: "meanSquaredError" });
    const bytes = model.save();
    expect(Buffer.compare((await Sequential.load(bytes)).save(), bytes)).toBe(0);
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
    const { description } = readModelFile("test", bytes);
    expect(JSON.stringify(description.run)).toContain(state.note);
    await Sequential.load(bytes);
  });

  it("layers called as parts of a file are", async () => {
    const layers = [dense({ units: 2, name: "fit" }), dense({ units: 2, name: "optimizer" }), dense({ units: 1 })];
    const model = await Sequential.create({ inputShape: [2], layers });
    model.compile({ optimizer: "adam", loss: "meanSquaredError", metrics: ["r2"] });
    await interrupt(model, { callbacks: [remembers({ best: new Float32Array(3) })] });
    expect((await Sequential.load(model.save())).save()).toEqual(model.save());
  });

  itInFull("a description of up to 100 MB, beyond which it does not save", async () => {
    const model = await xorModel();
    model.metadata = { text: "x".repeat(1e8) };
    expect(() => model.save()).toThrow(
      new FormatError("save: the description of this model takes more than 100 MB. Use fewer layers or less metadata."),
    );
    model.metadata = { text: "\n".repeat(5e6) };
    expect((await Sequential.load(model.save())).metadata).toEqual(model.metadata);
  });

  it.each(optimizerNames)(
    "a run that %s was interrupted in, with the same bytes when it is saved again",
    async (optimizer) => {
      const metrics = ["accuracy", "f1", "auc"] as const;
      const model = await xorModel(optimizer, metrics);
      await interrupt(model, { callbacks: [earlyStopping({ monitor: "loss", restoreBestWeights: true })] });
      expect((await Sequential.load(model.save())).save()).toEqual(model.save());
    },
  );

  it.each<[string, object]>([
    ["one pass an epoch", {}],
    ["epochs that cross passes", { stepsPerEpoch: 4 }],
    ["epochs of several passes", { stepsPerEpoch: 7, shuffle: false }],
    ["a batch larger than the data", { batchSize: 9 }],
  ])("every step of %s", async (_, options) => {
    const model = await xorModel("sgd", ["f1"]);
    const data = { x: [...XOR.x, [2, 2]], y: [...XOR.y, 1] };
    const files: Uint8Array[] = [];
    let trainer: Trainer | undefined;
    const save = () => void files.push(trainer?.save() as Uint8Array);
    const saver = {
      onTrainBegin: (given: Trainer) => {
        trainer = given;
      },
      onBatchBegin: save,
      onBatchEnd: save,
      onEpochEnd: save,
    };
    await model.fit(data, { epochs: 3, batchSize: 2, ...options, callbacks: [saver] });
    for (const file of files) {
      const loaded = await Sequential.load(file as Uint8Array<ArrayBuffer>);
      expect(loaded.save()).toEqual(file);
      await loaded.fit(data, { epochs: 3, batchSize: 2, ...options, resume: true });
      expect(bitsOf(loaded)).toEqual(bitsOf(model));
    }
  });

  it("sums and logs that are not finite", async () => {
    const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })] });
    model.compile({ optimizer: sgd({ learningRate: 1e-30 }), loss: "huber", metrics: ["meanSquaredError"] });
    const data = { x: XOR.x, y: [3e25, -3e25, 3e25, 1] }; // whose squares are infinite in float32
    const files: Uint8Array<ArrayBuffer>[] = [];
    let trainer: Trainer | undefined;
    const save = () => void files.push(trainer?.save() as Uint8Array<ArrayBuffer>);
    const begin = (given: Trainer) => {
      trainer = given;
    };
    const options = { epochs: 2, batchSize: 2 };
    const callbacks = [{ onTrainBegin: begin, onBatchEnd: save, onEpochEnd: save }];
    const history = await model.fit(data, { ...options, callbacks });
    expect(history.meanSquaredError).toEqual([Infinity, Infinity]);
    const loaded = await Promise.all(files.map((file) => Sequential.load(file)));
    for (const [i, each] of loaded.entries()) expect(each.save()).toEqual(files[i]);
    expect(await loaded[0].fit(data, { ...options, resume: true })).toEqual(history);
  });

  it("an epoch of which every label was ignored so far", async () => {
    const layers = [dense({ units: 3, activation: "softmax" })];
    const model = await Sequential.create({ inputShape: [2], layers });
    model.compile({ optimizer: "sgd", loss: sparseCategoricalCrossentropy({ ignoreClass: 0 }), metrics: ["f1"] });
    const data = { x: XOR.x, y: [0, 0, 1, 2] };
    const options = { batchSize: 2, shuffle: false };
    await interrupt(model, options, data);
    const loaded = await Sequential.load(model.save());
    const [here, there] = [model, loaded].map((one) => one.fit(data, { epochs: 3, ...options, resume: true }));
    expect(await there).toEqual(await here);
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

/** A callback that remembers `state`, and hands on what it is given. */
function remembers(state: unknown, take: (state: CallbackState) => void = () => {}): Callback {
  return { name: "notes", onEpochEnd: () => {}, getState: () => state as CallbackState, setState: take };
}

/** Begins to fit, and aborts after the first step. */
async function interrupt(model: Sequential, options: FitOptions, data: DataArrays = XOR): Promise<void> {
  const stopper = new AbortController();
  const stop = { onBatchEnd: () => stopper.abort() };
  const callbacks = [...(options.callbacks ?? []), stop];
  const isLbfgs = model.compiled?.optimizer.type === "lbfgs";
  await model.fit(data, {
    epochs: 3,
    ...(!isLbfgs && { batchSize: 2 }),
    ...options,
    callbacks,
    signal: stopper.signal,
  });
}

describe("what callbacks remember", () => {
  const values = {
    numbers: [0, -0, 1e-300, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53],
    text: ["", "\ud800", "é", "NaN"],
    nested: { list: [[1, null], []], arrays: [Float32Array.of(1, Number.NaN), new Float32Array()], empty: {} },
    lookalikes: [{ tensor: "dense_1/kernel" }, { number: "NaN" }, { object: null }, { tensor: null, more: 1 }],
    "a/b": Float32Array.of(1),
    a: { b: Float32Array.of(2) },
    isOn: true,
    nothing: null,
    ...JSON.parse('{ "__proto__": { "polluted": 1 }, "constructor": 2 }'),
  };

  it("comes back as it was, from a file and without", async () => {
    const model = await xorModel();
    const given: CallbackState[] = [];
    const callbacks = [remembers(values, (state) => given.push(state))];
    await interrupt(model, { callbacks });
    const loaded = await Sequential.load(model.save());
    for (const each of [model, loaded]) await each.fit(XOR, { epochs: 3, batchSize: 2, callbacks, resume: true });
    expect(given).toHaveLength(2);
    for (const state of given) {
      expect(state).toEqual(values);
      expect(Object.keys(state)).toEqual(Object.keys(values));
    }
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it("is a copy, which nobody else changes", async () => {
    const model = await xorModel();
    const own = { best: Float32Array.of(1, 2), losses: [0.5] };
    const given: CallbackState[] = [];
    const callbacks = [remembers(own, (state) => given.push(state))];
    await interrupt(model, { callbacks });
    own.best.fill(9);
    own.losses.push(9);
    for (let times = 0; times < 2; times++) {
      const stopped = AbortSignal.abort();
      await model.fit(XOR, { epochs: 3, batchSize: 2, callbacks, resume: true, signal: stopped });
      expect(given[times]).toEqual({ best: Float32Array.of(1, 2), losses: [0.5] });
      (given[times].losses as number[]).push(7);
    }
  });

  it.each<[string, unknown, string]>([
    ["nothing", undefined, "expected a plain object, got undefined"],
    ["a number", 5, "expected a plain object, got 5"],
    ["a list", [1], "expected a plain object"],
    ["a date", { at: new Date(0) }, "getState.at: expected"],
    ["a Float64Array", { a: { b: [new Float64Array(2)] } }, "getState.a.b[0]: expected"],
    ["a function", { a: () => 1 }, "getState.a: expected"],
    ["a bigint", { a: 1n }, "getState.a: expected"],
    ["a hole", { a: [undefined] }, "getState.a[0]: expected"],
  ])("is refused by name where it is %s", async (_, state, says) => {
    const model = await xorModel();
    const fit = interrupt(model, { callbacks: [remembers(state)] });
    await expect(fit).rejects.toThrow(OptionError);
    await expect(fit).rejects.toThrow('fit: callbacks: "notes": getState');
    await expect(fit).rejects.toThrow(says);
    await model.fit(XOR); // and the model trains on
    await Sequential.load(model.save());
  });
});

describe("resumeFrom", () => {
  const options = { epochs: 3, batchSize: 2 };

  it("is waited for, also by a callback that does not", async () => {
    const [whole, interrupted, resumed] = [await xorModel(), await xorModel(), await xorModel()];
    await whole.fit(XOR, options);
    await interrupt(interrupted, {});
    const file = interrupted.save();
    await resumed.fit(XOR, { ...options, callbacks: [{ onTrainBegin: (trainer) => void trainer.resumeFrom(file) }] });
    expect(bitsOf(resumed)).toEqual(bitsOf(whole));
  });

  it("rejects fit where the file is none, and changes nothing", async () => {
    const model = await xorModel();
    const before = bitsOf(model);
    const slow = { onTrainBegin: () => new Promise((resolve) => setTimeout(resolve, 20)) };
    const wrong = { onTrainBegin: (trainer: Trainer) => void trainer.resumeFrom(new Uint8Array(20)) };
    await expect(model.fit(XOR, { ...options, callbacks: [wrong, slow] })).rejects.toThrow(FormatError);
    expect(bitsOf(model)).toEqual(before);
  });
});
