// Wrong layers, initializers, optimizers and losses: every factory refuses by name.
import {
  activation,
  adam,
  constant,
  dense,
  elu,
  leakyRelu,
  meanSquaredError,
  randomNormal,
  randomUniform,
  Sequential,
  sgd,
  sparseCategoricalCrossentropy,
  truncatedNormal,
} from "../../src/index.js";
import { describeRefusals, type Refusal } from "./refusals.js";

const units = (value: unknown, got: string): Refusal => [
  `units ${got}`,
  "OptionError",
  ["dense: units", "an integer >= 1", `got ${got}`],
  () => dense({ units: value as never }),
];

describeRefusals("dense", [
  ["nothing", "OptionError", ["dense", "options object", "undefined"], () => dense(undefined as never)],
  ["null", "OptionError", ["dense", "options object", "null"], () => dense(null as never)],
  ["a number", "OptionError", ["dense", "options object", "64"], () => dense(64 as never)],
  units(undefined, "undefined"),
  units(0, "0"),
  units(-1, "-1"),
  units(2.5, "2.5"),
  units(Number.NaN, "NaN"),
  units(Number.POSITIVE_INFINITY, "Infinity"),
  units(1e9, "1000000000"),
  units("64", '"64"'),
  units(null, "null"),
  units(8n, "8n"),
  units(Symbol("8"), "a symbol"),
  units([8], "[8]"),
  units(() => 8, "a function"),
  ["unit", "OptionError", ['unknown option "unit"', 'mean "units"'], () => dense({ unit: 8 } as never)],
  [
    "inputShape",
    "OptionError",
    ["dense", "inputShape", "Known: units"],
    () => dense({ units: 1, inputShape: [2] } as never),
  ],
  ["__proto__", "OptionError", ["dense", "__proto__"], () => dense(JSON.parse('{"units": 1, "__proto__": {}}'))],
  [
    "activation rleu",
    "OptionError",
    ["dense: activation", '"relu"', 'got "rleu"', "Did you mean"],
    () => dense({ units: 1, activation: "rleu" as never }),
  ],
  [
    "activation Sigmoid",
    "OptionError",
    ['Did you mean "sigmoid"'],
    () => dense({ units: 1, activation: "Sigmoid" as never }),
  ],
  [
    "activation null",
    "OptionError",
    ["dense: activation", "null"],
    () => dense({ units: 1, activation: null as never }),
  ],
  [
    "activation as a function",
    "OptionError",
    ["dense: activation", "a function"],
    () => dense({ units: 1, activation: Math.tanh as never }),
  ],
  [
    "activation factory not called",
    "OptionError",
    ["dense: activation", "a function"],
    () => dense({ units: 1, activation: elu as never }),
  ],
  [
    "trainable 1",
    "OptionError",
    ["dense: trainable", "true or false", "got 1"],
    () => dense({ units: 1, trainable: 1 as never }),
  ],
  [
    "useBias yes",
    "OptionError",
    ["dense: useBias", "true or false", '"yes"'],
    () => dense({ units: 1, useBias: "yes" as never }),
  ],
  [
    "initializer glorot",
    "OptionError",
    ["dense: kernelInitializer", '"glorotUniform"', '"glorot"'],
    () => dense({ units: 1, kernelInitializer: "glorot" as never }),
  ],
  [
    "initializer constant",
    "OptionError",
    ["biasInitializer", "constant({ value"],
    () => dense({ units: 1, biasInitializer: "constant" as never }),
  ],
  [
    "initializer not called",
    "OptionError",
    ["kernelInitializer", "Call it"],
    () => dense({ units: 1, kernelInitializer: randomNormal as never }),
  ],
]);

describeRefusals("activation", [
  ["nothing", "OptionError", ["activation", "undefined"], () => activation(undefined as never)],
  ["sofmax", "OptionError", ['Did you mean "softmax"'], () => activation("sofmax" as never)],
  ["an option", "OptionError", ["activation", '"nmae"', '"name"'], () => activation("relu", { nmae: "x" } as never)],
  [
    "an option of another",
    "OptionError",
    ["activation", "relu", "alpha"],
    () => activation({ type: "relu", alpha: 1 } as never),
  ],
  [
    "leakyRelu slope 0",
    "OptionError",
    ["leakyRelu: negativeSlope", "> 0", "got 0"],
    () => leakyRelu({ negativeSlope: 0 }),
  ],
  ["leakyRelu alpha", "OptionError", ["leakyRelu", "alpha", "negativeSlope"], () => leakyRelu({ alpha: 1 } as never)],
  ["elu alpha", "OptionError", ["elu: alpha", "> 0", '"1"'], () => elu({ alpha: "1" as never })],
]);

