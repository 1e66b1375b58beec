// What is kept of predictions for test rows, against numbers worked out by hand and the functions of the library.
import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.js";
import { calibrationCurve, rocAucScore } from "../../src/specs/index.js";
import {
  type ClassEvaluation,
  evaluateClasses,
  evaluateNumbers,
  isEvaluation,
  isMatrix,
} from "../../src/table/evaluation.js";

/** Probabilities of two classes, from those of the second. */
const both = (second: readonly number[]) => Float64Array.from(second.flatMap((p) => [1 - p, p]));

describe("classes", () => {
  // The rows of scikit-learn's documentation of roc_auc_score (0.75) and average_precision_score (0.83…).
  const y = Float64Array.of(0, 0, 1, 1);
  const two = evaluateClasses(y, both([0.1, 0.4, 0.35, 0.8]), 2, 0.37, [11, 12, 13, 14]);

  it("counts at each threshold, at its own too", () => {
    expect(two.mistakes).toEqual([
      [0, 1, 1],
      [1, 0, 1],
    ]);
    expect([two.positives, two.negatives]).toEqual([2, 2]);
    const at = (threshold: number) => two.thresholds.find((one) => one.threshold === threshold);
    expect(at(0.05)).toEqual({ threshold: 0.05, truePositives: 2, falsePositives: 2 });
    expect(at(0.35)).toEqual({ threshold: 0.35, truePositives: 2, falsePositives: 1 });
    expect(at(0.37)).toEqual({ threshold: 0.37, truePositives: 1, falsePositives: 1 });
    expect(at(0.8)).toEqual({ threshold: 0.8, truePositives: 1, falsePositives: 0 });
    expect(at(0.85)).toEqual({ threshold: 0.85, truePositives: 0, falsePositives: 0 });
  });

  it("has the areas of all points", () => {
    const [curves] = two.curves;
    expect(curves.rocAuc).toBe(0.75);
    expect(curves.averagePrecision).toBeCloseTo(0.8333333333333333, 15);
    expect(curves.roc).toEqual([[0, 0], [0, 0.5], [0.5, 0.5], [0.5, 1], [1, 1]]); // biome-ignore format: one
  });

  it("names the worst rows, the least probability of the truth first", () => {
    expect(two.worst.map(({ row }) => row)).toEqual([13, 12, 14, 11]);
    expect(two.worst[0]).toEqual({ row: 13, truth: 1, predicted: 0, probability: 0.35 });
  });

  it("keeps few points of many, from end to end, and their areas", () => {
    const random = Random.fromSeed(2);
    const labels = Float64Array.from({ length: 4000 }, () => random.integerBelow(2));
    const second = Array.from(labels, (label) => (random.uniform() + 0.3 * label) / 1.3);
    const many = evaluateClasses(labels, both(second), 2, 0.5, labels);
    const [{ roc, rocAuc, precisionRecall }] = many.curves;
    expect(rocAuc).toBe(rocAucScore(labels, second));
    expect(roc.length).toBeGreaterThan(40);
    for (const points of [roc, precisionRecall]) expect(points.length).toBeLessThanOrEqual(60);
    expect([roc[0], roc[roc.length - 1]]).toEqual([[0, 0], [1, 1]]); // biome-ignore format: one
    const { probTrue, probPred } = calibrationCurve(labels, second, { bins: 10 });
    expect(many.calibration.map(({ observed }) => observed)).toBeAllClose(probTrue, { rtol: 1e-12, atol: 0 });
    expect(many.calibration.map(({ predicted }) => predicted)).toBeAllClose(probPred, { rtol: 1e-12, atol: 0 });
    expect(JSON.stringify(many).length).toBeLessThan(6000);
  });

  it("of many classes keeps the most frequent ones, and six curves", () => {
    const labels = Float64Array.from({ length: 400 }, (_, i) => (i % 7 === 0 ? 3 : i % 40));
    const even = new Float64Array(400 * 40).fill(1 / 40);
    const many = evaluateClasses(labels, even, 40, null, labels);
    expect(many.curves.map((curves) => curves.class)).toContain(3);
    expect(many.curves).toHaveLength(6);
    expect(many.mistakes).toHaveLength(20);
    expect(many.mistakes[0].slice(0, 2)).toEqual([3, 0]);
    expect(many.thresholds).toEqual([]);
  });

  it("has no curve of a class without rows", () => {
    expect(evaluateClasses(Float64Array.of(1, 1), both([0.2, 0.7]), 2, 0.5, [0, 1]).curves).toEqual([]);
  });
});

describe("numbers", () => {
  it("keeps some rows, and the largest errors", () => {
    const y = Float64Array.from({ length: 1000 }, (_, i) => i);
    const values = y.map((value) => value + (value === 77 ? -9 : value === 500 ? 12 : 0.5));
    const { points, worst } = evaluateNumbers(y, values, y);
    expect(points).toHaveLength(300);
    expect([points[0], points[299]]).toEqual([[0, 0.5], [999, 999.5]]); // biome-ignore format: one
    expect(worst.slice(0, 3).map(({ row }) => row)).toEqual([500, 77, 0]);
    expect(worst).toHaveLength(10);
  });
});

describe("isEvaluation", () => {
  const two = evaluateClasses(Float64Array.of(0, 0, 1, 1), both([0.1, 0.4, 0.35, 0.8]), 2, 0.37, [1, 2, 3, 4]);
  const numbers = evaluateNumbers(Float64Array.of(1, 2), Float64Array.of(1, 3), [0, 1]);
  const worst = [{ ...two.worst[0], truth: 2 }];
  const curves = [{ ...two.curves[0], class: -1 }];
  const altered: [what: string, change: Partial<Record<keyof ClassEvaluation, unknown>>][] = [
    ["another task", { task: "regression" }],
    ["a mistake of a class that is not there", { mistakes: [[0, 2, 1]] }],
    ["no curves", { curves: undefined }],
    ["a curve of a class that is not there", { curves }],
    ["points that are text", { curves: [{ ...two.curves[0], roc: "0011" }] }],
    ["a threshold that is text", { thresholds: [{ threshold: "0", truePositives: 1, falsePositives: 1 }] }],
    ["bins that are null", { calibration: [null] }],
    ["a row of a class that is not there", { worst }],
    ["rows that are a record", { worst: {} }],
    ["positives that are text", { positives: "2" }],
  ];

  it("knows what was made", () => {
    expect(isEvaluation(null, 2)).toBe(true);
    expect(isEvaluation(JSON.parse(JSON.stringify(two)), 2)).toBe(true);
    expect(isEvaluation(JSON.parse(JSON.stringify(numbers)), null)).toBe(true);
    expect(isEvaluation(two, null)).toBe(false);
    expect(isEvaluation(numbers, 2)).toBe(false);
    expect(isEvaluation(undefined, 2)).toBe(false);
  });

  it.each(altered)("rejects %s", (_, change) => {
    expect(isEvaluation({ ...two, ...change }, 2)).toBe(false);
  });

  it("knows counts of classes by classes", () => {
    const good = [[1, 2], [0, 3]]; // biome-ignore format: one
    expect([good, null, undefined].map((matrix) => isMatrix(matrix, 2))).toEqual([true, true, true]);
    const bad = [[1, 2], [[1, 2]], [[1, 2], [0]], [[1, 2], [0, -1]], [[1, 2], [0, "<script>"]], "12", {}]; // biome-ignore format: one
    expect(bad.filter((matrix) => isMatrix(matrix, 2))).toEqual([]);
  });
});
