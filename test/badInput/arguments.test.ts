// Nothing is silently ignored: every public function rejects surplus arguments, and options that are not an
// options object.
import { describe, expect, it } from "vitest";
import * as csv from "../../src/csv/index.js";
import * as datasets from "../../src/datasets/index.js";
import * as estimators from "../../src/estimators/index.js";
import * as explaining from "../../src/explain/index.js";
import * as simdgrad from "../../src/index.js";
import * as formats from "../../src/interop/any/index.js";
import * as brain from "../../src/interop/brain/index.js";
import * as code from "../../src/interop/code/index.js";
import * as keras from "../../src/interop/keras/index.js";
import * as onnx from "../../src/interop/onnx/index.js";
import * as sklearn from "../../src/interop/sklearn/index.js";
import * as tfjs from "../../src/interop/tfjs/index.js";
import * as torch from "../../src/interop/torch/index.js";
import * as node from "../../src/node/index.js";
import * as plot from "../../src/plot/index.js";
import * as search from "../../src/search/index.js";
import { refusalOf } from "./refusals.js";

const { dense, OptionError, Sequential, SimdgradError } = simdgrad;

const x = [
  [0, 1],
  [1, 0],
  [1, 1],
  [0, 0],
];
const y = [0, 1, 1, 0];
const data = { x, y };
const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1, activation: "sigmoid" })] });
model.compile({ optimizer: "adam", loss: "binaryCrossentropy" });
const scores = [0.1, 0.8, 0.7, 0.4];
const decay = { initialLearningRate: 0.1, decaySteps: 5 };
const rows = [
  { a: 1, b: "x" },
  { a: 2, b: "y" },
];
const matrix = simdgrad.confusionMatrix(y, y);

