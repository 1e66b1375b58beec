// The doors that need no model: Dataset, the array helpers, metrics of labels, parseIdx.

import { Random } from "../../src/base/random.js";
import { diabetes } from "../../src/datasets/index.js";
import {
  accuracyScore,
  argMax,
  classificationReport,
  confusionMatrix,
  Dataset,
  formatClassificationReport,
  formatConfusionMatrix,
  oneHot,
  parseIdx,
} from "../../src/index.js";
import { blobs } from "../model/models.js";
import { describeRefusals, type Refusal } from "./refusals.js";

const x = [
  [0, 1],
  [1, 0],
  [2, 2],
];
const y = [0, 1, 2];
const data = Dataset.from({ x, y });

const from = (what: string, error: Refusal[1], says: string[], ...given: unknown[]): Refusal => [
  what,
  error,
  says,
  () => Dataset.from(...(given as Parameters<typeof Dataset.from>)),
];
const shapes = (given: unknown, ...says: string[]): Refusal =>
  from(JSON.stringify(given), "OptionError", ["Dataset.from", ...says], { x, y }, given);

describeRefusals("Dataset.from", [
  from("nothing", "DataError", ["{ x, y }", "undefined"]),
  from("null", "DataError", ["{ x, y }", "null"], null),
  from("rows alone", "DataError", ["{ x, y }", "an array"], x),
  from("a flat x without a shape", "ShapeError", ["x", "flat array", "Give inputShape"], { x: [1, 2], y: [1] }),
  from("a typed x without a shape", "ShapeError", ["x", "Give inputShape"], { x: new Float32Array(4), y: [1, 2] }),
  from("ragged rows", "ShapeError", ["x: row 1: expected [2]", "got 1 value"], { x: [[1, 2], [3]], y: [1, 2] }),
  from("ragged targets", "ShapeError", ["y: row 1: expected [2]", "got 1 value"], { x, y: [[1, 2], [3], [4, 5]] }),
  from("rows that contain themselves", "DataError", ["x: row 0", "got an array of 1"], {
    x: [circular(), circular()],
    y: [1, 2],
  }),
  from("rows without numbers", "DataError", ["x: expected numbers in each row", "got none"], {
    x: [[], []],
    y: [0, 1],
  }),
  from("no rows", "DataError", ["x: expected at least one row", "got none"], { x: [], y: [] }),
  from("an image with a short line", "ShapeError", ["x: row 1, [1]: expected 2 values", "got 1"], {
    x: [
      [
        [1, 2],
        [3, 4],
      ],
      [[5, 6], [7]],
    ],
    y: [1, 2],
  }),
  shapes(null, "options object", "null"),
  shapes({ shape: [2] }, '"shape"', "Known: inputShape, targetShape, featureNames, classNames, scale"),
  shapes({ inputShape: "2" }, "inputShape", "[784]", 'got "2"'),
  shapes({ inputShape: null }, "inputShape", "[784]", "got null"),
  shapes({ inputShape: [0] }, "inputShape", ">= 1", "got 0"),
  shapes({ inputShape: [-2] }, "inputShape", ">= 1", "got -2"),
  shapes({ inputShape: [1.5] }, "inputShape", "an integer", "got 1.5"),
  shapes({ inputShape: ["2"] }, "inputShape", "an integer", 'got "2"'),
  shapes({ targetShape: 3 }, "targetShape", "[784]", "got 3"),
  shapes({ targetShape: [Number.NaN] }, "targetShape", "an integer", "got NaN"),
  from(
    "an inputShape that does not fit",
    "ShapeError",
    ["x: row 0: expected [3]", "got 2 values"],
    { x, y },
    { inputShape: [3] },
  ),
]);

const bytes = Uint8Array.of(1, 2);
describeRefusals("scale in Dataset.from", [
  from(
    "of float32",
    "DataError",
    ["scale: expected x of 1 or 2 bytes", "Float32Array"],
    {
      x: Float32Array.of(1),
      y: [1],
    },
    { inputShape: [1], scale: 2 },
  ),
  from("of rows", "DataError", ["scale: expected x of 1 or 2 bytes"], { x, y }, { scale: 2 }),
  from(
    "zero",
    "OptionError",
    ["Dataset.from: scale", "> 0 and", "got 0"],
    { x: bytes, y: bytes },
    { inputShape: [1], scale: 0 },
  ),
  from("text", "OptionError", ["scale", '"2"'], { x: bytes, y: bytes }, { inputShape: [1], scale: "2" }),
  from("NaN", "OptionError", ["scale", "NaN"], { x: bytes, y: bytes }, { inputShape: [1], scale: Number.NaN }),
  from("infinite", "OptionError", ["scale", "Infinity"], { x: bytes, y: bytes }, { inputShape: [1], scale: 1 / 0 }),
  from(
    "bytes that do not fill rows",
    "ShapeError",
    ["x: expected", "not a multiple of 3"],
    { x: bytes, y: bytes },
    { inputShape: [3], scale: 2 },
  ),
]);

