// Wrong shapes, values and options of the scores that follow scikit-learn.
import { describe, expect, it } from "vitest";
import {
  averagePrecisionScore,
  calibrationCurve,
  classificationReport,
  classLikelihoodRatios,
  confusionMatrix,
  coverageErrorScore,
  d2AbsoluteErrorScore,
  d2BrierScore,
  d2LogLossScore,
  d2PinballScore,
  d2TweedieScore,
  dcgScore,
  detCurve,
  explainedVarianceScore,
  f1Score,
  fbetaScore,
  hammingLossScore,
  jaccardScore,
  labelRankingAveragePrecisionScore,
  labelRankingLossScore,
  maxErrorScore,
  meanAbsoluteErrorScore,
  meanGammaDevianceScore,
  meanPinballLossScore,
  meanPoissonDevianceScore,
  meanSquaredErrorScore,
  meanSquaredLogErrorScore,
  meanTweedieDevianceScore,
  medianAbsoluteErrorScore,
  ndcgScore,
  precisionScore,
  r2Score,
  rocAucScore,
  rootMeanSquaredErrorScore,
  rootMeanSquaredLogErrorScore,
  zeroOneLossScore,
} from "../../src/index.js";
import { checkRefusal } from "./refusals.js";

type ErrorName = Parameters<typeof checkRefusal>[1];
type Row = [score: unknown, args: unknown[], error: ErrorName, says: string[]];

const NAN = Number.NaN;
const y = [1, 2, 3, 4];
const bits = [0, 1, 1, 0];
const chances = [0.1, 0.8, 0.6, 0.3];
const three = [0, 1, 2];
const nine = [0.6, 0.2, 0.2, 0.2, 0.6, 0.2, 0.2, 0.2, 0.6];
const two = { outputs: 2 };

