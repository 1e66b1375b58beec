// The doors of transformers, pipelines and column transformers, and JSON that is not theirs.
import {
  binarizer,
  columnTransformer,
  Dataset,
  kBinsDiscretizer,
  knnImputer,
  LabelBinarizer,
  labelBinarizer,
  MultiLabelBinarizer,
  maxAbsScaler,
  minMaxScaler,
  multiLabelBinarizer,
  normalizer,
  oneHotEncoder,
  ordinalEncoder,
  polynomialFeatures,
  powerTransformer,
  quantileTransformer,
  robustScaler,
  simpleImputer,
  standardScaler,
  transformerFromConfig,
  transformerFromJSON,
  transformerPipeline,
} from "../../src/index.js";
import { describeRefusals, type Refusal } from "./refusals.js";

const rows = [
  [1, 2],
  [3, 5],
  [4, 9],
];

/** Transformers of numbers that do not take what is missing. */
const whole = { normalizer, binarizer, polynomialFeatures, kBinsDiscretizer };
const numeric = { ...whole, powerTransformer, quantileTransformer, knnImputer, maxAbsScaler };

describeRefusals(
  "transformers of numbers",
  Object.entries(numeric).flatMap(([name, make]): Refusal[] => [
    [`${name}: transform before fit`, "OptionError", [name, "fit(data) first"], () => make().transform(rows)],
    [`${name}: toJSON before fit`, "OptionError", [name, "fit(data) first"], () => JSON.stringify(make())],
    [
      `${name}: infinity`,
      "DataError",
      [`${name}.fit`, "row 1, column 0", "Infinity"],
      () => make().fit([[1], [Infinity]]),
    ],
    [`${name}: text`, "DataError", [`${name}.fit`, "row 0, column 1", '"2"'], () => make().fit([[1, "2"]] as never)],
    [`${name}: no rows`, "DataError", [`${name}.fit`, "at least one row"], () => make().fit([])],
    [`${name}: nothing`, "DataError", [`${name}.fit`, "undefined"], () => make().fit(undefined as never)],
    [
      `${name}: other columns`,
      "ShapeError",
      [`${name}.transform`, "expected 2", "got 3"],
      () =>
        make()
          .fit(rows)
          .transform([[1, 2, 3]]),
    ],
    [
      `${name}: a Dataset of other columns`,
      "ShapeError",
      [`${name}.transform`, "expected 2 columns", "Dataset of 1"],
      () =>
        make()
          .fit(rows)
          .transform(Dataset.from({ x: [[1]], y: [1] })),
    ],
    [
      `${name}: an unknown option`,
      "OptionError",
      [name, '"colour"'],
      () => transformerFromConfig({ type: name, options: { colour: 1 } }),
    ],
    [
      `${name}: an unknown option of fit`,
      "OptionError",
      [`${name}.fit`, '"y"'],
      () => make().fit(rows, { y: 1 } as never),
    ],
    [
      `${name}: names of other columns`,
      "ShapeError",
      [`${name}.featureNames`, "expected 2 names"],
      () => make().fit(rows).featureNames(["a"]),
    ],
  ]),
);

describeRefusals(
  "what may not be missing",
  Object.entries(whole).flatMap(([name, make]): Refusal[] => [
    [
      `${name}: fit`,
      "DataError",
      [`${name}.fit`, "row 1, column 0", "NaN", "simpleImputer"],
      () => make().fit([[1], [null]]),
    ],
    [
      `${name}: transform`,
      "DataError",
      [`${name}.transform`, "row 0, column 1", "NaN"],
      () =>
        make()
          .fit(rows)
          .transform([[1, Number.NaN]]),
    ],
  ]),
);

const power = powerTransformer({ method: "boxCox" }).fit(rows);
const bins = kBinsDiscretizer({ encode: "ordinal", nBins: 2 }).fit(rows);
const oneHotBins = kBinsDiscretizer({ nBins: 2 }).fit(rows);

