// The elementary functions of assembly/simd.ts: errors in ulp of float32 over a million points each, and special
// values.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { erfc } from "../../src/base/erfc.js";
import { exp, expm1, log, log1p, sin } from "../../src/base/math.js";
import { sigmoid, tanh } from "../../src/base/sigmoids.js";
import { softplus } from "../../src/runtime/reference/activation.js";
import { variants } from "../support/backends.js";
import { itInFull } from "../support/inFull.js";
import { compileFunctions, type FunctionName, type Functions, functionNames } from "../support/wasmFunctions.js";

const exact: Record<FunctionName, (x: number) => number> = {
  exp,
  expm1,
  log,
  log1p,
  sigmoid,
  tanh,
  softplus,
  erfc,
};
const POINTS = 1_100_000;
const SMALLEST_NORMAL = 2 ** -126;

/** Range in which each function is measured, and the error it promises there. */
const PROMISES: Record<FunctionName, { from: number; to: number; ulp: number }> = {
  exp: { from: -104, to: 88.72, ulp: 2 },
  expm1: { from: -110, to: 40, ulp: 2 },
  log: { from: 0, to: 3.4e38, ulp: 2 },
  log1p: { from: 0, to: 1, ulp: 3 },
  // Further down the result is subnormal, and 0 from -88.73 on.
  sigmoid: { from: -88.7, to: 110, ulp: 3 },
  tanh: { from: -25, to: 25, ulp: 2 },
  softplus: { from: -87, to: 110, ulp: 4 },
  erfc: { from: -12, to: 4, ulp: 16 },
};

const float = new Float32Array(1);
const word = new Int32Array(float.buffer);

/** Position of a float32 among all of them, in order. */
function rank(value: number): number {
  float[0] = value;
  return word[0] < 0 ? -(word[0] & 0x7fffffff) : word[0];
}

function fromRank(position: number): number {
  word[0] = position < 0 ? -position | 0x80000000 : position;
  return float[0];
}

/** Half of the points even in value, half even among the float32 numbers, which crowd around 0. */
function points({ from, to }: { from: number; to: number }): Float32Array {
  const half = POINTS / 2;
  const [first, last] = [rank(from), rank(to)];
  const all = new Float32Array(POINTS);
  for (let i = 0; i < half; i++) {
    all[i] = from + ((to - from) * (i + 0.5)) / half;
    all[half + i] = fromRank(Math.floor(first + ((last - first) * (i + 0.5)) / half));
  }
  return all;
}

/** Distance from |value| to the next float32 further out. */
function ulp(value: number): number {
  const magnitude = Math.max(Math.abs(value), SMALLEST_NORMAL);
  return 2 ** (Math.floor(Math.log2(magnitude)) - 23);
}

function worstError(actual: Float32Array, x: Float32Array, expected: ArrayLike<number>) {
  let worst = { ulp: 0, x: 0, got: 0, expected: 0 };
  for (let i = 0; i < x.length; i++) {
    const y = expected[i];
    if (Object.is(Math.fround(y), actual[i])) continue;
    const error = Math.abs(actual[i] - y) / ulp(y);
    if (!(error <= worst.ulp)) worst = { ulp: error, x: x[i], got: actual[i], expected: y };
  }
  return worst;
}

interface Measured {
  readonly x: Float32Array;
  readonly y: Float64Array;
}

/** Points and results in float64, by function: the same for every build. */
const measured = new Map<FunctionName, Measured>();
afterAll(() => measured.clear());

function measuredOf(name: FunctionName): Measured {
  const known = measured.get(name);
  if (known) return known;
  const x = points(PROMISES[name]);
  const found = { x, y: Float64Array.from(x).map(exact[name]) };
  measured.set(name, found);
  return found;
}

/** The same for the sine. */
let sines: { readonly x: Int32Array; readonly y: Float64Array } | undefined;
afterAll(() => {
  sines = undefined;
});

function sinesOf() {
  if (!sines) {
    const x = Int32Array.from({ length: POINTS }, (_, i) => Math.imul(i, 0x9e3779b1));
    sines = { x, y: Float64Array.from(x).map((turn) => sin((2 * Math.PI * turn) / 2 ** 32)) };
  }
  return sines;
}

const fixtures: { functions: { name: FunctionName; x: number[]; y: number[] }[] } = JSON.parse(
  readFileSync(new URL("../../fixtures/functions.json", import.meta.url), "utf8"),
);

