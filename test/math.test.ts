// math.ts against three judges: exact integer arithmetic written here, the engine's own Math, and a golden checksum
// that must come out the same in every engine.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { erfc } from "../src/base/erfc.js";
import { cos, exp, expm1, log, log1p, pow, sin } from "../src/base/math.js";
import { sigmoid, tanh } from "../src/base/sigmoids.js";

const functions = { exp, expm1, log, log1p, tanh, sigmoid, sin, cos };
type Name = keyof typeof functions;

/** Deterministic points in [0, 1), independent of src/base/random.ts. */
function* points(count: number, seed = 1): Generator<number> {
  let state = seed;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** Distance from x to the next float64 away from 0. */
function ulp(x: number): number {
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(x))), -1022);
  return 2 ** (exponent - 52);
}

// --- exact judge: fixed-point BigInt with 256 binary places ---
const PLACES = 256n;
const ONE = 1n << PLACES;
const toFixed = (x: number) => BigInt(x * 2 ** 200) << (PLACES - 200n); // exact for 2⁻¹⁴⁸ <= |x| < 2⁸⁰⁰
const multiply = (a: bigint, b: bigint) => (a * b) >> PLACES;
const divide = (a: bigint, b: bigint) => (a << PLACES) / b;

/** eˣ: Taylor series of x/2¹⁶, squared sixteen times. */
function exactExp(x: bigint): bigint {
  const small = x >> 16n;
  let sum = ONE;
  let term = ONE;
  for (let n = 1n; n < 40n; n++) {
    term = multiply(term, small) / n;
    sum += term;
  }
  for (let i = 0; i < 16; i++) sum = multiply(sum, sum);
  return sum;
}

/** ln x: Newton's iteration on exp, from a float64 start. */
function exactLog(x: bigint): bigint {
  let y = toFixed(Math.log(Number(x >> (PLACES - 200n)) / 2 ** 200));
  for (let i = 0; i < 3; i++) y += divide(x, exactExp(y)) - ONE;
  return y;
}

/** sin (odd powers) or cos (even powers) of x by its Taylor series, which for |x| < 60 loses 87 of the 256 places. */
function exactWave(x: bigint, odd: boolean): bigint {
  const minusSquare = -multiply(x, x);
  let term = odd ? x : ONE;
  let sum = term;
  for (let n = odd ? 2n : 1n; term !== 0n && term !== -1n; n += 2n) {
    term = multiply(term, minusSquare) / (n * (n + 1n));
    sum += term;
  }
  return sum;
}

const exact: Record<Name, (x: bigint) => bigint> = {
  exp: exactExp,
  expm1: (x) => exactExp(x) - ONE,
  log: exactLog,
  log1p: (x) => exactLog(ONE + x),
  tanh: (x) => divide(exactExp(2n * x) - ONE, exactExp(2n * x) + ONE),
  sigmoid: (x) => divide(ONE, ONE + exactExp(-x)),
  sin: (x) => exactWave(x, true),
  cos: (x) => exactWave(x, false),
};

/** Error of y in units in the last place of the true value. */
function errorInUlp(name: Name, x: number, y: number): number {
  const truth = exact[name](toFixed(x));
  const error = toFixed(y) - truth;
  const unit = toFixed(ulp(Number(truth >> (PLACES - 200n)) / 2 ** 200));
  return Math.abs(Number((error * 1000n) / unit) / 1000);
}

const signedTiny = (u: number, i: number) => (i % 2 ? 1 : -1) * 2 ** (-50 * u) * 0.7;

