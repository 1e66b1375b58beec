// Layers that prepare inputs inside the model: normalization with adapt, rescaling, categoryEncoding; and input noise.
import { describe, expect, it } from "vitest";
import {
  adam,
  batchNormalization,
  categoryEncoding,
  DataError,
  Dataset,
  dense,
  flatten,
  gaussianNoise,
  type LayerSpec,
  normalization,
  OptionError,
  rescaling,
  Sequential,
  ShapeError,
  type SimdgradError,
} from "../../src/index.js";
import { stateOf, weightBytes } from "../model/models.js";
import { runtimes } from "../model/runtimes.js";
import { uniforms } from "../support/tensors.js";

/** A dense layer that hands its inputs on. */
function pick(model: Sequential, features: number): void {
  const eye = Float32Array.from({ length: features * features }, (_, i) => (i % (features + 1) === 0 ? 1 : 0));
  model.setWeights(
    model.getWeights().map((weight) => (weight.name === "out/kernel" ? { ...weight, data: eye } : weight)),
  );
}

describe.each(runtimes)("%s", (_, runtime) => {
  /** Output of the layers for x, read through an identity. */
  async function through(inputShape: number[], layers: LayerSpec[], features: number): Promise<Sequential> {
    const out = dense({ units: features, useBias: false, name: "out" });
    const model = await Sequential.create({ inputShape, layers: [...layers, out], seed: 2, ...runtime });
    pick(model, features);
    return model;
  }

  it("normalization by given numbers, one for each feature or one for all", async () => {
    const each = await through([2], [normalization({ mean: [1, 2], variance: [4, 0.25] })], 2);
    expect([...each.predict([[3, 3]])]).toEqual([1, 2]);
    const all = await through([2], [normalization({ mean: 1, variance: 4 })], 2);
    expect([...all.predict([[3, 5]])]).toEqual([1, 2]);
    expect(all.getWeights()[0]).toEqual({ name: "normalization_1/mean", shape: [2], data: Float32Array.of(1, 1) });
  });

  it("adapt finds mean 3 and variance 5 of 0, 2, 4, 6, and 7 and, instead of 0, 1 of 7, 7, 7, 7", async () => {
    const x = [
      [0, 7],
      [2, 7],
      [4, 7],
      [6, 7],
    ];
    for (const data of [x, { x }, { x, y: [0, 1, 0, 1] }, Dataset.from({ x, y: [0, 1, 0, 1] }), x.flat()]) {
      const model = await through([2], [normalization()], 2);
      expect([...model.predict([[8, 8]])]).toEqual([8, 8]);
      model.adapt(data);
      const [mean, variance] = model.getWeights();
      expect([...mean.data, ...variance.data]).toEqual([3, 7, 5, 1]);
      // A feature that never varies is only shifted, as by scikit-learn.
      expect([...model.predict([[8, 8]])]).toEqual([Math.fround(Math.sqrt(5)), 1]);
    }
  });

  it("adapt loses nothing of large means, in float64", async () => {
    const rows = 5000;
    const x = uniforms(rows * 3, 1, 1e5, 1e5 + 10);
    const model = await through([3], [normalization()], 3);
    model.adapt(x);
    const y = model.predict(x);
    for (let j = 0; j < 3; j++) {
      const column = y.filter((_, i) => i % 3 === j);
      const mean = column.reduce((sum, value) => sum + value, 0) / rows;
      const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows;
      expect(Math.abs(mean)).toBeLessThan(2e-3); // the mean itself is float32: half an ulp of 1e5 is 0.004
      expect(variance).toBeCloseTo(1, 5);
    }
  });

  it("adapts each layer to what reaches it, through the layers before it", async () => {
    const layers = [rescaling({ scale: 0.5, offset: 1 }), normalization(), rescaling({ scale: 3 }), normalization()];
    const model = await through([1], layers, 1);
    model.adapt(Array.from({ length: 600 }, (_, i) => 2 * (i % 4))); // 1, 2, 3, 4 after the first
    const [mean1, variance1, mean2, variance2] = model.getWeights().map(({ data }) => data[0]);
    expect([mean1, variance1]).toEqual([2.5, 1.25]);
    expect([mean2, variance2]).toBeAllClose([0, 9], { rtol: 1e-6, atol: 1e-6 });
  });

  it("adapt keeps optimizer and other weights, and the statistics are saved, not trained", async () => {
    const layers = [normalization(), dense({ units: 4, activation: "tanh" }), dense({ units: 1 })];
    const model = await Sequential.create({ inputShape: [3], layers, seed: 2, ...runtime });
    model.compile({ optimizer: "adam", loss: "meanSquaredError" });
    const data = { x: uniforms(90, 3, 50, 60), y: uniforms(30, 4) };
    model.adapt(data);
    const [mean, variance, ...rest] = model.getWeights();
    await model.fit(data, { epochs: 2, batchSize: 8 });
    const [meanAfter, varianceAfter, ...restAfter] = model.getWeights();
    expect([meanAfter, varianceAfter]).toEqual([mean, variance]);
    expect(restAfter).not.toEqual(rest);
    const loaded = await Sequential.load(model.save(), runtime);
    expect(loaded.predict(data.x)).toEqual(model.predict(data.x));
    expect(stateOf(loaded)).toBe(stateOf(model));
  });

  it("rescaling is a line, while training and not", async () => {
    const model = await through([2, 2], [rescaling({ scale: 1 / 4, offset: -1 }), flatten()], 4);
    expect([...model.predict([0, 4, 8, 16])]).toEqual([-1, 0, 1, 3]);
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    const trace = model.trace({ x: [0, 4, 8, 16], y: [[0, 0, 0, 0]] });
    expect([...trace["rescaling_1/h"].data]).toEqual([-1, 0, 1, 3]);
  });

  it("categoryEncoding: one-hot and multi-hot", async () => {
    const one = await through([1], [categoryEncoding({ numTokens: 4, outputMode: "oneHot" })], 4);
    expect([...one.predict([2, 0])]).toEqual([0, 0, 1, 0, 1, 0, 0, 0]);
    const several = await through([2], [categoryEncoding({ numTokens: 3, outputMode: "oneHot" }), flatten()], 6);
    expect([...several.predict([[2, 0]])]).toEqual([0, 0, 1, 1, 0, 0]);
    expect(several.layers[0].outputShape).toEqual([2, 3]);
    const multi = await through([1, 3], [flatten(), categoryEncoding({ numTokens: 4 })], 4);
    expect([...multi.predict([3, 1, 3])]).toEqual([0, 1, 0, 1]);
  });

  it("trains after categories", async () => {
    const layers = [
      categoryEncoding({ numTokens: 5, outputMode: "oneHot" }),
      flatten(),
      batchNormalization(),
      dense({ units: 2, activation: "softmax" }),
    ];
    const model = await Sequential.create({ inputShape: [2], layers, seed: 1, ...runtime });
    model.compile({
      optimizer: adam({ learningRate: 0.03 }),
      loss: "sparseCategoricalCrossentropy",
      metrics: ["accuracy"],
    });
    const x = Array.from({ length: 50 }, (_, i) => [i % 5, (i * 3) % 5]);
    const history = await model.fit({ x, y: x.map(([a]) => a % 2) }, { epochs: 60, batchSize: 10 });
    expect(history.accuracy[59]).toBe(1);
    const trace = model.trace({ x, y: x.map(([a]) => a % 2) });
    expect(trace["categoryEncoding_1/h"].data.reduce((sum, value) => sum + value, 0)).toBe(100);
  });

  it("noise is added in training alone, and resumes", async () => {
    const layers = [gaussianNoise(0.5), dense({ units: 6, activation: "tanh" }), dense({ units: 1 })];
    const build = async () => {
      const model = await Sequential.create({ inputShape: [3], layers, seed: 2, ...runtime });
      model.compile({ optimizer: "adam", loss: "meanSquaredError" });
      return model;
    };
    const data = { x: uniforms(90, 3), y: uniforms(30, 4) };
    const whole = await build();
    const plain = await Sequential.create({ inputShape: [3], layers: layers.slice(1), seed: 2, ...runtime });
    expect(whole.predict(data.x)).toEqual(plain.predict(data.x));
    const noise = whole.trace(data)["gaussianNoise_1/h"].data.map((value, i) => value - data.x[i]);
    const variance = noise.reduce((sum, value) => sum + value * value, 0) / 90;
    expect(variance).toBeGreaterThan(0.25 * (1 - 4 * Math.sqrt(2 / 90)));
    expect(variance).toBeLessThan(0.25 * (1 + 4 * Math.sqrt(2 / 90)));
    await whole.fit(data, { epochs: 4, batchSize: 8 });
    const half = await build();
    await half.fit(data, { epochs: 2, batchSize: 8 });
    const resumed = await Sequential.load(half.save(), runtime);
    await resumed.fit(data, { initialEpoch: 2, epochs: 4, batchSize: 8 });
    expect(weightBytes(resumed)).toEqual(weightBytes(whole));
  });
});

