// The real MNIST: what a user would try first, on the backend that they would get.
import { beforeAll, describe, expect, it } from "vitest";
import { adam, argMax, type Dataset, dense, Sequential, type SequentialOptions } from "../src/index.js";
import { type ImageData, mnist } from "../src/node/index.js";
import { itInFull } from "./support/inFull.js";

const recipe: SequentialOptions = {
  inputShape: [784],
  layers: [dense({ units: 128, activation: "relu" }), dense({ units: 10, activation: "softmax" })],
  seed: 1,
};

let images: ImageData;
beforeAll(async () => {
  images = await mnist();
});

async function compiled(options: Partial<SequentialOptions> = {}): Promise<Sequential> {
  const model = await Sequential.create({ ...recipe, ...options });
  model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}

it("is read as rows from 0 to 1 with labels from 0 to 9", () => {
  const { train, test, height, width } = images;
  expect([height, width]).toEqual([28, 28]);
  expect([train.length, test.length]).toEqual([60000, 10000]);
  expect([train.inputShape, train.targetShape]).toEqual([[784], []]);
  expect([...train.y.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  expect([...test.y.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  const values = new Set(train.x.subarray(0, 784 * 100));
  expect(Math.min(...values)).toBe(0);
  expect(Math.max(...values)).toBe(1);
  expect(values.has(Math.fround(128 / 255))).toBe(true);
});

itInFull("one epoch of 784-128-10 with Adam gives at least 95 % on the test images", async () => {
  const model = await compiled();
  const { loss, accuracy } = await model.fit(images.train, { epochs: 1 });
  expect(loss[0]).toBeLessThan(0.35);
  expect(accuracy[0]).toBeGreaterThan(0.9);
  const result = await model.evaluate(images.test);
  expect(result.accuracy).toBeGreaterThanOrEqual(0.95);
  expect(result.loss).toBeLessThan(0.2);
  const predicted = argMax(model.predict(images.test.x), 10);
  const hits = predicted.filter((label, row) => label === images.test.y[row]).length;
  expect(hits / images.test.length).toBeCloseTo(result.accuracy, 12);
});

describe("the first 2000 rows", () => {
  /** The running mean of the loss after each of the first 63 steps, without the reports of the model itself. */
  async function lossesOf(rows: Dataset, options: Partial<SequentialOptions>): Promise<number[]> {
    const losses: number[] = [];
    const onBatchEnd = (_: unknown, logs: () => Readonly<Record<string, number>>) => losses.push(logs().loss);
    const model = await compiled(options);
    await model.fit(rows, { callbacks: [{ onBatchEnd }] });
    losses.push((await model.evaluate(rows)).loss);
    return losses;
  }

  itInFull("train on the reference as in Wasm, step by step", async () => {
    const rows = images.train.slice(0, 2000);
    const reference = await lossesOf(rows, { backend: "reference" });
    expect(reference).toHaveLength(64);
    expect(await lossesOf(rows, { backend: "wasm" })).toBeAllClose(reference, { rtol: 1e-5, atol: 0 });
    expect(reference[63]).toBeLessThan(0.6);
  });
});
