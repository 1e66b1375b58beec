/** Requirements for every op on every backend, for any list of cases: the body of all kernel tests. */
import { afterAll, describe, expect, it } from "vitest";
import { Status } from "../../src/plan/op.js";
import type { BackendFactory } from "../../src/runtime/backend.js";
import { backends, families, oracle, reusing } from "./backends.js";
import { sampleInQuick } from "./inFull.js";
import { type Build, RawWasm } from "./rawWasm.js";
import {
  copier,
  firstDifference,
  firstTrespass,
  prepare,
  type RecordCase,
  read,
  readStatus,
  readSum,
} from "./recordCase.js";
import { shapeFaults } from "./shapes.js";
import { farFrom } from "./toBeAllClose.js";

const ORDERS: readonly (readonly number[])[] = [
  [0, 1],
  [2, 1, 0],
  [0, 1, 2, 3, 4],
  [7, 6, 5, 4, 3, 2, 1, 0],
];

const copyOf = copier();

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

/**
 * The outputs are the oracle's, their padding is zero, and not a bit elsewhere has changed. Returns what is wrong: an
 * `expect` of its own for each would take longer than the kernels.
 */
function checkAgainstOracle(
  recordCase: RecordCase,
  expected: Expected,
  name: string,
  factory: BackendFactory,
): string[] {
  const { label, rows, outputs, sums = [], status = Status.Running, tolerance } = recordCase;
  const faults = expected.faults.map((fault) => `${label}: shapes: ${fault}`);
  const actual = prepare(recordCase, factory);
  const before = copyOf(actual.backend.ints);
  actual.backend.run(0, 1, false);
  // The reference leaves padding alone, and reads none.
  const padded = name !== "reference";
  outputs.forEach((tensor, i) => {
    const { values, padding } = read(actual, tensor, rows);
    const what = `${label}: ${tensor.name}`;
    const fault = farFrom(values, expected.values[i], tolerance);
    if (fault !== null) faults.push(`${what}: ${fault}`);
    if (padded && padding.some((value) => value !== 0)) faults.push(`${what}: padding that is not zero`);
  });
  sums.forEach((sum, i) => {
    const [value, found] = [expected.sums[i], readSum(actual, sum)];
    const isRight = Number.isFinite(value) ? farFrom([found], [value], tolerance) === null : Object.is(found, value);
    if (!isRight) faults.push(`${label}: sum ${sum}: got ${found}, expected ${value}`);
  });
  if (readStatus(actual) !== status) faults.push(`${label}: status ${readStatus(actual)} instead of ${status}`);
  const trespass = firstTrespass(recordCase, actual, before, padded);
  if (trespass >= 0) faults.push(`${label}: wrote to word ${trespass}`);
  return faults;
}

type RawFactory = (words: Int32Array, bytes: number) => RawWasm;

const rawFactory = (variant: Build): RawFactory => reusing((words, bytes) => new RawWasm(variant, words, bytes));

/** Any number of threads, in any order, leaves the same bits in the whole memory. Returns what differs. */
function threadFaults(recordCase: RecordCase, create: RawFactory): string[] {
  const single = prepare(recordCase, create).backend;
  single.run(0, 1);
  const expected = copyOf(single.ints);
  return ORDERS.flatMap((order) => {
    const { backend } = prepare(recordCase, create);
    backend.runThreads(0, 1, order);
    const at = firstDifference(backend.ints, expected);
    return at < 0 ? [] : [`${recordCase.label}: ${order.length} threads differ at word ${at}`];
  });
}

/** All builds leave the same bits in the whole memory. Returns what differs. */
function buildFaults(recordCase: RecordCase, builds: readonly Build[], factories: readonly RawFactory[]): string[] {
  const [expected, ...others] = factories.map((create) => {
    const { backend } = prepare(recordCase, create);
    backend.run(0, 1);
    return backend.ints;
  });
  return others.flatMap((ints, i) => {
    const at = firstDifference(ints, expected);
    return at < 0 ? [] : [`${recordCase.label}: ${builds[i + 1]} differs at word ${at}`];
  });
}

/** Memories and instances are shared by all cases; each kind of check has its own. */
const factories = backends.map(([name, factory]) => [name, name === "reference" ? factory : reusing(factory)] as const);
const factoriesOf = families.map((builds) => ({
  builds,
  forThreads: rawFactory(builds[0]),
  forAgreement: builds.map(rawFactory),
}));

export function describeRecords(title: string, all: readonly RecordCase[]): void {
  const cases = sampleInQuick(all);
  describe(title, () => {
    /** Results by the number of the case: the same for every backend. */
    let expected: Expected[] | undefined;
    afterAll(() => {
      expected = undefined;
    });
    it.each(factories)("%s agrees with float64, keeps its padding zero and its hands off the rest", (name, factory) => {
      expected ??= cases.map(expectedOf);
      const faults = cases.flatMap((each, i) => checkAgainstOracle(each, (expected as Expected[])[i], name, factory));
      expect(faults).toEqual([]);
    });
    it.each(factoriesOf)("$builds.0 gives the same bits for 1, 2, 3, 5 and 8 threads", ({ forThreads }) => {
      expect(cases.flatMap((recordCase) => threadFaults(recordCase, forThreads))).toEqual([]);
    });
    it.each(factoriesOf)("$builds give the same bits", ({ builds, forAgreement }) => {
      expect(cases.flatMap((recordCase) => buildFaults(recordCase, builds, forAgreement))).toEqual([]);
    });
  });
}
