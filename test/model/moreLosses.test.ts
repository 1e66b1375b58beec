// Losses that compile takes as results of their factories: gradients through whole models, on every runtime, and the
// places where other code meets them: metrics, files, workers, threads.
import { describe, expect, it } from "vitest";
import {
  categoricalGeneralizedCrossEntropy,
  checkGradients,
  circle,
  type Data,
  dense,
  dice,
  gaussianNll,
  huber,
  type LossSpec,
  multiLabelMargin,
  multiMargin,
  OptionError,
  poissonNll,
  Sequential,
  ShapeError,
  smoothL1,
  softMargin,
  tversky,
  unitNormalization,
} from "../../src/index.js";
import { moreLosses } from "../../src/specs/losses/more.js";
import { itInFull } from "../support/inFull.js";
import { uniforms } from "../support/tensors.js";
import { runtimes } from "./runtimes.js";

interface Case {
  readonly loss: LossSpec;
  readonly activation: "linear" | "softmax" | "sigmoid" | "softplus" | "length 1";
  /** The targets of 6 rows. */
  readonly y: number[] | number[][];
}

const rowsOf = (values: Float32Array, columns: number) =>
  Array.from({ length: 6 }, (_, row) => [...values.subarray(row * columns, (row + 1) * columns)]);

const x = rowsOf(uniforms(18, 1, -2, 2), 3);
const numbers = rowsOf(uniforms(24, 2, -2, 2), 4);
const counts = numbers.map((row) => row.map((value) => Math.round(value * value * 2)));
const bits = numbers.map((row) => row.map((value) => Number(value > 0)));
const shares = rowsOf(uniforms(24, 3, 0, 1), 4);
const labels = [0, 3, 1, 2, 0, 3];
const pairs = numbers.map((row) => row.slice(0, 2));

const cases: readonly Case[] = [
  { loss: smoothL1(), activation: "linear", y: numbers },
  { loss: smoothL1({ beta: 0.4 }), activation: "linear", y: numbers },
  { loss: poissonNll(), activation: "linear", y: counts },
  { loss: poissonNll({ logInput: false, full: true }), activation: "softplus", y: counts },
  { loss: gaussianNll({ logVariance: true }), activation: "linear", y: pairs },
  { loss: gaussianNll({ full: true }), activation: "softplus", y: pairs },
  { loss: dice(), activation: "sigmoid", y: bits },
  { loss: tversky({ alpha: 0.3, beta: 0.7 }), activation: "sigmoid", y: shares },
  { loss: categoricalGeneralizedCrossEntropy(), activation: "softmax", y: labels },
  { loss: categoricalGeneralizedCrossEntropy({ q: 0.9 }), activation: "softmax", y: labels },
  { loss: softMargin(), activation: "linear", y: bits },
  { loss: multiMargin({ margin: 0.7 }), activation: "linear", y: labels },
  { loss: multiMargin({ p: 2 }), activation: "linear", y: labels },
  { loss: multiLabelMargin(), activation: "linear", y: bits },
  { loss: multiLabelMargin(), activation: "linear", y: shares },
  { loss: circle(), activation: "length 1", y: [7, 3000, 7, 3000, 7, 7] },
  { loss: circle({ gamma: 5, margin: 0, removeDiagonal: false }), activation: "length 1", y: [1, 2, 1, 2, 9, 1] },
];

const named = cases.map((one) => [JSON.stringify(one.loss), one] as const);

async function modelOf({ loss, activation }: Pick<Case, "loss" | "activation">, runtime: object = {}) {
  const outputs =
    activation === "length 1" ? [dense({ units: 4 }), unitNormalization()] : [dense({ units: 4, activation })];
  const layers = [dense({ units: 5, activation: "tanh" }), ...outputs];
  const model = await Sequential.create({ inputShape: [3], layers, seed: 3, ...runtime });
  model.compile({ optimizer: "adam", loss });
  return model;
}

it("covers every such loss", () => {
  expect([...new Set(cases.map(({ loss }) => loss.type))].sort()).toEqual(Object.keys(moreLosses).sort());
});