describeRefusals("values and options of transformers of numbers", [
  ["a norm", "OptionError", ["normalizer: norm", '"l3"', "l2"], () => normalizer({ norm: "l3" as never })],
  ["a threshold", "OptionError", ["binarizer: threshold", '"0"'], () => binarizer({ threshold: "0" as never })],
  [
    "boxCox of 0",
    "DataError",
    ["powerTransformer.fit: row 1, column 0", "above 0, got 0", "yeoJohnson"],
    () => powerTransformer({ method: "boxCox" }).fit([[1], [0]]),
  ],
  ["boxCox of a negative", "DataError", ["transform: row 0, column 1", "got -3"], () => power.transform([[1, -3]])],
  [
    "times, which no power can tell apart",
    "DataError",
    ["powerTransformer.fit: column 1", "too close together", "Scale them first: standardScaler()"],
    () => powerTransformer().fit([0, 1, 5, 86400].map((seconds) => [seconds, 1.7e12 + 1000 * seconds])),
  ],
  ["a method", "OptionError", ["method", 'mean "boxCox"'], () => powerTransformer({ method: "box-cox" as never })],
  ["a column of nothing", "DataError", ["column 1", "got none"], () => powerTransformer().fit([[1, null]])],
  ["quantiles of nothing", "DataError", ["column 0", "got none"], () => quantileTransformer().fit([[null]])],
  ["no quantiles", "OptionError", ["nQuantiles", ">= 1"], () => quantileTransformer({ nQuantiles: 0 })],
  ["half a quantile", "OptionError", ["nQuantiles", "integer"], () => quantileTransformer({ nQuantiles: 1.5 })],
  [
    "a distribution",
    "OptionError",
    ["outputDistribution", 'mean "normal"'],
    () => quantileTransformer({ outputDistribution: "Normal" as never }),
  ],
  ["a sample of 0", "OptionError", ["subsample", ">= 1"], () => quantileTransformer({ subsample: 0 })],
  ["a seed", "OptionError", ["seed", ">= 0"], () => quantileTransformer({ seed: -1 })],
  ["one bin", "OptionError", ["nBins", ">= 2"], () => kBinsDiscretizer({ nBins: 1 })],
  ["bins of a column", "OptionError", ["nBins: column 1", "integer"], () => kBinsDiscretizer({ nBins: [2, 2.5] })],
  ["bins of no column", "OptionError", ["nBins", "[]"], () => kBinsDiscretizer({ nBins: [] })],
  [
    "bins of other columns",
    "ShapeError",
    ["expected 3 columns", "got 2"],
    () => kBinsDiscretizer({ nBins: [2, 3, 4] }).fit(rows),
  ],
  [
    "a method of quantiles",
    "OptionError",
    ["quantileMethod", 'mean "averagedInvertedCdf"'],
    () => kBinsDiscretizer({ quantileMethod: "averaged_inverted_cdf" as never }),
  ],
  ["an encoding", "OptionError", ["encode", 'mean "onehot"'], () => kBinsDiscretizer({ encode: "one-hot" as never })],
  [
    "a strategy",
    "OptionError",
    ["strategy", 'mean "kmeans"'],
    () => kBinsDiscretizer({ strategy: "k-means" as never }),
  ],
  [
    "a bin that is not there",
    "DataError",
    ["inverseTransform: row 0, column 1", "0 to 1, got 2"],
    () => bins.inverseTransform([[0, 2]]),
  ],
  ["half a bin", "DataError", ["row 0, column 0", "got 0.5"], () => bins.inverseTransform([[0.5, 1]])],
  ["bins of other width", "ShapeError", ["expected 4"], () => oneHotBins.inverseTransform([[0, 1]])],
  ["a degree", "OptionError", ["degree", "integer"], () => polynomialFeatures({ degree: 1.5 })],
  ["degrees upside down", "OptionError", ["degree: most", ">= 3"], () => polynomialFeatures({ degree: [3, 2] })],
  [
    "degrees as text",
    "OptionError",
    ["degree", '"2"', "[least, most]"],
    () => polynomialFeatures({ degree: "2" as never }),
  ],
  [
    "products of nothing",
    "OptionError",
    ["degree", "got none", "includeBias"],
    () => polynomialFeatures({ degree: 0, includeBias: false }).fit(rows),
  ],
  [
    "too many products",
    "OptionError",
    ["at most 1048576 products", "Lower the degree"],
    () => polynomialFeatures({ degree: 8 }).fit([new Float64Array(40)]),
  ],
  ["no neighbours", "OptionError", ["nNeighbors", ">= 1"], () => knnImputer({ nNeighbors: 0 })],
  ["a weighing", "OptionError", ["weights", 'mean "distance"'], () => knnImputer({ weights: "distances" as never })],
  ["neighbours of nothing", "DataError", ["column 1", "got none", "Drop"], () => knnImputer().fit([[1, null]])],
]);

