// A file scored on a queue has the bytes of one process, whoever is killed; no path of a job leads out of its folder.
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { bullExecutor, QueueError, type QueueWorker, startWorker } from "../../src/bullmq/index.js";
import { DataError, OptionError } from "../../src/index.js";
import { type ScoreOptions, scoreFile } from "../../src/scoring/index.js";
import { loadPeer } from "../peers/load.js";
import { filesOf, parquetBytes, ROWS, writeModels } from "../scoring/tables.js";
import { itInFull } from "../support/inFull.js";
import { hasRedis, lines, PEERS, Redis } from "./servers.js";

const CLI = fileURLToPath(new URL("../../build/cli/index.js", import.meta.url));

interface Job {
  readonly name: string;
  readonly data: {
    job: { input: { path: string }; model: { path: string }; output: { path: string } };
    library: string;
  };
  readonly failedReason?: string;
}

interface Queue {
  add(name: string, data: object): Promise<unknown>;
  getJobs(states: string[]): Promise<Job[]>;
  close(): Promise<void>;
}

describe.skipIf(!hasRedis)("scoreFile on a queue", () => {
  const home = process.cwd();
  let redis: Redis;
  let folder: string;
  let model: string;
  let expected: Record<string, string>;
  let count = 0;
  const toClose: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    process.chdir(PEERS); // where BullMQ is
    folder = mkdtempSync(join(tmpdir(), "simdgrad-scoring-"));
    redis = await Redis.start();
    model = (await writeModels(join(folder, "models"))).classes;
    writeFileSync(join(folder, "rows.parquet"), parquetBytes(50));
    await scored({ output: join(folder, "one"), threads: 1 });
    expected = filesOf(join(folder, "one"));
    expect(Object.keys(expected).length).toBe(ROWS / 50 + 1);
  });
  afterEach(async () => {
    for (const { close } of toClose.splice(0)) await close();
  });
  afterAll(async () => {
    process.chdir(home);
    await redis?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  const scored = (options: Partial<ScoreOptions> = {}) =>
    scoreFile({
      ...{ model, input: join(folder, "rows.parquet"), output: join(folder, `out${count++}`), partRows: 50 },
      ...options,
    });
  const executor = (queue: string, data = folder, inFlight = 4) =>
    bullExecutor({ queue, connection: redis.url, data, inFlight, onWarning: () => {} });
  const worker = async (queue: string, options: object = {}): Promise<QueueWorker> => {
    const own = { queue, connection: redis.url, data: folder, lockDuration: 500, onWarning: () => {}, ...options };
    const started = await startWorker(own);
    toClose.push(started);
    return started;
  };
  const other = (queue: string): Promise<ChildProcess> =>
    redis.run([CLI, "worker", "--queue", queue, "--redis", redis.url, "--lock", "0.5", "--data", folder]);

  itInFull("has the bytes of one process, with a worker killed in the midst, and does nothing twice", async () => {
    const workers = await Promise.all([other("chaos"), other("chaos")]);
    const own = { output: join(folder, "chaos"), executor: executor("chaos") };
    void lines([workers[0]], 2).then(() => workers[0].kill("SIGKILL"));
    expect(await scored(own)).toMatchObject({ isComplete: true, rows: ROWS, oldRows: 0 });
    expect(workers[0].signalCode ?? workers[0].killed).toBeTruthy();
    expect(filesOf(own.output)).toEqual(expected);
    // Without the manifest, the queue and the files still have everything; a part that was lost is done again.
    rmSync(join(own.output, "manifest.json"));
    unlinkSync(join(own.output, "part-00003.parquet"));
    const jobs: number[] = [];
    await scored({ ...own, onProgress: ({ parts }) => jobs.push(parts) });
    expect(filesOf(own.output)).toEqual(expected);
  });

  itInFull("goes on where it was stopped, with threads of a worker", async () => {
    await worker("stopped", { concurrency: 2 });
    const stop = new AbortController();
    const own = { output: join(folder, "stopped"), executor: executor("stopped") };
    const first = await scored({ ...own, signal: stop.signal, onProgress: ({ parts }) => parts === 3 && stop.abort() });
    expect(first.isComplete).toBe(false);
    const { oldRows } = await scored(own);
    expect(oldRows).toBeGreaterThanOrEqual(150);
    expect(filesOf(own.output)).toEqual(expected);
  });

  itInFull("opens nothing outside the folder of the worker", async () => {
    mkdirSync(join(folder, "inner"));
    symlinkSync(join(folder, "rows.parquet"), join(folder, "inner", "link.parquet"));
    writeFileSync(join(folder, "inner", "model"), readFileSync(model));
    await worker("paths", { data: join(folder, "inner") });
    const jobs = new (loadPeer<{ Queue: new (name: string, options: object) => Queue }>("bullmq").Queue)("paths", {
      connection: { host: "127.0.0.1", port: redis.port },
    });
    toClose.push({ close: () => jobs.close() });
    // A message of ours, changed.
    const stop = new AbortController();
    const waits = scored({ executor: executor("elsewhere"), signal: stop.signal, partRows: 2 ** 20 });
    const elsewhere = new (loadPeer<{ Queue: new (name: string, options: object) => Queue }>("bullmq").Queue)(
      "elsewhere",
      {
        connection: { host: "127.0.0.1", port: redis.port },
      },
    );
    toClose.push({ close: () => elsewhere.close() });
    let found: Job[] = [];
    while (found.length === 0) found = await elsewhere.getJobs(["waiting"]);
    stop.abort();
    await waits;
    const [{ name, data }] = found;
    const { job } = data;
    const own = { ...job, model: { ...job.model, path: "model" } };
    const cases: [object, RegExp][] = [
      [{ ...own, input: { ...job.input, path: "../rows.parquet" } }, /expected a path within the folder, got "\.\./],
      [{ ...own, input: { ...job.input, path: join(folder, "rows.parquet") } }, /expected a path within the folder/],
      [{ ...own, output: { ...job.output, path: "a/../../b" } }, /expected a path within the folder, got "a\/\.\./],
      [{ ...own, input: { ...job.input, path: "link.parquet" } }, /"link\.parquet" leads out of .*, and is not opened/],
      [{ ...own, input: { ...job.input, path: "gone.parquet" } }, /there is no "gone\.parquet" in .*--data/],
      [{ ...own, input: { ...job.input, path: "model" } }, /"model" is another file here: of \d+ bytes/],
      [{ ...own, options: { keep: 7 } }, /not a job of a scoring: /],
    ];
    for (const [changed] of cases) await jobs.add(name, { ...data, job: changed });
    await jobs.add(name, { ...data, library: "0.0.1" });
    await jobs.add(name, { v: 1 });
    let failed: Job[] = [];
    while (failed.length < cases.length + 2) {
      failed = await jobs.getJobs(["failed"]);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const reasons = failed.map(({ failedReason }) => failedReason).join("\n");
    for (const [, message] of cases) expect(reasons).toMatch(message);
    expect(reasons).toMatch(/the job is of simdgrad "0\.0\.1", messages 1; this worker is/);
  });

  it.each<[string, () => Partial<ScoreOptions>, new (text: string) => Error, RegExp]>([
    [
      "a folder that holds not all files",
      () => ({ executor: executor("none", join(folder, "models")) }),
      OptionError,
      /" is not within .*, which other machines see\. Put it there/,
    ],
    [
      "no folder",
      () => ({ executor: bullExecutor({ queue: "none", connection: redis.url }) }),
      OptionError,
      /executor: expected a folder for model, input and output/,
    ],
  ])("refuses %s", async (_what, options, kind, message) => {
    const error = await scored(options()).catch((caught) => caught);
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(message);
  });

  itInFull("ends with a remedy where a worker finds the server full, and goes on", async () => {
    const limit = (bytes: string) => redis.command("CONFIG", "SET", "maxmemory", bytes);
    const told: string[] = [];
    let isFull = true;
    const onJob = () => {
      limit("1mb");
      if (!isFull) return;
      const words = redis.command("SET", "log", "1");
      limit("0"); // or the failure could not be written, and the part would be done again
      throw new Error(words);
    };
    await worker("full", { onJob, onWarning: (message: string) => told.push(message) });
    // All jobs are in the queue before the first ends: what fails is what the worker writes.
    const own = { output: join(folder, "full"), executor: executor("full", folder, 30) };
    const remedy =
      "OOM .*\\. Give the server more memory, such as redis-cli .* maxmemory 4gb, and run again what has ended";
    const failed = scored(own);
    await expect(failed).rejects.toThrow(QueueError);
    await expect(failed).rejects.toThrow(new RegExp(`^bullExecutor: ${remedy}`));
    isFull = false;
    try {
      await scored(own);
    } finally {
      limit("0");
    }
    expect(told).toContainEqual(expect.stringMatching(new RegExp(`^worker .*: ${remedy}`)));
    expect(filesOf(own.output)).toEqual(expected);
  });

  it("tells of a fault in the file as one process does", async () => {
    await worker("fault");
    const error = await scored({ executor: executor("fault"), strict: true }).catch((caught) => caught);
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toMatch(/^rows\.parquet, row \d*7: age: no value/);
  });
});