const refusals: Row[] = [
  // Numbers and their averages.
  [explainedVarianceScore, [y, [1, 2, 3]], "ShapeError", ["one prediction per target", "4 targets and 3 predictions"]],
  [explainedVarianceScore, [y, y, { forcefinite: true }], "OptionError", ['"forcefinite"', 'mean "forceFinite"?']],
  [explainedVarianceScore, [y, y, { forceFinite: 1 }], "OptionError", ["forceFinite", "true or false", "got 1"]],
  [explainedVarianceScore, [[], []], "DataError", ["at least one target"]],
  [r2Score, [y, y, { outputs: 2, multioutput: "raw" }], "OptionError", ['"rawValues"', '"varianceWeighted"', '"raw"']],
  [r2Score, [y, y, { outputs: 2, multioutput: [1] }], "OptionError", ["expected 2 weights", "got 1"]],
  [r2Score, [y, y, { outputs: 2, multioutput: [1, -1] }], "OptionError", ["output 1", ">= 0", "got -1"]],
  [r2Score, [y, y, { outputs: 2, multioutput: [1, NAN] }], "OptionError", ["output 1", "got NaN"]],
  [
    r2Score,
    [y, y, { outputs: 2, multioutput: [0, 0] }],
    "OptionError",
    ["at least one weight above 0", "Leave it out"],
  ],
  [r2Score, [y, y, { multioutput: [1] }], "OptionError", ["weights need several outputs", "give outputs"]],
  [r2Score, [y, y, { multioutput: 3 }], "OptionError", ["a name or a list of weights", "got 3"]],
  [r2Score, [y, y, { multioutput: null }], "OptionError", ["a name or a list of weights", "got null"]],
  [r2Score, [[1, 2], [1, 2], two], "DataError", ["at least 2 rows, got 1"]],
  [
    meanSquaredErrorScore,
    [y, y, { ...two, multioutput: "varianceWeighted" }],
    "OptionError",
    ['"rawValues", "uniformAverage"', '"varianceWeighted"'],
  ],
  [
    rootMeanSquaredErrorScore,
    [y, y, { average: "none", multioutput: "rawValues" }],
    "OptionError",
    ["average and multioutput", "got both", "Leave average out"],
  ],
  [meanAbsoluteErrorScore, [y, y, { outputs: 3 }], "ShapeError", ["rows of 3", "4 targets"]],
  [meanAbsoluteErrorScore, [y, y, { outputs: 0 }], "OptionError", ["outputs: expected an integer >= 1", "got 0"]],
  [maxErrorScore, [y, y, { sampleWeight: y }], "OptionError", ['"sampleWeight"', "Known: outputs"]],
  [maxErrorScore, [y, [1, 2, NAN, 4]], "DataError", ["predictions: row 2", "got NaN"]],
  [medianAbsoluteErrorScore, [y, y, { sampleWeight: [1, 1] }], "ShapeError", ["expected 4 weights", "got 2"]],
  [medianAbsoluteErrorScore, [y, y, { sampleWeight: [0, 0, 0, 0] }], "DataError", ["at least one weight above 0"]],
  [meanSquaredLogErrorScore, [[1, -1], y.slice(2)], "DataError", ["targets: row 1", "> -1", "got -1"]],
  [meanSquaredLogErrorScore, [y, [1, 2, -3, 4]], "DataError", ["predictions: row 2", "Use meanSquaredErrorScore"]],
  [rootMeanSquaredLogErrorScore, [y, [1, 2, 3, -9], two], "DataError", ["predictions: row 1, column 1", "got -9"]],
  [meanPinballLossScore, [y, y, { alpha: 1.1 }], "OptionError", ["alpha", ">= 0 and <= 1", "got 1.1"]],
  [meanPinballLossScore, [y, y, { quantile: 0.1 }], "OptionError", ['"quantile"', "alpha"]],
  [d2PinballScore, [y, y, { alpha: NAN }], "OptionError", ["alpha", "got NaN"]],
  [d2PinballScore, [[1], [1]], "DataError", ["at least 2 rows, got 1", "no spread"]],
  [d2AbsoluteErrorScore, [y, y, { alpha: 0.5 }], "OptionError", ['"alpha"']],
  [d2TweedieScore, [y, y, { power: 0.5 }], "OptionError", ["power", "<= 0 or >= 1", "got 0.5"]],
  [d2TweedieScore, [y, [1, 2, 3, 0], { power: 1 }], "DataError", ["predictions: row 3", "> 0", "got 0"]],
  [meanTweedieDevianceScore, [y, y, { power: Infinity }], "OptionError", ["power", "a finite number"]],
  [meanTweedieDevianceScore, [y, [1, -1, 1, 1], { power: -2 }], "DataError", ["predictions: row 1", "> 0", "got -1"]],
  [meanTweedieDevianceScore, [[0, 1], [1, 1], { power: 2.5 }], "DataError", ["targets: row 0", "> 0", "got 0"]],
  [
    meanPoissonDevianceScore,
    [
      [1, -1],
      [1, 1],
    ],
    "DataError",
    ["targets: row 1", ">= 0", "got -1", "meanSquaredErr"],
  ],
  [meanPoissonDevianceScore, [y, y, { power: 1 }], "OptionError", ['"power"']],
  [
    meanGammaDevianceScore,
    [
      [1, 0],
      [1, 1],
    ],
    "DataError",
    ["targets: row 1", "> 0", "got 0"],
  ],
  // Labels.
  [jaccardScore, [three, three], "OptionError", ['"binary" needs two classes, got 3', '"macro"']],
  [jaccardScore, [bits, bits, { average: "samples" }], "OptionError", ["several outputs per row", "Give outputs"]],
  [jaccardScore, [bits, bits, two], "OptionError", ['"binary" needs one class per row', '"samples"']],
  [jaccardScore, [bits, bits, { zeroDivision: "nan" }], "OptionError", ["expected 0, 1 or NaN", 'got "nan"']],
  [precisionScore, [bits, bits, { ...two, average: "macro", classes: 2 }], "OptionError", ["classes", "Leave it out"]],
  [precisionScore, [y, bits, { ...two, average: "macro" }], "DataError", ["labels: row 0, output 1", "0 or 1, got 2"]],
  [f1Score, [bits, chances, { ...two, average: "micro" }], "DataError", ["predictions: row 0, output 0", "threshold"]],
  [f1Score, [bits, bits, { outputs: 3, average: "micro" }], "ShapeError", ["rows of 3", "4 labels", "4 predictions"]],
  [f1Score, [[], [], { ...two, average: "micro" }], "DataError", ["at least one row, got none"]],
  [fbetaScore, [bits, bits, { beta: -1 }], "OptionError", ["beta", "> 0", "got -1"]],
  [classificationReport, [bits, bits, { zeroDivision: 0.5 }], "OptionError", ["zeroDivision", "got 0.5"]],
  [hammingLossScore, [bits, [0, 1]], "ShapeError", ["one prediction per label", "4 labels and 2 predictions"]],
  [hammingLossScore, [bits, bits, { outputs: 1.5 }], "OptionError", ["outputs", "an integer", "got 1.5"]],
  [zeroOneLossScore, [bits, bits, { normalize: "no" }], "OptionError", ["normalize", "true or false", 'got "no"']],
  [zeroOneLossScore, [bits, [0, 1, 1, 0.5]], "DataError", ["prediction of row 3", "got 0.5"]],
  [confusionMatrix, [bits, bits, { normalize: true }], "OptionError", ["normalize", '"true", "pred", "all"']],
  [confusionMatrix, [bits, bits, { labels: ["no", "yes"] }], "OptionError", ["labels", 'got "no"', "formatConfusion"]],
  [confusionMatrix, [bits, bits, { labels: [1, 1] }], "OptionError", ["labels", "each class once", "got [1, 1]"]],
  [confusionMatrix, [bits, bits, { labels: [] }], "OptionError", ["labels", "1 to 10000 classes", "got 0"]],
  [confusionMatrix, [bits, bits, { labels: [0, 1], classes: 2 }], "OptionError", ["got both", "Leave classes out"]],
  [confusionMatrix, [bits, bits, { labels: [7, 8] }], "DataError", ["one class that a row is of", "got [7, 8]"]],
  [classLikelihoodRatios, [three, three], "DataError", ["label of row 2", "from 0 to 1", "got 2"]],
  [classLikelihoodRatios, [bits, bits, { replaceUndefinedBy: 2 }], "OptionError", ["NaN, 1, or {", "got 2"]],
  [
    classLikelihoodRatios,
    [bits, bits, { replaceUndefinedBy: { positiveLikelihoodRatio: 0.5 } }],
    "OptionError",
    ["positiveLikelihoodRatio", "from 1 to Infinity", "got 0.5"],
  ],
  [
    classLikelihoodRatios,
    [bits, bits, { replaceUndefinedBy: { negativeLikelihoodRatio: "1" } }],
    "OptionError",
    ["negativeLikelihoodRatio", "from 0 to 1", 'got "1"'],
  ],
  [classLikelihoodRatios, [bits, bits, { replaceUndefinedBy: { "LR+": 1 } }], "OptionError", ['"LR+"', "Known: "]],
  // Scores and probabilities.
  [rocAucScore, [three, nine, { maxFpr: 0.5 }], "OptionError", ["maxFpr", "3 classes", "one class at a time"]],
  [rocAucScore, [bits, chances, { maxFpr: 0 }], "OptionError", ["maxFpr", "> 0", "got 0"]],
  [rocAucScore, [bits, chances, { maxFpr: 1.5 }], "OptionError", ["maxFpr", "<= 1", "got 1.5"]],
  [rocAucScore, [three, nine, { multiClass: "ovx" }], "OptionError", ["multiClass", '"ovr", "ovo"', '"ovx"']],
  [rocAucScore, [three, nine, { multiClass: "ovo", average: "micro" }], "OptionError", ['"macro" or "weighted"']],
  [rocAucScore, [three, nine, { multiClass: "ovo", sampleWeight: y }], "ShapeError", ["expected 3 weights"]],
  [
    rocAucScore,
    [three, nine, { multiClass: "ovo", sampleWeight: [1, 2, 1] }],
    "OptionError",
    ['none with multiClass: "ovo"', 'Use "ovr"'],
  ],
  [rocAucScore, [bits, chances, { ...two, multiClass: "ovo" }], "OptionError", ['"ovo" compares classes', "outputs"]],
  [rocAucScore, [[0, 0, 1], nine, { multiClass: "ovo" }], "DataError", ["no row of class 2"]],
  [rocAucScore, [[0, 1, 0, 1], chances, two], "DataError", ["labels of output 0", "both 0 and 1", "no 1"]],
  [rocAucScore, [[1, 1, 1, 1], chances, { ...two, average: "micro" }], "DataError", ["labels: expected both", "no 0"]],
  [rocAucScore, [[0, 1, 2, 1], chances, two], "DataError", ["labels: row 1, output 0", "0 or 1, got 2"]],
  [averagePrecisionScore, [bits, chances, { multiClass: "ovr" }], "OptionError", ['"multiClass"']],
  [averagePrecisionScore, [bits, [0.1, NAN, 0, 1], two], "DataError", ["scores: row 0, column 1", "got NaN"]],
  [detCurve, [[1, 1, 1, 1], chances], "DataError", ["no row that is not of class 1"]],
  [detCurve, [bits, chances, { positiveLabel: 2 }], "OptionError", ["positiveLabel", "<= 1", "got 2"]],
  [detCurve, [bits, chances, { dropIntermediate: 0 }], "OptionError", ["dropIntermediate", "got 0"]],
  [calibrationCurve, [bits, y], "DataError", ["probabilities: row 1", "from 0 to 1", "got 2"]],
  [calibrationCurve, [bits, chances, { bins: 0 }], "OptionError", ["bins", ">= 1", "got 0"]],
  [calibrationCurve, [bits, chances, { strategy: "kmeans" }], "OptionError", ["strategy", '"uniform", "quantile"']],
  [calibrationCurve, [three, nine], "ShapeError", ["one of the probabilities per label", "got 3"]],
  [calibrationCurve, [bits, chances, { nBins: 3 }], "OptionError", ['"nBins"', 'mean "bins"?']],
  [d2LogLossScore, [[1], [0.5]], "DataError", ["at least 2 rows, got 1"]],
  [d2LogLossScore, [bits, [0.1, 2, 0, 1]], "DataError", ["probabilities: row 1", "got 2"]],
  [d2BrierScore, [bits, chances, { scale: true }], "OptionError", ['"scale"', "Known: sampleWeight"]],
  [coverageErrorScore, [bits, chances], "OptionError", ["an options object", "Known: outputs"]],
  [coverageErrorScore, [bits, chances, {}], "OptionError", ["outputs", "an integer >= 1", "got undefined"]],
  [coverageErrorScore, [bits, chances, { outputs: 3 }], "ShapeError", ["rows of 3", "as many labels as scores"]],
  [labelRankingLossScore, [y, chances, two], "DataError", ["labels: row 0, output 1", "0 or 1, got 2"]],
  [labelRankingLossScore, [bits, "0.1", two], "DataError", ["scores: expected an array", 'got "0.1"']],
  [
    labelRankingAveragePrecisionScore,
    [bits, chances, { ...two, sampleWeight: [1] }],
    "ShapeError",
    ["expected 2 weights", "got 1"],
  ],
  [dcgScore, [y, chances, { ...two, k: 0 }], "OptionError", ["k", ">= 1", "got 0"]],
  [dcgScore, [y, chances, { ...two, logBase: 1 }], "OptionError", ["logBase", "not 1", "got 1"]],
  [dcgScore, [y, chances, { ...two, logBase: -2 }], "OptionError", ["logBase", "> 0", "got -2"]],
  [dcgScore, [y, [1, 2], two], "ShapeError", ["as many relevances as scores", "4 relevances and 2 scores"]],
  [dcgScore, [[1, NAN, 0, 0], chances, two], "DataError", ["relevances: row 0, column 1", "got NaN"]],
  [ndcgScore, [y, chances, { outputs: 1 }], "OptionError", ["at least 2, got 1", "Use dcgScore"]],
  [ndcgScore, [[1, 2, 0, -1], chances, two], "DataError", ["relevances: row 1, output 1", ">= 0", "got -1"]],
  [ndcgScore, [y, chances, { ...two, logBase: 2 }], "OptionError", ['"logBase"']],
  [ndcgScore, [y, chances, { ...two, ignoreTies: null }], "OptionError", ["ignoreTies", "got null"]],
];

describe("scores", () => {
  it.each(refusals.map(([score, ...rest]) => [(score as { name: string }).name, rest[2], score, ...rest] as const))(
    "%s: %s",
    (_name, _says, score, args, error, says) => {
      const before = JSON.stringify(args);
      let refusal: unknown = "it was accepted";
      try {
        (score as (...args: unknown[]) => unknown)(...args);
      } catch (thrown) {
        refusal = thrown;
      }
      checkRefusal(refusal, error, says);
      expect(JSON.stringify(args)).toBe(before);
      expect((refusal as Error).message).toContain((score as { name: string }).name);
    },
  );

  it("are more than sixty", () => {
    expect(refusals.length).toBeGreaterThan(60);
  });
});
