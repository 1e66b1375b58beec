// classificationReport.ts: scikit-learn's numbers and its printed form, character by character.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DataError, OptionError, ShapeError } from "../../src/base/errors.js";
import {
  type ClassScores,
  classificationReport,
  formatClassificationReport,
} from "../../src/specs/metrics/classificationReport.js";

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), "utf8"));
const fixture = read("metrics");

/** Rows with weights. */
interface WeightedCase {
  name: string;
  labels: number[];
  predictions: number[];
  sampleWeight: number[];
  /** Precision, recall, F1 (and F2) of classes and averages that the labels have. */
  weighted: { accuracy: number; none0: number[][]; weighted0: number[] };
  confusion: number[][];
  report: string;
}

// The example of scikit-learn's classification_report.
const labels = [0, 1, 2, 2, 2];
const predictions = [0, 0, 2, 2, 1];

describe("classificationReport", () => {
  it("agrees with scikit-learn", () => {
    const report = classificationReport(fixture.labels, fixture.predictions);
    const keys = ["precision", "recall", "f1", "support"] as const;
    for (const key of keys) {
      report.perClass.forEach((scores, c) => {
        expect(scores[key], `${key} of class ${c}`).toBeCloseTo(fixture.perClass[key][c], 9);
      });
      expect(report.macroAverage[key]).toBeCloseTo(fixture.macroAverage[key], 9);
      expect(report.weightedAverage[key]).toBeCloseTo(fixture.weightedAverage[key], 9);
    }
    expect(report.accuracy).toBeCloseTo(fixture.accuracy, 9);
    expect(report.perClass).toHaveLength(fixture.classes);
  });

  it.each((read("scores").labels as WeightedCase[]).map((one) => [one.name, one] as const))(
    "counts rows by their weights, as scikit-learn does: %s",
    (_, { labels, predictions, sampleWeight, weighted, confusion, report: printed }) => {
      const report = classificationReport(labels, predictions, { sampleWeight });
      report.perClass.forEach(({ precision, recall, f1, support }, c) => {
        expect([precision, recall, f1]).toBeAllClose([0, 1, 2].map((score) => weighted.none0[score][c]));
        expect(support).toBe(confusion[c].reduce((sum, weight) => sum + weight, 0));
      });
      const { precision, recall, f1 } = report.weightedAverage;
      expect([precision, recall, f1]).toBeAllClose(weighted.weighted0.slice(0, 3));
      expect(report.accuracy).toBeCloseTo(weighted.accuracy, 9);
      // It writes whole sums as 3.0, and where a class has no rows "micro avg" for the accuracy.
      if (printed.includes("micro avg")) return;
      const words = (text: string) =>
        text
          .replaceAll(/(\d)\.0(?=\s|$)/g, "$1")
          .split(/\s+/)
          .filter(Boolean);
      expect(words(formatClassificationReport(report))).toEqual(words(printed));
    },
  );

  it("is right by hand", () => {
    const { perClass, macroAverage, weightedAverage, accuracy } = classificationReport(labels, predictions, {
      labels: ["cat", "dog", "owl"],
    });
    expect(perClass).toEqual([
      { label: "cat", precision: 1 / 2, recall: 1, f1: 2 / 3, support: 1 },
      { label: "dog", precision: 0, recall: 0, f1: 0, support: 1 },
      { label: "owl", precision: 1, recall: 2 / 3, f1: 4 / 5, support: 3 },
    ]);
    const close = (scores: ClassScores, expected: number[]) =>
      [scores.precision, scores.recall, scores.f1, scores.support].forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 14);
      });
    close(macroAverage, [1 / 2, 5 / 9, 22 / 45, 5]);
    close(weightedAverage, [7 / 10, 3 / 5, 46 / 75, 5]);
    expect(accuracy).toBe(3 / 5);
  });

  it("scores a class that never occurs 0, and counts it in the macro average only", () => {
    const report = classificationReport([0, 1], [0, 1], { classes: 4 });
    expect(report.perClass[3]).toEqual({ label: "3", precision: 0, recall: 0, f1: 0, support: 0 });
    expect(report.macroAverage).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5, support: 2 });
    expect(report.weightedAverage).toEqual({ precision: 1, recall: 1, f1: 1, support: 2 });
  });

  it("counts as many classes as there are names", () => {
    expect(classificationReport([0, 0], [0, 0], { labels: ["a", "b", "c"] }).perClass).toHaveLength(3);
  });

  it("rejects bad arguments", () => {
    expect(() => classificationReport([0], [0, 1])).toThrow(ShapeError);
    expect(() => classificationReport([0], [0, 1])).toThrow(/^classificationReport: /);
    expect(() => classificationReport([], [])).toThrow(DataError);
    expect(() => classificationReport([0, 2], [0, 0], { labels: ["a", "b"] })).toThrow(
      /label of row 1: .* from 0 to 1/,
    );
    expect(() => classificationReport([0], [0], { classes: 2, labels: ["a"] })).toThrow(OptionError);
    expect(() => classificationReport([0], [0], { sampleWeight: [Number.NaN] })).toThrow(
      /^classificationReport: sampleWeight: row 0: .* got NaN/,
    );
    expect(() => classificationReport([0], [0], { target: [] } as never)).toThrow(/unknown option "target"/);
  });
});

describe("formatClassificationReport", () => {
  it("prints what scikit-learn prints", () => {
    const report = classificationReport(fixture.labels, fixture.predictions);
    const printed = (fixture.report as string).trimEnd().split("\n");
    expect(formatClassificationReport(report).split("\n")).toEqual(printed);
  });

  it("prints scikit-learn's documented example", () => {
    const names = ["class 0", "class 1", "class 2"];
    expect(formatClassificationReport(classificationReport(labels, predictions, { labels: names }))).toBe(
      [
        "              precision    recall  f1-score   support",
        "",
        "     class 0       0.50      1.00      0.67         1",
        "     class 1       0.00      0.00      0.00         1",
        "     class 2       1.00      0.67      0.80         3",
        "",
        "    accuracy                           0.60         5",
        "   macro avg       0.50      0.56      0.49         5",
        "weighted avg       0.70      0.60      0.61         5",
      ].join("\n"),
    );
  });

  it("widens for long names", () => {
    const report = classificationReport([0], [0], { labels: ["a class with a long name"] });
    const widths = formatClassificationReport(report)
      .split("\n")
      .filter(Boolean)
      .map((line) => line.length);
    expect(new Set(widths)).toEqual(new Set(["a class with a long name".length + 1 + 4 * 10]));
  });
});
