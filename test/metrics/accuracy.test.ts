// accuracy.ts: scikit-learn's value, hand-worked ones, and the checks that all class metrics share.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { DataError, ShapeError } from "../../src/base/errors.js";
import { checkPairs } from "../../src/specs/metrics/accuracy.js";
import { accuracyScore } from "../../src/specs/metrics/accuracyScore.js";

it("is the share of equal labels", () => {
  expect(accuracyScore([0, 2, 1, 3], [0, 1, 2, 3])).toBe(0.5); // the example of scikit-learn's accuracy_score
  expect(accuracyScore(Uint8Array.of(1, 1, 1), Int32Array.of(1, 1, 1))).toBe(1);
  expect(accuracyScore([5], [4])).toBe(0);
});

it("agrees with scikit-learn", () => {
  const url = new URL("../../fixtures/metrics.json", import.meta.url);
  const { labels, predictions, accuracy } = JSON.parse(readFileSync(url, "utf8"));
  expect(accuracyScore(labels, predictions)).toBeCloseTo(accuracy, 9);
});

it("rejects lengths that differ, and nothing at all", () => {
  expect(() => accuracyScore([1, 2], [1])).toThrow(ShapeError);
  expect(() => accuracyScore([1, 2], [1])).toThrow(/accuracyScore: .* got 2 labels and 1 prediction\./);
  expect(() => accuracyScore([], [])).toThrow(DataError);
  expect(() => accuracyScore([], [])).toThrow(/expected at least one label/);
});

it("names the row of a bad label", () => {
  expect(() => accuracyScore([0, 1], [0, 0.9])).toThrow(DataError);
  expect(() => accuracyScore([0, 1], [0, 0.9])).toThrow(
    /prediction of row 1: expected an integer >= 0, got 0\.9.*argMax/,
  );
  expect(() => accuracyScore([0, -1], [0, 0])).toThrow(/label of row 1: .* got -1/);
  expect(() => accuracyScore([[0, 1]] as unknown as number[], [0])).toThrow(/label of row 0: .* got \[0, 1\]/);
  expect(() => checkPairs("here", [0, 3], [0, 0], 3)).toThrow(
    /here: label of row 1: expected an integer from 0 to 2, got 3/,
  );
  expect(checkPairs("here", [0, 3], [7, 0])).toBe(7);
});
