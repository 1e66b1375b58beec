/** Threads: the same bits for any number, processes that end, and faults that end in words instead of hanging. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import nodeOs from "node:os";
import { Worker } from "node:worker_threads";
import { describe, expect, it, vi } from "vitest";
import { Random } from "../src/base/random.js";
import { adam, BackendError, Dataset, dense, Sequential } from "../src/index.js";
import { Place, SyncField, Work } from "../src/plan/op.js";
import * as Op from "../src/plan/ops.js";
import { WorkerPool } from "../src/runtime/pool.js";
import { ThreadChoice } from "../src/runtime/threadChoice.js";
import { ThreadedBackend } from "../src/runtime/threaded.js";
import { itInFull } from "./support/inFull.js";

type Run = (...numbers: number[]) => number;

const INPUTS = 100;
const CLASSES = 13;

/** The same blobs as bytes, which `fit` turns into floats batch by batch. */
function blobsOfBytes(rows: number): Dataset {
  const { x, y } = blobs(rows);
  const bytes = Uint8Array.from(x, (value) => Math.min(Math.max(0, 64 + 32 * value), 255));
  return Dataset.from({ x: bytes, y }, { inputShape: [INPUTS], scale: 1 / 32 });
}

/** Blobs that take a few steps to learn; sizes that are not multiples of a tile. */
function blobs(rows: number): Dataset {
  const random = Random.fromSeed(7);
  const y = Float32Array.from({ length: rows }, () => random.integerBelow(CLASSES));
  const x = Float32Array.from({ length: rows * INPUTS }, (_, i) => {
    return random.normal() + (i % CLASSES === y[Math.floor(i / INPUTS)] ? 1 : 0);
  });
  return Dataset.from({ x, y }, { inputShape: [INPUTS] });
}

async function network(threads: "auto" | number): Promise<Sequential> {
  const layers = [
    dense({ units: 130, activation: "relu" }),
    dense({ units: 67, activation: "leakyRelu" }),
    dense({ units: CLASSES, activation: "softmax" }),
  ];
  const model = await Sequential.create({ inputShape: [INPUTS], layers, seed: 3, threads });
  model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}

function bits(model: Sequential): number[] {
  return model.getWeights().flatMap(({ data }) => [...new Int32Array(data.slice().buffer)]);
}

describe("any number of threads", () => {
  const data = blobs(307);

  it.each([2, 3, 5, "auto"] as const)("%s threads give the bits of one", { timeout: 60_000 }, async (threads) => {
    const one = await network(1);
    const many = await network(threads);
    // With "auto", the first milliseconds use one thread, and the next ones all.
    const epochs = threads === "auto" ? 12 : 3;
    const expected = await one.fit(data, { epochs, batchSize: 50 });
    const history = await many.fit(data, { epochs, batchSize: 50 });
    expect(history).toEqual(expected);
    expect(bits(many)).toEqual(bits(one));
    expect([...many.predict(data.x)]).toEqual([...one.predict(data.x)]);
    expect(await many.evaluate(data)).toEqual(await one.evaluate(data));
    if (threads !== "auto") expect(many.info()).toMatchObject({ threads, variant: "simd-threads" });
  });

  it.each([2, 3, "auto"] as const)("%s threads give the bits of one on rows of bytes", async (threads) => {
    const [one, many] = [await network(1), await network(threads)];
    const epochs = threads === "auto" ? 12 : 3;
    await one.fit(blobsOfBytes(307), { epochs, batchSize: 50 });
    await many.fit(blobsOfBytes(307), { epochs, batchSize: 50 });
    expect(bits(many)).toEqual(bits(one));
  });

  it("a number that changes at every run gives the bits of one", { timeout: 60_000 }, async () => {
    const random = Random.fromSeed(11);
    const used = new Set<number>();
    vi.spyOn(nodeOs, "availableParallelism").mockReturnValue(4);
    vi.spyOn(ThreadChoice.prototype, "threads", "get").mockImplementation(() => {
      const threads = 1 + random.integerBelow(4);
      used.add(threads);
      return threads;
    });
    try {
      const [one, many] = [await network(1), await network("auto")];
      const options = { epochs: 12, batchSize: 50 };
      expect(await many.fit(blobsOfBytes(307), options)).toEqual(await one.fit(blobsOfBytes(307), options));
      expect(bits(many)).toEqual(bits(one));
      expect(many.info().threads).toBe(4);
    } finally {
      vi.restoreAllMocks();
    }
    expect(used.size).toBe(4);
  });

  it("models take turns with the workers", async () => {
    const first = await network(2);
    const second = await network(2);
    const alone = await network(1);
    for (let epoch = 0; epoch < 3; epoch++) {
      await first.fit(data, { batchSize: 64 });
      await second.fit(data, { batchSize: 64 });
      await alone.fit(data, { batchSize: 64 });
    }
    expect(bits(first)).toEqual(bits(alone));
    expect(bits(second)).toEqual(bits(alone));
  });

  it("a step that is refused stops all threads at the same record", async () => {
    const model = await network(3);
    const wild = Dataset.from(
      { x: new Float32Array(64 * INPUTS).fill(1e38), y: new Float32Array(64) },
      { inputShape: [INPUTS] },
    );
    const alone = await network(1);
    for (let i = 0; i < 20; i++) {
      await expect(model.fit(wild, { batchSize: 64 })).rejects.toThrow("not finite");
      await expect(alone.fit(wild, { batchSize: 64 })).rejects.toThrow("not finite");
    }
    await model.fit(data, { batchSize: 64 });
    await alone.fit(data, { batchSize: 64 });
    expect(bits(model)).toEqual(bits(alone));
  });
});