describe.each(runtimes)("%s", (_, runtime) => {
  it.each(named)("gradients are slopes: %s", async (_, one) => {
    const model = await modelOf(one, runtime);
    const data = { x, y: one.y, sampleWeight: [1, 0.5, 2, 0, 1, 3] };
    const check = await checkGradients(model, data, { sample: "all" });
    expect(check.ok, String(check)).toBe(true);
    expect(Math.abs(check.worst.slope)).toBeGreaterThan(0);
  });

  it.each(named)("training lowers it, and goes on from a file: %s", async (_, one) => {
    const model = await modelOf(one, runtime);
    const data = { x, y: one.y };
    const before = (await model.evaluate(data)).loss;
    await model.fit(data, { epochs: 3, batchSize: 4 });
    const again = await Sequential.load(model.save(), runtime);
    expect(again.compiled?.loss).toEqual(one.loss);
    await model.fit(data, { epochs: 12, batchSize: 4, initialEpoch: 3 });
    await again.fit(data, { epochs: 12, batchSize: 4, initialEpoch: 3 });
    expect(again.getWeights()).toEqual(model.getWeights());
    expect((await model.evaluate(data)).loss).toBeLessThan(before);
  });

  it("smooth L1 is huber divided by its delta", async () => {
    const [smooth, plain] = await Promise.all(
      [smoothL1({ beta: 0.5 }), huber({ delta: 0.5 })].map((loss) => modelOf({ loss, activation: "linear" }, runtime)),
    );
    const data = { x, y: numbers };
    expect([(await smooth.evaluate(data)).loss]).toBeAllClose([2 * (await plain.evaluate(data)).loss]);
  });

  it("metrics of gaussianNll read the means", async () => {
    const layers = [dense({ units: 4 })];
    const model = await Sequential.create({ inputShape: [3], layers, seed: 3, ...runtime });
    model.compile({ optimizer: "sgd", loss: gaussianNll({ logVariance: true }), metrics: ["mae", "r2"] });
    const data = { x, y: pairs };
    const result = await model.evaluate(data);
    const predictions = model.predict(x);
    const means = Array.from({ length: 6 }, (_, row) => [...predictions.subarray(row * 4, row * 4 + 2)]);
    const other = await Sequential.create({ inputShape: [3], layers: [dense({ units: 2 })], ...runtime });
    other.compile({ optimizer: "sgd", loss: "mae", metrics: ["mae", "r2"] });
    const [kernel, bias] = model.getWeights();
    other.setWeights([
      { ...kernel, shape: [3, 2], data: kernel.data.filter((_, at) => at % 4 < 2) },
      { ...bias, shape: [2], data: bias.data.slice(0, 2) },
    ]);
    const expected = await other.evaluate(data);
    expect([...other.predict(x)]).toEqual(means.flat());
    expect([result.mae, result.r2]).toEqual([expected.mae, expected.r2]);
    const trained = await model.fit(data, { epochs: 1, batchSize: 6 });
    expect([trained.mae[0], trained.r2[0]]).toEqual([expected.mae, expected.r2]);
  });
});

itInFull("gives the same bits for any number of threads, and in a worker", async () => {
  const rows = 256;
  const layers = [dense({ units: 300, activation: "relu" }), dense({ units: 40, activation: "sigmoid" })];
  const data = { x: uniforms(rows * 64, 5), y: uniforms(rows * 40, 6, 0, 1).map(Math.round) };
  const weights = [];
  for (const threads of [1, 2, 4]) {
    const model = await Sequential.create({ inputShape: [64], layers, threads });
    model.compile({ optimizer: "adam", loss: tversky({ alpha: 0.7, beta: 0.3 }) });
    await model.fit(data, { epochs: 2, batchSize: 128 });
    weights.push(model.getWeights());
    model.dispose();
  }
  const distant = await Sequential.create({ inputShape: [64], layers, worker: true });
  await distant.compile({ optimizer: "adam", loss: tversky({ alpha: 0.7, beta: 0.3 }) });
  await distant.fit(data, { epochs: 2, batchSize: 128 });
  weights.push(await distant.getWeights());
  await distant.dispose();
  for (const others of weights.slice(1)) expect(others).toEqual(weights[0]);
});

