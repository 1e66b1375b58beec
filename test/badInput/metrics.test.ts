// Wrong labels, scores, targets and options of the metric functions, and of metrics in compile.
import { describe, expect, it } from "vitest";
import {
  accuracyScore,
  areaUnder,
  auc,
  averagePrecisionScore,
  balancedAccuracyScore,
  binaryAccuracy,
  binaryCrossentropy,
  brierScore,
  type CompileOptions,
  cohenKappaScore,
  dense,
  f1,
  f1Score,
  fbeta,
  fbetaScore,
  logLossScore,
  matthewsCorrcoefScore,
  meanSquaredErrorScore,
  precisionRecallCurve,
  precisionScore,
  r2Score,
  recallScore,
  rocAucScore,
  rocCurve,
  rootMeanSquaredErrorScore,
  Sequential,
  topKAccuracyScore,
  topKCategoricalAccuracy,
} from "../../src/index.js";
import { checkRefusal } from "./refusals.js";

type ErrorName = Parameters<typeof checkRefusal>[1];

/** Any function, with any arguments: what a program without types can pass. */
const call = (f: unknown, ...args: unknown[]) => (f as (...args: unknown[]) => unknown)(...args);
const of = (f: (...args: never[]) => unknown, ...args: unknown[]) => ({ name: f.name, run: () => call(f, ...args) });

