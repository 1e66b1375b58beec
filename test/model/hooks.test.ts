// Hooks that return promises, callbacks that hold, end and save training, and the numbers they are given.
import { describe, expect, it } from "vitest";
import {
  type Callback,
  type CheckpointMoment,
  dense,
  modelCheckpoint,
  NonFiniteError,
  OptionError,
  progress,
  reduceLROnPlateau,
  Sequential,
  sgd,
  terminateOnNaN,
  trainingControl,
} from "../../src/index.js";
import { blobs, classifier, stateOf } from "./models.js";

const data = blobs(12);
const reducing = { monitor: "loss", patience: 1, minDelta: 1e9 } as const;
const later = (milliseconds = 1) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

describe("async hooks", () => {
  it.each<[string, (refuse: () => Promise<never>) => Callback, number?]>([
    ["progress({ write })", (write) => progress({ write })],
    ["reduceLROnPlateau({ onReduce })", (onReduce) => reduceLROnPlateau({ ...reducing, onReduce })],
    ["terminateOnNaN({ onStop })", (onStop) => terminateOnNaN({ onStop }), 1e38],
  ])("what %s promises is waited for, and its error is that of fit", async (_, callbackOf, learningRate = 0.1) => {
    const refuse = async () => {
      await later();
      throw new Error("the disk is full");
    };
    const model = await classifier({ optimizer: sgd({ learningRate }) });
    const training = model.fit(data, { epochs: 5, callbacks: [callbackOf(refuse)] });
    await expect(training).rejects.toThrow("the disk is full");
  });

  it("are waited for, one after the other, in the order of the list", async () => {
    const events: string[] = [];
    const slow = (name: string, milliseconds: number): Callback => {
      const hook = (what: string) => async () => {
        events.push(`${name} ${what}`);
        await later(milliseconds);
        events.push(`${name} ${what} done`);
      };
      const hooks = ["onTrainBegin", "onEpochBegin", "onBatchBegin", "onBatchEnd", "onEpochEnd", "onTrainEnd"];
      return Object.fromEntries(hooks.map((one) => [one, hook(one)]));
    };
    const [model, plain] = [await classifier(), await classifier()];
    await model.fit(data, { batchSize: 8, callbacks: [slow("a", 3), slow("b", 1)] });
    const batch = ["onBatchBegin", "onBatchEnd"];
    const expected = ["onTrainBegin", "onEpochBegin", ...batch, ...batch, "onEpochEnd", "onTrainEnd"];
    expect(events).toEqual(
      expected.flatMap((hook) => ["a", "b"].flatMap((name) => [`${name} ${hook}`, `${name} ${hook} done`])),
    );
    await plain.fit(data, { batchSize: 8 });
    expect(stateOf(model)).toBe(stateOf(plain));
  });

  it.each(["onTrainBegin", "onEpochBegin", "onBatchBegin", "onBatchEnd", "onEpochEnd", "onTrainEnd"] as const)(
    "a rejection in %s is that of fit",
    async (hook) => {
      const mine = new Error("mine");
      const failing = { [hook]: () => later().then(() => Promise.reject(mine)) };
      const model = await classifier();
      await expect(model.fit(data, { callbacks: [failing] })).rejects.toBe(mine);
      await model.fit(data);
    },
  );

  it("onBatchBegin says where training stands before the step", async () => {
    const seen: unknown[] = [];
    const callbacks = [{ onBatchBegin: (position: unknown) => seen.push(position) }];
    await (await classifier()).fit(data, { batchSize: 8, callbacks });
    const common = { epoch: 0, stepsPerEpoch: 2, totalRows: 12 };
    expect(seen).toEqual([
      { ...common, step: 0, rows: 0 },
      { ...common, step: 1, rows: 8 },
    ]);
  });
});

describe("trainingControl", () => {
  it("holds training and lets it go, without a trace in the weights", async () => {
    const [model, plain] = [await classifier(), await classifier()];
    const control = trainingControl();
    let steps = 0;
    const pausing = () => {
      if (++steps === 4) control.pause();
    };
    const training = model.fit(data, { epochs: 3, batchSize: 4, callbacks: [{ onBatchEnd: pausing }, control] });
    await later(20);
    expect([steps, control.isPaused]).toEqual([4, true]);
    expect(model.predict(data.x)).toHaveLength(36);
    control.resume();
    expect(control.isPaused).toBe(false);
    await training;
    expect(steps).toBe(9);
    await plain.fit(data, { epochs: 3, batchSize: 4 });
    expect(stateOf(model)).toBe(stateOf(plain));
  });

  it("may be paused beforehand, twice, and an abort ends the pause", async () => {
    const model = await classifier();
    const control = trainingControl();
    control.pause();
    control.pause();
    const stopper = new AbortController();
    const training = model.fit(data, { epochs: 3, callbacks: [control], signal: stopper.signal });
    await later(5);
    stopper.abort();
    expect((await training).epoch).toEqual([]);
    expect(control.isPaused).toBe(false);
    control.resume();
    await model.fit(data, { callbacks: [control] });
  });
});