it("L-BFGS minimizes them", async () => {
  const model = await modelOf({ loss: smoothL1(), activation: "linear" });
  model.compile({ optimizer: "lbfgs", loss: smoothL1() });
  const { loss } = await model.fit({ x, y: numbers }, { epochs: 40 });
  expect(loss[loss.length - 1]).toBeLessThan(0.2 * loss[0]);
});

it("a rate below 0 is reported, and weights stay finite", async () => {
  const model = await modelOf({ loss: poissonNll({ logInput: false }), activation: "linear" });
  const before = model.getWeights();
  await expect(model.fit({ x: x.map((row) => row.map((value) => 50 * value)), y: counts })).rejects.toThrow(
    /the loss is not finite/,
  );
  expect(model.getWeights()).toEqual(before);
});

describe("data and outputs they cannot take", () => {
  const refused: [string, LossSpec, Data, new (...given: never[]) => Error, RegExp][] = [
    ["a negative count", poissonNll(), { x, y: counts.map((row) => row.map((n) => -n)) }, Error, /of 0 or more, got -/],
    ["a share of 2", dice(), { x, y: shares.map((row) => row.map((n) => 2 * n)) }, Error, /from 0 to 1/],
    ["a share of -1", tversky(), { x, y: bits.map((row) => row.map((n) => -n)) }, Error, /from 0 to 1, got -1/],
    ["a half", softMargin(), { x, y: bits.map((row) => row.map((n) => n / 2)) }, Error, /of -1 and 1.* got 0.5/],
    ["one-hot rows", multiMargin(), { x, y: bits }, ShapeError, /multiMargin expects one integer label per row/],
    ["a label of 4", categoricalGeneralizedCrossEntropy(), { x, y: [0, 1, 2, 3, 4, 0] }, Error, /4/],
    ["labels", multiLabelMargin(), { x, y: labels }, ShapeError, /expected 4 targets per row/],
    ["a target for each output", gaussianNll(), { x, y: numbers }, ShapeError, /expected 2 targets per row/],
    ["one target", gaussianNll(), { x, y: labels }, ShapeError, /expected 2 targets per row/],
    ["one number", smoothL1(), { x, y: labels }, ShapeError, /expected 4 targets per row/],
  ];
  it.each(refused)("%s", async (_, loss, data, type, message) => {
    const model = await modelOf({ loss, activation: "linear" });
    for (const attempt of [() => model.fit(data), () => model.evaluate(data), () => model.trainOnBatch(data)]) {
      await expect(attempt()).rejects.toThrow(type);
      await expect(attempt()).rejects.toThrow(message);
    }
  });

  it.each([
    ["gaussianNll", gaussianNll(), 3, /even number of outputs, got 3.* 4 or 6 units/],
    ["gaussianNll", gaussianNll(), 1, /even number of outputs, got 1/],
    ["multiMargin", multiMargin(), 1, /one output per class, at least 2, got 1/],
    ["categoricalGeneralizedCrossEntropy", categoricalGeneralizedCrossEntropy(), 1, /at least 2, got 1/],
  ] as const)("%s, for another number of outputs", async (_, loss, units, message) => {
    const model = await Sequential.create({ inputShape: [2], layers: [dense({ units })] });
    expect(() => model.compile({ optimizer: "sgd", loss })).toThrow(OptionError);
    expect(() => model.compile({ optimizer: "sgd", loss })).toThrow(message);
  });

  it("smoothL1 has no classes to weight", async () => {
    const model = await modelOf({ loss: smoothL1(), activation: "linear" });
    await expect(model.fit({ x, y: numbers }, { classWeight: { 0: 2 } })).rejects.toThrow("smoothL1 has no classes");
  });
});
