// A search on a queue gives the bits of one process, whoever is killed; what is wrong is said, with a remedy.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  type BullExecutorOptions,
  bullExecutor,
  DeterminismError,
  QueueError,
  type QueueWorker,
  startWorker,
  sweepStatus,
} from "../../src/bullmq/index.js";
import { bullmq } from "../../src/bullmq/library.js";
import { Watch } from "../../src/bullmq/watch.js";
import { MLPClassifier } from "../../src/estimators/index.js";
import { crossValidate, OptionError } from "../../src/index.js";
import { type GridSearchOptions, gridSearch, SearchError } from "../../src/search/index.js";
import { run } from "../cli/run.js";
import { loadPeer } from "../peers/load.js";
import { scenes } from "../search/executed.js";
import { itInFull } from "../support/inFull.js";
import { Chaos, data, disturbances, hashOf, localHash, RUNS, search, small } from "./chaos.js";
import { hasRedis, PEERS, pause, Redis } from "./servers.js";

interface ForeignJob {
  readonly data: { readonly library: string };
  updateProgress(progress: object): Promise<void>;
}

interface Libraries {
  readonly Queue: new (
    name: string,
    options: object,
  ) => {
    add(name: string, data: object, options?: object): Promise<{ id: string }>;
    addBulk(jobs: { name: string; data: object }[]): Promise<unknown>;
    getJobs(states: string[]): Promise<{ id: string; name: string; data: object; failedReason: string }[]>;
    close(): Promise<void>;
  };
  readonly Worker: new (
    name: string,
    work: (job: ForeignJob) => Promise<object>,
    options: object,
  ) => { close(): Promise<void> };
}

