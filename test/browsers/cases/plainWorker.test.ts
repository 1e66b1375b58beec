/** A worker without cross-origin isolation: one thread, and what would enable more. */
import { expect, it } from "vitest";
import { NODE_HASH, trainedByEntry, trainedHash, trainedInWorker } from "../trained.js";

it("one thread trains to the bits of Node, and info says which headers would give more", async () => {
  expect(crossOriginIsolated).toBe(false);
  const { hash, model } = await trainedHash({ threads: 2 });
  expect(hash).toBe(NODE_HASH);
  expect(model.info()).toMatchObject({ threads: 1, threadsReason: expect.stringMatching(/isolation.*COOP.*COEP/) });
});

it("a model in a worker of its own trains to the bits of Node", async () => {
  const { hash, model } = await trainedInWorker();
  expect(hash).toBe(NODE_HASH);
  expect(await model.info()).toMatchObject({ worker: true, threads: 1 });
  model.dispose();
});

it("a model of simdgrad/worker trains to the bits of Node", async () => {
  const { hash, model } = await trainedByEntry();
  expect(hash).toBe(NODE_HASH);
  expect(await model.info()).toMatchObject({ worker: true });
  model.dispose();
});
