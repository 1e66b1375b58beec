/** Trains the tasks of a search, and scores the parts of a file, by the workers of a queue. */
import { OptionError } from "../base/errors.js";
import type { Lane } from "../base/lanes.js";
import { type Kept, readOptions } from "../base/options.js";
import type { Executor, ExecutorContext, PlainProblem, Task, TaskResult } from "../data/executor.js";
import { encodeRows, fileName, sha256 } from "../jobs/dataFile.js";
import { checkTask, sharedOf } from "../jobs/messages.js";
import type { ScoringExecutor } from "../scoring/executor.js";
import type { Part, PartResult, ScoringJob } from "../scoring/job.js";
import { messagesOf } from "../scoring/message.js";
import { onceEach } from "./errors.js";
import { bullmq } from "./library.js";
import { type BullExecutorOptions, executorOptions } from "./options.js";
import { WaitingParts } from "./scoring.js";
import { openStore, queueError, wordsOf } from "./server.js";
import { Waiting } from "./waiting.js";

const WHERE = "bullExecutor";

/**
 * An executor for searches and for `scoreFile` whose workers are other processes, on any machine that reaches the same Redis
 * or PostgreSQL: `startWorker`, or `npx simdgrad worker`. A job is named by version, data and task, so that a search that
 * runs again finds its results in the queue, and a search that was killed goes on. Results are the bits that this machine
 * would compute.
 *
 * @example
 * const executor = bullExecutor({ queue: "sweep", connection: "redis://10.0.0.5:6379" });
 * const found = await gridSearch(data, { estimator: "classifier", grid, executor });
 * const scoring = bullExecutor({ queue: "sweep", connection: "redis://10.0.0.5:6379", data: "/mnt/shared" });
 * await scoreFile({ model, input, output, executor: scoring }); // all three in /mnt/shared
 * @throws OptionError; the search then throws QueueError where no server answers, DeterminismError where two machines
 * differ.
 */
export function bullExecutor(options: BullExecutorOptions): Executor & ScoringExecutor {
  const own = readOptions(WHERE, executorOptions, options, arguments);
  return {
    open: (problem, tasks, context) => openSearch(own, problem, tasks, context),
    openScoring: (job, parts, context) => openScoring(own, job, parts, context),
  };
}

type Checked = Kept<typeof executorOptions>;

/** The queue, and its events; faults of the server are told, and waited for. */
function openQueue({ queue, connection: server, onWarning }: Checked) {
  const { Queue, QueueEvents } = bullmq();
  const jobs = new Queue(queue, { connection: server.connection }, server.backend());
  const events = new QueueEvents(queue, { connection: server.connection }, server.backend());
  const warn = onceEach(onWarning);
  const tell = (error: unknown) => warn(`${WHERE}: ${wordsOf(error)}: waiting for the server.`);
  jobs.on("error", tell);
  events.on("error", tell);
  return { server, jobs, events, warn };
}

/** @throws QueueError if the server does not answer; then what waits is closed. */
async function untilReady({ server, jobs, events }: ReturnType<typeof openQueue>, waiting: { close(): Promise<void> }) {
  try {
    await Promise.all([jobs.waitUntilReady(), events.waitUntilReady()]);
  } catch (error) {
    await waiting.close();
    throw queueError(WHERE, error, server);
  }
}

/** As many lanes as jobs may be in flight; they are closed together. */
function lanesOf<Item, Result>(
  count: number,
  waiting: { run(item: Item): Promise<Result | null>; close(): Promise<void> },
): Lane<Item, Result>[] {
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= waiting.close();
    return closing;
  };
  return Array.from({ length: count }, () => ({ run: (item) => waiting.run(item), close }));
}

async function openSearch(
  own: Checked,
  problem: PlainProblem,
  tasks: readonly Task[],
  { where, signal }: ExecutorContext,
): Promise<Lane<Task, TaskResult>[]> {
  const { queue, connection, store, inFlight, verify } = own;
  for (const task of tasks) checkTask(where, task);
  const bytes = encodeRows(problem);
  const data = { sha256: sha256(bytes), bytes: bytes.length };
  const shared = sharedOf(where, problem, data);
  bullmq(); // an error before the work, if it is not installed
  const reached = await connection.reach(WHERE, queue);
  try {
    await openStore(WHERE, store, reached).write(fileName(data), bytes);
  } catch (error) {
    throw queueError(WHERE, error, connection);
  } finally {
    await reached.close();
  }
  const opened = openQueue(own);
  const waiting = new Waiting({ ...opened, problem, shared, verify, signal });
  await untilReady(opened, waiting);
  return lanesOf(inFlight < tasks.length ? inFlight : tasks.length, waiting);
}

async function openScoring(
  own: Checked,
  job: ScoringJob,
  parts: readonly Part[],
  { where, signal }: ExecutorContext,
): Promise<Lane<Part, PartResult>[]> {
  const { queue, connection, data, inFlight } = own;
  if (data === undefined) {
    const example = "bullExecutor({ queue, connection, data: the folder that all machines see })";
    throw new OptionError(`${where}: executor: expected a folder for model, input and output: ${example}.`);
  }
  const messageOf = await messagesOf(where, data, job);
  bullmq(); // an error before the work, if it is not installed
  await (await connection.reach(WHERE, queue)).close();
  const opened = openQueue(own);
  const waiting = new WaitingParts({ ...opened, job, messageOf, signal });
  await untilReady(opened, waiting);
  return lanesOf(inFlight < parts.length ? inFlight : parts.length, waiting);
}