describe("against exact arithmetic", () => {
  const cases: [Name, number, ((u: number, i: number) => number)[]][] = [
    ["exp", 1, [(u) => 60 * u - 30, (u) => 2 * u - 1, signedTiny]],
    ["expm1", 1.5, [(u) => 60 * u - 30, (u) => 4 * u - 2, signedTiny]],
    ["log", 1, [(u) => 2 ** (120 * u - 60), (u) => 0.5 + u, (u) => 1 + (u - 0.5) * 1e-6]],
    ["log1p", 1, [(u) => 2 ** (60 * u), (u) => 3 * u - 0.999, signedTiny]],
    ["tanh", 2, [(u) => 40 * u - 20, (u) => 3 * u - 1.5, signedTiny]],
    ["sigmoid", 2, [(u) => 60 * u - 30, (u) => 4 * u - 2]],
    ["sin", 1, [(u) => 110 * u - 55, (u) => 2 * u - 1, (u) => Math.PI * Math.ceil(16 * u + 1e-9), signedTiny]],
    ["cos", 1, [(u) => 110 * u - 55, (u) => 2 * u - 1, (u) => Math.PI * (Math.round(30 * u - 15) + 0.5)]],
  ];
  it.each(cases)("%s is within %d ulp of the true value", (name, limit, ranges) => {
    let worst = 0;
    for (const range of ranges) {
      let i = 0;
      for (const u of points(500)) {
        const x = range(u, i++);
        worst = Math.max(worst, errorInUlp(name, x, functions[name](x)));
      }
    }
    expect(worst).toBeLessThan(limit);
    expect(worst).toBeGreaterThan(0.4); // the judge is not blind
  });
});

describe("against Math", () => {
  const sigmoidByMath = (x: number) => 1 / (1 + Math.exp(-x));
  const cases: [Name, (x: number) => number, number, (u: number, i: number) => number][] = [
    ["exp", Math.exp, 2, (u) => 1456 * u - 746],
    ["exp", Math.exp, 2, (u) => 4 * u - 2],
    ["exp", Math.exp, 2, (u) => -708 - 37 * u],
    ["expm1", Math.expm1, 2, (u) => 760 * u - 50],
    ["expm1", Math.expm1, 2, (u) => 4 * u - 2],
    ["expm1", Math.expm1, 2, signedTiny],
    ["log", Math.log, 2, (u) => 2 ** (2040 * u - 1020)],
    ["log", Math.log, 2, (u) => 2 * u],
    ["log", Math.log, 2, (u) => u * 2 ** -1030],
    ["log1p", Math.log1p, 2, (u) => 2 ** (1020 * u)],
    ["log1p", Math.log1p, 2, (u) => 3 * u - 1],
    ["log1p", Math.log1p, 2, signedTiny],
    // V8's own tanh is off by up to 2.1 ulp, so two good answers may lie 4 apart; the exact judge above is stricter.
    ["tanh", Math.tanh, 4, (u) => 44 * u - 22],
    ["tanh", Math.tanh, 4, (u) => 3 * u - 1.5],
    ["tanh", Math.tanh, 4, signedTiny],
    ["sigmoid", sigmoidByMath, 4, (u) => 60 * u - 20],
    ["sin", Math.sin, 2, (u) => 2 ** 21 * (u - 0.5)],
    ["cos", Math.cos, 2, (u) => 2 ** 21 * (u - 0.5)],
    // The float64 next to multiples of π/2: all that is left of them is the tail of π.
    ["sin", Math.sin, 2, (u) => Math.PI * Math.floor(3e5 * u)],
    ["cos", Math.cos, 2, (u) => Math.PI * (Math.floor(3e5 * u) + 0.5)],
  ];
  it.each(cases)("%s agrees with %o within %d ulp", (name, reference, limit, range) => {
    let worst = 0;
    let i = 0;
    for (const u of points(20_000, 7)) {
      const x = range(u, i++);
      const [y, expected] = [functions[name](x), reference(x)];
      if (y !== expected) worst = Math.max(worst, Math.abs(y - expected) / ulp(expected));
    }
    expect(worst).toBeLessThanOrEqual(limit);
  });

  it("agrees with NumPy at the points of the committed fixture", () => {
    const url = new URL("../fixtures/functions.json", import.meta.url);
    const fixture = JSON.parse(readFileSync(url, "utf8")) as { functions: { name: Name; x: number[]; y: number[] }[] };
    expect(fixture.functions.length).toBeGreaterThan(3);
    for (const { name, x, y } of fixture.functions) {
      x.forEach((value, i) => {
        const got = functions[name](Math.fround(value));
        expect(Math.abs(got - y[i]), `${name}(${value})`).toBeLessThanOrEqual(1e-11 * Math.abs(y[i]));
      });
    }
  });
});

