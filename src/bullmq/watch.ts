/** Jobs of a queue that somebody waits for. Knows the queue and its server; knows nothing about what jobs do. */
import type { Signal } from "../base/kinds.js";
import type { JobEvents, JobQueue } from "./library.js";
import { endOf, queueError, type Server, wordsOf } from "./server.js";

/** Milliseconds after which jobs are looked at without an event, which may be lost with a server. */
const POLL = 500;

/** A job that is waited for. */
export interface Wait<Result> {
  readonly settle: (result: Result | null) => void;
  readonly fail: (error: unknown) => void;
  isBusy: boolean;
  /** Look once more after what is happening to it now. */
  again: boolean;
}

/** A queue that is open. */
export interface OpenQueue {
  readonly server: Server;
  readonly jobs: JobQueue;
  readonly events: JobEvents;
  readonly warn: (message: string) => void;
  readonly signal: Signal;
}

/** Looks at each job after its events, and twice a second, one look at a time, until its result has come. */
export class Watch<Own extends object, Result> {
  readonly #queue: OpenQueue;
  readonly #step: (id: string, wait: Own & Wait<Result>) => Promise<void>;
  readonly #waits = new Map<string, Own & Wait<Result>>();
  /** Steps under way: one of them may be putting its job into the queue. */
  readonly #steps = new Set<Promise<void>>();
  readonly #timer: ReturnType<typeof setInterval>;
  /** Jobs are being taken out of the queue, because the signal came. */
  #dropping: Promise<void> = Promise.resolve();
  readonly #onAbort = () => {
    this.#dropping = this.#drop();
  };

  /** @param step looks at a job: puts it into the queue, or settles it */
  constructor(queue: OpenQueue, step: (id: string, wait: Own & Wait<Result>) => Promise<void>) {
    this.#queue = queue;
    this.#step = step;
    const look = ({ jobId }: { jobId: string }) => void this.#look(jobId);
    queue.events.on("completed", look);
    queue.events.on("failed", look);
    this.#timer = setInterval(() => {
      for (const id of this.#waits.keys()) void this.#look(id);
    }, POLL);
    queue.signal.addEventListener("abort", this.#onAbort);
  }

  /** The job with that name, if it is waited for. */
  waitOf(id: string): (Own & Wait<Result>) | undefined {
    return this.#waits.get(id);
  }

  /** The result of a job; `null` if the signal came, or the watch was closed, first. */
  run(id: string, own: Own): Promise<Result | null> {
    if (this.#queue.signal.aborted) return Promise.resolve(null);
    return new Promise<Result | null>((settle, fail) => {
      this.#waits.set(id, { ...own, settle, fail, isBusy: false, again: false });
      void this.#look(id);
    }).finally(() => this.#waits.delete(id));
  }

  /** Ends all waits, takes their jobs out of the queue, and closes it: all that only as far as the server is there. */
  async close(): Promise<void> {
    const { server, jobs, events, signal } = this.#queue;
    clearInterval(this.#timer);
    signal.removeEventListener("abort", this.#onAbort);
    const end = async () => {
      await this.#dropping;
      await this.#drop();
      await events.close();
      await jobs.close();
    };
    await endOf(server, end(), () => Promise.all([events.disconnect(), jobs.disconnect()]));
  }

  /** Takes jobs that no worker has begun out of the queue; those that run end by themselves, and are kept. */
  async #drop(): Promise<void> {
    const left = [...this.#waits];
    this.#waits.clear();
    for (const [, wait] of left) wait.settle(null);
    await Promise.allSettled(this.#steps);
    await Promise.all(
      left.map(async ([id]) => {
        const job = await this.#queue.jobs.getJob(id);
        if (job && !job.finishedOn) await job.remove().catch(() => {}); // a worker has it
      }),
    ).catch(() => {}); // without a server there is nothing to take out
  }

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
      const { server, warn } = this.#queue;
      if (server.isAway(error)) warn(`bullExecutor: ${wordsOf(error)}: waiting for the server.`);
      else wait.fail(queueError("bullExecutor", error, server));
    } finally {
      wait.isBusy = false;
    }
  }
}