describe("terminateOnNaN", () => {
  const broken = {
    x: [
      [1e38, 1e38],
      [0, 0],
    ],
    y: [0, 1],
  };

  it("ends fit in good order with the epochs that were finished", async () => {
    const model = await classifier();
    const errors: NonFiniteError[] = [];
    let ended = 0;
    const stream = (epoch: number) => [epoch < 2 ? data : broken];
    const callbacks = [terminateOnNaN({ onStop: (error) => errors.push(error) }), { onTrainEnd: () => ended++ }];
    const wide = await Sequential.create({ inputShape: [2], layers: model.layers.map(({ spec }) => spec), seed: 1 });
    wide.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
    wide.setWeights(wide.getWeights().map((weight) => ({ ...weight, data: weight.data.map((value) => value * 100) })));
    const { epoch } = await wide.fit(stream, { epochs: 5, callbacks });
    expect(epoch).toEqual([0, 1]);
    expect(ended).toBe(1);
    expect(errors[0]).toBeInstanceOf(NonFiniteError);
    expect(errors[0].details).toMatchObject({ epoch: 2, step: 0 });
    expect(wide.getWeights().every(({ data }) => data.every(Number.isFinite))).toBe(true);
    await expect(wide.fit(() => [broken])).rejects.toBeInstanceOf(NonFiniteError);
  });

  it("only what returns true ends quietly, and all are told", async () => {
    const told: string[] = [];
    const callbacks: Callback[] = [
      { onNonFinite: () => void told.push("a") },
      { onNonFinite: () => false },
      {
        onNonFinite: () => {
          told.push("c");
          return undefined;
        },
      },
    ] as Callback[];
    const model = await Sequential.create({
      inputShape: [2],
      layers: (await classifier()).layers.map(({ spec }) => spec),
    });
    model.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
    model.setWeights(
      model.getWeights().map((weight) => ({ ...weight, data: weight.data.map((value) => value * 100) })),
    );
    await expect(model.fit(broken, { callbacks })).rejects.toBeInstanceOf(NonFiniteError);
    expect(told).toEqual(["a", "c"]);
  });

  it.each<[string, unknown, RegExp]>([
    ["an unknown option", { raise: true }, /terminateOnNaN: unknown option "raise"/],
    ["onStop", { onStop: 1 }, /onStop: expected a function, got 1/],
  ])("rejects %s", (_, options, message) => {
    expect(() => terminateOnNaN(options as never)).toThrow(message);
  });
});

describe("modelCheckpoint", () => {
  async function checkpoints(options: object, fit: object = {}) {
    const moments: (CheckpointMoment & { weights: unknown })[] = [];
    const save = async (bytes: Uint8Array<ArrayBuffer>, moment: CheckpointMoment) => {
      const { getWeights } = Sequential.prototype;
      moments.push({ ...moment, weights: getWeights.call(await Sequential.load(bytes)) });
    };
    const model = await classifier();
    const history = await model.fit(data, {
      epochs: 3,
      batchSize: 8,
      ...fit,
      callbacks: [modelCheckpoint({ save, ...options })],
    });
    return { moments, history, model };
  }

  it("hands over the model of each epoch, and waits", async () => {
    const { moments, history, model } = await checkpoints({});
    expect(moments.map(({ epoch, logs }) => [epoch, logs.loss])).toEqual(
      history.epoch.map((i) => [i, history.loss[i]]),
    );
    expect(moments[2].weights).toEqual(model.getWeights());
    expect(moments[1].weights).not.toEqual(model.getWeights());
  });

  it("after every n steps, counted through the epochs", async () => {
    const { moments } = await checkpoints({ saveFreq: 4 });
    expect(moments.map(({ epoch, step }) => [epoch, step])).toEqual([[1, 2]]);
  });

  it("only where the number is better than all before", async () => {
    const { moments, history } = await checkpoints({ monitor: "loss", mode: "max", saveBestOnly: true });
    const best = history.loss.map((loss, i) => history.loss.slice(0, i).every((before) => loss > before));
    expect(moments.map(({ epoch }) => epoch)).toEqual(history.epoch.filter((i) => best[i]));
    expect(best).toContain(false);
    expect((await checkpoints({ monitor: "loss", saveBestOnly: true, initialBest: 0 })).moments).toEqual([]);
  });

  it("says what there is to watch", async () => {
    await expect(checkpoints({ saveBestOnly: true })).rejects.toThrow(
      /modelCheckpoint: monitor: nothing is called "valLoss"/,
    );
  });

  it.each<[string, object, RegExp]>([
    ["no save", {}, /modelCheckpoint: save: expected a function that takes the bytes, got undefined/],
    ["a path", { save: () => {}, path: "x" }, /unknown option "path"/],
    ["saveFreq", { save: () => {}, saveFreq: "batch" }, /saveFreq: expected "epoch" or an integer >= 1, got "batch"/],
    ["initialBest", { save: () => {}, initialBest: Number.NaN }, /initialBest: .* got NaN/],
  ])("rejects %s", (_, options, message) => {
    expect(() => modelCheckpoint(options as never)).toThrow(message);
    expect(() => modelCheckpoint(options as never)).toThrow(OptionError);
  });
});

