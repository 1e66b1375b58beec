// The program of the README, on data that takes no time: every step of a model's life in one go.
import { describe, expect, expectTypeOf, it } from "vitest";
import { adam, argMax, confusionMatrix, dense, earlyStopping, type History, Sequential } from "../../src/index.js";
import { blobs } from "./models.js";
import { runtimes } from "./runtimes.js";

describe.each(runtimes)("%s", (_, runtime) => {
  it("creates, compiles, fits, evaluates, predicts, saves and loads", async () => {
    const [train, test] = blobs(240).split({ fraction: 0.25, seed: 3 });
    const model = await Sequential.create({
      inputShape: [2],
      layers: [dense({ units: 16, activation: "relu" }), dense({ units: 3, activation: "softmax" })],
      seed: 1,
      ...runtime,
    });
    model.compile({
      optimizer: adam({ learningRate: 0.02 }),
      loss: "sparseCategoricalCrossentropy",
      metrics: ["accuracy"],
    });
    const callbacks = [earlyStopping({ patience: 3 })];
    const history = await model.fit(train, { epochs: 20, batchSize: 32, validationSplit: 0.1, callbacks });
    const { loss, accuracy } = await model.evaluate(test);
    expect(loss).toBeLessThan(0.2);
    expect(accuracy).toBeGreaterThan(0.95);
    expect(history.loss[history.loss.length - 1]).toBeLessThan(history.loss[0] / 2);

    const probabilities = model.predict(test.x);
    expect(probabilities).toHaveLength(test.length * 3);
    const predicted = argMax(probabilities, 3);
    const { counts } = confusionMatrix(test.y, predicted, { classes: 3 });
    expect((counts[0] + counts[4] + counts[8]) / test.length).toBeCloseTo(accuracy, 12);

    const bytes = model.save();
    model[Symbol.dispose]();
    const loaded = await Sequential.load(bytes, runtime);
    expect(loaded.predict(test.x)).toEqual(probabilities);
    expect(await loaded.evaluate(test)).toEqual({ loss, accuracy });
  });
});

describe("history", () => {
  async function train(options: object): Promise<History> {
    const layers = [dense({ units: 3, activation: "softmax" })];
    const model = await Sequential.create({ inputShape: [2], layers });
    model.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
    return model.fit(blobs(30), options);
  }

  it("has one number per epoch and key, and only the keys that there are", async () => {
    const plain = await train({ epochs: 3 });
    expect(Object.keys(plain)).toEqual(["epoch", "loss", "accuracy"]);
    expect(plain.epoch).toEqual([0, 1, 2]);
    const validated = await train({ epochs: 2, validationData: blobs(12) });
    expect(Object.keys(validated)).toEqual(["epoch", "loss", "accuracy", "valLoss", "valAccuracy"]);
    for (const values of Object.values(validated)) expect(values).toHaveLength(2);
  });

  it("is plain JSON, and numbers epochs from initialEpoch", async () => {
    const history = await train({ epochs: 5, initialEpoch: 3 });
    expect(history.epoch).toEqual([3, 4]);
    expect(JSON.parse(JSON.stringify(history))).toEqual(history);
    expect(await train({ epochs: 2, initialEpoch: 2 })).toEqual({ epoch: [], loss: [] });
    expectTypeOf(history.loss).toEqualTypeOf<number[]>();
  });

  it("has the metrics by the names that were given, in that order", async () => {
    const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })] });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError", metrics: ["meanAbsoluteError", "meanSquaredError"] });
    const data = { x: [[0.5, 1]], y: [2] };
    const history = await model.fit(data, { validationData: data });
    expect(Object.keys(history).slice(2)).toEqual([
      "meanAbsoluteError",
      "meanSquaredError",
      "valLoss",
      "valMeanAbsoluteError",
      "valMeanSquaredError",
    ]);
    expect(history.meanSquaredError).toEqual(history.loss);
    expect(Object.keys(await model.evaluate(data))).toEqual(["loss", "meanAbsoluteError", "meanSquaredError"]);
  });
});
