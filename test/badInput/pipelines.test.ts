// The doors of pipelines with an estimator, of transformed targets, their files, and searches over them.
import {
  estimatorPipeline,
  loadEstimator,
  MLPClassifier,
  MLPRegressor,
  transformedTargetRegressor,
  withOptions,
} from "../../src/estimators/index.js";
import {
  columnTransformer,
  kBinsDiscretizer,
  minMaxScaler,
  normalizer,
  robustScaler,
  standardScaler,
  transformerPipeline,
} from "../../src/index.js";
import { readAttachment, withAttachment } from "../../src/model/attachment.js";
import { gridSearch } from "../../src/search/index.js";
import { describeRefusals, type Refusal } from "./refusals.js";

const onWarning = () => {};
const own = { hiddenLayerSizes: [3], maxEpochs: 2, onWarning };
const x = [
  [1, 2],
  [3, 5],
  [4, 9],
  [2, 1],
];
const classifier = () => new MLPClassifier(own);
const regressor = () => new MLPRegressor(own);
const pipeline = estimatorPipeline([standardScaler(), classifier()]);
await pipeline.fit({ x, y: ["a", "b", "a", "b"] });
const numbers = estimatorPipeline([standardScaler(), regressor()]);
await numbers.fit({ x, y: [1, 2, 3, 4] });
const target = transformedTargetRegressor({ regressor: regressor(), transformer: minMaxScaler() });
await target.fit({ x, y: [1, 2, 3, 4] });

describeRefusals("estimatorPipeline", [
  [
    "an estimator alone",
    "OptionError",
    ["a list of transformers and an estimator"],
    () => estimatorPipeline([classifier()]),
  ],
  [
    "steps side by side",
    "OptionError",
    ["a list", "standardScaler"],
    () => estimatorPipeline(standardScaler() as never),
  ],
  [
    "no estimator",
    "OptionError",
    ["the last step", "new MLPClassifier()"],
    () => estimatorPipeline([standardScaler(), minMaxScaler() as never]),
  ],
  [
    "a class for an estimator",
    "OptionError",
    ["the last step", "a function"],
    () => estimatorPipeline([standardScaler(), MLPClassifier as never]),
  ],
  [
    "an estimator first",
    "OptionError",
    ["step 0", "such as standardScaler()"],
    () => estimatorPipeline([classifier() as never, classifier()]),
  ],
  [
    "a name twice",
    "OptionError",
    ["different names", '"a" twice'],
    () =>
      estimatorPipeline([
        ["a", standardScaler()],
        ["a", classifier()],
      ]),
  ],
  [
    "predict before fit",
    "OptionError",
    ["EstimatorPipeline", "await fit({ x, y }) first"],
    () => estimatorPipeline([standardScaler(), classifier()]).predict(x),
  ],
  ["rows for data", "DataError", ["EstimatorPipeline.fit", "Call fit({ x, y })"], () => pipeline.fit(x as never)],
  [
    "an unknown key",
    "OptionError",
    ["EstimatorPipeline.fit", '"weights"'],
    () => pipeline.fit({ x, y: [1, 2, 1, 2], weights: [] } as never),
  ],
  [
    "a step that refuses",
    "DataError",
    ['EstimatorPipeline.fit: transformerPipeline.fit: "standardScaler"', "row 0, column 1", '"2"'],
    () => pipeline.fit({ x: [[1, "2"]], y: ["a"] }),
  ],
  ["fewer labels than rows", "ShapeError", ["expected 4 rows"], () => pipeline.fit({ x, y: ["a", "b"] })],
  ["other columns", "ShapeError", ["EstimatorPipeline.predict", "expected 2", "got 1"], () => pipeline.predict([[1]])],
  ["a class that is not known", "DataError", ["y: row 0", '"c"'], () => pipeline.score({ x: [[1, 2]], y: ["c"] })],
  ["probabilities of a regressor", "OptionError", ["predictProba", "Use predict"], () => numbers.predictProba(x)],
  ["classes of a regressor", "OptionError", ["no classes"], () => numbers.classes],
  ["JSON", "OptionError", ["save()", "loadEstimator"], () => JSON.stringify(pipeline)],
  ["save before fit", "OptionError", ["await fit"], () => estimatorPipeline([standardScaler(), classifier()]).save()],
  [
    "metadata that JSON does not hold",
    "OptionError",
    ["metadata"],
    () => {
      pipeline.metadata = { at: new Date(0) };
    },
  ],
]);