describeRefusals("weights and portions of scalers", [
  [
    "other weights",
    "ShapeError",
    ["sampleWeight: expected 3, one per row, got 2"],
    () => standardScaler().fit(rows, { sampleWeight: [1, 2] }),
  ],
  [
    "a negative weight",
    "DataError",
    ["sampleWeight: row 1", ">= 0, got -1"],
    () => standardScaler().fit(rows, { sampleWeight: [1, -1, 2] }),
  ],
  [
    "a weight that is NaN",
    "DataError",
    ["row 2", "NaN"],
    () => standardScaler().fit(rows, { sampleWeight: [1, 1, Number.NaN] }),
  ],
  [
    "no weight at all",
    "DataError",
    ["at least one weight above 0"],
    () => standardScaler().fit(rows, { sampleWeight: [0, 0, 0] }),
  ],
  [
    "weights as a number",
    "DataError",
    ["sampleWeight", "got 2"],
    () => standardScaler().fit(rows, { sampleWeight: 2 as never }),
  ],
  [
    "weights that do nothing",
    "OptionError",
    ["minMaxScaler.fit: sampleWeight has no effect"],
    () => minMaxScaler().fit(rows, { sampleWeight: [1, 1, 1] }),
  ],
  [
    "a column that counts for nothing",
    "DataError",
    ["column 0", "got none"],
    () => standardScaler().fit([[null], [1]], { sampleWeight: [1, 0] }),
  ],
  [
    "portions of a median",
    "OptionError",
    ["robustScaler.partialFit", "all rows at once"],
    () => robustScaler().partialFit(rows),
  ],
  [
    "portions of other columns",
    "ShapeError",
    ["expected 2"],
    () =>
      standardScaler()
        .partialFit(rows)
        .partialFit([[1]]),
  ],
  [
    "portions of other features",
    "ShapeError",
    ["expected 2"],
    () => standardScaler().partialFit(rows).partialFit(new Float64Array(6), { features: 3 }),
  ],
  [
    "options of maxAbsScaler",
    "OptionError",
    ["maxAbsScaler", "0 arguments"],
    () => (maxAbsScaler as (options: object) => unknown)({}),
  ],
]);

const cells = [["a"], ["b"]];
const binary = labelBinarizer().fit(["no", "yes"]);
const sets = multiLabelBinarizer().fit([["a"], ["b", "c"]]);

