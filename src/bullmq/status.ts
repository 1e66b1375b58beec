/** The state of a queue: counts, workers, the best so far. */
import { readOptions } from "../base/options.js";
import type { JobData, JobResult } from "../jobs/messages.js";
import { keyOf } from "../search/subjects.js";
import { bullmq, JOB, type QueueJob } from "./library.js";
import { type SweepStatusOptions, statusOptions } from "./options.js";
import { queueError } from "./server.js";

const WHERE = "sweepStatus";
/** Finished jobs that are looked at, the last ones. */
const MOST_JOBS = 5000;
/** Those whose rate tells the time that is left. */
const LAST_JOBS = 100;

/** The state of the trainings in a queue. */
export interface SweepStatus {
  readonly waiting: number;
  readonly active: number;
  readonly completed: number;
  readonly failed: number;
  /** Who did how many of the last jobs, the most first. */
  readonly workers: readonly { readonly name: string; readonly jobs: number; readonly seconds: number }[];
  /** The candidate with the best mean score over the folds that it has, of the newest data. */
  readonly best: { readonly options: object; readonly mean: number; readonly folds: number } | null;
  /** The best single score as jobs ended, one number for each job. */
  readonly curve: readonly number[];
  /** Jobs per second, of the last 100 of the newest data; `null` if there are fewer than two. */
  readonly rate: number | null;
  /** Seconds until the jobs in the queue are done at that rate; `null` if it is not known. */
  readonly remaining: number | null;
  /** Reasons of failures by faults of machines, the last first, at most 3. */
  readonly reasons: readonly string[];
}

/** Reads the state of a queue. @throws OptionError; QueueError where no server answers. */
export async function sweepStatus(options: SweepStatusOptions): Promise<SweepStatus> {
  const { queue, connection } = readOptions(WHERE, statusOptions, options, arguments);
  const { Queue } = bullmq();
  await (await connection.reach(WHERE, queue)).close();
  const jobs = new Queue(queue, { connection: connection.connection }, connection.backend());
  jobs.on("error", () => {}); // it waits for the server
  try {
    const counts = await jobs.getJobCounts("waiting", "delayed", "active", "completed", "failed");
    const done = (await jobs.getJobs(["completed"], 0, MOST_JOBS - 1)).filter(isOurs);
    const failed = (await jobs.getJobs(["failed"], 0, 2)).filter((job) => job !== undefined);
    const left = counts.waiting + counts.delayed + counts.active;
    const rate = rateOf(done);
    return {
      waiting: counts.waiting + counts.delayed,
      active: counts.active,
      completed: counts.completed,
      failed: counts.failed,
      workers: workersOf(done),
      ...bestOf(done),
      rate,
      remaining: left === 0 ? 0 : rate && left / rate,
      reasons: failed.map(({ failedReason }) => failedReason ?? "unknown"),
    };
  } catch (error) {
    throw queueError(WHERE, error, connection);
  } finally {
    await jobs.close();
  }
}

function isOurs(job: QueueJob | undefined): job is QueueJob {
  return job?.name === JOB && typeof job.returnvalue === "object" && job.returnvalue !== null;
}

const resultOf = ({ returnvalue }: QueueJob) => returnvalue as JobResult;

function workersOf(done: readonly QueueJob[]): SweepStatus["workers"] {
  const workers = new Map<string, { name: string; jobs: number; seconds: number }>();
  for (const { host, pid, seconds } of done.map(resultOf)) {
    const name = `${host}#${pid}`;
    const { jobs, seconds: sum } = workers.get(name) ?? { jobs: 0, seconds: 0 };
    workers.set(name, { name, jobs: jobs + 1, seconds: sum + seconds });
  }
  return [...workers.values()].sort((a, b) => b.jobs - a.jobs);
}

const endOf = ({ finishedOn }: QueueJob) => finishedOn as number;

/** The jobs of the newest data as they ended: a queue keeps those of other searches. */
function newestOf(done: readonly QueueJob[]): QueueJob[] {
  const inOrder = [...done].sort((a, b) => endOf(a) - endOf(b));
  const newest = (inOrder[inOrder.length - 1]?.data as JobData | undefined)?.problem.fingerprint;
  return inOrder.filter(({ data }) => (data as JobData).problem.fingerprint === newest);
}

function rateOf(done: readonly QueueJob[]): number | null {
  const last = newestOf(done).slice(-LAST_JOBS);
  const milliseconds = last.length > 1 ? endOf(last[last.length - 1]) - endOf(last[0]) : 0;
  return milliseconds > 0 ? ((last.length - 1) * 1000) / milliseconds : null;
}

function bestOf(done: readonly QueueJob[]): Pick<SweepStatus, "best" | "curve"> {
  const own = newestOf(done);
  const subjects = new Map<string, { options: object; sum: number; folds: number }>();
  const curve: number[] = [];
  for (const job of own) {
    const { subject } = (job.data as JobData).task;
    const { score } = resultOf(job);
    if (subject.kind !== "candidate" || typeof score !== "number") continue;
    const before = curve[curve.length - 1] ?? score;
    curve.push(before > score ? before : score);
    const key = keyOf(subject);
    const { sum, folds } = subjects.get(key) ?? { sum: 0, folds: 0 };
    subjects.set(key, { options: subject.options, sum: sum + score, folds: folds + 1 });
  }
  const means = [...subjects.values()].map(({ options, sum, folds }) => ({ options, mean: sum / folds, folds }));
  // With more folds first: a mean of one fold may be luck.
  const [best = null] = means.sort((a, b) => b.folds - a.folds || b.mean - a.mean);
  return { best, curve };
}