describeRefusals("transformedTargetRegressor", [
  [
    "no transformer",
    "OptionError",
    ["a transformer, or the functions", "undefined and undefined"],
    () => transformedTargetRegressor({ regressor: regressor() }),
  ],
  [
    "one function",
    "OptionError",
    ["a function and undefined"],
    () => transformedTargetRegressor({ regressor: regressor(), func: (y) => y }),
  ],
  [
    "a transformer and functions",
    "OptionError",
    ["not both"],
    () => transformedTargetRegressor({ regressor: regressor(), transformer: minMaxScaler(), func: (y) => y }),
  ],
  [
    "a classifier",
    "OptionError",
    ["regressor", "an MLPRegressor"],
    () => transformedTargetRegressor({ regressor: classifier(), transformer: minMaxScaler() }),
  ],
  [
    "no regressor",
    "OptionError",
    ["regressor", "undefined"],
    () => transformedTargetRegressor({ transformer: minMaxScaler() } as never),
  ],
  [
    "a transformer without a way back",
    "OptionError",
    ["inverseTransform", "normalizer"],
    () => transformedTargetRegressor({ regressor: regressor(), transformer: transformerPipeline([normalizer()]) }),
  ],
  [
    "columns without a way back",
    "OptionError",
    ["columnTransformer"],
    () =>
      transformedTargetRegressor({ regressor: regressor(), transformer: columnTransformer([[minMaxScaler(), [0]]]) }),
  ],
  [
    "an unknown option",
    "OptionError",
    ['mean "inverseFunc"'],
    () => transformedTargetRegressor({ regressor: regressor(), inversefunc: 1 } as never),
  ],
  [
    "an invalid warning",
    "OptionError",
    ["onWarning", "a function"],
    () => transformedTargetRegressor({ regressor: regressor(), transformer: minMaxScaler(), onWarning: 1 as never }),
  ],
  ["a target that is missing", "DataError", ["y: row 1", "NaN"], () => target.fit({ x, y: [1, Number.NaN, 3, 4] })],
  ["a target of text", "DataError", ["y", '"a"'], () => target.fit({ x, y: ["a", "b", "a", "b"] })],
  [
    "a target out of a function's reach",
    "DataError",
    ["y: row 0", "-Infinity for 0"],
    () =>
      transformedTargetRegressor({ regressor: regressor(), func: Math.log, inverseFunc: Math.exp }).fit({
        x,
        y: [0, 1, 2, 3],
      }),
  ],
  [
    "predict before fit",
    "OptionError",
    ["await fit"],
    () => transformedTargetRegressor({ regressor: regressor(), transformer: minMaxScaler() }).predict(x),
  ],
  [
    "functions in a file",
    "OptionError",
    ["save", "functions", "powerTransformer"],
    async () =>
      (
        await transformedTargetRegressor({ regressor: regressor(), func: (y) => y, inverseFunc: (y) => y }).fit({
          x,
          y: [1, 2, 3, 4],
        })
      ).save(),
  ],
  [
    "the transformer of functions",
    "OptionError",
    ["by functions"],
    async () =>
      (
        await transformedTargetRegressor({ regressor: regressor(), func: (y) => y, inverseFunc: (y) => y }).fit({
          x,
          y: [1, 2, 3, 4],
        })
      ).transformer,
  ],
]);