describe("special values", () => {
  const cases: [Name, [number, number][]][] = [
    [
      "exp",
      [
        [0, 1],
        [-0, 1],
        [Infinity, Infinity],
        [-Infinity, 0],
        [710, Infinity],
        [-746, 0],
        [-745.1, 5e-324],
        [1, Math.E],
      ],
    ],
    [
      "expm1",
      [
        [0, 0],
        [-0, -0],
        [Infinity, Infinity],
        [-Infinity, -1],
        [710, Infinity],
        [-50, -1],
        [5e-324, 5e-324],
        [1e-300, 1e-300],
      ],
    ],
    [
      "log",
      [
        [1, 0],
        [0, -Infinity],
        [-0, -Infinity],
        [-1, NaN],
        [Infinity, Infinity],
        [-Infinity, NaN],
        [2, Math.LN2],
        [10, Math.LN10],
        [5e-324, -744.4400719213812],
      ],
    ],
    [
      "log1p",
      [
        [0, 0],
        [-0, -0],
        [-1, -Infinity],
        [-1.5, NaN],
        [-Infinity, NaN],
        [Infinity, Infinity],
        [1, Math.LN2],
        [5e-324, 5e-324],
      ],
    ],
    [
      "tanh",
      [
        [0, 0],
        [-0, -0],
        [Infinity, 1],
        [-Infinity, -1],
        [30, 1],
        [-30, -1],
        [5e-324, 5e-324],
        [-1e-20, -1e-20],
      ],
    ],
    [
      "sigmoid",
      [
        [0, 0.5],
        [Infinity, 1],
        [-Infinity, 0],
        [800, 1],
        [-800, 0],
        [-745.1, 5e-324],
      ],
    ],
  ];
  it("sin and cos", () => {
    for (const [x, y] of [
      [0, 0],
      [-0, -0],
      [5e-324, 5e-324],
      [Math.PI / 2, 1],
    ])
      expect(sin(x)).toBe(y);
    for (const [x, y] of [
      [0, 1],
      [1e-300, 1],
      [Math.PI, -1],
    ])
      expect(cos(x)).toBe(y);
    for (const x of [NaN, Infinity, -Infinity, 2 ** 20 + 1]) expect([sin(x), cos(x)]).toEqual([NaN, NaN]);
    for (const [x] of Array.from(points(500), (u) => [60 * u])) {
      expect(sin(-x)).toBe(-sin(x));
      expect(cos(-x)).toBe(cos(x));
    }
  });

  it.each(cases)("%s", (name, pairs) => {
    for (const [x, y] of pairs) expect(functions[name](x), `${name}(${x})`).toBe(y);
    expect(functions[name](NaN)).toBeNaN();
  });

  it("reaches the ends of the range", () => {
    expect(exp(709.782712893384)).toBeGreaterThan(1.79e308);
    expect(exp(709.7827128933841)).toBe(Infinity);
    expect(exp(-745.1332191019411)).toBe(5e-324);
    expect(exp(-745.1332191019412)).toBe(0);
    expect(log(Number.MAX_VALUE)).toBe(709.782712893384);
    expect(log1p(Number.MAX_VALUE)).toBe(709.782712893384);
  });

  it("is odd where it should be, and monotone", () => {
    let [lastExp, lastTanh] = [0, -1];
    for (let i = -4000; i <= 4000; i++) {
      const x = i / 200;
      expect(tanh(-x)).toBe(-tanh(x));
      expect(exp(x)).toBeGreaterThan(lastExp);
      expect(tanh(x)).toBeGreaterThanOrEqual(lastTanh);
      [lastExp, lastTanh] = [exp(x), tanh(x)];
    }
  });
});