const named = (what: string, error: Refusal[1], says: string[], options: object): Refusal =>
  from(what, error, ["Dataset.from", ...says], { x, y }, options);

describeRefusals("names in Dataset.from", [
  named("featureNames as text", "OptionError", ["featureNames", "an array of strings", '"ab"'], { featureNames: "ab" }),
  named("featureNames as numbers", "OptionError", ["featureNames", "an array of strings"], { featureNames: [1, 2] }),
  named("too few featureNames", "ShapeError", ["featureNames: expected 2", "got 1"], { featureNames: ["a"] }),
  named("no classNames", "OptionError", ["classNames", "an array of strings", "[]"], { classNames: [] }),
  from(
    "a label without a name",
    "DataError",
    ["y: row 2", "from 0 to 1", "got 2"],
    { x, y },
    { classNames: ["a", "b"] },
  ),
  ["diabetes option", "OptionError", ['mean "scaled"'], () => diabetes({ scale: true } as never)],
  ["diabetes scaled as text", "OptionError", ["diabetes: scaled", '"no"'], () => diabetes({ scaled: "no" } as never)],
]);

function circular(): unknown[] {
  const row: unknown[] = [];
  row.push(row);
  return row;
}

const split = (options: unknown, ...says: string[]): Refusal => [
  `split ${JSON.stringify(options)}`,
  "OptionError",
  says,
  () => data.split(options as never),
];

describeRefusals("Dataset", [
  split(undefined, "split", "options object", "undefined"),
  split(0.5, "split", "options object", "0.5"),
  split({}, "split: fraction", "> 0", "undefined"),
  split({ fraction: 0 }, "split: fraction", "> 0", "got 0"),
  split({ fraction: 1 }, "split: fraction", "< 1", "got 1"),
  split({ fraction: "0.5" }, "split: fraction", "a finite number", '"0.5"'),
  split({ fraction: Number.NaN }, "split: fraction", "a finite number", "NaN"),
  split({ fraction: 0.9 }, "split", "fraction 0.9 of 3 rows", "empty"),
  split({ fractions: 0.5 }, "split", 'mean "fraction"'),
  split({ fraction: 0.5, seed: -1 }, "seed", ">= 0", "got -1"),
  split({ fraction: 0.5, seed: "a" }, "seed", "an integer", 'got "a"'),
  ["shuffle without seed", "OptionError", ["seed", "an integer", "undefined"], () => data.shuffle(undefined as never)],
  ["slice from -1", "OptionError", ["slice: begin", ">= 0", "got -1"], () => data.slice(-1)],
  ["slice to text", "OptionError", ["slice: end", "an integer", '"2"'], () => data.slice(0, "2" as never)],
  ["slice of half a row", "OptionError", ["slice: begin", "an integer", "0.5"], () => data.slice(0.5)],
  ["select nothing", "DataError", ["select: indices", "an array", "undefined"], () => data.select(undefined as never)],
  ["select a row that is not there", "OptionError", ["select: indices[1]", "<= 2", "got 3"], () => data.select([0, 3])],
  ["select -1", "OptionError", ["select: indices[0]", ">= 0", "got -1"], () => data.select([-1])],
  ["select text", "OptionError", ["select: indices[0]", "an integer", '"a"'], () => data.select(["a"] as never)],
]);