describeRefusals("withOptions", [
  [
    "an unknown option",
    "OptionError",
    ["withOptions: alphas", 'mean "alpha"'],
    () => withOptions(classifier(), { alphas: 1 }),
  ],
  [
    "an unknown step",
    "OptionError",
    ['"scale" is neither', '"standardScaler"'],
    () => withOptions(pipeline, { "scale.withMean": true }),
  ],
  [
    "an unknown option of a step",
    "OptionError",
    ["standardScaler.withmean", 'mean "withMean"'],
    () => withOptions(pipeline, { "standardScaler.withmean": true }),
  ],
  [
    "an option of an option",
    "OptionError",
    ["standardScaler has no step"],
    () => withOptions(pipeline, { "standardScaler.withMean.x": true }),
  ],
  ["a value out of range", "OptionError", ["alpha", ">= 0"], () => withOptions(pipeline, { alpha: -1 })],
  [
    "a target transformer without a way back",
    "OptionError",
    ["inverseTransform", "normalizer"],
    () => withOptions(target, { "steps.transformer": normalizer() }),
  ],
  [
    "an invalid step",
    "OptionError",
    ["steps.standardScaler", "got 3"],
    () => withOptions(pipeline, { "steps.standardScaler": 3 }),
  ],
  ["no options", "OptionError", ["an object of options", "null"], () => withOptions(pipeline, null as never)],
  ["anything that is not a estimator", "OptionError", ["new MLPClassifier()"], () => withOptions({} as never, {})],
]);

const bytes = pipeline.save();
const altered = (what: string, says: string[], change: object, of: Uint8Array = bytes): Refusal => [
  what,
  "FormatError",
  ["loadEstimator", ...says],
  () => loadEstimator(withAttachment("test", of, { ...readAttachment("test", of), ...change } as never), { onWarning }),
];

describeRefusals("loadEstimator", [
  ["other bytes", "FormatError", ["loadEstimator: "], () => loadEstimator(new Uint8Array(99))],
  ["a file that is cut off", "FormatError", ["loadEstimator: "], () => loadEstimator(bytes.slice(0, -4))],
  ["an unknown option", "OptionError", ['"thread"'], () => loadEstimator(bytes, { thread: 1 } as never)],
  [
    "a model alone",
    "FormatError",
    ["a model alone", "Sequential.load"],
    () => loadEstimator(withAttachment("test", bytes, null)),
  ],
  altered("another version", ["EstimatorPipeline", "version 1, got 2"], { version: 2 }),
  altered("no transformers", ["EstimatorPipeline", "undefined"], { transformers: undefined }),
  altered("transformers of another kind", ["a pipeline of transformers"], {
    transformers: standardScaler().fit(x).toJSON(),
  }),
  altered("nothing within", ["inner", "null"], { inner: null }),
  altered("outputs of 0", ["outputs", "got 0"], { outputs: 0 }, target.save()),
  altered(
    "an invalid target transformer",
    ["TransformedTargetRegressor"],
    { transformer: { type: "x" } },
    target.save(),
  ),
]);

const data = { x, y: [0, 1, 0, 1] };
const search = { grid: { alpha: [1e-3] }, folds: 2, workers: 1 } as const;

describeRefusals("searches over pipelines", [
  [
    "options beside an estimator",
    "OptionError",
    ["options", "options of its own"],
    () => gridSearch(data, { ...search, estimator: pipeline, options: {} }),
  ],
  [
    "an invalid estimator",
    "OptionError",
    ["estimator", "new MLPClassifier()"],
    () => gridSearch(data, { ...search, estimator: {} as never }),
  ],
  [
    "callbacks",
    "OptionError",
    ["callbacks cannot travel"],
    () =>
      gridSearch(data, {
        ...search,
        estimator: estimatorPipeline([standardScaler(), new MLPClassifier({ callbacks: [{ onEpochEnd() {} }] })]),
      }),
  ],
  [
    "an unknown step",
    "OptionError",
    ["every candidate is refused", '"scale" is neither'],
    () => gridSearch(data, { ...search, estimator: pipeline, grid: { "scale.withMean": [true] } }),
  ],
  [
    "an option of no step",
    "OptionError",
    ["every candidate is refused", "nBins"],
    () =>
      gridSearch(data, {
        ...search,
        estimator: estimatorPipeline([kBinsDiscretizer(), classifier()]),
        grid: { "kBinsDiscretizer.nBins": [1] },
      }),
  ],
  [
    "a path without steps",
    "OptionError",
    ['"standardScaler.withMean"'],
    () => gridSearch(data, { ...search, estimator: "classifier", grid: { "standardScaler.withMean": [true] } }),
  ],
  [
    "modules",
    "OptionError",
    ["wasm is not to be searched"],
    () => gridSearch(data, { ...search, estimator: pipeline, grid: { wasm: [[]] } as never }),
  ],
]);

