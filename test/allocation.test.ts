/**
 * Training allocates nothing per step, counted in a process of its own.
 *
 * What is left is numbers that V8 boxes where a double passes between functions that it has not inlined, such as the
 * learning rate, and about 8 bytes that are an epoch's, not a step's: measured 26 bytes on Node 20 and 22, 38 on Node
 * 24 and 26. The bound is 64: one object of two or three fields more, at 44 to 56 bytes, fails. Maglev, V8's middle
 * compiler, is off because it boxes more of the numbers in the same code (95 bytes on Node 24).
 *
 * A row of 32 columns or more is copied through a view, which costs less than a loop and is an object of 96 to 104
 * bytes for each row. The order of rows is made once an epoch and lies outside the heap that is counted.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("support/allocations.js", import.meta.url));
/** One thread of V8, so that nothing is freed or compiled in between; a young generation larger than an epoch needs. */
const FLAGS = [
  "--expose-gc",
  "--no-maglev",
  "--single-threaded",
  "--min-semi-space-size=64",
  "--max-semi-space-size=64",
];
const BATCH = 4;
const PER_STEP = 64;
const PER_VIEW = 104;

let bytes: Record<"plain" | "everything" | "wide", number>;

beforeAll(() => {
  bytes = JSON.parse(execFileSync(process.execPath, [...FLAGS, PROGRAM], { encoding: "utf8" }));
});

it("allocates no object per step", () => {
  expect(bytes.plain).toBeLessThan(PER_STEP);
});

it("nor with dropout, batch normalization, L2, clipping and AdamW", () => {
  expect(bytes.everything).toBeLessThan(PER_STEP);
});

it("allocates one view per wide row", () => {
  expect(bytes.wide).toBeLessThan(PER_STEP + BATCH * PER_VIEW);
});
