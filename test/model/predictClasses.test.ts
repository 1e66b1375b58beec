// predictRows and predictClasses: predictions as lists, and as classes, here and in workers.
import { afterEach, describe, expect, it } from "vitest";
import {
  activation,
  argMax,
  binaryCrossentropy,
  type CompileOptions,
  DataError,
  dense,
  type LayerSpec,
  OptionError,
  type PredictClassesOptions,
  rescaling,
  reshape,
  Sequential,
  sparseCategoricalCrossentropy,
  type WorkerModel,
} from "../../src/index.js";
import { sampleInQuick } from "../support/inFull.js";
import { runtimes } from "./runtimes.js";

const x = [
  [-2, 1],
  [0.5, 0.25],
  [3, -1],
  [0, 0],
];

/** The inputs themselves as z, so that outputs are known. */
const linear = (layers: readonly LayerSpec[]) => [dense({ units: 2, kernelInitializer: "identity" }), ...layers];
/** z is the first input. */
const single = (end: LayerSpec[]) => [dense({ units: 1, kernelInitializer: "identity" }), ...end];

const open: { dispose(): void }[] = [];
afterEach(() => {
  for (const model of open.splice(0)) model.dispose();
});

async function make(layers: readonly LayerSpec[], compiled?: Partial<CompileOptions>): Promise<Sequential> {
  const model = await Sequential.create({ inputShape: [2], layers: [...layers], threads: 1 });
  if (compiled) model.compile({ optimizer: "sgd", loss: "mse", ...compiled });
  return model;
}

describe.each(runtimes)("predictRows, %s", (_, runtime) => {
  it("is predict, a list for each row", async () => {
    const layers = [dense({ units: 3, activation: "tanh" })];
    const model = await Sequential.create({ inputShape: [2], layers, seed: 1, ...runtime });
    const flat = model.predict(x);
    const rows = model.predictRows(x);
    expect(rows).toEqual([0, 1, 2, 3].map((row) => [...flat.subarray(3 * row, 3 * row + 3)]));
    expect(rows.every(Array.isArray)).toBe(true);
    expect(model.predictRows([[1, 2]]).length).toBe(1);
    expect(model.predictRows(new Float32Array(600)).length).toBe(300);
  });

  it("nests rows that have a shape", async () => {
    const layers = [dense({ units: 6, kernelInitializer: "zeros", biasInitializer: "zeros" }), reshape([3, 2])];
    const model = await Sequential.create({ inputShape: [1], layers, ...runtime });
    const [kernel] = model.getWeights();
    model.setWeights([kernel, { name: "dense_1/bias", shape: [6], data: [1, 2, 3, 4, 5, 6] }]);
    const row = [
      [1, 2],
      [3, 4],
      [5, 6],
    ];
    expect(model.predictRows<number[][]>([0, 0])).toEqual([row, row]);
    const cube = [...layers.slice(0, 1), reshape([1, 2, 3])];
    const other = await Sequential.create({ inputShape: [1], layers: cube, ...runtime });
    other.setWeights(model.getWeights());
    expect(other.predictRows([0])).toEqual([[[[1, 2, 3], [4, 5, 6]]]]); // biome-ignore format: one line
  });
});

const sigmoid = activation("sigmoid");
const softmax = activation("softmax");
const probabilities = { loss: "sparseCategoricalCrossentropy" } as const;