describeRefusals("steps that are passthrough, and partialFit", [
  [
    "drop as a step",
    "OptionError",
    ["step 0", '"passthrough"', '"drop"'],
    () => transformerPipeline(["drop" as never]),
  ],
  [
    "another word",
    "OptionError",
    ["transformerPipeline: step 1", '"passThrough"'],
    () => transformerPipeline([minMaxScaler(), "passThrough" as never]),
  ],
  [
    "drop before an estimator",
    "OptionError",
    ["estimatorPipeline: step 0", '"drop"'],
    () => estimatorPipeline(["drop" as never, regressor()]),
  ],
  [
    "passthrough as the estimator",
    "OptionError",
    ["the last step", "new MLPClassifier()"],
    () => estimatorPipeline([minMaxScaler(), "passthrough" as never]),
  ],
  [
    "passthrough as the transformer of a target",
    "OptionError",
    ["transformer", "standardScaler()", '"passthrough"'],
    () => transformedTargetRegressor({ regressor: regressor(), transformer: "passthrough" as never }),
  ],
  [
    "drop by withOptions",
    "OptionError",
    ["steps.standardScaler", '"passthrough"', '"drop"'],
    () => withOptions(pipeline, { "steps.standardScaler": "drop" }),
  ],
  [
    "options of passthrough",
    "OptionError",
    ["passthrough", '"a"'],
    () => transformerPipeline([{ type: "passthrough", options: { a: 1 } }]),
  ],
  [
    "passthrough before fit",
    "OptionError",
    ["nothing has been learned"],
    () => transformerPipeline(["passthrough"]).transform(x),
  ],
  [
    "other rows for passthrough",
    "ShapeError",
    ["expected 2 cells, got 1"],
    () =>
      transformerPipeline(["passthrough"])
        .fit(x)
        .transform([[1]]),
  ],
  [
    "a step that needs all rows",
    "OptionError",
    ["transformerPipeline.partialFit: step 1", '"kBinsDiscretizer"', "has no partialFit", "leave the step out"],
    () => transformerPipeline([minMaxScaler(), kBinsDiscretizer()]).partialFit(x),
  ],
  [
    "a median",
    "OptionError",
    ['"robustScaler"', "needs all rows at once", "Call fit"],
    () => transformerPipeline([robustScaler()]).partialFit(x),
  ],
  [
    "an option",
    "OptionError",
    ["partialFit", '"rows"'],
    () => transformerPipeline([minMaxScaler()]).partialFit(x, { rows: 1 } as never),
  ],
  [
    "a step of an estimator pipeline that needs all rows",
    "OptionError",
    ["EstimatorPipeline.partialFit", "kBinsDiscretizer has no partialFit"],
    () => estimatorPipeline([kBinsDiscretizer(), regressor()]).partialFit({ x, y: [1, 2, 3, 4] }),
  ],
  [
    "an estimator that needs all rows",
    "OptionError",
    ["EstimatorPipeline.partialFit: TransformedTargetRegressor has no partialFit"],
    () => estimatorPipeline([minMaxScaler(), target]).partialFit({ x, y: [1, 2, 3, 4] }),
  ],
  [
    "classes of a regressor",
    "OptionError",
    ["MLPRegressor.partialFit", "expected one argument"],
    () => numbers.partialFit({ x, y: [1, 2, 3, 4] }, { classes: [1, 2] }),
  ],
  ["rows alone", "DataError", ["EstimatorPipeline.partialFit", "{ x, y }"], () => numbers.partialFit(x as never)],
  ["other columns", "ShapeError", ["expected 2 cells, got 1"], () => numbers.partialFit({ x: [[1], [2]], y: [1, 2] })],
  [
    "a third argument",
    "OptionError",
    ["expected 2 arguments"],
    () =>
      (numbers as never as { partialFit(...a: unknown[]): unknown }).partialFit({ x, y: [1, 2, 3, 4] }, undefined, 1),
  ],
]);