describe.skipIf(!hasRedis)("a search on a queue", () => {
  let redis: Redis;
  let one: string;
  let folder: string;
  const home = process.cwd();
  const toClose: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    process.chdir(PEERS); // where BullMQ is
    folder = mkdtempSync(join(tmpdir(), "simdgrad-store-"));
    redis = await Redis.start();
    one = await localHash(1);
  });
  afterEach(async () => {
    for (const { close } of toClose.splice(0)) await close();
  });
  afterAll(async () => {
    process.chdir(home);
    await redis?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  const executor = (queue: string, options: Partial<BullExecutorOptions> = {}) =>
    bullExecutor({ queue, connection: redis.url, onWarning: () => {}, ...options });

  async function worker(queue: string, options: object = {}): Promise<QueueWorker> {
    const own = { queue, connection: redis.url, lockDuration: 500, onWarning: () => {}, ...options };
    const started = await startWorker(own);
    toClose.push(started);
    return started;
  }

  /** Jobs, and what does them instead of our workers. */
  function foreign(queue: string, work?: (job: ForeignJob) => Promise<object>) {
    const { Queue, Worker } = loadPeer<Libraries>("bullmq");
    const connection = { host: "127.0.0.1", port: redis.port };
    const jobs = new Queue(queue, { connection });
    toClose.push({ close: () => jobs.close() });
    if (work) {
      const doer = new Worker(queue, work, { connection });
      toClose.push({ close: () => doer.close() });
    }
    return jobs;
  }

  describe("has the hash of one process", () => {
    let chaos: Chaos;

    beforeAll(async () => {
      chaos = await Chaos.begin(redis);
    });

    it("with 4 threads", async () => {
      for (let run = 0; run < RUNS; run++) expect(await localHash(4)).toBe(one);
    });

    it.each(disturbances)("with %s", async (_what, disturbed) => {
      for (let run = 0; run < RUNS; run++) {
        redis.empty();
        expect(await disturbed(chaos)).toBe(one);
      }
    });

    it("and a second run answers from the queue, which says what was done", async () => {
      await chaos.search();
      for (const child of chaos.workers) child.kill("SIGKILL");
      expect(await chaos.search()).toBe(one); // nobody is there who could train
      const status = await sweepStatus({ queue: "chaos", connection: redis.url });
      expect(status).toMatchObject({ waiting: 0, failed: 0, completed: 24, remaining: 0 });
      expect(status.best?.folds).toBe(3);
      expect(status.workers.reduce((sum, { jobs }) => sum + jobs, 0)).toBe(24);
      const flags = ["sweep", "status", "--queue", "chaos", "--redis", redis.url];
      const json = await run([...flags, "--json"]);
      expect(json).toMatchObject({ code: 0, err: "" });
      expect(JSON.parse(json.out)).toEqual({ command: "sweep status", queue: "chaos", ...status });
      const { code, out } = await run(flags);
      expect(code).toBe(0);
      const [head, rate, best, curve, , , ...rows] = out.split("\n");
      expect(head).toBe("queue chaos: 24 done, 0 running, 0 waiting, 0 failed");
      expect(rate).toMatch(/^█{20} 100 % {2}\d+\.\d jobs a second; left: 0 s$/);
      expect(best).toMatch(/^best 0\.\d{4} over 3 folds: \{"hiddenLayerSizes":\[8\],.*\}$/);
      expect(curve).toMatch(/^[▁▂▃▄▅▆▇█]{12} {2}\d\.\d{4} best of one fold$/);
      expect(rows.filter((row) => row !== "").map((row) => Number(row.trim().split(/ +/)[1]))).toEqual(
        status.workers.map(({ jobs }) => jobs),
      );
    });
  });

  itInFull("does the work of crossValidate and of table models, with the bits of one thread", async () => {
    await worker("other work");
    for (const [what, hashOf] of scenes) {
      expect(await hashOf({ executor: executor("other work") }), what).toBe(await hashOf({}));
    }
    const folds = [{ train: Uint32Array.of(0, 1), test: Uint32Array.of(2) }];
    const given = crossValidate(new MLPClassifier(), data, { folds, executor: executor("other work") });
    await expect(given).rejects.toThrow(/make the folds again, from their number. Give folds as a number/);
  });

  it("trains in threads of a worker, and passes foreign jobs by", async () => {
    const jobs = foreign("mixed");
    await jobs.addBulk(Array.from({ length: 200 }, () => ({ name: "mail", data: { to: "a@example.org" } })));
    await jobs.add("simdgrad-task", { v: 1, library: "0.0.1" });
    await jobs.add("simdgrad-task", { nonsense: true });
    const told: string[] = [];
    await worker("mixed", { concurrency: 2, onWarning: (text: string) => told.push(text) });
    const own = await gridSearch(data, { ...small, executor: executor("mixed") });
    expect(hashOf(own)).toBe(hashOf(await gridSearch(data, { ...small, workers: 1 })));
    const failed = await jobs.getJobs(["failed"]);
    expect(
      failed.map(({ failedReason }) => failedReason).filter((text) => /"mail" is not a task/.test(text)),
    ).toHaveLength(200);
    expect(failed.map(({ failedReason }) => failedReason).join()).toMatch(
      /of simdgrad "0\.0\.1", messages 1; this worker is .* Install the same version on all machines/,
    );
    expect(told.join()).toMatch(/Give searches a queue of their own/);
  });

  itInFull("says which data file is missing or damaged, and goes on once it is there", async () => {
    const broken = { read: async () => new Uint8Array(8), write: async () => {} };
    await worker("damaged", { store: broken });
    const damaged = gridSearch(data, { ...small, executor: executor("damaged") }).catch((caught) => caught);
    const other = mkdtempSync(join(folder, "other-"));
    const first = await worker("missing", { store: other });
    const sweep = { ...small, executor: executor("missing", { store: folder }) };
    const error = await gridSearch(data, sweep).catch((caught) => caught);
    expect(error).toBeInstanceOf(SearchError);
    expect(error.message).toMatch(
      /QueueError: .*the data file [0-9a-f]{64}\.simdgrad-data is not in its store. Give the/,
    );
    expect((await damaged).message).toMatch(/is damaged: its hash is [0-9a-f]{64}. Delete it/);
    await first.close();
    await worker("missing", { store: folder });
    const resumed = await gridSearch(data, { ...sweep, resume: error.result });
    expect(hashOf(resumed)).toBe(hashOf(await gridSearch(data, { ...small, workers: 1 })));
  });

  it("fails with what onJob promises in vain", async () => {
    const onJob = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      throw new Error("nobody listens");
    };
    await worker("telling", { onJob });
    const error = await gridSearch(data, { ...small, executor: executor("telling") }).catch((caught) => caught);
    expect(error).toBeInstanceOf(SearchError);
    expect(error.message).toMatch(/nobody listens/);
  });

  it.each([
    ["nothing", () => ({})],
    ["a score of 7", (library: string) => ({ v: 1, library, score: 7, seconds: 1 })],
    ["a result of another version", () => ({ v: 1, library: "0.0.1", score: 1, seconds: 1 })],
    ["an unknown hash", (library: string) => ({ v: 1, library, score: 1, seconds: 1, weights: "abc" })],
  ])("computes a result again that cannot be: %s", async (what, poison) => {
    const queue = `poisoned ${what}`;
    const told: string[] = [];
    foreign(queue, async ({ data: job }) => poison(job.library));
    const sweep = gridSearch(data, { ...small, executor: executor(queue, { onWarning: (text) => told.push(text) }) });
    const error = await sweep.catch((caught) => caught);
    expect(error).toBeInstanceOf(SearchError);
    expect(error.message).toMatch(/has a result that cannot be: .*It did so twice: look at who writes to the queue/);
    expect(told.join()).toMatch(/It is computed again/);
  });

  it("raises alarm where another machine has other bits", async () => {
    const weights = "0".repeat(64);
    foreign("differing", async ({ data: { library } }) => ({
      ...{ v: 1, library, host: "attic", pid: 7, score: 0.5, seconds: 1, weights },
    }));
    const error = await gridSearch(data, { ...small, executor: executor("differing", { verify: 1 }) }).catch((e) => e);
    expect(error).toBeInstanceOf(DeterminismError);
    expect(error.message).toMatch(
      /two machines trained .* to other bits: this process score .*; attic \(process 7\) score 0\.5/,
    );
  });

  it("raises alarm where a job is done twice with other bits, while the search listens", async () => {
    foreign("twice", async (job) => {
      for (const digit of "01") {
        await job.updateProgress({ host: "attic", pid: 7, score: 0.5, weights: digit.repeat(64) });
      }
      const { library } = job.data;
      return { v: 1, library, host: "attic", pid: 7, score: 0.5, seconds: 1, weights: "1".repeat(64) };
    });
    const error = await gridSearch(data, { ...small, executor: executor("twice", { verify: 0 }) }).catch((e) => e);
    expect(error).toBeInstanceOf(DeterminismError);
    expect(error.message).toMatch(
      /to other bits: one worker weights 0{64}; attic \(process 7\) score 0\.5, weights 1{64}/,
    );
  });

  it("takes its jobs out of the queue when it is over", async () => {
    // Some of these end while their jobs are on the way into the queue.
    for (const seconds of [0.01, 0.02, 0.03, 0.05, 0.3]) {
      const sweep = gridSearch(data, { ...small, seconds, executor: executor("idle") });
      await expect(sweep).rejects.toThrow(/over before one candidate had all its scores/);
      const { waiting, active } = await sweepStatus({ queue: "idle", connection: redis.url });
      expect([waiting, active], `after ${seconds} s`).toEqual([0, 0]);
    }
  });

  it("takes a job out that was on its way into the queue when the search ended", async () => {
    const { Queue, QueueEvents } = bullmq();
    const connection = { host: "127.0.0.1", port: redis.port };
    const jobs = new Queue("slow", { connection });
    const events = new QueueEvents("slow", { connection });
    const server = { isAway: () => false } as never; // asked only about errors
    const watch = new Watch(
      { server, jobs, events, warn: console.warn, signal: new AbortController().signal },
      async (id) => {
        await pause(50);
        await jobs.add("late", {}, { jobId: id });
      },
    );
    const own = new Queue("slow", { connection });
    const result = watch.run("late-1", {});
    await watch.close();
    await pause(80); // longer than the job took to get there
    expect([await result, await own.getJob("late-1")]).toEqual([null, undefined]);
    await own.close();
  });

  itInFull("ends search and worker though the server is gone, or silent", async () => {
    const server = await Redis.start();
    const own = { queue: "gone", connection: server.url, onWarning: () => {} };
    for (const leave of [() => server.hold(true), () => server.kill()]) {
      const [stopper, working] = [new AbortController(), await startWorker({ ...own, lockDuration: 500 })];
      let ended: Promise<unknown>[] = [];
      const onTrial = async () => {
        if (stopper.signal.aborted) return;
        await leave();
        stopper.abort();
        ended = [
          working.close(),
          sweepStatus({ queue: "gone", connection: server.url }).catch(({ message }) => message),
        ];
      };
      const searching = gridSearch(data, { ...small, executor: bullExecutor(own), signal: stopper.signal, onTrial });
      await Promise.allSettled([searching]); // rejects unless a candidate has all its scores by then
      const [, silent] = await Promise.all(ended);
      expect(silent).toMatch(/no server answers at 127\.0\.0\.1:\d+ \((ETIMEDOUT|ECONNREFUSED)\)/);
      server.hold(false);
    }
    await server.end();
  });

  itInFull("waits for a server that becomes the first of its group", async () => {
    let told = 0;
    await worker("group");
    const onTrial = () => {
      if (told++ > 0) return;
      redis.command("REPLICAOF", "127.0.0.1", "1");
      setTimeout(() => redis.command("REPLICAOF", "NO", "ONE"), 1500);
    };
    const found = await gridSearch(data, { ...small, executor: executor("group", { inFlight: 2 }), onTrial });
    expect(hashOf(found)).toBe(hashOf(await gridSearch(data, { ...small, workers: 1 })));
  });

  it.each([
    [
      "no server",
      "redis://127.0.0.1:1",
      /no server answers at 127\.0\.0\.1:1 \(ECONNREFUSED\). Start one: redis-server --port 1/,
    ],
    ["a wrong password", "", /refuses the password. Correct it in connection/],
  ])("tells of %s at once", async (_what, given, message) => {
    const connection = given === "" ? `redis://someone:wrong@127.0.0.1:${redis.port}` : given;
    const doors = [
      () => gridSearch(data, { ...small, executor: bullExecutor({ queue: "sweep", connection }) }),
      () => startWorker({ queue: "sweep", connection }),
      () => sweepStatus({ queue: "sweep", connection }),
    ];
    for (const door of doors) {
      const error = (await (door() as Promise<unknown>).catch((caught) => caught)) as Error;
      expect(error).toBeInstanceOf(QueueError);
      expect(error.message).toMatch(message);
    }
  });

  it("ends with a remedy where the server is full, and goes on when it has room again", async () => {
    redis.empty();
    const queue = "full";
    let jobs = 0;
    const limit = (bytes: string) => redis.command("CONFIG", "SET", "maxmemory", bytes);
    const onJob = () => {
      jobs++;
      if (jobs === 4) limit("1mb");
    };
    await worker(queue, { onJob });
    // All jobs are in the queue before the first ends: what fails is what workers write.
    const found = () => gridSearch(data, { ...search, executor: executor(queue, { inFlight: 30 }) });
    const full =
      /^bullExecutor: OOM .*\. Give the server more memory, such as redis-cli .* CONFIG SET maxmemory 4gb, and run/;
    try {
      const failed = found();
      await expect(failed).rejects.toThrow(QueueError);
      await expect(failed).rejects.toThrow(full);
      await expect(found()).rejects.toThrow(full); // at the data
    } finally {
      limit("0");
    }
    expect(hashOf(await found())).toBe(one);
  });

  it.each(["wait", "active", "completed", "failed", "events", "meta"])(
    "ends at once where another program has the key %s",
    async (name) => {
      const key = `bull:taken:${name}`;
      redis.command("SET", key, "x");
      try {
        const text = `the key ${key} holds a string, where a queue has a `;
        const remedy = `Give another queue, or delete it: redis-cli DEL ${key}.`;
        for (const begun of [
          () => gridSearch(data, { ...small, executor: executor("taken") }),
          () => worker("taken"),
          () => sweepStatus({ queue: "taken", connection: redis.url }),
        ]) {
          await expect(begun()).rejects.toThrow(QueueError);
          await expect(begun()).rejects.toThrow(text);
          await expect(begun()).rejects.toThrow(remedy);
        }
      } finally {
        redis.command("DEL", key);
      }
    },
  );

  it("refuses what would give other bits, or cannot travel", async () => {
    const own = executor("sweep");
    const options = { ...small.options, deterministic: false };
    const loose = { ...small, options, executor: own } as unknown as GridSearchOptions;
    await expect(gridSearch(data, loose)).rejects.toThrow(/deterministic: false: bits would depend on the machine/);
    const build = new URL("file:///build.js");
    await expect(
      gridSearch(data, { build, estimator: "classifier", grid: { a: [1] }, executor: own }),
    ).rejects.toThrow();
  });
});

