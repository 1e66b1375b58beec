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
import { bullmq, lasting, reach } from "./library.js";
import { type BullExecutorOptions, executorOptions } from "./options.js";
import { openStore } from "./redisStore.js";
import { WaitingParts } from "./scoring.js";
import { Waiting } from "./waiting.js";

const WHERE = "bullExecutor";

/**
 * An executor for searches and for `scoreFile` whose workers are other processes, on any machine that reaches the same Redis: `startWorker`,
 * or `npx simdgrad worker`. A job is named by version, data and task, so that a search that runs again finds its results
 * in the queue, and a search that was killed goes on. Results are the bits that this machine would compute.
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
async function openQueue({ queue, connection, onWarning }: Checked) {
  const { Queue, QueueEvents } = bullmq();
  const jobs = new Queue(queue, { connection: lasting(connection) });
  const events = new QueueEvents(queue, { connection: lasting(connection) });
  const warn = onceEach(onWarning);
  const tell = (error: Error) => warn(`${WHERE}: ${error.message || String(error)}: waiting for the server.`);
  jobs.on("error", tell);
  events.on("error", tell);
  await events.waitUntilReady();
  return { jobs, events, warn };
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
  const { connection, store, inFlight, verify } = own;
  for (const task of tasks) checkTask(where, task);
  const bytes = encodeRows(problem);
  const data = { sha256: sha256(bytes), bytes: bytes.length };
  const shared = sharedOf(where, problem, data);
  const client = await reach(WHERE, connection);
  try {
    await openStore(WHERE, store, client).write(fileName(data), bytes);
  } finally {
    client.disconnect();
  }
  const { jobs, events, warn } = await openQueue(own);
  const waiting = new Waiting({ jobs, events, problem, shared, verify, warn, signal });
  return lanesOf(inFlight < tasks.length ? inFlight : tasks.length, waiting);
}

async function openScoring(
  own: Checked,
  job: ScoringJob,
  parts: readonly Part[],
  { where, signal }: ExecutorContext,
): Promise<Lane<Part, PartResult>[]> {
  const { connection, data, inFlight } = own;
  if (data === undefined) {
    const example = "bullExecutor({ queue, connection, data: the folder that all machines see })";
    throw new OptionError(`${where}: executor: expected a folder for model, input and output: ${example}.`);
  }
  const messageOf = await messagesOf(where, data, job);
  (await reach(WHERE, connection)).disconnect();
  const { jobs, events } = await openQueue(own);
  const waiting = new WaitingParts(jobs, events, job, messageOf, signal);
  return lanesOf(inFlight < parts.length ? inFlight : parts.length, waiting);
}
