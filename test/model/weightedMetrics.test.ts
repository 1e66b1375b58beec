// weightedMetrics: sample weights and class weights count, exactly over an epoch, here, in workers, and when resumed.
import { describe, expect, it } from "vitest";
import {
  accuracyScore,
  argMax,
  auc,
  averagePrecisionScore,
  type CompileOptions,
  Dataset,
  dense,
  f1Score,
  logLossScore,
  meanSquaredErrorScore,
  modelCheckpoint,
  precision,
  recallScore,
  rocAucScore,
  Sequential,
  sgd,
  truePositives,
} from "../../src/index.js";
import { blobs, stateOf } from "./models.js";
import { runtimes } from "./runtimes.js";

const close = { rtol: 1e-6, atol: 1e-8 };
const { x, y } = blobs(40);
const sampleWeight = Float32Array.from({ length: 40 }, (_, row) => (row * 7) % 5);
const data = Dataset.from({ x, y, sampleWeight }, { inputShape: [2] });

const options: CompileOptions = {
  optimizer: sgd({ learningRate: 0.2 }),
  loss: "sparseCategoricalCrossentropy",
  metrics: ["accuracy", "f1", truePositives()],
  weightedMetrics: ["accuracy", "f1", "logLoss", "auc", truePositives({ average: "none" })],
};

const names = [
  ...["loss", "accuracy", "f1", "truePositives", "weightedAccuracy", "weightedF1", "logLoss", "auc"],
  ...["truePositives_0", "truePositives_1", "truePositives_2"],
];

async function compiled(given: object = {}): Promise<Sequential> {
  const layers = [dense({ units: 3, activation: "softmax" })];
  const model = await Sequential.create({ inputShape: [2], layers, seed: 1, ...given });
  model.compile(options);
  return model;
}

describe.each(runtimes)("%s", (_, runtime) => {
  it.each([7, 256])("evaluate in chunks of %i: as the scores of all rows with their weights", async (batchSize) => {
    const model = await compiled(runtime);
    const logs = await model.evaluate<string>(data, { batchSize });
    const out = model.predict(x);
    const predicted = argMax(out, 3);
    const isHit = (row: number) => predicted[row] === y[row];
    const hits = (c: number) =>
      y.reduce((sum, label, row) => sum + (label === c && isHit(row) ? sampleWeight[row] : 0), 0);
    expect(Object.keys(logs)).toEqual(names);
    expect(Object.values(logs).slice(1)).toBeAllClose(
      [
        accuracyScore(y, predicted),
        f1Score(y, predicted, { average: "macro" }),
        y.filter((_, row) => isHit(row)).length,
        accuracyScore(y, predicted, { sampleWeight }),
        f1Score(y, predicted, { average: "macro", sampleWeight }),
        logLossScore(y, out, { sampleWeight }),
        rocAucScore(y, out, { sampleWeight }),
        ...[0, 1, 2].map(hits),
      ],
      close,
    );
    expect(logs.weightedAccuracy).not.toBe(logs.accuracy);
  });

  it("in training and validation, whatever the batches", async () => {
    const model = await compiled(runtime);
    const twin = await compiled(runtime);
    const predictions: number[] = [];
    for (let begin = 0; begin < 40; begin += 9) {
      const batch = data.slice(begin, Math.min(begin + 9, 40));
      predictions.push(...twin.predict(batch.x));
      await twin.trainOnBatch(batch);
    }
    const history = await model.fit<string>(data, { batchSize: 9, shuffle: false, validationData: data });
    expect(history.weightedAccuracy[0]).toBeCloseTo(accuracyScore(y, argMax(predictions, 3), { sampleWeight }), 12);
    expect([history.logLoss[0]]).toBeAllClose([logLossScore(y, predictions, { sampleWeight })], close);
    const logs = await model.evaluate<string>(data);
    expect(Object.keys(history)).toEqual(["epoch", ...names, ...names.map((name) => `val${name[0].toUpperCase()}${name.slice(1)}`)]); // biome-ignore format: names
    expect(history.valWeightedAccuracy[0]).toBe(logs.weightedAccuracy);
    expect(history.valLogLoss[0]).toBe(logs.logLoss);
  });

  it("class weights multiply them in training", async () => {
    const model = await compiled(runtime);
    const out = model.predict(x);
    const classWeight = { 0: 1, 1: 3, 2: 0 };
    const history = await model.fit<string>(data, { batchSize: 40, shuffle: false, classWeight });
    const weights = sampleWeight.map((weight, row) => weight * classWeight[y[row] as 0 | 1 | 2]);
    expect([history.weightedAccuracy[0], history.accuracy[0]]).toBeAllClose(
      [accuracyScore(y, argMax(out, 3), { sampleWeight: weights }), accuracyScore(y, argMax(out, 3))],
      close,
    );
  });

  it("without weights every row counts the same", async () => {
    const logs = await (await compiled(runtime)).evaluate<string>({ x: data.x, y });
    expect([logs.weightedAccuracy, logs.weightedF1]).toBeAllClose([logs.accuracy, logs.f1], close);
  });

  it("ignored rows do not count, and the others keep their weights", async () => {
    const labels = y.map((label, row) => (row % 4 === 0 ? -1 : label));
    const kept = Array.from(y.keys()).filter((row) => labels[row] !== -1);
    const loss = { type: "sparseCategoricalCrossentropy", ignoreClass: -1 } as const;
    const model = await compiled(runtime);
    model.compile({ ...options, loss, metrics: [], weightedMetrics: ["accuracy", truePositives()] });
    const out = model.predict(x);
    const predicted = argMax(out, 3);
    const weights = Float32Array.from(kept, (row) => sampleWeight[row]);
    const of = <T>(values: ArrayLike<T>) => kept.map((row) => values[row]);
    const right = accuracyScore(of(y), of(predicted), { sampleWeight: weights });
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    const rows = Dataset.from({ x, y: labels, sampleWeight }, { inputShape: [2] });
    const evaluated = await model.evaluate<string>(rows, { batchSize: 7 });
    expect([evaluated.accuracy, evaluated.truePositives]).toBeAllClose([right, right * all], close);
    const history = await model.fit<string>(rows, { batchSize: 11, shuffle: false, callbacks: [] });
    expect(history.truePositives[0]).toBeLessThanOrEqual(all * (1 + 1e-6));
    const still = await compiled(runtime);
    still.compile({ ...options, optimizer: sgd({ learningRate: 0 }), loss, metrics: [], weightedMetrics: [truePositives()] }); // biome-ignore format: short
    const trained = await still.fit<string>(rows, { batchSize: 11, shuffle: false });
    expect([trained.truePositives[0]]).toBeAllClose([right * all], close);
  });
});

