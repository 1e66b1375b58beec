// validationData and validationSplit: which rows are held back, and that they are only looked at.
import { describe, expect, it } from "vitest";
import {
  type BatchPosition,
  Dataset,
  type FitOptions,
  OptionError,
  pipeline,
  trainTestSplit,
} from "../../src/index.js";
import { blobs, classifier, stateOf } from "./models.js";

type Split = NonNullable<FitOptions["validationSplit"]>;

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

describe("validationSplit with options", () => {
  const data = blobs(40);
  const parts = async (validationSplit: Split, given = data) => {
    const [split, byHand] = [await classifier({ seed: 5 }), await classifier({ seed: 5 })];
    const history = await split.fit(given, { epochs: 2, validationSplit, onWarning: () => {} });
    return { history, byHand };
  };

  it("draws the rows by seed, the model's unless another is given", async () => {
    for (const seed of [undefined, 9]) {
      const { history, byHand } = await parts({ fraction: 0.25, ...(seed && { seed }) });
      const { train, test } = trainTestSplit(data, { testSize: 10, seed: seed ?? 5 });
      expect(await byHand.fit(train, { epochs: 2, validationData: test })).toEqual(history);
    }
  });

  it("keeps the shares of classes", async () => {
    const sorted = data.select(Array.from(data.y.keys()).sort((a, b) => data.y[a] - data.y[b]));
    const { history, byHand } = await parts({ fraction: 0.3, stratify: true }, sorted);
    const { train, test } = trainTestSplit(sorted, { testSize: 12, stratify: true, seed: 5 });
    expect([0, 1, 2].map((name) => test.y.filter((label) => label === name).length)).toEqual([4, 4, 4]);
    expect(await byHand.fit(train, { epochs: 2, validationData: test })).toEqual(history);
  });

  it("takes the last rows without shuffle", async () => {
    const { history } = await parts({ fraction: 0.25, shuffle: false });
    expect((await parts(0.25)).history).toEqual(history);
  });

  it.each<[string, unknown, RegExp]>([
    ["no fraction", {}, /validationSplit: fraction: expected a finite number > 0 and < 1, got undefined/],
    ["a whole fraction", { fraction: 1 }, /fraction: .* got 1/],
    ["an unknown name", { fraction: 0.2, shufle: true }, /validationSplit: unknown option "shufle".*"shuffle"/],
    ["shuffle", { fraction: 0.2, shuffle: 1 }, /validationSplit: shuffle: expected true or false, got 1/],
    ["stratify", { fraction: 0.2, stratify: "y" }, /validationSplit: stratify: .* got "y"/],
    ["seed", { fraction: 0.2, seed: -1 }, /validationSplit: seed: .* got -1/],
    ["stratify in order", { fraction: 0.2, stratify: true, shuffle: false }, /validationSplit: .*shuffle/],
    ["classes too small for it", { fraction: 0.01, stratify: true }, /validationSplit: .*each of 3 classes/],
    ["null", null, /validationSplit: expected a finite number/],
  ])("rejects %s", async (_, validationSplit, message) => {
    const attempt = (await classifier()).fit(data, { validationSplit: validationSplit as never });
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toBeInstanceOf(OptionError);
  });
});

describe("a warning of sorted labels", () => {
  const warnings = async (y: number[], validationSplit: Split) => {
    const heard: string[] = [];
    const x = blobs(y.length).x;
    await (await classifier()).fit(
      { x, y },
      { epochs: 3, validationSplit, onWarning: (message) => heard.push(message) },
    );
    return heard;
  };

  it.each<[string, number[], Split, number]>([
    ["rising", [0, 0, 0, 1, 1, 1, 2, 2, 2], 0.3, 1],
    ["falling", [2, 2, 1, 1, 0, 0], 0.3, 1],
    ["all the same", [1, 1, 1, 1, 1, 1], 0.3, 0],
    ["mixed", [0, 1, 2, 0, 1, 2], 0.3, 0],
    ["rising, without a split", [0, 0, 1, 1, 2, 2], 0, 0],
    ["rising, with a shuffled split", [0, 0, 1, 1, 2, 2], { fraction: 0.3 }, 0],
  ])("%s", async (_, y, validationSplit, count) => {
    const heard = await warnings(y, validationSplit);
    expect(heard).toHaveLength(count);
    for (const message of heard) expect(message).toMatch(/labels are sorted.*stratify/);
  });
});

describe("how often, and in what passes", () => {
  const [train, held] = [blobs(20), blobs(13, { seed: 8 })];
  const validated = async (validationFreq: number | number[]) => {
    const { valLoss } = await (await classifier()).fit(train, { epochs: 6, validationData: held, validationFreq });
    return valLoss;
  };

  it("validationFreq counts epochs, or names them, from 1", async () => {
    const all = await validated(1);
    expect(await validated(2)).toEqual([all[1], all[3], all[5]]);
    expect(await validated([1, 6, 9])).toEqual([all[0], all[5]]);
    expect(await validated(7)).toBeUndefined();
  });

  it.each([1, 5, 1000])("validationBatchSize %i changes nothing of the numbers", async (validationBatchSize) => {
    const model = await classifier();
    const { valLoss } = await model.fit(train, { epochs: 6, validationData: held, validationBatchSize });
    expect(valLoss).toEqual(await validated(1));
  });

  it("lets timers run while it validates", async () => {
    const model = await classifier();
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const validationData = pipeline(blobs(2000)).repeat(40).batch(100);
    await model.fit(train, { validationData });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });
});

describe("classWeight balanced", () => {
  it("is n / (classes · rows of the class), of the classes that there are", async () => {
    const y = [0, 0, 0, 0, 2, 2];
    const data = Dataset.from({ x: blobs(6).x, y }, { inputShape: [2], targetShape: [] });
    const [balanced, byHand] = [await classifier(), await classifier()];
    const history = await balanced.fit(data, { epochs: 3, classWeight: "balanced" });
    expect(await byHand.fit(data, { epochs: 3, classWeight: { 0: 6 / 8, 2: 6 / 4 } })).toEqual(history);
  });

  it("counts the rows that are trained on, and multiplies their own weights", async () => {
    const y = [0, 1, 1, 1, 0, 0];
    const data = Dataset.from(
      { x: blobs(6).x, y, sampleWeight: [1, 2, 3, 1, 1, 1] },
      { inputShape: [2], targetShape: [] },
    );
    const [balanced, byHand] = [await classifier(), await classifier()];
    const history = await balanced.fit(data, { classWeight: "balanced", validationSplit: 0.3 });
    expect(await byHand.fit(data, { classWeight: { 0: 2, 1: 4 / 6 }, validationSplit: 0.3 })).toEqual(history);
  });
});
