/** The callbacks of one `fit` in a worker, on the caller's side, with a trainer that speaks for the distant one. */
import { BackendError } from "../../errors.js";
import type { Callback, Trainer } from "../callbacks/callback.js";
import { type HookAnswer, type HookCall, type TrainerState, type TravellingHook, travellingHooks } from "./protocol.js";

export class CallbackSession {
  readonly #callbacks: readonly Callback[];
  readonly #signal: AbortSignal | null;
  #onAbort = () => {};
  #state: TrainerState = {
    ...{ stopTraining: false, learningRate: 0, epochs: 0, isInterrupted: false },
    ...{ metrics: [], validationFreq: null, initialEpoch: 0 },
  };
  #learningRate: number | null = null;
  #weights: Float32Array | null = null;
  #file: Uint8Array<ArrayBuffer> | null = null;
  #restore: Float32Array | null = null;
  #resumeFrom: Uint8Array | null = null;
  /** What a callback threw. */
  failure: unknown;

  constructor(callbacks: readonly Callback[], signal: AbortSignal | null) {
    this.#callbacks = callbacks;
    this.#signal = signal;
  }

  /** Hooks that any of them has. */
  get hooks(): TravellingHook[] {
    return travellingHooks.filter((hook) => this.#callbacks.some((callback) => callback[hook]));
  }

  get isAborted(): boolean {
    return this.#signal?.aborted === true;
  }

  /** Calls `onAbort` when the signal is aborted. */
  follow(onAbort: () => void): void {
    this.#onAbort = onAbort;
    this.#signal?.addEventListener("abort", onAbort, { once: true });
  }

  end(): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }

  /** Calls the hook of each callback in turn, and waits for those that are asynchronous. */
  async run({ hook, args, logs, state, weights, file }: HookCall): Promise<HookAnswer> {
    this.#state = state;
    this.#weights = weights;
    this.#file = file;
    this.#learningRate = null;
    this.#restore = null;
    this.#resumeFrom = null;
    const given = [...args];
    if (hook === "onTrainBegin") given.push(this.#trainer());
    if (hook === "onBatchEnd") given.push(() => logs);
    if (hook === "onEpochEnd") given.push(logs);
    let hasFailed = false;
    try {
      for (const callback of this.#callbacks) {
        await (callback[hook] as ((...given: unknown[]) => unknown) | undefined)?.apply(callback, given);
      }
    } catch (error) {
      this.failure = error;
      hasFailed = true;
    }
    return {
      stopTraining: this.#state.stopTraining,
      learningRate: this.#learningRate,
      restore: this.#restore,
      resumeFrom: this.#resumeFrom,
      hasFailed,
    };
  }

  #trainer(): Trainer {
    const session = this;
    const given = <T>(name: string, value: T | null): T => {
      if (value !== null) return value;
      throw new BackendError(`${name}: with worker: true only in onTrainBegin, onEpochEnd and onTrainEnd.`);
    };
    return {
      get stopTraining() {
        return session.#state.stopTraining;
      },
      set stopTraining(stopTraining) {
        session.#state = { ...session.#state, stopTraining };
      },
      get learningRate() {
        return session.#state.learningRate;
      },
      set learningRate(learningRate) {
        session.#learningRate = learningRate;
        session.#state = { ...session.#state, learningRate };
      },
      get epochs() {
        return session.#state.epochs;
      },
      get metrics() {
        return session.#state.metrics;
      },
      get validationFreq() {
        return session.#state.validationFreq;
      },
      get initialEpoch() {
        return session.#state.initialEpoch;
      },
      get isInterrupted() {
        return session.#state.isInterrupted;
      },
      signal: session.#signal,
      snapshot: () => given("snapshot", session.#weights).slice(),
      save: () => given("save", session.#file).slice(),
      restore(weights) {
        session.#restore = weights.slice();
        session.#weights = weights.slice();
      },
      resumeFrom(file) {
        session.#resumeFrom = file.slice();
      },
      inspect() {
        throw new BackendError("inspect: not with worker: true. Make the model without, to look into its steps.");
      },
    };
  }
}