it("of numbers and of several thresholds", async () => {
  const layers = [dense({ units: 1, activation: "sigmoid" })];
  const model = await Sequential.create({ inputShape: [2], layers, seed: 2 });
  const bits = y.map((label) => Number(label === 1));
  model.compile({
    optimizer: "sgd",
    loss: "binaryCrossentropy",
    weightedMetrics: ["meanSquaredError", precision({ threshold: [0.3, 0.6] }), auc({ curve: "pr" }), "recall"],
  });
  const logs = await model.evaluate<string>({ x: data.x, y: bits, sampleWeight });
  const out = model.predict(x);
  const above = (threshold: number) => Array.from(out, (p) => Number(p > Math.fround(threshold)));
  const right = (threshold: number) => {
    const yes = above(threshold);
    const sum = (keep: (row: number) => boolean) => yes.reduce((s, bit, row) => (bit && keep(row) ? s + sampleWeight[row] : s), 0); // biome-ignore format: short
    return sum((row) => bits[row] === 1) / sum(() => true);
  };
  expect(Object.keys(logs)).toEqual(["loss", "meanSquaredError", "precision_0.3", "precision_0.6", "auc", "recall"]);
  expect(Object.values(logs).slice(1)).toBeAllClose(
    [
      meanSquaredErrorScore(bits, out, { sampleWeight }),
      right(0.3),
      right(0.6),
      averagePrecisionScore(bits, out, { sampleWeight }),
      recallScore(bits, above(0.5), { sampleWeight }),
    ],
    close,
  );
});

it("leave training as it is", async () => {
  const [plain, followed] = [await compiled(), await compiled()];
  plain.compile({ ...options, metrics: [], weightedMetrics: [] });
  const histories = [await plain.fit(data, { epochs: 2 }), await followed.fit(data, { epochs: 2 })];
  expect(histories[1].loss).toEqual(histories[0].loss);
  expect(followed.getWeights()).toEqual(plain.getWeights());
});

it("are the same bits in a worker", async () => {
  const here = await compiled({ threads: 1 });
  const there = await Sequential.create({
    ...{ inputShape: [2], layers: [dense({ units: 3, activation: "softmax" })], seed: 1, threads: 1 },
    worker: true,
  });
  await there.compile(options);
  const fit = { epochs: 3, batchSize: 9, validationData: data };
  expect(await there.fit<string>(data, fit)).toEqual(await here.fit<string>(data, fit));
  expect(await there.evaluate<string>(data)).toEqual(await here.evaluate<string>(data));
  expect(await there.save()).toEqual(here.save());
  there.dispose();
});

it("go on from a file within an epoch as if they had not been interrupted", async () => {
  const whole = await compiled();
  const expected = await whole.fit<string>(data, { epochs: 3, batchSize: 9 });
  const stopped = await compiled();
  const stop = new AbortController();
  let steps = 0;
  const callbacks = [{ onBatchEnd: () => void (++steps === 7 && stop.abort()) }];
  await stopped.fit(data, { epochs: 3, batchSize: 9, callbacks, signal: stop.signal });
  const file = stopped.save();
  const loaded = await Sequential.load(file);
  expect(stateOf(loaded)).toBe(stateOf(stopped));
  const rest = await loaded.fit<string>(data, { epochs: 3, batchSize: 9, resume: true });
  for (const name of names) expect(rest[name], name).toEqual(expected[name].slice(1));
  expect(loaded.save()).toEqual(whole.save());
});

it("may be watched by callbacks", async () => {
  const model = await compiled();
  const saved: number[] = [];
  const checkpoint = modelCheckpoint({ monitor: "valWeightedAccuracy", save: () => void saved.push(1) });
  await model.fit(data, { epochs: 3, validationData: data, callbacks: [checkpoint] });
  expect(saved.length).toBeGreaterThan(0);
});
