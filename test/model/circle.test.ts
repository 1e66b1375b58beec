// The circle loss in whole models: Keras's reductions, labels that are not outputs, and the places that read classes.
import { describe, expect, it } from "vitest";
import {
  adam,
  circle,
  type Data,
  DataError,
  dense,
  type Layer,
  type LossSpec,
  OptionError,
  type RuntimeOptions,
  Sequential,
  sgd,
  softmax,
  unitNormalization,
} from "../../src/index.js";
import { readFixture } from "../golden/fixture.js";
import { uniforms } from "../support/tensors.js";
import { runtimes } from "./runtimes.js";

interface Step {
  reduction: "mean" | "sum" | "meanWithSampleWeight";
  gamma: number;
  x: number[][];
  labels: number[];
  sampleWeight: number[];
  kernel: number[][];
  loss: number;
  gradient: number[][];
}

const { circle: steps } = readFixture<{ circle: Step[] }>("moreLosses");

interface ModelOptions extends RuntimeOptions {
  readonly inputs?: number;
  readonly units?: number;
  readonly last?: Layer;
}

async function modelOf(
  loss: LossSpec,
  { inputs = 3, units = 4, last = unitNormalization(), ...runtime }: ModelOptions = {},
) {
  const layers = [dense({ units, useBias: false }), last];
  const model = await Sequential.create({ inputShape: [inputs], layers, seed: 2, ...runtime });
  model.compile({ optimizer: sgd({ learningRate: 1 / 64 }), loss });
  return model;
}

describe.each(runtimes)("%s", (_, runtime) => {
  it.each(steps.map((step) => [step.reduction, step] as const))("a step, reduced to %s", async (reduction, step) => {
    const model = await modelOf(circle({ gamma: step.gamma, reduction }), runtime);
    const kernel = Float32Array.from(step.kernel.flat());
    const [{ name, shape }] = model.getWeights();
    model.setWeights([{ name, shape, data: kernel }]);
    const { loss } = await model.trainOnBatch({ x: step.x, y: step.labels, sampleWeight: step.sampleWeight });
    expect([loss]).toBeAllClose([step.loss], { rtol: 1e-5 });
    const moved = model.getWeights()[0].data.map((after, i) => 64 * (kernel[i] - after));
    expect(moved).toBeAllClose(step.gradient.flat(), { rtol: 1e-4, atol: 1e-4 });
  });
});

const ROWS = 40;
const y = Array.from({ length: ROWS }, (_, row) => [5, 2 ** 24 - 1, 70][row % 3]);
const x = Array.from({ length: ROWS }, (_, row) => {
  const [a, b] = uniforms(2, row, -0.3, 0.3);
  return [a + (row % 3), b - (row % 3) ** 2, 1];
});

it("draws the rows of a class together, with a function as a metric, and class weights", async () => {
  const model = await modelOf(circle());
  /** Share of rows whose nearest other row has the same label. */
  const nearest = (labels: Float32Array, outputs: Float32Array) => {
    const dot = (i: number, j: number) =>
      [0, 1, 2, 3].reduce((sum, k) => sum + outputs[4 * i + k] * outputs[4 * j + k], 0);
    const rows = Array.from(labels.keys());
    const right = rows.filter((i) => {
      const [best] = rows.filter((j) => j !== i).sort((a, b) => dot(i, b) - dot(i, a));
      return labels[best] === labels[i];
    });
    return right.length / rows.length;
  };
  model.compile({ optimizer: adam({ learningRate: 0.03 }), loss: circle(), metrics: [nearest] });
  const history = await model.fit({ x, y }, { epochs: 40, batchSize: ROWS, validationSplit: 0.2 });
  expect(history.loss.at(-1)).toBeLessThan(0.2 * history.loss[0]);
  expect((await model.evaluate<"nearest">({ x, y })).nearest).toBe(1);
  const weighted = [await modelOf(circle()), await modelOf(circle())];
  const small = y.map((label) => Math.min(label, 99));
  await weighted[0].fit({ x, y: small }, { classWeight: { 5: 2, 70: 0.5 }, shuffle: false });
  const sampleWeight = small.map((label) => ({ 5: 2, 70: 0.5 })[label] ?? 1);
  await weighted[1].fit({ x, y: small, sampleWeight }, { shuffle: false });
  expect(weighted[0].getWeights()).toEqual(weighted[1].getWeights());
});

