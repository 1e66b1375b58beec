// Wrong options of metrics: per class, per threshold, at levels, of losses, with weights, and of the caller's own.
import { describe, expect, it } from "vitest";
import {
  auc,
  binaryAccuracy,
  type CompileOptions,
  customMetric,
  dense,
  dice,
  f1,
  falseNegatives,
  falsePositives,
  fbeta,
  gaussianNll,
  huber,
  meanIoU,
  pearsonCorrelation,
  precision,
  precisionAtRecall,
  recall,
  recallAtPrecision,
  Sequential,
  sensitivityAtSpecificity,
  specificityAtSensitivity,
  trueNegatives,
  truePositives,
} from "../../src/index.js";
import { blobs, stateOf } from "../model/models.js";
import { checkRefusal } from "./refusals.js";

type Factory = (...args: never[]) => unknown;
const call = (make: Factory, ...args: unknown[]) => (make as (...args: unknown[]) => unknown)(...args);

const factories: [name: string, attempt: () => unknown, says: string[]][] = [
  ["threshold 0", () => call(precision, { threshold: 0 }), ["precision: threshold", "> 0 and < 1", "got 0"]],
  ["threshold NaN", () => call(recall, { threshold: NaN }), ["recall: threshold", "a finite number", "got NaN"]],
  ["a list with 1", () => call(f1, { threshold: [0.5, 1] }), ["f1: threshold[1]", "< 1", "got 1"]],
  ["a list with text", () => call(f1, { threshold: ["0.5"] }), ["f1: threshold[0]", 'got "0.5"']],
  ["an empty list", () => call(f1, { threshold: [] }), ["f1: threshold: expected at least one threshold", "got []"]],
  ["Keras's thresholds", () => call(precision, { thresholds: 0.5 }), ['"thresholds"', 'Did you mean "threshold"?']],
  ["Keras's class_id", () => call(precision, { class_id: 1 }), ['"class_id"', 'Did you mean "classId"?']],
  ["Keras's top_k", () => call(recall, { top_k: 1 }), ['"top_k"', 'Did you mean "topK"?']],
  ["classId below 0", () => call(precision, { classId: -1 }), ["classId: expected an integer >= 0", "got -1"]],
  ["classId between", () => call(f1, { classId: 0.5 }), ["classId: expected an integer", "got 0.5"]],
  ["classId as text", () => call(auc, { classId: "1" }), ["auc: classId", 'got "1"']],
  ["topK 0", () => call(precision, { topK: 0 }), ["topK: expected an integer >= 1", "got 0"]],
  ["topK of an area", () => call(auc, { topK: 1 }), ['auc: unknown option "topK"', "Known: name, weighted, curve"]],
  ["micro of an area", () => call(auc, { average: "micro" }), ['"macro", "weighted", "none"', '"micro"']],
  ["samples", () => call(fbeta, { average: "samples" }), ["fbeta: average", '"none"', '"samples"']],
  ["weighted as text", () => call(f1, { weighted: "yes" }), ["weighted: expected true or false", 'got "yes"']],
  ["macro of a count", () => call(truePositives, { average: "macro" }), ['expected one of "none"', '"macro"']],
  ["beta of a count", () => call(falsePositives, { beta: 1 }), ['unknown option "beta"', "Known: name, weighted"]],
  ["a count as options", () => call(trueNegatives, 3), ["trueNegatives: expected an options object", "got 3"]],
  ["two arguments", () => call(falseNegatives, {}, {}), ["falseNegatives: expected 1 argument, got 2"]],
  ["no recall", () => call(precisionAtRecall, {}), ["precisionAtRecall: recall: expected", "got undefined"]],
  ["no options", () => call(precisionAtRecall), ["precisionAtRecall: recall: expected", "got undefined"]],
  ["recall above 1", () => call(precisionAtRecall, { recall: 1.1 }), ["recall", ">= 0 and <= 1", "got 1.1"]],
  ["Keras's order", () => call(precisionAtRecall, 0.8), ["expected an options object, got 0.8"]],
  ["another level", () => call(recallAtPrecision, { recall: 0.5 }), ['unknown option "recall"', "precision"]],
  ["precision below 0", () => call(recallAtPrecision, { precision: -0.1 }), ["precision", ">= 0", "got -0.1"]],
  ["specificity NaN", () => call(sensitivityAtSpecificity, { specificity: NaN }), ["specificity", "got NaN"]],
  ["no sensitivity", () => call(specificityAtSensitivity, { name: "s" }), ["sensitivity: expected", "undefined"]],
  [
    "thresholds below 1",
    () => call(precisionAtRecall, { recall: 0.5, numThresholds: 0 }),
    ["numThresholds: expected an integer >= 1", "got 0"],
  ],
  [
    "thresholds beyond a million",
    () => call(recallAtPrecision, { precision: 0.5, numThresholds: 2e6 }),
    ["numThresholds", "<= 1000000", "got 2000000"],
  ],
  ["numClasses", () => call(meanIoU, { numClasses: 2 }), ['meanIoU: unknown option "numClasses"', "Known: name"]],
  ["axis", () => call(pearsonCorrelation, { axis: -1 }), ['pearsonCorrelation: unknown option "axis"']],
  ["k of accuracy", () => call(binaryAccuracy, { k: 1 }), ['binaryAccuracy: unknown option "k"', "threshold"]],
  ["no function", () => call(customMetric, { name: "a" }), ["customMetric: compute: expected a function", "undefined"]],
  ["a function alone", () => call(customMetric, () => 1), ["customMetric: expected an options object", "a function"]],
  ["nothing", () => call(customMetric), ["customMetric: expected an options object", "got undefined"]],
  ["an empty name", () => call(customMetric, { name: "", compute: () => 1 }), ["name: expected a name", 'got ""']],
  ["Keras's mode", () => call(customMetric, { mode: "auto", compute: () => 1 }), ['"min", "max"', '"auto"']],
  ["fn", () => call(customMetric, { fn: () => 1 }), ['customMetric: unknown option "fn"', "compute"]],
];

