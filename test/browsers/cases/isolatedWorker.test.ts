/** A worker of a page that is cross-origin isolated: threads, and the bits of one thread and of Node. */
import { describe, expect, it } from "vitest";
import { NODE_HASH, trainedHash } from "../trained.js";

describe("an isolated worker", () => {
  it("is isolated", () => {
    expect(crossOriginIsolated).toBe(true);
  });

  it.each([1, 2, 3])("%s threads give the bits of Node", async (threads) => {
    const { hash, model } = await trainedHash({ threads });
    expect(model.info().threads).toBe(threads);
    expect(hash).toBe(NODE_HASH);
  });
});
