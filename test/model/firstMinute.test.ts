// Code of people who know another library, or forget a step: each error names a remedy, and the remedy works.
import { describe, expect, it } from "vitest";
import { diabetes } from "../../src/datasets/index.js";
import { MLPClassifier, MLPRegressor } from "../../src/estimators/index.js";
import {
  activation,
  adam,
  batchNormalization,
  type CompileOptions,
  type Data,
  Dataset,
  dense,
  freeze,
  type LayerSpec,
  NonFiniteError,
  OptionError,
  r2Score,
  rescaling,
  Sequential,
  SimdgradError,
  sgd,
} from "../../src/index.js";
import { refusalOf } from "../badInput/refusals.js";
import { blobs, classifier } from "./models.js";
import { runtimes } from "./runtimes.js";

const x = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const y = [0, 1, 1, 1];
const sigmoid = [dense({ units: 4, activation: "tanh" }), dense({ units: 1, activation: "sigmoid" })];

async function made(layers: LayerSpec[] = sigmoid, options: Partial<CompileOptions> = {}): Promise<Sequential> {
  const model = await Sequential.create({ inputShape: [2], layers, seed: 1 });
  model.compile({ optimizer: "adam", loss: "binaryCrossentropy", ...options });
  return model;
}

async function messageOf(attempt: () => unknown): Promise<string> {
  const error = await refusalOf(attempt);
  expect(error).toBeInstanceOf(SimdgradError);
  return (error as Error).message;
}

/** Runs the call that a message says to write, with what it leaves to the reader in scope. */
async function follow(message: string, scope: object): Promise<unknown> {
  const [, call] = /(?:Write|such as|as in) ((?:await )?[\w.]+\(.*\))\.?(?: |$)/.exec(message) ?? expect.fail(message);
  return new Function(...Object.keys(scope), `return (async () => ${call})()`)(...Object.values(scope));
}

// biome-ignore lint/suspicious/noExplicitAny: as JavaScript calls them
const untyped = (value: unknown) => value as any;

describe("making a model", () => {
  const layers = sigmoid;
  const attempts: [string, () => unknown][] = [
    ["new Sequential()", () => new (untyped(Sequential))()],
    ["new Sequential([...])", () => new (untyped(Sequential))(layers)],
    ["new Sequential({ layers })", () => new (untyped(Sequential))({ layers })],
    ["Sequential.create([...])", () => untyped(Sequential).create(layers)],
    ["Sequential.create()", () => untyped(Sequential).create()],
    ["Sequential.create(layer)", () => untyped(Sequential).create("dense")],
  ];

  it.each(attempts)("%s says how", async (_, attempt) => {
    const message = await messageOf(attempt);
    expect(message).toMatch(/^(new )?Sequential/);
    const model = await follow(message, { Sequential, layers, features: 2 });
    expect(model).toBeInstanceOf(Sequential);
  });

  it("a layer of a JSON spec is named by its place", async () => {
    const specs = [
      { type: "dense", units: 2 },
      { type: "dense", units: 0 },
    ];
    const make = (list: unknown) => Sequential.create({ inputShape: [2], layers: list as LayerSpec[] });
    expect(await messageOf(() => make(specs))).toMatch(/^Sequential\.create: layers\[1\]: dense: units: .*>= 1/);
    const others = [dense({ units: 1 }), { type: "activation", activation: "rleu" }];
    expect(await messageOf(() => make(others))).toMatch(/layers\[1\]: activation: .*mean "relu"/);
    expect(await messageOf(() => make([{ type: "dropout", rate: 2 }]))).toMatch(/layers\[0\]: dropout/);
  });

  it.each(runtimes)("batchNormalization() alone has weights to train, on %s", async (_, runtime) => {
    const model = await Sequential.create({ ...runtime, inputShape: [2], layers: [batchNormalization()] });
    model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "meanSquaredError" });
    const { loss } = await model.fit({ x, y: x.map(([a, b]) => [2 * a, b - 1]) }, { epochs: 60 });
    expect(loss[59]).toBeLessThan(0.1 * loss[0]);
    const fixed = batchNormalization({ center: false, scale: false });
    expect(await messageOf(() => Sequential.create({ inputShape: [2], layers: [fixed] }))).toMatch(/weights to train/);
    const frozen = await Sequential.create({ inputShape: [2], layers: [batchNormalization({ trainable: false })] });
    expect(frozen.layers.length).toBe(1);
  });
});

