// The doors of searches over candidates that a program builds, and of buildScorer.
import { estimatorPipeline, MLPClassifier } from "../../src/estimators/index.js";
import { crossValidate, Dataset, dense, earlyStopping, Sequential, standardScaler } from "../../src/index.js";
import { buildScorer, gridSearch, randomSearch, successiveHalving } from "../../src/search/index.js";
import { describeRefusals, type Refusal, refusalOf } from "./refusals.js";

const x = Array.from({ length: 12 }, (_, i) => [i, i % 3]);
const y = x.map((_, i) => i % 2);
const data = Dataset.from({ x, y });
const layers = [dense({ units: 1, activation: "sigmoid" })];
const compile = { optimizer: "adam", loss: "binaryCrossentropy" };
const plan = () => ({ layers, compile });
const common = { estimator: "classifier", build: plan, grid: { a: [1, 2] }, folds: 2 };
const search = (options: object) => () => gridSearch(data, { ...common, ...options } as never);
const address = new URL("../support/builder.js", import.meta.url);

describeRefusals("searches over what a program builds", [
  ["no function", "OptionError", ["gridSearch: build", "a function or the URL", "got 1"], search({ build: 1 })],
  ["null", "OptionError", ["build", "null"], search({ build: null })],
  ["a model", "OptionError", ["build", "a function"], search({ build: plan() })],
  ["a relative path", "OptionError", ["build", '"./build.js"', "import.meta.url"], search({ build: "./build.js" })],
  ["the text of a function", "OptionError", ["build", "URL of a module"], search({ build: String(plan) })],
  [
    "a function for two workers",
    "OptionError",
    ["build: a function cannot travel to 2 workers", "new URL", "workers: 1"],
    search({ workers: 2 }),
  ],
  [
    "a module that is not there",
    "OptionError",
    ["gridSearch: build", "nothing.js cannot be loaded"],
    search({ build: new URL("./nothing.js", import.meta.url) }),
  ],
  [
    "a module without build",
    "OptionError",
    ["export a function called build", "upToDate"],
    search({ build: new URL("../../scripts/upToDate.mjs", import.meta.url) }),
  ],
  ["options beside it", "OptionError", ["either build or options"], search({ options: { alpha: 1 } })],
  ["an estimator", "OptionError", ["estimator", '"classifier"'], search({ estimator: new MLPClassifier() })],
  [
    "a pipeline as the estimator",
    "OptionError",
    ["estimator", '"regressor"'],
    search({ estimator: estimatorPipeline([standardScaler(), new MLPClassifier()]) }),
  ],
  ["another estimator", "OptionError", ["estimator", '"model"'], search({ estimator: "model" })],
  [
    "fit without build",
    "OptionError",
    ["fit belongs to build"],
    () => gridSearch(data, { estimator: "classifier", grid: { alpha: [1] }, fit: { epochs: 2 } }),
  ],
  [
    "callbacks of fit",
    "OptionError",
    ["fit: callbacks", "plain data"],
    search({ fit: { callbacks: [earlyStopping()] } }),
  ],
  ["a function in fit", "OptionError", ["fit: onWarning", "plain data"], search({ fit: { onWarning: () => {} } })],
  ["no parameters", "OptionError", ["grid", "options to try"], search({ grid: {} })],
  ["a parameter without values", "OptionError", ["grid: a", "at least one value"], search({ grid: { a: [] } })],
  ["functions as values", "OptionError", ["plain data"], search({ grid: { a: [() => 1] } })],
  ["another scoring", "OptionError", ["scoring", '"r2"'], search({ scoring: "r2" })],
  ["an unknown option", "OptionError", ['"builder"', 'mean "build"'], search({ builder: plan })],
  [
    "a distribution in random search",
    "OptionError",
    ["randomSearch: space: a", "a list"],
    () => randomSearch(data, { estimator: "classifier", build: plan, space: { a: 1 } } as never),
  ],
  [
    "maxEpochs in a space of halving",
    "OptionError",
    ["maxEpochs is what the rounds decide"],
    () => successiveHalving(data, { estimator: "classifier", build: plan as never, space: { maxEpochs: [1] } }),
  ],
  ["tables", "DataError", ["x"], () => gridSearch({ x: [["a"], ["b"]], y: [0, 1] } as never, common as never)],
  [
    "a function of buildScorer",
    "OptionError",
    ["buildScorer: build", "URL of a module"],
    () => buildScorer({ build: 2 as never, estimator: "classifier" }),
  ],
  [
    "no estimator",
    "OptionError",
    ["buildScorer: estimator", '"classifier"'],
    () => buildScorer({ build: plan as never } as never),
  ],
  [
    "a score of the other kind",
    "OptionError",
    ["buildScorer: scoring", '"r2"', '"accuracy"'],
    () => buildScorer({ build: plan as never, estimator: "classifier", scoring: "r2" }),
  ],
  [
    "parameters that are functions",
    "OptionError",
    ["buildScorer: parameters: a", "plain data"],
    () => buildScorer({ build: plan as never, estimator: "classifier", parameters: { a: () => 1 } }),
  ],
  [
    "an option of the search",
    "OptionError",
    ["buildScorer", '"grid"'],
    () => buildScorer({ build: plan as never, estimator: "classifier", grid: {} } as never),
  ],
  [
    "a fold that fails",
    "OptionError",
    ["crossValidate: fold 0", "build: expected the function to return"],
    () => crossValidate(buildScorer({ build: (() => 5) as never, estimator: "classifier" }), data, { folds: 2 }),
  ],
]);

