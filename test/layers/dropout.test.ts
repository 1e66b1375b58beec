// dropout in a model: what it does to a step, and that it does nothing elsewhere.
import { describe, expect, it } from "vitest";
import {
  activation,
  alphaDropout,
  dense,
  dropout,
  gaussianDropout,
  type LayerSpec,
  OptionError,
  Sequential,
  sgd,
} from "../../src/index.js";
import { stateOf, weightBytes } from "../model/models.js";
import { runtimes } from "../model/runtimes.js";
import { normals, uniforms } from "../support/tensors.js";

const ROWS = 48;
const data = {
  x: uniforms(ROWS * 20, 1),
  y: Array.from({ length: ROWS }, (_, row) => row % 3),
};
const output = dense({ units: 3, activation: "softmax" });
const hidden = dense({ units: 24, activation: "relu" });

describe.each(runtimes)("%s", (_, runtime) => {
  async function build(layers: LayerSpec[], options: { seed?: number; threads?: number } = {}): Promise<Sequential> {
    const model = await Sequential.create({ inputShape: [20], layers, seed: 4, ...runtime, ...options });
    model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
    return model;
  }

  it("keeps an element times 1 / (1 - rate) or drops it, going forward and back alike", async () => {
    const model = await build([hidden, dropout(0.5), output]);
    const trace = model.trace(data);
    const [x, y] = [trace["dense_1/h"].data, trace["dropout_1/h"].data];
    const [dy, dx] = [trace["dropout_1/dh"].data, trace["dense_1/dh"].data];
    let kept = 0;
    x.forEach((value, i) => {
      const isKept = value === 0 ? dx[i] !== 0 || dy[i] === 0 : y[i] !== 0;
      expect(y[i]).toBe(isKept ? 2 * value : 0);
      expect(dx[i] + 0).toBe(isKept ? 2 * dy[i] : 0);
      if (isKept) kept++;
    });
    expect(kept / x.length).toBeGreaterThan(0.4);
    expect(kept / x.length).toBeLessThan(0.6);
  });

  it("changes no prediction and no evaluation", async () => {
    const plain = await build([hidden, output]);
    const dropping = await build([dropout(0.3), hidden, dropout(0.5), output]);
    dropping.setWeights(plain.getWeights());
    expect(dropping.predict(data.x)).toEqual(plain.predict(data.x));
    expect(await dropping.evaluate(data)).toEqual(await plain.evaluate(data));
  });

  it("drops nothing at a rate of 0", async () => {
    const [plain, none] = [await build([hidden, output]), await build([hidden, dropout(0), output])];
    for (const model of [plain, none]) await model.fit(data, { epochs: 3, batchSize: 16 });
    expect(weightBytes(none)).toEqual(weightBytes(plain));
  });

  it("draws anew in each step and layer, and the step that a trace shows is the next one", async () => {
    const model = await build([hidden, dropout(0.5), dropout(0.5), output]);
    const dropped = (name: string) => [...model.trace(data)[`${name}/h`].data].map((value) => value === 0);
    const before = dropped("dropout_1");
    expect(dropped("dropout_1")).toEqual(before);
    expect(dropped("dropout_2")).not.toEqual(before);
    const { loss } = model.trace(data);
    expect((await model.trainOnBatch(data)).loss).toBeCloseTo(loss.data[0], 6);
    expect(dropped("dropout_1")).not.toEqual(before);
  });

  it("draws anew in each of the batches whose gradients are accumulated", async () => {
    const model = await build([hidden, dropout(0.5), output]);
    const optimizer = sgd({ gradientAccumulationSteps: 3, learningRate: 0 });
    model.compile({ optimizer, loss: "sparseCategoricalCrossentropy" });
    const seen: string[] = [];
    for (let batch = 0; batch < 4; batch++) {
      seen.push([...model.trace(data)["dropout_1/h"].data].map((value) => Number(value === 0)).join(""));
      await model.trainOnBatch(data);
    }
    expect(new Set(seen).size).toBe(4);
  });

  it("draws by the model's seed, or by its own", async () => {
    const dropped = async (seed: number, layer: LayerSpec) => {
      const model = await build([dropout(0), layer, output], { seed });
      const { data: y } = model.trace(data)["dropout_2/h"];
      return [...y].map((value) => value === 0);
    };
    const own = await dropped(1, dropout(0.5, { seed: 11 }));
    expect(await dropped(2, dropout(0.5, { seed: 11 }))).toEqual(own);
    expect(await dropped(1, dropout(0.5, { seed: 12 }))).not.toEqual(own);
    expect(await dropped(1, dropout(0.5))).toEqual(await dropped(1, dropout(0.5)));
    expect(await dropped(2, dropout(0.5))).not.toEqual(await dropped(1, dropout(0.5)));
  });

  it("continues with the right draws after save and load", async () => {
    const layers = [hidden, dropout(0.4), output];
    const whole = await build(layers);
    await whole.fit(data, { epochs: 4, batchSize: 16 });
    const half = await build(layers);
    await half.fit(data, { epochs: 2, batchSize: 16 });
    const resumed = await Sequential.load(half.save(), runtime);
    await resumed.fit(data, { initialEpoch: 2, epochs: 4, batchSize: 16 });
    expect(stateOf(resumed)).toBe(stateOf(whole));
    expect(resumed.layers[1].spec).toEqual({ type: "dropout", rate: 0.4 });
  });
});

