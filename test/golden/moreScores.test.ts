// Calls of metric functions against scikit-learn, option by option, degenerate cases and refusals included:
// fixtures/regressionScores.json and its kin.
import { describe, expect, it } from "vitest";
import * as simdgrad from "../../src/index.js";
import { readFixture } from "./fixture.js";

type Value = number | null | string | { refused: true } | Value[] | { [key: string]: Value };
type Call = [name: string, options: Record<string, unknown>, plain: Value, weighted?: Value];

interface Case {
  name: string;
  truth: number[];
  predictions: number[];
  outputs?: number;
  sampleWeight: number[];
  calls: Call[];
}

const exact = { rtol: 1e-12, atol: 1e-14 };

/** Every number of a result, in the order of its keys. */
function numbersOf(result: unknown): number[] {
  if (result === null) return [NaN];
  if (typeof result === "number" || typeof result === "string") return [Number(result)];
  if (Array.isArray(result) || ArrayBuffer.isView(result)) return Array.from(result as number[], numbersOf).flat();
  return Object.entries(result as object)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, value]) => numbersOf(value));
}

const nanToText = (value: number) => (Number.isNaN(value) ? "NaN" : value);

function compare(what: string, compute: () => unknown, expected: Value): void {
  if ((expected as { refused?: boolean } | null)?.refused) {
    expect(compute, what).toThrow(simdgrad.SimdgradError);
    return;
  }
  const [actual, wanted] = [numbersOf(compute()), numbersOf(expected)];
  expect(actual.map(Number.isNaN), what).toEqual(wanted.map(Number.isNaN));
  const finite = (values: number[]) => values.filter((value) => !Number.isNaN(value));
  expect(finite(actual), `${what}: ${actual.map(nanToText)} for ${wanted.map(nanToText)}`).toBeAllClose(
    finite(wanted),
    exact,
  );
}

describe.each(["regressionScores", "labelScores", "rankingScores"])("%s", (file) => {
  const { cases } = readFixture<{ cases: Case[] }>(file);
  it.each(cases.map((one): [string, Case] => [one.name, one]))("%s", (_, one) => {
    const { truth, predictions, outputs, sampleWeight } = one;
    for (const [name, options, plain, weighted] of one.calls) {
      const score = Reflect.get(simdgrad, name) as (...args: unknown[]) => unknown;
      const all: Call[1] = { ...(outputs !== undefined && { outputs }), ...options };
      if (all.zeroDivision === null) all.zeroDivision = NaN;
      const what = `${name}(${JSON.stringify(options)})`;
      compare(what, () => score(truth, predictions, all), plain);
      if (weighted === undefined) continue;
      compare(`${what}, weighted`, () => score(truth, predictions, { ...all, sampleWeight }), weighted);
    }
  });
});
