// Wrong options of compile, fit, evaluate and load, and invalid callbacks.

import { kindOf } from "../../src/base/kinds.js";
import { adam, dense, earlyStopping, Sequential as Model, type Sequential, sgd } from "../../src/index.js";
import { blobs } from "../model/models.js";
import { describeRefusals, type Refusal } from "./refusals.js";

const data = blobs(12);
const good = { optimizer: "adam", loss: "sparseCategoricalCrossentropy" } as const;

const compile = (options: unknown, ...says: string[]): Refusal => [
  `${JSON.stringify(options)}`,
  "OptionError",
  ["compile", ...says],
  (model) => model.compile((kindOf(options) === "Object" ? { ...good, ...(options as object) } : options) as never),
];

const oneOutput = (loss: unknown, ...says: string[]): Refusal => [
  `${loss} for one output`,
  "OptionError",
  ["compile", ...says],
  async () =>
    (await Model.create({ inputShape: [2], layers: [dense({ units: 1 })] })).compile({ ...good, loss } as never),
];

describeRefusals("compile", [
  compile(undefined, "options object", "undefined"),
  compile(null, "options object", "null"),
  compile({ losses: "mse" }, '"losses"', 'mean "loss"'),
  compile({ learningRate: 0.1 }, '"learningRate"', "Known: optimizer, loss, metrics"),
  compile({ optimizer: undefined }, "optimizer", '"adam"', "undefined"),
  compile({ optimizer: "adm" }, "optimizer", '"adam"', 'got "adm"', 'mean "adam"'),
  compile({ optimizer: "newton" }, "optimizer", '"sgd", "adam"', 'got "newton"'),
  [
    "optimizer not called",
    "OptionError",
    ["compile: optimizer", "a function"],
    (model) => model.compile({ ...good, optimizer: adam as never }),
  ],
  [
    "optimizer with a wrong option",
    "OptionError",
    ['"learnRate"', 'mean "learningRate"'],
    (model) => model.compile({ ...good, optimizer: { type: "adam", learnRate: 1 } as never }),
  ],
  [
    "optimizer with a wrong value",
    "OptionError",
    ["momentum", "<= 1", "got 2"],
    (model) => model.compile({ ...good, optimizer: { ...sgd(), momentum: 2 } }),
  ],
  compile({ loss: undefined }, "loss", '"meanSquaredError"', "undefined"),
  compile({ loss: "smooth_l1" }, "loss", 'got "smooth_l1"', "Pass any other as dice()"),
  compile({ loss: "binary_crossentropy" }, 'mean "binaryCrossentropy"'),
  compile({ optimizer: { type: "adam", lr: 0.1 } }, '"lr"', 'mean "learningRate"'),
  compile({ optimizer: { type: "adam", learning_rate: 0.1 } }, 'mean "learningRate"'),
  compile(new Map([["loss", "mse"]]), "options object"),
  compile({ loss: "sparseCategoricalCrossEntropy" }, 'mean "sparseCategoricalCrossentropy"'),
  compile({ loss: 5 }, "loss", "got 5"),
  compile({ loss: { type: "meanSquaredError", fromLogits: true } }, "meanSquaredError", "drop fromLogits"),
  compile({ loss: { type: "categoricalCrossentropy", fromLogits: true } }, "linear last layer", "got softmax"),
  compile({ metrics: "accuracy" }, "metrics", '["accuracy"]', 'got "accuracy"'),
  compile({ metrics: ["rmse"] }, "metrics[0]", 'got "rmse"', 'mean "rootMeanSquaredError"'),
  compile({ metrics: ["toString"] }, "metrics[0]", 'got "toString"'),
  compile({ metrics: ["accuracy", "acuracy"] }, "metrics[1]", 'mean "accuracy"'),
  compile({ metrics: ["accuracy", "accuracy"] }, "metrics", "twice"),
  compile({ metrics: [null] }, "metrics[0]", "got null"),
  compile({ metrics: ["meanSquaredError"] }, "metrics", "one target per output", "integer labels"),
  oneOutput("sparseCategoricalCrossentropy", "at least 2", "got 1", "binaryCrossentropy"),
  oneOutput("categoricalCrossentropy", "at least 2", "got 1", "binaryCrossentropy"),
]);

const fitting = (options: unknown, ...says: string[]): Refusal => [
  `${JSON.stringify(options)} ${says[says.length - 1]}`,
  "OptionError",
  ["fit", ...says],
  (model) => model.fit(data, options as never),
];

