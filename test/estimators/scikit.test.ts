// Estimators with default options learn as well as scikit-learn's, on the same standardized rows.
import { describe, expect, it } from "vitest";
import fixture from "../../fixtures/estimators.json" with { type: "json" };
import { breastCancer, diabetes, digits, iris, wine } from "../../src/datasets/index.js";
import { MLPClassifier, MLPRegressor } from "../../src/estimators/index.js";
import { type Dataset, standardScaler } from "../../src/index.js";
import { itInFull } from "../support/inFull.js";

interface Split {
  readonly test: readonly number[];
  readonly score: number;
}

/** The split's two parts, scaled by the training part. */
function parts(data: Dataset, { test }: Split): { train: Dataset; test: Dataset } {
  const isTest = new Set(test);
  const rows = Array.from({ length: data.length }, (_, row) => row);
  const train = data.select(rows.filter((row) => !isTest.has(row)));
  const held = data.select(test);
  const scaler = standardScaler().fit(train);
  return { train: scaler.transform(train), test: scaler.transform(held) };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
/** Several test files share the cores. The bits are the same for any number of threads. */
const options = { threads: 1, onWarning: () => {} };

describe("MLPClassifier with scikit-learn's defaults", () => {
  const title = "%s: mean accuracy not a point below scikit-learn's";
  const judge = async (_name: string, load: typeof iris | typeof digits, splits: typeof fixture.iris) => {
    const data = await load();
    const scores: number[] = [];
    for (const [seed, split] of splits.entries()) {
      const { train, test } = parts(data, split);
      const classifier = await new MLPClassifier({ seed, ...options }).fit(train);
      scores.push(classifier.score(test));
    }
    expect(mean(scores)).toBeGreaterThanOrEqual(mean(splits.map(({ score }) => score)) - 0.01);
  };

  it.each([
    ["iris", iris, fixture.iris],
    ["wine", wine, fixture.wine],
  ])(title, judge);
  itInFull.each([
    ["breastCancer", breastCancer, fixture.breastCancer],
    ["digits", digits, fixture.digits],
  ])(title, judge);
});

describe("MLPRegressor", () => {
  it("diabetes: mean R² not a point below scikit-learn's", async () => {
    const data = await diabetes();
    const scores: number[] = [];
    for (const [seed, split] of fixture.diabetes.entries()) {
      const { train, test } = parts(data, split);
      const regressor = await new MLPRegressor({ seed, learningRate: 0.01, ...options }).fit(train);
      scores.push(regressor.score(test));
    }
    expect(mean(scores)).toBeGreaterThanOrEqual(mean(fixture.diabetes.map(({ score }) => score)) - 0.01);
  });
});
