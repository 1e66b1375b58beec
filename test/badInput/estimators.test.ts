// The doors of several labels at once, of the Poisson loss, and of schedules of the learning rate.
import { MLPClassifier, MLPRegressor } from "../../src/estimators/index.js";
import { adam, Dataset, exponentialDecay, sgd } from "../../src/index.js";
import { gridSearch } from "../../src/search/index.js";
import { describeRefusals, type Refusal } from "./refusals.js";

const onWarning = () => {};
const own = { hiddenLayerSizes: [3], maxEpochs: 2, onWarning };
const x = [[1], [2], [3], [4]];
const y = [
  [0, 1],
  [1, 1],
  [0, 0],
  [1, 0],
];
const labels = ["a", "b", "a", "b"];
const several = await new MLPClassifier<number[]>(own).fit({ x, y });
const single = await new MLPClassifier(own).fit({ x, y: labels });
const with3 = y.map((row) => [...row, 1]);

const fits = (rows: unknown, more: object = {}): (() => unknown) => {
  return () => new MLPClassifier({ ...own, ...more }).fit({ x, y: rows as never });
};

describeRefusals("several labels at once", [
  ["a 2", "DataError", ["MLPClassifier.fit: y: row 1, column 0", "expected 0 or 1", "got 2"], fits(y.with(1, [2, 1]))],
  ["a half", "DataError", ["row 3, column 1", "0.5"], fits(y.with(3, [1, 0.5]))],
  ["-1 for no", "DataError", ["row 0, column 0", "-1"], fits(y.with(0, [-1, 1]))],
  ["NaN", "DataError", ["row 2, column 1", "NaN"], fits(y.with(2, [0, Number.NaN]))],
  ["booleans", "DataError", ["row 0, column 0", "0 or 1", "false"], fits(y.map((row) => row.map(Boolean)))],
  ["text", "DataError", ["row 0, column 0", '"0"'], fits(y.map((row) => row.map(String)))],
  ["null", "DataError", ["row 0, column 1", "null"], fits(y.with(0, [0, null] as never))],
  ["a hole", "DataError", ["row 0, column 1", "undefined"], fits(y.with(0, Object.assign([0, 1], { 1: undefined })))],
  ["a shorter row", "ShapeError", ["y: row 2", "expected 2 numbers", "got 1"], fits(y.with(2, [1]))],
  [
    "a longer row",
    "ShapeError",
    ["y: row 2", "expected 2 numbers", "got 3"],
    fits(with3.with(0, [0, 1]).with(1, [1, 1])),
  ],
  ["a label among rows", "ShapeError", ["y: row 1", "expected 2 numbers", "got 1"], fits(y.with(1, 1 as never))],
  ["null for a row", "ShapeError", ["y: row 3", "null"], fits(y.with(3, null as never))],
  [
    "too few rows",
    "ShapeError",
    ["cannot be shared", "3 rows"],
    () => new MLPClassifier(own).fit({ x: Float32Array.of(1, 2, 3, 4), y: y.slice(1) }),
  ],
  [
    "rows of rows",
    "ShapeError",
    ["y", "[2,2]"],
    () => {
      const data = Dataset.from({ x, y: y.map((row) => [row, row]) });
      return new MLPClassifier(own).fit(data);
    },
  ],
  [
    "class weights",
    "OptionError",
    ["classWeight", "no single class", "sampleWeight"],
    fits(y, { classWeight: { 1: 2 } }),
  ],
  [
    "rows that do not count",
    "DataError",
    ["MLPClassifier.fit: expected at least one row", "Change sampleWeight."],
    () => new MLPClassifier(own).fit({ x, y, sampleWeight: x.map(() => 0) }),
  ],
  ["balanced weights", "OptionError", ["classWeight", "sampleWeight"], fits(y, { classWeight: "balanced" })],
  ["labels for its score", "ShapeError", ["score: y", "rows of 2 numbers"], () => several.score({ x, y: labels })],
  [
    "numbers for its score",
    "ShapeError",
    ["score: y", "rows of 2 numbers"],
    () => several.score({ x, y: Float32Array.of(0, 1, 0, 1) }),
  ],
  [
    "another number of labels",
    "ShapeError",
    ["score: y: row 0", "expected 2", "got 3"],
    () => several.score({ x, y: with3 }),
  ],
  ["a Dataset of others", "ShapeError", ["score: y", "[2]", "[3]"], () => several.score(Dataset.from({ x, y: with3 }))],
  [
    "a Dataset of labels",
    "ShapeError",
    ["score: y", "one number per row"],
    () => several.score(Dataset.from({ x, y: [0, 1, 0, 1] })),
  ],
  [
    "rows for a classifier of labels",
    "DataError",
    ["score: y: row 0", "2 known classes"],
    () => single.score({ x, y }),
  ],
  [
    "a Dataset of rows for labels",
    "ShapeError",
    ["score: y", "one label per row", "argMax"],
    () => single.score(Dataset.from({ x, y })),
  ],
  ["rows in a further portion", "DataError", ["partialFit: y: row 0"], () => single.partialFit({ x, y })],
  [
    "labels in a further portion",
    "ShapeError",
    ["partialFit: y", "rows of 2 numbers"],
    () => several.partialFit({ x, y: labels }),
  ],
  [
    "names as classes",
    "OptionError",
    ["classes", "[0, 1]", "columns of y"],
    () => new MLPClassifier(own).partialFit({ x, y }, { classes: ["a", "b"] }),
  ],
  [
    "too many classes",
    "OptionError",
    ["classes", "columns of y"],
    () => new MLPClassifier(own).partialFit({ x, y }, { classes: [0, 1, 2] }),
  ],
  [
    "a number as classes",
    "OptionError",
    ["classes", "got 2"],
    () => new MLPClassifier(own).partialFit({ x, y }, { classes: 2 as never }),
  ],
  [
    "a search",
    "ShapeError",
    ["gridSearch: y", "one class number per row"],
    () => gridSearch({ x, y }, { estimator: "classifier", grid: { alpha: [1, 2] }, folds: 2 }),
  ],
]);

