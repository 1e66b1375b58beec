// Wrong regularizers and constraints: refused by their factories, and by the layer that is given them as plain data.
import {
  dense,
  l1,
  l1l2,
  l2,
  maxNorm,
  minMaxNorm,
  nonNeg,
  orthogonalRegularizer,
  Sequential,
  unitNorm,
} from "../../src/index.js";
import { describeRefusals, type Refusal } from "./refusals.js";

const layer = (option: string, value: unknown, ...says: string[]): Refusal => [
  `dense ${option} ${JSON.stringify(value) ?? String(value)}`,
  "OptionError",
  says,
  () => dense({ units: 1, [option]: value } as never),
];

describeRefusals("regularizers", [
  ["l1 of -1", "OptionError", ["l1", ">= 0", "got -1"], () => l1(-1)],
  ["l2 of NaN", "OptionError", ["l2", "got NaN"], () => l2(Number.NaN)],
  ["l2 of an object", "OptionError", ["l2", "got an object"], () => l2({ l2: 1 } as never)],
  ["l1l2 of a number", "OptionError", ["l1l2", "options object"], () => l1l2(0.1 as never)],
  ["l1l2 with L1", "OptionError", ['unknown option "L1"', 'mean "l1"'], () => l1l2({ L1: 1 } as never)],
  ["l1l2 below 0", "OptionError", ["l1l2: l2", ">= 0"], () => l1l2({ l2: -1 })],
  layer("kernelRegularizer", "l3", "dense: kernelRegularizer", 'got "l3"', "Did you mean"),
  layer("kernelRegularizer", 0.01, "dense: kernelRegularizer", "such as l2(0.001)", "got 0.01"),
  layer("biasRegularizer", true, "dense: biasRegularizer", "got true"),
  layer("biasRegularizer", { l2: 0.1 }, "dense: biasRegularizer: type"),
  layer("kernelRegularizer", { type: "l1l2", l2: "a" }, "l1l2: l2", 'got "a"'),
  [
    "dense kernelRegularizer not called",
    "OptionError",
    ["a function"],
    () => dense({ units: 1, kernelRegularizer: l2 as never }),
  ],
]);

const compiled = async (layers: Parameters<typeof Sequential.create>[0]["layers"]) => {
  const model = await Sequential.create({ inputShape: [3], layers });
  model.compile({ optimizer: "sgd", loss: "mse" });
};

describeRefusals("orthogonalRegularizer", [
  [
    "a number",
    "OptionError",
    ["orthogonalRegularizer", "options object", "0.1"],
    () => orthogonalRegularizer(0.1 as never),
  ],
  ["null", "OptionError", ["orthogonalRegularizer", "options object"], () => orthogonalRegularizer(null as never)],
  ["factor -1", "OptionError", ["orthogonalRegularizer: factor", ">= 0"], () => orthogonalRegularizer({ factor: -1 })],
  [
    "factor NaN",
    "OptionError",
    ["orthogonalRegularizer: factor", "NaN"],
    () => orthogonalRegularizer({ factor: Number.NaN }),
  ],
  [
    "mode of Keras's other name",
    "OptionError",
    ["orthogonalRegularizer: mode", '"columns"'],
    () => orthogonalRegularizer({ mode: "cols" as never }),
  ],
  ["axis", "OptionError", ['unknown option "axis"'], () => orthogonalRegularizer({ axis: 0 } as never)],
  layer("kernelRegularizer", { type: "orthogonalRegularizer", mode: 1 }, "orthogonalRegularizer: mode"),
  layer("kernelRegularizer", { type: "orthogonalRegularizer", l2: 1 }, '"l2"'),
  layer("kernelRegularizer", { type: "orthogonal" }, "kernelRegularizer: type"),
  [
    "a bias",
    "OptionError",
    ["compile: dense_1/bias: orthogonalRegularizer", "a vector of weights"],
    () => compiled([dense({ units: 4, biasRegularizer: orthogonalRegularizer() })]),
  ],
  [
    "a single column",
    "OptionError",
    ["compile: dense_1/kernel", "at least 2 columns", "got 1 of the kernel [3, 1]"],
    () => compiled([dense({ units: 1, kernelRegularizer: orthogonalRegularizer({ mode: "columns" }) })]),
  ],
]);

describeRefusals("constraints", [
  ["maxNorm of 0", "OptionError", ["maxNorm", "> 0", "got 0"], () => maxNorm(0)],
  ["maxNorm of an object", "OptionError", ["maxNorm", "got an object"], () => maxNorm({ maxValue: 1 } as never)],
  ["minMaxNorm upside down", "OptionError", ["minMaxNorm: maxValue", ">= 2"], () => minMaxNorm({ minValue: 2 })],
  ["minMaxNorm rate 0", "OptionError", ["minMaxNorm: rate", "> 0"], () => minMaxNorm({ rate: 0 })],
  ["minMaxNorm rate 2", "OptionError", ["minMaxNorm: rate", "<= 1"], () => minMaxNorm({ rate: 2 })],
  [
    "minMaxNorm axis 2",
    "OptionError",
    ["minMaxNorm: axis", "0, 1 or [0, 1]", "got 2"],
    () => minMaxNorm({ axis: 2 as never }),
  ],
  ["unitNorm axes", "OptionError", ["unitNorm: axis", "[1, 0]"], () => unitNorm({ axis: [1, 0] as never })],
  ["maxNorm axis", "OptionError", ["maxNorm: axis", '"0"'], () => maxNorm(2, { axis: "0" as never })],
  ["maxNorm dim", "OptionError", ['unknown option "dim"'], () => maxNorm(2, { dim: 0 } as never)],
  layer("biasConstraint", { type: "unitNorm", axis: 1 }, "dense: biasConstraint: axis", "axis 0 alone", "got 1"),
  layer("kernelConstraint", "maxnorm", "dense: kernelConstraint", 'Did you mean "maxNorm"?'),
  layer("kernelConstraint", 2, "dense: kernelConstraint", "such as maxNorm(2)", "got 2"),
  layer("biasConstraint", { type: "nonNeg", maxValue: 1 }, 'unknown option "maxValue"'),
  layer("biasConstraint", { type: "maxNorm", maxValue: -1 }, "maxNorm", "got -1"),
  [
    "dense biasConstraint not called",
    "OptionError",
    ["a function"],
    () => dense({ units: 1, biasConstraint: nonNeg as never }),
  ],
]);
