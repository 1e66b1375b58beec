// Schedule-free training: the averages are the model wherever it is looked at.
import { describe, expect, it } from "vitest";
import { dense, earlyStopping, Sequential, scheduleFree } from "../../src/index.js";
import { blobs, classifier, weightBytes } from "./models.js";
import { runtimes } from "./runtimes.js";

const data = blobs(50);
const optimizer = scheduleFree({ learningRate: 0.1, warmupSteps: 3 });

describe.each(runtimes)("schedule-free training on %s", (_, runtime) => {
  it("validates, stops, saves and predicts with the averages", async () => {
    const model = await classifier({ ...runtime, optimizer });
    const seen: number[] = [];
    const files: Uint8Array[] = [];
    const history = await model.fit(data, {
      epochs: 4,
      batchSize: 8,
      validationData: data,
      callbacks: [
        {
          onEpochEnd: async () => {
            seen.push((await model.evaluate(data)).loss);
            files.push(model.save());
          },
        },
      ],
    });
    expect(seen).toEqual(history.valLoss);
    expect((await model.evaluate(data)).loss).toBe(seen[3]);
    const loaded = await Sequential.load(files[3], runtime);
    expect(loaded.predict(data.x)).toEqual(model.predict(data.x));
    const averages = weightBytes(model);
    model.useAverages(false);
    expect(weightBytes(model)).not.toEqual(averages);
  });

  it("gives the best epoch back", async () => {
    const model = await classifier({ ...runtime, optimizer });
    const stop = earlyStopping({ monitor: "valLoss", patience: 1, minDelta: 1, restoreBestWeights: true });
    const history = await model.fit(data, { epochs: 9, validationData: data, callbacks: [stop] });
    expect((await model.evaluate(data)).loss).toBe(history.valLoss?.[0]);
  });

  it("is the same with trainOnBatch, which leaves the averages", async () => {
    const [one, other] = [await classifier({ ...runtime, optimizer }), await classifier({ ...runtime, optimizer })];
    await one.fit(data, { epochs: 5, batchSize: 50, shuffle: false });
    for (let i = 0; i < 5; i++) await other.trainOnBatch(data);
    expect(weightBytes(other)).toEqual(weightBytes(one));
  });

  it("begins again from weights that are set", async () => {
    const [one, other] = [await classifier({ ...runtime, optimizer }), await classifier({ ...runtime, optimizer })];
    const fresh = one.getWeights();
    await one.fit(data, { epochs: 20, batchSize: 50 });
    one.setWeights(fresh);
    expect(one.getWeights()).toEqual(fresh);
    await one.trainOnBatch(data);
    const far = (weights: typeof fresh) =>
      Math.max(
        ...weights.map(({ data: values }, i) => Math.max(...values.map((w, j) => Math.abs(w - fresh[i].data[j])))),
      );
    await other.trainOnBatch(data);
    expect(far(one.getWeights())).toBeGreaterThan(0);
    expect(far(one.getWeights())).toBeLessThan(0.2);
    expect(far(other.getWeights())).toBeLessThan(0.2);
  });

  it("refuses constraints", async () => {
    const layers = [dense({ units: 3, activation: "softmax", kernelConstraint: "nonNeg" })];
    const model = await Sequential.create({ inputShape: [2], layers, seed: 1, ...runtime });
    expect(() => model.compile({ optimizer, loss: "sparseCategoricalCrossentropy" })).toThrow(
      /kernel has a constraint, which Schedule-free training cannot keep to. Use another optimizer/,
    );
  });
});
