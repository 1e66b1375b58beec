/**
 * What a model remembers of its training, so that an interrupted `fit` can go on bit for bit: how far it has come, where the
 * run stands with its running sums, and the states of its callbacks. Knows neither sessions nor how a step is taken.
 */
import { OptionError, show } from "../base/errors.js";
import { copyObject } from "../base/json.js";
import { kindOf } from "../base/kinds.js";
import type { Callback, CallbackState } from "../callbacks/callback.js";
import type { Logs } from "../callbacks/logTypes.js";
import type { NamedTensor } from "../formats/safetensors.js";
import type { Collected } from "./collector.js";
import type { CheckedFit } from "./options.js";

/** How far a model has been trained, from one `fit` to the next. */
export interface Progress {
  /** Batches trained on since `compile`: optimizer steps, unless gradients are accumulated over several. */
  step: number;
  /** Epochs finished since the model was made: with the seed it decides the next shuffle. */
  epoch: number;
  /** The rate that a callback has set in place of the optimizer's own. */
  learningRate: number | null;
}

/** What must be the same when a run resumes within an epoch. `null` for what a stream does not say. */
export interface RunConditions {
  readonly batchSize: number | null;
  readonly rows: number | null;
  readonly shuffle: boolean | null;
  readonly stepsPerEpoch: number | null;
}

/** The state of one callback. */
export interface StoredState {
  readonly name: string;
  readonly state: CallbackState;
}

/** An epoch that is over, but not yet for all callbacks. */
export interface EpochEnd {
  readonly epoch: number;
  readonly logs: Logs<string>;
  /** The first callback that has not been told. */
  next: number;
}

/** Where a run stands. */
export interface Run {
  readonly conditions: RunConditions;
  /** The running epoch, or the one that comes next. */
  epoch: number;
  /** Steps taken in it, and rows in them. */
  step: number;
  rows: number;
  /** The pass over the data that is read, and batches taken from it. */
  pass: number;
  batch: number;
  epochEnd: EpochEnd | null;
  /** Was it to stop behind this epoch? */
  isStopping: boolean;
  /** Sums of loss and metrics over the steps of this epoch. */
  sums: readonly number[];
  /** Rows of this epoch, where a metric needs them all. */
  collected: Collected | null;
  callbacks: readonly StoredState[];
}

/** The beginning of a run. */
export function beginRun(conditions: RunConditions, epoch: number, pass: number): Run {
  const place = { epoch, step: 0, rows: 0, pass, batch: 0 };
  return { conditions, ...place, epochEnd: null, isStopping: false, sums: [], collected: null, callbacks: [] };
}

/** The run, to go on. @throws OptionError where an epoch that was interrupted cannot go on under other conditions. */
export function checkConditions(run: Run, conditions: RunConditions): Run {
  const copy = { ...run, conditions, epochEnd: run.epochEnd && { ...run.epochEnd } };
  if (run.step === 0 && run.batch === 0) return copy;
  for (const name of ["rows", "batchSize", "shuffle", "stepsPerEpoch"] as const) {
    const [before, now] = [run.conditions[name], conditions[name]];
    if (before === now) continue;
    throw new OptionError(
      `fit: resume: epoch ${run.epoch} was interrupted at step ${run.step} with ${name} ${before}, and now it is ` +
        `${now}. Give the same data and options, or leave out resume to begin the epoch again.`,
    );
  }
  return copy;
}

/** What the callbacks remember, in their order. @throws OptionError for what a file cannot hold. */
export function statesOf(callbacks: readonly Callback[]): StoredState[] {
  return callbacks.flatMap(({ name, getState }, i) => {
    if (!getState) return [];
    const where = `fit: callbacks: ${show(name)}: getState`;
    return [{ name: name as string, state: copyState(where, getState.call(callbacks[i])) }];
  });
}