describe("memory", () => {
  it("that another model has used trains to the same bits", async () => {
    const data = blobs(200);
    const train = async (threads: number) => {
      const model = await network(threads);
      await model.fit(data, { batchSize: 64 });
      const result = bits(model);
      model.dispose();
      return result;
    };
    const expected = await train(1);
    for (let i = 0; i < 4; i++) expect(await train(2)).toEqual(expected);
  });

  it("cannot be reached through a model that was disposed of while it trained", async () => {
    const [data, model] = [blobs(200), await network(2)];
    const sums: number[] = [];
    const hook = {
      onBatchEnd: (_: unknown, logs: () => Record<string, number>) => {
        const before = logs().loss;
        model.dispose();
        sums.push(before, logs().loss);
      },
    };
    await expect(model.fit(data, { batchSize: 64, callbacks: [hook] })).rejects.toThrow("disposed");
    expect(sums[1]).toBe(sums[0]);
  });
});

describe("faults", () => {
  const shared = new WebAssembly.Module(readFileSync("build/wasm/simd-threads.wasm"));

  it("a pool that lost its workers leaves the work to one thread", async () => {
    const model = await network(4);
    const alone = await network(1);
    const { sharedPool } = await import("../src/runtime/pool.js");
    await model.fit(blobs(100));
    await alone.fit(blobs(100));
    (await sharedPool(4)).close();
    await model.fit(blobs(100));
    await alone.fit(blobs(100));
    expect(bits(model)).toEqual(bits(alone));
    expect((await sharedPool(4)).isLost).toBe(false);
  });

  /** A pool of one worker, and a backend with a single record that does next to nothing. */
  async function pair() {
    const workers: Worker[] = [];
    const onWorker = (worker: Worker) => workers.push(worker);
    process.on("worker", onWorker);
    const pool = new WorkerPool(1);
    await pool.ready();
    process.off("worker", onWorker);
    const open = () => new ThreadedBackend(shared, new Int32Array(Place.RecordBytes / 4), 4096, pool);
    return { pool, open, worker: workers[0] };
  }

  it("threads share the bytes of a batch after a run that they shared", async () => {
    const { pool, open } = await pair();
    const backend = open();
    const [address, rows, columns, stride] = [2048, 5, 40, 176];
    const phase = () => backend.ints[(Place.Sync + SyncField.Phase) / 4];
    const bytes = Uint8Array.from({ length: columns }, (_, i) => (i * 89) % 256);
    const widened = (widen: () => void) => {
      const all = new Uint8Array(backend.memory.buffer);
      for (let row = 0; row < rows; row++) all.set(bytes, address + row * stride + 3 * columns);
      widen();
      return Array.from({ length: rows }, (_, row) => {
        const at = (address + row * stride) / 4;
        return [...backend.floats.subarray(at, at + columns)];
      });
    };
    const expected = Array.from({ length: rows }, () => Array.from(bytes, (byte) => Math.fround(byte / 255)));
    const widen = () => backend.widen(address, rows, columns, stride, 1 / 255);
    expect(widened(widen)).toEqual(expected);
    expect(phase()).toBe(0);
    backend.run(0, 1, true);
    expect(widened(widen)).toEqual(expected);
    expect(phase()).toBe(4);
    backend.run(0, 1, false);
    expect(widened(widen)).toEqual(expected);
    expect(phase()).toBe(4);
    pool.close();
  });

  it("workers without a part sleep through the runs of others", { timeout: 20_000 }, async () => {
    const pool = new WorkerPool(3);
    await pool.ready();
    const backend = new ThreadedBackend(shared, new Int32Array(Place.RecordBytes / 4), 4096, pool);
    const word = (field: SyncField) => Atomics.load(backend.ints, (Place.Sync + field) / 4);
    const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
    for (let turn = 0; turn < 5; turn++) {
      pool.run(backend, 0, 1, 2);
      while (word(SyncField.RosterSleepers) < 2) await pause();
      for (let run = 0; run < 300; run++) {
        pool.run(backend, 0, 1, 2);
        if (run % 50 === 0) await pause();
        expect(word(SyncField.RosterSleepers)).toBe(2);
      }
      pool.run(backend, 0, 1, 4);
      pool.run(backend, 0, 1, 3);
      while (word(SyncField.RosterSleepers) < 1) await pause();
      pool.run(backend, 0, 1, 4);
    }
    const other = new ThreadedBackend(shared, new Int32Array(Place.RecordBytes / 4), 4096, pool);
    for (const one of [other, backend, other]) {
      pool.run(one, 0, 1, 2);
      pool.run(one, 0, 1, 4);
    }
    pool.close();
  });

  it("a worker that ends is an error at the next run, and the pool gets others", { timeout: 8000 }, async () => {
    const { pool, open, worker } = await pair();
    const backend = open();
    backend.run(0, 1, true);
    void worker.terminate();
    // The event loop has no turn in which it could hear of the end.
    let error: unknown = null;
    for (let i = 0; i < 1e6 && error === null; i++) {
      try {
        backend.run(0, 1, true);
      } catch (cause) {
        error = cause;
      }
    }
    expect(error).toBeInstanceOf(BackendError);
    expect(String(error)).toMatch(/worker thread ended in the middle of a step.* next fit starts new threads/);
    expect(pool.isLost).toBe(true);
    expect(backend.isBroken).toBe(true);
    backend.run(0, 1, true);
    backend.release();
    await pool.ready();
    expect(pool.isLost).toBe(false);
    const next = open();
    expect(next.memory).not.toBe(backend.memory);
    next.run(0, 1, true);
    pool.close();
  });

  it("a model whose worker ended in the middle of fit trains on with new ones", { timeout: 20_000 }, async () => {
    const data = blobs(200);
    const workers: Worker[] = [];
    process.on("worker", (worker) => workers.push(worker));
    const { sharedPool } = await import("../src/runtime/pool.js");
    (await sharedPool(3)).close();
    const model = await network(3);
    const weights = model.getWeights();
    const kill = { onBatchEnd: () => void workers[0].terminate() };
    // The worker may also end between two steps: then one thread does the rest.
    const outcome = await model.fit(data, { epochs: 50, batchSize: 64, callbacks: [kill] }).catch((error) => error);
    if (outcome instanceof Error) expect(outcome).toBeInstanceOf(BackendError);
    expect(model.predict(data.x).every(Number.isFinite)).toBe(true);
    model.setWeights(weights);
    model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
    const alone = await network(1);
    alone.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
    const shuffle = false;
    await model.fit(data, { batchSize: 64, shuffle });
    await alone.fit(data, { batchSize: 64, shuffle });
    expect(bits(model)).toEqual(bits(alone));
    expect((await sharedPool(3)).isLost).toBe(false);
    expect(workers).toHaveLength(4);
  });

  it("the caller waits for a worker that comes late, however often", { timeout: 20_000 }, async () => {
    const [records, memory] = [3, new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })];
    const ints = new Int32Array(memory.buffer);
    // Each record fetches columns of a row of 0: it ends at once.
    for (let i = 0; i < records; i++) ints[(Place.Free + i * Place.RecordBytes) / 4] = Op.LossTotal.opcode;
    const exports = new WebAssembly.Instance(shared, { env: { memory } }).exports as Record<string, Run>;
    // So does a widening of no rows, which comes before them.
    expect(exports.runShared(Place.Free, Work.Widening, records, 2, 0)).toBe(0);
    expect(exports.resume(Place.Free)).toBe(0);
    const worker = new Worker(
      `const { workerData: { module, memory, tape } } = require("node:worker_threads");
      new WebAssembly.Instance(module, { env: { memory } }).exports.serve(tape, 1, 0);`,
      { eval: true, execArgv: [], workerData: { module: shared, memory, tape: Place.Free } },
    );
    let naps = 0;
    while (!exports.resume(Place.Free) && naps < 100) naps++;
    expect(naps).toBeLessThan(100);
    expect(ints[(Place.Sync + SyncField.Phase) / 4]).toBe(2 * (records + 1));
    expect(exports.runShared(Place.Free, 0, 1, 2)).toBe(1);
    exports.dismiss(0);
    await new Promise((resolve) => worker.once("exit", resolve));
  });

  itInFull.each(["", "--liftoff-only"])("the caller keeps its place while it waits, with the flag %j", (flag) => {
    const program = `
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
      const ints = new Int32Array(memory.buffer);
      const phase = ${(Place.Sync + SyncField.Phase) / 4};
      ints[${Place.Free / 4}] = ${Op.LossTotal.opcode};
      ints[phase] = 8;
      const module = new WebAssembly.Module(require("node:fs").readFileSync("build/wasm/simd-threads.wasm"));
      const { runShared, resume } = new WebAssembly.Instance(module, { env: { memory } }).exports;
      const returned = [runShared(${Place.Free}, 0, 1, 2), resume(${Place.Free}), resume(${Place.Free})];
      ints[phase] = 10;
      console.log([...returned, resume(${Place.Free})].join());`;
    const flags = flag === "" ? [] : [flag];
    const { stdout } = spawnSync(process.execPath, [...flags, "-e", program], { encoding: "utf8", timeout: 30_000 });
    expect(stdout).toBe("0,0,0,1\n");
  });

  itInFull.each(["", "--liftoff-only"])("the bits of one thread, in a process with the flag %j", (flag) => {
    const program = `
      import { Sequential, dense } from "simdgrad";
      const x = Float32Array.from({ length: 64 * 100 }, (_, i) => (i % 7) - 3);
      for (const threads of [1, 2, 3]) {
        const layers = [dense({ units: 130, activation: "relu" }), dense({ units: 13 })];
        const model = await Sequential.create({ inputShape: [100], layers, threads, seed: 1 });
        model.compile({ optimizer: "adam", loss: "meanSquaredError" });
        const { loss } = await model.fit({ x, y: new Float32Array(64 * 13) }, { epochs: 5, batchSize: 32 });
        console.log(loss.join());
      }`;
    const flags = flag === "" ? [] : [flag];
    const { stdout } = spawnSync(process.execPath, [...flags, "--input-type=module", "-e", program], {
      encoding: "utf8",
      timeout: 30_000,
    });
    const losses = stdout.trim().split("\n");
    expect(losses).toHaveLength(3);
    expect(new Set(losses).size).toBe(1);
  });

  itInFull("a process with workers ends by itself", () => {
    const program = `
      import { Sequential, dense } from "simdgrad";
      const model = await Sequential.create({ inputShape: [64], layers: [dense({ units: 256 })], threads: 2 });
      model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
      await model.fit({ x: new Float32Array(6400), y: new Float32Array(25600) });
      console.log(model.info().threads);`;
    const child = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
      timeout: 30_000,
    });
    expect(child).toMatchObject({ status: 0, stdout: "2\n", stderr: "" });
  });

  it("where workers are forbidden one thread does the work, and info says why", () => {
    const flag = process.allowedNodeEnvironmentFlags.has("--permission") ? "--permission" : "--experimental-permission";
    const program = `
      import { Sequential, dense } from "simdgrad";
      const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })], threads: 2 });
      console.log(JSON.stringify(model.info()));`;
    const flags = [flag, "--allow-fs-read=*", "--no-warnings", "--input-type=module"];
    const { stdout } = spawnSync(process.execPath, [...flags, "-e", program], { encoding: "utf8", timeout: 30_000 });
    const info = JSON.parse(stdout);
    expect(info.threads).toBe(1);
    expect(info.threadsReason).toMatch(/workers could not start/);
  });
});
