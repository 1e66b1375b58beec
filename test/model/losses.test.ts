// Losses through the public API: which targets each takes, what accuracy means, options in saved files, and the report
// of a prediction that a loss cannot take.
import { describe, expect, it } from "vitest";
import {
  activation,
  binaryCrossentropy,
  binaryFocalCrossentropy,
  categoricalFocalCrossentropy,
  checkGradients,
  type Data,
  DataError,
  dense,
  gelu,
  huber,
  type Loss,
  NonFiniteError,
  OptionError,
  Sequential,
  ShapeError,
} from "../../src/index.js";
import { runtimes } from "./runtimes.js";

const x = [
  [1, 0],
  [0, 1],
  [1, 1],
];

async function identity(loss: Loss, runtime: object = {}, units = 2): Promise<Sequential> {
  const layers = [dense({ units, kernelInitializer: "ones" })];
  const model = await Sequential.create({ inputShape: [2], layers, ...runtime });
  const eye = Float32Array.from({ length: 2 * units }, (_, at) => Number(Math.floor(at / units) === at % units));
  model.setWeights([
    { name: "dense_1/kernel", shape: [2, units], data: eye },
    { name: "dense_1/bias", shape: [units], data: new Float32Array(units) },
  ]);
  model.compile({ optimizer: "sgd", loss, metrics: ["accuracy"] });
  return model;
}

describe("targets", () => {
  const pairs = (...rows: number[][]): Data => ({ x, y: rows });

  const refused: [Loss, Data, new (...given: never[]) => Error, RegExp][] = [
    ["poisson", pairs([1, 0], [0, 1], [0, -1]), DataError, /y: row 2: poisson expects targets of 0 or more, got -1/],
    ["meanSquaredLogarithmicError", pairs([-3, 0], [0, 1], [0, 1]), DataError, /row 0: .* of 0 or more, got -3/],
    [
      "klDivergence",
      pairs([1, 0], [0, 2], [0, 1]),
      DataError,
      /row 1: klDivergence expects targets from 0 to 1, got 2/,
    ],
    ["hinge", pairs([1, 0.5], [0, 1], [0, 1]), DataError, /row 0: hinge expects targets of -1 and 1.* got 0.5/],
    ["squaredHinge", pairs([1, -1], [0, 1], [1, 1]), DataError, /row 1: squaredHinge .* or of 0 and 1, got 0/],
    ["categoricalHinge", { x, y: [0, 1, 1] }, ShapeError, /categoricalHinge expects one target per class/],
    [
      "categoricalFocalCrossentropy",
      { x, y: [0, 1, 1] },
      ShapeError,
      /categoricalFocalCrossentropy expects one target/,
    ],
    ["binaryFocalCrossentropy", pairs([1, 0], [0, 1], [0, -1]), DataError, /row 2: .* from 0 to 1, got -1/],
    ["huber", pairs([1, 0], [0, Number.NaN], [0, 1]), DataError, /row 1/],
  ];
  it.each(refused)("%s refuses what it cannot take", async (loss, data, type, message) => {
    const model = await identity(loss);
    for (const attempt of [() => model.fit(data), () => model.evaluate(data), () => model.trainOnBatch(data)]) {
      await expect(attempt()).rejects.toThrow(type);
      await expect(attempt()).rejects.toThrow(message);
    }
  });

  it.each(["huber", "logCosh", "meanAbsoluteError", "poisson"] as const)(
    "%s has no classes to weight",
    async (loss) => {
      const model = await identity(loss);
      await expect(model.fit(pairs([1, 0], [0, 1], [0, 1]), { classWeight: { 0: 2 } })).rejects.toThrow(
        `fit: classWeight: ${loss} has no classes.`,
      );
    },
  );

  it.each(["cosineSimilarity", "categoricalHinge", "categoricalFocalCrossentropy"] as const)(
    "%s needs two outputs",
    async (loss) => {
      const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })] });
      expect(() => model.compile({ optimizer: "sgd", loss })).toThrow(OptionError);
      expect(() => model.compile({ optimizer: "sgd", loss })).toThrow(/at least 2/);
    },
  );
});