/** The reason of the one candidate that `build` makes. */
const failing = (build: (...all: never[]) => unknown, more: object = {}) => {
  return async () => {
    const options = { ...common, build, grid: { a: [1] }, ...more };
    throw Object.assign(new (await reasonClass())(await reason(options)), {});
  };
};
const reasonClass = async () => (await import("../../src/index.js")).OptionError;
async function reason(options: object): Promise<string> {
  const error = (await refusalOf(() => gridSearch(data, options as never))) as Error & { result: { trials: never[] } };
  const [{ error: found }] = error.result.trials as unknown as [{ error: { name: string; message: string } }];
  return `${found.name}: ${found.message}`;
}

const dense2 = [dense({ units: 1, activation: "sigmoid" })];
const wrong: [what: string, says: string[], build: (...all: never[]) => unknown, more?: object][] = [
  ["undefined", ["OptionError", "{ layers, compile, fit }", "undefined"], () => undefined],
  ["layers alone", ["OptionError", "{ layers, compile, fit }"], () => layers],
  ["layers without compile", ["OptionError", "a compiled model"], () => ({ layers })],
  ["compile without layers", ["OptionError", "a compiled model"], () => ({ compile })],
  [
    "a model beside layers",
    ["OptionError", "{ model, fit }"],
    async () => ({ model: await compiled(), layers, fit: {} }),
  ],
  [
    "a model that is not compiled",
    ["OptionError", "not compiled", "model.compile"],
    () => Sequential.create({ inputShape: [2], layers: dense2 }),
  ],
  ["an unknown option of create", ["OptionError", '"name"'], () => ({ ...plan(), name: "a" })],
  [
    "an unknown option of fit",
    ["OptionError", 'unknown option "epoch"', "epochs"],
    () => ({ ...plan(), fit: { epoch: 2 } }),
  ],
  [
    "an unknown loss",
    ["OptionError", '"hinges"', '"hinge"'],
    () => ({ layers, compile: { optimizer: "adam", loss: "hinges" } }),
  ],
  [
    "fit for an estimator",
    ["OptionError", "an estimator has options of its own"],
    () => new MLPClassifier(),
    { fit: { epochs: 2 } },
  ],
  ["an unknown option of the shared fit", ["OptionError", '"epoch"'], plan, { fit: { epoch: 2 } }],
  [
    "another shape",
    ["ShapeError", "build: the model takes rows of [5], got [2]"],
    () => ({ ...plan(), inputShape: [5] }),
  ],
  ["an error of its own", ["RangeError: mine"], () => Promise.reject(new RangeError("mine"))],
  ["a thrown text", ["Error: text"], () => Promise.reject("text")],
];

async function compiled(): Promise<Sequential> {
  const model = await Sequential.create({ inputShape: [2], layers: dense2 });
  model.compile({ optimizer: "adam", loss: "binaryCrossentropy" });
  return model;
}

describeRefusals(
  "what a builder may not return, as the reason of the candidate",
  wrong.map(([what, says, build, more]): Refusal => [what, "OptionError", says, failing(build, more)]),
);

describeRefusals("a module in workers", [
  [
    "whose candidates all fail",
    "OptionError",
    ["TypeError: no such kind"],
    async () => {
      const options = { estimator: "classifier", build: address, grid: { kind: ["error"] }, folds: 2, workers: 2 };
      throw new (await reasonClass())(await reason(options));
    },
  ],
]);
