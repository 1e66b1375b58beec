// L-BFGS in a model: the minimum that PyTorch and scikit-learn find, files, and what it does not go with.
import { describe, expect, it } from "vitest";
import {
  adam,
  dense,
  dropout,
  findLearningRate,
  l2,
  lbfgs,
  maxNorm,
  type Optimizer,
  OptionError,
  Sequential,
} from "../../../src/index.js";
import { readFixture } from "../../golden/fixture.js";
import { blobs, classifier, stateOf, weightBytes } from "../models.js";
import { runtimes } from "../runtimes.js";

interface Fixture {
  x: number[][];
  y: number[];
  l2: number;
  loss: number;
  kernel: number[][];
  probabilities: number[][];
}

const fixture = readFixture<Fixture>("lbfgs");
const { x, y } = fixture;
const loss = "sparseCategoricalCrossentropy";

describe.each(runtimes)("%s", (_, runtime) => {
  const regression = async (options = {}) => {
    const layers = [
      dense({ units: 3, activation: "softmax", kernelInitializer: "zeros", kernelRegularizer: l2(fixture.l2) }),
    ];
    const model = await Sequential.create({ inputShape: [5], layers, ...runtime });
    model.compile({ optimizer: lbfgs(options), loss, metrics: ["accuracy"] });
    return model;
  };

  it("finds the minimum of a convex problem, and stops there", async () => {
    const model = await regression({ tolerance: 1e-6 });
    const history = await model.fit({ x, y }, { epochs: 500 });
    expect(history.epoch.length).toBeLessThan(60);
    for (let i = 1; i < history.loss.length; i++) expect(history.loss[i]).toBeLessThanOrEqual(history.loss[i - 1]);
    const { loss: final, accuracy } = await model.evaluate({ x, y });
    expect([final]).toBeAllClose([fixture.loss], { rtol: 1e-6, atol: 0 });
    expect(accuracy).toBe(history.accuracy[history.accuracy.length - 1]);
    expect(model.predict(x)).toBeAllClose(fixture.probabilities.flat(), { rtol: 0, atol: 2e-3 });
    expect(model.getWeights()[0].data).toBeAllClose(fixture.kernel.flat(), { rtol: 2e-3, atol: 2e-3 });
  });

  it("several iterations an epoch are as many epochs of one", async () => {
    const [one, three] = [await regression(), await regression({ maxIterations: 3 })];
    await one.fit({ x, y }, { epochs: 6 });
    await three.fit({ x, y }, { epochs: 2 });
    expect(three.getWeights()[0].data).toBeAllClose(one.getWeights()[0].data, { rtol: 1e-4, atol: 1e-5 });
  });

  it("beats Adam on a small net", async () => {
    const data = blobs(60, { features: 2, classes: 3, seed: 3 });
    const net = async (optimizer: Optimizer) => {
      const model = await classifier({ ...runtime, optimizer });
      const history = await model.fit(data, { epochs: 60, batchSize: 60 });
      return history.loss[history.loss.length - 1];
    };
    const best = Math.min(...(await Promise.all([0.005, 0.02, 0.05].map((rate) => net(adam({ learningRate: rate }))))));
    expect(await net("lbfgs")).toBeLessThan(0.75 * best);
  });

  it("8 epochs, save, load, 7 more are 15, history and all", async () => {
    const data = blobs(40);
    const [whole, first] = [
      await classifier({ ...runtime, optimizer: lbfgs({ historySize: 4 }) }),
      await classifier({ ...runtime, optimizer: lbfgs({ historySize: 4 }) }),
    ];
    await whole.fit(data, { epochs: 15 });
    await first.fit(data, { epochs: 8 });
    const second = await Sequential.load(first.save(), runtime);
    expect(stateOf(second)).toBe(stateOf(first));
    await second.fit(data, { initialEpoch: 8, epochs: 15 });
    expect(weightBytes(second)).toEqual(weightBytes(whole));
    expect(stateOf(second)).toBe(stateOf(whole));
  });

  it("an epoch tells loss and metrics of the weights it began with, once", async () => {
    const model = await regression();
    const before = await model.evaluate({ x, y });
    const history = await model.fit({ x, y }, { epochs: 1 });
    expect(history.loss[0]).toBeCloseTo(before.loss, 6);
    expect(history.accuracy[0]).toBe(before.accuracy);
    const { loss: next } = await model.trainOnBatch({ x, y });
    expect(next).toBeLessThan(before.loss);
  });

  it("leaves frozen weights alone, and a mask of dropout as it is through a line search", async () => {
    const layers = [
      dense({ units: 8, activation: "tanh", trainable: false }),
      dropout(0.3),
      dense({ units: 6, activation: "tanh" }),
      dense({ units: 3, activation: "softmax" }),
    ];
    const model = await Sequential.create({ inputShape: [5], layers, seed: 2, ...runtime });
    model.compile({ optimizer: lbfgs(), loss });
    const before = model.getWeights();
    const start = await model.evaluate({ x, y });
    await model.fit({ x, y }, { epochs: 15 });
    expect(model.getWeights().slice(0, 2)).toEqual(before.slice(0, 2));
    expect((await model.evaluate({ x, y })).loss).toBeLessThan(start.loss);
  });

  it("does not go with batches, streams, constraints and a range test", async () => {
    const model = await regression();
    const state = stateOf(model);
    const refused: [() => Promise<unknown>, RegExp][] = [
      [() => model.fit({ x, y }, { batchSize: 8 }), /fit: batchSize: L-BFGS needs all 40 rows in one batch, got 8/],
      [() => model.fit(() => [{ x, y }]), /L-BFGS needs all rows at once, got a stream/],
      [() => findLearningRate(model, { x, y }), /L-BFGS searches for the length/],
    ];
    for (const [attempt, message] of refused) {
      await expect(attempt()).rejects.toThrow(OptionError);
      await expect(attempt()).rejects.toThrow(message);
    }
    expect(stateOf(model)).toBe(state);
    const layers = [dense({ units: 3, activation: "softmax", kernelConstraint: maxNorm() })];
    const held = await Sequential.create({ inputShape: [5], layers, ...runtime });
    expect(() => held.compile({ optimizer: "lbfgs", loss })).toThrow(/dense_1\/kernel has a constraint/);
  });
});

it("rejects wrong options by name", () => {
  const wrong: [object, RegExp][] = [
    [{ historySize: 0 }, /lbfgs: historySize: expected an integer >= 1/],
    [{ maxIterations: 0.5 }, /lbfgs: maxIterations: expected an integer/],
    [{ tolerance: -1 }, /lbfgs: tolerance: expected a finite number >= 0/],
    [{ lineSearch: "wolfe" }, /lbfgs: lineSearch: expected one of "strongWolfe"/],
    [{ learningRate: -1 }, /lbfgs: learningRate/],
    [{ weightDecay: 0.1 }, /lbfgs: weightDecay does not go with a line search/],
    [{ useEma: true }, /lbfgs: useEma does not go/],
    [{ momentum: 0.9 }, /lbfgs: unknown option "momentum"/],
  ];
  for (const [options, message] of wrong) {
    expect(() => lbfgs(options as never)).toThrow(OptionError);
    expect(() => lbfgs(options as never)).toThrow(message);
  }
});
