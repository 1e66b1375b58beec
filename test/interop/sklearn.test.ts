// scikit-learn's estimators, both ways. Its own numbers are in fixtures/interop/sklearn.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FormatError, OptionError } from "../../src/base/errors.js";
import { adam, dense, dropout, l1, l2, normalization, type Optimizer, Sequential, sgd } from "../../src/index.js";
import {
  exportSklearn,
  importSklearn,
  portableOf,
  readSklearn,
  writeSklearn,
} from "../../src/interop/sklearn/index.js";
import { activationNames } from "../../src/specs/activations.js";
import { layerTypes } from "../../src/specs/layers/all.js";
import { blobs } from "../model/models.js";
import { judge } from "./exact.js";
import { readDamaged } from "./mutate.js";
import { plainLayers } from "./plainLayers.js";
import { NETS, randomNet, rowsFor, worstDifference } from "./randomNets.js";

interface Case {
  readonly name: string;
  readonly json: string;
  readonly x: readonly number[][];
  readonly y: readonly unknown[];
  readonly predictions: readonly (number | number[])[];
  readonly labels: readonly unknown[];
  readonly later?: readonly (number | number[])[];
}

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/interop/sklearn/${name}`, import.meta.url), "utf8"));
const cases = ["1.2.1", "1.9.1"].flatMap((version) =>
  (fixture(`estimators-${version}.json`) as Case[]).map((one) => [`${one.name}, ${version}`, one] as const),
);

/** Our predictions as scikit-learn gives them: of one sigmoid both probabilities. */
function asTheirs(predictions: Float32Array, { predictions: [first] }: Case, isClassifier: boolean): number[] {
  const isPair = isClassifier && Array.isArray(first) && first.length === 2;
  if (!isPair || predictions.length !== 40) return [...predictions];
  return [...predictions].flatMap((p) => [1 - p, p]);
}

describe.each(cases)("%s", (_, one) => {
  const isClassifier = JSON.parse(one.json).estimator === "MLPClassifier";
  const expected = one.predictions.flat();

  it("predicts the same, and trains on with the same steps", async () => {
    const { model } = await importSklearn(one.json, { batchSize: 40, threads: 1 });
    expect(worstDifference(asTheirs(await model.predict(one.x), one, isClassifier), expected)).toBeLessThan(2e-6);
    if (!one.later) return;
    const classes = model.metadata?.classes as unknown[] | undefined;
    const y = one.y.map((target) => (classes && !Array.isArray(target) ? classes.indexOf(target) : target));
    await model.fit({ x: one.x, y } as never, { epochs: 20, batchSize: 40, resume: false, shuffle: false });
    const later = asTheirs(await model.predict(one.x), one, isClassifier);
    expect(worstDifference(later, one.later.flat())).toBeLessThan(1e-5);
  });

  it("names its classes", async () => {
    if (!isClassifier) return;
    const { model } = await importSklearn(one.json, { threads: 1 });
    const labels = await model.predictClasses(one.x, Array.isArray(one.labels[0]) ? { classes: null } : {});
    expect(labels).toEqual(one.labels);
  });
});

const ACTIVATIONS = ["linear", "sigmoid", "tanh", "relu"] as const;

describe("a model as JSON and back", () => {
  it.each(ACTIVATIONS)("has the same bits, with %s", async (activation) => {
    const model = await Sequential.create({
      inputShape: [3],
      layers: [dense({ units: 4, activation }), dense({ units: 2, activation }), dense({ units: 3 })],
      seed: 2,
    });
    const { model: copy } = await importSklearn(await exportSklearn(model));
    const x = rowsFor(model, 7);
    expect(await copy.predict(x)).toEqual(await model.predict(x));
  });

  const optimizers: [string, Optimizer][] = [
    ["adam", adam({ learningRate: 0.01, beta1: 0.8 })],
    ["sgd", sgd({ learningRate: 0.1 })],
    ["sgd with momentum", sgd({ momentum: 0.5 })],
    ["sgd after Nesterov", sgd({ momentum: 0.5, nesterov: true })],
  ];

  it.each(optimizers)("goes on with the same bits, with %s", async (_, optimizer) => {
    const data = blobs(30);
    const layers = [dense({ units: 8, activation: "tanh" }), dense({ units: 3, activation: "softmax" })];
    const model = await Sequential.create({ inputShape: [2], layers, threads: 1 });
    model.compile({ optimizer, loss: "sparseCategoricalCrossentropy" });
    await model.fit(data, { epochs: 3, batchSize: 10, shuffle: false });
    const { model: copy } = await importSklearn(await exportSklearn(model), { threads: 1 });
    copy.metadata = null;
    for (const one of [model, copy]) await one.fit(data, { epochs: 2, batchSize: 10, shuffle: false });
    expect(copy.getWeights()).toEqual(model.getWeights());
  });

  it("takes the penalty, the scale and the names along", async () => {
    const penalized = { kernelRegularizer: l2(0.001) };
    const layers = [
      normalization({ mean: [1, 2], variance: [4, 9] }),
      dropout(0.2),
      dense({ units: 3, activation: "relu", ...penalized }),
      dense({ units: 1, activation: "sigmoid", ...penalized }),
    ];
    const model = await Sequential.create({ inputShape: [2], layers });
    model.metadata = { classes: ["no", "yes"], features: ["a", "b"] };
    const warnings: string[] = [];
    const json = await exportSklearn(model, { batchSize: 50, onWarning: (message) => warnings.push(message) });
    expect(warnings).toEqual(["Only training needs dropout_1 (dropout); left out."]);
    expect(JSON.parse(json)).toMatchObject({
      params: { alpha: 0.1, hidden_layer_sizes: [3], activation: "relu" },
      scaler: { mean_: [1, 2], scale_: [2, 3] },
      classes_: ["no", "yes"],
      feature_names_in_: ["a", "b"],
    });
    const { model: copy } = await importSklearn(json, { batchSize: 50 });
    expect(copy.metadata).toEqual(model.metadata);
    expect(copy.layers[1].spec).toMatchObject({ kernelRegularizer: { l1: 0, l2: Math.fround(0.001) ? 0.001 : 0 } });
    const x = rowsFor(model, 7);
    expect(await copy.predict(x)).toEqual(await model.predict(x));
  });

  it("is what scikit-learn has read", async () => {
    const witnesses: { seed: number; json: string; predictions: number[] }[] = fixture("witness.json");
    expect(witnesses.length).toBeGreaterThan(4);
    for (const { seed, json, predictions } of witnesses) {
      const model = await randomNet(seed, { activations: [{ type: "tanh" }] });
      expect(await exportSklearn(model)).toBe(json);
      expect(worstDifference(await model.predict(rowsFor(model, 5)), predictions)).toBeLessThan(2e-6);
    }
  });

  it("has the same bits for random nets", async () => {
    for (let seed = 0; seed < NETS; seed++) {
      const model = await randomNet(seed, { activations: [{ type: "relu" }], first: [() => normalization()] });
      const { model: copy } = await importSklearn(await exportSklearn(model), { threads: 1 });
      const x = rowsFor(model, 5);
      expect(worstDifference(await copy.predict(x), await model.predict(x)), `net ${seed}`).toBeLessThan(2e-7);
      await judge(`net ${seed}`, model, x, await copy.predict(x));
      model.dispose();
      copy.dispose();
    }
  });
});

describe("refuses", () => {
  const known = new Set<string>(["dense", "normalization", "activation", "flatten", "reshape"]);
  const idle = /dropout|noise|activityRegularization/i;
  it.each(layerTypes.filter((type) => !known.has(type) && !idle.test(type)))("the layer %s by name", async (type) => {
    const model = await Sequential.create(plainLayers(type));
    await expect(exportSklearn(model)).rejects.toThrow(new RegExp(`exportSklearn: .*${type}`));
    await expect(exportSklearn(model)).rejects.toThrow(FormatError);
  });

  it.each(layerTypes.filter((type) => idle.test(type)))(
    "nothing of the layer %s, and says that it is left out",
    async (type) => {
      const warnings: string[] = [];
      const model = await Sequential.create(plainLayers(type));
      const json = await exportSklearn(model, { onWarning: (message) => warnings.push(message) });
      expect(warnings).toEqual([`Only training needs ${type}_1 (${type}); left out.`]);
      const { model: copy } = await importSklearn(json);
      const x = rowsFor(model, 3);
      expect(await copy.predict(x)).toEqual(await model.predict(x));
    },
  );

  it.each(activationNames.filter((name) => !(ACTIVATIONS as readonly string[]).includes(name)))(
    "the activation %s by name",
    async (activation) => {
      const layers = [dense({ units: 4, activation }), dense({ units: 2 })];
      const model = await Sequential.create({ inputShape: [3], layers });
      await expect(exportSklearn(model)).rejects.toThrow(`dense_1: scikit-learn's MLP has linear, sigmoid, tanh, relu`);
    },
  );

  it("two activations of hidden layers, and layers after others", async () => {
    const two = [dense({ units: 2, activation: "relu" }), dense({ units: 2, activation: "tanh" }), dense({ units: 1 })];
    const model = await Sequential.create({ inputShape: [3], layers: two });
    await expect(exportSklearn(model)).rejects.toThrow("dense_2: scikit-learn's MLP has one activation");
  });

  const whole = JSON.parse(cases[0][1].json) as Record<string, unknown>;
  const without = (key: string) => Object.fromEntries(Object.entries(whole).filter(([name]) => name !== key));
  const changes: [string, unknown, string][] = [
    ["no JSON", "{", "this is not JSON"],
    ["a list", "[]", "expected a JSON object"],
    ["bytes that are not text", new Uint8Array([0xff, 0xfe, 0xfd]), "this is not JSON"],
    ["another estimator", { ...whole, estimator: "SVC" }, "estimator: expected"],
    ["no estimator", without("estimator"), "estimator: expected"],
    ["another activation", { ...whole, params: { activation: "gelu" } }, "params.activation: expected"],
    ["another output", { ...whole, out_activation_: "identity" }, "out_activation_: expected"],
    ["no weights", without("coefs_"), "coefs_: expected a list"],
    ["no rows", { ...whole, coefs_: [[], []] }, "coefs_[0]: expected rows of numbers"],
    ["ragged rows", { ...whole, coefs_: [[[1, 2], [3]], [[1]]] }, "coefs_[0][1]: expected 2 numbers, got 1"],
    ["a text among numbers", { ...whole, coefs_: [[["1"]], [[1]]] }, "coefs_[0][0][0]: expected a finite number"],
    ["a number beyond float32", { ...whole, coefs_: [[[1e300]], [[1]]] }, "expected a finite number, got 1e+300"],
    ["other counts", { ...whole, n_features_in_: 3 }, "coefs_[0]: expected 3 rows, got 5"],
    ["fewer biases", { ...whole, intercepts_: [[1]] }, "expected as many intercepts_ as coefs_"],
    ["biases of another length", { ...whole, intercepts_: [[1], [1]] }, "intercepts_[0]: expected 6 numbers, got 1"],
    ["classes of another number", { ...whole, classes_: ["no"] }, "classes_: expected 2 different names"],
    ["the same class twice", { ...whole, classes_: ["no", "no"] }, "classes_: expected 2 different names"],
    ["a scaler of another length", { ...whole, scaler: { mean_: [1], scale_: [1] } }, "scaler.mean_: expected 5"],
    ["a scale of zero", { ...whole, scaler: { mean_: null, scale_: [1, 1, 0, 1, 1] } }, "scaler.scale_[2]: expected"],
    ["memory of other sizes", { ...whole, optimizer: { t: 1, ms: [], vs: [] } }, "optimizer.ms: expected 4 lists"],
    [
      "a step of 1.5",
      { ...whole, optimizer: { ...(whole.optimizer as object), t: 1.5 } },
      "optimizer.t: expected a count",
    ],
    ["a negative alpha", { ...whole, params: { ...(whole.params as object), alpha: -1 } }, "params.alpha: expected"],
  ];
  it.each(changes)("%s", (_, source, message) => {
    expect(() => readSklearn(source as object)).toThrow(FormatError);
    expect(() => readSklearn(source as object)).toThrow(message);
  });

  it("unknown options, and a batch that is not a count", async () => {
    expect(() => readSklearn(whole, { rows: 3 } as never)).toThrow(OptionError);
    expect(() => readSklearn(whole, { batchSize: 0 })).toThrow(OptionError);
    const plain = await portableOf(await randomNet(1, { activations: [{ type: "relu" }] }));
    expect(() => writeSklearn(plain, { batch: 3 } as never)).toThrow(OptionError);
    expect(() => writeSklearn({} as never)).toThrow(OptionError);
  });
});