describe("x and y as two arguments", () => {
  it.each(["fit", "evaluate", "trainOnBatch", "check", "trace"])(
    "%s(x, y) asks for { x, y }, which works",
    async (name) => {
      const model = untyped(await made());
      const takesOne = name === "trainOnBatch";
      const message = await messageOf(() => (takesOne ? model[name](x) : model[name](x, y)));
      expect(message).toMatch(new RegExp(`^${name}: expected \\{ x, y \\} or a Dataset, got an array of 4`));
      expect(await messageOf(() => model[name](x, y, { epochs: 1 }))).toBe(message);
      await model[name](...(takesOne ? [{ x, y }] : [{ x, y }, {}]));
    },
  );

  it("fit says so before it speaks of options", async () => {
    const model = untyped(await made());
    for (const rows of [x, Float32Array.of(0, 1), Dataset.from({ x, y }).x]) {
      expect(await messageOf(() => model.fit(rows, y))).toMatch(/fit: expected \{ x, y \} or a Dataset.*\{ x, y \}\.$/);
      expect(await messageOf(() => model.evaluate(rows, y))).toMatch(/evaluate: expected \{ x, y \} or a Dataset/);
    }
  });

  it.each(["fit", "evaluate", "trainOnBatch", "check", "trace", "adapt"])(
    "%s needs compile, or a layer",
    async (name) => {
      const model = untyped(await Sequential.create({ inputShape: [2], layers: sigmoid }));
      expect(await messageOf(() => model[name]({ x, y }))).toMatch(
        /call compile\(\{ optimizer, loss \}\)|normalization\(\)/,
      );
    },
  );
});

describe("names of other libraries", () => {
  it("Keras's short names of losses and metrics are accepted; metrics keep them as keys", async () => {
    const regression = (options: Partial<CompileOptions>) => made([dense({ units: 1 })], options);
    const short = await regression({ loss: "mse", metrics: ["mae", { type: "mse", name: "squares" }, "mape"] });
    const full = await regression({
      loss: "meanSquaredError",
      metrics: ["meanAbsoluteError", "meanSquaredError", "meanAbsolutePercentageError"],
    });
    const data = { x, y: [1, 2, 3, 4] };
    const [a, b] = [await short.evaluate(data), await full.evaluate(data)];
    expect(Object.keys(a)).toEqual(["loss", "mae", "squares", "mape"]);
    expect(Object.values(a)).toEqual(Object.values(b));
    expect(short.compiled?.loss.type).toBe("meanSquaredError");
    const binary = await made(sigmoid, { loss: { type: "bce", labelSmoothing: 0.1 }, metrics: ["acc", "accuracy"] });
    const history = await binary.fit({ x, y }, { validationData: { x, y } });
    expect(Object.keys(history)).toEqual(["epoch", "loss", "acc", "accuracy", "valLoss", "valAcc", "valAccuracy"]);
    expect(history.valAcc).toEqual(history.valAccuracy);
    const loaded = await Sequential.load(binary.save());
    expect(loaded.compiled).toEqual(binary.compiled);
  });

  it.each<[wrong: object, right: string]>([
    [{ optimizer: { type: "adam", lr: 0.1 } }, "learningRate"],
    [{ optimizer: { type: "adam", learning_rate: 0.1 } }, "learningRate"],
    [{ optimizer: { type: "adam", weight_decay: 0.1 } }, "weightDecay"],
    [{ optimizer: { type: "rmsprop", eps: 0.1 } }, "epsilon"],
    [{ optimizer: "RMSprop" }, "rmsprop"],
    [{ optimizer: { type: "sgd", learningRate: { type: "exponential_decay" } } }, "exponentialDecay"],
    [{ loss: "mean_squared_error" }, "meanSquaredError"],
    [{ loss: "binary_crossentropy" }, "binaryCrossentropy"],
    [{ loss: "BinaryCrossEntropy" }, "binaryCrossentropy"],
    [{ loss: { type: "binaryCrossentropy", from_logits: true } }, "fromLogits"],
    [{ metrics: ["binary_accuracy"] }, "binaryAccuracy"],
    [{ metrics: ["rmse"] }, "rootMeanSquaredError"],
    [{ metrics: ["binary_crossentropy"] }, "logLoss"],
    [{ metrics: [{ type: "fbeta", Beta: 2 }] }, "beta"],
  ])("%o: did you mean %s?", async (wrong, right) => {
    expect(await messageOf(() => made(sigmoid, wrong))).toContain(`Did you mean "${right}"?`);
  });

  it("scikit-learn's options", () => {
    const names = {
      max_iter: "maxEpochs",
      epochs: "maxEpochs",
      solver: "optimizer",
      random_state: "seed",
      tol: "tolerance",
      nIterNoChange: "patience",
    };
    for (const [wrong, right] of Object.entries(names)) {
      expect(() => new MLPClassifier({ [wrong]: 1 })).toThrow(`Did you mean "${right}"?`);
    }
  });

  it.each<[wrong: object, right: string]>([
    [{ batch_size: 2 }, "batchSize"],
    [{ validation_data: {} }, "validationData"],
    [{ initial_epoch: 1 }, "initialEpoch"],
    [{ class_weight: {} }, "classWeight"],
  ])("fit: %o: did you mean %s?", async (wrong, right) => {
    const model = await made();
    expect(await messageOf(() => model.fit({ x, y }, wrong))).toContain(`Did you mean "${right}"?`);
  });

  it("a short name is a name of its own, not one of every object", async () => {
    for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
      expect(await messageOf(() => made(sigmoid, { loss: name as never }))).toMatch(/expected one of/);
      expect(await messageOf(() => made(sigmoid, { metrics: [name as never] }))).toMatch(/expected one of/);
    }
  });
});

