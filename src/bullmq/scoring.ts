/** Scores the parts of a file by the workers of a queue. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Signal } from "../base/kinds.js";
import { identityOf } from "../scoring/files.js";
import type { Part, PartResult, ScoringJob } from "../scoring/job.js";
import { errorOf } from "../scoring/lanes.js";
import { idOfMessage, readReply, type ScoringMessage } from "../scoring/message.js";
import { QueueError } from "./errors.js";
import { type JobEvents, type JobQueue, type QueueJob, SCORING_JOB, SETTINGS } from "./library.js";
import { queueError, type Server, wordsOf } from "./server.js";

/** Milliseconds after which jobs are looked at without an event, which may be lost with a server. */
const POLL = 500;

interface Wait {
  readonly part: Part;
  readonly message: ScoringMessage;
  readonly settle: (result: PartResult | null) => void;
  readonly fail: (error: unknown) => void;
  /** Times that the job was put there, or begun anew, by this scoring. */
  begun: number;
  isBusy: boolean;
  again: boolean;
}

/** Times that a part is done again whose file is not what its result says. */
const MOST_BEGUN = 3;

export interface WaitingPartsOptions {
  readonly server: Server;
  readonly jobs: JobQueue;
  readonly events: JobEvents;
  readonly job: ScoringJob;
  readonly messageOf: (part: Part) => ScoringMessage;
  readonly warn: (message: string) => void;
  readonly signal: Signal;
}

/** Parts that wait for their results: adds jobs, watches them, and checks the files that come. */
export class WaitingParts {
  readonly #own: WaitingPartsOptions;
  readonly #waits = new Map<string, Wait>();
  /** Steps under way: one of them may be putting its job into the queue. */
  readonly #steps = new Set<Promise<void>>();
  readonly #timer: ReturnType<typeof setInterval>;
  /** Jobs are being taken out of the queue, because the signal came. */
  #dropping: Promise<void> = Promise.resolve();
  readonly #onAbort = () => {
    this.#dropping = this.#drop();
  };

  constructor(own: WaitingPartsOptions) {
    this.#own = own;
    const look = ({ jobId }: { jobId: string }) => void this.#look(jobId);
    own.events.on("completed", look);
    own.events.on("failed", look);
    this.#timer = setInterval(() => {
      for (const id of this.#waits.keys()) void this.#look(id);
    }, POLL);
    own.signal.addEventListener("abort", this.#onAbort);
  }

  /** The result; `null` if the scoring ended first. */
  run(part: Part): Promise<PartResult | null> {
    if (this.#own.signal.aborted) return Promise.resolve(null);
    const message = this.#own.messageOf(part);
    const id = idOfMessage(message);
    return new Promise<PartResult | null>((settle, fail) => {
      this.#waits.set(id, { part, message, settle, fail, begun: 0, isBusy: false, again: false });
      void this.#look(id);
    }).finally(() => this.#waits.delete(id));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#own.signal.removeEventListener("abort", this.#onAbort);
    await this.#dropping;
    await this.#drop();
    await this.#own.events.close();
    await this.#own.jobs.close();
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
      else wait.fail(queueError("bullExecutor", error));
    } finally {
      wait.isBusy = false;
    }
  }

  async #step(id: string, wait: Wait): Promise<void> {
    const job = await this.#own.jobs.getJob(id);
    if (!job) {
      if (this.#waits.get(id) !== wait) return;
      wait.begun++;
      await this.#own.jobs.add(SCORING_JOB, wait.message, { ...SETTINGS, jobId: id });
    } else if (job.finishedOn) {
      const state = job.failedReason ? await job.getState() : "completed";
      if (state === "completed") await this.#take(job, wait);
      else if (state === "failed" && wait.begun > 0) throw new QueueError(`${job.failedReason} (job ${job.id})`);
      else if (state === "failed") {
        wait.begun++;
        await job.retry("failed");
      }
    }
  }

  async #take(job: QueueJob, wait: Wait): Promise<void> {
    let problem: Error;
    try {
      const { part, failed } = readReply(this.#own.job, wait.part, job.returnvalue);
      if (part && (await this.#isThere(part))) return wait.settle(part);
      problem = failed ? errorOf(failed) : new QueueError(`the file of part ${wait.part.index} is not there`);
    } catch (error) {
      problem = error as Error;
    }
    // A failure of this scoring is one; of an earlier scoring, and for other reasons, the part is done again.
    if (wait.begun > 0 && !(problem instanceof QueueError)) throw problem;
    if (wait.begun >= MOST_BEGUN) {
      const remedy = "Do all machines have the same folder? Look at who writes to the queue";
      throw new QueueError(`bullExecutor: job ${job.id}: ${problem.message}, ${MOST_BEGUN} times. ${remedy}.`);
    }
    wait.again = true;
    await job.remove();
  }

  async #isThere({ file, bytes, sha256 }: PartResult): Promise<boolean> {
    const path = join(this.#own.job.output.path, file);
    const found = await stat(path).catch(() => null);
    return found?.isFile() === true && found.size === bytes && (await identityOf(path)).sha256 === sha256;
  }
}
