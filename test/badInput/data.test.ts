// Data that cannot be used, at every door that takes data: which row, what was expected, what came.
import { type CompileOptions, Dataset, dense, type Sequential } from "../../src/index.js";
import { blobs, classifier } from "../model/models.js";
import { describeRefusals, type Refusal } from "./refusals.js";

type ErrorName = Refusal[1];
type BadData = [what: string, data: unknown, error: ErrorName, ...says: string[]];

const x = [
  [0, 1],
  [1, 0],
  [2, 2],
];
const y = [0, 1, 2];
const holed = Object.assign(new Array(3), { 0: x[0], 2: x[2] });

/** For labels and 2 inputs, 3 outputs. */
const bad: BadData[] = [
  ["nothing", undefined, "DataError", "{ x, y }", "undefined"],
  ["null", null, "DataError", "{ x, y }", "null"],
  ["an array", [x, y], "DataError", "{ x, y }", "an array"],
  ["a string", "mnist", "DataError", "{ x, y }", '"mnist"'],
  ["a promise", Promise.resolve({ x, y }), "DataError", "{ x, y } or a Dataset, got a promise, which needs await"],
  ["a Date", new Date(0), "DataError", "{ x, y } or a Dataset, got an object of type Date"],
  ["no y", { x }, "DataError", "y: expected", "undefined"],
  ["no x", { y }, "DataError", "x: expected", "undefined"],
  ["labels for y", { x, labels: y }, "OptionError", '"labels"', "Known: x, y, sampleWeight"],
  ["sampleWeights", { x, y, sampleWeights: y }, "OptionError", 'mean "sampleWeight"'],
  ["x as text", { x: "0,1", y }, "DataError", "x: expected number[][]", '"0,1"'],
  ["x as a Map", { x: new Map(), y }, "DataError", "x: expected number[][]", "an object of type Map."],
  [
    "x as bytes without a type",
    { x: new ArrayBuffer(8), y },
    "DataError",
    "x: expected number[][]",
    "of type ArrayBuffer.",
  ],
  ["x as BigInt64Array", { x: new BigInt64Array(6), y }, "DataError", "x: expected number[][]", "a BigInt64Array"],
  ["x as DataView", { x: new DataView(new ArrayBuffer(8)), y }, "DataError", "x: expected number[][]", "a DataView"],
  ["no rows", { x: [], y: [] }, "DataError", "x: expected at least one row", "got none"],
  ["no rows, typed", { x: new Float32Array(), y: [] }, "DataError", "x: expected at least one row", "got none"],
  ["rows without columns", { x: [[], []], y: [0, 1] }, "ShapeError", "x: row 0: expected [2]", "got 0 values"],
  ["a short row", { x: [[0, 1], [1], [2, 2]], y }, "ShapeError", "x: row 1: expected [2]", "got 1 value"],
  [
    "a long row",
    {
      x: [
        [0, 1],
        [1, 0],
        [2, 2, 2],
      ],
      y,
    },
    "ShapeError",
    "x: row 2: expected [2]",
    "got 3 values",
  ],
  ["an invalid row", { x: [[0, 1], 1, [2, 2]], y }, "ShapeError", "x: row 1: expected [2]", "got 1."],
  ["a row that is null", { x: [[0, 1], null, [2, 2]], y }, "ShapeError", "x: row 1: expected [2]", "got null"],
  ["rows that are missing", { x: new Array(3), y }, "ShapeError", "x: expected [*, 2]", "3 values"],
  ["a hole between rows", { x: holed, y }, "ShapeError", "x: row 1: expected [2]", "got undefined"],
  ["a row as text", { x: [[0, 1], "10", [2, 2]], y }, "ShapeError", "x: row 1: expected [2]", 'got "10"'],
  ["a value among rows", { x: [0, 1, [1, 0], 2, 2], y }, "ShapeError", "x: expected [*, 2]", "5 values"],
  ["columns for another model", { x: x.map((row) => [...row, 0]), y }, "ShapeError", "x: row 0: expected [2]", "got 3"],
  ["a flat x that does not divide", { x: [1, 2, 3], y }, "ShapeError", "x: expected [*, 2]", "3 values"],
  ["a typed x that does not divide", { x: new Uint8Array(5), y }, "ShapeError", "x: expected [*, 2]", "5 values"],
  [
    "NaN",
    {
      x: [
        [0, 1],
        [1, Number.NaN],
        [2, 2],
      ],
      y,
    },
    "DataError",
    "x: row 1, column 1: expected a finite",
    "got NaN",
  ],
  [
    "Infinity",
    {
      x: [
        [0, 1],
        [1, 1],
        [-1 / 0, 2],
      ],
      y,
    },
    "DataError",
    "x: row 2, column 0: expected a finite",
    "-Infinity",
  ],
  [
    "beyond float32",
    {
      x: [
        [0, 1e39],
        [1, 1],
        [2, 2],
      ],
      y,
    },
    "DataError",
    "x: row 0, column 1: expected a finite",
    "got",
  ],
  ["NaN, typed", { x: Float64Array.of(0, 1, 1, 0, 2, Number.NaN), y }, "DataError", "x: row 2, column 1", "got NaN"],
  [
    "a number as text",
    {
      x: [
        [0, 1],
        ["1", 0],
        [2, 2],
      ],
      y,
    },
    "DataError",
    "x: row 1, column 0",
    'got "1"',
  ],
  [
    "a missing value",
    {
      x: [
        [0, 1],
        [1, null],
        [2, 2],
      ],
      y,
    },
    "DataError",
    "x: row 1, column 1",
    "got null",
    "missing values",
  ],
  [
    "undefined",
    {
      x: [
        [0, undefined],
        [1, 1],
        [2, 2],
      ],
      y,
    },
    "DataError",
    "x: row 0, column 1",
    "got undefined",
  ],
  [
    "a boolean",
    {
      x: [
        [0, 1],
        [1, true],
        [2, 2],
      ],
      y,
    },
    "DataError",
    "x: row 1, column 1",
    "got true",
  ],
  [
    "a bigint",
    {
      x: [
        [0, 1],
        [1, 1n],
        [2, 2],
      ],
      y,
    },
    "DataError",
    "x: row 1, column 1",
    "got 1n",
  ],
  ["fewer labels than rows", { x, y: [0, 1] }, "ShapeError", "y: expected 3 rows", "got 2"],
  ["more labels than rows", { x, y: [0, 1, 2, 0] }, "ShapeError", "y: expected 3 rows", "got 4"],
  ["no labels", { x, y: [] }, "DataError", "y: expected at least one row", "got none"],
  ["a label too large", { x, y: [0, 1, 3] }, "DataError", "y: row 2", "from 0 to 2", "got 3", "as many units"],
  ["a negative label", { x, y: [0, -1, 2] }, "DataError", "y: row 1", "from 0 to 2", "got -1"],
  ["a fractional label", { x, y: [0, 1, 0.5] }, "DataError", "y: row 2", "an integer label", "got 0.5"],
  ["numbers as text", { x, y: ["1", "0.5", "2"] }, "DataError", "y: row 0", '"1"', "Write Number(value)"],
  ["a label as text", { x, y: ["cat", "dog", "cat"] }, "DataError", "y: row 0", "a finite number", '"cat"'],
  ["a label NaN", { x, y: [0, Number.NaN, 1] }, "DataError", "y: row 1", "a finite number", "got NaN"],
  [
    "one-hot rows",
    {
      x,
      y: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    },
    "ShapeError",
    "y",
    "one integer label per row",
    "rows of 3",
    "categoricalCrossentropy",
  ],
  ["a flat one-hot array", { x, y: new Float32Array(9) }, "ShapeError", "y: expected 3 rows", "got 9"],
  ["ragged one-hot rows", { x, y: [[1, 0], [0], [0, 1]] }, "ShapeError", "y: row 1: expected [2]", "got 1 value"],
  ["too few sample weights", { x, y, sampleWeight: [1, 2] }, "ShapeError", "sampleWeight: expected 3 weights", "got 2"],
  ["too many sample weights", { x, y, sampleWeight: [1, 2, 3, 4] }, "ShapeError", "sampleWeight: expected 3", "got 4"],
  [
    "a negative sample weight",
    { x, y, sampleWeight: [1, -2, 3] },
    "DataError",
    "sampleWeight: row 1",
    ">= 0",
    "got -2",
  ],
  ["a sample weight NaN", { x, y, sampleWeight: [1, Number.NaN, 3] }, "DataError", "sampleWeight: row 1", "got NaN"],
  ["sample weights null", { x, y, sampleWeight: null }, "DataError", "sampleWeight: expected", "got null"],
  ["one sample weight for all", { x, y, sampleWeight: 2 }, "DataError", "sampleWeight: expected", "got 2"],
  ["a Dataset of other columns", blobs(6, { features: 5 }), "ShapeError", "x: expected [*, 2]", "[6, 5]"],
  [
    "a Dataset of other targets",
    Dataset.from({
      x,
      y: [
        [1, 0],
        [1, 0],
        [1, 0],
      ],
    }),
    "ShapeError",
    "y",
    "rows of 2",
  ],
  ["a Dataset of more classes", blobs(6, { classes: 4 }), "DataError", "y: row 3", "from 0 to 2", "got 3"],
  ["an empty Dataset", blobs(6).slice(3, 3), "DataError", "at least one row", "got none"],
];