it("survives damage", async () => {
  const files = [0, 3, 8].map((i) => new TextEncoder().encode(cases[i][1].json));
  await readDamaged(files, (file) => readSklearn(file));
});

describe("says", () => {
  const build = async (optimizer: Optimizer, loss: string, extra: object = {}) => {
    const layers = [dense({ units: 3, activation: "relu", ...extra }), dense({ units: 2 })];
    const model = await Sequential.create({ inputShape: [2], layers });
    model.compile({ optimizer, loss: loss as "meanSquaredError" });
    const warnings: string[] = [];
    await exportSklearn(model, { onWarning: (message) => warnings.push(message) });
    return warnings;
  };
  const reasons: [string, Optimizer, string, object, string[]][] = [
    ["nothing where all is kept", "adam", "meanSquaredError", {}, []],
    ["another loss", "adam", "meanAbsoluteError", {}, ["it trains with meanSquaredError, not with meanAbsoluteError"]],
    ["another optimizer", "rmsprop", "meanSquaredError", {}, ["it has no optimizer rmsprop"]],
    ["options it lacks", adam({ amsgrad: true }), "meanSquaredError", {}, ["its adam has no amsgrad"]],
    [
      "frozen layers",
      "adam",
      "meanSquaredError",
      { trainable: false },
      ["dense_1 is trained in a way that it does not have"],
    ],
    [
      "another penalty",
      "adam",
      "meanSquaredError",
      { kernelRegularizer: l1(0.1) },
      ["its penalty is one l2 for all kernels"],
    ],
  ];
  it.each(reasons)("%s", async (_, optimizer, loss, extra, expected) => {
    expect(await build(optimizer, loss, extra)).toEqual(
      expected.map((reason) => `scikit-learn trains in its own way: ${reason}.`),
    );
  });

  it("that batches of another size have another penalty", () => {
    const { notes } = readSklearn(cases[2][1].json);
    expect(notes).toEqual([
      "scikit-learn divides alpha by the rows of a batch; l2 is for batches of 200. Give batchSize for others.",
    ]);
  });
});
