// Weights of single outputs: with weights of 1 the loss is that of the kernel, with others a weighted mean of the
// losses of single outputs.
import { describe, expect, it } from "vitest";
import {
  checkGradients,
  dense,
  huber,
  type LossSpec,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  OptionError,
  pinball,
  poisson,
  poissonNll,
  Sequential,
  smoothL1,
} from "../../src/index.js";
import { uniforms } from "../support/tensors.js";
import { runtimes } from "./runtimes.js";

const ROWS = 7;
const x = uniforms(ROWS * 3, 1, -2, 2);
const y = uniforms(ROWS * 3, 2, 0.1, 4);
const sampleWeight = uniforms(ROWS, 3, 0, 2);

type Factory = (options?: { outputWeights?: readonly number[] }) => LossSpec;

const factories: readonly [string, Factory][] = [
  ["meanSquaredError", meanSquaredError],
  ["meanAbsoluteError", meanAbsoluteError],
  ["meanAbsolutePercentageError", meanAbsolutePercentageError],
  ["meanSquaredLogarithmicError", meanSquaredLogarithmicError],
  ["huber", (options = {}) => huber({ delta: 0.7, ...options })],
  ["logCosh", logCosh],
  ["pinball", (options = {}) => pinball({ quantile: 0.8, ...options })],
  ["poisson", poisson],
  ["smoothL1", (options = {}) => smoothL1({ beta: 0.7, ...options })],
  ["poissonNll", (options = {}) => poissonNll({ logInput: false, ...options })],
];

/** Metrics of their own, which take no options of losses. */
const METRICS = ["meanSquaredError", "meanAbsoluteError", "meanAbsolutePercentageError"];

async function modelOf(loss: LossSpec, runtime: object = {}) {
  const layers = [dense({ units: 5, activation: "tanh" }), dense({ units: 3, activation: "softplus" })];
  const model = await Sequential.create({ inputShape: [3], layers, seed: 4, ...runtime });
  model.compile({ optimizer: "sgd", loss });
  return model;
}

describe.each(runtimes)("%s", (_, runtime) => {
  it.each(factories)("%s: ones are as none", async (_, factory) => {
    const data = { x, y, sampleWeight };
    const [own, plain] = [
      await modelOf(factory({ outputWeights: [1, 1, 1] }), runtime),
      await modelOf(factory(), runtime),
    ];
    const tolerance = { rtol: 1e-5, atol: 1e-6 };
    expect(own.trace(data).rowLoss.data).toBeAllClose(plain.trace(data).rowLoss.data, tolerance);
    const [slopes, expected] = [own, plain].map((model) => model.trace(data)["ddense_2/h"]?.data);
    if (slopes && expected) expect(slopes).toBeAllClose(expected, tolerance);
    await own.trainOnBatch(data);
    await plain.trainOnBatch(data);
    own.getWeights().forEach(({ data }, i) => {
      expect(data).toBeAllClose(plain.getWeights()[i].data, tolerance);
    });
  });

  it.each(factories)("%s: a weighted mean of single outputs", async (_, factory) => {
    const data = { x, y };
    const lossOf = async (outputWeights: readonly number[]) =>
      (await (await modelOf(factory({ outputWeights }), runtime)).evaluate(data)).loss;
    const single = await Promise.all([[1, 0, 0], [0, 1, 0], [0, 0, 1]].map(lossOf)); // biome-ignore format: a matrix
    const expected = 0.5 * single[0] + 3 * single[1];
    expect([await lossOf([0.5, 3, 0])]).toBeAllClose([expected], { rtol: 1e-5, atol: 1e-6 });
  });

  it.each(factories)("%s: gradients are slopes, and a file holds them", async (_, factory) => {
    const model = await modelOf(factory({ outputWeights: [0.5, 3, 0] }), runtime);
    const data = { x, y, sampleWeight };
    const check = await checkGradients(model, data, { sample: "all" });
    expect(check.ok, String(check)).toBe(true);
    const again = await Sequential.load(model.save(), runtime);
    expect(await again.evaluate(data)).toEqual(await model.evaluate(data));
  });

  it.each(factories.filter(([name]) => !METRICS.includes(name)))("%s: as a metric", async (_, factory) => {
    const weighted = { ...factory({ outputWeights: [0.5, 3, 0] }), name: "weighted" };
    const plain = { ...factory(), name: "plain" };
    const model = await modelOf(factory(), runtime);
    model.compile({ optimizer: "sgd", loss: factory(), metrics: [weighted, plain] as never });
    const result: Record<string, number> = await model.evaluate({ x, y });
    const own = await (await modelOf(factory({ outputWeights: [0.5, 3, 0] }), runtime)).evaluate({ x, y });
    expect([result.weighted, result.plain]).toBeAllClose([own.loss, result.loss], { rtol: 1e-5, atol: 1e-6 });
  });

  it("scikit-learn's multioutput: weights that sum to the number of outputs", async () => {
    const model = await modelOf(meanSquaredError({ outputWeights: [0.3, 1.2, 1.5] }), runtime);
    const errors = model.predict(x).map((p, i) => (p - y[i]) ** 2);
    const means = [0, 1, 2].map((j) => errors.filter((_, i) => i % 3 === j).reduce((a, b) => a + b, 0) / ROWS);
    const average = 0.1 * means[0] + 0.4 * means[1] + 0.5 * means[2];
    expect([(await model.evaluate({ x, y })).loss]).toBeAllClose([average], { rtol: 1e-5, atol: 1e-6 });
  });
});

it.each([[[1, 1]], [[1, 1, 1, 1]], [[2]]])("%o for three outputs are refused", async (outputWeights) => {
  for (const [, factory] of factories) {
    const loss = factory({ outputWeights });
    await expect(modelOf(loss)).rejects.toThrow(OptionError);
    await expect(modelOf(loss)).rejects.toThrow(`outputWeights: expected 3 numbers, one for each output, got`);
  }
});
