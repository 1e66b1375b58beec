// Metric functions on numbers worked out by hand, where a formula could be right for the wrong reason.
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
  meanAbsolutePercentageErrorScore,
  precisionRecallCurve,
  precisionScore,
  r2Score,
  recallScore,
  rocAucScore,
  rocCurve,
  topKAccuracyScore,
} from "../../src/index.js";

describe("precision and recall", () => {
  // Of four predicted ones, three are right; of five true ones, three are found.
  const labels = [1, 1, 1, 1, 1, 0, 0, 0];
  const predictions = [1, 1, 1, 0, 0, 1, 0, 0];

  it("of class 1, and of class 0 when it is the positive one", () => {
    expect(precisionScore(labels, predictions)).toBe(3 / 4);
    expect(recallScore(labels, predictions)).toBe(3 / 5);
    expect(f1Score(labels, predictions)).toBe(6 / 9);
    expect(fbetaScore(labels, predictions, { beta: 2 })).toBeCloseTo((5 * 0.75 * 0.6) / (4 * 0.75 + 0.6), 12);
    expect(precisionScore(labels, predictions, { positiveLabel: 0 })).toBe(2 / 4);
    expect(recallScore(labels, predictions, { positiveLabel: 0 })).toBe(2 / 3);
  });

  // scikit-learn: precision_score([0, 0], [0, 0], labels=[0], average="macro") is 1, and so are the others.
  it.each([precisionScore, recallScore, f1Score, fbetaScore])(
    "of one class, where no class is the positive one: %s",
    (score) => {
      for (const average of ["macro", "micro", "weighted"] as const) {
        expect(score([0, 0], [0, 0], { average, classes: 1 })).toBe(1);
        expect(score([0, 0], [0, 0], { average })).toBe(1);
      }
      expect(score([0, 0], [0, 0], { average: "none", classes: 1 })).toEqual([1]);
      expect(score([0, 0], [0, 0], { positiveLabel: 0, classes: 1 })).toBe(1);
      expect(() => score([0, 0], [0, 0], { classes: 1 })).toThrow(
        /average: "binary" scores the class positiveLabel, and there is no class 1 among classes: 1\. Give a positiveLabel below 1/,
      );
    },
  );

  it("counts rows by their weight", () => {
    const sampleWeight = [2, 2, 2, 0, 0, 1, 5, 5];
    expect(precisionScore(labels, predictions, { sampleWeight })).toBe(6 / 7);
    expect(recallScore(labels, predictions, { sampleWeight })).toBe(1);
    expect(accuracyScore(labels, predictions, { sampleWeight })).toBe(16 / 17);
  });

  it("leaves classes out that do not occur, unless told how many there are", () => {
    expect(f1Score([0, 2], [0, 2], { average: "macro" })).toBe(1);
    expect(f1Score([0, 2], [0, 2], { average: "macro", classes: 3 })).toBe(2 / 3);
    expect(f1Score([0, 2], [0, 2], { average: "macro", classes: 3, zeroDivision: 1 })).toBe(1);
    expect(f1Score([0, 2], [0, 2], { average: "none" })).toEqual([1, 0, 1]);
    expect(f1Score([0, 2], [0, 2], { average: "none", classes: 4 })).toEqual([1, 0, 1, 0]);
  });
});

