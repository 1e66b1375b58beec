// compile({ metrics }): exact over an epoch, that is equal to the metric functions on all its predictions at once.
import { describe, expect, it } from "vitest";
import {
  accuracyScore,
  argMax,
  auc,
  averagePrecisionScore,
  balancedAccuracyScore,
  binaryAccuracy,
  brierScore,
  cohenKappaScore,
  Dataset,
  dense,
  earlyStopping,
  f1,
  f1Score,
  fbeta,
  fbetaScore,
  type LogName,
  type Loss,
  logLossScore,
  type Metric,
  matthewsCorrcoefScore,
  meanAbsolutePercentageErrorScore,
  meanSquaredErrorScore,
  precision,
  precisionScore,
  r2Score,
  recall,
  recallScore,
  rocAucScore,
  Sequential,
  sgd,
  topKCategoricalAccuracy,
} from "../../src/index.js";
import { isLargerBetter } from "../../src/specs/metrics/better.js";
import { epochMetric } from "../../src/specs/metrics/epoch.js";
import { metricNames } from "../../src/specs/metrics/table.js";
import { normals, uniforms } from "../support/tensors.js";
import { blobs, classifier, stateOf } from "./models.js";
import { runtimes } from "./runtimes.js";

const ROWS = 61;
const x = normals(ROWS * 2, 5);
const wild = Array.from(uniforms(ROWS * 3, 9, -1, 1));
const close = { rtol: 1e-6, atol: 1e-7 };

type Runtime = (typeof runtimes)[number][1];

interface Scene {
  outputs: number;
  activation: "sigmoid" | "softmax" | "linear";
  loss: Loss;
  y: number[];
  metrics: Metric[];
  runtime: Runtime;
}

async function evaluated({ outputs, activation, loss, y, metrics, runtime }: Scene) {
  const layers = [dense({ units: 5, activation: "tanh" }), dense({ units: outputs, activation })];
  const model = await Sequential.create({ inputShape: [2], layers, seed: 3, ...runtime });
  model.compile({ optimizer: "sgd", loss, metrics });
  const data = Dataset.from({ x, y }, { inputShape: [2], targetShape: y.length === ROWS ? [] : [outputs] });
  return { logs: await model.evaluate(data, { batchSize: 7 }), out: model.predict(x), model, data };
}

