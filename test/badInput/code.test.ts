// The doors of code without dependencies, of compact files and of quantized models.
import { expect, it } from "vitest";
import type { JsonObject } from "../../src/base/json.js";
import { dense, layerNormalization, prelu, Sequential, softmax } from "../../src/index.js";
import * as code from "../../src/interop/code/index.js";
import { compact } from "../../src/interop/compact/index.js";
import * as quantized from "../../src/interop/quantized/index.js";
import { withAttachment } from "../../src/model/attachment.js";
import { checkRefusal, refusalOf } from "./refusals.js";

const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })] });
const int8 = { weights: "int8" };
const largeLayer = dense({ units: 1, kernelInitializer: { type: "constant", value: 1e5 } });
const large = await Sequential.create({ inputShape: [1], layers: [largeLayer] });
/** The file of a model that is a part of something else. */
const owned = (attachment: JsonObject) => withAttachment("test", model.save(), attachment);
const thin = await Sequential.create({ inputShape: [2], layers: [prelu()] });
const yesOrNo = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1, activation: "sigmoid" })] });
const grouped = await Sequential.create({ inputShape: [2], layers: [layerNormalization(), dense({ units: 1 })] });
const masked = await Sequential.create({
  inputShape: [2],
  layers: [dense({ units: 2 }), softmax({ mask: [true, false] })],
});
const rows = { calibration: [[1, 2]] };
const small = await quantized.quantize(model, rows);
/** Bytes of a quantized model whose ranges are others. */
const ranges = (inputs: unknown) => owned({ quantized: { inputs } } as JsonObject);
const calls = {
  ...code,
  compact,
  ...quantized,
  "small.predict": (...args: [never]) => small.predict(...args),
  "small.predictInto": (...args: [never, never]) => small.predictInto(...args),
  "small.predictClasses": (...args: [never]) => small.predictClasses(...args),
  async disposed() {
    const own = await quantized.quantize(model, rows);
    own.dispose();
    own.predict([[1, 2]]);
  },
} as unknown as Readonly<Record<string, (...args: unknown[]) => unknown>>;

type Refusal = [what: string, error: Parameters<typeof checkRefusal>[1], says: string[], args: unknown[]];

const sources: Refusal[] = [
  ["nothing", "OptionError", ["expected a model, or the bytes of its save(), got undefined"], [undefined]],
  ["null", "OptionError", ["got null"], [null]],
  ["a path", "OptionError", ["expected a model", '"model.simdgrad"'], ["model.simdgrad"]],
  ["an empty object", "OptionError", ["expected a model, or the bytes of its save(), got an object"], [{}]],
  ["layers alone", "OptionError", ["{ inputShape, layers, notes, … }"], [{ layers: [] }]],
  ["bytes of another file", "FormatError", ["the header is not JSON"], [new Uint8Array(40)]],
];

const ofAll: [name: string, ...Refusal][] = ["exportModule", "exportC", "exportPage", "quantizationReport"].flatMap(
  (name) =>
    sources.map(([what, error, says, args]): [string, ...Refusal] => {
      return [
        name,
        what,
        error,
        [`${name}: `, ...says],
        name === "quantizationReport" ? [...args, { x: [[1, 2]] }] : args,
      ];
    }),
);

