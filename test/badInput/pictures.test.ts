// Wrong data and options of the pictures.
import { expect, it } from "vitest";
import { Dataset, rocCurve } from "../../src/index.js";
import * as plot from "../../src/plot/index.js";
import { checkRefusal } from "./refusals.js";

type ErrorName = Parameters<typeof checkRefusal>[1];
type Name = keyof typeof plot;

const pictures = new Map<string, unknown>(Object.entries(plot));

const NAN = Number.NaN;
const series = [{ name: "a", points: [1, 2] }];
const history = { epoch: [0, 1], loss: [1, 0.5] };
const curve = { falsePositiveRate: [0, 1], truePositiveRate: [0, 1], thresholds: [2, 1] };
const matrix = { classes: 2, counts: Int32Array.of(1, 0, 0, 1) };
const rows = Dataset.from({ x: [[0, 0], [1, 1]], y: [0, 1] }); // biome-ignore format: one
const wide = Dataset.from({ x: [[0, 0, 0]], y: [0] });
const half = { predict: (x: Float32Array) => x.filter((_, i) => i % 2 === 0) };
const kernel = (shape: number[]) => ({ name: "dense_1/kernel", shape, data: new Float32Array(shape[0] * shape[1]) });
const net = { getWeights: () => [kernel([6, 2])] };
/** As a model in a worker, whose methods return promises. */
const later = { getWeights: async () => [], predict: async () => [], save: async () => [] };
const apart = { getWeights: () => [kernel([6, 2]), { ...kernel([3, 1]), name: "dense_2/kernel" }] };

