// Options of losses that are functions, and losses by name that are not.
import {
  categoricalGeneralizedCrossEntropy,
  circle,
  customLoss,
  dense,
  dice,
  gaussianNll,
  huber,
  multiLabelMargin,
  multiMargin,
  poissonNll,
  Sequential,
  smoothL1,
  softMargin,
  tversky,
} from "../../src/index.js";
import { describeRefusals, type Refusal } from "./refusals.js";

type Factory = (options?: never) => unknown;

/** Values that an option of a loss refuses. */
const refused = (factory: Factory, name: string, option: string, expected: string, values: readonly unknown[]) =>
  values.map(
    (value): Refusal => [
      `${option} ${typeof value === "string" ? `"${value}"` : String(value)}`,
      "OptionError",
      [`${name}: ${option}`, expected],
      () => factory({ [option]: value } as never),
    ],
  );

const unknown = (factory: Factory, name: string, option: string): Refusal => [
  `unknown ${option}`,
  "OptionError",
  [name, `unknown option "${option}"`],
  () => factory({ [option]: 1 } as never),
];

const surplus = (factory: Factory, name: string): Refusal => [
  "two arguments",
  "OptionError",
  [`${name}: expected 1 argument, got 2`],
  () => (factory as (...given: unknown[]) => unknown)({}, {}),
];

describeRefusals("smoothL1", [
  ...refused(smoothL1, "smoothL1", "beta", "a finite number > 0", [0, -1, Number.NaN, "1", null, [1]]),
  unknown(smoothL1, "smoothL1", "delta"),
  surplus(smoothL1, "smoothL1"),
]);

describeRefusals("poissonNll", [
  ...refused(poissonNll, "poissonNll", "eps", "a finite number > 0", [0, -1e-8, Number.POSITIVE_INFINITY]),
  ...refused(poissonNll, "poissonNll", "logInput", "true or false", [0, "yes", null]),
  ...refused(poissonNll, "poissonNll", "full", "true or false", [1, "no"]),
  unknown(poissonNll, "poissonNll", "log_input"),
  surplus(poissonNll, "poissonNll"),
]);

describeRefusals("gaussianNll", [
  ...refused(gaussianNll, "gaussianNll", "eps", "a finite number > 0", [0, -1, Number.NaN]),
  ...refused(gaussianNll, "gaussianNll", "logVariance", "true or false", [1, "log"]),
  ...refused(gaussianNll, "gaussianNll", "full", "true or false", [1, null]),
  unknown(gaussianNll, "gaussianNll", "logInput"),
  surplus(gaussianNll, "gaussianNll"),
]);

describeRefusals("circle", [
  ...refused(circle, "circle", "gamma", "a finite number > 0", [0, -80, Number.NaN, "80", null]),
  ...refused(circle, "circle", "margin", "a finite number >= 0 and <= 1", [-0.1, 1.5, Number.NaN, "0.4", [0.4]]),
  ...refused(circle, "circle", "removeDiagonal", "true or false", [0, "no", null]),
  ...refused(circle, "circle", "reduction", "expected one of", ["auto", null, 1]),
  unknown(circle, "circle", "remove_diagonal"),
  unknown(circle, "circle", "fromLogits"),
  surplus(circle, "circle"),
]);

describeRefusals("dice", [
  unknown(dice, "dice", "smooth"),
  unknown(dice, "dice", "axis"),
  surplus(dice, "dice"),
  ["a number", "OptionError", ["dice", "options object", "1"], () => (dice as Factory)(1 as never)],
]);

describeRefusals("tversky", [
  ...refused(tversky, "tversky", "alpha", "a finite number >= 0", [-0.5, Number.NaN, "0.5", [0.5, 0.5]]),
  ...refused(tversky, "tversky", "beta", "a finite number >= 0", [-0.5, Number.POSITIVE_INFINITY, null]),
  unknown(tversky, "tversky", "gamma"),
]);

describeRefusals("categoricalGeneralizedCrossEntropy", [
  ...refused(
    categoricalGeneralizedCrossEntropy,
    "categoricalGeneralizedCrossEntropy",
    "q",
    "a finite number > 0 and < 1",
    [0, 1, -1, 2, Number.NaN],
  ),
  unknown(categoricalGeneralizedCrossEntropy, "categoricalGeneralizedCrossEntropy", "fromLogits"),
]);

describeRefusals("margins", [
  ...refused(multiMargin, "multiMargin", "p", "an integer >= 1 and <= 2", [0, 3, 1.5, "1"]),
  ...refused(multiMargin, "multiMargin", "margin", "a finite number", [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "1",
    null,
  ]),
  unknown(multiMargin, "multiMargin", "weight"),
  unknown(softMargin, "softMargin", "margin"),
  unknown(multiLabelMargin, "multiLabelMargin", "margin"),
  surplus(softMargin, "softMargin"),
  surplus(multiLabelMargin, "multiLabelMargin"),
]);

