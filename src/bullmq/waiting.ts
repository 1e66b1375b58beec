/** The tasks of a search that wait for their results: adds jobs, checks and compares what comes. */
import { execute, type PlainProblem, type Task, type TaskResult } from "../data/executor.js";
import { DeterminismError } from "../jobs/errors.js";
import { here, idOf, type JobData, type JobResult, readResult } from "../jobs/messages.js";
import { localExecutor } from "../search/localExecutor.js";
import { failure, runTask } from "../search/trial.js";
import { QueueError } from "./errors.js";
import { JOB, type QueueJob, SETTINGS } from "./library.js";
import { type OpenQueue, type Wait, Watch } from "./watch.js";

/** A task that waits for its result. */
interface Own {
  readonly task: Task;
  readonly data: JobData;
  /** Hash of the weights as a worker told it, before it ended the job. */
  told?: string;
  /** True if the job was put there, or begun anew, by this search. */
  isNew?: boolean;
  hasFailed?: boolean;
  isPoisoned?: boolean;
}
type TaskWait = Own & Wait<TaskResult>;

export interface WaitingOptions extends OpenQueue {
  readonly problem: PlainProblem;
  readonly shared: Omit<JobData, "task">;
  readonly verify: number;
}

export class Waiting {
  readonly #own: WaitingOptions;
  readonly #watch: Watch<Own, TaskResult>;
  /** Results to be computed again, of workers on other machines: one after the other, while these work. */
  #verified: Promise<void> = Promise.resolve();
  /** Those of workers on this machine, which would have to share its cores: at the end. */
  readonly #unverified = new Map<Task, { readonly job: QueueJob; readonly wait: Own; readonly result: TaskResult }>();
  #hasFailed = false;

  constructor(own: WaitingOptions) {
    this.#own = own;
    this.#watch = new Watch(own, (id, wait) => this.#step(id, wait));
    own.events.on("progress", ({ jobId, data }: { jobId: string; data: Partial<JobResult> }) => {
      const wait = this.#watch.waitOf(jobId);
      if (!wait || typeof data?.weights !== "string") return;
      if (wait.told !== undefined && wait.told !== data.weights)
        wait.fail(differing(jobId, wait, `weights ${wait.told}`, data));
      wait.told = data.weights;
    });
  }

  /** The result, of this search or of one before; `null` if the search ended first. */
  run(task: Task): Promise<TaskResult | null> {
    const data = { ...this.#own.shared, task };
    return this.#watch.run(idOf(data), { task, data }).catch((error) => {
      this.#hasFailed = true;
      throw error;
    });
  }

  async close(): Promise<void> {
    await this.#watch.close();
    await this.#verifyRest();
  }

  /** @throws DeterminismError */
  async #verifyRest(): Promise<void> {
    const { problem, signal } = this.#own;
    if (this.#hasFailed) return;
    await execute({
      ...{ where: "bullExecutor", executor: localExecutor(), problem, signal, tasks: [...this.#unverified.keys()] },
      onResult: (task, own) => {
        const { job, wait, result } = this.#unverified.get(task) as { job: QueueJob; wait: Own; result: TaskResult };
        compare(own, result, job, wait);
      },
    });
  }

  async #step(id: string, wait: TaskWait): Promise<void> {
    const { jobs } = this.#own;
    const job = await jobs.getJob(id);
    if (!job) {
      if (this.#watch.waitOf(id) !== wait) return;
      wait.isNew = true;
      await jobs.add(JOB, wait.data, { ...SETTINGS, jobId: id });
    } else if (job.finishedOn) {
      const state = job.failedReason ? await job.getState() : "completed";
      if (state === "completed") await this.#take(job, wait);
      else if (state === "failed") await this.#retry(job, wait);
    }
  }

  /**
   * A failure of an earlier search is tried again; one of this search is the result of the task, or ends the search if it
   * is the server's fault.
   */
  async #retry(job: QueueJob, wait: TaskWait): Promise<void> {
    const reason = job.failedReason ?? "";
    if (wait.isNew || wait.hasFailed) {
      if (this.#own.server.remedyOf(reason)) throw new Error(reason);
      wait.settle(failure(new QueueError(`${reason} (job ${job.id})`), 0));
      return;
    }
    wait.hasFailed = true;
    await job.retry("failed");
  }

  async #take(job: QueueJob, wait: TaskWait): Promise<void> {
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
  async #redo(job: QueueJob, wait: TaskWait, { message }: Error): Promise<void> {
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

  #verify(job: QueueJob, wait: Own, result: TaskResult): Promise<void> {
    const before = this.#verified;
    this.#verified = (async () => {
      await before.catch(() => {});
      compare(await runTask(this.#own.problem, wait.task), result, job, wait);
    })();
    return this.#verified;
  }
}

/** @throws DeterminismError where this process has other bits */
function compare(own: TaskResult, there: TaskResult, job: QueueJob, wait: Own): void {
  const isSame = own.score === there.score && own.weights === there.weights && own.error?.name === there.error?.name;
  if (!isSame) throw differing(job.id, wait, textOf(own), job.returnvalue, "this process");
}

const textOf = ({ score, weights }: { score?: unknown; weights?: unknown }) => `score ${score}, weights ${weights}`;

function differing(id: string, { task }: Own, one: string, other: unknown, who = "one worker"): DeterminismError {
  const { host, pid, ...rest } = (other ?? {}) as Partial<JobResult>;
  const what = `${JSON.stringify(task.subject.options).slice(0, 200)}, fold ${task.fold} (job ${id})`;
  return new DeterminismError(
    `bullExecutor: two machines trained ${what} to other bits: ${who} ${one}; ${host} (process ${pid}) ${textOf(rest)}. ` +
      "Stop that machine's worker, test its memory and its version, remove the job and start the search again.",
  );
}
