// emaOverwriteFrequency: averages that replace weights while training goes on; and momentum that a schedule changes.
import { describe, expect, it } from "vitest";
import { adam, dense, type OptimizerSpec, oneCycle, Sequential, sgd, warmup } from "../../src/index.js";
import { blobs, classifier, stateOf, weightBytes } from "./models.js";
import { runtimes } from "./runtimes.js";

const data = blobs(40);
const cycle = oneCycle({ maxLearningRate: 0.1, totalSteps: 20, cycleMomentum: true });
const optimizers: Record<string, OptimizerSpec> = {
  "adam, overwritten every 3 updates": adam({ useEma: true, emaMomentum: 0.8, emaOverwriteFrequency: 3 }),
  "sgd, overwritten, with accumulation": sgd({
    ...{ momentum: 0.9, gradientAccumulationSteps: 2, useEma: true, emaMomentum: 0.5, emaOverwriteFrequency: 2 },
  }),
  "adam, beta1 cycled": adam({ learningRate: cycle }),
  "sgd, momentum cycled": sgd({ learningRate: cycle, momentum: 0.9, nesterov: true }),
  "sgd in PyTorch's form, after a warm-up": sgd({
    ...{ learningRate: warmup({ warmupSteps: 7, learningRate: cycle }), momentum: 0.9, compat: "torch" },
  }),
};

describe.each(runtimes)("on %s", (_, runtime) => {
  it("averages overwrite weights every second update (worked by hand)", async () => {
    const options = { learningRate: 1, useEma: true, emaMomentum: 0.5, emaOverwriteFrequency: 2 };
    const layers = [dense({ units: 1, useBias: false, kernelInitializer: "zeros" })];
    const model = await Sequential.create({ inputShape: [1], layers, ...runtime });
    // The loss is the mean of the absolute errors far below the targets: its gradient is -1.
    model.compile({ optimizer: sgd(options), loss: "meanAbsoluteError" });
    const weights: number[] = [];
    for (let step = 0; step < 4; step++) {
      await model.trainOnBatch({ x: [[1]], y: [[100]] });
      weights.push(model.getWeights()[0].data[0]);
    }
    // Steps to 1, 2, 2.5, 3.5; averages 1, 1.5, 2, 2.75, which replace the second and the fourth weight.
    expect(weights).toEqual([1, 1.5, 2.5, 2.75]);
  });

  it.each(Object.entries(optimizers))("%s: the same bits in one run and in two", async (_, optimizer) => {
    const whole = await classifier({ ...runtime, optimizer });
    await whole.fit(data, { epochs: 5, batchSize: 8 });
    for (const epochs of [1, 3]) {
      const first = await classifier({ ...runtime, optimizer });
      await first.fit(data, { epochs, batchSize: 8 });
      const second = await Sequential.load(first.save(), runtime);
      await second.fit(data, { initialEpoch: epochs, epochs: 5, batchSize: 8 });
      expect(stateOf(second)).toBe(stateOf(whole));
    }
  });

  it.each(Object.entries(optimizers))("%s: is not what training is without it", async (_, optimizer) => {
    const plain = { ...optimizer, emaOverwriteFrequency: null, learningRate: 0.05 } as OptimizerSpec;
    const [one, other] = [
      await classifier({ ...runtime, optimizer }),
      await classifier({ ...runtime, optimizer: plain }),
    ];
    for (const model of [one, other]) await model.fit(data, { epochs: 2, batchSize: 8 });
    expect(weightBytes(one)).not.toEqual(weightBytes(other));
  });
});
