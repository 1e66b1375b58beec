// Scores on the examples of scikit-learn's documentation, and where their later versions have an option that fixtures,
// made by an older one, could have wrong.
import { describe, expect, it } from "vitest";
import {
  calibrationCurve,
  classificationReport,
  classLikelihoodRatios,
  confusionMatrix,
  coverageErrorScore,
  d2BrierScore,
  d2LogLossScore,
  d2PinballScore,
  d2TweedieScore,
  dcgScore,
  detCurve,
  explainedVarianceScore,
  f1Score,
  formatConfusionMatrix,
  hammingLossScore,
  jaccardScore,
  labelRankingAveragePrecisionScore,
  labelRankingLossScore,
  maxErrorScore,
  meanGammaDevianceScore,
  meanPoissonDevianceScore,
  meanSquaredErrorScore,
  medianAbsoluteErrorScore,
  ndcgScore,
  precisionScore,
  r2Score,
  rocAucScore,
} from "../../src/index.js";

describe("numbers", () => {
  const targets = [0.5, 1, -1, 1, 7, -6];
  const predictions = [0, 2, -1, 2, 8, -5];

  it("average several outputs", () => {
    const of = (multioutput: "rawValues" | readonly number[]) =>
      medianAbsoluteErrorScore(targets, predictions, { outputs: 2, multioutput: multioutput as "rawValues" });
    expect(medianAbsoluteErrorScore(targets, predictions, { outputs: 2 })).toBe(0.75);
    expect(of("rawValues")).toEqual([0.5, 1]);
    expect(of([0.3, 0.7])).toBeCloseTo(0.85, 14);
    expect(of(new Float32Array([1, 3]) as never)).toBeCloseTo(0.875, 14);
    const errors = { outputs: 2, average: "none" } as const;
    expect(meanSquaredErrorScore(targets, predictions, errors)).toEqual(
      meanSquaredErrorScore(targets, predictions, { outputs: 2, multioutput: "rawValues" }),
    );
  });

  it("weigh outputs by their variance", () => {
    // Squares around the means: 38 and 98/3; left over: 1.25 and 3.
    const [first, second] = [1 - 1.25 / (0.5 ** 2 + 1 + 49 - 6.5 ** 2 / 3), 1 - 3 / (1 + 1 + 36 - 16 / 3)];
    const options = { outputs: 2, multioutput: "varianceWeighted" } as const;
    expect(r2Score(targets, predictions, { outputs: 2, multioutput: "rawValues" })).toBeAllClose([first, second]);
    const [a, b] = [50.25 - 6.5 ** 2 / 3, 38 - 16 / 3];
    expect(r2Score(targets, predictions, options)).toBeCloseTo((a * first + b * second) / (a + b), 13);
  });

  it("that are constant score 1 or 0, or what the formula gives", () => {
    for (const score of [r2Score, explainedVarianceScore]) {
      expect(score([-2, -2, -2], [-2, -2, -2])).toBe(1);
      expect(score([-2, -2, -2], [-2, -2, -2], { forceFinite: false })).toBeNaN();
      expect(score([-2, -2, -2], [-2, -2, -2 + 1e-8])).toBe(0);
      expect(score([-2, -2, -2], [-2, -2, -2 + 1e-8], { forceFinite: false })).toBe(-Infinity);
    }
    // A mean of these rounds to something else, but none of them differs.
    expect(explainedVarianceScore([0.1, 0.1, 0.1], [0.3, 0.3, 0.3])).toBe(1);
    expect(explainedVarianceScore([1, 2, 4], [1.1, 2.1, 4.1])).toBeCloseTo(1, 14);
  });

  it("of the examples", () => {
    expect(maxErrorScore([3, 2, 7, 1], [4, 2, 7, 1])).toBe(1);
    expect(meanPoissonDevianceScore([2, 0, 1, 4], [0.5, 0.5, 2, 2])).toBeCloseTo(1.426, 4);
    expect(meanGammaDevianceScore([2, 0.5, 1, 4], [0.5, 0.5, 2, 2])).toBeCloseTo(1.05685, 5);
    const [y, p] = [
      [0.5, 1, 2.5, 7],
      [1, 1, 5, 3.5],
    ];
    const explained = [0, 1, 2].map((power) => d2TweedieScore(y, p, { power }));
    expect(explained).toBeAllClose([0.285, 0.487, 0.63], { atol: 1e-3 });
    expect(explained[0]).toBe(r2Score(y, p));
  });

  it("take the middle of two quantiles", () => {
    // A quarter of the weight lies up to 1: the quantile is 1.5. Losses of ŷ = 2: ¾ of 1, and ¼ of 1 and 2 above.
    const [y, p] = [
      [1, 2, 3, 4],
      [2, 2, 2, 2],
    ];
    const null_ = 0.75 * 0.5 + 0.25 * (0.5 + 1.5 + 2.5);
    expect(d2PinballScore(y, p, { alpha: 0.25 })).toBeCloseTo(1 - (0.75 + 0.25 * 3) / null_, 14);
    expect(medianAbsoluteErrorScore([0, 0, 0], [1, 2, 9], { sampleWeight: [2, 1, 1] })).toBe(1.5);
    expect(medianAbsoluteErrorScore([0, 0, 0], [1, 2, 9], { sampleWeight: [3, 0, 1] })).toBe(1);
  });
});

