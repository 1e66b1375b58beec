/** The part of `npm run test:consumers` that takes seconds: the packed package, installed, in this Node. */
import { expect, it } from "vitest";
import { consumers } from "./consumers.js";
import { runConsumers } from "./run.js";

const quick = consumers.filter(({ isQuick }) => isQuick);

it("the packed package trains by import and by require, with threads and in workers, to one hash", async () => {
  expect(quick.length).toBe(2);
  expect(await runConsumers([], quick)).toBe(true);
});