/** Arguments that are right, all that a function takes, where they are more than an empty options object. */
const right: Readonly<Record<string, readonly unknown[]>> = {
  runTask: [{}, {}],
  ...{
    dense: [{ units: 1 }],
    dropout: [0.5, {}],
    alphaDropout: [0.5, {}],
    gaussianDropout: [0.5, {}],
    spectralNormalization: [dense({ units: 1 }), {}],
    gaussianNoise: [0.5, {}],
    reshape: [[2], {}],
    activation: ["relu", {}],
  },
  ...{ rescaling: [{ scale: 2 }], categoryEncoding: [{ numTokens: 3 }], constant: [{ value: 1 }] },
  ...{ l1: [0.1], l2: [0.1], l1l2: [{ l1: 0.1 }], nonNeg: [], maxNorm: [2, {}] },
  ...{ cosineDecay: [decay], polynomialDecay: [decay], exponentialDecay: [{ ...decay, decayRate: 0.9 }] },
  ...{ inverseTimeDecay: [{ ...decay, decayRate: 0.9 }], oneCycle: [{ maxLearningRate: 0.1, totalSteps: 5 }] },
  ...{ cosineDecayRestarts: [{ initialLearningRate: 0.1, firstDecaySteps: 5 }] },
  piecewiseConstantDecay: [{ boundaries: [1], values: [0.1, 0.01] }],
  ...{ freeze: [dense({ units: 1 })], unfreeze: [dense({ units: 1 })] },
  ...{ learningRateScheduler: [() => 0.1], trainingControl: [], modelCheckpoint: [{ save: () => {} }] },
  ...{
    crossValidate: [async () => ({ score: 1 }), data, {}],
    kFold: [4, { folds: 2 }],
    stratifiedKFold: [y, { folds: 2 }],
  },
  ...{ trainTestSplit: [data, {}], oneHot: [y, 2], argMax: [scores, 2], pipeline: [x], playground: ["xor", {}] },
  ...{ parseIdx: [new Uint8Array([0, 0, 8, 1, 0, 0, 0, 1, 7])], regression: [{}] },
  fromImageData: [{ width: 1, height: 1, data: new Uint8ClampedArray(4) }, {}],
  ...{ fromTable: [rows, { target: "b" }], tableEncoder: [{ target: "b" }] },
  classLikelihoodRatios: [y, y, {}],
  ...{ confusionMatrix: [y, y, {}], formatConfusionMatrix: [matrix, {}], formatFindings: [[]] },
  ...{ classificationReport: [y, y, {}], formatClassificationReport: [simdgrad.classificationReport(y, y)] },
  ...{
    areaUnder: [
      [0, 1],
      [0, 1],
    ],
    fbetaScore: [y, y, { beta: 2 }],
    topKAccuracyScore: [
      y,
      [
        [0.1, 0.9],
        [0.5, 0.5],
        [0, 1],
        [1, 0],
      ],
      { k: 1 },
    ],
  },
  ...{
    describeTape: [model],
    checkGradients: [model, data, {}],
    findLearningRate: [model, data, {}],
    profile: [model, data, {}],
  },
  watch: [{ log: () => {} }],
  ...{ csvChunks: [new ReadableStream()], sampleCsv: [() => {}, {}] },
  ...{ parseCsv: ["a\n1", {}], diabetes: [{}], breastCancer: [], digits: [], iris: [], wine: [] },
  explain: [model, data],
  ...{ lineChart: [{ series: [{ x: [0, 1], y: [0, 1] }] }], scatterPlot: [{ series: [{ x: [0, 1], y: [0, 1] }] }] },
  ...{ lossCurves: [{ loss: [1, 2] }, {}], rocPlot: [simdgrad.rocCurve(y, scores), {}], histogram: [scores, {}] },
  precisionRecallPlot: [simdgrad.precisionRecallCurve(y, scores), {}],
  ...{ confusionMatrixPlot: [matrix, {}], networkDiagram: [model, {}], weightImages: [model.getWeights()[0], {}] },
  ...{ decisionBoundary: [model, data, {}], sparkline: [scores, {}], table: [[{ a: 1 }], {}] },
  ...{ tensorBoard: [{ logDir: "unused" }] },
  ...{ csvLogger: [{ path: "unused" }], backupAndRestore: [{ path: "unused" }], mnist: [{}] },
  ...{ maxAbsScaler: [], transformerFromConfig: [{ type: "binarizer", options: {} }] },
  transformerFromJSON: [JSON.parse(JSON.stringify(simdgrad.standardScaler().fit(x)))],
  ...{
    transformerPipeline: [[simdgrad.standardScaler()]],
    columnTransformer: [[[simdgrad.standardScaler(), [0]]], {}],
  },
  ...{ loadEstimator: [new Uint8Array(9), {}], withOptions: [new estimators.MLPClassifier(), {}] },
  ...{ choice: [[1, 2]], integer: [1, 2], uniform: [1, 2], logUniform: [1, 2] },
  gridSearch: [data, { estimator: "classifier", grid: { alpha: [1] } }],
  randomSearch: [data, { estimator: "classifier", space: { alpha: [1] } }],
  successiveHalving: [data, { estimator: "classifier", space: { alpha: [1] } }],
  ...{
    readCsv: ["unused", {}],
    loadModel: ["unused", {}],
    saveModel: [model, "unused", {}],
    saveFile: ["unused", "text"],
  },
};

/** The same name means another thing in `simdgrad/node`. */
const ofNode: typeof right = { modelCheckpoint: [{ path: "unused" }] };

/** Those whose calls take long, or touch files, where the options come first in the checks. */
function argumentsOf(entry: string, name: string, value: unknown): readonly unknown[] {
  const given = (entry === "node" ? ofNode[name] : undefined) ?? right[name];
  if (given) return given;
  // Scores of targets and predictions.
  if (name.endsWith("Score") || name.endsWith("Curve"))
    return [y, name.match(/roc|Precision|log|brier/i) ? scores : y, {}];
  expect(typeof value).toBe("function");
  return [{}];
}