const doors: [door: string, open: (model: Sequential, data: never) => unknown][] = [
  ["fit", (model, data) => model.fit(data)],
  ["fit's validationData", (model, data) => model.fit(blobs(9), { validationData: data })],
  ["trainOnBatch", (model, data) => model.trainOnBatch(data)],
  ["evaluate", (model, data) => model.evaluate(data)],
  ["trace", (model, data) => model.trace(data)],
];

for (const [door, open] of doors) {
  const refusals = bad.filter(([, data]) => !(door.startsWith("fit's") && data === undefined));
  describeRefusals(
    door,
    refusals.map(([what, data, error, ...says]) => [what, error, says, (model) => open(model, data as never)]),
  );
}

/** Fits a model of another loss: `outputs` outputs after `activation`. */
const other =
  (loss: CompileOptions["loss"], outputs: number, activation: "softmax" | "sigmoid" | "linear", targets: unknown) =>
  async () => {
    const layers = [dense({ units: outputs, activation })];
    const model = await classifier({ layers, loss, metrics: [] });
    await model.fit({ x, y: targets as never });
  };

describeRefusals("targets of other losses", [
  [
    "labels for one-hot",
    "ShapeError",
    ["y", "one target per class", "one number per row", "sparseCategoricalCrossentropy"],
    other("categoricalCrossentropy", 3, "softmax", y),
  ],
  [
    "too many classes",
    "ShapeError",
    ["y", "expected 3 targets per row", "got 4"],
    other(
      "categoricalCrossentropy",
      3,
      "softmax",
      x.map(() => [1, 0, 0, 0]),
    ),
  ],
  [
    "label rows of one",
    "ShapeError",
    ["y", "expected 3 targets per row", "got 1", "sparseCategoricalCrossentropy"],
    other("categoricalCrossentropy", 3, "softmax", [[0], [1], [2]]),
  ],
  [
    "a probability of 2",
    "DataError",
    ["y: row 1", "from 0 to 1", "got 2"],
    other("categoricalCrossentropy", 2, "softmax", [
      [1, 0],
      [2, 0],
      [0, 1],
    ]),
  ],
  [
    "a class -1",
    "DataError",
    ["y: row 2", "from 0 to 1", "got -1"],
    other("binaryCrossentropy", 1, "sigmoid", [0, 1, -1]),
  ],
  [
    "two columns for one output",
    "ShapeError",
    ["y", "expected 1 target per row", "got 2"],
    other("binaryCrossentropy", 1, "sigmoid", [
      [1, 0],
      [0, 1],
      [0, 1],
    ]),
  ],
  ["one column for two outputs", "ShapeError", ["y", "expected"], other("meanSquaredError", 2, "linear", [1, 2, 3])],
  [
    "class weights without classes",
    "OptionError",
    ["fit: classWeight", "meanSquaredError", "no classes"],
    async () => {
      const model = await classifier({ layers: [dense({ units: 1 })], loss: "meanSquaredError", metrics: [] });
      await model.fit({ x, y }, { classWeight: { 0: 2 } });
    },
  ],
]);

