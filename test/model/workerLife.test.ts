// The life of a model in a worker: whatever ends it, at any moment, each call answers or rejects, and nothing is left.
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import workerThreads from "node:worker_threads";
import { afterEach, describe, expect, it, vi } from "vitest";
import { BackendError, type Callback, dense, Sequential, type Trainer, type WorkerModel } from "../../src/index.js";
import { itInFull, sampleInQuick } from "../support/inFull.js";
import { blobs } from "./models.js";
import { createTwin, type Model, quiet } from "./twins.js";

const data = blobs(60);
const huge = { x: new Float32Array(64).fill(3e38), y: Float32Array.from({ length: 32 }, (_, row) => row % 3) };
const { Worker } = workerThreads;
const started: workerThreads.Worker[] = [];
workerThreads.Worker = class extends Worker {
  constructor(...given: ConstructorParameters<typeof Worker>) {
    super(...given);
    started.push(this);
  }
};

function lastWorker(): workerThreads.Worker {
  return started[started.length - 1];
}

const open: WorkerModel[] = [];
afterEach(() => {
  for (const model of open.splice(0)) model.dispose();
});

async function inWorker(): Promise<WorkerModel> {
  const model = (await createTwin(true)) as WorkerModel;
  open.push(model);
  return model;
}

/** Workers that cannot be started while `work` runs. */
async function withoutWorkers<T>(Broken: unknown, work: () => Promise<T>): Promise<T> {
  const { Worker: Working } = workerThreads;
  workerThreads.Worker = Broken as typeof Worker;
  try {
    return await work();
  } finally {
    workerThreads.Worker = Working;
  }
}

it("has every member that a model has, and those alone", async () => {
  const members = (model: object) => {
    const names: string[] = [];
    for (let part = model; part !== Object.prototype; part = Object.getPrototypeOf(part)) {
      names.push(...Reflect.ownKeys(part).map(String));
    }
    // Functions that look inside a model are not for its callers.
    return [...new Set(names)].filter((name) => name !== "Symbol(core)").sort();
  };
  expect(members(await inWorker())).toEqual(members(await createTwin(false)));
});

