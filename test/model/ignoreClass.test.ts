// Rows whose label is ignoreClass: PyTorch's ignore_index, numbers worked by hand, and what metrics make of them.
import { describe, expect, it } from "vitest";
import { checkGradients, dense, f1, Sequential, sgd, sparseCategoricalCrossentropy } from "../../src/index.js";
import { readFixture } from "../golden/fixture.js";
import { runtimes } from "./runtimes.js";

interface Case {
  logits: number[][];
  labels: number[];
  ignoreClass: number;
  loss: number;
  gradient: number[][];
}

const { ignored } = readFixture<{ ignored: Case[] }>("moreLosses");
const LN3 = Math.log(3);
const x = [[1], [2], [3], [4]];

describe.each(runtimes)("%s", (_, runtime) => {
  /** Its outputs are all 1/3, so every row's loss is ln 3, and it always predicts class 0. */
  async function thirds(ignoreClass: number): Promise<Sequential> {
    const layers = [dense({ units: 3, activation: "softmax", kernelInitializer: "zeros" })];
    const model = await Sequential.create({ inputShape: [1], layers, ...runtime });
    model.compile({
      optimizer: sgd({ learningRate: 1 }),
      loss: sparseCategoricalCrossentropy({ ignoreClass }),
      metrics: ["accuracy", f1({ average: "micro" })],
    });
    return model;
  }

  it.each(ignored)("has PyTorch's loss and gradient, ignoring $ignoreClass", async (given) => {
    const { logits, labels: y, ignoreClass, loss, gradient } = given;
    const layers = [dense({ units: 4, kernelInitializer: "identity" })];
    const model = await Sequential.create({ inputShape: [4], layers, ...runtime });
    model.compile({ optimizer: "sgd", loss: sparseCategoricalCrossentropy({ fromLogits: true, ignoreClass }) });
    const trace = model.trace({ x: logits, y });
    expect(trace["dense_1/dz"].data).toBeAllClose(gradient.flat(), { rtol: 1.3e-6, atol: 2e-7 });
    expect((await model.evaluate({ x: logits, y })).loss).toBeCloseTo(loss, 5);
    const history = await model.fit({ x: logits, y }, { epochs: 1, shuffle: false });
    expect(history.loss[0]).toBeCloseTo(loss, 5);
  });

  it.each([-1, 2])("takes %d out of the mean and of metrics, whatever its weight", async (ignoreClass) => {
    const y = [0, ignoreClass, ignoreClass, 1];
    const history = await (await thirds(ignoreClass)).fit({ x, y }, { shuffle: false });
    expect(history.loss[0]).toBeCloseTo(LN3, 6);
    expect([history.accuracy[0], history.f1[0]]).toEqual([0.5, 0.5]);
    const model = await thirds(ignoreClass);
    const weighted = await model.fit({ x, y, sampleWeight: [1, 9, 9, 3] }, { shuffle: false });
    expect(weighted.loss[0]).toBeCloseTo(2 * LN3, 6); // (1 + 3) / 2 rows
    // -Σ w (1/3 - [label = c]) / 2
    expect([...model.getWeights()[1].data]).toBeAllClose([1 / 2 - 2 / 3, 3 / 2 - 2 / 3, -2 / 3], { atol: 1e-6 });
  });

  it("weights batches by their rows while training, and evaluates whatever the batch size", async () => {
    const y = [0, 1, -1, 1];
    const data = { x, y, sampleWeight: [1, 1, 1, 4] };
    const { loss, accuracy } = await (await thirds(-1)).evaluate(data);
    expect(loss).toBeCloseTo(2 * LN3, 6); // (1 + 1 + 4) / 3
    expect(accuracy).toBeCloseTo(1 / 3, 12);
    expect(await (await thirds(-1)).evaluate(data, { batchSize: 2 })).toEqual({ loss, accuracy, f1: accuracy });
    const model = await thirds(-1);
    model.compile({
      optimizer: sgd({ learningRate: 1e-30 }),
      loss: sparseCategoricalCrossentropy({ ignoreClass: -1 }),
    });
    const history = await model.fit(data, { batchSize: 2, shuffle: false });
    expect(history.loss[0]).toBeCloseTo(2.5 * LN3, 6); // (2 · (1 + 1) / 2 + 2 · 4 / 1) / 4
  });

  it("leaves weights as they are where all rows of a batch are ignored", async () => {
    const model = await thirds(-1);
    const before = model.getWeights();
    expect((await model.trainOnBatch({ x, y: [-1, -1, -1, -1] })).loss).toBe(0);
    expect(model.getWeights()).toEqual(before);
  });

  it("has the gradients that its loss has slopes", async () => {
    const model = await Sequential.create({
      inputShape: [2],
      layers: [dense({ units: 4, activation: "tanh" }), dense({ units: 3, activation: "softmax" })],
      seed: 5,
      ...runtime,
    });
    model.compile({ optimizer: "sgd", loss: sparseCategoricalCrossentropy({ ignoreClass: 1 }) });
    const rows = [
      [0.5, -1],
      [2, 0.25],
      [-1, -0.5],
      [1, 1],
      [0.1, 0.7],
    ];
    const { ok } = await checkGradients(model, { x: rows, y: [0, 1, 2, 1, 2], sampleWeight: [1, 5, 2, 1, 0.5] });
    expect(ok).toBe(true);
  });

  it("balances the classes that count", async () => {
    const y = [0, -1, 1, 1];
    const model = await thirds(-1);
    const { loss } = await model.fit({ x, y }, { classWeight: "balanced", shuffle: false });
    expect(loss[0]).toBeCloseTo(LN3, 6); // weights 3/2, -, 3/4, 3/4 over 3 rows
    // -Σ w (1/3 - [label = c]) / 3 with Σ w = 3
    expect([...model.getWeights()[1].data]).toBeAllClose([1 / 2 - 1 / 3, 1 / 2 - 1 / 3, -1 / 3], { atol: 1e-6 });
  });

  it("is saved with the model", async () => {
    const loaded = await Sequential.load((await thirds(255)).save(), runtime);
    expect(loaded.compiled?.loss.ignoreClass).toBe(255);
    expect(await loaded.evaluate({ x, y: [0, 255, 255, 1] })).toMatchObject({ accuracy: 0.5 });
  });
});

it("does not count ignored rows as a class when data are checked", async () => {
  const layers = [dense({ units: 3, activation: "softmax" })];
  const model = await Sequential.create({ inputShape: [1], layers });
  model.compile({ optimizer: "sgd", loss: sparseCategoricalCrossentropy({ ignoreClass: 9 }) });
  const y = [0, 9, 2, 1, 9, 1];
  const findings = await model.check({ x: y.map((_, i) => [i]), y }, { validationData: { x: [[8]], y: [9] } });
  expect(JSON.stringify(findings)).toContain("4 rows for 3 classes");
  expect(JSON.stringify(findings)).not.toContain("classesOnlyInValidation");
});
