// One table of scenarios, run on a model here and on one in a worker: the same results, logs, errors and bits.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  type Callback,
  Dataset,
  earlyStopping,
  pipeline,
  reduceLROnPlateau,
  Sequential,
  type Trainer,
  terminateOnNaN,
  watch,
} from "../../src/index.js";
import { backupAndRestore, csvLogger, modelCheckpoint } from "../../src/node/index.js";
import { sampleInQuick } from "../support/inFull.js";
import { blobs } from "./models.js";
import { createTwin, outcomeOf, quiet, type Scenario } from "./twins.js";

const data = blobs(60);
const { x, y } = data;
/** Each row a typed array, which types of data do not say. */
const typed = Array.from({ length: data.length }, (_, row) => Float32Array.from(x.subarray(2 * row, 2 * row + 2)));
const rows = typed as unknown as number[][];
const huge = { x: new Float32Array(64).fill(3e38), y: Float32Array.from({ length: 32 }, (_, row) => row % 3) };
/** A stream with a warning: its x are merged in float32. */
const doubtful = () => [{ x: rows.map((_, i) => [1.7e12 + i, 0]), y }];
const folder = mkdtempSync(join(tmpdir(), "simdgrad-"));
afterAll(() => rmSync(folder, { recursive: true }));

function* batches(): Generator<{ x: Float32Array; y: Float32Array }> {
  for (let at = 0; at < data.length; at += 20) yield { x: x.slice(2 * at, 2 * (at + 20)), y: y.slice(at, at + 20) };
}

async function* slowBatches() {
  for (const batch of batches()) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    yield batch;
  }
}

class Rows {
  get x() {
    return rows;
  }
  y = y;
}

/** Buffers of Node share a pool with each other. */
const pooled = () => Buffer.from([...y]);

/** Counts down what a trainer gives in every hook. */
function asking(seen: unknown[]): Callback {
  let trainer: Trainer;
  const ask = (hook: string) => {
    const weights = trainer.snapshot();
    seen.push([hook, trainer.epochs, trainer.learningRate, trainer.isInterrupted, [...weights].slice(0, 9)]);
    trainer.save();
  };
  return {
    onTrainBegin(given) {
      trainer = given;
      ask("begin");
    },
    onEpochBegin: (epoch) => ask(`epoch ${epoch}`),
    onBatchBegin: ({ step }) => ask(`batch ${step}`),
    onBatchEnd({ step, rows: done }, logs) {
      ask(`batch end ${step}`);
      seen.push(logs());
      if (step === 0)
        seen.push(trainer.inspect(done).activations.map(({ name, shape, data }) => [name, shape, ...data]));
      if (step === 1) trainer.learningRate *= 0.5;
    },
    onEpochEnd(epoch, logs) {
      ask(`epoch end ${epoch}`);
      seen.push({ ...logs });
      if (epoch === 1) trainer.stopTraining = true;
    },
    onTrainEnd: () => ask("end"),
  };
}