describe("dispose", () => {
  const moments: Record<string, string> = {
    "in a callback": `await model.fit(data, { epochs: 9, callbacks: [{ onEpochEnd: () => model.dispose() }] }).catch(told);`,
    "in an asynchronous callback": `
      const callback = { async onBatchEnd() { await 0; model.dispose(); await 0; } };
      await model.fit(data, { epochs: 9, callbacks: [callback] }).catch(told);`,
    "in a callback that asks its trainer afterwards": `
      let trainer;
      const callback = { onTrainBegin: (given) => { trainer = given; }, onEpochEnd() { model.dispose(); trainer.save(); } };
      await model.fit(data, { epochs: 9, callbacks: [callback] }).catch(told);`,
    "in a callback that fails later": `
      const callback = { async onEpochEnd() { model.dispose(); await new Promise((go) => setTimeout(go, 20)); throw 1; } };
      await model.fit(data, { epochs: 9, callbacks: [callback] }).catch(told);
      await new Promise((resolve) => setTimeout(resolve, 50));`,
    "while a stream is read": `
      await model.fit(async function* () { yield data; model.dispose(); yield data; }).catch(told);`,
    "while calls wait": `
      const calls = [model.fit(data, { epochs: 1e6 }), model.predict([[1, 2]]), model.save()];
      model.dispose();
      for (const call of calls) await call.catch(told);`,
    "while nobody listens to the calls": `
      void model.fit(data, { epochs: 1e6 }); void model.evaluate(data); void model.save();
      await new Promise((resolve) => setTimeout(resolve, 20));
      void model.predict([[1, 2]]);
      model.dispose();
      await model.predict([[1, 2]]).catch(told);
      await new Promise((resolve) => setTimeout(resolve, 100));`,
    "between two logs": `
      const logs = model.train(data, { epochs: 9 });
      await logs.next();
      model.dispose();
      await logs.next().catch(told);`,
    "twice, and then used": `model.dispose(); model.dispose(); await model.predict([[1, 2]]).catch(told);
      model.metadata = { late: true };`,
  };

  itInFull("is quiet at any moment, and the process ends by itself", () => {
    const program = `
      import { Sequential, dense } from "simdgrad";
      const data = { x: [[0, 1], [1, 0]], y: [0, 1] };
      const moments = {${Object.entries(moments).map(([name, body]) => `"${name}": async (model, told) => {${body}}`)}};
      for (const [name, moment] of Object.entries(moments)) {
        const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })], worker: true });
        await model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
        await moment(model, (error) => console.log(name + ": " + error.name));
      }`;
    const options = { encoding: "utf8", timeout: 30_000 } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], options);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const said = new Set(stdout.trim().split("\n"));
    expect([...said]).toEqual(Object.keys(moments).map((name) => `${name}: BackendError`));
  });

  const never = () => new Promise<never>(() => {});
  async function* silent() {
    yield data;
    await never();
  }
  const merged = { x: Float64Array.from({ length: 120 }, (_, i) => 1e9 + i), y: data.y };
  const waits: Record<string, (model: Model) => Promise<unknown>> = {
    "fit for a stream": (model) => model.fit(silent, quiet),
    "fit for a stream with a signal": (model) => model.fit(silent, { ...quiet, signal: new AbortController().signal }),
    "fit for the first batch": (model) => model.fit({ [Symbol.asyncIterator]: () => ({ next: never }) }, quiet),
    "fit for a stream that fails later": (model) => {
      const next = () => pause(150).then(() => Promise.reject(new Error("late")));
      return model.fit({ [Symbol.asyncIterator]: () => ({ next }) }, quiet);
    },
    "fit for a source that cannot be closed": (model) => {
      const close = () => Promise.reject(new Error("late"));
      return model.fit({ [Symbol.asyncIterator]: () => ({ next: never, return: close }) }, quiet);
    },
    "fit for validationData": (model) => model.fit(data, { ...quiet, validationData: silent }),
    "evaluate for a stream": (model) => model.evaluate(silent),
    "fit for onTrainBegin": (model) => model.fit(data, { ...quiet, callbacks: [{ onTrainBegin: never }] }),
    "fit for onBatchBegin": (model) => model.fit(data, { ...quiet, callbacks: [{ onBatchBegin: never }] }),
    "fit for onEpochEnd": (model) => model.fit(data, { ...quiet, callbacks: [{ onEpochEnd: never }] }),
    "fit for onTrainEnd": (model) => model.fit(data, { ...quiet, callbacks: [{ onTrainEnd: never }] }),
    "fit for onNonFinite": (model) => model.fit(huge, { ...quiet, callbacks: [{ onNonFinite: never }] }),
    "fit for onWarning": (model) => model.fit(merged, { onWarning: never }),
    "fit for the reader of logs": async (model) => {
      const logs = model.train(data, { epochs: 9 });
      await logs.next();
      await pause(150);
      return logs.next();
    },
    "fit for setState": async (model) => {
      const callback = { name: "mine", getState: () => ({}), setState: never };
      const stopper = new AbortController();
      const onBatchEnd = () => stopper.abort();
      await model.fit(data, { ...quiet, callbacks: [{ ...callback, onBatchEnd }], signal: stopper.signal });
      return model.fit(data, { ...quiet, callbacks: [{ ...callback, onBatchEnd }], resume: true });
    },
  };

  it.each(sampleInQuick(Object.entries(waits)))("rejects %s, here and in a worker", async (name, wait) => {
    const refused: unknown[] = [];
    const refuse = (error: unknown) => refused.push(error);
    process.on("unhandledRejection", refuse);
    for (const worker of [false, true]) {
      const model = await createTwin(worker);
      const call = expect(wait(model)).rejects.toThrow(
        new BackendError(`${name.split(" ")[0]}: this model was disposed. Create or load another.`),
      );
      await pause(100);
      model.dispose();
      await call;
    }
    await pause(100);
    process.off("unhandledRejection", refuse);
    expect(refused).toEqual([]);
  });

  const unanswered: Record<string, string> = {
    "a callback": "void model.fit(data, { epochs: 9, callbacks: [{ onEpochEnd: () => new Promise(() => {}) }] });",
    "a stream": "void model.fit(async function* () { yield data; await new Promise(() => {}); });",
    "the reader of logs": "await model.train(data, { epochs: 9 }).next();",
    "a callback while another call is at work": `
      const paused = { onEpochEnd: () => new Promise(() => {}) };
      void model.fit(data, { epochs: 9, callbacks: [paused] });
      void model.predict(data.x).then(({ length }) => console.log(length));`,
    "a stream when training is aborted": `
      const abort = new AbortController();
      const fit = model.fit(async function* () { yield data; await new Promise(() => {}); }, { signal: abort.signal });
      setTimeout(() => abort.abort(), 50);
      void fit.then(({ epoch }) => console.log(epoch.length + 2));`,
  };

  itInFull.each(Object.entries(unanswered))("lets a process end that never answers as %s", (name, body) => {
    const program = `
      import { Sequential, dense } from "simdgrad";
      const data = { x: [[0, 1], [1, 0]], y: [0, 1] };
      const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })], worker: true });
      await model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
      ${body}`;
    const options = { encoding: "utf8", timeout: 10_000 } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], options);
    const isWorking = name.includes(" when ") || name.includes(" while ");
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: isWorking ? "2\n" : "", stderr: "" });
  });

  it("rejects a call that opens another worker, and leaves none", async () => {
    const model = await inWorker();
    await lastWorker().terminate();
    const calls = [model.predict([[1, 2]]), model.save()];
    await pause(5);
    model.dispose();
    for (const call of calls) await expect(call).rejects.toBeInstanceOf(BackendError);
    await pause(100);
    expect(lastWorker().threadId).toBe(-1);
  });

  it("closes streams that are read", async () => {
    const model = await inWorker();
    let [pulled, closed] = [0, 0];
    async function* endless() {
      try {
        for (;;) {
          await pause(1);
          pulled++;
          yield data;
        }
      } finally {
        closed++;
      }
    }
    const fit = model.fit(endless, { ...quiet, stepsPerEpoch: 2, epochs: 1e6 });
    await vi.waitUntil(() => pulled > 1, { timeout: 20_000 });
    model.dispose();
    await expect(fit).rejects.toBeInstanceOf(BackendError);
    await vi.waitUntil(() => closed > 0, { timeout: 20_000 });
    expect(closed).toBe(1);
  });
});