describeRefusals("options of fit", [
  fitting(null, "options object", "null"),
  fitting("5", "options object", '"5"'),
  fitting(5, "options object", "got 5"),
  fitting([1], "options object", "got [1]", "Known: epochs"),
  fitting({ epoch: 5 }, '"epoch"', 'mean "epochs"'),
  fitting({ batch_size: 5 }, '"batch_size"', 'mean "batchSize"'),
  fitting({ epochs: 0 }, "epochs", ">= 1", "got 0"),
  fitting({ epochs: -1 }, "epochs", ">= 1", "got -1"),
  fitting({ epochs: 1.5 }, "epochs", "an integer", "got 1.5"),
  fitting({ epochs: "3" }, "epochs", "an integer", 'got "3"'),
  fitting({ epochs: Number.NaN }, "epochs", "an integer", "got NaN"),
  fitting({ epochs: Number.POSITIVE_INFINITY }, "epochs", "an integer", "got Infinity"),
  fitting({ epochs: 2 ** 31 }, "epochs", "<= 2147483647", "got 2147483648"),
  fitting({ batchSize: 0 }, "batchSize", ">= 1", "got 0"),
  fitting({ batchSize: -32 }, "batchSize", ">= 1", "got -32"),
  fitting({ batchSize: 2.5 }, "batchSize", "an integer", "got 2.5"),
  fitting({ batchSize: null }, "batchSize", "an integer", "got null"),
  fitting({ shuffle: "yes" }, "shuffle", "true or false", '"yes"'),
  fitting({ validationSplit: 1 }, "validationSplit", "< 1", "got 1"),
  fitting({ validationSplit: -0.1 }, "validationSplit", ">= 0", "got -0.1"),
  fitting({ validationSplit: "0.2" }, "validationSplit", "a finite number", '"0.2"'),
  fitting({ validationSplit: Number.NaN }, "validationSplit", "a finite number", "got NaN"),
  fitting({ validationSplit: 0.2, validationData: data }, "validationData", "validationSplit", "not both"),
  fitting({ classWeight: null }, "classWeight", "{ class: weight", "got null"),
  fitting({ classWeight: "balance" }, "classWeight", "{ class: weight", 'or "balanced"', '"balance"'),
  fitting({ classWeight: new Map([[0, 2]]) }, "classWeight", "{ class: weight", "an object of type Map"),
  fitting({ classWeight: { 3: 1 } }, "classWeight: class", "< 3", "got 3"),
  fitting({ classWeight: { "-1": 1 } }, "classWeight: class", ">= 0", "got -1"),
  fitting({ classWeight: { 0.5: 1 } }, "classWeight: class", "an integer", "got 0.5"),
  fitting({ classWeight: { cat: 1 } }, "classWeight: class", "an integer", 'got "cat"'),
  fitting({ classWeight: { 1: -2 } }, "classWeight[1]", ">= 0", "got -2"),
  fitting({ classWeight: { 1: "2" } }, "classWeight[1]", "a finite number", 'got "2"'),
  fitting({ initialEpoch: -1 }, "initialEpoch", ">= 0", "got -1"),
  fitting({ initialEpoch: 0.5 }, "initialEpoch", "an integer", "got 0.5"),
  fitting({ verbose: 3 }, "verbose", "<= 2", "got 3"),
  fitting({ verbose: -1 }, "verbose", ">= 0", "got -1"),
  fitting({ verbose: 0.5 }, "verbose", "an integer", "got 0.5"),
  fitting({ verbose: true }, "verbose", "an integer", "got true"),
  fitting({ verbose: "auto" }, "verbose", "an integer", 'got "auto"'),
  fitting({ verbose: null }, "verbose", "an integer", "got null"),
  fitting({ signal: {} }, "signal", "an AbortSignal", "got an object."),
  fitting({ signal: new AbortController() }, "signal", "an AbortSignal", "got an object of type AbortController."),
  fitting({ signal: null }, "signal", "an AbortSignal", "got null"),
  fitting({ callbacks: earlyStopping() }, "callbacks", "a list", "an object"),
  fitting({ callbacks: [null] }, "callbacks", "onEpochEnd", "got null"),
  fitting({ callbacks: ["earlyStopping"] }, "callbacks", "onEpochEnd", '"earlyStopping"'),
  fitting({ callbacks: [earlyStopping] }, "callbacks", "onEpochEnd", "a function"),
  fitting({ callbacks: [{}] }, "callbacks", "onEpochEnd", "got an object"),
  fitting({ callbacks: [{ onEpochEnd: 5 }] }, "callbacks", "onEpochEnd", "is not a function"),
]);