describeRefusals("encoders", [
  ["ordinal before fit", "OptionError", ["ordinalEncoder", "fit(rows) first"], () => ordinalEncoder().transform(cells)],
  [
    "ordinal of an unknown",
    "DataError",
    ["row 0, column 0", '"mauve"', "useEncodedValue"],
    () =>
      ordinalEncoder()
        .fit(cells)
        .transform([["mauve"]]),
  ],
  [
    "ordinal of a near one",
    "DataError",
    ['mean "red"'],
    () =>
      ordinalEncoder()
        .fit([["red"], ["blue"]])
        .transform([["Red"]]),
  ],
  [
    "ordinal of missing",
    "DataError",
    ["row 0, column 0", "null"],
    () =>
      ordinalEncoder()
        .fit(cells)
        .transform([[null]]),
  ],
  [
    "ordinal of mixed types",
    "DataError",
    ["column 0: row 1", "a string", "got 1"],
    () => ordinalEncoder().fit([["a"], [1]]),
  ],
  [
    "ordinal of other columns",
    "ShapeError",
    ["expected 1"],
    () =>
      ordinalEncoder()
        .fit(cells)
        .transform([["a", "b"]]),
  ],
  [
    "an unknown value of a category",
    "OptionError",
    ["unknownValue: 1 is the number of a category"],
    () => ordinalEncoder({ handleUnknown: "useEncodedValue", unknownValue: 1 }).fit(cells),
  ],
  [
    "an unknown value without use",
    "OptionError",
    ["unknownValue has no effect"],
    () => ordinalEncoder({ unknownValue: -1 }),
  ],
  [
    "a missing value of a category",
    "OptionError",
    ["encodedMissingValue: 0"],
    () => ordinalEncoder({ encodedMissingValue: 0 }).fit([["a"], [null]]),
  ],
  [
    "an infinite value",
    "OptionError",
    ["encodedMissingValue", "Infinity"],
    () => ordinalEncoder({ encodedMissingValue: Infinity }),
  ],
  [
    "an invalid code",
    "DataError",
    ["row 0, column 0", "0 to 1, got 2"],
    () =>
      ordinalEncoder()
        .fit(cells)
        .inverseTransform([[2]]),
  ],
  [
    "given categories twice",
    "OptionError",
    ["categories: column 0"],
    () => ordinalEncoder({ categories: [["a", "a"]] }),
  ],
  [
    "given categories of two types",
    "OptionError",
    ["categories: column 0", "one type"],
    () => oneHotEncoder({ categories: [["a", 1]] }),
  ],
  [
    "given categories of other columns",
    "ShapeError",
    ["expected 2 columns", "got 1"],
    () => oneHotEncoder({ categories: [["a"], ["b"]] }).fit(cells),
  ],
  [
    "a cell that was not given",
    "DataError",
    ["column 0: row 1", '"b"'],
    () => oneHotEncoder({ categories: [["a", "c"]] }).fit(cells),
  ],
  ["a frequency of 0", "OptionError", ["minFrequency", "> 0"], () => oneHotEncoder({ minFrequency: 0 })],
  [
    "a frequency between",
    "OptionError",
    ["minFrequency", "integer", "1.5"],
    () => oneHotEncoder({ minFrequency: 1.5 }),
  ],
  ["no categories", "OptionError", ["maxCategories", ">= 1"], () => oneHotEncoder({ maxCategories: 0 })],
  [
    "how to take missing",
    "OptionError",
    ["missing", 'mean "category"'],
    () => oneHotEncoder({ missing: "categories" as never }),
  ],
  [
    "an unknown missing cell",
    "DataError",
    ["row 0, column 0", "null"],
    () =>
      oneHotEncoder({ missing: "category" })
        .fit(cells)
        .transform([[null]]),
  ],
  [
    "labels before fit",
    "OptionError",
    ["labelBinarizer", "fit(labels) first"],
    () => labelBinarizer().transform(["a"]),
  ],
  ["an unknown label", "DataError", ["row 1", '"yess"', 'mean "yes"'], () => binary.transform(["no", "yess"])],
  ["a label that is missing", "DataError", ["row 1", "null"], () => labelBinarizer().fit(["a", null as never])],
  ["negLabel above posLabel", "OptionError", ["negLabel", "< 1, got 2"], () => labelBinarizer({ negLabel: 2 })],
  ["binary rows of two", "ShapeError", ["expected 1"], () => binary.inverseTransform([[0, 1]])],
  ["binary rows of NaN", "DataError", ["row 0, column 0", "NaN"], () => binary.inverseTransform([[Number.NaN]])],
  [
    "sets before fit",
    "OptionError",
    ["multiLabelBinarizer", "fit(sets) first"],
    () => multiLabelBinarizer().transform([["a"]]),
  ],
  ["text for a set", "DataError", ["row 0", "a list or a Set", '"ab"'], () => multiLabelBinarizer().fit(["ab"])],
  ["an unknown label of a set", "DataError", ["row 0", '"mauve"', "ignore"], () => sets.transform([["a", "mauve"]])],
  ["labels of two types", "DataError", ["a string", "got 1"], () => multiLabelBinarizer().fit([["a", 1]])],
  ["sets of nothing", "DataError", ["at least one label"], () => multiLabelBinarizer().fit([[], []])],
  [
    "probabilities for sets",
    "DataError",
    ["row 0, column 1", "0 or 1, got 0.5", "binarizer"],
    () => sets.inverseTransform([[0, 0.5, 1]]),
  ],
]);