const predict = (value: unknown, error: ErrorName, ...says: string[]): Refusal => [
  `${says[says.length - 1]}`,
  error,
  ["predict: x", ...says],
  (model) => model.predict(value as never),
];

describeRefusals("predict", [
  predict(undefined, "DataError", "number[][]", "got undefined"),
  predict(null, "DataError", "number[][]", "got null"),
  predict("1,2", "DataError", "number[][]", 'got "1,2"'),
  predict({ x }, "DataError", "number[][]", "got an object"),
  predict(blobs(3), "DataError", "number[][]", "got an object"),
  predict([], "DataError", "at least one row", "got none"),
  predict(new Float32Array(), "DataError", "at least one row", "got none"),
  predict([[1]], "ShapeError", "row 0: expected [2]", "got 1 value"),
  predict(
    [
      [1, 2],
      [1, 2, 3],
    ],
    "ShapeError",
    "row 1: expected [2]",
    "got 3 values",
  ),
  predict([1, 2, 3], "ShapeError", "expected [*, 2]", "got 3 values"),
  predict([[1, Number.NaN]], "DataError", "row 0, column 1", "got NaN"),
  predict([Float32Array.of(1, Number.NaN)], "DataError", "row 0, column 1", "got NaN"),
  predict([[1, "2"]], "DataError", "row 0, column 1", 'got "2"'),
  predict(Float64Array.of(1, 1e300), "DataError", "row 0, column 1", "finite number"),
]);

