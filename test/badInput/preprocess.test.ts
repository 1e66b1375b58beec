// The doors of scalers, encoders and the imputer, and JSON that is not theirs.
import {
  Dataset,
  LabelEncoder,
  labelEncoder,
  minMaxScaler,
  OneHotEncoder,
  oneHotEncoder,
  robustScaler,
  Scaler,
  SimpleImputer,
  simpleImputer,
  standardScaler,
} from "../../src/index.js";
import { describeRefusals, type Refusal } from "./refusals.js";

const rows = [
  [1, 2],
  [3, 5],
];
const scaler = standardScaler().fit(rows);
const colours = [["red"], ["blue"]];
const encoder = oneHotEncoder().fit(colours);
const labels = labelEncoder().fit(["setosa", "virginica"]);
const imputer = simpleImputer({ addIndicator: true }).fit([[1, null]].concat([[2, 3]] as never));

const fit = (what: string, error: Refusal[1], says: string[], ...given: unknown[]): Refusal => [
  `fit: ${what}`,
  error,
  ["standardScaler.fit", ...says],
  () => standardScaler().fit(...(given as Parameters<Scaler["fit"]>)),
];

describeRefusals("scalers", [
  ["withMean as text", "OptionError", ["withMean", '"no"'], () => standardScaler({ withMean: "no" } as never)],
  ["an unknown option", "OptionError", ['mean "withStd"'], () => standardScaler({ withstd: true } as never)],
  ["a range of one", "OptionError", ["range", "[low, high]", "[1]"], () => minMaxScaler({ range: [1] as never })],
  [
    "a clip of 1",
    "OptionError",
    ["minMaxScaler: clip", "true or false", "got 1"],
    () => minMaxScaler({ clip: 1 as never }),
  ],
  ["a range upside down", "OptionError", ["range: high", "> 1", "got 0"], () => minMaxScaler({ range: [1, 0] })],
  ["an empty range", "OptionError", ["range: high", "> 1", "got 1"], () => minMaxScaler({ range: [1, 1] })],
  ["a quantile of 101", "OptionError", ["high", "<= 100"], () => robustScaler({ quantileRange: [25, 101] })],
  fit("nothing", "DataError", ["an array of rows", "undefined"], undefined),
  fit("no rows", "DataError", ["at least one row"], []),
  fit("a flat array", "DataError", ["row 0", "Write [cell]", "got 1"], [1, 2, 3]),
  fit("ragged rows", "ShapeError", ["row 1: expected 2 cells", "got 1"], [[1, 2], [3]]),
  fit("rows without cells", "ShapeError", ["row 0", "some cells", "got 0"], [[], []]),
  fit("text", "DataError", ["row 0, column 1", '"2"'], [[1, "2"]]),
  fit("infinity", "DataError", ["row 1, column 0", "Infinity"], [[1], [Number.POSITIVE_INFINITY]]),
  fit(
    "numbers whose squares are infinite",
    "DataError",
    ["column 1", "too large", "Divide"],
    [
      [1, 1e300],
      [2, -1e300],
    ],
  ),
  [
    "a range that is infinite",
    "DataError",
    ["minMaxScaler.fit: column 0", "too large"],
    () => minMaxScaler().fit([[1.7e308], [-1.7e308]]),
  ],
  fit("a column of nothing", "DataError", ["column 1", "got none", "Drop"], [[1, null]]),
  fit("a typed array without features", "OptionError", ["Give { features }"], new Float32Array(4)),
  fit("half a row", "ShapeError", ["rows of 3", "4 values"], new Float32Array(4), { features: 3 }),
  fit("infinity in a typed array", "DataError", ["row 1, column 0"], Float32Array.of(1, Infinity), { features: 1 }),
  fit("features of 0", "OptionError", ["features", ">= 1"], new Float32Array(4), { features: 0 }),
  fit("an unknown option", "OptionError", ['"columns"', "Known: features"], rows, { columns: 2 }),
  fit("a Dataset without rows", "DataError", ["at least one row"], Dataset.from({ x: rows, y: [1, 2] }).select([])),
  [
    "transform before fit",
    "OptionError",
    ["standardScaler", "fit(data) first"],
    () => standardScaler().transform(rows),
  ],
  ["toJSON before fit", "OptionError", ["fit(data) first"], () => JSON.stringify(robustScaler())],
  ["other columns", "ShapeError", ["transform: row 0: expected 2", "got 3"], () => scaler.transform([[1, 2, 3]])],
  [
    "a Dataset of other columns",
    "ShapeError",
    ["expected 2 columns", "Dataset of 1"],
    () => scaler.transform(Dataset.from({ x: [[1]], y: [1] })),
  ],
  [
    "inverse of text",
    "DataError",
    ["inverseTransform: row 0, column 0"],
    () => scaler.inverseTransform([["a", 1]] as never),
  ],
  [
    "fit of one from JSON of an earlier release",
    "OptionError",
    ["keeps what it learned", "standardScaler()"],
    () => Scaler.fromJSON({ ...scaler.toJSON(), options: undefined }).fit(rows),
  ],
]);

