// model.train: logs as they are asked for, and training that stands still between them.
import { describe, expect, it } from "vitest";
import { BackendError, OptionError, type Sequential, ShapeError, type TrainOptions } from "../../src/index.js";
import { blobs, classifier, stateOf } from "./models.js";

const data = blobs(20);
const options: TrainOptions = { epochs: 3, batchSize: 8, validationData: blobs(9, { seed: 8 }) };

async function logsOf(model: Sequential, more: TrainOptions = {}) {
  const logs = [];
  for await (const log of model.train(data, { ...options, ...more })) logs.push(log);
  return logs;
}

describe("train", () => {
  it("yields what the history of fit holds, and leaves what fit leaves", async () => {
    const [stepwise, whole] = [await classifier(), await classifier()];
    const history = await whole.fit<string>(data, options);
    const names = Object.keys(history);
    const expected = history.epoch.map((_, i) => Object.fromEntries(names.map((name) => [name, history[name][i]])));
    expect(await logsOf(stepwise)).toEqual(expected);
    expect(stateOf(stepwise)).toBe(stateOf(whole));
  });

  it("takes inherited options, as fit does", async () => {
    const [stepwise, whole] = [await classifier(), await classifier()];
    const logs = [];
    for await (const log of stepwise.train(data, Object.create(options))) logs.push(log);
    expect(logs).toHaveLength(3);
    await whole.fit(data, options);
    expect(stateOf(stepwise)).toBe(stateOf(whole));
  });

  it("returns the history", async () => {
    const [model, whole] = [await classifier(), await classifier()];
    const training = model.train(data, options);
    let last = await training.next();
    while (!last.done) last = await training.next();
    expect(last.value).toEqual(await whole.fit(data, options));
  });

  it("per batch it yields running means, the last of which is the epoch's", async () => {
    const model = await classifier();
    const logs = await logsOf(model, { every: "batch" });
    expect(logs.map(({ epoch, step }) => [epoch, step])).toEqual(
      [0, 1, 2].flatMap((e) => [0, 1, 2].map((s) => [e, s])),
    );
    const { loss } = await (await classifier()).fit(data, options);
    expect([2, 5, 8].map((i) => logs[i].loss)).toEqual(loss);
  });

  it("stands still between two logs", async () => {
    const model = await classifier();
    const training = model.train(data, { ...options, every: "batch" });
    await training.next();
    const before = stateOf(model);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(stateOf(model)).toBe(before);
    expect(model.predict(data.x)).toHaveLength(60);
    await training.next();
    expect(stateOf(model)).not.toBe(before);
    await training.return(undefined as never);
  });

  it.each(["epoch", "batch"] as const)("left per %s, it can be resumed to what it would have become", async (every) => {
    const [model, whole] = [await classifier(), await classifier()];
    await whole.fit(data, options);
    let left = 0;
    for (let i = 0; i < 3; i++) {
      for await (const log of model.train(data, { ...options, every, resume: true })) {
        expect(log.loss).toBeGreaterThan(0);
        left++;
        break;
      }
    }
    expect(left).toBe(3);
    await model.fit(data, { ...options, resume: true });
    expect(stateOf(model)).toBe(stateOf(whole));
  });

  it("leaving it lets the model be trained and compiled again at once", async () => {
    const model = await classifier();
    for await (const _ of model.train(data, options)) break;
    await model.fit(data, { epochs: 1 });
    for await (const _ of model.train(data, options)) {
      expect(() => model.compile({ optimizer: "sgd", loss: "meanSquaredError" })).toThrow(BackendError);
      await expect(model.fit(data)).rejects.toThrow(/fit is running/);
      break;
    }
    model.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
  });

  it("an abort from outside ends the loop", async () => {
    const model = await classifier();
    const stopper = new AbortController();
    const epochs = [];
    for await (const { epoch } of model.train(data, { ...options, epochs: 50, signal: stopper.signal })) {
      epochs.push(epoch);
      if (epoch === 1) stopper.abort();
    }
    expect(epochs).toEqual([0, 1]);
    expect(await logsOf(model, { signal: AbortSignal.abort() })).toEqual([]);
  });

  it("errors of training come out of the loop", async () => {
    const mine = new Error("mine");
    const onBatchEnd = () => {
      throw mine;
    };
    await expect(logsOf(await classifier(), { callbacks: [{ onBatchEnd }] })).rejects.toBe(mine);
    const inLoop = async () => {
      for await (const _ of (await classifier()).train(data, options)) throw mine;
    };
    await expect(inLoop()).rejects.toBe(mine);
  });

  it.each<[string, unknown, unknown, RegExp, typeof OptionError | typeof ShapeError]>([
    ["every", data, { every: "step" }, /train: every: expected one of "epoch", "batch", got "step"/, OptionError],
    ["callbacks", data, { callbacks: 5 }, /callbacks: expected a list, got 5/, OptionError],
    ["an option of no one", data, { epoch: 5 }, /unknown option "epoch".*"epochs"/, OptionError],
    ["data that do not fit", { x: [[1]], y: [0] }, {}, /x/, ShapeError],
  ])("rejects %s", async (_, given, wrong, message, error) => {
    const model = await classifier();
    const attempt = model.train(given as never, wrong as never).next();
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toBeInstanceOf(error);
    await model.fit(data);
  });

  it("rejects invalid options at once", async () => {
    const model = await classifier();
    expect(() => model.train(data, null as never)).toThrow(/train: expected an options object, got null/);
  });
});