/** For z = x, or z = x[0]: the classes of the four rows. */
const cases: [
  what: string,
  layers: LayerSpec[],
  compiled: Partial<CompileOptions> | undefined,
  options: PredictClassesOptions,
  expected: unknown[],
][] = [
  ["softmax, compiled", linear([softmax]), probabilities, {}, [1, 0, 0, 0]],
  ["softmax alone", linear([softmax]), undefined, {}, [1, 0, 0, 0]],
  ["softmax with squares", linear([softmax]), { loss: "mse" }, {}, [1, 0, 0, 0]],
  ["logSoftmax alone", linear([activation("logSoftmax")]), undefined, {}, [1, 0, 0, 0]],
  ["logits of classes", linear([]), { loss: sparseCategoricalCrossentropy({ fromLogits: true }) }, {}, [1, 0, 0, 0]],
  ["sigmoids with one class per row", linear([sigmoid]), { loss: "categoricalCrossentropy" }, {}, [1, 0, 0, 0]],
  ["a categorical hinge", linear([]), { loss: "categoricalHinge" }, {}, [1, 0, 0, 0]],
  ["one sigmoid, whose ½ is no yes", single([sigmoid]), { loss: "binaryCrossentropy" }, {}, [0, 1, 1, 0]],
  ["one sigmoid alone", single([sigmoid]), undefined, {}, [0, 1, 1, 0]],
  ["one sigmoid with squares", single([sigmoid]), { loss: "mse" }, {}, [0, 1, 1, 0]],
  // sigmoid(0.5) = 0.62, sigmoid(3) = 0.95
  ["a threshold of 0.9", single([sigmoid]), undefined, { threshold: 0.9 }, [0, 0, 1, 0]],
  ["a threshold of 0.1", single([sigmoid]), undefined, { threshold: 0.1 }, [1, 1, 1, 1]],
  ["a threshold of 0", single([sigmoid]), undefined, { threshold: 0 }, [1, 1, 1, 1]],
  ["a threshold of 1", single([sigmoid]), undefined, { threshold: 1 }, [0, 0, 0, 0]],
  ["a logit", single([]), { loss: binaryCrossentropy({ fromLogits: true }) }, {}, [0, 1, 1, 0]],
  // ln(0.9 / 0.1) = 2.2, ln(0.1 / 0.9) = −2.2
  ["a logit, 0.9", single([]), { loss: binaryCrossentropy({ fromLogits: true }) }, { threshold: 0.9 }, [0, 0, 1, 0]],
  ["a logit, 0.1", single([]), { loss: binaryCrossentropy({ fromLogits: true }) }, { threshold: 0.1 }, [1, 1, 1, 1]],
  ["a logit, 0", single([]), { loss: binaryCrossentropy({ fromLogits: true }) }, { threshold: 0 }, [1, 1, 1, 1]],
  ["a logit, 1", single([]), { loss: binaryCrossentropy({ fromLogits: true }) }, { threshold: 1 }, [0, 0, 0, 0]],
  ["a hinge", single([activation("tanh")]), { loss: "hinge" }, {}, [0, 1, 1, 0]],
  [
    "sigmoids, each yes or no",
    linear([sigmoid]),
    { loss: "binaryCrossentropy" },
    {},
    [
      [0, 1],
      [1, 1],
      [1, 0],
      [0, 0],
    ],
  ],
  [
    "sigmoids alone",
    linear([sigmoid]),
    undefined,
    {},
    [
      [0, 1],
      [1, 1],
      [1, 0],
      [0, 0],
    ],
  ],
  [
    "sigmoids, 0.6",
    linear([sigmoid]),
    undefined,
    { threshold: 0.6 },
    [
      [0, 1],
      [1, 0],
      [1, 0],
      [0, 0],
    ],
  ],
  [
    "hinges",
    linear([]),
    { loss: "squaredHinge" },
    {},
    [
      [0, 1],
      [1, 1],
      [1, 0],
      [0, 0],
    ],
  ],
  ["names", linear([softmax]), undefined, { classes: ["ham", "spam"] }, ["spam", "ham", "ham", "ham"]],
  ["names of one output", single([sigmoid]), undefined, { classes: ["no", "yes"] }, ["no", "yes", "yes", "no"]],
  ["booleans", single([sigmoid]), undefined, { classes: [false, true] }, [false, true, true, false]],
  ["names that are numbers", single([sigmoid]), undefined, { classes: [10, 20] }, [10, 20, 20, 10]],
  [
    "names that are keys of objects",
    single([sigmoid]),
    undefined,
    { classes: ["__proto__", "constructor"] },
    ["__proto__", "constructor", "constructor", "__proto__"],
  ],
];