it("keeps metadata that were set while the worker ended", async () => {
  const model = await inWorker();
  void lastWorker().terminate();
  model.metadata = { a: 1 };
  await once(lastWorker(), "exit");
  const file = await model.save().catch(() => model.save());
  const loaded = await Sequential.load(file, { threads: 1 });
  expect([model.metadata, loaded.metadata]).toEqual([{ a: 1 }, { a: 1 }]);
});

describe("a model that nobody holds", () => {
  const prelude = `
    import { setTimeout as pause } from "node:timers/promises";
    import workerThreads from "node:worker_threads";
    const alive = new Set();
    const { Worker } = workerThreads;
    workerThreads.Worker = class extends Worker {
      constructor(...given) {
        super(...given);
        alive.add(this);
        this.once("exit", () => alive.delete(this));
      }
    };
    const { Sequential, dense, trainingControl } = await import("simdgrad");
    const data = { x: [[0, 1], [1, 0]], y: [0, 1] };
    const never = () => new Promise(() => {});
    const { signal } = new AbortController();
    async function create() {
      const layers = [dense({ units: 1 })];
      const model = await Sequential.create({ inputShape: [2], layers, threads: 1, worker: true });
      await model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
      return model;
    }
    async function collect() {
      for (let i = 0; i < 100 && alive.size > 0; i++) {
        gc();
        await pause(10);
      }
    }`;
  const run = (body: string) => {
    const program = prelude + body;
    const flags = ["--expose-gc", "--input-type=module", "-e", program];
    const { status, stdout, stderr } = spawnSync(process.execPath, flags, { encoding: "utf8", timeout: 60_000 });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return stdout.trim().split("\n");
  };

  const lives: Record<string, string> = {
    "and was never used": "",
    "and was used": "await model.fit(data); await model.predict(data.x); await model.layers[0].getWeights();",
    "with callbacks that use the trainer": `
      let trainer;
      const callback = { onTrainBegin(given) { trainer = given; }, onEpochEnd: () => trainer.snapshot() };
      await model.fit(data, { callbacks: [callback] });`,
    "with a signal that lives on": "await model.fit(data, { signal });",
    "with metadata just set": "model.metadata = { a: 1 };",
    "with calls that failed": `await model.fit({ x: [[1]], y: [1] }).catch(() => {});`,
    "with a fit that goes on": "void model.fit(data, { epochs: 500 });",
    "with a fit that waits for a callback": `
      void model.fit(data, { callbacks: [{ onEpochEnd: never }] }); await pause(50);`,
    "with a fit that waits for a stream": "void model.fit({ [Symbol.asyncIterator]: () => ({ next: never }) });",
    "with logs that nobody reads": "await model.train(data, { epochs: 9 }).next();",
  };

  itInFull("loses its worker, whatever it did, and 40 of them", () => {
    const cases = Object.entries(lives).map(([name, body]) => `"${name}": async (model) => {${body}}`);
    const told = run(`
      const lives = {${cases}};
      for (const [name, live] of Object.entries(lives)) {
        await (async () => live(await create()))();
        await collect();
        console.log(name, alive.size);
      }
      await (async () => { for (let i = 0; i < 40; i++) await lives["and was used"](await create()); })();
      await collect();
      console.log(alive.size);`);
    expect(told).toEqual([...Object.keys(lives).map((name) => `${name} 0`), "0"]);
  });

  const held: Record<string, [hold: string, use: string]> = {
    layers: ["return model.layers;", "(await held[0].getWeights()).length"],
    "a fit that is pending": ["return [model.fit(data, { epochs: 100_000 })];", "(await held[0]).epoch.length"],
    "a fit that waits for a timer": [
      "return [model.fit(data, { epochs: 20, callbacks: [{ onEpochEnd: () => pause(20) }] })];",
      "(await held[0]).epoch.length",
    ],
    "a trainer": [
      "let held; await model.fit(data, { callbacks: [{ onTrainBegin(given) { held = given; } }] }); return held;",
      "held.snapshot().length",
    ],
    "a control that paused it": [
      `const control = trainingControl(); control.pause();
       return { control, fit: model.fit(data, { epochs: 3, callbacks: [control] }) };`,
      "(held.control.resume(), (await held.fit).epoch.length)",
    ],
    "its logs": [
      "const logs = model.train(data, { epochs: 3 }); await logs.next(); return logs;",
      "(await held.next()).value.epoch",
    ],
  };

  itInFull("keeps its worker as long as something leads to it", () => {
    const cases = Object.entries(held).map(
      ([name, [hold, use]]) => `"${name}": [async (model) => {${hold}}, async (held) => ${use}]`,
    );
    const told = run(`
      const cases = {${cases}};
      for (const [name, [hold, use]] of Object.entries(cases)) {
        let held = await (async () => hold(await create()))();
        for (let i = 0; i < 4; i++) { gc(); await pause(10); }
        console.log(name, alive.size, await use(held));
        held = null;
        await collect();
      }`);
    const results = [2, 100_000, 20, 64, 3, 1];
    expect(told).toEqual(Object.keys(held).map((name, i) => `${name} 1 ${results[i]}`));
  });
});

