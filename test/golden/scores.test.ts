// The metric functions against scikit-learn, case by case, with and without sample weights: fixtures/scores.json.
import { describe, expect, it } from "vitest";
import {
  accuracyScore,
  areaUnder,
  averagePrecisionScore,
  balancedAccuracyScore,
  brierScore,
  cohenKappaScore,
  f1Score,
  fbetaScore,
  logLossScore,
  matthewsCorrcoefScore,
  meanAbsoluteErrorScore,
  meanAbsolutePercentageErrorScore,
  meanSquaredErrorScore,
  precisionRecallCurve,
  precisionScore,
  r2Score,
  recallScore,
  rocAucScore,
  rocCurve,
  rootMeanSquaredErrorScore,
  topKAccuracyScore,
} from "../../src/index.js";
import { readFixture } from "./fixture.js";

type Scores = Record<string, number | null>;
type Weighing = "plain" | "weighted";
type Weighed<T> = Record<Weighing, T> & { name: string; sampleWeight: number[] };

interface Fixture {
  labels: (Weighed<Record<string, unknown>> & { labels: number[]; predictions: number[] })[];
  binary: (Weighed<Record<string, unknown>> & { labels: number[]; scores: number[] })[];
  classes: (Weighed<Scores> & { labels: number[]; scores: number[][] })[];
  regression: (Weighed<Record<"uniform" | "none", Record<string, unknown>>> & {
    outputs: number;
    targets: number[] | number[][];
    predictions: number[] | number[][];
  })[];
}

const fixture = readFixture<Fixture>("scores");
const exact = { rtol: 1e-9, atol: 1e-12 };
const weighings: Weighing[] = ["plain", "weighted"];
const optionsOf = (weighing: Weighing, { sampleWeight }: { sampleWeight: number[] }) =>
  weighing === "plain" ? {} : { sampleWeight };

/** Every case once plain and once weighted. */
function each<T extends { name: string }>(cases: T[]): [string, Weighing, T][] {
  return cases.flatMap((one) => weighings.map((weighing): [string, Weighing, T] => [one.name, weighing, one]));
}

describe("predicted labels", () => {
  it.each(each(fixture.labels))("%s, %s", (_, weighing, one) => {
    const { labels, predictions } = one;
    const options = optionsOf(weighing, one);
    const expected = one[weighing] as Scores;
    const actual: Scores = {
      accuracy: accuracyScore(labels, predictions, options),
      balancedAccuracy: balancedAccuracyScore(labels, predictions, options),
      adjustedBalancedAccuracy: balancedAccuracyScore(labels, predictions, { ...options, adjusted: true }),
      matthewsCorrcoef: matthewsCorrcoefScore(labels, predictions, options),
      cohenKappa: cohenKappaScore(labels, predictions, options),
      cohenKappaLinear: cohenKappaScore(labels, predictions, { ...options, weights: "linear" }),
      cohenKappaQuadratic: cohenKappaScore(labels, predictions, { ...options, weights: "quadratic" }),
    };
    for (const name in actual) {
      if (expected[name] === null) expect(actual[name], name).toBeNaN();
      else expect([actual[name]], name).toBeAllClose([expected[name] as number], exact);
    }
    for (const zeroDivision of [0, 1] as const) {
      for (const average of ["binary", "micro", "macro", "weighted", "none"] as const) {
        const key = `${average}${zeroDivision}`;
        const wanted = (one[weighing] as Record<string, number[]>)[key];
        if (!wanted) continue;
        const all = { ...options, average: average as "none", zeroDivision };
        const scores = [
          precisionScore(labels, predictions, all),
          recallScore(labels, predictions, all),
          f1Score(labels, predictions, all),
          fbetaScore(labels, predictions, { ...all, beta: 2 }),
        ];
        expect(scores.flat(), key).toBeAllClose(wanted.flat(), exact);
      }
    }
  });
});

describe("binary scores", () => {
  it.each(each(fixture.binary))("%s, %s", (_, weighing, one) => {
    const { labels, scores } = one;
    const options = optionsOf(weighing, one);
    const expected = one[weighing] as Scores & Record<string, Record<string, number[]>>;
    const areas = [rocAucScore(labels, scores, options), averagePrecisionScore(labels, scores, options)];
    expect(areas).toBeAllClose([Number(expected.rocAuc), Number(expected.averagePrecision)], exact);
    for (const [key, dropIntermediate] of [["roc", true] as const, ["fullRoc", false] as const]) {
      const curve = rocCurve(labels, scores, { ...options, dropIntermediate });
      expect(curve.falsePositiveRate, key).toBeAllClose(expected[key].fpr, exact);
      expect(curve.truePositiveRate, key).toBeAllClose(expected[key].tpr, exact);
      expect(curve.thresholds[0]).toBe(Infinity);
      expect(curve.thresholds.subarray(1), key).toBeAllClose(expected[key].thresholds, exact);
      expect([areaUnder(curve.falsePositiveRate, curve.truePositiveRate)]).toBeAllClose([areas[0]], exact);
    }
    const curve = precisionRecallCurve(labels, scores, options);
    expect(curve.precision).toBeAllClose(expected.precisionRecall.precision, exact);
    expect(curve.recall).toBeAllClose(expected.precisionRecall.recall, exact);
    expect(curve.thresholds).toBeAllClose(expected.precisionRecall.thresholds, exact);
    expect([areaUnder(curve.recall, curve.precision)]).toBeAllClose([Number(expected.prArea)], exact);
    if (expected.logLoss === undefined) return;
    const losses = [logLossScore(labels, scores, options), brierScore(labels, scores, options)];
    expect(losses).toBeAllClose([Number(expected.logLoss), Number(expected.brier)], exact);
  });
});

describe("scores of several classes", () => {
  it.each(each(fixture.classes))("%s, %s", (_, weighing, one) => {
    const { labels } = one;
    const scores = one.scores.flat();
    const options = optionsOf(weighing, one);
    const actual: Scores = {
      macroRocAuc: rocAucScore(labels, scores, options),
      weightedRocAuc: rocAucScore(labels, scores, { ...options, average: "weighted" }),
      macroAveragePrecision: averagePrecisionScore(labels, scores, options),
      weightedAveragePrecision: averagePrecisionScore(labels, scores, { ...options, average: "weighted" }),
      topK: topKAccuracyScore(labels, scores, options),
      logLoss: logLossScore(labels, scores, options),
      brier: brierScore(labels, scores, options),
    };
    for (const name in actual) {
      expect([actual[name] as number], name).toBeAllClose([one[weighing][name] as number], exact);
    }
  });
});

describe("regression", () => {
  it.each(each(fixture.regression))("%s, %s", (_, weighing, one) => {
    const { outputs } = one;
    const [targets, predictions] = [one.targets.flat(), one.predictions.flat()];
    for (const average of ["uniform", "none"] as const) {
      const options = { ...optionsOf(weighing, one), outputs, average: average as "none" };
      const expected = one[weighing][average];
      const actual = {
        meanSquaredError: meanSquaredErrorScore(targets, predictions, options),
        rootMeanSquaredError: rootMeanSquaredErrorScore(targets, predictions, options),
        meanAbsoluteError: meanAbsoluteErrorScore(targets, predictions, options),
        meanAbsolutePercentageError: meanAbsolutePercentageErrorScore(targets, predictions, options),
        r2: r2Score(targets, predictions, options),
      };
      for (const [name, value] of Object.entries(actual)) {
        expect([value].flat(), `${name} ${average}`).toBeAllClose([expected[name]].flat() as number[], exact);
      }
    }
  });
});