describe("whose data are wrong", () => {
  const cases: [string, object, RegExp][] = [
    ["width", { validationData: { x: [[1], [2]], y: [0, 1] } }, /^fit: validationData: x: /],
    ["rows of y", { validationData: { x, y: [0] } }, /^fit: validationData: y: /],
    ["a value", { validationData: { x, y: [0, 1, 2, 1] } }, /^fit: validationData: y: row 2/],
    ["NaN", { validationData: { x: [[1, Number.NaN]], y: [0] } }, /^fit: validationData: x: row 0/],
    ["weights", { validationData: { x, y, sampleWeight: [1] } }, /^fit: validationData: sampleWeight: /],
    ["rows alone", { validationData: x }, /^fit: validationData: expected \{ x, y \}/],
    ["nothing", { validationData: null }, /^fit: validationData: /],
    ["too large a share", { validationSplit: 0.99 }, /^fit: validationSplit: /],
    ["too small a fraction", { validationSplit: { fraction: 0.01, stratify: true } }, /^fit: validationSplit: /],
    ["a batch", { validationData: () => [{ x: [[1]], y: [0] }] }, /^fit: validationData: batch 0: x: /],
    ["no batches", { validationData: () => [] }, /^fit: validationData: the data gave no batches/],
    ["weights of x", {}, /^fit: sampleWeight: /],
  ];

  it.each(cases)("%s", async (what, options, says) => {
    const model = await made();
    const data: Data = what === "weights of x" ? { x, y, sampleWeight: [1, 2] } : { x, y };
    const message = await messageOf(() => model.fit(data, options as never));
    expect(message).toMatch(says);
    expect(message.match(/fit: /g)?.length).toBe(1);
  });

  it("a loss of validation that is not finite", async () => {
    const model = await made([dense({ units: 1 })], { loss: "mse" });
    const huge = { x: [[3e38, 3e38]], y: [-3e38] };
    expect(await messageOf(() => model.fit({ x, y }, { validationData: huge }))).toMatch(/^fit: validationData: /);
    expect(await messageOf(() => model.evaluate(huge))).toMatch(/^evaluate: /);
  });
});