describe.each(runtimes)("%s", (_, runtime) => {
  const bits = wild.slice(0, ROWS).map((value) => Number(value > 0.2));
  const classes = wild.slice(0, ROWS).map((value) => Math.floor((value + 1) * 1.5));

  it("binary, from a sigmoid whose loss reads logits", async () => {
    const metrics: Metric[] = [
      "accuracy",
      binaryAccuracy({ threshold: 0.3 }),
      "precision",
      recall({ threshold: 0.4 }),
      "f1",
      fbeta({ beta: 2 }),
      "auc",
      auc({ curve: "pr", name: "prAuc" }),
      "balancedAccuracy",
      "matthewsCorrcoef",
      "cohenKappa",
      "logLoss",
      "brier",
    ];
    const scene = { outputs: 1, activation: "sigmoid", loss: "binaryCrossentropy", y: bits, metrics, runtime } as const;
    const { logs, out } = await evaluated({ ...scene, metrics });
    const above = (threshold: number) => Array.from(out, (p) => Number(p > threshold));
    const expected = {
      accuracy: accuracyScore(bits, above(0.5)),
      binaryAccuracy: accuracyScore(bits, above(0.3)),
      precision: precisionScore(bits, above(0.5)),
      recall: recallScore(bits, above(0.4)),
      f1: f1Score(bits, above(0.5)),
      fbeta: fbetaScore(bits, above(0.5), { beta: 2 }),
      auc: rocAucScore(bits, out),
      prAuc: averagePrecisionScore(bits, out),
      balancedAccuracy: balancedAccuracyScore(bits, above(0.5)),
      matthewsCorrcoef: matthewsCorrcoefScore(bits, above(0.5)),
      cohenKappa: cohenKappaScore(bits, above(0.5)),
      logLoss: logLossScore(bits, out),
      brier: brierScore(bits, out),
    };
    expect(Object.keys(logs)).toEqual(["loss", ...Object.keys(expected)]);
    for (const [name, value] of Object.entries(expected))
      expect([logs[name as LogName]], name).toBeAllClose([value], close);
    expect([logs.loss]).toBeAllClose([expected.logLoss], close);
  });

  it.each([
    ["sparseCategoricalCrossentropy", classes],
    ["categoricalCrossentropy", classes.flatMap((label) => [0, 1, 2].map((c) => Number(c === label)))],
  ] as const)("several classes, %s", async (loss, y) => {
    const metrics: Metric[] = [
      "f1",
      precision({ average: "weighted" }),
      recall({ average: "micro" }),
      "auc",
      auc({ average: "weighted", curve: "pr", name: "prAuc" }),
      topKCategoricalAccuracy({ k: 2 }),
      "balancedAccuracy",
      "matthewsCorrcoef",
      "cohenKappa",
      "logLoss",
      "brier",
    ];
    const { logs, out } = await evaluated({ outputs: 3, activation: "softmax", loss, y: [...y], metrics, runtime });
    const predicted = argMax(out, 3);
    const inTwo = classes.map((label, row) => {
      const larger = [0, 1, 2].filter((c) => out[row * 3 + c] > out[row * 3 + label]);
      return Number(larger.length < 2);
    });
    const expected = {
      f1: f1Score(classes, predicted, { average: "macro" }),
      precision: precisionScore(classes, predicted, { average: "weighted" }),
      recall: recallScore(classes, predicted, { average: "micro" }),
      auc: rocAucScore(classes, out),
      prAuc: averagePrecisionScore(classes, out, { average: "weighted" }),
      topKCategoricalAccuracy: inTwo.reduce((sum, bit) => sum + bit, 0) / ROWS,
      balancedAccuracy: balancedAccuracyScore(classes, predicted),
      matthewsCorrcoef: matthewsCorrcoefScore(classes, predicted),
      cohenKappa: cohenKappaScore(classes, predicted),
      logLoss: logLossScore(classes, out),
      brier: brierScore(classes, out),
    };
    for (const [name, value] of Object.entries(expected))
      expect([logs[name as LogName]], name).toBeAllClose([value], close);
  });

  it("several outputs that are each yes or no: the mean over outputs", async () => {
    const y = wild.map((value) => Number(value > 0));
    const metrics = ["f1", "auc", recall({ average: "micro" })] as const;
    const scene = { outputs: 3, activation: "sigmoid", loss: "binaryCrossentropy", y, runtime } as const;
    const { logs, out } = await evaluated({ ...scene, metrics: [...metrics] });
    const column = (values: ArrayLike<number>, j: number) => Array.from(values).filter((_, i) => i % 3 === j);
    const yes = Array.from(out, (p) => Number(p > 0.5));
    const mean = (f: (j: number) => number) => (f(0) + f(1) + f(2)) / 3;
    expect(logs.f1).toBeCloseTo(
      mean((j) => f1Score(column(y, j), column(yes, j))),
      6,
    );
    expect(logs.auc).toBeCloseTo(
      mean((j) => rocAucScore(column(y, j), column(out, j))),
      6,
    );
    expect(logs.recall).toBeCloseTo(recallScore(y, yes), 6);
  });

  it("regression", async () => {
    const metrics = ["rootMeanSquaredError", "meanAbsolutePercentageError", "r2", "meanSquaredError"] as const;
    const scene = { outputs: 3, activation: "linear", loss: "meanSquaredError", y: wild, runtime } as const;
    const { logs, out } = await evaluated({ ...scene, metrics: [...metrics] });
    const targets = Float32Array.from(wild);
    expect([logs.rootMeanSquaredError ** 2, logs.meanSquaredError]).toBeAllClose([logs.loss, logs.loss], close);
    expect([logs.meanSquaredError]).toBeAllClose([meanSquaredErrorScore(targets, out, { outputs: 3 })], close);
    expect([logs.r2]).toBeAllClose([r2Score(targets, out, { outputs: 3 })], close);
    const percent = 100 * meanAbsolutePercentageErrorScore(targets, out, { outputs: 3 });
    expect([logs.meanAbsolutePercentageError]).toBeAllClose([percent], close);
  });

  it("correlations of two outputs, against numbers of NumPy", () => {
    const targets = Float32Array.of(1, 0.5, 2, -1, 3, 2, 4, 0);
    const predictions = Float32Array.of(1.1, 0, 2.3, -0.5, 2.9, 1, 4.2, 0.5);
    const epoch = { targets, predictions, rows: 4, outputs: 2, task: "multilabel", weights: null } as const;
    const value = (type: "concordanceCorrelation") => epochMetric({ type, name: type }, epoch);
    expect([value("concordanceCorrelation")]).toBeAllClose([(0.9850746268656714 + 0.7083333333333334) / 2], close);
  });

  it("in training they are those of each step before its update, as Keras's", async () => {
    const data = blobs(20, { classes: 3 });
    const model = await classifier({ ...runtime, optimizer: sgd({ learningRate: 0.5 }), metrics: ["f1", "auc"] });
    const twin = await classifier({ ...runtime, optimizer: sgd({ learningRate: 0.5 }), metrics: [] });
    const predictions: number[] = [];
    for (let begin = 0; begin < 20; begin += 6) {
      const batch = data.slice(begin, Math.min(begin + 6, 20));
      predictions.push(...twin.predict(batch.x));
      await twin.trainOnBatch(batch);
    }
    const seen: number[] = [];
    const callbacks = [
      {
        onBatchEnd: (_: unknown, logs: () => Record<string, number>) => {
          seen.push(logs().f1);
        },
      },
    ];
    const history = await model.fit(data, { batchSize: 6, shuffle: false, callbacks });
    const predicted = argMax(predictions, 3);
    expect(history.f1).toEqual([f1Score(data.y, predicted, { average: "macro" })]);
    expect(history.auc[0]).toBeCloseTo(rocAucScore(data.y, predictions), 12);
    const running = [6, 12, 18, 20].map((rows) =>
      f1Score(data.y.subarray(0, rows), predicted.subarray(0, rows), { average: "macro" }),
    );
    expect(seen).toEqual(running);
  });

  it("follow validation, every epoch anew, whatever the order", async () => {
    const model = await classifier({ ...runtime, metrics: ["accuracy", "f1"] });
    const held = blobs(13, { seed: 8 });
    const history = await model.fit(blobs(40), { epochs: 3, batchSize: 7, validationData: held });
    expect(Object.keys(history)).toEqual(["epoch", "loss", "accuracy", "f1", "valLoss", "valAccuracy", "valF1"]);
    expect(history.valF1).toHaveLength(3);
    expect(history.valF1[2]).toBe(f1Score(held.y, argMax(model.predict(held.x), 3), { average: "macro" }));
    expect((await model.trainOnBatch(held)).f1).toBe(history.valF1[2]);
  });
});