const json = <T extends object>(from: (json: unknown) => unknown, good: T) => ({
  refuses: (what: string, says: string[], change: Partial<Record<keyof T, unknown>> | string | null): Refusal => [
    what,
    "FormatError",
    ["fromJSON", ...says],
    () => from(typeof change === "object" && change !== null ? { ...good, ...change } : change),
  ],
});
const scalers = json(Scaler.fromJSON, scaler.toJSON());
const oneHots = json(OneHotEncoder.fromJSON, encoder.toJSON());
const labelEncoders = json(LabelEncoder.fromJSON, labels.toJSON());
const imputers = json(SimpleImputer.fromJSON, imputer.toJSON());

describeRefusals("fromJSON", [
  scalers.refuses("null", ["standardScaler, minMaxScaler", "null"], null),
  scalers.refuses("text", ["JSON.parse"], JSON.stringify(scaler)),
  scalers.refuses("of another type", ["type", '"oneHotEncoder"'], { type: "oneHotEncoder" }),
  scalers.refuses("of another version", ["version: expected 1", "got 2", "another release"], { version: 2 }),
  scalers.refuses("without center", ["center", "undefined"], { center: undefined }),
  scalers.refuses("with NaN as null", ["center", "[1, null]"], { center: [1, null] }),
  scalers.refuses("of unequal lengths", ["scale: expected 2 finite numbers"], { scale: [1] }),
  scalers.refuses("a scale of 0", ["scale", "above 0"], { scale: [1, 0] }),
  scalers.refuses("a clip of one", ["clip", "2 finite numbers"], { clip: [1] }),
  scalers.refuses("no base", ["base", '"0"'], { base: "0" }),
  oneHots.refuses("unknown handling", ["handleUnknown", '"drop"'], { handleUnknown: "drop" }),
  oneHots.refuses("another drop", ["drop", '"last"'], { drop: "last" }),
  oneHots.refuses("categories out of order", ["categories"], { categories: [["b", "a"]] }),
  oneHots.refuses("a category twice", ["categories"], { categories: [["a", "a"]] }),
  oneHots.refuses("no categories", ["categories", "[]"], { categories: [] }),
  labelEncoders.refuses("classes of two types", ["classes", '["a", 1]'], { classes: ["a", 1] }),
  labelEncoders.refuses("no classes", ["classes", "undefined"], { classes: undefined }),
  imputers.refuses("an unknown strategy", ["strategy", '"max"'], { strategy: "max" }),
  imputers.refuses("a filling that is missing", ["fills"], { fills: [1, null] }),
  imputers.refuses("a column that is not there", ["indicated", "[5]"], { indicated: [5] }),
]);