describeRefusals("array helpers and metrics", [
  ["oneHot of nothing", "DataError", ["oneHot: labels", "an array", "undefined"], () => oneHot(undefined as never, 3)],
  ["oneHot of text", "DataError", ["oneHot: labels", "an array", '"012"'], () => oneHot("012" as never, 3)],
  ["oneHot label out of range", "DataError", ["oneHot: row 1", "from 0 to 2", "got 3"], () => oneHot([0, 3], 3)],
  [
    "oneHot without classes",
    "OptionError",
    ["oneHot: classes", ">= 1", "undefined"],
    () => oneHot([0], undefined as never),
  ],
  [
    "oneHot of too many classes",
    "OptionError",
    ["oneHot: classes", "<= 16777216", "1000000000000"],
    () => oneHot([0], 1e12),
  ],
  ["argMax of null", "DataError", ["argMax: rows", "an array", "null"], () => argMax(null as never, 3)],
  ["argMax of part of a row", "ShapeError", ["argMax", "rows of 3", "got 4 values"], () => argMax([1, 2, 3, 4], 3)],
  ["argMax of text", "DataError", ["argMax: row 0", "numbers", '"1"'], () => argMax(["1", "2"] as never, 2)],
  ["argMax in 0 columns", "OptionError", ["argMax: columns", ">= 1", "got 0"], () => argMax([1], 0)],
  [
    "accuracyScore of nothing",
    "DataError",
    ["accuracyScore: labels", "undefined"],
    () => accuracyScore(undefined as never, [1]),
  ],
  [
    "accuracyScore of a number",
    "DataError",
    ["accuracyScore: predictions", "got 1"],
    () => accuracyScore([1], 1 as never),
  ],
  [
    "confusionMatrix of null",
    "DataError",
    ["confusionMatrix: predictions", "null"],
    () => confusionMatrix([1], null as never),
  ],
  [
    "confusionMatrix option",
    "OptionError",
    ["confusionMatrix", "lables", 'Did you mean "labels"?'],
    () => confusionMatrix([1], [1], { lables: 1 } as never),
  ],
  [
    "classificationReport of probabilities",
    "DataError",
    ["classificationReport: prediction of row 0", "got 0.9", "argMax"],
    () => classificationReport([1], [0.9]),
  ],
  [
    "formatConfusionMatrix of nothing",
    "OptionError",
    ["formatConfusionMatrix", "confusionMatrix()", "undefined"],
    () => formatConfusionMatrix(undefined as never),
  ],
  [
    "formatConfusionMatrix of counts",
    "OptionError",
    ["formatConfusionMatrix", "confusionMatrix()", "an array"],
    () => formatConfusionMatrix([[1]] as never),
  ],
  [
    "formatClassificationReport of nothing",
    "OptionError",
    ["classificationReport()", "null"],
    () => formatClassificationReport(null as never),
  ],
  [
    "Random without seed",
    "OptionError",
    ["seed", "an integer", "undefined"],
    () => Random.fromSeed(undefined as never),
  ],
]);

const idx = (what: string, bytes: unknown, ...says: string[]): Refusal => [
  what,
  "FormatError",
  ["parseIdx", ...says],
  () => parseIdx(bytes as never),
];
const detached = new ArrayBuffer(16);
structuredClone(detached, { transfer: [detached] });

describeRefusals("parseIdx", [
  [
    "nothing",
    "DataError",
    ["parseIdx", "a Uint8Array or an ArrayBuffer", "undefined"],
    () => parseIdx(undefined as never),
  ],
  [
    "a path",
    "DataError",
    ["parseIdx", "Read the file first", '"train-images"'],
    () => parseIdx("train-images" as never),
  ],
  [
    "an array",
    "DataError",
    ["parseIdx", "a Uint8Array or an ArrayBuffer", "[0, 0, 8, 1]"],
    () => parseIdx([0, 0, 8, 1] as never),
  ],
  idx("no bytes", new Uint8Array(), "0 bytes are too few"),
  idx("a detached buffer", detached, "0 bytes are too few"),
  idx("a page", new TextEncoder().encode("<!doctype html>"), "two zero bytes", "HTML page"),
  idx("an unknown type", Uint8Array.of(0, 0, 7, 1, 0, 0, 0, 1, 5), "unknown element type 7", "one of 8"),
  idx("no dimensions", Uint8Array.of(0, 0, 8, 0), "1 to 8 dimensions", "got 0"),
  idx("too few bytes", Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 5), "truncated", "expected 11 bytes", "got 9"),
  idx("too many bytes", Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 5, 6), "trailing", "expected 9 bytes", "got 10"),
  idx("a size that overflows", Uint8Array.of(0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255), "over the limit"),
  idx("damaged gzip", Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 1, 2, 3), "damaged gzip"),
]);

describeRefusals("what a Dataset of a model needs", [
  [
    "fit with a Dataset without its rows",
    "DataError",
    ["fit", "at least one row"],
    (model) => model.fit(blobs(9).select([])),
  ],
]);