describe.each(runtimes)("a last layer that the loss cannot read, on %s", (_, runtime) => {
  const labels = { x, y: [0, 1, 2, 0] };
  const make = async (layers: LayerSpec[], options: CompileOptions) => {
    const model = await Sequential.create({ ...runtime, inputShape: [2], layers, seed: 1 });
    model.compile(options);
    return model;
  };
  const quiet = { epochs: 200, onWarning: () => {} };

  it("a cross-entropy of a linear layer: softmax or fromLogits, not the learning rate", async () => {
    const bad = await make([dense({ units: 3 })], { optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
    const error = (await refusalOf(() => bad.fit(labels, quiet))) as NonFiniteError;
    expect(error).toBeInstanceOf(NonFiniteError);
    const cause = error.details?.cause ?? "";
    expect(cause).not.toContain("learning rate");
    const [, end] = /activation: "(\w+)"/.exec(cause) ?? expect.fail(cause);
    const [, spec] = /give the loss as (\{.*?\})/.exec(cause) ?? expect.fail(cause);
    const optimizer = adam({ learningRate: 0.1 });
    const first = await make([dense({ units: 3, activation: end as "softmax" })], {
      optimizer,
      loss: "sparseCategoricalCrossentropy",
    });
    const second = await make([dense({ units: 3 })], { optimizer, loss: new Function(`return ${spec}`)() });
    const warned: string[] = [];
    for (const model of [first, second]) {
      const { loss } = await model.fit(labels, { ...quiet, onWarning: (text) => void warned.push(text) });
      expect(loss[199]).toBeLessThan(0.8 * loss[0]);
    }
    expect(warned).toEqual([]);
  });

  it.each(["softmax", "logSoftmax"] as const)("%s over one unit is refused, wherever it is", async (name) => {
    const one = dense({ units: 1, activation: name });
    const stacks = [
      [one],
      [dense({ units: 1 }), activation(name)],
      [one, dense({ units: 1 })],
      [one, rescaling({ scale: 2 })],
    ];
    for (const loss of ["binaryCrossentropy", "meanSquaredError", "hinge"] as const) {
      for (const layers of stacks) {
        const message = await messageOf(() => make(layers, { optimizer: "adam", loss }));
        expect(message).toMatch(
          /^compile: (dense|activation)_1: (logS|s)oftmax over one unit is the same for every row/,
        );
      }
    }
    const message = await messageOf(() => make([one], { optimizer: "adam", loss: "binaryCrossentropy" }));
    const [, end, loss] = /activation: "(\w+)" and "(\w+)"/.exec(message) ?? expect.fail(message);
    const layers = [dense({ units: 4, activation: "tanh" }), dense({ units: 1, activation: end as "sigmoid" })];
    const mended = await make(layers, { optimizer: adam({ learningRate: 0.1 }), loss: loss as "binaryCrossentropy" });
    const history = await mended.fit({ x, y }, { epochs: 100 });
    expect(history.loss[99]).toBeLessThan(0.2);
  });
});

describe("targets that are not scaled", () => {
  it.each(runtimes)("sgd diverges; scaled as the error says it does not, on %s", async (_, runtime) => {
    const data = {
      x: blobs(60).x,
      y: Array.from(
        blobs(60).x.filter((_, i) => i % 2 === 0),
        (v) => 2000 + 300 * v,
      ),
    };
    const model = await Sequential.create({
      ...runtime,
      inputShape: [2],
      layers: [dense({ units: 8, activation: "relu" }), dense({ units: 1 })],
    });
    model.compile({ optimizer: "sgd", loss: "mse" });
    const error = (await refusalOf(() => model.fit(data, { epochs: 50 }))) as NonFiniteError;
    const cause = error.details?.cause ?? "";
    expect(cause).toMatch(/^targets are not scaled: y reaches/);
    const [, forth, back] =
      /Scale y, or each|Scale y to (.*?), and predictions p back to (.*?)(?:\.|$)/.exec(cause) ?? expect.fail(cause);
    const scale = new Function("y", `return ${forth}`) as (y: number) => number;
    const unscale = new Function("p", `return ${back}`) as (p: number) => number;
    const anew = await Sequential.create({
      ...runtime,
      inputShape: [2],
      layers: [dense({ units: 8, activation: "relu" }), dense({ units: 1 })],
    });
    anew.compile({ optimizer: "sgd", loss: "mse" });
    await anew.fit({ x: data.x, y: data.y.map(scale) }, { epochs: 50 });
    expect(r2Score(data.y, Array.from(anew.predict(data.x), unscale))).toBeGreaterThan(0.85);
  });

  it("MLPRegressor names the targets, and learns when they are scaled as it says", async () => {
    const data = await diabetes();
    const warnings: string[] = [];
    const options = { maxEpochs: 60, seed: 1, onWarning: (text: string) => void warnings.push(text) };
    const before = await new MLPRegressor(options).fit(data);
    expect(before.score(data)).toBeLessThan(0);
    expect(warnings[0]).toMatch(/targets are not scaled.*standardizeTarget: true does both/);
    const after = await new MLPRegressor({ ...options, standardizeTarget: true }).fit(data);
    expect(after.score(data)).toBeGreaterThan(0.3);
  });
});

describe("what a model hands out", () => {
  it("is frozen, and setting trainable says what to do, which works", async () => {
    const model = await made();
    const [layer] = model.layers;
    const message = await messageOf(() => {
      untyped(layer).trainable = false;
    });
    expect(message).toMatch(/^layers: dense_1: a model keeps its layers\..* layers: model.layers.map\(freeze\) /);
    expect(untyped(layer).trainable).toBe(true);
    const [first, second] = model.layers;
    const frozen = await Sequential.create({ layers: [freeze(first), second] });
    frozen.compile({ optimizer: "adam", loss: "binaryCrossentropy" });
    const before = frozen.getWeights();
    expect(before).toEqual(model.getWeights());
    await frozen.fit({ x, y }, { epochs: 3 });
    const after = frozen.getWeights();
    expect(after[0].data).toEqual(before[0].data);
    expect(after[2].data).not.toEqual(before[2].data);
  });

  it("nothing of the model can be changed through it, nor through what it was given", async () => {
    const excluded = ["bias"];
    const specs = sigmoid.map((layer) => ({ ...layer }));
    const model = await made(specs, { optimizer: adam({ excludeFromWeightDecay: excluded }) });
    const bytes = model.save();
    for (const change of [
      () => untyped(model).layers.push(model.layers[0]),
      () => (untyped(model).layers[0].spec.units = 5),
      () => (untyped(model).layers[0].spec.activation.type = "relu"),
      () => (untyped(model).layers[0].parameters[0].shape[0] = 5),
      () => (untyped(model).layers = []),
      () => (untyped(model).compiled.loss.type = "mse"),
      () => (untyped(model).compiled.optimizer.learningRate = 7),
      () => untyped(model).compiled.metrics.push("acc"),
      () => (untyped(model).compiled = null),
    ]) {
      expect(change).toThrow(TypeError);
    }
    specs[0].units = 9;
    specs.pop();
    excluded.push("kernel");
    model.getWeights()[0].data.fill(0);
    expect(model.save()).toEqual(bytes);
  });
});

describe("surplus arguments of a model", () => {
  it.each<[name: string, args: unknown[]]>([
    ["compile", [{ optimizer: "adam", loss: "bce" }, ["acc"]]],
    ["fit", [{ x, y }, { epochs: 1 }, { batchSize: 2 }]],
    ["evaluate", [{ x, y }, {}, 32]],
    ["trainOnBatch", [{ x, y }, { classWeight: {} }]],
    ["predict", [x, y]],
    ["predict", [x, { batchSize: 32 }]],
    ["predict", [x, 32]],
    ["getWeights", ["dense_1"]],
    ["setWeights", [[], "dense_1"]],
    ["summary", [{ lineLength: 80 }]],
    ["info", [true]],
    ["save", [{}, "path"]],
    ["trace", [{ x, y }, {}, 1]],
    ["check", [{ x, y }, {}, 1]],
    ["train", [{ x, y }, {}, 1]],
    ["useAverages", [false, 1]],
    ["adapt", [x, 1]],
    ["dispose", [1]],
  ])("%s", async (name, args) => {
    const model = untyped(await made());
    const error = await refusalOf(() => model[name](...args));
    expect(error).toBeInstanceOf(OptionError);
    expect((error as Error).message).toMatch(
      new RegExp(`^${name}: expected \\d arguments?, got ${args.length}: .* would be ignored`),
    );
    expect(model.predict(x).length).toBe(4);
  });

  it("of Sequential.create and load", async () => {
    const options = { inputShape: [2], layers: sigmoid };
    expect(await messageOf(() => untyped(Sequential).create(options, { seed: 1 }))).toMatch(
      /^Sequential\.create: expected 1/,
    );
    const bytes = (await classifier()).save();
    expect(await messageOf(() => untyped(Sequential).load(bytes, {}, 1))).toMatch(/^Sequential\.load: expected 2/);
  });
});