describe("pow", () => {
  it("agrees with Math within the error it states", () => {
    for (const u of points(20_000, 13)) {
      const [base, exponent] = [3 * u + 0.01, 40 * ((u * 997) % 1) - 20];
      const limit = 3 + 2 * Math.abs(exponent * Math.log(base));
      const expected = base ** exponent;
      expect(Math.abs(pow(base, exponent) - expected) / ulp(expected)).toBeLessThan(limit);
    }
    expect([pow(0, 0), pow(0, 2), pow(0, 0.5), pow(5, 0), pow(2, 10), pow(2, -2), pow(0.25, 0.5)]).toEqual([
      1, 0, 0, 1, 1024, 0.25, 0.5,
    ]);
    expect(pow(-1, 0.5)).toBeNaN();
  });

  it("gives the same bits in every engine", () => {
    const view = new DataView(new ArrayBuffer(8));
    let hash = 0x811c9dc5;
    for (const u of points(5000, 3)) {
      for (const y of [pow(40 * u, 10 * u - 5), pow(u, 1 + (u > 0.5 ? 2 : 0))]) {
        view.setFloat64(0, y);
        for (let i = 0; i < 8; i++) hash = Math.imul(hash ^ view.getUint8(i), 0x01000193) >>> 0;
      }
    }
    expect(hash.toString(16)).toBe("168532a6");
  });
});

it("gives the same bits in every engine", () => {
  const view = new DataView(new ArrayBuffer(8));
  let hash = 0x811c9dc5; // FNV-1a over the bytes of 30 000 results
  for (const u of points(5000, 3)) {
    const x = 40 * u - 20;
    for (const y of [exp(x), expm1(x), log(40 * u), log1p(40 * u - 0.5), tanh(x / 8), sigmoid(x)]) {
      view.setFloat64(0, y);
      for (let i = 0; i < 8; i++) hash = Math.imul(hash ^ view.getUint8(i), 0x01000193) >>> 0;
    }
  }
  expect(hash.toString(16)).toBe("5b95e066");
});

it("gives the same sines and cosines in every engine", () => {
  const view = new DataView(new ArrayBuffer(8));
  let hash = 0x811c9dc5;
  for (const u of points(5000, 3)) {
    for (const y of [sin(400 * u - 200), cos(400 * u - 200)]) {
      view.setFloat64(0, y);
      for (let i = 0; i < 8; i++) hash = Math.imul(hash ^ view.getUint8(i), 0x01000193) >>> 0;
    }
  }
  expect(hash.toString(16)).toBe("bebe601a");
});

describe("erfc", () => {
  /** 2/√π. */
  const FACTOR = 130657381209852114387528029350014196574164286124850014242073919076264802271585n;

  /** 1 - 2/√π Σ (-1)ⁿ x²ⁿ⁺¹ / (n! (2n + 1)): 256 binary places outlast its cancellation up to x = 6. */
  function exactErfc(x: bigint): bigint {
    let term = x;
    let sum = 0n;
    for (let n = 1n; n < 250n; n++) {
      sum += term / (2n * n - 1n);
      term = -multiply(multiply(term, x), x) / n;
    }
    return ONE - multiply(FACTOR, sum);
  }

  it("keeps its relative error below 4e-13", () => {
    for (const u of points(2000, 4)) {
      const x = 10 * u - 4;
      const expected = Number((exactErfc(toFixed(x)) << 200n) >> PLACES) / 2 ** 200;
      expect(Math.abs(erfc(x) / expected - 1), `erfc(${x})`).toBeLessThan(4e-13);
    }
  });

  // From the tables of mpmath, at 120 digits.
  it.each([
    [5, 1.537459794428035e-12],
    [10, 2.088487583762545e-45],
    [26, 5.663192408856143e-296],
    [30, 0],
    [Infinity, 0],
    [-Infinity, 2],
    [0, 1],
  ])("of %d is %d", (x, y) => {
    expect(Math.abs(erfc(x) - y)).toBeLessThanOrEqual(4e-13 * y);
    expect(erfc(NaN)).toBeNaN();
  });
});
