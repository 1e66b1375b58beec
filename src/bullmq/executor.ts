/** Trains the tasks of a search by the workers of a queue. */

import type { Lane } from "../base/lanes.js";
import { readOptions } from "../base/options.js";
import type { Executor, ExecutorContext, PlainProblem, Task, TaskResult } from "../data/executor.js";
import { encodeRows, fileName, sha256 } from "../jobs/dataFile.js";
import { checkTask, sharedOf } from "../jobs/messages.js";
import { onceEach } from "./errors.js";
import { bullmq } from "./library.js";
import { type BullExecutorOptions, executorOptions } from "./options.js";
import { openStore, queueError, wordsOf } from "./server.js";
import { Waiting } from "./waiting.js";

const WHERE = "bullExecutor";

/**
 * An executor for searches whose workers are other processes, on any machine that reaches the same Redis or PostgreSQL: `startWorker`,
 * or `npx simdgrad worker`. A job is named by version, data and task, so that a search that runs again finds its results
 * in the queue, and a search that was killed goes on. Results are the bits that this machine would compute.
 *
 * @example
 * const executor = bullExecutor({ queue: "sweep", connection: "redis://10.0.0.5:6379" });
 * const found = await gridSearch(data, { estimator: "classifier", grid, executor });
 * @throws OptionError; the search then throws QueueError where no server answers, DeterminismError where two machines
 * differ.
 */
export function bullExecutor(options: BullExecutorOptions): Executor {
  const { queue, connection, store, inFlight, verify, onWarning } = readOptions(
    WHERE,
    executorOptions,
    options,
    arguments,
  );
  const open = async (problem: PlainProblem, tasks: readonly Task[], { where, signal }: ExecutorContext) => {
    for (const task of tasks) checkTask(where, task);
    const bytes = encodeRows(problem);
    const data = { sha256: sha256(bytes), bytes: bytes.length };
    const shared = sharedOf(where, problem, data);
    const { Queue, QueueEvents } = bullmq();
    const reached = await connection.reach(WHERE);
    try {
      await openStore(WHERE, store, reached).write(fileName(data), bytes);
    } catch (error) {
      throw queueError(WHERE, error);
    } finally {
      await reached.close();
    }
    const jobs = new Queue(queue, { connection: connection.connection }, connection.backend());
    const events = new QueueEvents(queue, { connection: connection.connection }, connection.backend());
    const warn = onceEach(onWarning);
    const tell = (error: unknown) => warn(`${WHERE}: ${wordsOf(error)}: waiting for the server.`);
    jobs.on("error", tell);
    events.on("error", tell);
    const waiting = new Waiting({ server: connection, jobs, events, problem, shared, verify, warn, signal });
    try {
      await Promise.all([jobs.waitUntilReady(), events.waitUntilReady()]);
    } catch (error) {
      await waiting.close();
      throw queueError(WHERE, error);
    }
    let closing: Promise<void> | undefined;
    const close = () => {
      closing ??= waiting.close();
      return closing;
    };
    const lane = (): Lane<Task, TaskResult> => ({ run: (task) => waiting.run(task), close });
    return Array.from({ length: inFlight < tasks.length ? inFlight : tasks.length }, lane);
  };
  return { open };
}