it("gives the same bits for any number of threads", async () => {
  const data = { x: uniforms(192 * 64, 5), y: Array.from({ length: 192 }, (_, row) => row % 7) };
  const weights = [];
  for (const threads of [1, 3]) {
    const model = await modelOf(circle(), { inputs: 64, units: 200, threads });
    await model.fit(data, { batchSize: 96 });
    weights.push(model.getWeights());
    model.dispose();
  }
  expect(weights[1]).toEqual(weights[0]);
});

it("check speaks of sorted rows, not of classes without rows or of targets' scale", async () => {
  const model = await modelOf(circle());
  const sorted = y.toSorted((a, b) => a - b);
  const codes = async (labels: number[]) =>
    (await model.check({ x, y: labels }, { validationSplit: 0.2 })).map(({ code }) => code);
  expect(await codes(sorted)).toContain("sortedLabels");
  expect(await codes(y)).not.toContain("sortedLabels");
  for (const code of ["unscaledTargets", "missingClasses", "classImbalance"])
    expect(await codes(y)).not.toContain(code);
});

describe("refusals", () => {
  const refused: [string, Data, object, new (...given: never[]) => Error, string | RegExp][] = [
    [
      "a label below 0",
      { x, y: y.map((n) => n - 6) },
      {},
      DataError,
      /row 0: expected an integer label from 0 .* got -1\. Labels are class/,
    ],
    [
      "half a label",
      { x, y: y.map((n) => n / 2) },
      {},
      DataError,
      "row 0: expected an integer label from 0 to 16777215, got 2.5",
    ],
    [
      "a label that float32 rounds",
      { x, y: y.map((n) => n + 1) },
      {},
      DataError,
      "row 1: expected an integer label from 0 to 16777215",
    ],
    ["one-hot rows", { x, y: y.map(() => [0, 1, 0, 0]) }, {}, Error, "circle expects one integer label per row"],
    [
      "outputs of any length",
      { x, y },
      { last: softmax() },
      OptionError,
      /circle: row 0 of a batch: expected outputs of length 1, got length 0\.\d+\. End the model with unitNormalization\(\)\./,
    ],
    ["one output", { x, y }, { units: 1 }, OptionError, "circle needs at least 2 outputs, got 1"],
  ];
  it.each(refused)("%s", async (_, data, options, type, says) => {
    const attempt = async () => (await modelOf(circle(), options as ModelOptions)).fit(data);
    await expect(attempt()).rejects.toThrow(type);
    await expect(attempt()).rejects.toThrow(says);
  });

  it.each(["accuracy", "mse", "f1", "sparseCategoricalAccuracy", "sparseCategoricalCrossentropy"] as const)(
    "%s as a metric",
    async (metric) => {
      const model = await modelOf(circle());
      const compile = () => model.compile({ optimizer: "sgd", loss: circle(), metrics: [metric] });
      expect(compile).toThrow(OptionError);
      expect(compile).toThrow(/reads classes or numbers, and outputs for circle are embeddings\. Give a function/);
    },
  );

  it("circle as a metric, and classes of embeddings", async () => {
    const model = await modelOf(circle());
    expect(() => model.compile({ optimizer: "sgd", loss: "mse", metrics: [circle() as never] })).toThrow(OptionError);
    await expect(model.predictClasses(x)).rejects.toThrow(/not classes\. Use predict or predictRows/);
    const classWeight = { dog: 2 } as Record<number, number>;
    await expect(model.fit({ x, y }, { classWeight })).rejects.toThrow("classWeight: class");
  });
});