const NAN = Number.NaN;
const refusals: [attempt: ReturnType<typeof of>, error: ErrorName, says: string[]][] = [
  [of(accuracyScore, [0, 1], [0, 1], { normalise: true }), "OptionError", ['"normalise"', 'mean "normalize"?']],
  [of(accuracyScore, [0, 1], [0, 1], { normalize: 1 }), "OptionError", ["normalize", "true or false", "got 1"]],
  [of(accuracyScore, [0, 1, 1], [0, 1, 1], { outputs: 2 }), "ShapeError", ["rows of 2", "3 labels"]],
  [of(accuracyScore, [0, 1], [0, 0.7], { outputs: 2 }), "DataError", ["row 0, output 1: expected 0 or 1", "got 0.7"]],
  [
    of(accuracyScore, [0, 1], [0, 1], { outputs: 2, sampleWeight: [1, 1] }),
    "ShapeError",
    ["expected 1 weight, one per row", "got 2"],
  ],
  [of(accuracyScore, [0, 1], [0, 1], { sampleWeight: [1] }), "ShapeError", ["expected 2 weights", "got 1"]],
  [of(accuracyScore, [0, 1], [0, 1], { sampleWeight: [1, -1] }), "DataError", ["row 1", ">= 0", "got -1"]],
  [of(accuracyScore, [0, 1], [0, 1], { sampleWeight: [1, NAN] }), "DataError", ["row 1", "got NaN"]],
  [of(accuracyScore, [0, 1], [0, 1], { sampleWeight: [0, 0] }), "DataError", ["at least one weight above 0"]],
  [of(accuracyScore, [0, 1], [0, 1], { sampleWeight: 2 }), "DataError", ["sampleWeight: expected an array", "got 2"]],
  [of(balancedAccuracyScore, [0], [0], { adjusted: 1 }), "OptionError", ["adjusted", "true or false", "got 1"]],
  [of(topKAccuracyScore, [0, 1], [0.3, 0.7]), "ShapeError", ["one score per class", "Use accuracyScore"]],
  [of(topKAccuracyScore, [0, 1], [1, 2, 3, 4], { k: 0 }), "OptionError", ["k: expected an integer >= 1", "got 0"]],
  [of(topKAccuracyScore, [0, 1], [1, 2, 3]), "ShapeError", ["got 3 for 2 labels"]],
  [of(topKAccuracyScore, [0, 3], [1, 2, 3, 4]), "DataError", ["label of row 1", "from 0 to 1", "got 3"]],
  [of(precisionScore, [0, 1, 2], [0, 1, 2]), "OptionError", ['"binary" needs two classes, got 3', '"macro"']],
  [of(precisionScore, [0, 1], [0, 1], { average: "makro" }), "OptionError", ["average", 'Did you mean "macro"?']],
  [of(precisionScore, [0, 1], [0, 1], { beta: 2 }), "OptionError", ['unknown option "beta"']],
  [of(recallScore, [0, 1], [0, 1], { zeroDivision: 2 }), "OptionError", ["expected 0, 1 or NaN", "got 2"]],
  [of(recallScore, [0, 1], [0, 1], { positiveLabel: -1 }), "OptionError", ["positiveLabel", ">= 0", "got -1"]],
  [of(recallScore, [0, 5], [0, 1], { classes: 3 }), "DataError", ["label of row 1", "from 0 to 2", "got 5"]],
  [of(f1Score, [0, 1], [0, 1], { classes: 2.5 }), "OptionError", ["classes", "an integer", "got 2.5"]],
  [of(f1Score, [0, 1], [0.2, 0.9]), "DataError", ["prediction of row 0", "got 0.2", "argMax"]],
  [of(f1Score, [0, 1], "01"), "DataError", ["predictions: expected an array", 'got "01"']],
  [of(f1Score, [0, 20_000], [0, 1]), "DataError", ["from 0 to 9999", "got 20000"]],
  [of(fbetaScore, [0, 1], [0, 1], { beta: 0 }), "OptionError", ["beta", "> 0", "got 0"]],
  [of(rocCurve, [0, 1], [0.5, NAN]), "DataError", ["scores: row 1", "a finite number", "got NaN"]],
  [of(rocCurve, [0, 1], [0.5, Infinity]), "DataError", ["scores: row 1", "got Infinity"]],
  [of(rocAucScore, [0, 0], [0.5, 0.6]), "DataError", ["no row of class 1", "rows of every class"]],
  [of(rocAucScore, [1, 1], [0.5, 0.6]), "DataError", ["no row that is not of class 1"]],
  [of(rocCurve, [0, 1], [1, 2, 3, 4]), "ShapeError", ["one score per label, got 2", "one class at a time"]],
  [of(rocCurve, [], []), "DataError", ["at least one label", "got none"]],
  [of(rocCurve, [0, 1], [1, 2], { positiveLabel: 2 }), "OptionError", ["positiveLabel", "<= 1", "got 2"]],
  [of(rocCurve, [0, 1], [1, 2], { dropIntermediates: true }), "OptionError", ['mean "dropIntermediate"?']],
  [of(precisionRecallCurve, [0, 2], [1, 2]), "DataError", ["label of row 1", "from 0 to 1", "got 2"]],
  [of(rocAucScore, [0, 1, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9]), "DataError", ["no row of class 2"]],
  [
    of(rocAucScore, [0, 1], [1, 2], { average: "binary" }),
    "OptionError",
    ["average", '"macro", "weighted", "micro"', '"binary"'],
  ],
  [of(averagePrecisionScore, [0, 1], null), "DataError", ["scores: expected an array", "got null"]],
  [of(areaUnder, [0, 2, 1], [1, 1, 1]), "DataError", ["only rises or only falls", "Sort"]],
  [of(areaUnder, [0], [1]), "ShapeError", ["at least 2", "got 1 and 1"]],
  [of(areaUnder, [0, 1], [1, "2"]), "DataError", ["y: row 1", 'got "2"']],
  [of(logLossScore, [0, 1], [0.5, 1.5]), "DataError", ["probabilities: row 1", "from 0 to 1", "got 1.5"]],
  [of(logLossScore, [0, 1], [0.5, 0.5, 0, 0]), "DataError", ["row 1", "a sum of 1, got 0"]],
  [of(brierScore, [0, 1], [0.5, -0.1]), "DataError", ["row 1", "got -0.1"]],
  [of(matthewsCorrcoefScore, [0, 1], [0]), "ShapeError", ["2 labels and 1 prediction."]],
  [of(cohenKappaScore, [0, 1], [0, 1], { weights: "square" }), "OptionError", ["weights", '"quadratic"', '"square"']],
  [of(meanSquaredErrorScore, [1, 2], [1]), "ShapeError", ["2 targets and 1 prediction."]],
  [of(meanSquaredErrorScore, [1, 2, 3], [1, 2, 3], { outputs: 2 }), "ShapeError", ["rows of 2", "3 targets"]],
  [of(meanSquaredErrorScore, [[1], [2]], [1, 2]), "DataError", ["targets: row 0", "got [1]"]],
  [of(rootMeanSquaredErrorScore, [1, NAN], [1, 2]), "DataError", ["targets: row 1", "got NaN"]],
  [of(r2Score, [1], [1]), "DataError", ["at least 2 rows, got 1"]],
  [of(r2Score, [1, 2], [1, 2], { average: "variance" }), "OptionError", ['"uniform", "none"', '"variance"']],
  [of(r2Score, [], []), "DataError", ["at least one target"]],
  [of(f1, { avarage: "macro" }), "OptionError", ['"avarage"', 'mean "average"?']],
  [of(f1, { average: "samples" }), "OptionError", ["average", '"macro"', '"samples"']],
  [of(auc, { curve: "prc" }), "OptionError", ["curve", '"roc", "pr"', '"prc"']],
  [of(auc, { average: "micro" }), "OptionError", ["average", '"macro", "weighted"']],
  [of(fbeta, { beta: -1 }), "OptionError", ["beta", "> 0", "got -1"]],
  [of(binaryAccuracy, { threshold: 1 }), "OptionError", ["threshold", "< 1", "got 1"]],
  [of(topKCategoricalAccuracy, { k: 1.5 }), "OptionError", ["k: expected an integer", "got 1.5"]],
  [of(f1, { name: "" }), "OptionError", ["name: expected a name", 'got ""']],
];