const scaling = transformerPipeline([standardScaler()]);
const named = [
  { a: 1, b: "x" },
  { a: 2, b: "y" },
];
const byName = columnTransformer([[standardScaler(), ["a"]]]).fit(named);

describeRefusals("transformerPipeline and columnTransformer", [
  ["no steps", "OptionError", ["transformerPipeline", "at least one transformer", "[]"], () => transformerPipeline([])],
  [
    "steps side by side",
    "OptionError",
    ["transformerPipeline", "list"],
    () => transformerPipeline(standardScaler() as never),
  ],
  [
    "a factory for a step",
    "OptionError",
    ["step 1", "standardScaler()", "a function"],
    () => transformerPipeline([standardScaler(), minMaxScaler as never]),
  ],
  [
    "text for a step",
    "OptionError",
    ["step 0", '"standardScaler"'],
    () => transformerPipeline(["standardScaler" as never]),
  ],
  ["a labelEncoder for a step", "OptionError", ["step 0", "an object"], () => transformerPipeline([sets as never])],
  [
    "a step of three",
    "OptionError",
    ["step 0", "[name, step]"],
    () => transformerPipeline([["a", standardScaler(), 1] as never]),
  ],
  [
    "a name twice",
    "OptionError",
    ["different names", '"a" twice'],
    () =>
      transformerPipeline([
        ["a", standardScaler()],
        ["a", minMaxScaler()],
      ]),
  ],
  [
    "a name with a dot",
    "OptionError",
    ["without dots", '"a.b"'],
    () => transformerPipeline([["a.b", standardScaler()]]),
  ],
  [
    "an unknown type",
    "OptionError",
    ["such as standardScaler()", '"scaler"'],
    () => transformerFromConfig({ type: "scaler", options: {} }),
  ],
  [
    "a type of Object.prototype",
    "OptionError",
    ['"constructor"'],
    () => transformerFromConfig({ type: "constructor", options: {} }),
  ],
  [
    "an option of a step",
    "OptionError",
    ["step 0", "standardScaler", '"withmean"'],
    () => transformerPipeline([{ type: "standardScaler", options: { withmean: true } }]),
  ],
  ["transform before fit", "OptionError", ["transformerPipeline", "fit(rows) first"], () => scaling.transform(rows)],
  [
    "a step that fails",
    "DataError",
    ['transformerPipeline.fit: "standardScaler": standardScaler.fit: row 0, column 0'],
    () => transformerPipeline([standardScaler()]).fit([["a"]]),
  ],
  [
    "an invalid way back",
    "OptionError",
    ['"normalizer"', "no inverseTransform"],
    () => transformerPipeline([normalizer()]).fit(rows).inverseTransform(rows),
  ],
  [
    "a step that is not there",
    "OptionError",
    ['"scale"', 'Known: "standardScaler"'],
    () => transformerPipeline([standardScaler()]).fit(rows).step("scale"),
  ],
  [
    "other columns",
    "ShapeError",
    ["expected 2", "got 1"],
    () =>
      transformerPipeline([standardScaler()])
        .fit(rows)
        .transform([[1]]),
  ],
  [
    "objects for a scaler",
    "DataError",
    ["row 0", "an array of cells"],
    () => transformerPipeline([standardScaler()]).fit(named),
  ],
  ["no parts", "OptionError", ["columnTransformer", "a list of parts", "[]"], () => columnTransformer([])],
  ["an invalid part", "OptionError", ["a list of parts"], () => columnTransformer([standardScaler() as never])],
  [
    "columns as text",
    "OptionError",
    ["part 0: columns", '"a"'],
    () => columnTransformer([[standardScaler(), "a" as never]]),
  ],
  ["a column below 0", "OptionError", ["part 0: columns", "[-1]"], () => columnTransformer([[standardScaler(), [-1]]])],
  [
    "a column twice",
    "OptionError",
    ["different columns", '"a" twice'],
    () => columnTransformer([[standardScaler(), ["a", "a"]]]),
  ],
  [
    "an invalid choice",
    "OptionError",
    ["part 0", '"leave"', '"passthrough" or "drop"'],
    () => columnTransformer([["leave" as never, [0]]]),
  ],
  [
    "a part called remainder",
    "OptionError",
    ["part 0", '"remainder"'],
    () => columnTransformer([["remainder", standardScaler(), [0]]]),
  ],
  [
    "an unknown option",
    "OptionError",
    ['mean "remainder"'],
    () => columnTransformer([[standardScaler(), [0]]], { remainders: "drop" } as never),
  ],
  [
    "a place beyond",
    "OptionError",
    ['"standardScaler"', "columns from 0 to 1, got 2"],
    () => columnTransformer([[standardScaler(), [2]]]).fit(rows),
  ],
  [
    "a name for rows",
    "OptionError",
    ["no names", '"a"', "featureNames"],
    () => columnTransformer([[standardScaler(), ["a"]]]).fit(rows),
  ],
  [
    "a name that is not there",
    "OptionError",
    ['no column "c"'],
    () => columnTransformer([[standardScaler(), ["c"]]]).fit(named),
  ],
  [
    "a name and its place",
    "OptionError",
    ["different columns", "by its place"],
    () => columnTransformer([[standardScaler(), ["a", 0]]]).fit(named),
  ],
  [
    "a column of text",
    "DataError",
    ['"standardScaler" of columns b', '"x"'],
    () => columnTransformer([[standardScaler(), ["b"]]]).fit(named),
  ],
  ["nothing but drops", "OptionError", ["got none", "passthrough"], () => columnTransformer([["drop", [0]]]).fit(rows)],
  ["a column that later is not there", "OptionError", ['no column "a"'], () => byName.transform([{ b: "x" }])],
  [
    "names for what had none",
    "DataError",
    ["without names, as in fit"],
    () =>
      columnTransformer([[standardScaler(), [0]]])
        .fit(rows)
        .transform(named),
  ],
  [
    "columns before fit",
    "OptionError",
    ["columnTransformer", "fit(rows) first"],
    () => columnTransformer([[standardScaler(), [0]]]).transform(rows),
  ],
  [
    "a part without a transformer",
    "OptionError",
    ['"drop"', "Known"],
    () =>
      columnTransformer([
        ["drop", "drop", [1]],
        [standardScaler(), [0]],
      ])
        .fit(rows)
        .step("drop"),
  ],
]);

