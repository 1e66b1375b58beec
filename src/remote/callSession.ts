/**
 * The caller's side of one call: callbacks and warnings, which run here, and streams, which are read here. Answers the
 * questions of the worker about them. Knows no threads.
 */

import type { NonFiniteError } from "../base/errors.js";
import type { Signal } from "../base/kinds.js";
import type { Callback, CallbackState } from "../callbacks/callback.js";
import { hookNames, resolveCallbacks } from "../callbacks/callback.js";
import { progress } from "../callbacks/progress.js";
import { controls } from "../callbacks/trainingControl.js";
import { batchPipeline, type Pipeline } from "../data/pipeline.js";
import { isInMemory } from "../data/readArrays.js";
import type { Stream } from "../data/stream.js";
import { type CheckedFit, checkFit, FIT_KEYS, type FitOptions } from "../training/options.js";
import { CallerTrainer, type TrainerLine } from "./callerTrainer.js";
import {
  type CallbackShape,
  fromPlainError,
  type HookAnswer,
  type HookArgument,
  type HookQuestion,
  type PlainError,
  type PullAnswer,
  type PullQuestion,
  type Question,
  type SentState,
} from "./protocol.js";
import { StreamReference } from "./values.js";

/** Rows to fetch at a time from a stream of rows, without a `batchSize`. */
const ROWS = 32;

/** Options of `fit` that stay with the caller. */
const STAYING: readonly (keyof FitOptions)[] = ["callbacks", "signal", "verbose", "onWarning"];

export class CallSession {
  /** The last error thrown by the caller's code. */
  #failure: { readonly error: unknown } | null = null;
  #callbacks: readonly Callback[] = [];
  #onWarning: CheckedFit["onWarning"] = console.warn;
  #trainer: CallerTrainer | null = null;
  #nonFinite: NonFiniteError | null = null;
  readonly #streams: Pipeline<unknown>[] = [];
  readonly #walks = new Map<number, AsyncIterator<unknown>>();
  signal: Signal | null = null;
  /** Questions that the caller's code has yet to answer. */
  #questions = 0;
  #onAbort = () => {};

  /** The arguments of `fit` that go to the worker. @throws OptionError, as `fit` does. */
  forFit(data: unknown, options: FitOptions): unknown[] {
    const { signal = null, verbose, onWarning, ...checked } = checkFit(options);
    const callbacks = resolveCallbacks(checked.callbacks ?? []);
    this.#callbacks = verbose > 0 ? [...callbacks, progress()] : callbacks;
    this.signal = signal;
    this.#onWarning = onWarning;
    const { batchSize: rows, validationData } = options;
    // The worker has its own versions of those that stay here. Inherited options count too.
    const given = FIT_KEYS.filter((key) => key in options && !STAYING.includes(key));
    const rest = Object.fromEntries(given.map((key) => [key, options[key]]));
    const validation = validationData !== undefined && {
      validationData: this.data("fit: validationData", validationData, rows),
    };
    return [this.data("fit", data, rows), { ...rest, ...validation }];
  }

