/** A page whose policy is script-src 'self' 'wasm-unsafe-eval' and no more. */
import { expect, it } from "vitest";
import { NODE_HASH, trainedByEntry, trainedHash, trainedInWorker } from "../trained.js";

it("that policy is in force", () => {
  expect(() => new Function("return 1")).toThrow();
});

it("it is enough to train, to the bits of Node", async () => {
  const { hash, model } = await trainedHash();
  expect(hash).toBe(NODE_HASH);
  expect(model.info()).toMatchObject({ backend: "wasm", variant: "simd" });
});

it("workers from blobs are forbidden, so a model runs on its caller's thread, and info says why", async () => {
  const { hash, model } = await trainedInWorker();
  expect(hash).toBe(NODE_HASH);
  const info = await model.info();
  expect(info).toMatchObject({ worker: false, workerReason: expect.stringContaining("worker-src blob:") });
});

it("simdgrad/worker makes no model then, and says what would", async () => {
  await expect(trainedByEntry()).rejects.toThrow(
    /^The worker of a model could not start: .*worker-src blob:.* Import Sequential from "simdgrad"/,
  );
});
