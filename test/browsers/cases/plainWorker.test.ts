/** A worker without cross-origin isolation: one thread, and what would enable more. */
import { expect, it } from "vitest";
import { NODE_HASH, trainedHash } from "../trained.js";

it("one thread trains to the bits of Node, and info says which headers would give more", async () => {
  expect(crossOriginIsolated).toBe(false);
  const { hash, model } = await trainedHash({ threads: 2 });
  expect(hash).toBe(NODE_HASH);
  expect(model.info()).toMatchObject({ threads: 1, threadsReason: expect.stringMatching(/isolation.*COOP.*COEP/) });
});