it("are asked for without changing the training", async () => {
  const [plain, followed] = [await classifier({ metrics: [] }), await classifier({ metrics: ["f1", "logLoss"] })];
  const histories = [await plain.fit(blobs(40), { epochs: 2 }), await followed.fit(blobs(40), { epochs: 2 })];
  expect(histories[1].loss).toEqual(histories[0].loss);
  expect(followed.getWeights()).toEqual(plain.getWeights());
});

it("are NaN where the rows cannot tell", async () => {
  const model = await classifier({ metrics: ["auc", "cohenKappa"] });
  const logs = await model.evaluate({ x: [[0, 0]], y: [1] });
  expect(logs.auc).toBeNaN();
});

describe.each(runtimes)("of two softmax outputs, the second class is the positive one (%s)", (_, runtime) => {
  const identity = async (metrics: readonly Metric[], loss: Loss) => {
    const model = await Sequential.create({
      inputShape: [2],
      layers: [dense({ units: 2, useBias: false })],
      ...runtime,
    });
    model.setWeights([{ ...model.getWeights()[0], data: Float32Array.of(1, 0, 0, 1) }]);
    model.compile({ optimizer: "sgd", loss, metrics });
    return model;
  };
  // Logits (0, z): p of class 1 rises with z. By z falling, the classes are 1, 0, 1, 0, 0.
  const z = [4, 3, 2, 1, -1];
  const x = z.map((value) => [0, value]);
  const y = [1, 0, 1, 0, 0];

  it.each<[form: string, targets: number[] | number[][], loss: Loss]>([
    ["labels", y, { type: "sparseCategoricalCrossentropy", fromLogits: true }],
    ["one-hot targets", y.map((label) => [1 - label, label]), { type: "categoricalCrossentropy", fromLogits: true }],
  ])("given as %s", async (_, targets, loss) => {
    const metrics = [
      auc({ name: "roc" }),
      auc({ curve: "pr", name: "pr" }),
      auc({ curve: "pr", average: "weighted", name: "weighted" }),
      ...[precision, recall, f1].map((metric) => metric({ average: "binary" })),
    ];
    const model = await identity(metrics, loss);
    const logs = await model.evaluate<"roc" | "pr" | "weighted">({ x, y: targets });
    // Pairs of a positive and a negative in the right order: 3 + 2 of 6. Precision at the positives: 1/1 and 2/3.
    expect(logs.roc).toBeCloseTo(5 / 6, 12);
    expect(logs.pr).toBeCloseTo((1 + 2 / 3) / 2, 12);
    expect(logs.weighted).toBeCloseTo((1 + 2 / 3) / 2, 12);
    const scores = z.map((value) => 1 / (1 + Math.exp(-value)));
    expect(logs.pr).toBeCloseTo(averagePrecisionScore(y, scores), 12);
    // Predicted as class 1 are the first four, of which two are.
    expect([logs.precision, logs.recall, logs.f1]).toEqual([2 / 4, 1, (2 * 2) / (4 + 2)]);
  });
});