describe("labels", () => {
  const truth = [0, 1, 2, 0, 1, 2];
  const zeros = [0, 0, 0, 0, 0, 0];

  it("have NaN for 0 / 0, which averages leave out", () => {
    const options = { zeroDivision: NaN };
    expect(precisionScore(truth, zeros, { ...options, average: "none" })).toEqual([1 / 3, NaN, NaN]);
    expect(precisionScore(truth, zeros, { ...options, average: "macro" })).toBe(1 / 3);
    expect(precisionScore(truth, zeros, { ...options, average: "weighted" })).toBe(1 / 3);
    expect(f1Score([0, 0], [0, 0], options)).toBeNaN();
    expect(f1Score([0, 0], [0, 0], { ...options, average: "macro", classes: 2 })).toBe(1);
    // Class 0 was never predicted, and class 1 has no rows to weigh it by: its plain score.
    expect(precisionScore([0, 0], [1, 1], { ...options, average: "weighted" })).toBe(0);
    const report = classificationReport(truth, zeros, options);
    expect(report.perClass.map(({ precision }) => precision)).toEqual([1 / 3, NaN, NaN]);
    expect([report.macroAverage.precision, report.weightedAverage.precision]).toEqual([1 / 3, 1 / 3]);
    expect(classificationReport(truth, zeros, { zeroDivision: 1 }).macroAverage.precision).toBeCloseTo(7 / 9, 14);
  });

  it("may be several of a row", () => {
    const [y, p] = [
      [0, 1, 1, 1, 1, 0],
      [1, 1, 1, 1, 0, 0],
    ];
    const of = (average: "samples" | "macro" | "micro") => jaccardScore(y, p, { outputs: 3, average });
    expect(jaccardScore(y.slice(0, 3), p.slice(0, 3))).toBe(2 / 3);
    expect([of("samples"), of("macro"), of("micro")]).toBeAllClose([0.5 * (2 / 3 + 1 / 2), 2 / 3, 0.6]);
    expect(jaccardScore(y, p, { outputs: 3, average: "none" })).toEqual([0.5, 0.5, 1]);
    expect(hammingLossScore([0, 1, 1, 1], [0, 0, 0, 0], { outputs: 2 })).toBe(0.75);
    expect(hammingLossScore([2, 2, 3, 4], [1, 2, 3, 4])).toBe(0.25);
  });

  it("have likelihood ratios, and something instead of those that divide by 0", () => {
    const ratios = (positive: number, negative: number) => ({
      positiveLikelihoodRatio: positive,
      negativeLikelihoodRatio: negative,
    });
    expect(classLikelihoodRatios([0, 1, 0, 1, 0], [1, 1, 0, 0, 0])).toEqual(ratios(1.5, 0.75));
    const perfect = [
      [0, 1],
      [0, 1],
    ] as const;
    expect(classLikelihoodRatios(...perfect)).toEqual(ratios(NaN, 0));
    expect(classLikelihoodRatios(...perfect, { replaceUndefinedBy: 1 })).toEqual(ratios(1, 0));
    const instead = { positiveLikelihoodRatio: Infinity };
    expect(classLikelihoodRatios(...perfect, { replaceUndefinedBy: instead })).toEqual(ratios(Infinity, 0));
    expect(instead).toEqual({ positiveLikelihoodRatio: Infinity });
    expect(classLikelihoodRatios([0, 0], [1, 0])).toEqual(ratios(NaN, NaN));
    // 0.1 + 0.2 − 0.3 is not 0 in floating point: weights of the wrong rows are counted, not left over.
    const sampleWeight = [0.1, 0.2, 0.3];
    expect(classLikelihoodRatios([1, 1, 0], [1, 1, 0], { sampleWeight }).positiveLikelihoodRatio).toBeNaN();
  });

  it("are counted in the order that is asked for, and as shares", () => {
    const [y, p] = [
      [2, 0, 2, 2, 0, 1],
      [0, 0, 2, 2, 0, 2],
    ];
    expect([...confusionMatrix(y, p, { labels: [2, 0] }).counts]).toEqual([2, 1, 0, 2]);
    const shares = confusionMatrix(y, p, { normalize: "pred" });
    expect([...shares.counts]).toEqual([2 / 3, 0, 0, 0, 0, 1 / 3, 1 / 3, 0, 2 / 3]);
    expect(formatConfusionMatrix(shares)).toContain("0.666667");
    const weighted = confusionMatrix(y, p, { labels: [0, 9], normalize: "all", sampleWeight: [1, 2, 1, 1, 2, 1] });
    expect([...weighted.counts]).toEqual([1, 0, 0, 0]);
  });
});