describe("ranking", () => {
  it("counts a tie half", () => {
    expect(rocAucScore([0, 1], [0.5, 0.5])).toBe(0.5);
    // Pairs: (0.8, 0.5) and (0.8, 0.3) right, (0.5, 0.5) tied, (0.5, 0.3) right.
    expect(rocAucScore([1, 1, 0, 0], [0.8, 0.5, 0.5, 0.3])).toBe(3.5 / 4);
    expect(averagePrecisionScore([1, 1, 0, 0], [0.8, 0.5, 0.5, 0.3])).toBeCloseTo(0.5 * 1 + (0.5 * 2) / 3, 12);
  });

  it("takes the second of two columns", () => {
    expect(rocAucScore([0, 1, 1], [0.9, 0.1, 0.2, 0.8, 0.4, 0.6])).toBe(1);
  });

  it("gives curves whose points can be counted", () => {
    const { falsePositiveRate, truePositiveRate, thresholds } = rocCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]);
    expect([...falsePositiveRate]).toEqual([0, 0, 0.5, 0.5, 1]); // the example of scikit-learn's roc_curve
    expect([...truePositiveRate]).toEqual([0, 0.5, 0.5, 1, 1]);
    expect([...thresholds]).toEqual([Infinity, 0.8, 0.4, 0.35, 0.1]);
    const curve = precisionRecallCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]);
    expect([...curve.precision]).toEqual([0.5, 2 / 3, 0.5, 1, 1]);
    expect([...curve.recall]).toEqual([1, 1, 0.5, 0.5, 0]);
    expect([...curve.thresholds]).toEqual([0.1, 0.35, 0.4, 0.8]);
  });

  // By hand, after scikit-learn 1.9: roc_curve has a rate that is NaN where a class is missing (and warns);
  // precision_recall_curve without positives has precision 0 and recall 1 at each threshold; the last point is (1, 0).
  it.each<[what: string, labels: number[], fpr: number[], tpr: number[], precision: number[], recall: number[]]>([
    ["only negatives", [0, 0, 0], [0, 1 / 3, 2 / 3, 1], [NaN, NaN, NaN, NaN], [0, 0, 0, 1], [1, 1, 1, 0]],
    ["only positives", [1, 1, 1], [NaN, NaN, NaN, NaN], [0, 1 / 3, 2 / 3, 1], [1, 1, 1, 1], [1, 2 / 3, 1 / 3, 0]],
  ])("curves of %s", (_, labels, fpr, tpr, precision, recall) => {
    const scores = [0.2, 0.9, 0.4];
    const roc = rocCurve(labels, scores, { dropIntermediate: false });
    expect([...roc.falsePositiveRate]).toEqual(fpr);
    expect([...roc.truePositiveRate]).toEqual(tpr);
    expect([...roc.thresholds]).toEqual([Infinity, 0.9, 0.4, 0.2]);
    const curve = precisionRecallCurve(labels, scores);
    expect([...curve.precision]).toEqual(precision);
    expect([...curve.recall]).toEqual(recall);
    expect([...curve.thresholds]).toEqual([0.2, 0.4, 0.9]);
  });

  it("curves where a class has no weight, or the other label is positive", () => {
    const sampleWeight = [1, 0, 2];
    const roc = rocCurve([0, 1, 0], [0.2, 0.9, 0.4], { sampleWeight, dropIntermediate: false });
    expect([[...roc.falsePositiveRate], [...roc.truePositiveRate]]).toEqual([
      [0, 2 / 3, 1],
      [NaN, NaN, NaN],
    ]);
    const curve = precisionRecallCurve([1, 1], [0.2, 0.9], { positiveLabel: 0 });
    expect([[...curve.precision], [...curve.recall]]).toEqual([
      [0, 0, 1],
      [1, 1, 0],
    ]);
  });

  it("measures areas whichever way x runs", () => {
    expect(areaUnder([0, 1, 3], [2, 4, 0])).toBe(7);
    expect(areaUnder([3, 1, 0], [0, 4, 2])).toBe(7);
  });

  it("finds labels among the first k, of equal scores the later class first", () => {
    const scores = [0.5, 0.2, 0.3, 0.4, 0.4, 0.2];
    expect(topKAccuracyScore([2, 1], scores, { k: 1 })).toBe(0.5);
    expect(topKAccuracyScore([2, 0], scores, { k: 1 })).toBe(0);
    expect(topKAccuracyScore([2, 0], scores)).toBe(1);
  });
});

