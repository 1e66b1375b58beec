/** The callbacks of a `fit`, who are told what happens. Loaded with the first fit that has any. */
import type { NonFiniteError } from "../base/errors.js";
import { show } from "../base/errors.js";
import { copyObject } from "../base/json.js";
import type { BatchPosition, Callback, CallbackState, Hooked, Trainer } from "../callbacks/callback.js";
import type { Logs } from "../callbacks/logTypes.js";
import type { Fit } from "./fit.js";
import type { Told } from "./parts.js";
import { readLogs } from "./step.js";
import { isFloat32Array, type Run, type StoredState } from "./trainingState.js";

/** Calls one hook of all callbacks in turn. Returns a promise only if one of them returned one. */
function callHooks(
  callbacks: readonly Callback[],
  call: (callback: Callback) => Hooked,
  first = 0,
): Promise<void> | null {
  for (let i = first; i < callbacks.length; i++) {
    const result = call(callbacks[i]);
    if (isPromise(result)) return result.then(() => callHooks(callbacks, call, i + 1) ?? undefined);
  }
  return null;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** The states of the callbacks, in their order. @throws OptionError for values that a file cannot hold. */
function statesOf(callbacks: readonly Callback[]): StoredState[] {
  return callbacks.flatMap(({ name, getState }, i) => {
    if (!getState) return [];
    const where = `fit: callbacks: ${show(name)}: getState`;
    return [{ name: name as string, state: copyState(where, getState.call(callbacks[i])) }];
  });
}

/** A copy of the state of a callback. @throws OptionError for values that a file cannot hold. */
export function copyState(where: string, state: CallbackState): CallbackState {
  const copied = copyObject(where, withoutUndefined(state), (value) => {
    if (typeof value === "number") return value;
    return isFloat32Array(value) ? value.slice() : undefined;
  });
  return copied as CallbackState;
}

function withoutUndefined(state: CallbackState): CallbackState {
  if (typeof state !== "object" || state === null || Array.isArray(state)) return state;
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined));
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

  constructor(fit: Fit, trainer: Trainer) {
    this.#fit = fit;
    this.#callbacks = fit.parts.callbacks;
    this.#trainer = trainer;
  }

  trainBegin(): Promise<void> | null {
    return callHooks(this.#callbacks, (callback) => callback.onTrainBegin?.(this.#trainer));
  }

  trainEnd(): Promise<void> | null {
    return callHooks(this.#callbacks, (callback) => callback.onTrainEnd?.());
  }

  listen(): void {
    this.#beginners = this.#callbacks.filter((callback) => callback.onBatchBegin);
    this.#listeners = this.#callbacks.filter((callback) => callback.onBatchEnd);
  }

  states(): StoredState[] {
    return statesOf(this.#callbacks);
  }

  epochBegin(): Promise<void> | null {
    const { epoch } = this.#fit.run;
    return callHooks(this.#callbacks, (callback) => callback.onEpochBegin?.(epoch));
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
    const pending = callHooks(this.#callbacks, tell, end.next);
    if (pending) return pending.then(done);
    done();
    return null;
  }

  batchBegin(): Promise<void> | null {
    if (this.#beginners.length === 0 || this.#isAnnounced) {
      this.#isAnnounced = false;
      return null;
    }
    const position = this.#position(this.#fit.run.step);
    const pending = callHooks(this.#beginners, (callback) => callback.onBatchBegin?.(position));
    this.#isAnnounced = pending !== null;
    return pending;
  }

  batchEnd(): Promise<void> | null {
    if (this.#listeners.length === 0) return null;
    const { parts, run } = this.#fit;
    const { compiled, collector, session } = parts;
    const { rows, step } = run;
    const all = session.readSums();
    const sums = { sum: (slot: number) => all[slot] };
    const judge = collector?.mark() ?? null;
    const position = this.#position(step - 1);
    const logs = () => readLogs(sums, compiled, rows, judge) as Logs;
    return callHooks(this.#listeners, (callback) => callback.onBatchEnd?.(position, logs));
  }

  async endsQuietly(error: NonFiniteError): Promise<boolean> {
    let isQuiet = false;
    for (const callback of this.#callbacks) if ((await callback.onNonFinite?.(error)) === true) isQuiet = true;
    return isQuiet;
  }

  #position(step: number): BatchPosition {
    const { run, steps, parts } = this.#fit;
    const { epoch, rows } = run;
    return { epoch, step, stepsPerEpoch: steps, rows, totalRows: parts.source.totalRows };
  }
}
