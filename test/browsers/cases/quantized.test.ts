/** Predictions in int8, by the build that this browser has: strict or relaxed. */
import { expect, it } from "vitest";
import { NODE_QUANTIZED_HASH, quantizedHash } from "../trained.js";

it("a quantized model gives the bits of Node", async () => {
  expect(await quantizedHash()).toBe(NODE_QUANTIZED_HASH);
});