describeRefusals("encoders", [
  ["oneHot option", "OptionError", ['mean "handleUnknown"'], () => oneHotEncoder({ handleunknown: 1 } as never)],
  [
    "oneHot handling",
    "OptionError",
    ["handleUnknown", 'mean "ignore"'],
    () => oneHotEncoder({ handleUnknown: "ignored" as never }),
  ],
  ["oneHot drop", "OptionError", ["drop", 'mean "ifBinary"'], () => oneHotEncoder({ drop: "if_binary" as never })],
  ["oneHot before fit", "OptionError", ["fit(rows) first"], () => oneHotEncoder().transform(colours)],
  [
    "oneHot of flat labels",
    "DataError",
    ["row 0", "Write [cell]", '"red"'],
    () => oneHotEncoder().fit(["red"] as never),
  ],
  [
    "oneHot of null",
    "DataError",
    ["column 0: row 1", "null", "simpleImputer"],
    () => oneHotEncoder().fit([["a"], [null]] as never),
  ],
  [
    "oneHot of mixed types",
    "DataError",
    ["column 0: row 1", "a string", "got 1"],
    () => oneHotEncoder().fit([["a"], [1]]),
  ],
  [
    "an unknown category",
    "DataError",
    ["row 1, column 0", '"rad"', 'mean "red"'],
    () => encoder.transform([["red"], ["rad"]]),
  ],
  ["a far category", "DataError", ['"mauve"', 'handleUnknown: "ignore"'], () => encoder.transform([["mauve"]])],
  ["oneHot of other columns", "ShapeError", ["row 0: expected 1"], () => encoder.transform([["red", "blue"]])],
  ["inverse of zeros", "DataError", ["row 0", "got zeros"], () => encoder.inverseTransform([[0, 0]])],
  ["inverse of NaN", "DataError", ["row 0, column 1", "NaN"], () => encoder.inverseTransform([[1, Number.NaN]])],
  ["names for other columns", "ShapeError", ["expected 1 name,"], () => encoder.featureNames(["a", "b"])],
  ["labels before fit", "OptionError", ["fit(labels) first"], () => labelEncoder().transform(["a"])],
  ["labels of nothing", "DataError", ["labelEncoder.fit", "undefined"], () => labelEncoder().fit(undefined as never)],
  ["no labels", "DataError", ["at least one label"], () => labelEncoder().fit([])],
  ["a bigint as label", "DataError", ["row 1", "2n", "Number(cell)"], () => labelEncoder().fit([1, 2n as never])],
  [
    "a Date as number",
    "DataError",
    ["row 0, column 0", "Date. Write cell.getTime()."],
    () => standardScaler().fit([[new Date(0)]] as never),
  ],
  [
    "a Date without a time",
    "DataError",
    ["row 0", "not valid: write null"],
    () => labelEncoder().fit([new Date(Number.NaN) as never]),
  ],
  ["a Date as label", "DataError", ["row 0", "toISOString()"], () => labelEncoder().fit([new Date(0) as never])],
  ["a label that is null", "DataError", ["row 1", "null"], () => labelEncoder().fit(["a", null as never])],
  ["an unknown label", "DataError", ["row 0", '"setos"', 'mean "setosa"'], () => labels.transform(["setos"])],
  ["an invalid code", "DataError", ["row 0", "from 0 to 1", "got 2"], () => labels.inverseTransform([2])],
  ["a code that lists have", "DataError", ["row 0", '"map"'], () => labels.inverseTransform(["map"] as never)],
  [
    "a label that is known as a number",
    "DataError",
    ['got "1". Known is the number 1'],
    () => labelEncoder().fit([0, 1]).transform(["1"]),
  ],
  ["names that are numbers", "OptionError", ["array of strings", "got 1"], () => encoder.featureNames([1] as never)],
  ["half a code", "DataError", ["row 0", "got 0.5"], () => labels.inverseTransform([0.5])],
]);