const entries = { csv, datasets, estimators, explaining, simdgrad, node, plot, search };

const functions = Object.entries(entries).flatMap(([entry, exported]) =>
  Object.entries(exported)
    .filter(([name, value]) => typeof value === "function" && /^[a-z]/.test(name))
    .map(([name, value]): [string, string, (...args: unknown[]) => unknown] => [entry, name, value as never]),
);

describe("a surplus argument", () => {
  it("is looked for in every function", () => {
    expect(functions.length).toBeGreaterThan(120);
  });

  it.each(functions)("%s: %s", async (entry, name, call) => {
    const args = argumentsOf(entry, name, call);
    const error = await refusalOf(() => call(...args, { surplus: true }));
    expect(error).toBeInstanceOf(OptionError);
    expect((error as Error).message).toMatch(/: expected \d arguments?, got \d: an object would be ignored\.$/);
  });

  it("of functions that import and export", async () => {
    const exported = [formats, brain, code, keras, onnx, sklearn, tfjs, torch].flatMap((entry) =>
      Object.entries(entry),
    );
    const found = exported.filter(([name]) => /^(?:import|export|modelOf|portableOf)/.test(name));
    expect(found.length).toBeGreaterThan(30);
    for (const [name, call] of found as [string, (...args: unknown[]) => unknown][]) {
      const args = name === "portableOf" ? [model] : [model, {}];
      const error = (await refusalOf(() => call(...args, { surplus: true }))) as Error;
      expect(error, name).toBeInstanceOf(OptionError);
      expect(error.message).toMatch(
        new RegExp(`^${name}: expected \\d arguments?, got \\d: an object would be ignored`),
      );
    }
  });

  it("of readers and writers, counted as they were given", async () => {
    const portable = await formats.portableOf(model);
    const { writeOnnx, readOnnx } = onnx;
    const { writeSklearn, readSklearn } = sklearn;
    const { writeTorch, readTorch, writeTorchTraining } = torch;
    const { writeKerasTraining } = keras;
    const inTorch = { writeTorch, readTorch, writeTorchTraining };
    const found = Object.entries({
      ...{ writeOnnx, readOnnx, writeSklearn, readSklearn, ...inTorch, writeKerasTraining },
      ...{ writeTfjs: tfjs.writeTfjs, writeBrain: brain.writeBrain },
    });
    for (const [name, call] of found as [string, (...args: unknown[]) => unknown][]) {
      const { message } = (await refusalOf(() => call(portable, {}, { surplus: true }))) as Error;
      expect(message).toBe(`${name}: expected 2 arguments, got 3: an object would be ignored.`);
    }
  });

  it("of methods", async () => {
    const set = simdgrad.Dataset.from(data);
    const scaler = simdgrad.standardScaler();
    const labels = simdgrad.labelEncoder();
    const encoder = simdgrad.tableEncoder({ target: "b" });
    const stream = simdgrad.pipeline(x);
    const calls: [object, string, unknown[]][] = [
      [simdgrad.Dataset, "from", [data, {}]],
      [set, "slice", [0, 1]],
      [set, "select", [[0]]],
      [set, "shuffle", [1]],
      [set, "split", [{ fraction: 0.5 }]],
      [set, "withInputs", [x, {}]],
      [scaler, "fit", [x, {}]],
      [scaler, "transform", [x]],
      [scaler, "inverseTransform", [x]],
      [labels, "fit", [["a", "b"]]],
      [labels, "transform", [["a"]]],
      [encoder, "fit", [rows]],
      [encoder, "transform", [rows]],
      [stream, "map", [(row: unknown) => row]],
      [stream, "batch", [2, {}]],
      [stream, "shuffle", [2, {}]],
      [stream, "take", [2]],
    ];
    for (const [owner, name, args] of calls) {
      const method = Reflect.get(owner, name) as (...args: unknown[]) => unknown;
      const error = await refusalOf(() => method.call(owner, ...args, { surplus: true }));
      expect((error as Error).message, name).toMatch(/expected \d arguments?, got \d: an object would be ignored/);
    }
    expect(JSON.parse(JSON.stringify({ scaler: scaler.fit(x) })).scaler.type).toBe("standardScaler");
  });

  it("is not what list.map hands a function", () => {
    expect([{ units: 1 }, { units: 2 }].map(dense).map(({ units }) => units)).toEqual([1, 2]);
    expect([0.1, 0.2].map(simdgrad.l2).map(({ l2 }) => l2)).toEqual([0.1, 0.2]);
    expect(() => (dense as (...args: unknown[]) => unknown)({ units: 1 }, 0)).toThrow(OptionError);
    expect(() => (simdgrad.l2 as (...args: unknown[]) => unknown)(0.1, 0.2)).toThrow(
      /expected 1 argument, got 2: 0\.2/,
    );
  });
});

