// backupAndRestore(): a process that is killed and started again ends in the same bits as one that was not.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataError, dense, earlyStopping, FormatError, OptionError, Sequential } from "../../src/index.js";
import { backupAndRestore, saveModel } from "../../src/node/index.js";
import { blobs, classifier, stateOf } from "../model/models.js";
import { itInFull } from "../support/inFull.js";

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "simdgrad-"));
  path = join(dir, "deep", "backup");
});
afterEach(() => rm(dir, { recursive: true }));

const data = blobs(20);

/** Fails after the step, like a process that ends there: no hook is called any more. */
function failAt(epoch: number, step: number) {
  return {
    onBatchEnd(position: { epoch: number; step: number }) {
      if (position.epoch === epoch && position.step === step) throw new Error("gone");
    },
  };
}

/** Epochs of 4 steps: the resuming point after an end at step 2 of epoch 0, step 0 of epoch 2, and the very last. */
describe.each<["epoch" | number, number[]]>([
  ["epoch", [0, 2, 5]],
  [1, [0, 2, 5]],
  [4, [0, 1, 5]],
])("every %s", (every, goesOnIn) => {
  it("resumes as if nothing had happened, and deletes the backup at the end", async () => {
    const whole = await classifier();
    const options = { epochs: 6, batchSize: 5 };
    const full = await whole.fit(data, { ...options, callbacks: [earlyStopping({ monitor: "loss", patience: 3 })] });
    const ends = [
      [0, 2],
      [2, 0],
      [5, 3],
    ];
    for (const [i, [epoch, step]] of ends.entries()) {
      const callbacks = () => [earlyStopping({ monitor: "loss", patience: 3 }), backupAndRestore({ path, every })];
      const first = await classifier();
      const attempt = first.fit(data, { ...options, callbacks: [...callbacks(), failAt(epoch, step)] });
      await expect(attempt).rejects.toThrow("gone");
      expect(existsSync(path)).toBe(every === "epoch" ? epoch > 0 : epoch > 0 || step + 1 >= every);
      const second = await classifier();
      const rest = await second.fit(data, { ...options, callbacks: callbacks() });
      expect(stateOf(second)).toBe(stateOf(whole));
      expect(rest.epoch[0]).toBe(goesOnIn[i]);
      expect(rest.loss).toEqual(full.loss.slice(goesOnIn[i]));
      expect(existsSync(path)).toBe(false);
    }
  });
});

itInFull("survives being killed", { timeout: 60_000 }, async () => {
  const program = (backup: string, out: string) => `
    import { adam, batchNormalization, dense, dropout, Sequential } from "simdgrad";
    import { blobs } from "simdgrad/datasets";
    import { backupAndRestore, saveModel } from "simdgrad/node";
    const layers = [dense({ units: 9, activation: "relu" }), batchNormalization(), dropout(0.3),
      dense({ units: 3, activation: "softmax" })];
    const model = await Sequential.create({ inputShape: [2], layers, seed: 5 });
    model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy" });
    const slow = { onBatchEnd: () => new Promise((resolve) => setTimeout(resolve, 2)) };
    const say = { onEpochBegin: (epoch) => console.log("epoch " + epoch) };
    await model.fit(blobs({ samples: 60, seed: 1 }), {
      epochs: 12, batchSize: 7, callbacks: [backupAndRestore({ path: ${JSON.stringify(backup)}, every: 3 }), say, slow],
    });
    await saveModel(model, ${JSON.stringify(out)});`;
  const start = (backup: string, out: string) => {
    const args = ["--input-type=module", "--eval", program(backup, out)];
    const child = spawn(process.execPath, args, {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      stdio: ["ignore", "pipe", "inherit"],
    });
    return { child, ended: new Promise((resolve) => child.on("exit", resolve)) };
  };
  const [whole, killed] = [join(dir, "whole"), join(dir, "killed")];
  expect(await start(join(dir, "other"), whole).ended).toBe(0);
  for (const wanted of [2, 6]) {
    const { child, ended } = start(path, killed);
    let text = "";
    await new Promise<void>((resolve) => {
      child.stdout.on("data", (bytes: Buffer) => {
        text += bytes;
        if (text.includes(`epoch ${wanted}`)) resolve();
      });
    });
    child.kill("SIGKILL");
    await ended;
    expect(existsSync(path)).toBe(true);
    if (wanted === 6) expect(text).not.toContain("epoch 0");
  }
  expect(await start(path, killed).ended).toBe(0);
  expect(await readFile(killed)).toEqual(await readFile(whole));
  expect(existsSync(path)).toBe(false);
});

