/** The main thread of a page: one thread, and no task that anyone would notice. */
import { expect, it } from "vitest";
import { adam, Dataset, dense, Sequential } from "../../../src/index.js";
import { uniforms } from "../../support/tensors.js";
import { NODE_HASH, trainedHash, trainedInWorker } from "../trained.js";

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

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Tasks of more than 50 ms during `work`, by their milliseconds. */
async function longTasks(work: () => Promise<unknown>): Promise<number[]> {
  const durations: number[] = [];
  const observer = new PerformanceObserver((list) => {
    durations.push(...list.getEntries().map(({ duration }) => Math.round(duration)));
  });
  await pause(200);
  observer.observe({ type: "longtask" });
  await work();
  await pause(200);
  observer.disconnect();
  return durations;
}

// Firefox does not report long tasks. A machine that is busy with other work can stretch a task: hence more than one try.
const knowsLongTasks = PerformanceObserver.supportedEntryTypes.includes("longtask");
it.runIf(knowsLongTasks)(
  "no task is longer than 50 ms while MNIST trains, validation included",
  { retry: 3 },
  async () => {
    const train = images(20_000);
    const validationData = images(10_000);
    const layers = [dense({ units: 128, activation: "relu" }), dense({ units: 10, activation: "softmax" })];
    const model = await Sequential.create({ inputShape: [IMAGE], layers, seed: 1 });
    model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
    expect(await longTasks(() => model.fit(train, { epochs: 2, validationData }))).toEqual([]);
  },
);