const scenarios: Record<string, Scenario> = {
  "rows of typed arrays, twice": async (m) => [
    await m.fit({ x: rows, y }, quiet),
    await m.fit({ x: rows, y }, quiet),
    rows.map(({ length }) => length),
  ],
  "Node Buffers": async (m) => {
    const labels = pooled();
    return [
      await m.fit({ x: rows, y: labels as unknown as number[] }, quiet),
      labels.length,
      labels.buffer.byteLength > 0,
    ];
  },
  "an instance of a class with getters": async (m) => [await m.fit(new Rows() as never, quiet), rows.length, y.length],
  "a Dataset, with another to validate": async (m) => {
    const history = await m.fit(data, { epochs: 3, validationData: Dataset.from({ x: rows, y }) });
    return [history, data.x.length, data.y.length];
  },
  "x that changes right after the call": async (m) => {
    const given = x.slice();
    const predicted = m.predict(given);
    given.fill(0);
    return await predicted;
  },
  "weights that are typed arrays": async (m) => {
    const weights = (await m.getWeights()).map((weight) => ({
      ...weight,
      data: weight.data.map((value) => value / 2),
    }));
    await m.setWeights(weights);
    return [await m.predict(rows), weights.map(({ data: values }) => values.length)];
  },
  "sample weights, class weights and a split": async (m) =>
    m.fit(
      { x: rows, y, sampleWeight: new Float32Array(60).fill(0.5) },
      { epochs: 2, classWeight: { 1: 2 }, validationSplit: { fraction: 0.2, stratify: true } },
    ),
  "a generator function": async (m) => m.fit(batches, { epochs: 3, ...quiet }),
  "an async generator function": async (m) => m.fit(slowBatches, { epochs: 2, ...quiet }),
  "a generator that is walked through twice": async (m) => m.fit(batches(), { epochs: 2, ...quiet }),
  "a pipeline of rows": async (m) => {
    const stream = pipeline(data).shuffle(30, { seed: 2 });
    return [
      await m.fit(stream, { epochs: 2, batchSize: 16, validationData: stream, ...quiet }),
      await m.evaluate(stream),
    ];
  },
  "a pipeline of batches": async (m) => m.fit(pipeline(data).batch(20).prefetch(2), { epochs: 2, ...quiet }),
  "steps that leave a stream in the middle": async (m) => m.fit(batches, { epochs: 4, stepsPerEpoch: 2, ...quiet }),
  "a stream that fails": async (m) =>
    m.fit(function* () {
      yield { x: rows.slice(0, 10), y: y.slice(0, 10) };
      throw new RangeError("of the caller's own");
    }, quiet),
  "batches that do not fit": async (m) => m.fit(() => [{ x: [[1, 2, 3]], y: [0] }], quiet),
  "evaluate on a stream": async (m) => m.evaluate(batches),
  "every hook, with all that a trainer gives": async (m) => {
    const seen: unknown[] = [];
    return [await m.fit(data, { epochs: 5, batchSize: 20, callbacks: [asking(seen)], ...quiet }), seen];
  },
  "two callbacks that depend on each other": async (m) => {
    const seen: unknown[] = [];
    let trainer: Trainer;
    const first: Callback = {
      onTrainBegin: (given) => {
        trainer = given;
      },
      onEpochEnd: () => trainer.restore(trainer.snapshot().fill(0.25)),
    };
    return [await m.fit(data, { epochs: 2, callbacks: [first, asking(seen)], ...quiet }), seen];
  },
  watch: async (m) => {
    const watching = watch();
    await m.fit(data, { epochs: 2, callbacks: [watching], ...quiet });
    return watching.reports.map(String);
  },
  terminateOnNaN: async (m) => m.fit(huge, { epochs: 3, callbacks: [terminateOnNaN()], ...quiet }),
  "a loss that is not finite": async (m) => m.fit(huge, quiet),
  "earlyStopping that restores": async (m) => {
    const callback = earlyStopping({ monitor: "loss", minDelta: 0.02, restoreBestWeights: true });
    return [await m.fit(data, { epochs: 50, callbacks: [callback], ...quiet }), await m.getWeights()];
  },
  "callbacks that remember, interrupted in the middle and resumed": async (m) => {
    const callbacks = () => [
      earlyStopping({ monitor: "loss", patience: 2, minDelta: 0.05 }),
      reduceLROnPlateau({ monitor: "loss", patience: 1, minDelta: 0.05 }),
    ];
    const abort = new AbortController();
    const stop: Callback = { onBatchEnd: ({ epoch, step }) => void (epoch === 2 && step === 1 && abort.abort()) };
    const options = { epochs: 30, batchSize: 20, ...quiet };
    const before = await m.fit(data, { ...options, callbacks: [...callbacks(), stop], signal: abort.signal });
    const file = await m.save();
    const after = await m.fit(data, { ...options, callbacks: callbacks(), resume: true });
    return [before, file, after];
  },
  files: async (m, place) => {
    const at = (name: string) => join(folder, place, name);
    const callbacks = [
      modelCheckpoint({ path: at("best"), saveBestOnly: true, monitor: "loss" }),
      modelCheckpoint({ path: at("steps"), saveFreq: 2 }),
      csvLogger({ path: at("log.csv") }),
    ];
    await m.fit(data, { epochs: 3, batchSize: 20, callbacks, ...quiet });
    return ["best", "steps", "log.csv"].map((name) => [...readFileSync(at(name))]);
  },
  "a backup at every other step": async (m, place) => {
    const path = join(folder, place, "backup");
    const stop: Callback = {
      onBatchEnd: ({ epoch, step }) => {
        if (epoch === 1 && step === 1) throw new Error("gone");
      },
    };
    const options = { epochs: 3, batchSize: 20, ...quiet };
    const backup = () => backupAndRestore({ path, every: 2 });
    const gone = await Promise.resolve(m.fit(data, { ...options, callbacks: [backup(), stop] })).catch(String);
    const next = await createTwin(!(m instanceof Sequential));
    return [gone, await next.fit(data, { ...options, callbacks: [backup()] }), await next.getWeights()];
  },
  warnings: async (m) => {
    const warnings: string[] = [];
    await m.fit(
      { x: rows.map((row) => row.map((value) => value * 1e4)), y },
      { onWarning: (text) => warnings.push(text) },
    );
    return warnings;
  },
  "train by epochs and by batches": async (m) => {
    const logs: unknown[] = [];
    for await (const log of m.train(data, { epochs: 3, ...quiet })) logs.push(log);
    for await (const log of m.train(data, { epochs: 3, every: "batch", ...quiet })) {
      logs.push(log);
      if (logs.length === 6) break;
    }
    return [logs, await m.fit(data, { epochs: 5, resume: true, ...quiet })];
  },
  check: async (m) => m.check({ x: rows, y }),
  "compiled, before and after": async (m) => {
    const before = m.compiled;
    await m.compile({
      optimizer: { ...m.compiled?.optimizer, learningRate: 0.5 } as never,
      loss: "sparseCategoricalCrossentropy",
    });
    return [before, m.compiled];
  },
  metadata: async (m) => {
    m.metadata = { classes: ["a", "b"], [Symbol.iterator]: 1 } as object;
    expect(() => {
      m.metadata = { bad: () => 1 };
    }).toThrow("metadata.bad");
    const loaded = await Sequential.load(await m.save());
    return [m.metadata, loaded.metadata];
  },
  "a file loaded with metrics": async (m) => {
    const [file, worker] = [await m.save(), !(m instanceof Sequential)];
    const seen: unknown[] = [];
    for (const metrics of [[], ["accuracy"], "accuracy", new Map()]) {
      const loading = Sequential.load(file, { metrics: metrics as never, threads: 1, worker });
      const made = await loading.catch((error: Error) => seen.push(error.constructor.name, error.message));
      if (typeof made === "object") seen.push(await made.getWeights(), made.dispose());
    }
    return seen;
  },
  "metadata while calls are on their way": async (m) => {
    const compiling = m.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
    m.metadata = { a: 1 };
    await compiling;
    const seen = [m.metadata];
    const saving = m.save();
    m.metadata = { a: 2 };
    const saved = await Sequential.load(await saving);
    return [...seen, m.metadata, saved.metadata];
  },
  "the metrics that a callback sees": async (m) => {
    const seen: unknown[] = [];
    const onTrainBegin = ({ metrics }: Trainer) =>
      seen.push(metrics, Object.isFrozen(metrics), metrics.map(Object.isFrozen));
    await m.fit(data, { ...quiet, callbacks: [{ onTrainBegin }] });
    return seen;
  },
  "a file without the optimizer's memory": async (m) => {
    await m.fit(data, quiet);
    return m.save({ optimizer: false });
  },
  trace: async (m) => m.trace({ x: rows, y }, { optimizer: true }),
  "an unknown option of save": async (m) => m.save({ optimiser: true } as object),
  "options that are not an object": async (m) => m.fit(data, 5 as never),
  "an unknown option of fit": async (m) => m.fit(data, { epoch: 5 } as never),
  "a callback that throws": async (m) =>
    m.fit(data, { callbacks: [{ onEpochEnd: () => Promise.reject(new RangeError("of the caller's own")) }], ...quiet }),
  "a warning that throws before the only step": async (m) =>
    m.fit(
      { x: Float64Array.from({ length: 60 }, (_, at) => 1e9 + at), y: y.slice(0, 30) },
      {
        onWarning: () => {
          throw new RangeError("of the caller's own");
        },
      },
    ),
  "a batch with a getter that throws": async (m) =>
    m.fit(function* () {
      yield {
        get x(): Float32Array {
          throw new RangeError("of the caller's own");
        },
        y,
      };
    }, quiet),
  "rows by themselves to train on": async (m) => m.train(rows as never, { epochs: 2 }).next(),
  "an instance with getters that are no options": async (m) => {
    class Named extends Rows {
      get name() {
        return "mine";
      }
      get shape() {
        return [60, 2];
      }
    }
    return [await m.fit(new Named() as never, quiet), await m.evaluate(data, new Named() as never)];
  },
  "a state that fails before there is one": async (m) => {
    let best: Float32Array | null = null;
    let trainer: Trainer;
    const keeping: Callback = {
      name: "keeping",
      onTrainBegin: (given) => {
        trainer = given;
      },
      onEpochEnd: async () => {
        await m.predict(rows);
        best = trainer.snapshot();
      },
      getState: () => ({ best: (best as Float32Array).slice() }),
      setState: () => {},
    };
    return m.fit(data, { epochs: 2, callbacks: [keeping], ...quiet });
  },
  "an abort before a step, which is taken when training resumes": async (m) => {
    const abort = new AbortController();
    const heard: string[] = [];
    const listener: Callback = {
      onBatchBegin({ epoch, step }) {
        heard.push(`before ${epoch} ${step}`);
        if (epoch === 1 && step === 1) abort.abort();
      },
      onBatchEnd: ({ epoch, step }) => void heard.push(`after ${epoch} ${step}`),
    };
    const options = { epochs: 3, batchSize: 16, callbacks: [listener], ...quiet };
    const before = await m.fit(data, { ...options, signal: abort.signal });
    heard.push("resumed");
    return [before, await m.fit(data, { ...options, resume: true }), heard];
  },
  "a state that fails when training is aborted from outside": async (m) => {
    const abort = new AbortController();
    const failing: Callback = {
      name: "failing",
      onEpochEnd: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        setTimeout(() => abort.abort(), 0);
        await new Promise((resolve) => setTimeout(resolve, 20));
      },
      getState: () => {
        throw new RangeError("of the caller's own");
      },
      setState: () => {},
    };
    return m.fit(data, { epochs: 3, callbacks: [failing], signal: abort.signal, ...quiet });
  },
  "a state that JSON cannot hold": async (m) => {
    const abort = new AbortController();
    const dated: Callback = {
      name: "dated",
      onEpochEnd: () => abort.abort(),
      getState: () => ({ at: new Date(0) }) as never,
      setState: () => {},
    };
    return m.fit(data, { epochs: 3, callbacks: [dated], signal: abort.signal, ...quiet });
  },
  "a stream whose x is merged in float32": async (m) => {
    const warnings: string[] = [];
    const merged = rows.map((_, i) => [1.7e12 + i, 0]);
    const tell = { epochs: 2, onWarning: (text: string) => warnings.push(text) };
    await Promise.resolve(
      m.fit(
        () => [
          { x: merged, y },
          { x: merged, y },
        ],
        tell,
      ),
    ).catch(() => {});
    expect(warnings).toEqual([expect.stringMatching(/batch 0: x: column 0: .*pipeline\(…\)\.map\(…\)\.$/)]);
    return warnings;
  },
  "resumeFrom too late": async (m) => {
    let trainer: Trainer;
    const late: Callback = {
      onTrainBegin: (given) => {
        trainer = given;
      },
      onEpochEnd: () => trainer.resumeFrom(new Uint8Array(9)),
    };
    return m.fit(data, { callbacks: [late], ...quiet });
  },
};

describe("here and in a worker the same:", () => {
  it.each(sampleInQuick(Object.entries(scenarios)))("%s", async (_, scenario) => {
    expect(await outcomeOf(scenario, true)).toEqual(await outcomeOf(scenario, false));
  });
});

describe.each([false, true])("what onWarning does, with worker: %s", (worker) => {
  it.each([
    ["returns late", "heard"],
    ["rejects late", "of the caller's own"],
    ["throws", "of the caller's own"],
  ])("%s", async (what, end) => {
    const model = await createTwin(worker);
    const seen: string[] = [];
    const fail = (): never => {
      throw new RangeError("of the caller's own");
    };
    const late = async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      seen.push("heard");
      if (what === "rejects late") fail();
    };
    const onWarning = what === "throws" ? fail : late;
    await model.fit(doubtful, { epochs: 1, onWarning }).catch((error: Error) => seen.push(error.message));
    expect(seen.at(-1)).toBe(end);
    model.dispose();
  });
});
