// The doors of splits and of cross-validation.
import { crossValidate, Dataset, kFold, stratifiedKFold, trainTestSplit } from "../../src/index.js";
import { describeRefusals, type Refusal } from "./refusals.js";

const data = Dataset.from({ x: [[1], [2], [3], [4]], y: [0, 0, 1, 1] });
const wide = Dataset.from(
  {
    x: [[1], [2]],
    y: [
      [0.5, 1],
      [2, 3],
    ],
  },
  { targetShape: [2] },
);

const split = (what: string, error: Refusal[1], says: string[], options: unknown, of: unknown = data): Refusal => [
  `trainTestSplit ${what}`,
  error,
  ["trainTestSplit", ...says],
  () => trainTestSplit(of as never, options as never),
];
const folds = (what: string, error: Refusal[1], says: string[], attempt: () => unknown): Refusal => [
  what,
  error,
  says,
  attempt,
];

describeRefusals("trainTestSplit", [
  ["trainTestSplit of nothing", "DataError", ["{ x, y }", "undefined"], () => trainTestSplit(undefined as never)],
  split("of no rows", "DataError", ["at least one row"], {}, data.select([])),
  split("with null", "OptionError", ["options object", "null"], null),
  split("with an unknown option", "OptionError", ['mean "testSize"'], { testsize: 0.2 }),
  split("testSize 0", "OptionError", ["testSize", "> 0", "got 0"], { testSize: 0 }),
  split("testSize as text", "OptionError", ["testSize", '"0.2"'], { testSize: "0.2" }),
  split("testSize 1.5", "OptionError", ["testSize", "an integer", "got 1.5"], { testSize: 1.5 }),
  split("of all rows", "OptionError", ["testSize: 4 of 4 rows", "none to train on"], { testSize: 4 }),
  split("of nearly all rows", "OptionError", ["testSize: 0.9 of 4 rows"], { testSize: 0.9 }),
  split("shuffle as text", "OptionError", ["shuffle", '"no"'], { shuffle: "no" }),
  split("seed NaN", "OptionError", ["seed", "an integer", "NaN"], { seed: Number.NaN }),
  split("stratified, not shuffled", "OptionError", ["stratify", "shuffle: true"], { stratify: true, shuffle: false }),
  split("stratify as text", "DataError", ["stratify", "an array", '"y"'], { stratify: "y" }),
  split("stratify by too few labels", "DataError", ["stratify", "4 labels", "got 2"], { stratify: [0, 1] }),
  split("stratify by NaN", "DataError", ["stratify: row 1", "NaN"], { stratify: [0, Number.NaN, 1, 1] }),
  split("stratify by null", "DataError", ["stratify: row 3", "null"], { stratify: ["a", "a", "b", null] }),
  split("stratify real targets", "DataError", ["stratify", "one-hot", "[2]"], { stratify: true, testSize: 1 }, wide),
  split("a class of one row", "DataError", ["class of row 3", "no other row"], { stratify: [0, 0, 0, 1], testSize: 2 }),
  split("a test too small", "OptionError", ["2 classes", "3 and 1 rows"], { stratify: true, testSize: 1 }),
]);

describeRefusals("folds", [
  folds("kFold of nothing", "DataError", ["{ x, y }"], () => kFold(undefined as never)),
  folds("kFold of 0 rows", "OptionError", ["kFold: rows", ">= 1"], () => kFold(0)),
  folds("kFold of one row", "DataError", ["kFold", "at least 2 rows", "got 1"], () => kFold(1, { folds: 2 })),
  folds("one fold", "OptionError", ["kFold: folds", ">= 2", "got 1"], () => kFold(data, { folds: 1 })),
  folds("more folds than rows", "OptionError", ["kFold: folds", "<= 4", "got 5"], () => kFold(data, { folds: 5 })),
  folds("an unknown option", "OptionError", ['mean "folds"'], () => kFold(data, { fold: 2 } as never)),
  folds("stratifiedKFold of nothing", "DataError", ["an array"], () => stratifiedKFold(undefined as never)),
  folds("stratifiedKFold of no labels", "DataError", ["at least one row"], () => stratifiedKFold([])),
  folds("more folds than any class has", "OptionError", ["folds", "at most 2", "got 3"], () =>
    stratifiedKFold(data, { folds: 3 }),
  ),
  folds("labels that are objects", "DataError", ["row 0", "a label"], () => stratifiedKFold([{}, {}] as never)),
]);

const score = () => 1;
const cross = (what: string, error: Refusal[1], says: string[], subject: unknown, options: unknown = {}): Refusal => [
  what,
  error,
  ["crossValidate", ...says],
  () => crossValidate(subject as never, data, { folds: 2, ...(options as object) } as never),
];

describeRefusals("crossValidate", [
  cross("nothing", "OptionError", ["a function (train, test, fold)", "undefined"], undefined),
  cross("an object without score", "OptionError", ["fit and score"], { fit: score }),
  cross("an unknown option", "OptionError", ['mean "folds"'], score, { fold: 3 }),
  cross("no executor", "OptionError", ["executor", "such as localExecutor()", '"threads"'], score, {
    executor: "threads",
  }),
  cross("a function for an executor", "OptionError", ["stays in this thread", "Give new MLPClassifier"], score, {
    executor: { open: score },
  }),
  cross("no folds", "OptionError", ["folds", "[]"], score, { folds: [] }),
  cross("invalid folds", "OptionError", ["folds"], score, { folds: [[0, 1]] }),
  cross("a fold without rows to test on", "DataError", ["fold 1: test", "at least one row"], score, {
    folds: [
      { train: [0], test: [1] },
      { train: [0], test: [] },
    ],
  }),
  cross("a fold with a row that is not there", "OptionError", ["fold 0: train", "indices[1]", "got 9"], score, {
    folds: [{ train: [0, 9], test: [1] }],
  }),
  cross("a seed along with given folds", "OptionError", ["seed has no effect"], score, {
    folds: [{ train: [0], test: [1] }],
    seed: 1,
  }),
  cross("no score", "DataError", ["fold 0", "expected a score", "undefined"], () => undefined),
  cross("an empty score", "DataError", ["fold 0", "expected a score"], () => ({})),
  cross("a score as text", "DataError", ["fold 0: loss", '"low"'], () => ({ loss: "low" })),
  cross("another score", "OptionError", ["fold 1: score", 'mean "loss"'], (_: unknown, __: unknown, fold: number) =>
    fold === 0 ? { loss: 1 } : { lost: 1 },
  ),
  cross(
    "a score that is missing",
    "DataError",
    ["fold 1", '"b"', "missing"],
    (_: unknown, __: unknown, fold: number) => (fold === 0 ? { a: 1, b: 1 } : { a: 1 }),
  ),
  ["nothing, without options", "OptionError", ["a function"], () => crossValidate(undefined as never, data)],
  [
    "a surplus argument",
    "OptionError",
    ["expected 3 arguments, got 4"],
    () => (crossValidate as (...all: unknown[]) => unknown)(score, data, {}, 4),
  ],
  ["no data", "DataError", ["{ x, y }"], () => crossValidate(score, undefined as never)],
]);
