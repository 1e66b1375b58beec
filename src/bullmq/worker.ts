/** A worker of a queue: takes tasks of searches, trains, and gives the results back. */
import { readOptions } from "../base/options.js";
import { here, readJob, resultOf } from "../jobs/messages.js";
import { Problems } from "../jobs/problems.js";
import { openScoringLanes, type ScoringLane } from "../scoring/lanes.js";
import { readMessage, runMessage, type ScoringReply } from "../scoring/message.js";
import { onceEach } from "./errors.js";
import { bullmq, JOB, type QueueJob, SCORING_JOB } from "./library.js";
import { type WorkerOptions, workerOptions } from "./options.js";
import { endOf, openStore, patiently, queueError, withRemedy } from "./server.js";

const WHERE = "startWorker";
/** Times that a job may lose its worker: more than once is no fault of the job. */
const MOST_STALLED = 5;
/** Milliseconds until what failed for lack of the server is tried again. */
const PAUSE = 1000;

/** Lanes for the parts of scorings, opened for the first one. */
class Scorings {
  readonly #data: string | null;
  readonly #concurrency: number;
  #opening: Promise<ScoringLane[]> | null = null;
  #idle: ScoringLane[] = [];

  constructor(data: string | null, concurrency: number) {
    this.#data = data;
    this.#concurrency = concurrency;
  }

  async run(where: string, given: unknown): Promise<ScoringReply> {
    const task = readMessage(where, given);
    this.#opening ??= this.#open();
    await this.#opening;
    const lane = this.#idle.pop() as ScoringLane;
    try {
      return await runMessage(where, this.#data, task, lane);
    } finally {
      this.#idle.push(lane);
    }
  }

  async close(): Promise<void> {
    for (const lane of (await this.#opening) ?? []) await lane.close();
  }

  async #open(): Promise<ScoringLane[]> {
    const lanes = await openScoringLanes(this.#concurrency, this.#concurrency);
    // Where threads cannot be had, this one does the work of all.
    this.#idle = Array.from({ length: this.#concurrency }, (_, i) => lanes[i % lanes.length]);
    return lanes;
  }
}

/** A running worker. */
export interface QueueWorker {
  /** Ends after the running trainings; without them once the server is away, which gives them to others. */
  close(): Promise<void>;
}

/**
 * Trains the tasks that searches with `bullExecutor` put into a queue, and scores parts of files, until it is closed. Start
 * any number of workers, on any machines, at any time. One that is killed loses nothing: its job goes to another after
 * `lockDuration`.
 *
 * @example
 * const worker = await startWorker({ queue: "sweep", connection: "redis://10.0.0.5:6379", concurrency: 4 });
 * @throws OptionError; QueueError where no server answers, or BullMQ is not installed.
 */
export async function startWorker(options: WorkerOptions): Promise<QueueWorker> {
  const checked = readOptions(WHERE, workerOptions, options, arguments);
  const { queue, connection, store, concurrency, lockDuration, onWarning, onJob } = checked;
  const { Worker, UnrecoverableError } = bullmq();
  const reached = await connection.reach(WHERE, queue);
  const problems = new Problems(openStore(WHERE, store, reached), concurrency);
  let isClosing = false;
  const warn = onceEach(onWarning);
  const { host, pid } = here();
  const where = `worker ${host} (process ${pid})`;
  const scorings = new Scorings(checked.data ?? null, concurrency);
  const work = async (job: QueueJob) => {
    if (job.name === SCORING_JOB) {
      const reply = await scorings.run(where, job.data);
      await onJob?.({ id: job.id, score: null, rows: reply.part?.rows ?? null, seconds: reply.seconds });
      return reply;
    }
    if (job.name !== JOB) {
      const text = `${where}: ${JSON.stringify(job.name)} is not a task of a search. Give searches a queue of their own.`;
      warn(text);
      throw new UnrecoverableError(text);
    }
    const result = await problems.run(where, readJob(where, job.data));
    const message = resultOf(result);
    // Told before the job ends: whoever does it a second time is compared.
    const { score, weights } = message;
    if (weights) {
      await patiently(
        connection,
        () => job.updateProgress({ host, pid, score, weights }),
        () => isClosing,
      );
    }
    await onJob?.({ id: job.id, score, rows: null, seconds: message.seconds });
    return message;
  };
  const settings = {
    connection: connection.connection,
    concurrency,
    lockDuration,
    stalledInterval: lockDuration,
    maxStalledCount: MOST_STALLED,
    runRetryDelay: PAUSE,
    name: `${host}#${pid}`,
  };
  const worker = new Worker(queue, work, settings, connection.backend());
  worker.on("error", (error: Error) => warn(`${where}: ${withRemedy(error, connection)}`));
  worker.on("failed", (_job: unknown, error: Error) => warn(error.message));
  const end = async () => {
    isClosing = true;
    await endOf(connection, worker.close(), () => worker.disconnect());
    problems.close();
    await scorings.close();
    await reached.close();
  };
  let ending: Promise<void> | undefined;
  const close = () => {
    ending ??= end();
    return ending;
  };
  try {
    await worker.waitUntilReady();
  } catch (error) {
    await close();
    throw queueError(WHERE, error, connection);
  }
  return { close };
}