describe("a promise that was not awaited is called one", () => {
  /** Their argument is from a function that returns no promise, or they return errors. */
  const others = ["freeze", "unfreeze", "transformerFromJSON", "runTask"];
  const takers = functions.filter(
    ([entry, name, call]) => typeof argumentsOf(entry, name, call)[0] === "object" && !others.includes(name),
  );
  it.each(takers)("%s: %s", async (entry, name, call) => {
    const [first, ...rest] = argumentsOf(entry, name, call);
    const isByOutput = /^(?:coverage|n?dcg|labelRanking)/.test(name);
    const others = isByOutput ? [y, { outputs: 2 }] : rest;
    const error = await refusalOf(() => call(Promise.resolve(first), ...others));
    expect(error).toBeInstanceOf(SimdgradError);
    expect((error as Error).message).toContain("a promise, which needs await");
  });

  it("by methods, here and in a worker", async () => {
    const later = Promise.resolve(data) as never;
    const remote = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })], worker: true });
    await remote.compile({ optimizer: "adam", loss: "meanSquaredError" });
    const calls: (() => unknown)[] = [model, remote].flatMap((one) => [
      () => one.fit(later),
      () => one.fit({ x: later, y }),
      () => one.fit({ x, y: later }),
      () => one.fit(data, { validationData: later }),
      () => one.evaluate(later),
      () => one.predict(later),
      () => one.setWeights(later),
      () => one.trainOnBatch(later),
    ]);
    calls.push(
      () => Sequential.load(later),
      () => simdgrad.Dataset.from(later),
      () => simdgrad.standardScaler().fit(later),
      () => simdgrad.tableEncoder({ target: "b" }).fit(later),
      () => new estimators.MLPClassifier().fit(later),
    );
    for (const call of calls) {
      const error = (await refusalOf(call)) as Error;
      expect(error.message, String(call)).toContain("a promise, which needs await");
    }
    await remote.dispose();
  });
});

describe("anything but an options object", () => {
  const takers = ["adam", "batchNormalization", "huber", "earlyStopping", "standardScaler", "gelu", "auc"] as const;
  const odd: [string, unknown][] = [
    ["a Map", new Map([["seed", 1]])],
    ["a Set", new Set(["seed"])],
    ["a list", []],
    ["a typed array", new Float32Array(0)],
    ["a promise", Promise.resolve({})],
    ["a date", new Date(0)],
    ["a number", 5],
    ["a string", "seed"],
    ["null", null],
    ["a function", () => ({})],
  ];

  it.each(odd)("%s", (_, options) => {
    for (const name of takers) {
      const call = Reflect.get(simdgrad, name) as (options: unknown) => unknown;
      expect(() => call(options), name).toThrow(/: expected an options object, got .*\. Known: /);
    }
  });

  it("is not one of another realm, a null-prototype one, or one of a class", () => {
    class Options {
      units = 3;
    }
    for (const options of [Object.assign(Object.create(null), { units: 3 }), new Options()]) {
      expect(dense(options as never).units).toBe(3);
    }
  });
});