type Weights = { name?: unknown; shape?: unknown; data?: unknown }[];
const setWeights = (what: string, error: ErrorName, says: string[], change: (weights: Weights) => unknown): Refusal => [
  what,
  error,
  ["setWeights", ...says],
  (model) => model.setWeights(change(model.getWeights()) as never),
];
/** Changes the second weight, dense_1/bias [8]. */
const bias = (change: object) => (weights: Weights) => weights.map((w, i) => (i === 1 ? { ...w, ...change } : w));

describeRefusals("setWeights", [
  setWeights("nothing", "OptionError", ["getWeights()", "undefined"], () => undefined),
  setWeights("an object", "OptionError", ["getWeights()", "an object"], (weights) => ({ ...weights })),
  setWeights("a slab", "OptionError", ["getWeights()", "a Float32Array"], () => new Float32Array(51)),
  setWeights("none", "ShapeError", ["expected 4 weights", "got 0"], () => []),
  setWeights("one short", "ShapeError", ["expected 4 weights", "dense_2/bias", "got 3"], (weights) => weights.slice(1)),
  setWeights("one more", "ShapeError", ["expected 4 weights", "got 5"], (weights) => [...weights, weights[0]]),
  setWeights("another order", "OptionError", ["expected dense_1/kernel at place 0", '"dense_2/bias"'], (weights) =>
    weights.reverse(),
  ),
  setWeights("another name", "OptionError", ["expected dense_1/bias at place 1", '"b"'], bias({ name: "b" })),
  setWeights("null within", "OptionError", ["dense_1/bias at place 1", "undefined"], (weights) => [
    weights[0],
    null,
    weights[2],
    weights[3],
  ]),
  setWeights("a hole within", "OptionError", ["dense_1/bias at place 1", "undefined"], (weights) =>
    Object.assign(new Array(4), { 0: weights[0] }),
  ),
  setWeights("another shape", "ShapeError", ["dense_1/bias: expected [8]", "got [9]"], bias({ shape: [9] })),
  setWeights("a transposed kernel", "ShapeError", ["dense_1/kernel: expected [2, 8]", "got [8, 2]"], (weights) => [
    { ...weights[0], shape: [8, 2] },
    ...weights.slice(1),
  ]),
  setWeights("no shape", "ShapeError", ["dense_1/bias: expected [8]", "undefined"], bias({ shape: undefined })),
  setWeights(
    "a shape of symbols",
    "ShapeError",
    ["dense_1/bias: expected [8]", "a symbol"],
    bias({ shape: [Symbol("8")] }),
  ),
  setWeights(
    "too few values",
    "ShapeError",
    ["dense_1/bias: expected [8]", "7 values"],
    bias({ data: new Float32Array(7) }),
  ),
  setWeights("no values", "ShapeError", ["dense_1/bias: expected [8]", "0 values"], bias({ data: undefined })),
  setWeights("values null", "ShapeError", ["dense_1/bias: expected [8]", "0 values"], bias({ data: null })),
  setWeights("values as text", "DataError", ["dense_1/bias", '"12345678"'], bias({ data: "12345678" })),
  setWeights(
    "NaN",
    "DataError",
    ["dense_1/bias[2]", "finite", "got NaN"],
    bias({ data: [0, 0, Number.NaN, 0, 0, 0, 0, 0] }),
  ),
  setWeights(
    "Infinity",
    "DataError",
    ["dense_1/bias[7]", "finite", "got Infinity"],
    bias({ data: [0, 0, 0, 0, 0, 0, 0, 1 / 0] }),
  ),
  setWeights(
    "beyond float32",
    "DataError",
    ["dense_1/bias[0]", "finite", "got 1e+39"],
    bias({ data: [1e39, 0, 0, 0, 0, 0, 0, 0] }),
  ),
  setWeights("texts", "DataError", ["dense_1/bias[0]", "finite", 'got "1"'], bias({ data: "12345678".split("") })),
  setWeights("bigints", "DataError", ["dense_1/bias[0]", "finite", "got 0n"], bias({ data: new BigInt64Array(8) })),
  setWeights("holes", "DataError", ["dense_1/bias[0]", "finite", "got undefined"], bias({ data: new Array(8) })),
]);
