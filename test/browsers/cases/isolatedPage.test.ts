/** The main thread of a page: one thread, and no task that anyone would notice. */
import { expect, it } from "vitest";
import { adam, Dataset, dense, Sequential } from "../../../src/index.js";
import { uniforms } from "../../support/tensors.js";
import { NODE_HASH, trainedByEntry, trainedHash, trainedInWorker } from "../trained.js";

it("the main thread trains with one thread, to the bits of Node, and says what would give more", async () => {
  const { hash, model } = await trainedHash({ threads: 2 });
  expect(hash).toBe(NODE_HASH);
  expect(model.info()).toMatchObject({ threads: 1, threadsReason: expect.stringMatching(/main thread.*worker/) });
});

it.each([1, 2])("a model in a worker trains with %s threads, to the bits of Node", async (threads) => {
  const { hash, model } = await trainedInWorker({ threads });
  expect(hash).toBe(NODE_HASH);
  expect(await model.info()).toMatchObject({ threads, worker: true, workerReason: "" });
  model.dispose();
});

const IMAGE = 784;

function images(rows: number): Dataset {
  const noise = uniforms(IMAGE * 100, 1, 0, 1);
  const x = new Float32Array(rows * IMAGE);
  for (let at = 0; at < x.length; at += noise.length) x.set(noise.subarray(0, x.length - at), at);
  return Dataset.from({ x, y: Float32Array.from({ length: rows }, (_, row) => row % 10) }, { inputShape: [IMAGE] });
}

/** Number of turns of the event loop during `work`. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  const { port1, port2 } = new MessageChannel();
  let turns = 0;
  port1.onmessage = () => {
    turns++;
    port2.postMessage(null);
  };
  port2.postMessage(null);
  await work();
  port1.close();
  return turns;
}

// About half a second of work, or more: with a turn every 12 ms that is 40. How long the longest task is depends on
// what else the machine does; `npm run bench -- page` tells it.
it("the page has its turns while MNIST trains, validation included", async () => {
  const train = images(20_000);
  const validationData = images(10_000);
  const layers = [dense({ units: 128, activation: "relu" }), dense({ units: 10, activation: "softmax" })];
  const model = await Sequential.create({ inputShape: [IMAGE], layers, seed: 1 });
  model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  expect(await turnsDuring(() => model.fit(train, { epochs: 2, validationData }))).toBeGreaterThan(20);
});

it("a model of simdgrad/worker trains to the bits of Node", async () => {
  const { hash, model } = await trainedByEntry();
  expect(hash).toBe(NODE_HASH);
  expect(await model.info()).toMatchObject({ worker: true });
  model.dispose();
});
