/** Models in workers: the same methods, the same bits, callbacks on this side, and workers that die. */
import { spawnSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import workerThreads from "node:worker_threads";
import { afterEach, describe, expect, expectTypeOf, it } from "vitest";
import {
  adam,
  BackendError,
  type Callback,
  DataError,
  Dataset,
  dense,
  earlyStopping,
  NonFiniteError,
  normalization,
  OptionError,
  type RuntimeOptions,
  Sequential,
  ShapeError,
  type Trainer,
  type WorkerModel,
} from "../../src/index.js";
import { blobs } from "./models.js";

const data = blobs(60);
const compiled = {
  optimizer: adam({ learningRate: 0.02 }),
  loss: "sparseCategoricalCrossentropy",
  metrics: ["accuracy"],
} as const;

function options(runtime: RuntimeOptions = {}) {
  const layers = [dense({ units: 8, activation: "relu" }), dense({ units: 3, activation: "softmax" })];
  return { inputShape: [2], layers, seed: 5, ...runtime };
}

const open: WorkerModel[] = [];
afterEach(() => {
  for (const model of open.splice(0)) model.dispose();
});

async function pair(runtime: RuntimeOptions = {}): Promise<[here: Sequential, there: WorkerModel]> {
  const here = await Sequential.create(options(runtime));
  here.compile(compiled);
  const there = await Sequential.create({ ...options(runtime), worker: true });
  await there.compile(compiled);
  open.push(there);
  return [here, there];
}

describe.each<[string, RuntimeOptions]>([
  ["one thread", { threads: 1 }],
  ["threads", { threads: 2 }],
  ["the reference backend", { backend: "reference" }],
])("a model in a worker, %s", (_, runtime) => {
  it("does what a model here does, to the bit", async () => {
    const [here, there] = await pair(runtime);
    const fit = { epochs: 3, batchSize: 16, validationSplit: 0.2, shuffle: true };
    expect(await there.fit(data, fit)).toEqual(await here.fit(data, fit));
    expect(await there.trainOnBatch(data)).toEqual(await here.trainOnBatch(data));
    expect(await there.evaluate(data)).toEqual(await here.evaluate(data));
    expect(await there.predict(data.x)).toEqual(here.predict(data.x));
    expect(await there.getWeights()).toEqual(here.getWeights());
    expect(await there.trace(data)).toEqual(here.trace(data));
    expect(await there.save()).toEqual(here.save());
    expect(await there.summary()).toBe(here.summary());
    expect(there.layers.map(({ name, outputShape }) => [name, outputShape])).toEqual(
      here.layers.map(({ name, outputShape }) => [name, outputShape]),
    );
    expect(await there.info()).toMatchObject({ ...here.info(), worker: true, workerReason: "" });
  });
});

describe("what goes over", () => {
  it("a file loads into a worker, and resumes as it would here", async () => {
    const [here] = await pair();
    await here.fit(data, { epochs: 2 });
    const file = here.save();
    const there = await Sequential.load(file, { worker: true });
    open.push(there);
    await here.fit(data, { epochs: 2 });
    await there.fit(data, { epochs: 2 });
    expect(await there.save()).toEqual(here.save());
  });

  it("leaves the caller's arrays as they are, whether nested, typed, shared or in a Dataset", async () => {
    const [, there] = await pair();
    const shared = new Float32Array(new SharedArrayBuffer(data.x.byteLength));
    shared.set(data.x);
    const nested = Array.from({ length: data.length }, (_, row) => [...data.x.subarray(2 * row, 2 * row + 2)]);
    const results: unknown[] = [];
    for (const x of [data.x, shared, nested]) results.push(await there.evaluate({ x, y: data.y }));
    results.push(await there.evaluate(data));
    results.push(await there.evaluate(Dataset.from({ x: nested, y: [...data.y] })));
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
    expect(data.x.length).toBe(2 * data.length);
    expect(shared.length).toBe(2 * data.length);
  });

  it("adapts normalization there", async () => {
    const given = { ...options(), layers: [normalization(), ...options().layers] };
    const here = await Sequential.create(given);
    const there = await Sequential.create({ ...given, worker: true });
    open.push(there);
    here.adapt(data);
    await there.adapt(data);
    expect(await there.getWeights()).toEqual(here.getWeights());
    await expect(there.adapt([[1, 2, 3]])).rejects.toBeInstanceOf(ShapeError);
  });

  it("weights come and go", async () => {
    const [here, there] = await pair();
    await here.fit(data);
    await there.setWeights(here.getWeights());
    expect(await there.predict(data.x)).toEqual(here.predict(data.x));
  });

  it.each<[string, (model: WorkerModel) => Promise<unknown>, new (...args: never[]) => Error, RegExp]>([
    ["an unknown option", (m) => m.fit(data, { epoch: 1 } as never), OptionError, /unknown option "epoch"/],
    ["rows of the wrong length", (m) => m.predict([[1, 2, 3]]), ShapeError, /expected \[2\]/],
    ["NaN", (m) => m.evaluate({ x: [NaN, 1], y: [0] }), DataError, /finite/],
    ["an invalid signal", (m) => m.fit(data, { signal: 1 as never }), OptionError, /AbortSignal/],
    ["an invalid callback", (m) => m.fit(data, { callbacks: [{}] }), OptionError, /callbacks/],
    [
      "a learning rate that is a function",
      (m) => m.compile({ ...compiled, optimizer: adam({ learningRate: () => 0.1 }) }),
      OptionError,
      /learningRate: a function stays with the caller.*learningRateScheduler/,
    ],
    [
      "what is not finite",
      (m) => m.fit({ x: new Float32Array(64).fill(3e38), y: Float32Array.from({ length: 32 }, (_, row) => row % 3) }),
      NonFiniteError,
      /epoch 0/,
    ],
  ])("%s is refused in the class of this side", async (_, call, Expected, message) => {
    const [, there] = await pair();
    const error = await call(there).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(Expected);
    expect((error as Error).message).toMatch(message);
    if (error instanceof NonFiniteError) expect(error.details).toMatchObject({ epoch: 0, step: 0 });
    // The model can be used on.
    await there.fit(data);
  });

  it("rejects options of create and load, and a worker that is not a boolean", async () => {
    await expect(Sequential.create({ ...options(), layers: [], worker: true })).rejects.toThrow(OptionError);
    await expect(Sequential.create({ ...options(), worker: 1 as never })).rejects.toThrow(/worker: expected true or/);
    await expect(Sequential.load(new Uint8Array(8), { worker: true })).rejects.toThrow("load");
  });

  it("has promises in its types", () => {
    const there = {} as WorkerModel;
    expectTypeOf(there.predict).returns.toEqualTypeOf<Promise<Float32Array>>();
    expectTypeOf(there.compile).returns.toEqualTypeOf<Promise<void>>();
    expectTypeOf(Sequential.create({ ...options(), worker: true })).toEqualTypeOf<Promise<WorkerModel>>();
    expectTypeOf(Sequential.create(options())).toEqualTypeOf<Promise<Sequential>>();
  });
});

describe("callbacks in front of a worker", () => {
  const recorder = (said: unknown[]): Callback => ({
    onTrainBegin: () => said.push("begin"),
    onEpochBegin: (epoch) => said.push(["epoch", epoch]),
    onBatchBegin: (position) => said.push(["batch", position]),
    onBatchEnd: (position, logs) => said.push([position, logs()]),
    onEpochEnd: (epoch, logs) => said.push([epoch, logs]),
    onTrainEnd: () => said.push("end"),
  });

  it("hear what they would hear here", async () => {
    const [here, there] = await pair();
    const [saidHere, saidThere]: unknown[][] = [[], []];
    await here.fit(data, { epochs: 2, batchSize: 32, callbacks: [recorder(saidHere)] });
    await there.fit(data, { epochs: 2, batchSize: 32, callbacks: [recorder(saidThere)] });
    expect(saidThere).toEqual(saidHere);
    expect(saidHere.length).toBe(14);
  });

  it("stop early and restore the best weights as they do here", async () => {
    const [here, there] = await pair();
    const callbacks = () => [earlyStopping({ monitor: "loss", minDelta: 0.02, restoreBestWeights: true })];
    const history = await there.fit(data, { epochs: 50, callbacks: callbacks() });
    expect(history).toEqual(await here.fit(data, { epochs: 50, callbacks: callbacks() }));
    expect(history.epoch.length).toBeLessThan(50);
    expect(await there.getWeights()).toEqual(here.getWeights());
  });

  it("set the learning rate, and save what the model is", async () => {
    const [here, there] = await pair();
    const files: Uint8Array[] = [];
    const callbacks = (): Callback[] => {
      let trainer: Trainer;
      return [
        {
          onTrainBegin: (given) => {
            trainer = given;
          },
          onEpochEnd: (epoch) => {
            trainer.learningRate = trainer.learningRate / 2;
            if (epoch === 1) files.push(trainer.save());
          },
        },
      ];
    };
    await here.fit(data, { epochs: 3, callbacks: callbacks() });
    await there.fit(data, { epochs: 3, callbacks: callbacks() });
    expect(await there.getWeights()).toEqual(here.getWeights());
    const [mine, theirs] = await Promise.all(files.map((file) => Sequential.load(file)));
    expect(theirs.getWeights()).toEqual(mine.getWeights());
  });

  it("may be asynchronous, which pauses training; the model answers meanwhile", async () => {
    const [, there] = await pair();
    const predictions: Float32Array[] = [];
    const paused: Callback = {
      async onEpochEnd() {
        for (let i = 0; i < 2; i++) predictions.push(await there.predict(data.x));
      },
    };
    await there.fit(data, { epochs: 2, callbacks: [paused] });
    expect(predictions[1]).toEqual(predictions[0]);
    expect(predictions[3]).toEqual(predictions[2]);
    expect(predictions[2]).not.toEqual(predictions[1]);
  });

  it("that throw end the fit with what they threw", async () => {
    const [, there] = await pair();
    const thrown = new Error("of the caller's own");
    const callbacks = [{ onBatchEnd: () => Promise.reject(thrown) }];
    expect(await there.fit(data, { callbacks }).catch((error: unknown) => error)).toBe(thrown);
    await there.fit(data);
  });

  it("abort by signal, before and while training", async () => {
    const [here, there] = await pair();
    expect(await there.fit(data, { epochs: 3, signal: AbortSignal.abort() })).toEqual({ epoch: [], loss: [] });
    const abort = new AbortController();
    const callbacks: Callback[] = [{ onEpochEnd: (epoch) => epoch === 1 && abort.abort() }];
    const history = await there.fit(data, { epochs: 1e6, callbacks, signal: abort.signal });
    expect(history.epoch.length).toBeGreaterThanOrEqual(2);
    expect(history.epoch.length).toBeLessThan(1e6);
    await here.fit(data, { epochs: history.epoch.length });
    expect((await here.evaluate(data)).loss).toBeLessThan(history.loss[0]);
  });
});

describe("the end of a worker", () => {
  /** The last worker that was started. */
  function lastWorker(): workerThreads.Worker {
    return started[started.length - 1];
  }
  const started: workerThreads.Worker[] = [];
  const { Worker } = workerThreads;
  workerThreads.Worker = class extends Worker {
    constructor(...given: ConstructorParameters<typeof Worker>) {
      super(...given);
      started.push(this);
    }
  };

  it("in the middle of training rejects, and the next call resumes from the last epoch that was kept", async () => {
    const [here, there] = await pair({ threads: 1 });
    const dying: Callback = {
      async onEpochEnd(epoch) {
        // Longer than the interval in which no file is kept.
        if (epoch === 1) await pause(300);
        if (epoch === 2) await lastWorker().terminate();
      },
    };
    const error = await there.fit(data, { epochs: 4, callbacks: [dying] }).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(BackendError);
    expect((error as Error).message).toMatch(/worker of a model ended.*next call resumes in a new worker/);
    await here.fit(data, { epochs: 2 });
    expect(await there.getWeights()).toEqual(here.getWeights());
    await here.fit(data, { epochs: 2 });
    await there.fit(data, { epochs: 2 });
    expect(await there.getWeights()).toEqual(here.getWeights());
  });

  it("while it idles costs nothing", async () => {
    const [, there] = await pair({ threads: 1 });
    await there.fit(data);
    const before = await there.getWeights();
    await lastWorker().terminate();
    expect(await there.getWeights()).toEqual(before);
  });

  it("by dispose rejects running and later calls", async () => {
    const [, there] = await pair();
    const fit = there.fit(data, { epochs: 1e6 }).catch((cause: unknown) => cause);
    await pause(20);
    there.dispose();
    there.dispose();
    expect(await fit).toBeInstanceOf(BackendError);
    await expect(there.predict(data.x)).rejects.toThrow("disposed");
  });
});

describe("processes", () => {
  const program = `
    import { Sequential, dense } from "simdgrad";
    const model = await Sequential.create({ inputShape: [1], layers: [dense({ units: 1 })], worker: true });
    await model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    await model.fit({ x: [1, 2], y: [2, 4] }, { epochs: 10 });
    const { worker, workerReason } = await model.info();
    console.log(worker, workerReason);`;
  const run = (...flags: string[]) =>
    spawnSync(process.execPath, [...flags, "--input-type=module", "-e", program], {
      encoding: "utf8",
      timeout: 30_000,
    });

  it("end by themselves", () => {
    expect(run()).toMatchObject({ status: 0, stdout: "true \n", stderr: "" });
  });

  it("that cannot start workers run the model on the caller's thread, and info says why", () => {
    const flag = process.allowedNodeEnvironmentFlags.has("--permission") ? "--permission" : "--experimental-permission";
    const { status, stdout } = run(flag, "--allow-fs-read=*", "--no-warnings");
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^false a worker could not start: /),
    });
  });
});
