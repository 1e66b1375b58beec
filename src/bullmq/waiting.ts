/** The tasks of a search that wait for their results: adds jobs, watches them, checks and compares what comes. */
import type { Signal } from "../base/kinds.js";
import { execute, type PlainProblem, type Task, type TaskResult } from "../data/executor.js";
import { DeterminismError } from "../jobs/errors.js";
import { here, idOf, type JobData, type JobResult, readResult } from "../jobs/messages.js";
import { localExecutor } from "../search/localExecutor.js";
import { failure, runTask } from "../search/trial.js";
import { QueueError } from "./errors.js";
import { JOB, type JobEvents, type JobQueue, type QueueJob, SETTINGS } from "./library.js";
import { queueError, type Server, wordsOf } from "./server.js";

/** Milliseconds after which jobs are looked at without an event, which may be lost with a server. */
const POLL = 500;
interface Wait {
  readonly task: Task;
  readonly data: JobData;
  readonly settle: (result: TaskResult | null) => void;
  readonly fail: (error: unknown) => void;
  /** Hash of the weights as a worker told it, before it ended the job. */
  told?: string;
  /** True if the job was put there, or begun anew, by this search. */
  isNew?: boolean;
  hasFailed?: boolean;
  isPoisoned?: boolean;
  isBusy?: boolean;
  again?: boolean;
}

export interface WaitingOptions {
  readonly server: Server;
  readonly jobs: JobQueue;
  readonly events: JobEvents;
  readonly problem: PlainProblem;
  readonly shared: Omit<JobData, "task">;
  readonly verify: number;
  readonly warn: (message: string) => void;
  readonly signal: Signal;
}