describeRefusals("reduction", [
  ...refused(dice as Factory, "dice", "reduction", '"sum"', ["average", "SUM", 1, true, ["sum"]]),
  ...refused(huber, "huber", "reduction", 'mean "mean"', ["sum_over_batch_size", "sumOverBatchSize", "batchmean"]),
  ...refused(huber, "huber", "reduction", 'mean "meanWithSampleWeight"', ["mean_with_sample_weight"]),
  ...refused(huber, "huber", "reduction", '"none"', ["None", null]),
  ...refused(customLoss as unknown as Factory, "customLoss", "reduction", '"none"', [null]),
  [
    "of plain data",
    "OptionError",
    ["compile: loss huber: reduction", '"sum"'],
    () => compiled({ type: "huber", reduction: "max" }),
  ],
]);

describeRefusals("outputWeights", [
  ...refused(huber, "huber", "outputWeights", "a weight >= 0 for each output", [1, "1", null, [], {}]),
  ...refused(smoothL1, "smoothL1", "outputWeights", "above 0 for at least one output", [[0], [0, 0]]),
  [
    "one below 0",
    "OptionError",
    ["huber: outputWeights[1]", ">= 0", "got -1"],
    () => huber({ outputWeights: [1, -1] }),
  ],
  ["one of text", "OptionError", ["poissonNll: outputWeights[0]"], () => poissonNll({ outputWeights: ["1" as never] })],
  unknown(dice as Factory, "dice", "outputWeights"),
  [
    "of another loss",
    "OptionError",
    ["compile: loss hinge", '"outputWeights"'],
    () => compiled({ type: "hinge", outputWeights: [1, 1, 1, 1] }),
  ],
]);

const module = "file:///losses.js";
const compute = () => ({ loss: [], gradient: [] });

describeRefusals("customLoss", [
  ["nothing", "OptionError", ["customLoss", "options object", "undefined"], () => customLoss(undefined as never)],
  ["the function itself", "OptionError", ["customLoss", "options object"], () => customLoss(compute as never)],
  ["neither function nor module", "OptionError", ["customLoss", "as compute, or a module"], () => customLoss({})],
  ["a name alone", "OptionError", ["customLoss", "got neither"], () => customLoss({ name: "mine" })],
  ...refused(customLoss as unknown as Factory, "customLoss", "compute", "expected a function", [
    1,
    "squared",
    null,
    {},
  ]),
  ...refused(customLoss as unknown as Factory, "customLoss", "name", "expected text", [1, null, {}]),
  ...refused(customLoss as unknown as Factory, "customLoss", "name", "expected a name", [""]),
  ...refused(customLoss as unknown as Factory, "customLoss", "module", "import.meta.url", [
    1,
    null,
    "./losses.js",
    "/losses.js",
    "",
  ]),
  ["targets", "OptionError", ["customLoss: targets", '"oneHot"'], () => customLoss({ module, targets: "x" as never })],
  unknown(customLoss as unknown as Factory, "customLoss", "fn"),
  [
    "two arguments",
    "OptionError",
    ["customLoss", "expected 1 argument, got 2"],
    () => (customLoss as (...given: unknown[]) => unknown)({ compute }, {}),
  ],
  [
    "an option of its result",
    "OptionError",
    ["custom", '"delta"'],
    () => compiled({ ...customLoss({ compute }), delta: 1 }),
  ],
  [
    "its result with another function",
    "OptionError",
    ["custom", "compute: expected a function"],
    () => compiled({ ...customLoss({ compute }), compute: 3 }),
  ],
  [
    "its result without function",
    "OptionError",
    ["compile: loss: customLoss", '"default"', "worker: true"],
    () => compiled(customLoss({ module })),
  ],
]);

async function compiled(loss: unknown): Promise<void> {
  const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 4 })] });
  model.compile({ optimizer: "sgd", loss: loss as never });
}

describeRefusals(
  "compile, by name",
  [
    ["Dice", "dice()"],
    ["smooth_l1", "dice()"],
    ["SmoothL1Loss", "dice()"],
    ["gaussian_nll", "dice()"],
    ["Circle", "dice()"],
    ["tripletMargin", "dice()"],
  ].map(
    ([name, hint]): Refusal => [name, "OptionError", ["compile: loss", `got "${name}"`, hint], () => compiled(name)],
  ),
);

describeRefusals("compile, something else", [
  [
    "a function",
    "OptionError",
    ["compile: loss", "got a function", "customLoss({ compute })"],
    () => compiled(() => 0),
  ],
  ["a factory", "OptionError", ["compile: loss", "got a function"], () => compiled(dice)],
  ["a number", "OptionError", ["compile: loss", "got 3"], () => compiled(3)],
  ["null", "OptionError", ["compile: loss", "got null"], () => compiled(null)],
  ["a type that Object has", "OptionError", ["compile: loss", '"toString"'], () => compiled({ type: "toString" })],
  ["a __proto__", "OptionError", ["compile: loss", '"__proto__"'], () => compiled({ type: "__proto__" })],
  ["an option it lacks", "OptionError", ["dice", '"alpha"'], () => compiled({ ...dice(), alpha: 1 })],
  ["fromLogits", "OptionError", ["dice", "no logits"], () => compiled({ ...dice(), fromLogits: true })],
]);
