/** A search on a queue that is disturbed in its midst, on any kind of server. */
import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { type BullExecutorOptions, bullExecutor } from "../../src/bullmq/index.js";
import { moons } from "../../src/datasets/index.js";
import { type GridSearchOptions, gridSearch, type PartialSearchResult } from "../../src/search/index.js";
import { isQuick } from "../support/inFull.js";
import { ended, lines, type TestServer } from "./servers.js";

/** `npm run test:chaos` has 20. */
export const RUNS = Number(process.env.SIMDGRAD_CHAOS_RUNS ?? 1);

export const data = moons({ samples: 60, noise: 0.1, seed: 1 });
const shared = { hiddenLayerSizes: [8], maxEpochs: 60, patience: 60, learningRate: 0.02 };
export const search = {
  estimator: "classifier",
  options: shared,
  folds: 3,
  seed: 7,
  grid: { alpha: [1e-4, 1e-2, -1], batchSize: [4, 16] },
} satisfies GridSearchOptions;
export const small = {
  ...search,
  folds: 2,
  grid: { alpha: [1e-4, 1e-2] },
  options: { ...shared, maxEpochs: 3 },
} satisfies GridSearchOptions;

/** One hash of all scores and weights: those of the best, and of all others. */
export function hashOf({ records, best }: Pick<PartialSearchResult, "records" | "best">): string {
  const all = records.map(({ subject, fold, score, weights, error }) => [subject, fold, score, weights, error]);
  expect(records.filter(({ subject, error }) => subject.kind !== "constant" && !error)).not.toEqual([]);
  return createHash("sha256")
    .update(JSON.stringify([all, best?.options, best?.mean]))
    .digest("hex");
}

export const localHash = async (workers: number) => hashOf(await gridSearch(data, { ...search, workers }));

const QUEUE = "chaos";

/** A search with two workers as other processes. */
export class Chaos {
  readonly server: TestServer;
  readonly workers: ChildProcess[];

  private constructor(server: TestServer, workers: ChildProcess[]) {
    this.server = server;
    this.workers = workers;
  }

  static async begin(server: TestServer): Promise<Chaos> {
    return new Chaos(server, await Promise.all([server.worker(QUEUE), server.worker(QUEUE)]));
  }

  async search(options: Partial<BullExecutorOptions> = {}): Promise<string> {
    const own = { queue: QUEUE, connection: this.server.url, onWarning: () => {}, inFlight: 6, ...options };
    return hashOf(await gridSearch(data, { ...search, executor: bullExecutor(own) }));
  }

  /** A search that is disturbed after a few trainings, well before its end. */
  async inMidst(disturb: () => unknown): Promise<string> {
    let isOver = false;
    const midst = lines(this.workers, 4).then(() => {
      expect(isOver).toBe(false);
      return disturb();
    });
    const own = this.search().finally(() => {
      isOver = true;
    });
    return (await Promise.all([own, midst]))[0];
  }

  /** Four workers, of which one is killed and replaced every few jobs. */
  async workersKilled(): Promise<string> {
    const { server, workers } = this;
    while (workers.length < 4) workers.push(await server.worker(QUEUE));
    const search = this.search();
    const over = search.then(
      () => "over",
      () => "over",
    );
    const replaced: Promise<void>[] = [];
    while ((await Promise.race([lines(workers, 4), over])) !== "over") {
      const place = replaced.length % workers.length;
      workers[place].kill("SIGKILL");
      replaced.push(
        server.worker(QUEUE).then((child) => {
          workers[place] = child;
        }),
      );
    }
    const hash = await search;
    await Promise.all(replaced);
    expect(replaced.length).toBeGreaterThan(2);
    return hash;
  }

  async coordinatorKilled(): Promise<string> {
    const program = fileURLToPath(new URL("coordinator.js", import.meta.url));
    const first = await this.server.run([program, QUEUE, this.server.url, JSON.stringify(search)]);
    first.kill("SIGKILL");
    await ended(first);
    return this.search();
  }
}

const all: [string, (chaos: Chaos) => Promise<string>][] = [
  ["2 workers of a queue, each result compared", (chaos) => chaos.search({ verify: 1 })],
  ["4 workers, of which one is killed and replaced every few jobs", (chaos) => chaos.workersKilled()],
  [
    "the server killed and started again",
    (chaos) => chaos.inMidst(() => chaos.server.kill().then(() => chaos.server.start())),
  ],
  ["a coordinator killed and started again", (chaos) => chaos.coordinatorKilled()],
];

/** In the quick run, only that without a victim. */
export const disturbances = isQuick ? all.slice(0, 1) : all;