/** Argument and result of special values. */
const SPECIAL: Record<FunctionName, readonly (readonly [x: number, y: number])[]> = {
  exp: [
    [0, 1],
    [-0, 1],
    [1e-45, 1],
    [Infinity, Infinity],
    [88.8, Infinity],
    [3e38, Infinity],
    [-Infinity, 0],
    [-104, 0],
    [-3e38, 0],
    [NaN, NaN],
  ],
  expm1: [
    [0, 0],
    [1e-45, 1e-45],
    [-1e-40, -1e-40],
    [-Infinity, -1],
    [-40, -1],
    [-3e38, -1],
    [NaN, NaN],
  ],
  log: [
    [1, 0],
    [0, -Infinity],
    [-0, -Infinity],
    [Infinity, Infinity],
    [-1, NaN],
    [-1e-45, NaN],
    [-Infinity, NaN],
    [1e-45, Math.log(2 ** -149)],
    [SMALLEST_NORMAL, Math.log(SMALLEST_NORMAL)],
    [NaN, NaN],
  ],
  log1p: [
    [0, 0],
    [1e-45, 1e-45],
    [1e-30, 1e-30],
    [NaN, NaN],
  ],
  sigmoid: [
    [0, 0.5],
    [-0, 0.5],
    [1e-45, 0.5],
    [20, 1],
    [Infinity, 1],
    [3e38, 1],
    [-Infinity, 0],
    [-90, 0],
    [-3e38, 0],
    [NaN, NaN],
  ],
  tanh: [
    [0, 0],
    [-0, -0],
    [1e-45, 1e-45],
    [-1e-40, -1e-40],
    [10, 1],
    [-10, -1],
    [Infinity, 1],
    [-Infinity, -1],
    [NaN, NaN],
  ],
  softplus: [
    [0, Math.LN2],
    [Infinity, Infinity],
    [-Infinity, 0],
    [-3e38, 0],
    [3e38, 3e38],
    [NaN, NaN],
  ],
  erfc: [
    [-10, 2],
    [-Infinity, 2],
    [-3e38, 2],
    [11, 0],
    [Infinity, 0],
    [3e38, 0],
    [NaN, NaN],
  ],
};

/** Each is compiled here, which takes a second. */
const BUILDS: Record<string, readonly string[]> = { simd: ["simd"], relaxed: ["simd", "relaxed-simd"] };

describe.each(variants.filter((variant) => variant in BUILDS))("%s functions", (variant) => {
  let functions: Functions;
  beforeAll(async () => {
    functions = await compileFunctions(BUILDS[variant]);
  });

  itInFull.each(functionNames)("%s keeps its error bound at a million points", (name) => {
    const { x, y } = measuredOf(name);
    const worst = worstError(functions[name](x), x, y);
    expect(worst.ulp, JSON.stringify(worst)).toBeLessThanOrEqual(PROMISES[name].ulp);
  });

  it.each(fixtures.functions.map(({ name, x, y }) => [name, x, y] as const))(
    "%s keeps it on the fixtures",
    (name, x, y) => {
      const { from, to, ulp: bound } = PROMISES[name];
      const kept = x.flatMap((value, i) => (value >= from && value <= to ? [i] : []));
      expect(kept.length).toBeGreaterThan(100);
      const points = Float32Array.from(kept, (i) => x[i]);
      const worst = worstError(
        functions[name](points),
        points,
        kept.map((i) => y[i]),
      );
      expect(worst.ulp, JSON.stringify(worst)).toBeLessThanOrEqual(bound);
    },
  );

  it.each(functionNames)("%s knows its special values", (name) => {
    const x = Float32Array.from(SPECIAL[name], ([argument]) => argument);
    const y = Array.from(SPECIAL[name], ([, result]) => Math.fround(result));
    expect([...functions[name](x)]).toEqual(y);
  });

  it("sineOfTurn is within 1.2e-7 everywhere, and exact at quarters", () => {
    const { x, y } = sinesOf();
    const actual = functions.sineOfTurn(x);
    let worst = 0;
    for (let i = 0; i < POINTS; i++) worst = Math.max(worst, Math.abs(actual[i] - y[i]));
    expect(worst).toBeLessThanOrEqual(1.2e-7);
    expect([...functions.sineOfTurn(Int32Array.of(0, 2 ** 30, -(2 ** 30)))]).toEqual([0, 1, -1]);
    expect(Math.abs(functions.sineOfTurn(Int32Array.of(-(2 ** 31)))[0])).toBe(0);
  });
});