describe("rankings", () => {
  it("of the examples", () => {
    const [y, p] = [
      [1, 0, 0, 0, 0, 1],
      [0.75, 0.5, 1, 1, 0.2, 0.1],
    ];
    expect(coverageErrorScore([1, 0, 0, 0, 1, 1], [1, 0, 0, 0, 1, 1], { outputs: 3 })).toBe(1.5);
    expect(labelRankingAveragePrecisionScore(y, p, { outputs: 3 })).toBeCloseTo((1 / 2 + 1 / 3) / 2, 14);
    expect(labelRankingLossScore(y, p, { outputs: 3 })).toBe(0.75);
    const relevances = [10, 0, 0, 1, 5];
    expect(ndcgScore(relevances, [0.1, 0.2, 0.3, 4, 70], { outputs: 5 })).toBeCloseTo(0.6957, 4);
    expect(ndcgScore(relevances, [0.05, 1.1, 1, 0.5, 0], { outputs: 5 })).toBeCloseTo(0.4937, 4);
    expect(ndcgScore(relevances, [0.05, 1.1, 1, 0.5, 0], { outputs: 5, k: 4 })).toBeCloseTo(0.352, 3);
    expect(ndcgScore(relevances, relevances, { outputs: 5, k: 4 })).toBe(1);
  });

  it("average the gains of equal scores, or take the later document first", () => {
    // One of the two first places, each with the mean gain 5.5, and both with discounts 1 and 1 / log₂ 3.
    const [relevances, scores] = [
      [10, 1],
      [1, 1],
    ];
    const discount = Math.log(2) / Math.log(3);
    expect(dcgScore(relevances, scores, { outputs: 2 })).toBeCloseTo(5.5 * (1 + discount), 14);
    expect(dcgScore(relevances, scores, { outputs: 2, k: 1 })).toBeCloseTo(5.5, 14);
    expect(dcgScore(relevances, scores, { outputs: 2, ignoreTies: true })).toBeCloseTo(1 + 10 * discount, 14);
    expect(dcgScore(relevances, scores, { outputs: 2, logBase: 4, k: 1 })).toBeCloseTo(2 * 5.5, 14);
  });

  it("have areas up to a false positive rate", () => {
    const [labels, scores] = [
      [0, 1, 0, 1],
      [0.1, 0.2, 0.3, 0.4],
    ];
    // The curve is at ½ from 0 to ½, then at 1: up to ½ the area is ¼, guessing ⅛, perfection ½.
    expect(rocAucScore(labels, scores, { maxFpr: 0.5 })).toBe(0.5 * (1 + (1 / 4 - 1 / 8) / (1 / 2 - 1 / 8)));
    expect(rocAucScore(labels, scores, { maxFpr: 1 })).toBe(rocAucScore(labels, scores));
    expect(rocAucScore([0, 1], [0.5, 0.5], { maxFpr: 0.1 })).toBeCloseTo(0.5, 14);
    expect(rocAucScore([0, 1], [0, 1], { maxFpr: 0.1 })).toBe(1);
  });

  it("compare pairs of classes", () => {
    // Pairs (0, 1) and (0, 2) are told apart; of 1 and 2 the scores for either are the wrong way round.
    const scores = [0.8, 0.1, 0.1, 0.1, 0.2, 0.7, 0.1, 0.6, 0.3];
    const labels = [0, 1, 2];
    expect(rocAucScore(labels, scores, { multiClass: "ovo" })).toBeCloseTo(2 / 3, 14);
    const more = [...scores, ...scores.slice(0, 3)];
    expect(rocAucScore([...labels, 0], more, { multiClass: "ovo", average: "weighted" })).toBeCloseTo(6 / 8, 14);
  });

  it("have errors of both kinds, from the first threshold without a false positive on", () => {
    const curve = detCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]);
    expect([...curve.falsePositiveRate]).toEqual([0.5, 0.5, 0]);
    expect([...curve.falseNegativeRate]).toEqual([0, 0.5, 0.5]);
    expect([...curve.thresholds]).toEqual([0.35, 0.4, 0.8]);
    // The best score is a negative: nothing but infinity lets no negative pass.
    expect([...detCurve([0, 1], [0.9, 0.1]).thresholds]).toEqual([0.1, 0.9, Infinity]);
  });
});

