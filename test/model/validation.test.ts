// validationData and validationSplit: which rows are held back, and that they are only looked at.
import { describe, expect, it } from "vitest";
import type { BatchPosition } from "../../src/index.js";
import { blobs, classifier, stateOf } from "./models.js";

describe("validationSplit", () => {
  it.each([
    [10, 0.25, 7],
    [10, 0.3, 7],
    [10, 0.1, 9],
    [7, 0.5, 3],
    [100, 0.01, 99],
    [3, 0.9, 0],
  ])("of %i rows and %d trains on the first floor(n (1 - split)) = %i", async (rows, validationSplit, trained) => {
    const model = await classifier();
    const seen: number[] = [];
    const callbacks = [{ onBatchEnd: ({ totalRows }: BatchPosition) => seen.push(Number(totalRows)) }];
    const fitted = model.fit(blobs(rows), { validationSplit, batchSize: 100, callbacks });
    if (trained === 0) await expect(fitted).rejects.toThrow(/fraction 0.9 of 3 rows leaves one part empty/);
    else await fitted;
    expect(seen).toEqual(trained === 0 ? [] : [trained]);
  });

  it("cuts before shuffling, so it equals validationData of the last rows", async () => {
    const data = blobs(50);
    const [bySplit, byData] = [await classifier(), await classifier()];
    const histories = [
      await bySplit.fit(data, { epochs: 3, batchSize: 8, validationSplit: 0.2 }),
      await byData.fit(data.slice(0, 40), { epochs: 3, batchSize: 8, validationData: data.slice(40) }),
    ];
    expect(histories[0]).toEqual(histories[1]);
    expect(stateOf(bySplit)).toBe(stateOf(byData));
  });
});

describe("validationData", () => {
  it("is evaluated after each epoch, with the weights of then", async () => {
    const [train, held] = [blobs(40), blobs(13, { seed: 8 })];
    const [whole, steps] = [await classifier(), await classifier()];
    const { valLoss, valAccuracy } = await whole.fit(train, { epochs: 3, batchSize: 4, validationData: held });
    for (let epoch = 0; epoch < 3; epoch++) {
      await steps.fit(train, { batchSize: 4 });
      const { loss, accuracy } = await steps.evaluate(held);
      expect([valLoss[epoch], valAccuracy[epoch]]).toEqual([loss, accuracy]);
    }
  });

  it("changes nothing of the training", async () => {
    const [without, with_] = [await classifier(), await classifier()];
    const plain = await without.fit(blobs(40), { epochs: 3, batchSize: 8 });
    const validated = await with_.fit(blobs(40), { epochs: 3, batchSize: 8, validationData: blobs(100, { seed: 8 }) });
    expect(validated.loss).toEqual(plain.loss);
    expect(stateOf(with_)).toBe(stateOf(without));
  });

  it("counts its own sample weights, not the class weights of the training", async () => {
    const model = await classifier({ optimizer: "sgd" });
    const held = {
      x: [
        [0, 0],
        [1, 1],
      ],
      y: [0, 1],
      sampleWeight: [4, 0],
    };
    const { valLoss } = await model.fit(blobs(9), { validationData: held, classWeight: { 0: 100 } });
    expect(valLoss[0]).toBe((await model.evaluate(held)).loss);
    expect(valLoss[0]).toBeCloseTo(2 * (await model.evaluate({ x: [[0, 0]], y: [0] })).loss, 6);
  });
});
