/** Training as an async iteration: the consumer of the logs sets the pace. Knows only the options of `fit`. */

import { checkName } from "../base/errors.js";
import { type Callback, resolveCallbacks } from "../callbacks/callback.js";
import type { History, TrainLog } from "../callbacks/logTypes.js";
import { checkFit, FIT_KEYS, type FitOptions } from "./options.js";

/** Options of `train`. */
export interface TrainOptions extends FitOptions {
  /** The period of a log. @default "epoch" */
  every?: "epoch" | "batch";
}

/** Passes logs from training to the consumer, and holds training until the next pull. */
class Handoff {
  #log: TrainLog | null = null;
  #wake = () => {};
  #release = () => {};
  #isOpen = true;
  #hasEnded = false;

  /** Called by training; resolves when the consumer has finished with the log. */
  give(log: TrainLog): Promise<void> | null {
    if (!this.#isOpen) return null;
    this.#log = log;
    this.#wake();
    return new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  /** The next log; `null` when training has ended. */
  async take(): Promise<TrainLog | null> {
    this.#release();
    if (!this.#log && !this.#hasEnded) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const log = this.#log;
    this.#log = null;
    return log;
  }

  /** Called when training has ended: there are no more logs. */
  end(): void {
    this.#hasEnded = true;
    this.#wake();
  }

  /** Called when the consumer has left: training need not wait. */
  close(): void {
    this.#isOpen = false;
    this.#release();
  }
}

/** Runs `fit` and yields its logs. Leaving the iteration ends training after the running step. */
export async function* iterate<Custom extends string>(
  fit: (options: FitOptions) => Promise<History<Custom>>,
  given: TrainOptions,
): AsyncGenerator<TrainLog<Custom>, History<Custom>, undefined> {
  const every = checkName("train: every", given.every ?? "epoch", ["epoch", "batch"]);
  const options = fitOptionsOf(given);
  checkFit(options);
  resolveCallbacks(options.callbacks ?? []);
  const handoff = new Handoff();
  const stopper = new AbortController();
  const stop = () => stopper.abort();
  if (options.signal?.aborted) stop();
  options.signal?.addEventListener("abort", stop);
  const callbacks = [...(options.callbacks ?? []), every === "batch" ? perBatch(handoff) : perEpoch(handoff)];
  const training = fit({ ...options, callbacks, signal: stopper.signal });
  const end = () => handoff.end();
  const ended = training.then(end, end);
  try {
    for (let log = await handoff.take(); log; log = await handoff.take()) yield log as TrainLog<Custom>;
    return await training;
  } finally {
    options.signal?.removeEventListener("abort", stop);
    stop();
    handoff.close();
    await ended;
  }
}

/** All but `every`; inherited ones, which a spread would miss, become its own. */
function fitOptionsOf(given: TrainOptions): FitOptions {
  const { every: _, ...own } = given;
  const inherited = FIT_KEYS.filter((key) => given[key] !== undefined).map((key) => [key, given[key]]);
  return { ...own, ...Object.fromEntries(inherited) };
}

function perEpoch(handoff: Handoff): Callback {
  return { onEpochEnd: (epoch, logs) => handoff.give({ epoch, ...logs } as TrainLog) };
}

function perBatch(handoff: Handoff): Callback {
  return { onBatchEnd: ({ epoch, step }, logs) => handoff.give({ epoch, step, ...logs() }) };
}