const stopping = (options: unknown, ...says: string[]): Refusal => [
  `${JSON.stringify(options)}`,
  "OptionError",
  ["earlyStopping", ...says],
  () => earlyStopping(options as never),
];

describeRefusals("earlyStopping", [
  stopping(null, "options object", "null"),
  stopping({ patients: 3 }, '"patients"', 'mean "patience"'),
  stopping({ restore_best_weights: true }, 'mean "restoreBestWeights"'),
  stopping({ patience: -1 }, "patience", ">= 0", "got -1"),
  stopping({ patience: 1.5 }, "patience", "an integer", "got 1.5"),
  stopping({ minDelta: -1 }, "minDelta", ">= 0", "got -1"),
  stopping({ mode: "lower" }, "mode", '"min", "max"', 'got "lower"'),
  stopping({ baseline: "0.5" }, "baseline", "a finite number", '"0.5"'),
  stopping({ monitor: 5 }, "monitor", "a name", "got 5"),
  stopping({ restoreBestWeights: 1 }, "restoreBestWeights", "true or false", "got 1"),
  stopping({ startFromEpoch: -1 }, "startFromEpoch", ">= 0", "got -1"),
]);

const restore = (weights: unknown, got: string): Refusal => [
  `restore of ${got}`,
  "OptionError",
  ["restore", "snapshot()", got],
  (model: Sequential) =>
    model.fit(data, { callbacks: [{ onTrainBegin: (trainer) => trainer.restore(weights as never) }] }),
];

describeRefusals("what a callback hands back", [
  restore(undefined, "undefined"),
  restore([1, 2], "[1, 2]"),
  restore(new Float32Array(99999), "a Float32Array"),
]);

const evaluate = (options: unknown, ...says: string[]): Refusal => [
  `${JSON.stringify(options)}`,
  "OptionError",
  ["evaluate", ...says],
  (model) => model.evaluate(data, options as never),
];

const save = (options: object) => (model: Model) => model.save(options);

describeRefusals("options of evaluate, save and load", [
  evaluate(null, "options object", "null"),
  evaluate({ batchsize: 3 }, 'mean "batchSize"'),
  evaluate({ epochs: 1 }, '"epochs"', "Known: batchSize"),
  evaluate({ batchSize: 0 }, "batchSize", ">= 1", "got 0"),
  evaluate({ batchSize: 1.5 }, "batchSize", "an integer", "got 1.5"),
  ["load null", "OptionError", ["load", "options object", "null"], (model) => Model.load(model.save(), null as never)],
  [
    "an unknown type of weights",
    "OptionError",
    ["save: weights", '"float32", "float16", "int8"', '"int4"'],
    save({ weights: "int4" }),
  ],
  ["a misspelled type of weights", "OptionError", ["save: weights", 'mean "float16"?'], save({ weights: "float15" })],
  ["weights as a number of bits", "OptionError", ["save: weights", "got 16"], save({ weights: 16 })],
  [
    "small weights with the optimizer's memory",
    "OptionError",
    ["save: optimizer: true needs weights", '"float32"'],
    save({ weights: "int8", optimizer: true }),
  ],
  [
    "an unknown option with small weights",
    "OptionError",
    ["save", '"weight"', 'mean "weights"?'],
    save({ weight: "int8" }),
  ],
  [
    "a weight beyond float16",
    "OptionError",
    ["save: dense_1/kernel has 65520", "65504", '"int8"'],
    async (model) => {
      const copy = await Model.load(model.save());
      const [kernel, ...rest] = copy.getWeights();
      copy.setWeights([{ ...kernel, data: kernel.data.fill(65_520) }, ...rest]);
      return copy.save({ weights: "float16" });
    },
  ],
  [
    "load seed",
    "OptionError",
    ["load", '"seed"', "Known: backend"],
    (model) => Model.load(model.save(), { seed: 1 } as never),
  ],
  [
    "load backend",
    "OptionError",
    ["Sequential.load: backend", '"wasm"', '"gpu"'],
    (model) => Model.load(model.save(), { backend: "gpu" as never }),
  ],
]);

describeRefusals("trace", [
  [
    "an unknown option",
    "OptionError",
    ["trace", '"optimiser"', 'mean "optimizer"'],
    (model) => model.trace(data, { optimiser: true } as never),
  ],
  [
    "a name for a switch",
    "OptionError",
    ["trace: optimizer", "true or false", '"adam"'],
    (model) => model.trace(data, { optimizer: "adam" as never }),
  ],
]);
