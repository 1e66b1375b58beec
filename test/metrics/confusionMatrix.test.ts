// confusionMatrix.ts: scikit-learn's counts, its documented example, and the printed form.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DataError, OptionError, ShapeError } from "../../src/base/errors.js";
import { confusionMatrix, formatConfusionMatrix } from "../../src/specs/metrics/confusionMatrix.js";

// The example of scikit-learn's confusion_matrix.
const labels = [2, 0, 2, 2, 0, 1];
const predictions = [0, 0, 2, 2, 0, 2];
const example = { classes: 3, counts: Int32Array.of(2, 0, 0, 0, 0, 1, 1, 0, 2) };

describe("confusionMatrix", () => {
  it("counts pairs, rows being the true classes", () => {
    expect(confusionMatrix(labels, predictions)).toEqual(example);
    expect(confusionMatrix(Uint8Array.from(labels), Int32Array.from(predictions))).toEqual(example);
    expect(confusionMatrix([0], [1])).toEqual({ classes: 2, counts: Int32Array.of(0, 1, 0, 0) });
  });

  it("agrees with scikit-learn", () => {
    const url = new URL("../../fixtures/metrics.json", import.meta.url);
    const fixture = JSON.parse(readFileSync(url, "utf8"));
    const { classes, counts } = confusionMatrix(fixture.labels, fixture.predictions);
    expect(classes).toBe(fixture.classes);
    expect([...counts]).toEqual(fixture.confusionMatrix.flat());
  });

  it("adds up the weights of rows, as scikit-learn does", () => {
    const { labels: cases } = JSON.parse(readFileSync(new URL("../../fixtures/scores.json", import.meta.url), "utf8"));
    expect(cases.length).toBeGreaterThan(5);
    for (const { name, labels, predictions, sampleWeight, confusion } of cases) {
      const { counts, classes } = confusionMatrix(labels, predictions, { sampleWeight });
      expect(counts, name).toBeInstanceOf(Float64Array);
      expect(classes, name).toBe(confusion.length);
      expect([...counts], name).toEqual(confusion.flat()); // the weights are quarters: their sums are exact
    }
  });

  it("takes the number of classes from the larger side, or as given", () => {
    expect(confusionMatrix([0, 0], [0, 3]).classes).toBe(4);
    expect(confusionMatrix([3, 0], [0, 0]).classes).toBe(4);
    expect(confusionMatrix([0], [0]).classes).toBe(1);
    expect(confusionMatrix([0], [1], { classes: 5 }).counts).toHaveLength(25);
  });

  it("rejects labels that it cannot count", () => {
    expect(() => confusionMatrix([1], [1, 2])).toThrow(ShapeError);
    expect(() => confusionMatrix([], [])).toThrow(DataError);
    expect(() => confusionMatrix([0, 1], [0, 2], { classes: 2 })).toThrow(
      /prediction of row 1: expected an integer from 0 to 1/,
    );
    expect(() => confusionMatrix([20_000_000], [0])).toThrow(/expected labels below 10000, got 20000000\. Renumber/);
    expect(() => confusionMatrix([0], [0], { classes: 0 })).toThrow(OptionError);
    expect(() => confusionMatrix([0], [0], { classes: 1e6 })).toThrow(OptionError);
    expect(() => confusionMatrix([0, 1], [0, 1], { sampleWeight: [1] })).toThrow(/sampleWeight: expected 2 weights/);
    expect(() => confusionMatrix([0, 1], [0, 1], { sampleWeight: [1, -1] })).toThrow(/sampleWeight: row 1: .* got -1/);
    expect(() => confusionMatrix([0, 1], [0, 1], { sampleWeight: [0, 0] })).toThrow(/at least one weight above 0/);
    expect(() => confusionMatrix([0], [0], { clases: 2 } as never)).toThrow(/Did you mean "classes"\?/);
  });
});

describe("formatConfusionMatrix", () => {
  it("aligns counts and totals", () => {
    expect(formatConfusionMatrix(example)).toBe(
      [
        "true \\ predicted  0  1  2  total",
        "               0  2  0  0      2",
        "               1  0  0  1      1",
        "               2  1  0  2      3",
        "           total  3  0  3      6",
      ].join("\n"),
    );
  });

  it("widens its columns for names and large counts", () => {
    const matrix = { classes: 2, counts: Int32Array.of(123456, 7, 0, 89) };
    expect(formatConfusionMatrix(matrix, { labels: ["a rather long class", "b"] })).toBe(
      [
        "   true \\ predicted  a rather long class   b   total",
        "a rather long class               123456   7  123463",
        "                  b                    0  89      89",
        "              total               123456  96  123552",
      ].join("\n"),
    );
  });

  it("shows sums of weights without the noise of their last digits", () => {
    const matrix = confusionMatrix([0, 0, 1], [0, 0, 0], { sampleWeight: [0.1, 0.2, 1 / 3] });
    expect(matrix.counts[0]).not.toBe(0.3);
    expect(formatConfusionMatrix(matrix)).toBe(
      [
        "true \\ predicted         0  1     total",
        "               0       0.3  0       0.3",
        "               1  0.333333  0  0.333333",
        "           total  0.633333  0  0.633333",
      ].join("\n"),
    );
  });

  it("rejects names that do not fit", () => {
    expect(() => formatConfusionMatrix(example, { labels: ["a", "b"] })).toThrow(OptionError);
    expect(() => formatConfusionMatrix(example, { labels: ["a", "b"] })).toThrow(
      /labels: expected 3 names, one per class/,
    );
    expect(() => formatConfusionMatrix(example, { labels: [1, 2, 3] as never })).toThrow(OptionError);
    expect(() => formatConfusionMatrix(example, { names: [] } as never)).toThrow(OptionError);
  });
});