describe("probabilities", () => {
  it("are met as often as they say", () => {
    const labels = [0, 0, 0, 0, 1, 1, 1, 1, 1];
    const said = [0.1, 0.2, 0.3, 0.4, 0.65, 0.7, 0.8, 0.9, 1];
    const { probTrue, probPred } = calibrationCurve(labels, said, { bins: 3 });
    expect([...probTrue]).toEqual([0, 0.5, 1]);
    expect(probPred).toBeAllClose([0.2, 0.525, 0.85], { rtol: 1e-12 });
    const flipped = said.map((p) => 1 - p);
    const other = calibrationCurve(labels, flipped, { bins: 3, positiveLabel: 0 });
    expect(other.probTrue.at(-1)).toBe(1);
    expect(calibrationCurve(labels, said, { bins: 2, strategy: "quantile" }).probTrue).toHaveLength(2);
  });

  it("explain nothing where they are the shares of the classes", () => {
    const labels = [0, 1, 1, 2];
    const shares = labels.flatMap(() => [0.25, 0.5, 0.25]);
    const certain = labels.flatMap((label) => [0, 1, 2].map((c) => Number(c === label)));
    for (const score of [d2LogLossScore, d2BrierScore]) {
      expect(score(labels, shares)).toBeCloseTo(0, 14);
      expect(score(labels, certain)).toBeCloseTo(1, 14);
      expect(score([0, 1, 1, 1], [0.75, 0.75, 0.75, 0.75])).toBeCloseTo(0, 14);
    }
    expect(d2BrierScore([1, 1], [1, 1])).toBeNaN();
    expect(d2BrierScore([1, 1], [1, 0.5])).toBe(-Infinity);
  });
});

describe("functions made from a table", () => {
  it("have their names", () => {
    for (const score of [r2Score, f1Score, rocAucScore, d2TweedieScore]) expect(score.length).toBe(2);
    expect([r2Score, f1Score, rocAucScore].map(({ name }) => name)).toEqual(["r2Score", "f1Score", "rocAucScore"]);
  });

  it("take the whole object of any realm that has a length", () => {
    const like = { length: 2, 0: 1, 1: 2 } as ArrayLike<number>;
    expect(meanSquaredErrorScore(like, [1, 4])).toBe(2);
    expect(meanSquaredErrorScore([1, 2, 3, 4], [1, 4, 3, 4], { outputs: 2, multioutput: like })).toBeCloseTo(4 / 3, 14);
  });
});
