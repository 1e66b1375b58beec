/** A worker of a queue: takes tasks of searches, trains, and gives the results back. */
import { readOptions } from "../base/options.js";
import { Dataset } from "../data/dataset.js";
import { addEveryPart } from "../search/everyPart.js";
import { openLanes } from "../search/lanes.js";
import { foldsOf } from "../search/pose.js";
import type { Lane } from "../search/schedule.js";
import { fingerprintOf } from "../search/scoreboard.js";
import { checkShared } from "../search/subjects.js";
import type { Problem, Task, TaskResult } from "../search/trial.js";
import { onceEach, QueueError } from "./errors.js";
import { bullmq, lasting, type QueueJob, reach } from "./library.js";
import { here, JOB, type JobData, readJob, resultOf } from "./messages.js";
import { type WorkerOptions, workerOptions } from "./options.js";
import { type DataStore, openStore, readRows } from "./store.js";

const WHERE = "startWorker";
/** Times that a job may lose its worker: more than once is no fault of the job. */
const MOST_STALLED = 5;
/** Data sets that are kept in memory. */
const MOST_PROBLEMS = 2;

/** A running worker. */
export interface QueueWorker {
  /** Ends after the running trainings. */
  close(): Promise<void>;
}

/**
 * Trains the tasks that searches with `bullExecutor` put into a queue, until it is closed. Start any number of workers,
 * on any machines, at any time. One that is killed loses nothing: its job goes to another after `lockDuration`.
 *
 * @example
 * const worker = await startWorker({ queue: "sweep", connection: "redis://10.0.0.5:6379", concurrency: 4 });
 * @throws OptionError; QueueError where no server answers, or BullMQ is not installed.
 */
export async function startWorker(options: WorkerOptions): Promise<QueueWorker> {
  const checked = readOptions(WHERE, workerOptions, options, arguments);
  const { queue, connection, store, concurrency, lockDuration, onWarning, onJob } = checked;
  addEveryPart();
  const { Worker, UnrecoverableError } = bullmq();
  const client = await reach(WHERE, connection);
  const problems = new Problems(openStore(WHERE, store, client), concurrency);
  const warn = onceEach(onWarning);
  const { host, pid } = here();
  const where = `worker ${host} (process ${pid})`;
  const work = async (job: QueueJob) => {
    if (job.name !== JOB) {
      const text = `${where}: ${JSON.stringify(job.name)} is not a task of a search. Give searches a queue of their own.`;
      warn(text);
      throw new UnrecoverableError(text);
    }
    const result = await problems.run(where, readJob(where, job.data));
    const message = resultOf(result);
    // Told before the job ends: whoever does it a second time is compared.
    if (message.weights) await job.updateProgress({ host, pid, score: message.score, weights: message.weights });
    onJob?.({ id: job.id, score: message.score, seconds: message.seconds });
    return message;
  };
  const worker = new Worker(queue, work, {
    connection: lasting(connection),
    concurrency,
    lockDuration,
    stalledInterval: lockDuration,
    maxStalledCount: MOST_STALLED,
    name: `${host}#${pid}`,
  });
  worker.on("error", (error: Error) => warn(`${where}: ${error.message || String(error)}`));
  worker.on("failed", (_job: unknown, error: Error) => warn(error.message));
  await worker.waitUntilReady();
  return {
    close: async () => {
      await worker.close();
      problems.close();
      client.disconnect();
    },
  };
}

/** A problem in memory, and lanes that train for it. */
interface Opened {
  readonly lanes: readonly Lane<Task, TaskResult>[];
  readonly idle: Lane<Task, TaskResult>[];
  readonly folds: number;
}

/** The problems of the last searches, each read once. */
class Problems {
  readonly #store: DataStore;
  readonly #concurrency: number;
  readonly #opened = new Map<string, Promise<Opened>>();

  constructor(store: DataStore, concurrency: number) {
    this.#store = store;
    this.#concurrency = concurrency;
  }

  async run(where: string, { data, problem, task }: JobData): Promise<TaskResult> {
    const key = JSON.stringify([data.sha256, problem]);
    const opening = this.#opened.get(key) ?? this.#open(where, data, problem);
    this.#opened.delete(key);
    this.#opened.set(key, opening); // the last one used is the last
    const opened = await opening.catch((error) => {
      this.#opened.delete(key);
      throw error;
    });
    if (task.fold >= opened.folds)
      throw new QueueError(`${where}: not a job of a search: there is no fold ${task.fold}.`);
    const lane = opened.idle.pop() as Lane<Task, TaskResult>;
    try {
      return (await lane.run(task)) as TaskResult;
    } finally {
      opened.idle.push(lane);
      await this.#forget();
    }
  }

  close(): void {
    for (const opening of this.#opened.values()) void opening.then(closeLanes, () => {});
    this.#opened.clear();
  }

  async #open(where: string, data: JobData["data"], own: JobData["problem"]): Promise<Opened> {
    const { estimator, scoring, split, fingerprint } = own;
    const rows = await readRows(where, this.#store, data);
    const { x, y, sampleWeight, inputShape, targetShape } = rows;
    const dataset = Dataset.from({ x, y, ...(sampleWeight && { sampleWeight }) }, { inputShape, targetShape });
    const problem: Problem = { ...rows, estimator, scoring, split, folds: foldsOf(where, dataset, estimator, split) };
    if (fingerprintOf(problem) !== fingerprint) {
      throw new QueueError(
        `${where}: data and folds are not those of the search. Install the same version everywhere.`,
      );
    }
    const runtime = checkShared(where, estimator, {});
    const settings = { workers: this.#concurrency, runtime, wrapped: null };
    const lanes = await openLanes(problem, this.#concurrency, settings);
    // Where threads cannot be had, this one trains for all.
    const idle = Array.from({ length: this.#concurrency }, (_, i) => lanes[i % lanes.length]);
    return { lanes, idle, folds: problem.folds.length };
  }

  /** Lets problems go that no job has needed for long. */
  async #forget(): Promise<void> {
    for (const [key, opening] of this.#opened) {
      if (this.#opened.size <= MOST_PROBLEMS) return;
      const opened = await opening;
      if (opened.idle.length < this.#concurrency) continue;
      this.#opened.delete(key);
      closeLanes(opened);
    }
  }
}

function closeLanes({ lanes }: Opened): void {
  for (const lane of lanes) void lane.close();
}