describeRefusals("initializers", [
  ["constant without value", "OptionError", ["constant: value", "finite", "undefined"], () => constant({} as never)],
  ["constant of nothing", "OptionError", ["constant", "undefined"], () => constant(undefined as never)],
  ["constant NaN", "OptionError", ["constant: value", "NaN"], () => constant({ value: Number.NaN })],
  [
    "uniform in the wrong order",
    "OptionError",
    ["randomUniform: maximum", ">= 1", "got 0"],
    () => randomUniform({ minimum: 1, maximum: 0 }),
  ],
  [
    "negative deviation",
    "OptionError",
    ["randomNormal: standardDeviation", ">= 0", "-1"],
    () => randomNormal({ standardDeviation: -1 }),
  ],
  [
    "stddev",
    "OptionError",
    ["truncatedNormal", "stddev", "standardDeviation"],
    () => truncatedNormal({ stddev: 1 } as never),
  ],
]);

describeRefusals("optimizers", [
  ["sgd lr", "OptionError", ["sgd", '"lr"', "learningRate"], () => sgd({ lr: 0.1 } as never)],
  ["sgd learningRate -1", "OptionError", ["sgd: learningRate", ">= 0", "-1"], () => sgd({ learningRate: -1 })],
  [
    "sgd learningRate NaN",
    "OptionError",
    ["sgd: learningRate", "finite", "NaN"],
    () => sgd({ learningRate: Number.NaN }),
  ],
  [
    "sgd learningRate as text",
    "OptionError",
    ["sgd: learningRate", '"0.1"'],
    () => sgd({ learningRate: "0.1" as never }),
  ],
  ["sgd momentum 1.5", "OptionError", ["sgd: momentum", "<= 1", "1.5"], () => sgd({ momentum: 1.5 })],
  [
    "sgd nesterov alone",
    "OptionError",
    ["sgd: nesterov", "momentum above 0", "momentum: 0.9"],
    () => sgd({ nesterov: true }),
  ],
  ["sgd null", "OptionError", ["sgd", "options object", "null"], () => sgd(null as never)],
  ["adam beta1 1", "OptionError", ["adam: beta1", "< 1", "got 1"], () => adam({ beta1: 1 })],
  ["adam beta2 -0.1", "OptionError", ["adam: beta2", ">= 0", "-0.1"], () => adam({ beta2: -0.1 })],
  ["adam epsilon 0", "OptionError", ["adam: epsilon", "> 0", "got 0"], () => adam({ epsilon: 0 })],
  [
    "adam compat pytorch",
    "OptionError",
    ["adam: compat", '"torch"', '"pytorch"'],
    () => adam({ compat: "pytorch" as never }),
  ],
  ["a learning rate alone", "OptionError", ["adam", "options object", "0.01"], () => adam(0.01 as never)],
]);

describeRefusals("losses", [
  [
    "fromLogits 1",
    "OptionError",
    ["fromLogits", "true or false", "got 1"],
    () => sparseCategoricalCrossentropy({ fromLogits: 1 as never }),
  ],
  [
    "from_logits",
    "OptionError",
    ['"from_logits"', '"fromLogits"'],
    () => sparseCategoricalCrossentropy({ from_logits: true } as never),
  ],
  [
    "an option where there is none",
    "OptionError",
    ["meanSquaredError", "delta"],
    () => meanSquaredError({ delta: 1 } as never),
  ],
]);

const create = (options: object) => () =>
  Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })], ...options });
const inputShape = (value: unknown, ...says: string[]): Refusal => [
  `inputShape ${says[says.length - 1]}`,
  "OptionError",
  ["Sequential.create: inputShape", ...says],
  create({ inputShape: value }),
];
const layers = (value: unknown, ...says: string[]): Refusal => [
  `layers ${says[says.length - 1]}`,
  "OptionError",
  says,
  create({ layers: value }),
];
const option = (name: string, value: unknown, ...says: string[]): Refusal => [
  `${name} ${says[says.length - 1]}`,
  "OptionError",
  [`Sequential.create: ${name}`, ...says],
  create({ [name]: value }),
];

