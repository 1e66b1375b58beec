/** Threads: the same bits for any number, processes that end, and faults that end in words instead of hanging. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { adam, Dataset, dense, Sequential } from "../src/index.js";
import { Place } from "../src/plan/op.js";
import { Random } from "../src/random.js";
import { WorkerPool } from "../src/runtime/pool.js";
import { WasmBackend } from "../src/runtime/wasm.js";

const INPUTS = 100;
const CLASSES = 13;

/** Blobs that take a few steps to learn; sizes that are no multiples of a tile. */
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
    const expected = await one.fit(data, { epochs: 3, batchSize: 50 });
    const history = await many.fit(data, { epochs: 3, batchSize: 50 });
    expect(history).toEqual(expected);
    expect(bits(many)).toEqual(bits(one));
    expect([...many.predict(data.x)]).toEqual([...one.predict(data.x)]);
    expect(await many.evaluate(data)).toEqual(await one.evaluate(data));
    if (threads !== "auto") expect(many.info()).toMatchObject({ threads, variant: "simd-threads" });
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

  it("a worker that never comes is an error, not a hang", { timeout: 30_000 }, async () => {
    const pool = await WorkerPool.start(1);
    const backend = new WasmBackend(shared, new Int32Array(Place.RecordBytes / 4), 4096, pool);
    backend.run(0, 1, true);
    // The worker is sent away behind the pool's back, so the next run waits for nobody.
    backend.dismiss();
    expect(() => backend.run(0, 1, true)).toThrow("worker thread stopped working");
    expect(pool.isLost).toBe(true);
    backend.run(0, 1, true);
  });

  it("a process with workers ends by itself", () => {
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