describe("bad input", () => {
  const connection = "redis://127.0.0.1:6379";
  it.each([
    ["no queue", { connection }, /queue/],
    ["half a character", { queue: "\ud800", connection }, /queue: expected a name of whole characters without colons/],
    [
      "a name with colons",
      { queue: "a:b", connection },
      /queue: expected a name of whole characters without colons, .* got "a:b"/,
    ],
    ["no connection", { queue: "a" }, /connection/],
    [
      "no connectionString",
      { queue: "a", connection: { connectionString: "x" } },
      /connection\.connectionString: expected/,
    ],
    [
      "a schema with spaces",
      { queue: "a", connection: { connectionString: "postgres://x/y", schema: "a b" } },
      /connection\.connectionString\.schema: expected a name such as "bullmq", got "a b"/,
    ],
    [
      "a password that breaks the address, without telling it",
      { queue: "a", connection: "postgres://user:sec#ret@host/name" },
      /got "postgres:\/\/user:\*\*\*@host\/name"\. Write a password as encodeURIComponent gives it/,
    ],
    ["another protocol", { queue: "a", connection: "http://x" }, /connection: expected "redis:\/\/.* got "http:\/\/x"/],
    ["a database without a number", { queue: "a", connection: "redis://x/y" }, /connection: database/],
    [
      "an unknown kind of store",
      { queue: "a", connection, store: 7 },
      /store: expected a folder or \{ read, write \}, got 7/,
    ],
    ["a key that is unknown", { queue: "a", connection, lanes: 7 }, /lanes/],
  ])("is refused: %s", async (_what, options, message) => {
    expect(() => bullExecutor(options as never)).toThrow(OptionError);
    expect(() => bullExecutor(options as never)).toThrow(message);
    await expect(startWorker(options as never)).rejects.toThrow(message);
  });
});
