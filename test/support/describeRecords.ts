/** What every op must do on every backend, for any list of cases: the body of all kernel tests. */
import { describe, expect, it } from "vitest";
import { Status } from "../../src/plan/op.js";
import type { BackendFactory } from "../../src/runtime/backend.js";
import { backends, oracle, twins, variants } from "./backends.js";
import { type Build, RawWasm } from "./rawWasm.js";
import { firstDifference, firstTrespass, prepare, type RecordCase, read, readStatus, readSum } from "./recordCase.js";
import { shapeFaults } from "./shapes.js";

const ORDERS: readonly (readonly number[])[] = [
  [0, 1],
  [2, 1, 0],
  [0, 1, 2, 3, 4],
  [7, 6, 5, 4, 3, 2, 1, 0],
];

/** The outputs are the oracle's, their padding is zero, and not a bit elsewhere has changed. */
function checkAgainstOracle(recordCase: RecordCase, name: string, factory: BackendFactory): void {
  const { label, rows, outputs, sums = [], status = Status.Running, tolerance } = recordCase;
  expect(shapeFaults(recordCase.record), `${label}: shapes`).toEqual([]);
  const expected = prepare(recordCase, oracle);
  const actual = prepare(recordCase, factory);
  const before = actual.backend.ints.slice();
  expected.backend.run(0, 1, false);
  actual.backend.run(0, 1, false);
  // The reference leaves padding alone, and reads none.
  const padded = name !== "reference";
  for (const tensor of outputs) {
    const { values, padding } = read(actual, tensor, rows);
    const what = `${label}: ${tensor.name}`;
    expect(values, what).toBeAllClose(read(expected, tensor, rows).values, tolerance);
    if (padded)
      expect(
        padding.findIndex((value) => value !== 0),
        `${what}: padding that is not zero`,
      ).toBe(-1);
  }
  for (const sum of sums) {
    const what = `${label}: sum ${sum}`;
    const value = readSum(expected, sum);
    if (Number.isFinite(value)) expect([readSum(actual, sum)], what).toBeAllClose([value], tolerance);
    else expect(readSum(actual, sum), what).toBe(value);
  }
  expect(readStatus(actual), `${label}: status`).toBe(status);
  expect(firstTrespass(recordCase, actual, before, padded), `${label}: wrote to word`).toBe(-1);
}

/** Any number of threads, in any order, leaves the same bits in the whole memory. */
function checkThreads(recordCase: RecordCase, variant: Build): void {
  const create = (words: Int32Array, bytes: number) => new RawWasm(variant, words, bytes);
  const single = prepare(recordCase, create).backend;
  single.run(0, 1);
  for (const order of ORDERS) {
    const { backend } = prepare(recordCase, create);
    backend.runThreads(0, 1, order);
    const difference = firstDifference(backend.ints, single.ints);
    expect(difference, `${recordCase.label}: ${order.length} threads differ at word`).toBe(-1);
  }
}

function checkBuildsAgree(recordCase: RecordCase, [first, ...others]: readonly Build[]): void {
  const run = (variant: Build) => {
    const { backend } = prepare(recordCase, (words, bytes) => new RawWasm(variant, words, bytes));
    backend.run(0, 1);
    return backend.ints;
  };
  const expected = run(first);
  for (const variant of others) {
    expect(firstDifference(run(variant), expected), `${recordCase.label}: ${variant} differs at word`).toBe(-1);
  }
}

export function describeRecords(title: string, cases: readonly RecordCase[]): void {
  describe(title, () => {
    it.each(backends)("%s agrees with float64, keeps its padding zero and its hands off the rest", (name, factory) => {
      for (const recordCase of cases) checkAgainstOracle(recordCase, name, factory);
    });
    it(`${variants[0]} gives the same bits for 1, 2, 3, 5 and 8 threads`, () => {
      for (const recordCase of cases) checkThreads(recordCase, variants[0]);
    });
    it(`${twins.join(" and ")} give the same bits`, () => {
      for (const recordCase of cases) checkBuildsAgree(recordCase, twins);
    });
  });
}