type Attempt = [what: string, error: new (message: string) => SimdgradError, attempt: () => unknown, says: string];

const encoder = categoryEncoding({ numTokens: 3 });
const head = dense({ units: 2, activation: "softmax" });
const make = (inputShape: number[], ...layers: LayerSpec[]) =>
  Sequential.create({ inputShape, layers: [...layers, head] });
const refusedBy = async (act: (model: Sequential) => unknown, ...layers: LayerSpec[]) => {
  const model = await make([2], ...layers);
  model.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
  const before = stateOf(model);
  try {
    await act(model);
  } finally {
    expect(stateOf(model)).toBe(before);
  }
};

const refusals: Attempt[] = [
  ["mean without variance", OptionError, () => normalization({ mean: 1 }), "mean is given without variance"],
  ["variance without mean", OptionError, () => normalization({ variance: [1] }), "variance is given without mean"],
  ["a negative variance", OptionError, () => normalization({ mean: 0, variance: -1 }), "normalization: variance"],
  ["NaN among means", OptionError, () => normalization({ mean: [0, Number.NaN], variance: 1 }), "mean[1]"],
  ["an unknown option", OptionError, () => normalization({ means: 1 } as never), 'mean "mean"'],
  ["too few means", ShapeError, () => make([3], normalization({ mean: [1, 2], variance: 1 })), "expected 3 numbers"],
  ["normalization of images", ShapeError, () => make([2, 2], normalization(), flatten()), "flatten()"],
  ["no scale", OptionError, () => rescaling({} as never), "rescaling: scale"],
  ["rescaling by a number", OptionError, () => rescaling(255 as never), "options object"],
  ["an infinite offset", OptionError, () => rescaling({ scale: 1, offset: 1 / 0 }), "rescaling: offset"],
  ["no numTokens", OptionError, () => categoryEncoding({} as never), "numTokens"],
  ["numTokens 0", OptionError, () => categoryEncoding({ numTokens: 0 }), ">= 1"],
  ["mode one_hot", OptionError, () => categoryEncoding({ numTokens: 2, outputMode: "one_hot" as never }), '"oneHot"'],
  ["categories of outputs", OptionError, () => make([2], dense({ units: 2 }), encoder), "categoryEncoding_1: only"],
  ["categories twice", OptionError, () => make([2], encoder, encoder), "may stand before categoryEncoding"],
  ["a negative deviation", OptionError, () => gaussianNoise(-1), "gaussianNoise: standardDeviation"],
  ["no deviation", OptionError, () => gaussianNoise(undefined as never), "got undefined"],
  ["an option of dropout", OptionError, () => gaussianNoise(1, { rate: 1 } as never), '"rate"'],
  ["predict 3 of 3", DataError, () => refusedBy((m) => m.predict([[0, 3]]), encoder), "row 0, column 1"],
  [
    "predict -1",
    DataError,
    () =>
      refusedBy(
        (m) =>
          m.predict([
            [0, 1],
            [-1, 1],
          ]),
        encoder,
      ),
    "row 1, column 0",
  ],
  ["fit 0.5", DataError, () => refusedBy((m) => m.fit({ x: [[0, 0.5]], y: [1] }), encoder), "from 0 to 2, got 0.5"],
  ["evaluate 9", DataError, () => refusedBy((m) => m.evaluate({ x: [[0, 9]], y: [1] }), encoder), "evaluate: x"],
  ["trace 9", DataError, () => refusedBy((m) => m.trace({ x: [[0, 9]], y: [1] }), encoder), "got 9"],
  ["adapt without a layer", OptionError, () => refusedBy((m) => m.adapt([[0, 1]]), encoder), "no layer to adapt"],
  ["adapt to nothing", DataError, () => refusedBy((m) => m.adapt(undefined as never), normalization()), "adapt: x"],
  ["adapt to no rows", DataError, () => refusedBy((m) => m.adapt([]), normalization()), "at least one row"],
  ["adapt to ragged rows", ShapeError, () => refusedBy((m) => m.adapt([[1, 2], [1]]), normalization()), "row 1"],
  ["adapt to NaN", DataError, () => refusedBy((m) => m.adapt([[1, Number.NaN]]), normalization()), "column 1"],
  [
    "adapt to a data set of another width",
    ShapeError,
    () => refusedBy((m) => m.adapt(Dataset.from({ x: [[1, 2, 3, 4]], y: [0] })), normalization()),
    "expected [*, 2], got [1, 4]",
  ],
  [
    "a negative variance as weight",
    DataError,
    () =>
      refusedBy((m) => {
        const weights = m.getWeights().map((w) => (w.name.endsWith("variance") ? { ...w, data: [1, -1] } : w));
        m.setWeights(weights);
      }, normalization()),
    "normalization_1/variance[1]: expected a number >= 0, got -1",
  ],
];

it.each(refusals)("rejects %s", async (_, error, attempt, says) => {
  const refused = await (async () => attempt())().catch((thrown: unknown) => thrown);
  expect(refused).toBeInstanceOf(error);
  expect((refused as Error).message).toContain(says);
});
