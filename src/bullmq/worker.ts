/** A worker of a queue: takes tasks of searches, trains, and gives the results back. */
import { readOptions } from "../base/options.js";
import { here, readJob, resultOf } from "../jobs/messages.js";
import { Problems } from "../jobs/problems.js";
import { onceEach } from "./errors.js";
import { bullmq, JOB, lasting, type QueueJob, reach } from "./library.js";
import { type WorkerOptions, workerOptions } from "./options.js";
import { openStore } from "./redisStore.js";

const WHERE = "startWorker";
/** Times that a job may lose its worker: more than once is no fault of the job. */
const MOST_STALLED = 5;

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