describe("progress", () => {
  it("writes a line per epoch", async () => {
    const lines: string[] = [];
    const { loss } = await (await classifier({ metrics: [] })).fit(data, {
      epochs: 2,
      callbacks: [progress({ write: (line) => lines.push(line) })],
    });
    expect(lines).toEqual(loss.map((value, i) => `epoch ${i + 1}/2: loss ${value.toFixed(4)}`));
  });

  it.each([
    { verbose: 0, worker: false },
    { verbose: 1, worker: false },
    { verbose: 2, worker: false },
    { verbose: 2, worker: true },
  ])("is what fit prints with %o", async ({ verbose, worker }) => {
    const { log } = console;
    const lines: unknown[] = [];
    console.log = (...all) => lines.push(...all);
    try {
      const layers = [dense({ units: 3, activation: "softmax" as const })];
      const model = await Sequential.create({ inputShape: [2], layers, worker, threads: 1 });
      await model.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
      const { loss } = await model.fit(data, { epochs: 2, verbose });
      model.dispose();
      const all = loss.map((value, i) => `epoch ${i + 1}/2: loss ${value.toFixed(4)}`);
      expect(lines).toEqual(verbose === 0 ? [] : all);
    } finally {
      console.log = log;
    }
  });

  it.each<[string, unknown, RegExp]>([
    ["an unknown option", { every: 2 }, /progress: unknown option "every"/],
    ["write", { write: "log" }, /write: expected a function, got "log"/],
  ])("rejects %s", (_, options, message) => {
    expect(() => progress(options as never)).toThrow(message);
  });
});

it.each<[string, object]>([
  ["getState alone", { onEpochEnd() {}, name: "mine", getState: () => ({}) }],
  ["a state without a name", { onEpochEnd() {}, getState: () => ({}), setState() {} }],
])("a callback with %s is refused", async (_, callback) => {
  const attempt = (await classifier()).fit(data, { callbacks: [callback] });
  await expect(attempt).rejects.toThrow(/a callback with a state needs name, getState and setState/);
});

describe("a method that nobody would call", () => {
  class Typo {
    onTrainEnd() {}
    onEpochEnds() {}
  }
  it.each<[string, object, string]>([
    ["onBatchEnds", { onEpochEnd() {}, onBatchEnds() {} }, "onBatchEnd"],
    ["on_epoch_end", { on_epoch_end() {} }, "onEpochEnd"],
    ["onepochbegin", { onEpochEnd() {}, onepochbegin() {} }, "onEpochBegin"],
    ["onTrainBatchEnd", { onEpochEnd() {}, onTrainBatchEnd() {} }, "onBatchEnd"],
    ["onEpochEnds", new (class extends Typo {})(), "onEpochEnd"],
  ])("%s is refused", async (name, callback, meant) => {
    const attempt = (await classifier()).fit(data, { callbacks: [callback] });
    const problem = new RegExp(
      `^fit: callbacks: ${name} is not a hook. Did you mean "${meant}"\\? Known: onTrainBegin, `,
    );
    await expect(attempt).rejects.toThrow(problem);
  });

  it.each<[string, object]>([
    ["a helper of its own", { onEpochEnd() {}, onEpochEndAsync() {}, getStats: () => 1, draw() {}, onProgress() {} }],
    ["an event emitter", Object.assign(new EventTarget(), { onEpochEnd() {} })],
  ])("does not mean %s", async (_, callback) => {
    const { loss } = await (await classifier()).fit(data, { epochs: 2, callbacks: [callback] });
    expect(loss).toHaveLength(2);
  });
});
