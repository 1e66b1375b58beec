/** Requirements for every op on every backend, for any list of cases: the body of all kernel tests. */
import { afterAll, describe, expect, it } from "vitest";
import { Status } from "../../src/plan/op.js";
import type { BackendFactory } from "../../src/runtime/backend.js";
import { backends, families, oracle, reusing } from "./backends.js";
import { type Build, RawWasm } from "./rawWasm.js";
import { firstDifference, firstTrespass, prepare, type RecordCase, read, readStatus, readSum } from "./recordCase.js";
import { shapeFaults } from "./shapes.js";

const ORDERS: readonly (readonly number[])[] = [
  [0, 1],
  [2, 1, 0],
  [0, 1, 2, 3, 4],
  [7, 6, 5, 4, 3, 2, 1, 0],
];

/** Expected results of a case, by the oracle: the values of its outputs and its sums. */
interface Expected {
  readonly faults: readonly string[];
  readonly values: readonly (readonly number[])[];
  readonly sums: readonly number[];
}

function expectedOf(recordCase: RecordCase): Expected {
  const { record, rows, outputs, sums = [] } = recordCase;
  const prepared = prepare(recordCase, oracle);
  prepared.backend.run(0, 1, false);
  return {
    faults: shapeFaults(record),
    values: outputs.map((tensor) => read(prepared, tensor, rows).values),
    sums: sums.map((sum) => readSum(prepared, sum)),
  };
}

/** The outputs are the oracle's, their padding is zero, and not a bit elsewhere has changed. */
function checkAgainstOracle(recordCase: RecordCase, expected: Expected, name: string, factory: BackendFactory): void {
  const { label, rows, outputs, sums = [], status = Status.Running, tolerance } = recordCase;
  expect(expected.faults, `${label}: shapes`).toEqual([]);
  const actual = prepare(recordCase, factory);
  const before = actual.backend.ints.slice();
  actual.backend.run(0, 1, false);
  // The reference leaves padding alone, and reads none.
  const padded = name !== "reference";
  outputs.forEach((tensor, i) => {
    const { values, padding } = read(actual, tensor, rows);
    const what = `${label}: ${tensor.name}`;
    expect(values, what).toBeAllClose(expected.values[i], tolerance);
    if (padded)
      expect(
        padding.findIndex((value) => value !== 0),
        `${what}: padding that is not zero`,
      ).toBe(-1);
  });
  sums.forEach((sum, i) => {
    const what = `${label}: sum ${sum}`;
    const value = expected.sums[i];
    if (Number.isFinite(value)) expect([readSum(actual, sum)], what).toBeAllClose([value], tolerance);
    else expect(readSum(actual, sum), what).toBe(value);
  });
  expect(readStatus(actual), `${label}: status`).toBe(status);
  expect(firstTrespass(recordCase, actual, before, padded), `${label}: wrote to word`).toBe(-1);
}

type RawFactory = (words: Int32Array, bytes: number) => RawWasm;

const rawFactory = (variant: Build): RawFactory => reusing((words, bytes) => new RawWasm(variant, words, bytes));

/** Any number of threads, in any order, leaves the same bits in the whole memory. */
function checkThreads(recordCase: RecordCase, create: RawFactory): void {
  const single = prepare(recordCase, create).backend;
  single.run(0, 1);
  const expected = single.ints.slice();
  for (const order of ORDERS) {
    const { backend } = prepare(recordCase, create);
    backend.runThreads(0, 1, order);
    const difference = firstDifference(backend.ints, expected);
    expect(difference, `${recordCase.label}: ${order.length} threads differ at word`).toBe(-1);
  }
}

function checkBuildsAgree(recordCase: RecordCase, builds: readonly Build[], factories: readonly RawFactory[]): void {
  const [expected, ...others] = factories.map((create) => {
    const { backend } = prepare(recordCase, create);
    backend.run(0, 1);
    return backend.ints;
  });
  others.forEach((ints, i) => {
    expect(firstDifference(ints, expected), `${recordCase.label}: ${builds[i + 1]} differs at word`).toBe(-1);
  });
}

/** Memories and instances are shared by all cases; each kind of check has its own. */
const factories = backends.map(([name, factory]) => [name, name === "reference" ? factory : reusing(factory)] as const);
const factoriesOf = families.map((builds) => ({
  builds,
  forThreads: rawFactory(builds[0]),
  forAgreement: builds.map(rawFactory),
}));

export function describeRecords(title: string, cases: readonly RecordCase[]): void {
  describe(title, () => {
    /** Results by the number of the case: the same for every backend. */
    let expected: Expected[] | undefined;
    afterAll(() => {
      expected = undefined;
    });
    it.each(factories)("%s agrees with float64, keeps its padding zero and its hands off the rest", (name, factory) => {
      expected ??= cases.map(expectedOf);
      for (const [i, recordCase] of cases.entries()) checkAgainstOracle(recordCase, expected[i], name, factory);
    });
    it.each(factoriesOf)("$builds.0 gives the same bits for 1, 2, 3, 5 and 8 threads", ({ forThreads }) => {
      for (const recordCase of cases) checkThreads(recordCase, forThreads);
    });
    it.each(factoriesOf)("$builds give the same bits", ({ builds, forAgreement }) => {
      for (const recordCase of cases) checkBuildsAgree(recordCase, builds, forAgreement);
    });
  });
}
