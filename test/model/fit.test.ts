// fit as an operation: stopping it, calls that may run during it, and its traces for the next one.
import { describe, expect, it } from "vitest";
import { activation, BackendError, dense, OptionError, Sequential, sgd } from "../../src/index.js";
import { blobs, classifier, stateOf, weightBytes } from "./models.js";
import { runtimes } from "./runtimes.js";

describe("signal", () => {
  /** Fits 3 steps per epoch; aborts after `steps` of them. Steps done, and epochs finished. */
  async function abortAfter(steps: number) {
    const model = await classifier();
    const controller = new AbortController();
    let done = 0;
    const onBatchEnd = () => {
      if (++done === steps) controller.abort();
    };
    const options = { epochs: 4, batchSize: 4, signal: controller.signal, callbacks: [{ onBatchEnd }] };
    const { epoch } = await model.fit(blobs(12), options);
    return { done, epochs: epoch.length, model };
  }

  it("finishes the running batch, and resolves with the epochs that were finished", async () => {
    expect(await abortAfter(1)).toMatchObject({ done: 1, epochs: 0 });
    expect(await abortAfter(5)).toMatchObject({ done: 5, epochs: 1 });
    expect(await abortAfter(6)).toMatchObject({ done: 6, epochs: 2 });
    expect(await abortAfter(12)).toMatchObject({ done: 12, epochs: 4 });
  });

  it("leaves a model that resumes within its epoch", async () => {
    const { model } = await abortAfter(6);
    const whole = await classifier();
    await whole.fit(blobs(12), { epochs: 4, batchSize: 4 });
    await model.fit(blobs(12), { epochs: 2, batchSize: 4 });
    expect(stateOf(model)).toBe(stateOf(whole));
  });

  it("aborted beforehand, or between epochs, takes no further step", async () => {
    const model = await classifier();
    const before = stateOf(model);
    expect(await model.fit(blobs(12), { signal: AbortSignal.abort() })).toEqual({ epoch: [], loss: [] });
    expect(stateOf(model)).toBe(before);
    const controller = new AbortController();
    const begun: number[] = [];
    const callbacks = [{ onEpochBegin: (epoch: number) => begun.push(epoch), onEpochEnd: () => controller.abort() }];
    await model.fit(blobs(12), { epochs: 3, signal: controller.signal, callbacks });
    expect(begun).toEqual([0]);
    const once = await classifier();
    await once.fit(blobs(12));
    expect(weightBytes(model)).toEqual(weightBytes(once));
    for (const next of [model, once]) await next.fit(blobs(12));
    expect(stateOf(model)).toBe(stateOf(once));
  });
});

describe.each(runtimes)("%s", (_, runtime) => {
  it("lets timers run during a long fit", async () => {
    const model = await classifier(runtime);
    const controller = new AbortController();
    let ticks = 0;
    const timer = setInterval(() => {
      if (++ticks === 3) controller.abort();
    }, 5);
    // Some seconds of work, unless the timer comes through.
    const options = { epochs: 1e5, batchSize: 8, signal: controller.signal };
    const { epoch } = await model.fit(blobs(400), options);
    clearInterval(timer);
    expect(ticks).toBe(3);
    expect(epoch.length).toBeLessThan(1e5);
  });
});

describe("while fit runs", () => {
  it("what would disturb it is refused, and what only looks is not", async () => {
    const data = blobs(30);
    const [model, alone] = [await classifier(), await classifier()];
    await alone.fit(data, { epochs: 3, batchSize: 4 });
    const running = model.fit(data, { epochs: 3, batchSize: 4 });
    const refused = [model.fit(data), model.trainOnBatch(data)];
    expect(() => model.compile({ optimizer: "sgd", loss: "meanSquaredError" })).toThrow(/compile: fit is running/);
    expect(model.predict(data.x)).toHaveLength(90);
    for (const promise of refused) await expect(promise).rejects.toThrow(BackendError);
    await expect(refused[0]).rejects.toThrow("fit: fit is running. Wait for it, or abort it.");
    await running;
    expect(stateOf(model)).toBe(stateOf(alone));
    await model.fit(data);
  });

  it("labels changed meanwhile do not become addresses", async () => {
    const y = Float32Array.from({ length: 30 }, (_, row) => row % 3);
    const x = blobs(30).x;
    const [model, alone] = [await classifier(), await classifier()];
    await alone.fit({ x, y: y.slice() }, { epochs: 2, batchSize: 4 });
    await model.fit({ x, y }, { epochs: 2, batchSize: 4, callbacks: [{ onBatchEnd: () => y.fill(1e8) }] });
    expect(stateOf(model)).toBe(stateOf(alone));
    const validationData = { x, y: Float32Array.from({ length: 30 }, () => 1) };
    const callbacks = [{ onBatchEnd: () => validationData.y.fill(-5) }];
    await expect(model.fit(blobs(9), { validationData, callbacks })).rejects.toThrow(
      /y: labels have changed since they were checked/,
    );
  });

  it("trainOnBatch is just as busy", async () => {
    const data = blobs(30);
    const [model, alone] = [await classifier(), await classifier()];
    await alone.trainOnBatch(data);
    const running = model.trainOnBatch(data);
    const refused = [model.fit(data), model.trainOnBatch(data)];
    expect(() => model.compile({ optimizer: "sgd", loss: "meanSquaredError" })).toThrow(BackendError);
    for (const promise of refused) await expect(promise).rejects.toThrow(BackendError);
    await running;
    expect(stateOf(model)).toBe(stateOf(alone));
    const last = model.trainOnBatch(data);
    model.dispose();
    await expect(last).rejects.toThrow(/trainOnBatch: this model was disposed/);
  });

  it("dispose ends it with an error, from a timer and from a callback", async () => {
    const model = await classifier();
    const running = model.fit(blobs(400), { epochs: 1e5, batchSize: 8 });
    setTimeout(() => model.dispose(), 5);
    await expect(running).rejects.toThrow(/fit: this model was disposed/);
    for (const hook of ["onBatchEnd", "onEpochBegin"] as const) {
      const other = await classifier();
      const callbacks = [{ [hook]: () => other.dispose() }];
      const fitted = other.fit(blobs(9), { epochs: 3, validationData: blobs(9), callbacks });
      await expect(fitted).rejects.toThrow(BackendError);
    }
  });
});