it("are saved and loaded with their options", async () => {
  const model = await classifier({ metrics: [f1({ average: "weighted", name: "weightedF1" }), "accuracy"] });
  const loaded = await Sequential.load(model.save());
  expect(stateOf(loaded)).toBe(stateOf(model));
  expect(await loaded.evaluate(blobs(9))).toEqual(await model.evaluate(blobs(9)));
  expect(Object.keys(await loaded.evaluate(blobs(9)))).toEqual(["loss", "weightedF1", "accuracy"]);
});

it("count only summed ones against the slots of the kernels", async () => {
  const regression = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })] });
  const metrics = metricNames.filter(
    (name) => !["sparseCategoricalAccuracy", "topKCategoricalAccuracy"].includes(name),
  );
  regression.compile({ optimizer: "sgd", loss: "meanSquaredError", metrics });
  const logs = await regression.evaluate({ x: [[0, 1], [1, 0], [2, 1]], y: [0, 1, 1] }); // biome-ignore format: rows
  expect(Object.keys(logs)).toEqual(["loss", ...metrics]);
});

describe("better is", () => {
  // Errors, distances and the two scores of probabilities that measure a loss; everything else rises.
  it.each(metricNames)("%s: as its formula says", (type) => {
    const falls = /^(mean|root)/.test(type) || type === "logLoss" || type === "brier";
    expect(isLargerBetter({ type, name: "anything" })).toBe(!falls);
  });

  it("what earlyStopping goes by", async () => {
    const model = await classifier({ metrics: ["f1"], optimizer: sgd({ learningRate: 0.3 }) });
    const data = blobs(60);
    const options = { epochs: 40, validationData: data, callbacks: [earlyStopping({ monitor: "valF1" })] };
    const { valF1 } = await model.fit(data, options);
    const end = valF1.length - 1;
    for (let i = 1; i < end; i++) expect(valF1[i]).toBeGreaterThan(valF1[i - 1]);
    expect(end).toBeLessThan(39);
    expect(valF1[end]).toBeLessThanOrEqual(valF1[end - 1]);
  });
});