const own: [name: string, ...Refusal][] = [
  ["exportModule", "a surplus argument", "OptionError", ["exportModule"], [model, {}, 1]],
  ["exportModule", "an unknown option", "OptionError", ['unknown option "onWarn"'], [model, { onWarn: () => {} }]],
  [
    "exportModule",
    "a warning that is text",
    "OptionError",
    ["onWarning: expected a function"],
    [model, { onWarning: "a" }],
  ],
  ["exportC", "a surplus argument", "OptionError", ["exportC"], [model, {}, 1]],
  ["exportC", "options that are text", "OptionError", ["exportC", '"net"'], [model, "net"]],
  ["exportC", "an unknown option", "OptionError", ['"prefx"', 'mean "prefix"?'], [model, { prefx: "a" }]],
  ["exportC", "a prefix with a blank", "OptionError", ["prefix: expected a name of C"], [model, { prefix: "a b" }]],
  ["exportC", "a prefix that is a number", "OptionError", ["prefix", "got 3"], [model, { prefix: 3 }]],
  ["exportC", "an empty prefix", "OptionError", ["prefix", 'such as "net"'], [model, { prefix: "" }]],
  ["exportPage", "an unknown option", "OptionError", ['"titel"', 'mean "title"?'], [model, { titel: "a" }]],
  ["exportPage", "a title that is a number", "OptionError", ["title: expected text, got 1"], [model, { title: 1 }]],
  [
    "exportPage",
    "a pad that is text",
    "OptionError",
    ["pad: expected { width, height } or null"],
    [model, { pad: "x" }],
  ],
  ["exportPage", "a pad without height", "OptionError", ["pad: height"], [model, { pad: { width: 2 } }]],
  ["exportPage", "a pad of half a pixel", "OptionError", ["pad: width"], [model, { pad: { width: 0.5, height: 4 } }]],
  [
    "exportPage",
    "a pad of another size",
    "OptionError",
    ["width · height = 2", "got 3 · 1"],
    [model, { pad: { width: 3, height: 1 } }],
  ],
  [
    "exportPage",
    "a pad with an unknown option",
    "OptionError",
    ['"depth"'],
    [model, { pad: { width: 2, height: 1, depth: 1 } }],
  ],
  [
    "exportPage",
    "a maximum of 0",
    "OptionError",
    ["pad: maximum"],
    [model, { pad: { width: 2, height: 1, maximum: 0 } }],
  ],
  ["exportPage", "a center of 1", "OptionError", ["pad: center"], [model, { pad: { width: 2, height: 1, center: 1 } }]],
  ["exportC", "an unknown kind of weights", "OptionError", ['mean "int8"?'], [model, { weights: "int9" }]],
  ["exportC", "calibration for float32", "OptionError", ['Add weights: "int8"'], [model, { calibration: [[1, 2]] }]],
  [
    "exportC",
    "calibration rows of 3",
    "ShapeError",
    ["exportC: calibration"],
    [model, { weights: "int8", calibration: [[1, 2, 3]] }],
  ],
  [
    "exportC",
    "calibration with NaN",
    "DataError",
    ["calibration"],
    [model, { weights: "int8", calibration: [[1, Number.NaN]] }],
  ],
  [
    "exportC",
    "no calibration rows",
    "DataError",
    ["at least one row"],
    [model, { weights: "int8", calibration: new Float32Array(0) }],
  ],
  ["exportC", "int8 without a dense layer", "OptionError", ["has none", "float32"], [thin, { weights: "int8" }]],
  ["quantizationReport", "no rows", "OptionError", ["options"], [model]],
  ["quantizationReport", "an unknown option", "OptionError", ['"rows"'], [model, { rows: 1 }]],
  ["quantizationReport", "rows of 3", "ShapeError", ["quantizationReport: x"], [model, { x: [[1, 2, 3]] }]],
  ["quantizationReport", "an empty list", "DataError", ["at least one row"], [model, { x: new Float32Array(0) }]],
  ["quantizationReport", "classes for numbers", "OptionError", ["Leave it out"], [model, { x: [[1, 2]], y: [0] }]],
  [
    "quantizationReport",
    "too few classes",
    "ShapeError",
    ["expected 2 classes", "got 1"],
    [
      yesOrNo,
      {
        x: [
          [1, 2],
          [3, 4],
        ],
        y: [0],
      },
    ],
  ],
  ["compact", "null", "OptionError", ["compact: expected a model, or the bytes of its save(), got null"], [null, int8]],
  ["compact", "a path", "OptionError", ["compact: expected a model", '"a.simdgrad"'], ["a.simdgrad", int8]],
  ["compact", "bytes of another file", "FormatError", ["compact: the header"], [new Uint8Array(40), int8]],
  ["compact", "no options", "OptionError", ["options"], [model]],
  ["compact", "no kind of weights", "OptionError", ["weights", '"float16", "int8"'], [model, {}]],
  ["compact", "an unknown kind of weights", "OptionError", ['mean "float16"?'], [model, { weights: "float61" }]],
  ["compact", "a name instead of options", "OptionError", ["compact"], [model, "float16"]],
  ["compact", "an unknown option", "OptionError", ['"optimiser"'], [model, { ...int8, optimiser: false }]],
  [
    "compact",
    "a weight beyond float16",
    "OptionError",
    ["dense_1/kernel", "65504", '"int8"'],
    [large, { weights: "float16" }],
  ],
  ["quantize", "nothing", "OptionError", ["options"], []],
  ["quantize", "a path", "OptionError", ["quantize: expected a model", '"a.simdgrad"'], ["a.simdgrad", rows]],
  ["quantize", "bytes of another file", "FormatError", ["quantize: the header"], [new Uint8Array(40), rows]],
  ["quantize", "no calibration", "DataError", ["quantize: calibration: expected number[][]"], [model, {}]],
  ["quantize", "an unknown option", "OptionError", ['"x"'], [model, { ...rows, x: 1 }]],
  ["quantize", "a surplus argument", "OptionError", ["quantize"], [model, rows, 1]],
  ["quantize", "rows of 3", "ShapeError", ["quantize: calibration"], [model, { calibration: [[1, 2, 3]] }]],
  ["quantize", "NaN", "DataError", ["quantize: calibration"], [model, { calibration: [[1, Number.NaN]] }]],
  ["quantize", "no rows", "DataError", ["at least one row"], [model, { calibration: new Float32Array(0) }]],
  ["quantize", "no dense layer", "OptionError", ["quantize", "has none"], [thin, rows]],
  ["quantize", "an unfit layer", "OptionError", ["layerNormalization_1: layerNormalization has no"], [grouped, rows]],
  ["quantize", "a masked softmax", "OptionError", ["softmax_1: softmax has no int8 form"], [masked, rows]],
  ["quantize", "a pipeline", "OptionError", ["EstimatorPipeline"], [owned({ estimator: "EstimatorPipeline" }), rows]],
  ["quantize", "a table model", "FormatError", ["The file was altered"], [owned({ tableModel: 1 }), rows]],
  ["loadQuantized", "nothing", "FormatError", ["bytes of a model file"], []],
  ["loadQuantized", "a surplus argument", "OptionError", ["loadQuantized"], [small.save(), {}]],
  ["loadQuantized", "a model", "FormatError", ["not quantized", "call quantize"], [model.save()]],
  ["loadQuantized", "a part of a file", "FormatError", ["truncated"], [small.save().subarray(0, 300)]],
  ["loadQuantized", "no ranges", "FormatError", ["ranges of 1 dense layer"], [ranges(null)]],
  [
    "loadQuantized",
    "too many ranges",
    "FormatError",
    ["ranges of 1 dense layer"],
    [
      ranges([
        [0, 1],
        [0, 1],
      ]),
    ],
  ],
  ["loadQuantized", "a range without 0", "FormatError", ["ranges of 1 dense layer"], [ranges([[1, 2]])]],
  ["loadQuantized", "a range of text", "FormatError", ["ranges of 1 dense layer"], [ranges([["0", "1"]])]],
  ["small.predict", "nothing", "DataError", ["predict: x: expected number[][]"], []],
  ["small.predict", "rows of 3", "ShapeError", ["predict: x"], [[[1, 2, 3]]]],
  ["small.predict", "NaN", "DataError", ["predict: x: row 0, column 1"], [Float32Array.of(1, Number.NaN)]],
  ["small.predict", "no rows", "DataError", ["at least one row"], [new Float32Array(0)]],
  ["small.predict", "a surplus argument", "OptionError", ["predict"], [[[1, 2]], {}]],
  ["small.predictInto", "no array", "DataError", ["out: expected a Float32Array"], [[[1, 2]]]],
  ["small.predictInto", "a short array", "ShapeError", ["expected length 1"], [[[1, 2]], new Float32Array(0)]],
  ["small.predictClasses", "a model of numbers", "OptionError", ["not classes"], [[[1, 2]]]],
  ["disposed", "a prediction", "OptionError", ["predict: this model was disposed of"], []],
  ["exportModule", "half a table model", "FormatError", ["The file was altered"], [owned({ tableModel: 1 })]],
  ["exportPage", "half a table model", "FormatError", ["The file was altered"], [owned({ tableModel: 1 })]],
  [
    "exportC",
    "a pipeline",
    "OptionError",
    ["EstimatorPipeline", "estimator.model"],
    [owned({ estimator: "EstimatorPipeline" })],
  ],
  [
    "exportC",
    "a transformed target",
    "OptionError",
    ["transformers"],
    [owned({ estimator: "TransformedTargetRegressor" })],
  ],
];

it.each([...ofAll, ...own])("%s: %s", async (name, _, error, says, args) => {
  const before = model.save();
  checkRefusal(await refusalOf(() => calls[name](...args)), error, says);
  expect(model.save()).toEqual(before);
});