describe("dispose", () => {
  it("may be called twice; everything afterwards is refused by name", async () => {
    const model = await classifier();
    const weights = model.getWeights();
    const data = blobs(9);
    model.dispose();
    model[Symbol.dispose]();
    expect(() => model.compile({ optimizer: "sgd", loss: "meanSquaredError" })).toThrow(BackendError);
    expect(() => model.predict(data.x)).toThrow("predict: this model was disposed. Create or load another.");
    expect(() => model.getWeights()).toThrow(BackendError);
    expect(() => model.setWeights(weights)).toThrow(BackendError);
    expect(() => model.trace(data)).toThrow(BackendError);
    expect(() => model.save()).toThrow(BackendError);
    await expect(model.fit(data)).rejects.toThrow(BackendError);
    await expect(model.evaluate(data)).rejects.toThrow(BackendError);
    await expect(model.trainOnBatch(data)).rejects.toThrow(BackendError);
    expect(model.info().memory).toBe(0);
  });
});

describe("compile", () => {
  it("is asked for before training", async () => {
    const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })] });
    const data = { x: [[1, 2]], y: [1] };
    await expect(model.fit(data)).rejects.toThrow(OptionError);
    await expect(model.evaluate(data)).rejects.toThrow("evaluate: call compile({ optimizer, loss }) first.");
    expect(() => model.trace(data)).toThrow(OptionError);
  });

  it("twice keeps the weights and forgets the optimizer's memory", async () => {
    const data = blobs(30);
    const [twice, fresh] = [await classifier(), await classifier({ seed: 99 })];
    await twice.fit(data, { epochs: 2, shuffle: false });
    fresh.setWeights(twice.getWeights());
    const recipe = { optimizer: "adam", loss: "sparseCategoricalCrossentropy" } as const;
    twice.compile(recipe);
    expect(twice.getWeights()).toEqual(fresh.getWeights());
    await twice.fit(data, { shuffle: false });
    await fresh.fit(data, { shuffle: false });
    expect(twice.getWeights()).toEqual(fresh.getWeights());
  });

  it("between other optimizers and losses works in any order", async () => {
    const data = blobs(30);
    const model = await classifier();
    for (const optimizer of ["adam", sgd({ momentum: 0.9 }), "sgd", "adam"] as const) {
      model.compile({ optimizer, loss: "sparseCategoricalCrossentropy" });
      const { loss } = await model.fit(data, { epochs: 3 });
      expect(loss[2]).toBeLessThan(loss[0]);
    }
  });

  it("takes an activation as a layer of its own for the same thing", async () => {
    const data = blobs(30);
    const options = { layers: [dense({ units: 8 }), activation("tanh"), dense({ units: 3 }), activation("softmax")] };
    const [separate, within] = [await classifier(options), await classifier()];
    await separate.fit(data, { epochs: 2 });
    await within.fit(data, { epochs: 2 });
    expect(separate.getWeights()).toEqual(within.getWeights());
  });
});

describe("batchSize", () => {
  it.each(["adam", sgd({ momentum: 0.9 })] as const)("may change between fits: %o remembers", async (optimizer) => {
    const data = blobs(60);
    const [grown, roomy] = [await classifier({ optimizer }), await classifier({ optimizer })];
    roomy.predict(data.x); // a session for all rows, which no fit needs to replace
    for (const batchSize of [4, 32, 60, 7]) {
      await grown.fit(data, { batchSize });
      await roomy.fit(data, { batchSize });
      grown.predict(data.x.subarray(0, 2));
    }
    expect(stateOf(grown)).toBe(stateOf(roomy));
    expect(grown.info().memory).toBe(roomy.info().memory);
  });

  it("larger than the data is all of it", async () => {
    const [all, more] = [await classifier(), await classifier()];
    await all.fit(blobs(9), { batchSize: 9, epochs: 2 });
    await more.fit(blobs(9), { batchSize: 2 ** 31 - 1, epochs: 2 });
    expect(stateOf(more)).toBe(stateOf(all));
  });
});

it("trainOnBatch reports loss and metrics from before its one step, and does not count as an epoch", async () => {
  const data = blobs(24);
  const [byBatch, byFit] = [await classifier(), await classifier()];
  const before = await byBatch.evaluate(data);
  const result = await byBatch.trainOnBatch(data);
  expect(Object.keys(result)).toEqual(["loss", "accuracy"]);
  expect([result.loss]).toBeAllClose([before.loss], { rtol: 1e-6 });
  expect(result.accuracy).toBe(before.accuracy);
  expect((await byBatch.evaluate(data)).loss).toBeLessThan(before.loss);
  await byFit.fit(data, { batchSize: 24 });
  expect(byBatch.getWeights()).toEqual(byFit.getWeights());
});