describe("predictClasses", () => {
  it.each(cases)("%s", async (_, layers, compiled, options, expected) => {
    const model = await make(layers, compiled);
    expect(await model.predictClasses(x, options)).toEqual(expected);
  });

  it("agrees with argMax, and with the accuracy that evaluate reports", async () => {
    const layers = [dense({ units: 5, activation: "softmax" })];
    const model = await Sequential.create({ inputShape: [2], layers, seed: 3, threads: 1 });
    model.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
    const inputs = Float32Array.from({ length: 200 }, (_, i) => ((i * 7919) % 101) / 50 - 1);
    const y = Float32Array.from({ length: 100 }, (_, i) => (i * 31) % 5);
    const classes = await model.predictClasses(inputs);
    expect(classes).toEqual([...argMax(model.predict(inputs), 5)]);
    const { accuracy } = await model.evaluate({ x: inputs, y });
    expect(classes.filter((own, row) => own === y[row]).length / 100).toBeCloseTo(accuracy, 12);
  });

  it("takes names from the metadata, which files keep, and leaves them with null", async () => {
    const model = await make(linear([softmax]));
    model.metadata = { classes: ["ham", "spam"] };
    const loaded = await Sequential.load(model.save());
    expect(await loaded.predictClasses<string>(x)).toEqual(["spam", "ham", "ham", "ham"]);
    expect(await loaded.predictClasses<string>(x, { classes: ["a", "b"] })).toEqual(["b", "a", "a", "a"]);
    expect(await loaded.predictClasses(x, { classes: null })).toEqual([1, 0, 0, 0]);
    loaded.metadata = { classes: { 0: "not a list" } };
    expect(await loaded.predictClasses(x)).toEqual([1, 0, 0, 0]);
    const several = await make(linear([sigmoid]));
    several.metadata = { classes: ["red", "blue"] };
    expect(await several.predictClasses<number[]>(x)).toEqual([[0, 1], [1, 1], [1, 0], [0, 0]]); // biome-ignore format: one line
  });

  it("reads x and the weights at the time of the call", async () => {
    const model = await make(single([sigmoid]));
    const rows = x.map((row) => [...row]);
    const asked = model.predictClasses(rows);
    rows[0][0] = 99;
    model.setWeights(model.getWeights().map((weight) => ({ ...weight, data: weight.data.map(() => 9) })));
    expect(await asked).toEqual([0, 1, 1, 0]);
  });
});

describe("in a worker", () => {
  async function there(layers: readonly LayerSpec[], compiled?: Partial<CompileOptions>): Promise<WorkerModel> {
    const model = await Sequential.create({ inputShape: [2], layers: [...layers], threads: 1, worker: true });
    open.push(model);
    if (compiled) await model.compile({ optimizer: "sgd", loss: "mse", ...compiled });
    return model;
  }

  it.each(sampleInQuick([0, 11, 15, 20, 24, 25]))("the same classes: case %i", async (place) => {
    const [, layers, compiled, options, expected] = cases[place];
    const model = await there(layers, compiled);
    expect(await model.predictClasses(x, options)).toEqual(expected);
  });

  it("the same rows, names of the metadata, and transfer", async () => {
    const layers = linear([softmax, reshape([2, 1])]);
    const [here, model] = [await make(layers), await there(layers)];
    expect(await model.predictRows<number[][]>(x)).toEqual(here.predictRows<number[][]>(x));
    const flat = Float32Array.from(x.flat());
    expect(await model.predictRows<number[][]>(flat, { transfer: true })).toEqual(here.predictRows<number[][]>(x));
    expect(flat.length).toBe(0);
    const named = await there(linear([softmax]));
    named.metadata = { classes: ["ham", "spam"] };
    const again = Float32Array.from(x.flat());
    expect(await named.predictClasses<string>(again, { transfer: true })).toEqual(["spam", "ham", "ham", "ham"]);
    expect(again.length).toBe(0);
  });
});