function copyState(where: string, state: CallbackState): CallbackState {
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

function isFloat32Array(value: unknown): value is Float32Array {
  return kindOf(value) === "Float32Array";
}

/** Gives callbacks their states back, by name and order. @throws OptionError for a state that nobody takes. */
export async function restoreStates(callbacks: readonly Callback[], states: readonly StoredState[]): Promise<void> {
  const waiting = callbacks.filter(({ setState }) => setState);
  for (const { name, state } of states) {
    const place = waiting.findIndex((callback) => callback.name === name);
    if (place < 0) {
      throw new OptionError(
        `fit: resume: the interrupted fit had the callback ${show(name)}, and now there is none. ` +
          `Give the same callbacks, or leave out resume.`,
      );
    }
    const [callback] = waiting.splice(place, 1);
    await callback.setState?.(copyState(`fit: resume: ${show(name)}`, state));
  }
}

/**
 * A run as JSON, and the arrays beside it. In sums, logs and states `{ number }` is one that JSON lacks, `{ tensor }` an array
 * by the name of its tensor, or `null` for an empty one, and `{ object }` an object.
 */
export function storeRun(run: Run): { json: object; tensors: NamedTensor[] } {
  const tensors = new Map<string, NamedTensor>();
  const store = (place: string, value: unknown): unknown => {
    if (typeof value === "number" && Object.is(value, -0)) return { number: "-0" };
    if (typeof value === "number" && !Number.isFinite(value)) return { number: String(value) };
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((item, i) => store(`${place}/${i}`, item));
    if (!isFloat32Array(value)) return { object: storeAll(place, value) };
    if (value.length === 0) return { tensor: null };
    let name = `fit/${place}`;
    while (tensors.has(name)) name += "_";
    tensors.set(name, { name, shape: [value.length], data: value });
    return { tensor: name };
  };
  const storeAll = (place: string, values: object) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, store(`${place}/${key}`, value)]));
  const { epochEnd, sums, collected } = run;
  const json = {
    ...run,
    epochEnd: epochEnd && { ...epochEnd, logs: storeAll("logs", epochEnd.logs) },
    sums: store("sums", sums),
    collected: collected && storeAll("epoch", collected),
    callbacks: run.callbacks.map(({ name, state }, i) => ({ name, state: storeAll(`${i}/${name}`, state) })),
  };
  return { json, tensors: [...tensors.values()] };
}

/** What an optimizer remembers beside the slots of its parameters. */
export interface OptimizerMemory {
  /** Forgets everything: the weights are others. */
  reset(): void;
  /** As tensors for a file. */
  save(): NamedTensor[];
}

/** The `fit` that is under way, as far as it is to be remembered. */
export interface LiveRun {
  /** Replaced where a callback resumes from a file. */
  run: Run;
  /** True if the run would go on, had it not been aborted. */
  readonly isUnfinished: boolean;
  /** True once there is anything that a resumed run must know of. */
  readonly hasBegun: boolean;
  /** The run as it is now, to resume from. */
  snapshot(): Run;
}

export class TrainingMemory {
  readonly progress: Progress = { step: 0, epoch: 0, learningRate: null };
  /** Of an optimizer that has a memory, once it is used. */
  optimizer: OptimizerMemory | null = null;
  /** The run that was interrupted last. */
  #interrupted: Run | null = null;
  #live: LiveRun | null = null;
  /** True after loading a file without the optimizer's memory, until training begins. */
  #isForgotten = false;

  /** Forgets what belongs to an optimizer. */
  forget(): void {
    Object.assign(this.progress, this.untrained);
    this.optimizer = null;
    this.#interrupted = null;
    this.#isForgotten = false;
  }

  /** The progress without what belongs to an optimizer. */
  get untrained(): Progress {
    return { step: 0, epoch: this.progress.epoch, learningRate: null };
  }

  /** A new run, or with `resume` the interrupted one. @throws OptionError where that cannot go on. */
  openRun({ resume, initialEpoch }: CheckedFit, conditions: RunConditions): Run {
    if (resume) return this.#resumed(conditions);
    return beginRun(conditions, initialEpoch, this.progress.epoch);
  }

  /** Lets the `fit` that is about to begin go on with the run that was loaded. @throws OptionError as `openRun`. */
  resumeLive(): void {
    if (this.#live) this.#live.run = this.#resumed(this.#live.run.conditions);
  }

  #resumed(conditions: RunConditions): Run {
    if (this.#isForgotten) {
      throw new OptionError(
        "fit: resume: the model was saved with optimizer: false. Leave out resume, or save without it.",
      );
    }
    const { epoch } = this.progress;
    return checkConditions(this.#interrupted ?? beginRun(conditions, epoch, epoch), conditions);
  }

  begin(live: LiveRun): void {
    this.#isForgotten = false;
    this.#live = live;
  }

  /** Keeps what is needed to resume, if the run would have gone on. */
  end(): void {
    const live = this.#live;
    this.#live = null;
    if (live) this.#interrupted = this.#current(live);
  }

  /** As JSON for a file, and tensors beside it. */
  store(): { description: object; tensors: NamedTensor[] } {
    const run = this.#live ? this.#current(this.#live) : this.#interrupted;
    const own = this.optimizer?.save() ?? [];
    if (!run) return { description: { progress: this.progress }, tensors: own };
    const { json, tensors } = storeRun(run);
    return { description: { progress: this.progress, run: json }, tensors: [...own, ...tensors] };
  }

  /** Takes what `store` gave; `isForgotten` where the file has nothing of the optimizer's. */
  load(progress: Progress, run: Run | null, isForgotten: boolean): void {
    Object.assign(this.progress, progress);
    this.#interrupted = run;
    this.#isForgotten = isForgotten;
  }

  /** The live run; the one before it where it has not begun; `null` where it is over. */
  #current(live: LiveRun): Run | null {
    if (!live.isUnfinished) return null;
    return live.hasBegun ? live.snapshot() : this.#interrupted;
  }
}