describe("a worker that ends", () => {
  const ends: Record<string, (worker: workerThreads.Worker) => unknown> = {
    "by an error, and exits later": (worker) => worker.emit("error", new Error("out of memory")),
    "for a message that cannot be read": (worker) => worker.emit("messageerror", new Error("unreadable")),
    "by itself": (worker) => worker.terminate(),
  };

  it.each(Object.entries(ends))("%s: the next call has a worker of its own", async (_, end) => {
    const model = await inWorker();
    const before = await model.getWeights();
    const fit = model.fit(data, { ...quiet, epochs: 1e6, callbacks: [{ onBatchEnd: () => pause(5) }] });
    await pause(30);
    const rejected = expect(fit).rejects.toThrow(
      /^The worker of a model ended: .* The next call resumes in a new worker/,
    );
    await end(lastWorker());
    await rejected;
    const next = model.getWeights();
    await pause(100);
    expect(await next).toEqual(before);
    expect(await model.getWeights()).toEqual(before);
  });

  it("while a callback asks its trainer does not keep the caller waiting", async () => {
    const model = await inWorker();
    let trainer: Trainer;
    let waited = 0;
    const asking: Callback = {
      onTrainBegin: (given) => {
        trainer = given;
      },
      onEpochEnd() {
        void lastWorker().terminate();
        const begun = performance.now();
        try {
          for (;;) trainer.snapshot();
        } finally {
          waited = performance.now() - begun;
        }
      },
    };
    await expect(model.fit(data, { ...quiet, callbacks: [asking] })).rejects.toBeInstanceOf(BackendError);
    expect(waited).toBeLessThan(5000);
    expect(await model.predict([[1, 2]])).toHaveLength(3);
  });

  it("gets the options and the file of the beginning, whatever became of them", async () => {
    const layers = [dense({ units: 4 })];
    const file = (await Sequential.create({ inputShape: [2], layers, seed: 3 })).save();
    const bytes = file.slice();
    const [made, loaded] = await Promise.all([
      Sequential.create({ inputShape: [2], layers, seed: 3, worker: true }),
      Sequential.load(bytes, { worker: true }),
    ]);
    open.push(made, loaded);
    layers.push(dense({ units: 9 }));
    bytes.fill(0);
    await Promise.all(started.slice(-2).map((worker) => worker.terminate()));
    expect(await made.save()).toEqual(file);
    expect(await loaded.save()).toEqual(file);
  });
});