const scheduled = (options: object) => () => new MLPClassifier({ ...own, optimizer: "sgd", ...options });
const wrongSchedules: Refusal[] = [
  [
    "another word",
    "OptionError",
    ["learningRateSchedule", '"step"', '"adaptive"'],
    scheduled({ learningRateSchedule: "step" }),
  ],
  [
    "another case",
    "OptionError",
    ["learningRateSchedule", 'mean "invscaling"'],
    scheduled({ learningRateSchedule: "invScaling" }),
  ],
  [
    "a spec",
    "OptionError",
    ["learningRateSchedule"],
    scheduled({ learningRateSchedule: exponentialDecay({ initialLearningRate: 1, decaySteps: 2, decayRate: 0.5 }) }),
  ],
  ["null", "OptionError", ["learningRateSchedule", "null"], scheduled({ learningRateSchedule: null })],
  ["as learningRate", "OptionError", ["learningRate", '"adaptive"'], scheduled({ learningRate: "adaptive" })],
  [
    "adam",
    "OptionError",
    ["learningRateSchedule", '"sgd"', "adam"],
    () => new MLPClassifier({ ...own, learningRateSchedule: "adaptive" }),
  ],
  [
    "adam spelled out",
    "OptionError",
    ["learningRateSchedule", "adam"],
    scheduled({ learningRateSchedule: "invscaling", optimizer: adam() }),
  ],
  [
    "lbfgs",
    "OptionError",
    ["learningRateSchedule", "lbfgs"],
    scheduled({ learningRateSchedule: "adaptive", optimizer: "lbfgs" }),
  ],
  [
    "a schedule of the optimizer",
    "OptionError",
    ["learningRateSchedule", "a schedule of its own"],
    scheduled({
      learningRateSchedule: "adaptive",
      optimizer: sgd({ learningRate: exponentialDecay({ initialLearningRate: 1, decaySteps: 2, decayRate: 0.5 }) }),
    }),
  ],
  ["a power of constant", "OptionError", ["powerT", '"invscaling" only', "Leave it out"], scheduled({ powerT: 0.5 })],
  [
    "a power of adaptive",
    "OptionError",
    ["powerT", '"adaptive"'],
    scheduled({ powerT: 0.5, learningRateSchedule: "adaptive" }),
  ],
  [
    "a power below 0",
    "OptionError",
    ["powerT", ">= 0"],
    scheduled({ powerT: -0.5, learningRateSchedule: "invscaling" }),
  ],
  [
    "a power in text",
    "OptionError",
    ["powerT", '"0.5"'],
    scheduled({ powerT: "0.5", learningRateSchedule: "invscaling" }),
  ],
  [
    "a power that is NaN",
    "OptionError",
    ["powerT", "NaN"],
    scheduled({ powerT: Number.NaN, learningRateSchedule: "invscaling" }),
  ],
  ["scikit-learn's name", "OptionError", ["power_t", "powerT"], scheduled({ power_t: 0.5 })],
  [
    "portions, adaptive",
    "OptionError",
    ["partialFit: learningRateSchedule", '"constant"', '"adaptive"'],
    () =>
      new MLPClassifier({ ...own, optimizer: "sgd", learningRateSchedule: "adaptive" }).partialFit({ x, y: labels }),
  ],
  [
    "portions of a regressor",
    "OptionError",
    ["MLPRegressor.partialFit", '"invscaling"', "model.learningRate"],
    () =>
      new MLPRegressor({ ...own, optimizer: "sgd", learningRateSchedule: "invscaling" }).partialFit({
        x,
        y: [1, 2, 3, 4],
      }),
  ],
];
describeRefusals("schedules of the learning rate", wrongSchedules);