describe.each(runtimes)("%s", (_, runtime) => {
  it("hinge: accuracy is the share of right signs, and 0 counts as -1", async () => {
    const model = await identity("hinge", runtime);
    const data = {
      x: [
        [0.3, -2],
        [-0.1, 0.2],
      ],
      y: [
        [1, -1],
        [1, -1],
      ],
    };
    // Gaps: 0.7 and 0; 1.1 and 1.2.
    const result = await model.evaluate(data);
    expect([result.loss]).toBeAllClose([(0.35 + 1.15) / 2]);
    expect(result.accuracy).toBe(0.5);
    const zeros = {
      x: data.x,
      y: [
        [1, 0],
        [1, 0],
      ],
    };
    expect(await model.evaluate(zeros)).toEqual(result);
  });

  it("hinge: classes of a single output are weighted, -1 as class 0", async () => {
    const rows = {
      x: [
        [2, 0],
        [2, 0],
      ],
      y: [-1, 1],
    };
    const train = async (data: Data, classWeight?: Record<number, number>) => {
      const model = await identity("hinge", runtime, 1);
      await model.fit(data, { shuffle: false, ...(classWeight && { classWeight }) });
      return model.getWeights();
    };
    expect(await train(rows, { 0: 3 })).toEqual(await train({ ...rows, sampleWeight: [3, 1] }));
    expect(await train({ ...rows, y: [0, 1] }, { 0: 3 })).toEqual(await train({ ...rows, sampleWeight: [3, 1] }));
  });

  it("the focal losses read accuracies as the cross-entropies do", async () => {
    const y = [
      [1, 0],
      [0, 1],
      [0, 1],
    ];
    const results = [];
    for (const [focal, plain] of [
      ["binaryFocalCrossentropy", "binaryCrossentropy"],
      ["categoricalFocalCrossentropy", "categoricalCrossentropy"],
    ] as const) {
      for (const fromLogits of [false, true]) {
        const expected = await (await identity({ type: plain, fromLogits }, runtime)).evaluate({ x, y });
        const actual = await (await identity({ type: focal, fromLogits }, runtime)).evaluate({ x, y });
        expect(actual.accuracy).toBe(expected.accuracy);
        results.push(actual.loss - expected.loss);
      }
    }
    expect(results.every((difference) => difference < 0)).toBe(true);
  });

  it("reports a rate below 0 as what it is", async () => {
    const model = await identity("poisson", runtime);
    const fit = model.fit({
      x: [
        [-1, 2],
        [1, 1],
      ],
      y: [
        [1, 0],
        [2, 1],
      ],
    });
    await expect(fit).rejects.toThrow(NonFiniteError);
    await expect(fit).rejects.toThrow(/poisson takes rates above 0, and a prediction is -1\.00\. End with exponential/);
  });

  it("activations and losses with options survive a file", async () => {
    const layers = [
      dense({ units: 3, activation: gelu({ approximate: true }) }),
      dense({ units: 2 }),
      activation("mish"),
    ];
    const options = { type: "binaryFocalCrossentropy", gamma: 1.5, labelSmoothing: 0.1 } as const;
    const model = await Sequential.create({ inputShape: [2], layers, seed: 5, ...runtime });
    model.compile({ optimizer: "adam", loss: options });
    const data = {
      x,
      y: [
        [1, 0],
        [0, 1],
        [0, 1],
      ],
    };
    await model.fit(data, { epochs: 2 });
    const again = await Sequential.load(model.save(), runtime);
    expect(again.compiled?.loss).toEqual(binaryFocalCrossentropy({ gamma: 1.5, labelSmoothing: 0.1 }));
    await model.fit(data, { epochs: 4, initialEpoch: 2 });
    await again.fit(data, { epochs: 4, initialEpoch: 2 });
    expect(again.getWeights()).toEqual(model.getWeights());
  });
});

it("a metric of probabilities is refused where a hinge gives none", async () => {
  const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })] });
  const compile = () => model.compile({ optimizer: "sgd", loss: "hinge", metrics: ["precision"] });
  expect(compile).toThrow(/precision reads probabilities, but hinge gives none\. Use "accuracy"/);
});

it("a file written before losses had options is read with their defaults", async () => {
  const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 2, activation: "softmax" })] });
  model.compile({ optimizer: "sgd", loss: { type: "categoricalCrossentropy", fromLogits: false } });
  expect(model.compiled?.loss).toEqual({ type: "categoricalCrossentropy", fromLogits: false, labelSmoothing: 0 });
  model.compile({ optimizer: "sgd", loss: { type: "meanSquaredError", fromLogits: false } });
  expect(model.compiled?.loss).toEqual({ type: "meanSquaredError", fromLogits: false });
  expect(huber({ delta: 2 })).toEqual({ type: "huber", fromLogits: false, delta: 2 });
});

describe.each(runtimes)("a number for each output on %s", (_, runtime) => {
  const [near, far] = [Math.log1p(Math.exp(-1)), Math.LN2]; // the losses of a logit of 1 and of 0, or of a lead so large
  const ones = [1, 1];
  const [first, second] = [
    [1, 0],
    [0, 1],
  ];

  it.each([
    [binaryCrossentropy({ fromLogits: true, posWeight: [2, 3] }), [ones, ones, ones], (10 * near + 5 * far) / 6],
    [
      categoricalFocalCrossentropy({ fromLogits: true, alpha: [1, 4], gamma: 0 }),
      [first, second, second],
      (5 * near + 4 * far) / 3,
    ],
  ])("%o has the loss worked by hand, also after loading and in a trace", async (loss, y, expected) => {
    const model = await identity(loss, runtime);
    expect((await model.evaluate({ x, y })).loss).toBeCloseTo(expected, 6);
    expect(model.trace({ x, y }).loss.data[0]).toBeCloseTo(expected, 6);
    const loaded = await Sequential.load(model.save(), runtime);
    expect(loaded.compiled?.loss).toEqual(loss);
    expect((await checkGradients(loaded, { x: [[0.5, -1], ...x.slice(1)], y })).ok).toBe(true);
    await Promise.all([model, loaded].map((one) => one.fit({ x, y }, { epochs: 3, batchSize: 2 })));
    expect(loaded.getWeights()).toEqual(model.getWeights());
  });
});