export class Waiting {
  readonly #own: WaitingOptions;
  readonly #waits = new Map<string, Wait>();
  readonly #timer: ReturnType<typeof setInterval>;
  /** Jobs are being taken out of the queue, because the signal came. */
  #dropping: Promise<void> = Promise.resolve();
  readonly #onAbort = () => {
    this.#dropping = this.#drop();
  };
  /** Results to be computed again, of workers on other machines: one after the other, while these work. */
  #verified: Promise<void> = Promise.resolve();
  /** Those of workers on this machine, which would have to share its cores: at the end. */
  readonly #unverified = new Map<Task, { readonly job: QueueJob; readonly wait: Wait; readonly result: TaskResult }>();
  /** Steps under way: one of them may be putting its job into the queue. */
  readonly #steps = new Set<Promise<void>>();
  #hasFailed = false;

  constructor(own: WaitingOptions) {
    this.#own = own;
    const look = ({ jobId }: { jobId: string }) => void this.#look(jobId);
    own.events.on("completed", look);
    own.events.on("failed", look);
    own.events.on("progress", ({ jobId, data }: { jobId: string; data: Partial<JobResult> }) => {
      const wait = this.#waits.get(jobId);
      if (!wait || typeof data?.weights !== "string") return;
      if (wait.told !== undefined && wait.told !== data.weights) {
        this.#hasFailed = true;
        wait.fail(differing(jobId, wait, `weights ${wait.told}`, data));
      }
      wait.told = data.weights;
    });
    this.#timer = setInterval(() => {
      for (const id of this.#waits.keys()) void this.#look(id);
    }, POLL);
    own.signal.addEventListener("abort", this.#onAbort);
  }

  /** The result, of this search or of one before; `null` if the search ended first. */
  run(task: Task): Promise<TaskResult | null> {
    if (this.#own.signal.aborted) return Promise.resolve(null);
    const data = { ...this.#own.shared, task };
    const id = idOf(data);
    return new Promise<TaskResult | null>((settle, fail) => {
      this.#waits.set(id, { task, data, settle, fail });
      void this.#look(id);
    }).finally(() => this.#waits.delete(id));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#own.signal.removeEventListener("abort", this.#onAbort);
    await this.#dropping;
    await this.#drop();
    try {
      await this.#verifyRest();
    } finally {
      await this.#own.events.close();
      await this.#own.jobs.close();
    }
  }

  /** @throws DeterminismError */
  async #verifyRest(): Promise<void> {
    const { problem, signal } = this.#own;
    if (this.#hasFailed) return;
    await execute({
      ...{ where: "bullExecutor", executor: localExecutor(), problem, signal, tasks: [...this.#unverified.keys()] },
      onResult: (task, own) => {
        const { job, wait, result } = this.#unverified.get(task) as { job: QueueJob; wait: Wait; result: TaskResult };
        compare(own, result, job, wait);
      },
    });
  }

  /** Takes jobs that no worker has begun out of the queue; those that run end by themselves, and are kept. */
  async #drop(): Promise<void> {
    const left = [...this.#waits];
    this.#waits.clear();
    for (const [, wait] of left) wait.settle(null);
    await Promise.allSettled(this.#steps);
    await Promise.all(
      left.map(async ([id]) => {
        const job = await this.#own.jobs.getJob(id);
        if (job && !job.finishedOn) await job.remove().catch(() => {}); // a worker has it
      }),
    ).catch(() => {}); // without a server there is nothing to take out
  }

  /** Looks at a job once more after what is happening to it now. */
  async #look(id: string): Promise<void> {
    const wait = this.#waits.get(id);
    if (!wait) return;
    wait.again = true;
    if (wait.isBusy) return;
    wait.isBusy = true;
    try {
      while (wait.again && this.#waits.get(id) === wait) {
        wait.again = false;
        const step = this.#step(id, wait);
        this.#steps.add(step);
        await step.finally(() => this.#steps.delete(step));
      }
    } catch (error) {
      const { server, warn } = this.#own;
      if (server.isAway(error)) warn(`bullExecutor: ${wordsOf(error)}: waiting for the server.`);
      else {
        this.#hasFailed = true;
        wait.fail(queueError("bullExecutor", error));
      }
    } finally {
      wait.isBusy = false;
    }
  }

  async #step(id: string, wait: Wait): Promise<void> {
    const { jobs } = this.#own;
    const job = await jobs.getJob(id);
    if (!job) {
      if (this.#waits.get(id) !== wait) return;
      wait.isNew = true;
      await jobs.add(JOB, wait.data, { ...SETTINGS, jobId: id });
    } else if (job.finishedOn) {
      const state = job.failedReason ? await job.getState() : "completed";
      if (state === "completed") await this.#take(job, wait);
      else if (state === "failed") await this.#retry(job, wait);
    }
  }

  /** A failure of an earlier search is tried again; one of this search is the result of the task. */
  async #retry(job: QueueJob, wait: Wait): Promise<void> {
    if (wait.isNew || wait.hasFailed) {
      wait.settle(failure(new QueueError(`${job.failedReason} (job ${job.id})`), 0));
      return;
    }
    wait.hasFailed = true;
    await job.retry("failed");
  }

  async #take(job: QueueJob, wait: Wait): Promise<void> {
    let result: TaskResult;
    try {
      result = readResult(this.#own.problem, wait.task, job.returnvalue);
    } catch (error) {
      await this.#redo(job, wait, error as Error);
      return;
    }
    if (wait.told !== undefined && result.weights !== wait.told)
      throw differing(job.id, wait, `weights ${wait.told}`, job.returnvalue);
    if (wait.isNew && this.#isChosen(job.id)) {
      if ((job.returnvalue as JobResult).host === here().host) this.#unverified.set(wait.task, { job, wait, result });
      else await this.#verify(job, wait, result);
    }
    wait.settle(result);
  }

  /** Throws a result away that cannot be, and lets it be computed again, once. */
  async #redo(job: QueueJob, wait: Wait, { message }: Error): Promise<void> {
    const what = `bullExecutor: job ${job.id} has a result that cannot be: ${message}`;
    if (wait.isPoisoned) {
      wait.settle(failure(new QueueError(`${what} It did so twice: look at who writes to the queue.`), 0));
      return;
    }
    wait.isPoisoned = true;
    wait.again = true;
    this.#own.warn(`${what} It is computed again.`);
    await job.remove();
  }

  /** The same jobs on every run, one in `verify`. */
  #isChosen(id: string): boolean {
    const { verify } = this.#own;
    return verify > 0 && Number.parseInt(id.slice(1, 9), 16) % verify === 0;
  }

  #verify(job: QueueJob, wait: Wait, result: TaskResult): Promise<void> {
    const before = this.#verified;
    this.#verified = (async () => {
      await before.catch(() => {});
      compare(await runTask(this.#own.problem, wait.task), result, job, wait);
    })();
    return this.#verified;
  }
}

/** @throws DeterminismError where this process has other bits */
function compare(own: TaskResult, there: TaskResult, job: QueueJob, wait: Wait): void {
  const isSame = own.score === there.score && own.weights === there.weights && own.error?.name === there.error?.name;
  if (!isSame) throw differing(job.id, wait, textOf(own), job.returnvalue, "this process");
}

const textOf = ({ score, weights }: { score?: unknown; weights?: unknown }) => `score ${score}, weights ${weights}`;

function differing(id: string, { task }: Wait, one: string, other: unknown, who = "one worker"): DeterminismError {
  const { host, pid, ...rest } = (other ?? {}) as Partial<JobResult>;
  const what = `${JSON.stringify(task.subject.options).slice(0, 200)}, fold ${task.fold} (job ${id})`;
  return new DeterminismError(
    `bullExecutor: two machines trained ${what} to other bits: ${who} ${one}; ${host} (process ${pid}) ${textOf(rest)}. ` +
      "Stop that machine's worker, test its memory and its version, remove the job and start the search again.",
  );
}
