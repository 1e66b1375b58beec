/** Scores the parts of a file by the workers of a queue. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { identityOf } from "../scoring/files.js";
import type { Part, PartResult, ScoringJob } from "../scoring/job.js";
import { errorOf } from "../scoring/lanes.js";
import { idOfMessage, readReply, type ScoringMessage } from "../scoring/message.js";
import { QueueError } from "./errors.js";
import { type QueueJob, SCORING_JOB, SETTINGS } from "./library.js";
import { type OpenQueue, type Wait, Watch } from "./watch.js";

/** A part that waits for its result. */
interface Own {
  readonly part: Part;
  readonly message: ScoringMessage;
  /** Times that the job was put there, or begun anew, by this scoring. */
  begun: number;
}
type PartWait = Own & Wait<PartResult>;

/** Times that a part is done again whose file is not what its result says. */
const MOST_BEGUN = 3;

export interface WaitingPartsOptions extends OpenQueue {
  readonly job: ScoringJob;
  readonly messageOf: (part: Part) => ScoringMessage;
}

/** Parts that wait for their results: adds jobs, and checks the files that come. */
export class WaitingParts {
  readonly #own: WaitingPartsOptions;
  readonly #watch: Watch<Own, PartResult>;

  constructor(own: WaitingPartsOptions) {
    this.#own = own;
    this.#watch = new Watch(own, (id, wait) => this.#step(id, wait));
  }

  /** The result; `null` if the scoring ended first. */
  run(part: Part): Promise<PartResult | null> {
    const message = this.#own.messageOf(part);
    return this.#watch.run(idOfMessage(message), { part, message, begun: 0 });
  }

  close(): Promise<void> {
    return this.#watch.close();
  }

  async #step(id: string, wait: PartWait): Promise<void> {
    const job = await this.#own.jobs.getJob(id);
    if (!job) {
      if (this.#watch.waitOf(id) !== wait) return;
      wait.begun++;
      await this.#own.jobs.add(SCORING_JOB, wait.message, { ...SETTINGS, jobId: id });
    } else if (job.finishedOn) {
      const state = job.failedReason ? await job.getState() : "completed";
      if (state === "completed") await this.#take(job, wait);
      else if (state === "failed" && wait.begun > 0) throw this.#errorOf(job.failedReason ?? "", id);
      else if (state === "failed") {
        wait.begun++;
        await job.retry("failed");
      }
    }
  }

  /** Of a job that failed in this scoring. The words of a full server stay alone, as they get a remedy. */
  #errorOf(reason: string, id: string): Error {
    return this.#own.server.remedyOf(reason) ? new Error(reason) : new QueueError(`${reason} (job ${id})`);
  }

  async #take(job: QueueJob, wait: PartWait): Promise<void> {
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