describe("factories refuse", () => {
  it.each(factories)("%s", (_, attempt, says) => {
    let refusal: unknown = "it was accepted";
    try {
      attempt();
    } catch (thrown) {
      refusal = thrown;
    }
    checkRefusal(refusal, "OptionError", says);
  });
});

const sparse = "sparseCategoricalCrossentropy";
const noNumber = { toString: () => "f1" };

/** Layers' last activation, units, and options beside the optimizer. */
type Compiled = [what: string, units: number, options: Record<string, unknown>, says: string[], activation?: string];

const compiled: Compiled[] = [
  ["weightedMetrics that are no list", 3, { loss: sparse, weightedMetrics: "accuracy" }, ["weightedMetrics: expected a list", '"accuracy"']],
  ["null as weightedMetrics", 3, { loss: sparse, weightedMetrics: null }, ["weightedMetrics: expected a list", "null"]],
  ["Keras's weighted_metrics", 3, { loss: sparse, weighted_metrics: [] }, ['"weighted_metrics"', 'mean "weightedMetrics"?']],
  ["an unknown weighted metric", 3, { loss: sparse, weightedMetrics: ["acuracy"] }, ["weightedMetrics[0]", 'mean "accuracy"?']],
  ["an object as a metric", 3, { loss: sparse, weightedMetrics: [noNumber] }, ["weightedMetrics[0]: type", "got undefined"]],
  ["a weighted metric twice", 3, { loss: sparse, weightedMetrics: ["f1", f1({ average: "micro" })] }, ['"f1" is listed twice', "Choose another name"]],
  ["a name that weighted ones get", 3, { loss: sparse, metrics: ["f1", f1({ name: "weightedF1" })], weightedMetrics: ["f1"] }, ['"weightedF1" is listed twice']],
  ["a name that a class gets", 3, { loss: sparse, metrics: [f1({ average: "none" }), recall({ name: "f1_2" })] }, ['"f1_2" is listed twice']],
  ["one threshold twice", 1, { loss: "binaryCrossentropy", metrics: [f1({ threshold: [0.2, 0.2] })] }, ['"f1_0.2" is listed twice']],
  ["a class beyond the last", 3, { loss: sparse, metrics: [precision({ classId: 3 })] }, ["precision: classId: expected at most 2", "got 3"]],
  ["a class beyond yes", 1, { loss: "binaryCrossentropy", metrics: [auc({ classId: 2 })] }, ["auc: classId: expected at most 1", "got 2"]],
  ["classId and average", 3, { loss: sparse, metrics: [f1({ classId: 1, average: "macro" })] }, ["f1: expected average or classId, got both"]],
  ["classId and all classes", 3, { loss: sparse, metrics: [f1({ classId: 1, average: "none" })] }, ["f1: expected average or classId, got both"]],
  ["topK beyond the outputs", 3, { loss: sparse, metrics: [recall({ topK: 4 })] }, ["recall: topK: expected at most 3", "got 4"]],
  ["topK of one output", 1, { loss: "binaryCrossentropy", metrics: [recall({ topK: 1 })] }, ["topK needs several outputs"]],
  ["binary of three, weighted", 3, { loss: sparse, weightedMetrics: [f1({ average: "binary" })] }, ['"binary" needs one output or two classes, got 3']],
  ["counts of signs", 1, { loss: "hinge", metrics: [truePositives()] }, ["truePositives reads probabilities", "hinge gives none", 'Use "accuracy"'], "tanh"],
  ["a level of signs", 1, { loss: "hinge", metrics: [precisionAtRecall({ recall: 1 })] }, ["precisionAtRecall reads probabilities"], "tanh"],
  ["an overlap of signs", 1, { loss: "squaredHinge", metrics: [meanIoU()] }, ["meanIoU reads probabilities"], "tanh"],
  ["a correlation of labels", 3, { loss: sparse, metrics: [pearsonCorrelation()] }, ["pearsonCorrelation needs one target per output", "integer labels"]],
  ["a squared error of labels", 3, { loss: sparse, weightedMetrics: ["mse"] }, ["meanSquaredError needs one target per output"]],
  ["huber of labels", 3, { loss: sparse, metrics: ["huber"] }, ["huber needs one target per output", "integer labels"]],
  ["a cross-entropy of rows, of labels", 3, { loss: sparse, metrics: ["categoricalCrossentropy"] }, ["categoricalCrossentropy needs one target per output"]],
  ["a cross-entropy of labels, of rows", 3, { loss: "categoricalCrossentropy", metrics: [sparse] }, ["sparseCategoricalCrossentropy needs integer labels"]],
  ["an option of another loss", 3, { loss: "meanSquaredError", metrics: [{ type: "huber", quantile: 0.5 }] }, ["metrics[0] huber", '"quantile"', "delta"]],
  ["delta 0", 3, { loss: "meanSquaredError", metrics: [{ type: "huber", delta: 0 }] }, ["metrics[0] huber: delta", "> 0"]],
  ["logits that huber lacks", 3, { loss: "meanSquaredError", metrics: [{ type: "huber", fromLogits: true }] }, ["huber has no logits"]],
  ["logits after a sigmoid", 3, { loss: "meanSquaredError", metrics: [{ type: "binaryCrossentropy", fromLogits: true }] }, ["expects a linear last layer, got sigmoid"], "sigmoid"],
  ["logits of another activation", 3, { loss: { type: "categoricalCrossentropy", fromLogits: true }, metrics: [{ type: "binaryCrossentropy", fromLogits: true }] }, ["binaryCrossentropy with fromLogits", "got softmax"], "linear"],
  ["a loss of classes of one output", 1, { loss: "meanSquaredError", metrics: ["categoricalCrossentropy"] }, ["needs one output per class, at least 2, got 1"]],
  ["a cosine of one output", 1, { loss: "meanSquaredError", metrics: ["cosineSimilarity"] }, ["cosineSimilarity needs at least 2 outputs, got 1"]],
  ["weights for other outputs", 3, { loss: "meanSquaredError", metrics: [{ type: "binaryCrossentropy", posWeight: [1, 2] }] }, ["posWeight: expected one number or 3", "got 2"]],
  ["a loss of means and variances", 2, { loss: "meanSquaredError", metrics: [gaussianNll()] }, ["metrics[0]: type", '"gaussianNll"']],
  ["a name of a loss that is a number", 3, { loss: "meanSquaredError", metrics: [{ ...huber(), name: 3 }] }, ["name: expected a name, got 3"]],
  ["one loss twice", 3, { loss: "meanSquaredError", metrics: ["huber", huber({ delta: 2 })] }, ['"huber" is listed twice']],
  ["a misspelled loss", 3, { loss: "meanSquaredError", metrics: ["hubber"] }, ["metrics[0]: expected one of", '"hubber"']],
  ["dice of labels", 3, { loss: sparse, metrics: [dice()] }, ["dice needs one target per output"]],
  ["two functions without names", 3, { loss: sparse, metrics: [() => 1, () => 2] }, ['"customMetric" is listed twice']],
  ["a function named as the loss", 3, { loss: sparse, metrics: [function loss() { return 1; }] }, ['"loss"', "Choose another name"]],
  ["a bound class", 3, { loss: sparse, metrics: [{ type: "customMetric" }] }, ["metrics[0]"]],
  ["a symbol", 3, { loss: sparse, metrics: [Symbol("f1")] }, ["metrics[0]", "a symbol"]],
  ["a list in the list", 3, { loss: sparse, metrics: [["accuracy"]] }, ["metrics[0]: type"]],
  ["too many sums", 3, { loss: "meanSquaredError", metrics: Array.from({ length: 9 }, (_, i) => ({ type: "mse", name: `m${i}` })) }, ["at most 8 that are summed over rows"]],
]; // biome-ignore format: a table

