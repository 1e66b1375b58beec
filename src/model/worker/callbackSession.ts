/** The callbacks of one `fit` in a worker, on the caller's side, each with a trainer that speaks for the distant one. */
import { BackendError, OptionError, show } from "../../errors.js";
import { kindOf, type Signal } from "../../kinds.js";
import {
  type BatchPosition,
  type Callback,
  type CallbackState,
  type HookName,
  hookNames,
  type Trainer,
  type TrainerNeed,
} from "../callbacks/callback.js";
import { type DistantCallback, fromPlainError, type HookAnswer, type HookCall, type TrainerData } from "./protocol.js";
import { withState } from "./stateInFile.js";

/** Gets what a trainer may be asked for. */
type Fetch = (needs: readonly TrainerNeed[]) => Promise<TrainerData>;

const NOTHING: TrainerData = { weights: null, file: null, step: null };

export class CallbackSession {
  readonly #callbacks: readonly Callback[];
  readonly #signal: Signal | null;
  /** One for each callback, which keeps what it was given in `onTrainBegin`. */
  readonly #trainers: readonly DistantTrainer[];
  #onAbort = () => {};
  /** What a callback threw while it was given its state. */
  #stateFailure: { readonly cause: unknown } | null = null;

  constructor(callbacks: readonly Callback[], signal: Signal | null) {
    this.#callbacks = callbacks;
    this.#signal = signal;
    const withStates = callbacks.filter(({ getState }) => getState);
    this.#trainers = callbacks.map((callback) => new DistantTrainer(callback, withStates.indexOf(callback), signal));
  }

  /** What the worker must know of the callbacks. */
  describe(): DistantCallback[] {
    return this.#callbacks.map((callback) => {
      const hooks = hookNames.filter((hook) => callback[hook]);
      return { name: callback.name, hooks, state: stateOf(callback) };
    });
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

  /** Gives a callback its state back. What it throws ends the fit at the next hook. */
  setState(index: number, state: CallbackState): void {
    try {
      this.#callbacks[index].setState?.(state);
    } catch (cause) {
      this.#stateFailure = { cause };
    }
  }

  /** Calls a hook, and waits for one that is asynchronous. @throws what it throws */
  async run(call: HookCall, fetch: Fetch): Promise<HookAnswer> {
    if (this.#stateFailure) throw this.#stateFailure.cause;
    const callback = this.#callbacks[call.index];
    const needs = needsOf(callback, call);
    const trainer = this.#trainers[call.index];
    trainer.begin(call, needs.length > 0 ? await fetch(needs) : NOTHING);
    const result = await (callback[call.hook] as (...given: unknown[]) => unknown).apply(
      callback,
      argumentsOf(call, trainer.face),
    );
    return trainer.answer(stateOf(callback), result === true);
  }
}

function stateOf(callback: Callback): CallbackState | null {
  return callback.getState ? callback.getState() : null;
}

/** What a callback may ask its trainer for in this hook: everything, unless it says; nothing if it was given no trainer. */
function needsOf(callback: Callback, { hook, args }: HookCall): readonly TrainerNeed[] {
  if (!callback.onTrainBegin || hook === "onNonFinite") return [];
  if (callback.needs) return callback.needs(hook, (hook === "onBatchEnd" ? args[0] : null) as BatchPosition | null);
  return hook === "onTrainBegin" || hook === "onTrainEnd" ? ["weights", "file"] : ["weights", "file", "step"];
}

function argumentsOf({ hook, args, logs, error }: HookCall, trainer: Trainer): unknown[] {
  switch (hook) {
    case "onTrainBegin":
      return [trainer];
    case "onBatchEnd":
      return [...args, () => logs];
    case "onEpochEnd":
      return [...args, logs];
    case "onNonFinite":
      return error ? [fromPlainError(error)] : [];
    default:
      return [...args];
  }
}

/** The trainer of one callback: it answers from what was fetched, and remembers what it was told. */
class DistantTrainer {
  #hook: HookName = "onTrainBegin";
  #data = NOTHING;
  #state: HookCall["state"] = {
    ...{ stopTraining: false, learningRate: 0, isInterrupted: false },
    ...{ initialEpoch: 0, epochs: 0, metrics: [], validationFreq: null },
  };
  #learningRate: number | null = null;
  #restore: Float32Array | null = null;
  #resumeFrom: Uint8Array | null = null;
  readonly #callback: Callback;
  /** Its place among the callbacks that have a state, or -1. */
  readonly #place: number;
  readonly face: Trainer;

  constructor(callback: Callback, place: number, signal: Signal | null) {
    this.#callback = callback;
    this.#place = place;
    this.face = this.#makeFace(signal);
  }

  begin({ hook, state }: HookCall, data: TrainerData): void {
    this.#hook = hook;
    this.#data = data;
    this.#state = state;
    this.#learningRate = null;
    this.#restore = null;
    this.#resumeFrom = null;
  }

  answer(state: CallbackState | null, isForgiven: boolean): HookAnswer {
    const { stopTraining } = this.#state;
    const [learningRate, restore, resumeFrom] = [this.#learningRate, this.#restore, this.#resumeFrom];
    return { stopTraining, learningRate, restore, resumeFrom, state, isForgiven, hasFailed: false };
  }

  #given<T>(name: string, value: T | null): T {
    if (value !== null) return value;
    throw new BackendError(
      `${name}: with worker: true this must be in what needs() of the callback returns for ${this.#hook}.`,
    );
  }

  #save(): Uint8Array<ArrayBuffer> {
    const file = this.#given("save", this.#data.file);
    const state = stateOf(this.#callback);
    return state ? withState(file, this.#place, state) : file.slice();
  }

  #makeFace(signal: Signal | null): Trainer {
    const own = this;
    return {
      get stopTraining() {
        return own.#state.stopTraining;
      },
      set stopTraining(stopTraining) {
        own.#state = { ...own.#state, stopTraining };
      },
      get learningRate() {
        return own.#state.learningRate;
      },
      set learningRate(learningRate) {
        own.#learningRate = learningRate;
        own.#state = { ...own.#state, learningRate };
      },
      get epochs() {
        return own.#state.epochs;
      },
      get metrics() {
        return own.#state.metrics;
      },
      get validationFreq() {
        return own.#state.validationFreq;
      },
      get initialEpoch() {
        return own.#state.initialEpoch;
      },
      get isInterrupted() {
        return own.#state.isInterrupted;
      },
      signal,
      snapshot: () => own.#given("snapshot", own.#data.weights).slice(),
      save: () => own.#save(),
      restore(weights) {
        const length = own.#data.weights?.length ?? weights?.length;
        if (kindOf(weights) !== "Float32Array" || weights.length !== length) {
          throw new OptionError(`restore: expected what snapshot() returned, got ${show(weights)}.`);
        }
        own.#restore = weights.slice();
        own.#data = { ...own.#data, weights: weights.slice() };
      },
      resumeFrom(file) {
        if (own.#hook !== "onTrainBegin") {
          throw new OptionError("resumeFrom: training has begun. Call it in onTrainBegin.");
        }
        own.#resumeFrom = file.slice();
      },
      inspect(rows) {
        const { activations, gradients, weights } = own.#given("inspect", own.#data.step);
        const first = (tensor: (typeof activations)[number]) => {
          const [all, ...shape] = tensor.shape;
          return { ...tensor, shape: [rows, ...shape], data: tensor.data.slice(0, (tensor.data.length / all) * rows) };
        };
        return { activations: activations.map(first), gradients, weights };
      },
    };
  }
}
