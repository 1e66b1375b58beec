// Regularizers and constraints of a layer: on what they act, and that files keep them.
import { describe, expect, it } from "vitest";
import {
  type DenseOptions,
  dense,
  l1l2,
  l2,
  maxNorm,
  minMaxNorm,
  nonNeg,
  Sequential,
  sgd,
  unitNorm,
} from "../../src/index.js";
import { blobs, stateOf, weightBytes } from "./models.js";
import { runtimes } from "./runtimes.js";

const data = blobs(40);

describe.each(runtimes)("%s", (_, runtime) => {
  async function build(first: Partial<DenseOptions>, second: Partial<DenseOptions> = {}): Promise<Sequential> {
    const layers = [
      dense({ units: 8, activation: "tanh", ...first }),
      dense({ units: 3, activation: "softmax", ...second }),
    ];
    const model = await Sequential.create({ inputShape: [2], layers, seed: 1, ...runtime });
    model.compile({ optimizer: sgd({ learningRate: 0.5, momentum: 0.9 }), loss: "sparseCategoricalCrossentropy" });
    return model;
  }

  it("the loss includes the penalty of the weights as well as that of the predictions", async () => {
    const [plain, penalized] = [await build({}), await build({ kernelRegularizer: l1l2({ l1: 0.5, l2: 0.25 }) })];
    const kernel = [...plain.getWeights()[0].data];
    const penalty = kernel.reduce((sum, w) => sum + 0.5 * Math.abs(w) + 0.25 * w * w, 0);
    const difference = (await penalized.evaluate(data)).loss - (await plain.evaluate(data)).loss;
    expect(difference).toBeCloseTo(penalty, 5);
    const history = await penalized.fit(data, { batchSize: 40, validationData: data });
    expect(history.loss[0] - (await plain.evaluate(data)).loss).toBeCloseTo(penalty, 5);
    expect(history.valLoss[0]).toBeCloseTo((await penalized.evaluate(data)).loss, 5);
  });

  it("weights that are frozen have no penalty, and are left as they are", async () => {
    const frozen = { trainable: false, kernelRegularizer: l2(10), kernelConstraint: unitNorm() };
    const [plain, regularized] = [await build({ trainable: false }), await build(frozen)];
    expect(await regularized.evaluate(data)).toEqual(await plain.evaluate(data));
    await regularized.fit(data, { epochs: 2 });
    await plain.fit(data, { epochs: 2 });
    expect(weightBytes(regularized)).toEqual(weightBytes(plain));
  });

  it("weights keep to their constraints after every step", async () => {
    const model = await build(
      { kernelConstraint: maxNorm(0.5), biasConstraint: nonNeg() },
      { kernelConstraint: minMaxNorm({ minValue: 0.9, maxValue: 1.1 }), biasConstraint: "unitNorm" },
    );
    const columnNorms = ({ shape: [rows, columns], data: values }: { shape: readonly number[]; data: Float32Array }) =>
      Array.from({ length: columns }, (_, j) =>
        Math.hypot(...Array.from({ length: rows }, (_, i) => values[i * columns + j])),
      );
    for (let step = 0; step < 5; step++) {
      await model.trainOnBatch(data);
      const [kernel, bias, second, last] = model.getWeights();
      expect(Math.max(...columnNorms(kernel))).toBeLessThanOrEqual(0.500001);
      expect(Math.min(...bias.data)).toBeGreaterThanOrEqual(0);
      for (const norm of columnNorms(second)) expect(norm).toBeGreaterThan(0.899999);
      for (const norm of columnNorms(second)) expect(norm).toBeLessThan(1.100001);
      expect(Math.hypot(...last.data)).toBeCloseTo(1, 5);
    }
  });

  it("3 epochs, save, load, 2 more are 5", async () => {
    const options: Partial<DenseOptions> = {
      kernelRegularizer: "l2",
      biasRegularizer: "l1",
      kernelConstraint: maxNorm(0.8, { axis: 1 }),
      biasConstraint: minMaxNorm({ maxValue: 0.1, rate: 0.5 }),
    };
    const [whole, first] = [await build(options, options), await build(options, options)];
    await whole.fit(data, { epochs: 5, batchSize: 8 });
    await first.fit(data, { epochs: 3, batchSize: 8 });
    const second = await Sequential.load(first.save(), runtime);
    expect(stateOf(second)).toBe(stateOf(first));
    await second.fit(data, { initialEpoch: 3, epochs: 5, batchSize: 8 });
    expect(weightBytes(second)).toEqual(weightBytes(whole));
    expect(stateOf(second)).toBe(stateOf(whole));
  });

  it("a penalty that is not finite stops training, and leaves the weights", async () => {
    const model = await build({ kernelRegularizer: l2(1e38) });
    const before = model.getWeights().map((weight) => ({ ...weight, data: weight.data.map((value) => value * 1e4) }));
    model.setWeights(before);
    await expect(model.fit(data)).rejects.toThrow(/the loss is not finite/);
    expect(model.getWeights()).toEqual(before);
    await expect(model.evaluate(data)).rejects.toThrow(/not finite/);
  });
});
