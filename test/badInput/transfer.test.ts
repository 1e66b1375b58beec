// Layers of models that cannot be given to another, and things that are not layers.
import { dense, freeze, normalization, Sequential, unfreeze } from "../../src/index.js";
import { blobs } from "../model/models.js";
import { describeRefusals, type Refusal } from "./refusals.js";

const data = blobs(12);
const create = (options: unknown) => Sequential.create(options as never);

/** Tries `make` with the layers of the model. */
const layers = (
  what: string,
  error: Refusal[1],
  says: string[],
  make: (own: Sequential["layers"]) => unknown,
): Refusal => [what, error, ["Sequential.create: layers", ...says], async (model) => create(await make(model.layers))];

/** A stand-in for a layer of a model. */
const pretended = (weights: unknown, more: object = {}) => ({
  spec: dense({ units: 3 }),
  inputShape: [2],
  getWeights: () => weights,
  ...more,
});
const kernel = { name: "dense_1/kernel", shape: [2, 3], data: new Float32Array(6) };
const bias = { name: "dense_1/bias", shape: [3], data: new Float32Array(3) };

describeRefusals("layers of models", [
  layers("another input", "ShapeError", ["dense_1", "[*, 5]", "brings [2", "new layer"], (own) => ({
    inputShape: [5],
    layers: own,
  })),
  layers("the last layer alone, for other inputs", "ShapeError", ["dense_1: for input [*, 1]"], (own) => ({
    inputShape: [1],
    layers: own.slice(-1),
  })),
  layers("a new layer before it that gives another number", "ShapeError", ["dense_2", "[*, 4]"], (own) => ({
    inputShape: [2],
    layers: [dense({ units: 4 }), own[0]],
  })),
  layers("a copy without its weights", "OptionError", ["[0]: type", "got undefined"], (own) => ({
    inputShape: [2],
    layers: structuredClone(own),
  })),
  layers("one layer instead of a list", "OptionError", ["a list of at least one layer"], (own) => ({
    inputShape: [2],
    layers: own[0],
  })),
  layers("no layers left", "OptionError", ["a list of at least one layer"], (own) => ({
    inputShape: [2],
    layers: own.slice(9),
  })),
  layers("a model among the layers", "OptionError", ["[0]: a model is not a layer", "...base.layers"], async () => ({
    inputShape: [2],
    layers: [await create({ inputShape: [2], layers: [dense({ units: 1 })] })],
  })),
  layers("getWeights that gives nothing", "OptionError", ["getWeights", "got null"], () => ({
    layers: [pretended(null)],
  })),
  layers("getWeights that gives undefined", "OptionError", ["getWeights", "got undefined"], () => ({
    layers: [pretended(undefined)],
  })),
  layers("getWeights that gives text", "OptionError", ["getWeights", 'got "w"'], () => ({ layers: [pretended("w")] })),
  layers("one weight of two", "ShapeError", ["dense_1"], () => ({ layers: [pretended([kernel])] })),
  layers("more weights than it has", "ShapeError", ["dense_1"], () => ({ layers: [pretended([kernel, bias, bias])] })),
  layers("weights in another order", "ShapeError", ["kernel is [2, 3]", "brings [3]"], () => ({
    layers: [pretended([bias, kernel])],
  })),
  layers("a weight that is null", "ShapeError", ["kernel is [2, 3]", "brings undefined"], () => ({
    layers: [pretended([null, bias])],
  })),
  layers("5 for a spec", "OptionError", ["[0]: expected a layer", "got 5"], () => ({
    layers: [pretended([], { spec: 5 })],
  })),
  layers("a spec of an unknown type", "OptionError", ["[0]: type", '"dense"', 'got "Dense"'], () => ({
    layers: [pretended([], { spec: { type: "Dense", units: 3 } })],
  })),
  [
    "values that are not finite",
    "DataError",
    ["dense_1/kernel[0]", "got NaN"],
    () => create({ layers: [pretended([{ ...kernel, data: new Float32Array(6).fill(Number.NaN) }, bias])] }),
  ],
  [
    "values that are too few",
    "ShapeError",
    ["dense_1/kernel", "with 2 values"],
    () => create({ layers: [pretended([{ ...kernel, data: new Float32Array(2) }, bias])] }),
  ],
  [
    "text for the input shape of a layer",
    "OptionError",
    ["inputShape: expected the shape of one row", 'got "2"'],
    () => create({ layers: [pretended([kernel, bias], { inputShape: "2" })] }),
  ],
  [
    "no inputShape for new layers",
    "OptionError",
    ["inputShape", "got undefined"],
    () => create({ layers: [dense({ units: 1 })] }),
  ],
  ["no inputShape and no layers", "OptionError", ["inputShape", "got undefined"], () => create({ layers: [] })],
  [
    "no inputShape, and null for a list",
    "OptionError",
    ["inputShape", "got undefined"],
    () => create({ layers: null }),
  ],
  [
    "layers of a model that was disposed",
    "BackendError",
    ["layers: getWeights", "disposed"],
    async () => {
      const gone = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })] });
      const { layers: own } = gone;
      gone.dispose();
      await create({ layers: own });
    },
  ],
  [
    "one more argument for getWeights",
    "OptionError",
    ["getWeights", "got 1"],
    ({ layers: [first] }) => first.getWeights(...([1] as unknown as [])),
  ],
  [
    "setting trainable",
    "OptionError",
    ["layers: dense_1", "a model keeps its layers", "map(freeze)"],
    ({ layers: [first] }) => Object.assign(first, { trainable: false }),
  ],
  [
    "training a model whose layers are all frozen",
    "OptionError",
    ["fit: every layer has trainable: false. Unfreeze one"],
    async (model) => {
      const frozen = await Sequential.create({ layers: model.layers.map(freeze) });
      frozen.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
      await frozen.fit(data);
    },
  ],
  [
    "a model of layers without weights to train",
    "OptionError",
    ["at least one layer with weights to train"],
    async () => {
      const base = await Sequential.create({ inputShape: [2], layers: [normalization(), dense({ units: 1 })] });
      await create({ layers: base.layers.slice(0, 1) });
    },
  ],
]);

const changes = { freeze, unfreeze };
const frozen = (name: keyof typeof changes, given: unknown, ...says: string[]): Refusal => [
  `${name}: ${JSON.stringify(given)}`,
  "OptionError",
  [name, ...says],
  () => changes[name](given as never),
];

describeRefusals("freeze and unfreeze", [
  frozen("freeze", undefined, "expected a layer", "got undefined"),
  frozen("freeze", null, "expected a layer", "got null"),
  frozen("freeze", "dense", "expected a layer", 'got "dense"'),
  frozen("freeze", [dense({ units: 1 })], "type", "got undefined"),
  frozen("freeze", {}, "type", "got undefined"),
  frozen("freeze", { type: "dens" }, "type", 'mean "dense"'),
  frozen("freeze", { type: "dense" }, "units", "got undefined"),
  frozen("freeze", { type: "dense", units: 1, trainabel: false }, '"trainabel"', 'mean "trainable"'),
  frozen("unfreeze", 5, "expected a layer", "got 5"),
  frozen("unfreeze", { type: "dense", units: 0 }, "units", "got 0"),
  ["a model", "OptionError", ["freeze: a model is not a layer"], (model) => freeze(model as never)],
  [
    "freeze with true",
    "OptionError",
    ["freeze", "expected 1 argument"],
    () => freeze(...([dense({ units: 1 }), true] as never as [never])),
  ],
]);