describeRefusals("simpleImputer", [
  ["strategy", "OptionError", ["strategy", 'mean "median"'], () => simpleImputer({ strategy: "medium" as never })],
  ["option", "OptionError", ['mean "fillValue"'], () => simpleImputer({ fillvalue: 1 } as never)],
  ["fillValue with mean", "OptionError", ["fillValue", '"mean"'], () => simpleImputer({ fillValue: 1 })],
  ["fillValue NaN", "OptionError", ["fillValue", "NaN"], () => simpleImputer({ strategy: "constant", fillValue: NaN })],
  [
    "a number for text",
    "DataError",
    ["column 0", '"a"', "filling 3", "fillValue of the type"],
    () => simpleImputer({ strategy: "constant", fillValue: 3 }).fit([["a"], [null]]),
  ],
  [
    "no constant for booleans",
    "DataError",
    ["column 0", "true", "filling 0"],
    () => simpleImputer({ strategy: "constant" }).fit([[true], [null]]),
  ],
  ["a hole among rows", "DataError", ["row 0", "undefined"], () => simpleImputer().fit(new Array(2))],
  ["mean of text", "DataError", ["column 0", '"a"', "mostFrequent"], () => simpleImputer().fit([["a"], [null]])],
  [
    "a column of nothing",
    "DataError",
    ["column 1", "got none"],
    () =>
      simpleImputer().fit([
        [1, null],
        [2, Number.NaN],
      ]),
  ],
  ["an object", "DataError", ["column 0", "an object"], () => simpleImputer().fit([[{}]] as never)],
  ["before fit", "OptionError", ["fit(rows) first"], () => simpleImputer().transform([[1]])],
  ["other columns", "ShapeError", ["row 0: expected 2", "got 1"], () => imputer.transform([[1]])],
  [
    "inverse without indicator",
    "OptionError",
    ["addIndicator: true"],
    () =>
      simpleImputer()
        .fit([[1]])
        .inverseTransform([[1]]),
  ],
]);

const letters = [
  ["a", 1],
  ["b", 2],
  ["b", 3],
];
const encode = (options: object) => oneHotEncoder(options as never);

describeRefusals("oneHotEncoder that drops given categories", [
  ["a rule", "OptionError", ["drop", '"first"', 'mean "ifBinary"'], () => encode({ drop: "if_binary" })],
  ["a category alone", "OptionError", ["drop", '"a"'], () => encode({ drop: "a" })],
  ["a number", "OptionError", ["drop", "got 1"], () => encode({ drop: 1 })],
  ["true", "OptionError", ["drop", "got true"], () => encode({ drop: true })],
  ["an empty list", "OptionError", ["drop", "a category for each input"], () => encode({ drop: [] })],
  [
    "a list of lists",
    "OptionError",
    ["drop[0]", "a string, a number or a boolean"],
    () => encode({ drop: [["a"], 1] }),
  ],
  ["infinity", "OptionError", ["drop[1]", "Infinity"], () => encode({ drop: ["a", Infinity] })],
  ["an object", "OptionError", ["drop"], () => encode({ drop: { 0: "a" } })],
  ["too few", "ShapeError", ["fit: expected 1 column,", "got 2"], () => encode({ drop: ["a"] }).fit(letters)],
  ["too many", "ShapeError", ["fit: expected 3 columns", "got 2"], () => encode({ drop: ["a", 1, 2] }).fit(letters)],
  [
    "one that is not there",
    "DataError",
    ["fit: column 0: drop", "one of 2 known categories", '"c"'],
    () => encode({ drop: ["c", 1] }).fit(letters),
  ],
  ["another type", "DataError", ["column 1: drop", '"1"'], () => encode({ drop: ["a", "1"] }).fit(letters)],
  [
    "one of Object",
    "DataError",
    ["column 0: drop", '"toString"'],
    () => encode({ drop: ["toString", 1] }).fit(letters),
  ],
  [
    "a missing cell that is not there",
    "DataError",
    ["column 0: drop", "null"],
    () => encode({ drop: [null, 1], missing: "category" }).fit(letters),
  ],
  [
    "an infrequent one",
    "DataError",
    ["column 0: drop", "a frequent category", '"a"', "Drop another one"],
    () => encode({ drop: ["a", 1], minFrequency: 2, handleUnknown: "ignore" }).fit([...letters, ["b", 1]]),
  ],
]);