describe("metric functions and factories", () => {
  it.each(refusals.map(([attempt, error, says]) => ({ what: attempt.name, attempt, error, says })))(
    "$what: $says",
    ({ attempt, error, says }) => {
      let refusal: unknown = "it was accepted";
      try {
        attempt.run();
      } catch (thrown) {
        refusal = thrown;
      }
      expect(refusal).toBeInstanceOf(Error);
      checkRefusal(refusal, error, says);
    },
  );
});

const sparse = { loss: "sparseCategoricalCrossentropy" };
const compiled: [what: string, units: number, options: Record<string, unknown>, says: string[]][] = [
  ["an unknown type", 3, { ...sparse, metrics: [{ type: "f2" }] }, ["metrics[0]: type", '"f2"', '"f1"']],
  ["a misspelled name", 3, { ...sparse, metrics: ["logloss"] }, ["metrics[0]", 'mean "logLoss"?']],
  [
    "an option of another metric",
    3,
    { ...sparse, metrics: [{ type: "f1", k: 2 }] },
    ['"k"', "Known: name, weighted, average"],
  ],
  ["one name twice", 3, { ...sparse, metrics: ["f1", f1({ average: "micro" })] }, ['"f1" is listed twice', "name"]],
  ["the name of the loss", 3, { ...sparse, metrics: [f1({ name: "loss" })] }, ['"loss"', "Choose another"]],
  ["numbers of labels", 3, { ...sparse, metrics: ["r2"] }, ["r2 needs one target per output", "integer labels"]],
  [
    "binary of three",
    3,
    { ...sparse, metrics: [f1({ average: "binary" })] },
    ['"binary" needs one output or two classes, got 3'],
  ],
  ["k beyond the classes", 3, { ...sparse, metrics: [topKCategoricalAccuracy({ k: 4 })] }, ["at most 3", "got 4"]],
  [
    "labels of numbers",
    1,
    { loss: "meanSquaredError", metrics: ["sparseCategoricalAccuracy"] },
    ["needs integer labels", 'Use "accuracy"'],
  ],
  [
    "top k of one output",
    1,
    { loss: "binaryCrossentropy", metrics: ["topKCategoricalAccuracy"] },
    ["one class per row", "with 1 output has one output"],
  ],
  [
    "kappa of several yes or no",
    3,
    { loss: binaryCrossentropy({ fromLogits: true }), metrics: ["cohenKappa"] },
    ["one class per row", "each yes or no"],
  ],
];

describe("metrics in compile", () => {
  it.each(compiled)("%s", async (_, units, options, says) => {
    const model = await Sequential.create({ inputShape: [2], layers: [dense({ units })] });
    try {
      model.compile({ optimizer: "sgd", ...options } as unknown as CompileOptions);
    } catch (error) {
      return checkRefusal(error, "OptionError", says);
    }
    return expect.fail("it was accepted");
  });
});