const counts =
  (options: object, values: unknown = [1, 0, 3, 2]) =>
  () =>
    new MLPRegressor({ ...own, loss: "poisson", ...options }).fit({ x, y: values as never });

describeRefusals("the Poisson loss", [
  ["another loss", "OptionError", ["loss", '"mse"', '"squaredError"'], counts({ loss: "mse" })],
  ["scikit-learn's name", "OptionError", ["loss", 'mean "squaredError"'], counts({ loss: "squared_error" })],
  ["a spec", "OptionError", ["loss"], counts({ loss: { type: "poisson" } })],
  ["null", "OptionError", ["loss", "null"], counts({ loss: null })],
  [
    "of a classifier",
    "OptionError",
    ["MLPClassifier", '"loss"'],
    () => new MLPClassifier({ loss: "poisson" } as never),
  ],
  [
    "a standardized target",
    "OptionError",
    ["poisson", "standardizeTarget", "not both"],
    counts({ standardizeTarget: true }),
  ],
  ["a count below 0", "DataError", ["row 2", "targets of 0 or more", "-1"], counts({}, [1, 0, -1, 2])],
  ["NaN", "DataError", ["row 1", "NaN"], counts({}, [1, Number.NaN, 1, 2])],
  ["text", "DataError", ["row 0", '"1"'], counts({}, ["1", "2", "3", "4"])],
]);

const lonely = { x: [[1], [2], [3], [4]], y: ["a", "b", "b", "b"] };
const heldBack = { ...own, earlyStopping: true };
describeRefusals("rows that are held back", [
  [
    "a class of one row",
    "DataError",
    ["MLPClassifier.fit: validationFraction: the class of row 0 has no other row"],
    () => new MLPClassifier(heldBack).fit(lonely),
  ],
  [
    "fewer than there are classes",
    "OptionError",
    ["MLPClassifier.fit: validationFraction: expected a row of each of 2 classes", "Put 2 into the second"],
    () => new MLPClassifier(heldBack).fit({ x, y: labels }),
  ],
  [
    "the only one",
    "OptionError",
    ["MLPRegressor.fit: validationFraction: 0.1 of 1 row leaves none"],
    () => new MLPRegressor(heldBack).fit({ x: [[1]], y: [1] }),
  ],
  [
    "by a search",
    "OptionError",
    ["gridSearch: holdOut: expected a row of each of 2 classes"],
    () => gridSearch({ x, y: [0, 1, 0, 1] }, { estimator: "classifier", grid: { alpha: [1] }, holdOut: 0.1 }),
  ],
]);