describe("compile refuses", () => {
  it.each(compiled)("%s", async (_, units, options, says, activation = "linear") => {
    const layers = [dense({ units, activation: activation as "linear" })];
    const model = await Sequential.create({ inputShape: [2], layers });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    const before = stateOf(model);
    try {
      model.compile({ optimizer: "sgd", ...options } as unknown as CompileOptions);
    } catch (error) {
      checkRefusal(error, "OptionError", says);
      expect(stateOf(model)).toBe(before);
      return;
    }
    expect.fail("it was accepted");
  });
});

describe("models in workers refuse functions", () => {
  it.each<[string, object]>([
    ["metrics[0]", { metrics: [() => 1] }],
    ["weightedMetrics[1]", { weightedMetrics: ["accuracy", customMetric({ compute: () => 1 })] }],
  ])("%s", async (place, metrics) => {
    const layers = [dense({ units: 3, activation: "softmax" })];
    const model = await Sequential.create({ inputShape: [2], layers, worker: true });
    const refusal = await model.compile({ optimizer: "sgd", loss: sparse, ...metrics }).catch((error) => error);
    checkRefusal(refusal, "OptionError", [`compile: ${place}: a function stays with the caller`, "worker: true"]);
    await model.compile({ optimizer: "sgd", loss: sparse, metrics: ["accuracy"] });
    expect((await model.evaluate(blobs(6))).accuracy).toBeGreaterThanOrEqual(0);
    model.dispose();
  });
});
