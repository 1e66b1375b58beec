// dropout in a model: what it does to a step, and that it does nothing elsewhere.
import { describe, expect, it } from "vitest";
import { activation, dense, dropout, type LayerSpec, OptionError, Sequential, sgd } from "../../src/index.js";
import { stateOf, weightBytes } from "../model/models.js";
import { runtimes } from "../model/runtimes.js";
import { uniforms } from "../support/tensors.js";

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