  /** Data in the form sent to the worker; for a stream, which stays here, a reference. */
  data(where: string, data: unknown, rows: unknown = ROWS): unknown {
    if (isInMemory(data)) return data;
    const pipeline = batchPipeline(where, data as Stream);
    const count = pipeline.isBatched || !Number.isSafeInteger(rows) ? 1 : Math.max(1, rows as number);
    return new StreamReference(this.#streams.push(pipeline) - 1, pipeline.isBatched, count);
  }

  /** Facts about the callbacks for the worker; `canAsk` is true if their trainer can ask the worker. */
  shapes(canAsk: boolean): CallbackShape[] {
    const states = this.states();
    // A callback may use the trainer given to another.
    const hasTrainer = this.#callbacks.some((callback) => callback.onTrainBegin && !controls.has(callback));
    return this.#callbacks.map((callback, i) => {
      const hooks = [...hookNames, "setState" as const].filter((hook) => callback[hook]);
      const isAhead = !canAsk && hasTrainer && !controls.has(callback);
      return { name: callback.name, hooks, isAhead, state: states[i] };
    });
  }

  /** False while the worker only waits for the caller's code, which may never answer. An abort ends the waiting. */
  get isWorking(): boolean {
    return this.#questions === 0 || this.signal?.aborted === true;
  }

  get hasStates(): boolean {
    return this.#callbacks.some(({ getState }) => getState);
  }

  /** The states of callbacks, to be sent. An error of `getState` counts when the state is needed, as it would here. */
  states(): SentState[] {
    return this.#callbacks.map((callback) => {
      try {
        return callback.getState ? callback.getState() : null;
      } catch (error) {
        this.fail(error);
        return "failed";
      }
    });
  }

  /** The states of callbacks for a file. @throws errors of `getState` */
  #statesToSave(): (CallbackState | null)[] {
    return this.#callbacks.map((callback) => callback.getState?.() ?? null);
  }

  /** Called when the call is posted: the trainer reaches the worker by `line`, and an abort calls `onAbort`. */
  begin(line: Omit<TrainerLine, "states" | "signal">, onAbort: () => void): void {
    const { signal } = this;
    this.#trainer = new CallerTrainer({ ...line, states: () => this.#statesToSave(), signal });
    this.#onAbort = onAbort;
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted) onAbort();
  }

  /** Called when the call is over, however it ended: closes streams that are still open. */
  end(): void {
    this.signal?.removeEventListener("abort", this.#onAbort);
    for (const walk of this.#walks.values()) {
      try {
        walk.return?.()?.catch(() => {});
      } catch {} // nobody waits for it now
    }
    this.#walks.clear();
  }

  /** The error that the call rejects with. */
  errorOf(error: PlainError, isCallers: boolean): unknown {
    if (isCallers && this.#failure) return this.#failure.error;
    const known = this.#nonFinite;
    return known && error.name === known.name && error.message === known.message ? known : fromPlainError(error);
  }

  /** Remembers an error of the caller's code. */
  fail(error: unknown): void {
    this.#failure = { error };
  }

  /** Answers a question of the worker. @throws errors of the caller's code */
  async answer(question: Question): Promise<HookAnswer | PullAnswer | null> {
    this.#questions++;
    try {
      if (question.type === "hook") return await this.#callHook(question);
      if (question.type !== "warn") return await this.#pull(question);
      await this.#onWarning(question.message);
      return null;
    } finally {
      this.#questions--;
    }
  }

  async #callHook({ callback: place, hook, args, trainer }: HookQuestion): Promise<HookAnswer> {
    if (trainer) this.#trainer?.update(trainer);
    const callback = this.#callbacks[place];
    const given = args.map((argument) => this.#argument(argument));
    const returned = await (callback[hook] as (...args: unknown[]) => unknown).apply(callback, given);
    return { returned: returned === true, logs: given[1], states: this.states() };
  }

  #argument(argument: HookArgument): unknown {
    switch (argument.kind) {
      case "trainer":
        return this.#trainer?.trainer;
      case "error":
        this.#nonFinite = fromPlainError(argument.error) as NonFiniteError;
        return this.#nonFinite;
      case "returned":
        return () => argument.value;
      case "value":
        return argument.value;
      default:
        throw argument satisfies never;
    }
  }

  async #pull({ type, stream, walk, epoch, count }: PullQuestion): Promise<PullAnswer> {
    if (type === "return") {
      const open = this.#walks.get(walk);
      this.#walks.delete(walk);
      await open?.return?.();
      return { elements: [], isDone: true };
    }
    let iterator = this.#walks.get(walk);
    if (!iterator) {
      iterator = this.#streams[stream].iterate(epoch)[Symbol.asyncIterator]();
      this.#walks.set(walk, iterator);
    }
    const elements: unknown[] = [];
    while (elements.length < count) {
      const next = await iterator.next();
      if (next.done) {
        this.#walks.delete(walk);
        return { elements, isDone: true };
      }
      elements.push(next.value);
    }
    return { elements, isDone: false };
  }
}
