// The range test: its result, its rejections, and that the model stays as it is.
import { describe, expect, it } from "vitest";
import { adam, dense, findLearningRate, OptionError, Sequential, sgd } from "../../src/index.js";
import { blobs, classifier, stateOf } from "../model/models.js";
import { runtimes } from "../model/runtimes.js";

const data = blobs(200);

describe.each(runtimes)("%s", (_, runtime) => {
  it("raises the rate by equal factors and leaves the model as it was", async () => {
    const model = await classifier({ ...runtime, optimizer: adam({ learningRate: 0.05, useEma: true }) });
    await model.fit(data, { epochs: 1 });
    const before = stateOf(model);
    const { learningRate, loss } = await findLearningRate(model, data, { min: 1e-5, max: 0.1, steps: 41 });
    expect(stateOf(model)).toBe(before);
    expect(loss).toHaveLength(41);
    const expected = Array.from({ length: 41 }, (_, i) => 1e-5 * 10 ** (i / 10));
    expect(learningRate).toBeAllClose(expected, { rtol: 1e-12, atol: 0 });
    expect(await findLearningRate(model, data, { min: 1e-5, max: 0.1, steps: 41 })).toMatchObject({ loss });
    await model.fit(data, { epochs: 2, initialEpoch: 1 });
    const other = await classifier({ ...runtime, optimizer: adam({ learningRate: 0.05, useEma: true }) });
    await other.fit(data, { epochs: 1 });
    await other.fit(data, { epochs: 2, initialEpoch: 1 });
    expect(stateOf(model)).toBe(stateOf(other));
  });

  it("its losses are those of training with these rates", async () => {
    const x = Array.from({ length: 8 }, (_, i) => [i / 4 - 1]);
    const y = x.map(([value]) => 3 * value + 1);
    const layers = [dense({ units: 1, kernelInitializer: "ones" })];
    const build = async (learningRate: number) => {
      const model = await Sequential.create({ inputShape: [1], layers, ...runtime });
      model.compile({ optimizer: sgd({ learningRate }), loss: "meanSquaredError" });
      return model;
    };
    const curve = await findLearningRate(await build(0.1), { x, y }, { min: 0.001, max: 0.1, steps: 12, batchSize: 8 });
    let weights = (await build(0.1)).getWeights();
    for (const [step, rate] of curve.learningRate.entries()) {
      const model = await build(rate);
      model.setWeights(weights);
      const { loss } = await model.trainOnBatch({ x, y });
      expect(curve.loss[step]).toBeCloseTo(loss, 6);
      weights = model.getWeights();
    }
  });

  it("suggests a rate that works, well below where training runs away", async () => {
    const model = await classifier({ ...runtime, optimizer: "sgd" });
    const { learningRate, smoothedLoss, suggestion } = await findLearningRate(model, data, { max: 1e4, steps: 200 });
    expect(learningRate.length).toBeLessThan(200);
    expect(smoothedLoss[smoothedLoss.length - 1]).toBeGreaterThan(Math.min(...smoothedLoss));
    const rate = suggestion ?? expect.fail("no suggestion");
    expect(rate).toBeGreaterThan(1e-3);
    expect(rate).toBeLessThan(learningRate[learningRate.length - 1] / 3);
    model.compile({ optimizer: sgd({ learningRate: rate }), loss: "sparseCategoricalCrossentropy" });
    const { loss } = await model.fit(data, { epochs: 5 });
    expect(loss[4]).toBeLessThan(loss[0] / 2);
  });

  it("has no suggestion where the loss never falls", async () => {
    const model = await classifier({ ...runtime, optimizer: "sgd" });
    const { suggestion } = await findLearningRate(model, data, { min: 1e-30, max: 2e-30, steps: 3, batchSize: 200 });
    expect(suggestion).toBeNull();
  });

  it("rejects wrong options by name", async () => {
    const model = await classifier(runtime);
    const before = stateOf(model);
    const wrong: [object, RegExp][] = [
      [{ min: 0 }, /findLearningRate: min: expected a finite number > 0, got 0/],
      [{ min: 1, max: 1 }, /findLearningRate: max: expected a finite number > 1, got 1/],
      [{ steps: 1 }, /findLearningRate: steps: expected an integer >= 2/],
      [{ batchSize: 0.5 }, /findLearningRate: batchSize/],
      [{ from: 1 }, /unknown option "from"/],
    ];
    for (const [options, message] of wrong) {
      await expect(findLearningRate(model, data, options)).rejects.toThrow(OptionError);
      await expect(findLearningRate(model, data, options)).rejects.toThrow(message);
    }
    await expect(findLearningRate({} as never, data)).rejects.toThrow(/expected a model/);
    const plain = await Sequential.create({ inputShape: [2], layers: [dense({ units: 3 })], ...runtime });
    await expect(findLearningRate(plain, data)).rejects.toThrow(/call compile/);
    expect(stateOf(model)).toBe(before);
  });
});