describe("probabilities", () => {
  it("log loss and Brier score of two rows", () => {
    expect(logLossScore([1, 0], [0.8, 0.4])).toBeCloseTo(-(Math.log(0.8) + Math.log(0.6)) / 2, 12);
    expect(brierScore([1, 0], [0.75, 0.5])).toBe((0.0625 + 0.25) / 2);
    expect(brierScore([1, 0], [0.25, 0.75, 0.5, 0.5])).toBe((0.125 + 0.5) / 2);
  });

  it("is finite where a probability is 0, and kinder to float32", () => {
    expect(logLossScore([1], [0])).toBeCloseTo(52 * Math.LN2, 9);
    expect(logLossScore([1], Float32Array.of(0))).toBeCloseTo(23 * Math.LN2, 9);
  });
});

describe("agreement", () => {
  it("kappa and Matthews's correlation of a table", () => {
    // 20 and 15 agreed, 5 and 10 not: the textbook example, chance agreement ½.
    const rows = [[0, 0, 20], [0, 1, 5], [1, 0, 10], [1, 1, 15]]; // biome-ignore format: a table
    const labels = rows.flatMap(([label, , times]) => new Array<number>(times).fill(label));
    const predictions = rows.flatMap(([, prediction, times]) => new Array<number>(times).fill(prediction));
    expect(cohenKappaScore(labels, predictions)).toBeCloseTo(0.4, 12);
    expect(matthewsCorrcoefScore(labels, predictions)).toBeCloseTo(
      (20 * 15 - 5 * 10) / Math.sqrt(30 * 20 * 25 * 25),
      12,
    );
    expect(balancedAccuracyScore(labels, predictions)).toBeCloseTo((20 / 25 + 15 / 25) / 2, 12);
    expect(balancedAccuracyScore(labels, predictions, { adjusted: true })).toBeCloseTo(0.4, 12);
  });
});

describe("regression", () => {
  it("R² of the example of scikit-learn's r2_score, and of each output", () => {
    expect(r2Score([3, -0.5, 2, 7], [2.5, 0, 2, 8])).toBeCloseTo(0.948608137, 9);
    expect(r2Score([1, 0, 2, 0, 3, 0], [2, 0, 2, 0, 2, 1], { outputs: 2, average: "none" })).toEqual([0, 0]);
  });

  // A mean of equal numbers may be rounded: (0.1 + … + 0.1) / 10 is 0.09999999999999999.
  it.each<[what: string, targets: number[], predictions: number[], expected: number, options?: object]>([
    ["missed", new Array(10).fill(0.1), new Array(10).fill(0.2), 0],
    ["met", new Array(10).fill(0.1), new Array(10).fill(0.1), 1],
    ["met but once", new Array(10).fill(0.1), [...new Array(9).fill(0.1), 0.1 + 1e-15], 0],
    ["large", new Array(7).fill(1e17 / 3), new Array(7).fill(1e17), 0],
    ["weighted", new Array(6).fill(0.7), new Array(6).fill(0.6), 0, { sampleWeight: [0.1, 0.2, 0.3, 0.1, 0.7, 0.1] }],
    ["among rows that count", [5, 0.1, 0.1, 0.1], [5, 1, 1, 1], 0, { sampleWeight: [0, 1, 1, 1] }],
    ["of numbers of float32", Array.from(new Float32Array(10).fill(0.1)), new Array(10).fill(0.3), 0],
  ])("R² of a constant target, %s", (_, targets, predictions, expected, options) => {
    expect(r2Score(targets, predictions, options)).toBe(expected);
  });

  it("R² of a target that hardly varies is not that of a constant", () => {
    // Σ (y − ŷ)² = 2 · 2⁻¹⁰⁴, Σ (y − ȳ)² = 2 · 2⁻¹⁰⁴: as good as the mean.
    expect(r2Score([1, 1 + 2 ** -51], [1 + 2 ** -52, 1 + 2 ** -52])).toBe(0);
    expect(r2Score([1, 1 + 2 ** -51], [1, 1 + 2 ** -51])).toBe(1);
  });

  it("percentage errors are shares", () => {
    expect(meanAbsolutePercentageErrorScore([2, 4], [1, 5])).toBe((0.5 + 0.25) / 2);
  });
});