/** Refusals of JSON that was changed, read by the function for all types. */
function altered(what: string, fitted: { toJSON(): object }, says: string[], change: object): Refusal {
  return [what, "FormatError", says, () => transformerFromJSON({ ...fitted.toJSON(), ...change })];
}

const quantiles = quantileTransformer({ nQuantiles: 3 }).fit(rows);
const pipeline = transformerPipeline([["scale", standardScaler()]]).fit(rows);
const parts = columnTransformer([["scale", standardScaler(), [0]]]).fit(rows);
const ordinal = ordinalEncoder().fit(cells);
const infrequent = oneHotEncoder({ minFrequency: 2 }).fit([["a"], ["a"], ["b"]]);

describeRefusals("fromJSON", [
  ["null", "FormatError", ["transformerFromJSON", "null"], () => transformerFromJSON(null)],
  ["text", "FormatError", ["JSON.parse"], () => transformerFromJSON("{}")],
  [
    "a labelEncoder",
    "FormatError",
    ["type", '"labelEncoder"'],
    () => transformerFromJSON({ type: "labelEncoder", version: 1 }),
  ],
  altered("another version", power, ["version: expected 1"], { version: 2 }),
  altered("no options", power, ["options", "undefined"], { options: undefined }),
  altered("an unknown option", power, ["options", '"colour"', "altered"], { options: { colour: 1 } }),
  altered("an option out of range", bins, ["options", "nBins", "altered"], { options: { nBins: 1 } }),
  altered("no columns", power, ["columns: expected an integer from 1, got 0"], { columns: 0 }),
  altered("lambdas of other columns", power, ["lambdas: expected 2 finite numbers"], { lambdas: [1] }),
  altered("a lambda that is null", power, ["lambdas", "null"], { lambdas: [1, null] }),
  altered("a deviation of 0", power, ["deviations", "above 0"], { deviations: [0, 1] }),
  altered("quantiles that fall", quantiles, ["quantiles", "rising"], {
    quantiles: [
      [1, 2, 3],
      [3, 2, 1],
    ],
  }),
  altered("quantiles of other lengths", quantiles, ["quantiles"], {
    quantiles: [
      [1, 2, 3],
      [1, 2],
    ],
  }),
  altered("edges that fall", bins, ["edges", "rising"], {
    edges: [
      [1, 0, 2],
      [1, 2],
    ],
  }),
  altered("a single edge", bins, ["edges"], { edges: [[1], [1, 2]] }),
  altered("rows of other columns", knnImputer().fit(rows), ["rows"], { rows: [[1]] }),
  altered("a column without a number", knnImputer().fit(rows), ["rows", "in each column"], { rows: [[1, null]] }),
  altered("too high a degree for its columns", polynomialFeatures().fit(rows), ["altered"], { columns: 1e6 }),
  altered("what a scaler saw", standardScaler().fit(rows), ["seen", "3 finite numbers"], {
    seen: [
      [1, 2],
      [1, 2],
    ],
  }),
  altered("options of a scaler", minMaxScaler().fit(rows), ["options", "range", "altered"], {
    options: { range: [1, 0] },
  }),
  altered("categories out of order", ordinal, ["categories"], { categories: [["b", "a"]] }),
  altered("infrequent ones beyond", infrequent, ["infrequent"], { infrequent: [[5]] }),
  altered("a filling beside a mean", simpleImputer().fit(rows), ["fillValue"], { fillValue: 3 }),
  altered("no steps", pipeline, ["steps", "[]"], { steps: [] }),
  altered("a step without a name", pipeline, ["steps"], { steps: [["", standardScaler().fit(rows).toJSON()]] }),
  altered("an invalid step", pipeline, ['"scale"', "type"], { steps: [["scale", { type: "x", version: 1 }]] }),
  altered("a step that is damaged", pipeline, ['"scale"', "scale: expected 1"], {
    steps: [
      [
        "scale",
        {
          ...standardScaler()
            .fit([[1], [2]])
            .toJSON(),
          scale: [],
        },
      ],
    ],
  }),
  altered("parts of columns that are not there", parts, ["altered"], {
    columns: 1,
    options: { parts: [["scale", standardScaler().getConfig(), [1]]], remainder: "drop" },
  }),
  altered("other parts than were fitted", parts, ["fitted: expected 2 parts"], { fitted: [] }),
  altered("a part that was not fitted", parts, ["fitted", '"scale"', "null"], { fitted: [null, null] }),
  altered("names of other columns", parts, ["names"], { names: ["a"] }),
  [
    "labels out of order",
    "FormatError",
    ["classes"],
    () => LabelBinarizer.fromJSON({ ...binary.toJSON(), classes: ["b", "a"] }),
  ],
  [
    "sets without classes",
    "FormatError",
    ["classes", "[]"],
    () => MultiLabelBinarizer.fromJSON({ ...sets.toJSON(), classes: [] }),
  ],
]);