describe("refuses", () => {
  const asked = (
    what: string,
    layers: LayerSpec[],
    compiled: Partial<CompileOptions> | undefined,
    options: unknown,
    message: RegExp,
  ): [string, LayerSpec[], Partial<CompileOptions> | undefined, unknown, RegExp] => [
    what,
    layers,
    compiled,
    options,
    message,
  ];

  it.each([
    asked(
      "numbers",
      single([]),
      { loss: "mse" },
      {},
      /meanSquaredError after linear is for numbers, not classes. Use predict/,
    ),
    asked(
      "numbers of another loss",
      linear([activation("relu")]),
      { loss: "huber" },
      {},
      /huber after relu is for numbers/,
    ),
    asked("no loss", single([]), undefined, {}, /predictClasses: linear gives numbers, not classes/),
    asked(
      "probabilities that were scaled",
      linear([softmax, rescaling({ scale: 2 })]),
      undefined,
      {},
      /linear gives numbers/,
    ),
    asked("log-probabilities of yes", single([activation("logSigmoid")]), undefined, {}, /logSigmoid gives numbers/),
    asked(
      "a threshold for softmax",
      linear([softmax]),
      undefined,
      { threshold: 0.5 },
      /threshold is for yes-or-no outputs, and this model chooses one of 2 classes. Leave it out/,
    ),
    asked(
      "a threshold for hinges",
      single([]),
      { loss: "hinge" },
      { threshold: 0.5 },
      /outputs for hinge lie around 0. Leave it out/,
    ),
    asked(
      "a threshold below 0",
      single([sigmoid]),
      undefined,
      { threshold: -0.1 },
      /threshold: expected a finite number >= 0 and <= 1, got -0.1/,
    ),
    asked("a threshold above 1", single([sigmoid]), undefined, { threshold: 2 }, /threshold: .* <= 1, got 2/),
    asked("a threshold as text", single([sigmoid]), undefined, { threshold: "0.5" }, /threshold: .* got "0.5"/),
    asked("a threshold of NaN", single([sigmoid]), undefined, { threshold: Number.NaN }, /threshold: .* got NaN/),
    asked("no threshold", single([sigmoid]), undefined, { threshold: null }, /threshold: .* got null/),
    asked(
      "too few names",
      linear([softmax]),
      undefined,
      { classes: ["ham"] },
      /classes: expected 2 names, one for each class, got 1/,
    ),
    asked(
      "too many names",
      single([sigmoid]),
      undefined,
      { classes: ["a", "b", "c"] },
      /classes: expected 2 names, .* got 3. For numbers give classes: null/,
    ),
    asked("no names", linear([softmax]), undefined, { classes: [] }, /expected 2 names, .* got 0/),
    asked(
      "one name as text",
      linear([softmax]),
      undefined,
      { classes: "ham" },
      /classes: expected a list of names, or null for numbers, got "ham"/,
    ),
    asked(
      "names that are objects",
      linear([softmax]),
      undefined,
      { classes: [{}, {}] },
      /classes: expected a list of names/,
    ),
    asked(
      "a hole among the names",
      linear([softmax]),
      undefined,
      { classes: [undefined, "a"] },
      /classes: expected a list of names/,
    ),
    asked(
      "names for several yes or no",
      linear([sigmoid]),
      undefined,
      { classes: ["a", "b"] },
      /2 yes-or-no outputs, and gives rows of 0 and 1. Leave it out/,
    ),
    asked("an unknown option", linear([softmax]), undefined, { tresh: 1 }, /predictClasses: unknown option "tresh"/),
    asked(
      "the option of another library",
      linear([softmax]),
      undefined,
      { batchSize: 32 },
      /unknown option "batchSize". Known: threshold, classes/,
    ),
    asked(
      "a list for options",
      linear([softmax]),
      undefined,
      [0.5],
      /predictClasses: expected an options object, got \[0.5\]/,
    ),
    asked(
      "null for options",
      linear([softmax]),
      undefined,
      null,
      /predictClasses: expected an options object, got null/,
    ),
  ])("%s", async (_, layers, compiled, options, message) => {
    const model = await make(layers, compiled);
    const attempt = model.predictClasses(x, options as never);
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toThrow(OptionError);
  });

  it("metadata with names for another number of classes", async () => {
    const model = await make(linear([softmax]));
    model.metadata = { classes: ["a", "b", "c"] };
    await expect(model.predictClasses(x)).rejects.toThrow(/metadata.classes: expected 2 names, .* got 3/);
    model.metadata = { classes: ["a", null] };
    await expect(model.predictClasses(x)).rejects.toThrow(/metadata.classes: expected a list of names/);
  });

  it.each([
    ["one of several", linear([softmax])],
    ["yes or no", single([sigmoid])],
  ])("outputs that are NaN: %s", async (_, layers) => {
    const model = await make(layers);
    const huge = new Float32Array([1, 1, 3.4e38, 3.4e38]);
    model.setWeights(
      model
        .getWeights()
        .map((weight) => ({ ...weight, data: weight.data.map((__, i) => (i % 2 === 0 ? 3e38 : -3e38)) })),
    );
    await expect(model.predictClasses(huge)).rejects.toThrow(DataError);
    await expect(model.predictClasses(huge)).rejects.toThrow(/predictClasses: .*row [01]: expected numbers, got NaN/);
  });

  it("rows that do not fit, and surplus arguments, by the name of the method", async () => {
    const model = await make(linear([softmax]));
    expect(() => model.predictRows([[1, 2, 3]])).toThrow(/^predictRows: x: row 0/);
    await expect(model.predictClasses([[1, Number.NaN]])).rejects.toThrow(/^predictClasses: x: row 0, column 1/);
    expect(() => (model.predictRows as (...all: unknown[]) => unknown)(x, {})).toThrow(OptionError);
    await expect((model.predictClasses as (...all: unknown[]) => unknown)(x, {}, 1)).rejects.toThrow(OptionError);
    model.dispose();
    expect(() => model.predictRows(x)).toThrow(/^predictRows: this model was disposed/);
  });
});