it("gives the same weights for any number of threads", async () => {
  const layers = [dense({ units: 256, activation: "relu" }), dropout(0.4), dense({ units: 3, activation: "softmax" })];
  const x = uniforms(256 * 128, 2);
  const y = Array.from({ length: 256 }, (_, row) => row % 3);
  const train = async (threads: number) => {
    const model = await Sequential.create({ inputShape: [128], layers, seed: 4, backend: "wasm", threads });
    model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
    await model.fit({ x, y }, { epochs: 2, batchSize: 96 });
    expect(model.info().threads).toBe(threads);
    return weightBytes(model);
  };
  expect(await train(3)).toEqual(await train(1));
});

it("is listed with its rate", async () => {
  const model = await Sequential.create({ inputShape: [4], layers: [dropout(0.25, { name: "half" }), output] });
  expect(model.summary()).toMatch(/^half +dropout, 0\.25 +\[\*, 4\] +0$/m);
});

it.each([
  ["no rate", () => dropout(undefined as never), "dropout: rate"],
  ["a rate of 1", () => dropout(1), "< 1, got 1"],
  ["a negative rate", () => dropout(-0.1), ">= 0"],
  ["NaN", () => dropout(Number.NaN), "got NaN"],
  ["options in the rate's place", () => dropout({ rate: 0.5 } as never), "dropout: rate"],
  ["an unknown option", () => dropout(0.5, { sed: 1 } as never), 'mean "seed"'],
  ["a fractional seed", () => dropout(0.5, { seed: 0.5 }), "dropout: seed"],
  ["an option of another layer", () => activation("relu", { rate: 0.5 } as never), '"rate"'],
])("rejects %s", (_, attempt, says) => {
  expect(attempt).toThrow(OptionError);
  expect(attempt).toThrow(says);
});

describe.each(runtimes)("dropout of other kinds on %s", (_, runtime) => {
  const [rows, columns] = [400, 50];
  const x = normals(rows * columns, 5);
  const y = new Float32Array(rows);

  /** What the layer makes of standard normal inputs, with the gradients on both sides. */
  async function draw(layer: LayerSpec) {
    const layers = [
      dense({ units: columns, useBias: false, kernelInitializer: "identity" }),
      layer,
      dense({ units: 1 }),
    ];
    const model = await Sequential.create({ inputShape: [columns], layers, seed: 4, ...runtime });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    const trace = model.trace({ x, y });
    const name = `${layer.type}_1`;
    const plain = await Sequential.create({ inputShape: [columns], layers: [layers[0], layers[2]], ...runtime });
    plain.setWeights(model.getWeights());
    expect(model.predict(x)).toEqual(plain.predict(x));
    return { y: trace[`${name}/h`].data, dy: trace[`${name}/dh`].data, dx: trace["dense_1/dh"].data };
  }

  const momentsOf = (values: Float32Array) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, variance: squares / values.length };
  };

  it("alphaDropout maps what it keeps and what it drops by one line, and restores mean and variance", async () => {
    const rate = 0.3;
    const limit = -1.7580993408473766;
    const a = ((1 - rate) * (1 + rate * limit ** 2)) ** -0.5;
    const b = -a * limit * rate;
    const drawn = await draw(alphaDropout(rate));
    const isDropped = [...drawn.y].map((value) => Math.abs(value - (a * limit + b)) < 1e-6);
    const expected = [...x].map((value, i) => a * (isDropped[i] ? limit : value) + b);
    expect(drawn.y).toBeAllClose(expected, { rtol: 1e-6, atol: 1e-6 });
    expect(drawn.dx).toBeAllClose([...drawn.dy].map((value, i) => (isDropped[i] ? 0 : a * value)));
    // Four standard deviations of a binomial count, of a mean and, roughly, of a variance.
    const dropped = isDropped.filter(Boolean).length;
    expect(Math.abs(dropped - rate * x.length)).toBeLessThan(4 * Math.sqrt(x.length * rate * (1 - rate)));
    const { mean, variance } = momentsOf(drawn.y);
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(x.length));
    expect(Math.abs(variance - 1)).toBeLessThan(8 / Math.sqrt(x.length));
  });

  it("gaussianDropout multiplies by noise of mean 1 and variance rate / (1 - rate), back and forth", async () => {
    const drawn = await draw(gaussianDropout(0.2));
    const factors = Float32Array.from(drawn.y, (value, i) => value / x[i]);
    expect(drawn.dx).toBeAllClose(
      [...drawn.dy].map((value, i) => value * factors[i]),
      { rtol: 1e-4, atol: 1e-8 },
    );
    const { mean, variance } = momentsOf(factors);
    expect(Math.abs(mean - 1)).toBeLessThan(4 * Math.sqrt(0.25 / x.length));
    expect(Math.abs(variance - 0.25)).toBeLessThan(4 * 0.25 * Math.sqrt(2 / x.length));
  });
});
