// random.ts: the published vector of the generator, golden values of every method (computed with a separate Python
// implementation of the same papers), and statistics with bounds of about five standard errors.
import { describe, expect, it } from "vitest";
import { OptionError } from "../src/base/errors.js";
import { Random } from "../src/base/random.js";
import { xoshiro128StarStar } from "../src/base/randomStream.js";

const take = <T>(count: number, draw: () => T): T[] => Array.from({ length: count }, draw);

/** Mean, variance, skewness and kurtosis of a sample. */
function moments(values: number[]): { mean: number; variance: number; skewness: number; kurtosis: number } {
  const average = (f: (x: number) => number) => values.reduce((sum, x) => sum + f(x), 0) / values.length;
  const mean = average((x) => x);
  const variance = average((x) => (x - mean) ** 2);
  const central = (power: number) => average((x) => (x - mean) ** power) / variance ** (power / 2);
  return { mean, variance, skewness: central(3), kurtosis: central(4) };
}

describe("streams", () => {
  it("is xoshiro128** 1.1", () => {
    // The vector of the reference C code from state {1, 2, 3, 4}, as in Rust's rand_xoshiro.
    const vector = [
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ];
    const signed = Int32Array.of(1, 2, 3, 4);
    const unsigned = Uint32Array.of(1, 2, 3, 4);
    expect(take(10, () => xoshiro128StarStar(signed))).toEqual(vector);
    expect(take(10, () => xoshiro128StarStar(unsigned))).toEqual(vector);
  });

  const golden: [[number, ...number[]], number[]][] = [
    [[0], [3234638765, 61586863, 988645525, 2486619013]],
    [[1], [3493307372, 2840158600, 3258215341, 4251075454]],
    [
      [1, 0],
      [2913194557, 669871705, 2333798466, 3878483926],
    ],
    [
      [1, 2],
      [2197435826, 570619633, 2060634675, 2324776779],
    ],
    [[2 ** 32 + 1], [2381709242, 4291468131, 3941123993, 3108904545]],
    [
      [Number.MAX_SAFE_INTEGER, 7],
      [4168748793, 3255678257, 2875043314, 4159293140],
    ],
  ];
  it.each(golden)("fromSeed(...%j) is what it always was", (names, values) => {
    const random = Random.fromSeed(...names);
    expect(take(4, () => random.uint32())).toEqual(values);
  });

  it("draws what it always drew", () => {
    const random = Random.fromSeed(42);
    expect(random.uniform()).toBe(0.021610475285361308);
    expect(random.uniform()).toBe(0.2359511468021559);
    expect(random.uniformBetween(-3, 5)).toBe(-0.5759360083581866);
    expect(random.normal()).toBeCloseTo(-0.19194691729058178, 14);
    expect(random.normal()).toBeCloseTo(-0.10082054374602509, 14);
    expect(random.truncatedNormal()).toBeCloseTo(-0.23128806083195041, 14);
    expect(random.integerBelow(10)).toBe(7);
    expect(random.integerBelow(1000)).toBe(29);
    expect([...random.permutation(10)]).toEqual([0, 1, 2, 8, 3, 7, 6, 9, 5, 4]);
  });

  it.each([
    [0, 1],
    [-0.08, 0.08],
    [2, 2],
    [-1e30, 3],
  ])("fills from %d to %d with the numbers of single draws, and continues after them", (low, high) => {
    const [filling, drawing] = [Random.fromSeed(42, 3), Random.fromSeed(42, 3)];
    for (const length of [0, 1, 2, 1000]) {
      const out = new Float32Array(length);
      filling.fillUniform(out, low, high);
      expect(out).toEqual(Float32Array.from({ length }, () => drawing.uniformBetween(low, high)));
    }
    expect(filling.uint32()).toBe(drawing.uint32());
  });

  it("repeats itself for equal names and for no others", () => {
    const first = (...names: [number, ...number[]]) => {
      const random = Random.fromSeed(...names);
      return take(4, () => random.uint32()).join();
    };
    expect(first(5, 1, 2)).toBe(first(5, 1, 2));
    const seen = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      seen.add(first(seed)).add(first(seed * 2 ** 32 + 2 ** 40));
      for (let stream = 0; stream < 40; stream++) seen.add(first(seed, stream)).add(first(seed, stream, 0));
    }
    expect(seen.size).toBe(40 * 82);
  });

  it("gives neighbouring streams unrelated numbers", () => {
    const n = 2000;
    for (const [a, b] of [
      [
        [7, 0],
        [7, 1],
      ],
      [[7], [8]],
      [
        [0, 7],
        [7, 0],
      ],
    ] as [[number], [number]][]) {
      const [x, y] = [Random.fromSeed(...a), Random.fromSeed(...b)];
      const products = take(n, () => (x.uniform() - 0.5) * (y.uniform() - 0.5) * 12);
      expect(Math.abs(moments(products).mean)).toBeLessThan(5 / Math.sqrt(n)); // correlation of the two
    }
    // The first number of each stream, taken as one sequence, is itself uniform.
    const firsts = Array.from({ length: n }, (_, i) => Random.fromSeed(3, i).uniform());
    expect(Math.abs(moments(firsts).mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
    expect(moments(firsts).variance).toBeCloseTo(1 / 12, 2);
  });

  it.each([-1, 0.5, NaN, Infinity, 2 ** 53, "1", undefined])("rejects %s as a seed or stream number", (bad) => {
    expect(() => Random.fromSeed(bad as number)).toThrow(OptionError);
    expect(() => Random.fromSeed(bad as number)).toThrow(/seed: expected an integer >= 0/);
    expect(() => Random.fromSeed(1, 2, bad as number)).toThrow(/stream number 2: expected an integer >= 0/);
  });
});

describe("distributions", () => {
  const n = 40_000;

  it("sets every bit of uint32 half of the time", () => {
    const random = Random.fromSeed(11);
    const ones = new Array<number>(32).fill(0);
    for (let i = 0; i < n; i++) {
      const word = random.uint32();
      for (let bit = 0; bit < 32; bit++) ones[bit] += (word >>> bit) & 1;
    }
    for (const count of ones) expect(Math.abs(count - n / 2)).toBeLessThan(2.5 * Math.sqrt(n));
  });

  it("spreads uniform evenly over [0, 1) and uses 53 bits", () => {
    const random = Random.fromSeed(12);
    const values = take(n, () => random.uniform());
    const { mean, variance } = moments(values);
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.002);
    const bins = new Array<number>(100).fill(0);
    for (const value of values) bins[Math.floor(value * 100)]++;
    const chiSquare = bins.reduce((sum, count) => sum + (count - n / 100) ** 2 / (n / 100), 0);
    expect(chiSquare).toBeGreaterThan(50); // 99 degrees of freedom: 99 ± 14
    expect(chiSquare).toBeLessThan(170);
    expect(values.every((value) => value >= 0 && value < 1 && Number.isInteger(value * 2 ** 53))).toBe(true);
    expect(values.some((value) => (value * 2 ** 53) % 2 === 1)).toBe(true);
  });

  it("keeps uniformBetween within its bounds", () => {
    const random = Random.fromSeed(13);
    const values = take(n, () => random.uniformBetween(-2, 6));
    expect(values.every((value) => value >= -2 && value < 6)).toBe(true);
    expect(moments(values).mean).toBeCloseTo(2, 1);
    expect(moments(values).variance).toBeCloseTo(64 / 12, 0);
    expect(random.uniformBetween(3, 3)).toBe(3);
    for (const [low, high] of [
      [1, 0],
      [NaN, 1],
      [0, Infinity],
      [-1e308, 1e308],
    ]) {
      expect(() => random.uniformBetween(low, high)).toThrow(OptionError);
      expect(() => random.fillUniform(new Float32Array(2), low, high)).toThrow(OptionError);
    }
  });

  it("draws normal with mean 0, variance 1, no skew and kurtosis 3", () => {
    const random = Random.fromSeed(14);
    const values = take(n, () => random.normal());
    const { mean, variance, skewness, kurtosis } = moments(values);
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(skewness)).toBeLessThan(5 * Math.sqrt(6 / n));
    expect(Math.abs(kurtosis - 3)).toBeLessThan(5 * Math.sqrt(24 / n));
    const beyond = (limit: number) => values.filter((z) => Math.abs(z) > limit).length / n;
    expect(Math.abs(beyond(1) - 0.317311)).toBeLessThan(0.012);
    expect(Math.abs(beyond(2) - 0.0455)).toBeLessThan(0.0055);
    expect(Math.abs(beyond(3) - 0.0027)).toBeLessThan(0.0013);
  });

  it("cuts truncatedNormal at 2, with the known deviation", () => {
    const random = Random.fromSeed(15);
    const values = take(n, () => random.truncatedNormal());
    expect(values.every((z) => Math.abs(z) <= 2)).toBe(true);
    expect(Math.max(...values)).toBeGreaterThan(1.99);
    expect(Math.abs(moments(values).mean)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(Math.sqrt(moments(values).variance) - 0.87962566103423978)).toBeLessThan(0.012);
  });

  it("draws integerBelow without bias, also if 2³² is not a multiple", () => {
    const random = Random.fromSeed(16);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[random.integerBelow(7)]++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(470);
    // Plain `draw % (3·2³⁰)` would put half, not a third, of all draws below 2³⁰.
    const low = take(n, () => random.integerBelow(3 * 2 ** 30)).filter((value) => value < 2 ** 30).length;
    expect(Math.abs(low / n - 1 / 3)).toBeLessThan(0.012);
    expect(random.integerBelow(1)).toBe(0);
    expect(Math.max(...take(100, () => random.integerBelow(2 ** 32)))).toBeGreaterThan(2 ** 31);
    for (const bad of [0, -1, 1.5, NaN, 2 ** 32 + 1]) expect(() => random.integerBelow(bad)).toThrow(OptionError);
  });
});