const refusals: [name: Name, args: unknown[], error: ErrorName, says: string[]][] = [
  ["lineChart", [{}], "OptionError", ["either series", "or panels"]],
  ["lineChart", [{ series, panels: [{ series }] }], "OptionError", ["either series", "or panels"]],
  ["lineChart", [{ panels: [] }], "OptionError", ["panels: expected a list of at least one"]],
  ["lineChart", [{ panels: [{ series }], x: {} }], "OptionError", ["give each panel its own"]],
  ["lineChart", [{ series: [] }], "OptionError", ["series: expected a list of at least one"]],
  ["lineChart", [{ series: [{ points: [1] }] }], "OptionError", ["series[0]: name: expected text, got undefined"]],
  ["lineChart", [{ series: [{ name: "a", points: [] }] }], "DataError", ["series[0]: points: expected at least one"]],
  ["lineChart", [{ series: [{ name: "a", points: [1, "2"] }] }], "DataError", ["points[1]", 'got "2"']],
  ["lineChart", [{ series: [{ name: "a", points: [[1, 2, 3]] }] }], "DataError", ["points[0]", "[x, y]"]],
  ["lineChart", [{ series: [{ name: "a", points: [0] }], y: { log: true } }], "DataError", ["above 0", "log", "got 0"]],
  ["lineChart", [{ series, y: { log: true, min: 0 } }], "OptionError", ["y: min", "> 0", "got 0"]],
  ["lineChart", [{ series, x: { min: 3, max: 1 } }], "OptionError", ["x: max", "> 3", "got 1"]],
  ["lineChart", [{ series, x: { lable: "a" } }], "OptionError", ['"lable"', 'mean "label"?']],
  ["lineChart", [{ series, theme: "drak" }], "OptionError", ["theme", 'mean "dark"?']],
  ["lineChart", [{ series, width: 10 }], "OptionError", ["width", ">= 120", "got 10"]],
  ["lineChart", [{ series: [{ ...series[0], colour: "red" }] }], "OptionError", ['series[0]: unknown option "colour"']],
  [
    "lineChart",
    [{ panels: [{ series, titel: "a" }] }],
    "OptionError",
    ['panels[0]: unknown option "titel"', '"title"?'],
  ],
  ["lineChart", [{ panels: [{ series, title: 7 }] }], "OptionError", ["panels[0]: title: expected text, got 7"]],
  ["lineChart", [{ panels: [{ series, guide: [0, 1] }] }], "OptionError", ["panels[0]: guide", "two places", "[0, 1]"]],
  [
    "lineChart",
    [{ panels: [{ series: [null] }] }],
    "OptionError",
    ["panels[0]: series[0]: expected an options object"],
  ],
  [
    "lineChart",
    [{ panels: [{ series }, { series: [{ name: "a", points: [1, 0] }], y: { log: true } }] }],
    "DataError",
    ["panels[1]: series[0]: points[1]", "above 0", "got 0"],
  ],
  ["scatterPlot", [{ series, titel: "a" }], "OptionError", ['"titel"', 'mean "title"?']],
  ["scatterPlot", [{ series, title: 7 }], "OptionError", ["title: expected text, got 7"]],
  ["lossCurves", [[1, 2]], "OptionError", ["expected a history", "fit()"]],
  ["lossCurves", [{ loss: [1] }], "OptionError", ["epoch: expected at least one epoch, got undefined"]],
  ["lossCurves", [{ ...history, f1: [1] }], "OptionError", ["f1: expected 2 numbers, one per epoch"]],
  ["lossCurves", [history, { names: ["acc"] }], "OptionError", ["names: expected some of loss", 'got "acc"']],
  ["rocPlot", [null], "OptionError", ["expected a curve", "got null"]],
  ["rocPlot", [{}], "OptionError", ["at least one curve"]],
  ["rocPlot", [{ one: { x: [0, 1] } }], "OptionError", ["rocPlot: one", '"x"', "falsePositiveRate"]],
  ["rocPlot", [rocCurve([1, 1], [0.1, 0.2])], "DataError", ["rocPlot: a rate is NaN", "rows of both classes"]],
  ["rocPlot", [{ ...curve, truePositiveRate: [0] }], "ShapeError", ["one length"]],
  ["precisionRecallPlot", [curve], "OptionError", ["precisionRecallPlot", "Known: recall, precision"]],
  ["confusionMatrixPlot", [[[1, 0], [0, 1]]], "OptionError", ["what confusionMatrix() returns"]], // biome-ignore format: one
  ["confusionMatrixPlot", [matrix, { labels: ["a"] }], "OptionError", ["expected 2 names", '["a"]']],
  [
    "confusionMatrixPlot",
    [matrix, { height: 300 }],
    "OptionError",
    ['unknown option "height"', "Known: labels", "width"],
  ],
  ["confusionMatrixPlot", [{ classes: 101, counts: new Int32Array(101 * 101) }], "OptionError", ["at most 100"]],
  ["histogram", [[]], "DataError", ["at least one value"]],
  ["histogram", [[1, NAN]], "DataError", ["value 1", "got NaN"]],
  ["histogram", [[1], { bins: 0 }], "OptionError", ["bins", ">= 1", "got 0"]],
  ["decisionBoundary", [{}, rows], "OptionError", ["a model with predict()"]],
  ["decisionBoundary", [later, rows], "OptionError", ["a model with predict()", "It is in a worker: give await"]],
  ["decisionBoundary", [half, { x: [[0, 1]], y: [0] }], "OptionError", ["a Dataset", "Dataset.from"]],
  ["decisionBoundary", [half, wide], "ShapeError", ["rows of 2 numbers", "1 row of 3"]],
  ["decisionBoundary", [half, rows, { resolution: 2 }], "OptionError", ["resolution", ">= 4", "got 2"]],
  ["decisionBoundary", [{ predict: () => [1, 2] }, rows], "ShapeError", ["whole rows", "got 2 values"]],
  [
    "decisionBoundary",
    [{ predict: () => new Float32Array(82 * 82).fill(NAN) }, rows],
    "DataError",
    ["a finite number"],
  ],
  ["weightImages", [{}], "OptionError", ["a model with getWeights()"]],
  ["weightImages", [later], "OptionError", ["a model with getWeights()", "It is in a worker: give await"]],
  ["networkDiagram", [later], "OptionError", ["a model with getWeights()", "It is in a worker: give await"]],
  ["weightImages", [net, { layer: "dense_2" }], "OptionError", ["of which there is dense_1", 'got "dense_2"']],
  ["weightImages", [net, { shape: [2, 2] }], "ShapeError", ["rows · columns = 6", "got 2 · 2"]],
  ["weightImages", [net, { height: 300 }], "OptionError", ['unknown option "height"']],
  ["weightImages", [net, { shape: 6 }], "OptionError", ["shape: expected [rows, columns], got 6"]],
  ["networkDiagram", [{ getWeights: () => [] }], "OptionError", ["dense layers, got none"]],
  ["networkDiagram", [apart], "OptionError", ["dense_2: expected 2 inputs", "got 3"]],
  ["networkDiagram", [net, { inputs: ["a"] }], "OptionError", ["inputs: expected 6 names"]],
  ["sparkline", [["1"]], "DataError", ["value 0", 'got "1"']],
  ["sparkline", [[1], { width: 0 }], "OptionError", ["width", ">= 1"]],
  ["sparkline", [7], "DataError", ["values: expected an array", "got 7"]],
  ["table", ["a"], "DataError", ["a list of rows", 'got "a"']],
  ["table", [[[1, 2], [3]]], "DataError", ["row 1: expected 2 cells"]], // biome-ignore format: one
  ["table", [[[1, [2]]]], "DataError", ["row 0, column 1", "got [2]"]],
  ["sparkline", [[1], { min: 2, max: 1 }], "OptionError", ["max", "> 2", "got 1"]],
  ["table", [[[1]], { dim: "dim" }], "OptionError", ["table: dim: expected a function", '"dim"']],
  ["table", [[[1]], { head: "a" }], "OptionError", ["table: head: expected a list of names", '"a"']],
  ["table", [[[1]], { footerRows: 2 }], "OptionError", ["footerRows", "<= 1", "got 2"]],
];

it.each(refusals)("%s %#", (name, args, error, says) => {
  let refusal: unknown;
  try {
    (pictures.get(name) as (...args: unknown[]) => unknown)(...args);
  } catch (thrown) {
    refusal = thrown;
  }
  expect(refusal, "it was accepted").toBeInstanceOf(Error);
  checkRefusal(refusal, error, says);
});