describeRefusals("Sequential.create", [
  [
    "nothing",
    "OptionError",
    ["Sequential.create", "options object", "undefined"],
    () => Sequential.create(undefined as never),
  ],
  ["null", "OptionError", ["Sequential.create", "options object", "null"], () => Sequential.create(null as never)],
  ["an empty object", "OptionError", ["inputShape", "[784]", "undefined"], () => Sequential.create({} as never)],
  ["inputshape", "OptionError", ['"inputshape"', 'mean "inputShape"'], create({ inputshape: [2] })],
  inputShape(784, "such as [784]", "got 784"),
  inputShape([], "such as [784]", "got []"),
  inputShape(Int32Array.of(2), "such as [784]", "a Int32Array"),
  inputShape([0], "[0]", ">= 1", "got 0"),
  inputShape([-1], "[0]", ">= 1", "got -1"),
  inputShape([1.5], "[0]", "an integer", "got 1.5"),
  inputShape([Number.NaN], "[0]", "an integer", "got NaN"),
  inputShape(["2"], "[0]", "an integer", 'got "2"'),
  inputShape([null], "[0]", "an integer", "got null"),
  inputShape(new Array(1), "[0]", "an integer", "got undefined"),
  inputShape([2 ** 25], "[0]", "<= 16777216", "got 33554432"),
  inputShape([2 ** 60], "[0]", "<= 16777216", "got 1152921504606847000"),
  [
    "inputShape [28, 28]",
    "ShapeError",
    ["dense_1", "[*, features]", "[*, 28, 28]", "Put flatten()"],
    create({ inputShape: [28, 28] }),
  ],
  layers(undefined, "at least one layer", "undefined"),
  layers([], "at least one layer", "got []"),
  layers(dense({ units: 1 }), "a list", '{ type: "dense" }'),
  layers([null], "layers[0]", "dense({ units: 64 })", "got null"),
  layers(["dense"], "layers[0]", "dense({ units: 64 })", 'got "dense"'),
  layers([dense], "layers[0]", "got a function"),
  layers([{ units: 1 }], "layers[0]: type", '"dense"', "got undefined"),
  layers([{ type: "Dense", units: 1 }], "layers[0]: type", 'mean "dense"'),
  layers([{ type: "conv2d" }], "layers[0]: type", '"dense", "activation"', 'got "conv2d"'),
  layers([activation("relu")], "at least one layer with weights", "dense({ units: 1 })"),
  layers([dense({ units: 1 }), { type: "activation", activation: "relu", units: 3 }], "activation", "units"),
  layers([dense({ units: 1, name: "a" }), dense({ units: 1, name: "a" })], "two layers", '"a"'),
  layers([dense({ units: 1, name: "dense_2" }), dense({ units: 1 })], "two layers", '"dense_2"'),
  layers([dense({ units: 1, name: "a/b" })], "starts with a letter", 'got "a/b"'),
  layers([dense({ units: 1, name: "" })], "starts with a letter", 'got ""'),
  layers([dense({ units: 1, name: 7 as never })], "starts with a letter", "got 7"),
  layers([dense({ units: 1, name: "__proto__" })], "starts with a letter", 'got "__proto__"'),
  option("seed", -1, ">= 0", "got -1"),
  option("seed", 1.5, "an integer", "got 1.5"),
  option("seed", Number.NaN, "an integer", "got NaN"),
  option("seed", "1", "an integer", 'got "1"'),
  option("seed", 2 ** 60, "an integer", "got 1152921504606847000"),
  option("backend", "webgpu", '"auto", "wasm", "reference"', 'got "webgpu"'),
  option("backend", "WASM", 'mean "wasm"'),
  option("threads", 0, ">= 1", "got 0"),
  option("threads", 1.5, "an integer", "got 1.5"),
  option("threads", 1000, "<= 256", "got 1000"),
  option("threads", "all", "an integer", 'got "all"'),
  option("deterministic", 1, "true or false", "got 1"),
  [
    "a model larger than memory",
    "BackendError",
    ["GiB", "fewer units"],
    create({ inputShape: [2 ** 24], layers: [dense({ units: 2 ** 24 })] }),
  ],
]);
