// Reductions of losses: the gradient that training follows, against means with other rates and weights, and the losses
// that are reported.
import { describe, expect, it } from "vitest";
import {
  binaryCrossentropy,
  checkGradients,
  customLoss,
  dense,
  huber,
  type LossSpec,
  meanSquaredError,
  OptionError,
  Sequential,
  sgd,
  smoothL1,
  sparseCategoricalCrossentropy,
} from "../../src/index.js";
import squared from "../support/myLosses.js";
import { uniforms } from "../support/tensors.js";
import { runtimes } from "./runtimes.js";

const ROWS = 8;
const x = uniforms(ROWS * 3, 1, -2, 2);
const numbers = uniforms(ROWS * 2, 2, -1, 1);
const labels = Float32Array.of(0, 1, 1, 0, 1, 0, 0, 1);
const sampleWeight = Float32Array.of(1, 0.5, 2, 0, 1, 3, 0.25, 0.25);
const TOTAL = 8;

async function modelOf(loss: LossSpec, learningRate: number, runtime: object = {}) {
  const isClass = loss.type === "sparseCategoricalCrossentropy";
  const layers = [
    dense({ units: 4, activation: "tanh", kernelRegularizer: "l2" }),
    dense({ units: 2, activation: isClass ? "softmax" : "linear" }),
  ];
  const model = await Sequential.create({ inputShape: [3], layers, seed: 4, ...runtime });
  model.compile({ optimizer: sgd({ learningRate }), loss });
  return model;
}

const flat = (weights: readonly { data: Float32Array }[]) => weights.flatMap(({ data }) => [...data]);

/** Gradients of one step, from the weights before and after it. */
async function gradientsOf(loss: LossSpec, weights: Float32Array | null, runtime: object): Promise<number[]> {
  const model = await modelOf(loss, 0.5, runtime);
  const y = loss.type === "sparseCategoricalCrossentropy" ? labels : numbers;
  const before = flat(model.getWeights());
  const data = weights ? { x, y, sampleWeight: weights } : { x, y };
  await model.trainOnBatch(data);
  return flat(model.getWeights()).map((after, i) => (before[i] - after) / 0.5);
}

/** Those of the penalty alone, which no reduction scales. */
const penaltyOf = (loss: LossSpec, runtime: object) => gradientsOf(loss, new Float32Array(ROWS), runtime);

const cases: readonly [LossSpec, LossSpec, number][] = [
  [huber(), huber({ reduction: "sum" }), ROWS],
  [huber(), huber({ reduction: "none" }), ROWS],
  [huber(), huber({ reduction: "mean" }), 1],
  [meanSquaredError(), meanSquaredError({ reduction: "meanWithSampleWeight" }), ROWS / TOTAL],
  [smoothL1(), smoothL1({ reduction: "sum" }), ROWS],
  [sparseCategoricalCrossentropy(), sparseCategoricalCrossentropy({ reduction: "meanWithSampleWeight" }), ROWS / TOTAL],
  [customLoss({ compute: squared }), customLoss({ compute: squared, reduction: "sum" }), ROWS],
];

describe.each(runtimes)("%s", (_, runtime) => {
  it.each(cases)("%o and %o", async (plain, reduced, factor) => {
    const doubled = sampleWeight.map((weight) => 2 * weight);
    for (const weights of [sampleWeight, doubled]) {
      const penalty = await penaltyOf(plain, runtime);
      const own = (await gradientsOf(plain, weights, runtime)).map((slope, i) => slope - penalty[i]);
      const found = (await gradientsOf(reduced, weights, runtime)).map((slope, i) => slope - penalty[i]);
      const byWeights = reduced.reduction === "meanWithSampleWeight" && weights === doubled ? 2 : 1;
      const wanted = own.map((slope) => (slope * factor) / byWeights);
      expect(found).toBeAllClose(wanted, { rtol: 1e-3, atol: 2e-6 });
    }
  });

  it("reports means over rows in any case, and the last batch may be smaller", async () => {
    const data = { x, y: numbers, sampleWeight };
    const sum = await modelOf(huber({ reduction: "sum" }), 0.1 / 5, runtime);
    const mean = await modelOf(huber(), 0.1, runtime);
    expect((await sum.evaluate(data)).loss).toBe((await mean.evaluate(data)).loss);
    const options = { batchSize: 5, epochs: 1, shuffle: false };
    const [summed, averaged] = [await sum.fit(data, options), await mean.fit(data, options)];
    expect(summed.loss[0]).toBeCloseTo(averaged.loss[0], 2);
  });

  it("of no weight at all has no gradient", async () => {
    const reduced = await gradientsOf(
      meanSquaredError({ reduction: "meanWithSampleWeight" }),
      new Float32Array(ROWS),
      runtime,
    );
    expect(reduced).toEqual(await penaltyOf(meanSquaredError(), runtime));
  });

  it("checkGradients checks the loss before its reduction", async () => {
    const model = await modelOf(huber({ reduction: "sum" }), 0.1, runtime);
    expect((await checkGradients(model, { x, y: numbers })).ok).toBe(true);
  });

  it("survives a file", async () => {
    const model = await modelOf(binaryCrossentropy({ reduction: "sum" }), 0.01, runtime);
    const again = await Sequential.load(model.save(), runtime);
    expect(again.compiled?.loss).toEqual(binaryCrossentropy({ reduction: "sum" }));
    const data = { x, y: numbers.map((value) => Number(value > 0)) };
    await model.fit(data, { epochs: 2 });
    await again.fit(data, { epochs: 2 });
    expect(again.getWeights()).toEqual(model.getWeights());
  });
});

it("L-BFGS takes the mean alone", async () => {
  const model = await modelOf(huber({ reduction: "sum" }), 0.1);
  model.compile({ optimizer: "lbfgs", loss: huber({ reduction: "sum" }) });
  await expect(model.fit({ x, y: numbers })).rejects.toThrow(OptionError);
  await expect(model.fit({ x, y: numbers })).rejects.toThrow(/compile the loss without reduction, got "sum"/);
  model.compile({ optimizer: "lbfgs", loss: huber({ reduction: "mean" }) });
  await model.fit({ x, y: numbers });
});
