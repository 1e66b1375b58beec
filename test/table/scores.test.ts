// The threshold against every other, the temperature against a fine grid, the interval against its definition, Shapley
// values against all orders.
import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.js";
import { f1Score, logLossScore } from "../../src/index.js";
import { contributionsOf } from "../../src/table/contributions.js";
import { bestTemperature, bestThreshold, calibrate, errorBound, labelsOf } from "../../src/table/scores.js";

const random = Random.fromSeed(11);
const y = Float64Array.from({ length: 200 }, () => random.integerBelow(2));
const second = y.map((label) =>
  Math.min(0.999, Math.max(0.001, Math.round((0.3 * label + 0.7 * random.uniform()) * 50) / 50)),
);
const both = Float64Array.from({ length: 400 }, (_, i) => (i % 2 ? second[i >> 1] : 1 - second[i >> 1]));

describe("the threshold", () => {
  it("has the greatest F1 of all", () => {
    const f1 = (threshold: number) => f1Score(y, labelsOf(both, 2, threshold));
    const own = f1(bestThreshold(y, second));
    for (let threshold = 0.001; threshold < 1; threshold += 0.001)
      expect(f1(threshold)).toBeLessThanOrEqual(own + 1e-12);
  });

  it("lies within 0 and 1 where one class is all there is", () => {
    for (const label of [0, 1]) {
      const threshold = bestThreshold(new Float64Array(3).fill(label), Float64Array.of(0, 1, 1));
      expect(threshold).toBeGreaterThan(0);
      expect(threshold).toBeLessThan(1);
    }
  });
});

describe("the temperature", () => {
  const loss = (temperature: number) => {
    const calibrated = calibrate(both, 2, temperature);
    return logLossScore(
      y,
      calibrated.filter((_, i) => i % 2 === 1),
    );
  };

  it("has the least log loss of all", () => {
    const own = loss(bestTemperature(y, both, 2));
    for (let temperature = 0.2; temperature < 5; temperature *= 1.01)
      expect(own).toBeLessThanOrEqual(loss(temperature) + 1e-9);
  });

  it("leaves sums 1, and the order of classes", () => {
    const three = Float64Array.of(0.5, 0.3, 0.2, 1, 0, 0);
    for (const temperature of [0.2, 0.7, 1, 5]) {
      const out = calibrate(three, 3, temperature);
      expect(out[0] + out[1] + out[2]).toBeCloseTo(1, 12);
      expect(out[0]).toBeGreaterThan(out[1]);
      expect(out[1]).toBeGreaterThan(out[2]);
      expect([...out.subarray(3)]).toEqual([1, expect.closeTo(0, 12), expect.closeTo(0, 12)]);
    }
    // Squares of 0.5, 0.3, 0.2, divided by their sum 0.38.
    expect([...calibrate(three, 3, 0.5).subarray(0, 3)]).toEqual(
      [25, 9, 4].map((part) => expect.closeTo(part / 38, 12)),
    );
  });
});

it("nine of ten errors are within the bound", () => {
  const truth = new Float64Array(99);
  const values = Float64Array.from({ length: 99 }, (_, i) => (i % 2 ? 1 : -1) * (i + 1));
  expect(errorBound(truth, values, 0.9)).toBe(90);
  expect(errorBound([0], [3], 0.9)).toBe(3);
});

it("contributions are the Shapley values of all orders where three columns interact", () => {
  const predict = (x: Float32Array) =>
    Float64Array.from({ length: x.length / 4 }, (_, row) => {
      const [a, b, c, d] = x.subarray(4 * row, 4 * row + 4);
      return a * b + c - d;
    });
  const groups: [number, number][] = [
    [0, 1],
    [1, 2],
    [2, 4],
  ];
  const values = contributionsOf(Float32Array.of(2, 3, 5, 1), new Float32Array(4), groups, predict, 0);
  // a · b = 6 is shared by both columns, whatever the orders: each order gives it to the later one.
  expect(values[0] + values[1]).toBeCloseTo(6, 9);
  expect(values[0]).toBeCloseTo(3, 9);
  expect(values[2]).toBeCloseTo(4, 9);
});