it("keeps the backup of a training that was aborted", async () => {
  const stopper = new AbortController();
  const stop = { onBatchEnd: () => stopper.abort() };
  const callbacks = [backupAndRestore({ path, every: 1 }), stop];
  await (await classifier()).fit(data, { epochs: 3, batchSize: 5, signal: stopper.signal, callbacks });
  expect(existsSync(path)).toBe(true);
});

it("works for a model in a worker", async () => {
  const options = { epochs: 4, batchSize: 5 };
  const whole = await classifier();
  await whole.fit(data, options);
  const failing = {
    onEpochEnd(epoch: number) {
      if (epoch === 1) throw new Error("gone");
    },
  };
  const far = async () => Sequential.load((await classifier()).save(), { worker: true });
  const [first, second] = [await far(), await far()];
  const attempt = first.fit(data, { ...options, callbacks: [failing, backupAndRestore({ path })] });
  await expect(attempt).rejects.toThrow("gone");
  const { epoch } = await second.fit(data, { ...options, callbacks: [backupAndRestore({ path })] });
  expect(epoch).toEqual([1, 2, 3]);
  expect(await second.getWeights()).toEqual(whole.getWeights());
  for (const model of [first, second]) await model.dispose();
});

it.each<[string, object, RegExp]>([
  ["no path", {}, /backupAndRestore: path: expected a path, got undefined/],
  ["another name", { path: "x", saveFreq: 2 }, /unknown option "saveFreq"/],
  ["every 0", { path: "x", every: 0 }, /backupAndRestore: every: expected "epoch" or an integer >= 1, got 0/],
  ["every half", { path: "x", every: 0.5 }, /every: expected "epoch" or an integer >= 1, got 0.5/],
  ["a word", { path: "x", every: "batch" }, /every: expected .*got "batch"/],
])("rejects %s", (_, options, message) => {
  expect(() => backupAndRestore(options as never)).toThrow(message);
  expect(() => backupAndRestore(options as never)).toThrow(OptionError);
});

describe("rejects a file", () => {
  const begin = async () => {
    const model = await classifier();
    const before = stateOf(model);
    const attempt = model.fit(data, { epochs: 3, batchSize: 5, callbacks: [backupAndRestore({ path })] });
    return { attempt, unchanged: () => expect(stateOf(model)).toBe(before) };
  };

  it("that is not a model", async () => {
    await mkdir(join(dir, "deep"));
    await writeFile(path, "not a model");
    const { attempt, unchanged } = await begin();
    await expect(attempt).rejects.toBeInstanceOf(FormatError);
    unchanged();
  });

  it("of another model", async () => {
    const other = await Sequential.create({ inputShape: [2], layers: [dense({ units: 3 })] });
    await saveModel(other, path);
    const { attempt, unchanged } = await begin();
    await expect(attempt).rejects.toThrow(/resumeFrom: the model in the file has another layers/);
    await expect(attempt).rejects.toBeInstanceOf(OptionError);
    unchanged();
  });

  it("that is a folder", async () => {
    await mkdir(path, { recursive: true });
    const { attempt, unchanged } = await begin();
    await expect(attempt).rejects.toThrow(/backupAndRestore: .*could not be read/);
    await expect(attempt).rejects.toBeInstanceOf(DataError);
    unchanged();
  });
});