describe("order", () => {
  it("makes every order of four equally likely", () => {
    const random = Random.fromSeed(17);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = ["a", "b", "c", "d"];
      random.shuffle(order);
      counts.set(order.join(""), (counts.get(order.join("")) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(160);
  });

  it("shuffles in place, any kind of array, losing nothing", () => {
    const random = Random.fromSeed(18);
    const typed = Uint32Array.from({ length: 1000 }, (_, i) => i * 3);
    const before = typed.slice();
    random.shuffle(typed);
    expect(typed).not.toEqual(before);
    expect(typed.slice().sort()).toEqual(before);
    const empty: number[] = [];
    random.shuffle(empty);
    expect(empty).toEqual([]);
  });

  it("permutes 0 … n - 1", () => {
    const order = Random.fromSeed(19).permutation(500);
    expect(order).toBeInstanceOf(Uint32Array);
    expect(order.slice().sort()).toEqual(Uint32Array.from({ length: 500 }, (_, i) => i));
    expect(order.filter((value, i) => value === i).length).toBeLessThan(8); // one fixed point on average
    expect(Random.fromSeed(19).permutation(500)).toEqual(order);
    expect(Random.fromSeed(19, 1).permutation(500)).not.toEqual(order);
    expect(Random.fromSeed(1).permutation(0).length).toBe(0);
    expect(() => Random.fromSeed(1).permutation(-1)).toThrow(OptionError);
  });
});
