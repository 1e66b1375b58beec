/** The callbacks of a `fit`, who are told what happens. Loaded with the first fit that has any. */
import type { NonFiniteError } from "../base/errors.js";
import type { BatchPosition, Callback, Hooked, Trainer } from "../callbacks/callback.js";
import type { Logs } from "../callbacks/logTypes.js";
import { statesOf } from "./callbackStates.js";
import type { Fit } from "./fit.js";
import type { Told } from "./parts.js";
import { readLogs } from "./step.js";
import type { Run, StoredState } from "./trainingState.js";
import { whileUsable } from "./whileUsable.js";

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

export class Audience implements Told {
  readonly #fit: Fit;
  readonly #callbacks: readonly Callback[];
  readonly #trainer: Trainer;
  /** Callbacks with a hook for the start of a batch. */
  #beginners: readonly Callback[] = [];
  #listeners: readonly Callback[] = [];
  /** True if callbacks were told of the next batch. */
  #isAnnounced = false;
  /** Rows of the epoch before the running step. */
  #rowsBefore = 0;
  stepRows = 0;

  constructor(fit: Fit, trainer: Trainer) {
    this.#fit = fit;
    this.#callbacks = fit.parts.callbacks;
    this.#trainer = trainer;
  }

  trainBegin(): Promise<void> | null {
    return this.#callHooks(this.#callbacks, (callback) => callback.onTrainBegin?.(this.#trainer));
  }

  trainEnd(): Promise<void> | null {
    return this.#callHooks(this.#callbacks, (callback) => callback.onTrainEnd?.());
  }

  /** Calls one hook of callbacks in turn. Returns a promise only if one of them returned one. */
  #callHooks(callbacks: readonly Callback[], call: (callback: Callback) => Hooked, first = 0): Promise<void> | null {
    for (let i = first; i < callbacks.length; i++) {
      const result = call(callbacks[i]);
      if (!isPromise(result)) continue;
      const { host } = this.#fit.parts;
      return whileUsable(host, "fit", result).then(() => this.#callHooks(callbacks, call, i + 1) ?? undefined);
    }
    return null;
  }

  listen(): void {
    this.#beginners = this.#callbacks.filter((callback) => callback.onBatchBegin);
    this.#listeners = this.#callbacks.filter((callback) => callback.onBatchEnd);
  }

  states(): StoredState[] {
    return statesOf(this.#callbacks);
  }

  epochBegin(): Promise<void> | null {
    const { epoch, untold } = this.#fit.run;
    const pending = this.#callHooks(this.#callbacks, (callback) => callback.onEpochBegin?.(epoch));
    if (untold === undefined) return pending;
    return (pending ?? Promise.resolve()).then(() => this.#tellBatchEnd() ?? undefined);
  }

  epochEnd(end: NonNullable<Run["epochEnd"]>): Promise<void> | null {
    const { run } = this.#fit;
    const tell = (callback: Callback) => {
      end.next++;
      return callback.onEpochEnd?.(end.epoch, end.logs);
    };
    const done = () => {
      run.epochEnd = null;
    };
    const pending = this.#callHooks(this.#callbacks, tell, end.next);
    if (pending) return pending.then(done);
    done();
    return null;
  }

  batchBegin(): Promise<void> | null {
    this.#rowsBefore = this.#fit.run.rows;
    if (this.#beginners.length === 0 || this.#isAnnounced) {
      this.#isAnnounced = false;
      return null;
    }
    const position = this.#position(this.#fit.run.step);
    const told = this.#callHooks(this.#beginners, (callback) => callback.onBatchBegin?.(position));
    // Who aborts in a hook does not want the step any more, whether the hook is async or not.
    const pending = told ?? (this.#fit.parts.signal?.aborted ? Promise.resolve() : null);
    this.#isAnnounced = pending !== null;
    return pending;
  }

  batchEnd(): Promise<void> | null {
    const { run } = this.#fit;
    this.stepRows = run.rows - this.#rowsBefore;
    if (this.#listeners.length === 0) return null;
    run.untold = this.#listeners.length;
    return this.#tellBatchEnd();
  }

  /** Notifies the remaining listeners of the last step, which may be one from before the run was interrupted. */
  #tellBatchEnd(): Promise<void> | null {
    const { parts, run } = this.#fit;
    const { compiled, collector, session } = parts;
    const { rows, step, collected, untold = 0 } = run;
    if (collected) collector?.restore(collected, rows);
    const all = run.sums.length > 0 ? run.sums : session.readSums();
    const sums = { sum: (slot: number) => all[slot] };
    const judge = collector?.mark() ?? null;
    const position = this.#position(step - 1);
    const logs = () => readLogs(sums, compiled, rows, judge) as Logs;
    const listeners = this.#listeners.slice(-untold);
    let left = listeners.length;
    return this.#callHooks(listeners, (callback) => {
      run.untold = --left || undefined;
      return callback.onBatchEnd?.(position, logs);
    });
  }

  async endsQuietly(error: NonFiniteError): Promise<boolean> {
    let isQuiet = false;
    for (const callback of this.#callbacks) {
      const answer = callback.onNonFinite?.(error);
      if ((await whileUsable(this.#fit.parts.host, "fit", answer)) === true) isQuiet = true;
    }
    return isQuiet;
  }

  #position(step: number): BatchPosition {
    const { run, steps, parts } = this.#fit;
    const { epoch, rows } = run;
    return { epoch, step, stepsPerEpoch: steps, rows, totalRows: parts.source.totalRows };
  }
}