describe("where no worker starts", () => {
  class Refused {
    constructor() {
      throw new Error("none here");
    }
  }
  class Broken extends Worker {
    constructor(_: unknown, options: workerThreads.WorkerOptions) {
      super("throw new Error('none here')", options);
    }
  }

  it.each([
    ["at once", Refused],
    ["in time", Broken],
  ])("%s, the model runs on its caller's thread, unchanged", async (_, Class) => {
    const run = async (model: Awaited<ReturnType<typeof createTwin>>) => {
      const seen: unknown[] = [];
      let trainer: Trainer;
      const asking: Callback = {
        onTrainBegin: (given) => {
          trainer = given;
        },
        onBatchEnd({ step }) {
          if (step === 0) seen.push(trainer.snapshot(), trainer.save(), trainer.inspect(32));
        },
      };
      const rows = [Float32Array.of(1, 2)];
      const prediction = model.predict(rows as never);
      rows[0].fill(9);
      seen.push(await prediction, await model.fit(data, { ...quiet, epochs: 2, callbacks: [asking] }));
      return [...seen, await model.save()];
    };
    const here = await run(await createTwin(false));
    await withoutWorkers(Class, async () => {
      const model = await inWorker();
      expect(await run(model)).toEqual(here);
      expect(await model.info()).toMatchObject({ worker: false, workerReason: "a worker could not start: none here" });
      const fit = model.fit(data, { ...quiet, epochs: 1e6 });
      await pause(30);
      model.dispose();
      await expect(fit).rejects.toBeInstanceOf(BackendError);
      await expect(model.predict([[1, 2]])).rejects.toThrow("predict: this model was disposed.");
    });
  });
});
