/**
 * The state of a model's training, so that an interrupted `fit` can resume bit for bit: its progress, the position and
 * running sums of the run, and the states of its callbacks. It lives as long as the model and is saved with it; the
 * parts of one `fit` are in `parts.ts`. Knows neither sessions nor how a step is taken.
 */
import { kindOf } from "../base/kinds.js";
import type { CallbackState } from "../callbacks/callback.js";
import type { Logs } from "../callbacks/logTypes.js";
import type { NamedTensor } from "../formats/safetensors.js";
import type { Collected } from "./judge.js";

/** The progress of a model's training, kept from one `fit` to the next. */
export interface Progress {
  /** Batches trained on since `compile`: optimizer steps, unless gradients are accumulated over several. */
  step: number;
  /** Epochs finished since the model was made: with the seed they decide the next shuffle. */
  epoch: number;
  /** The rate that a callback has set instead of the optimizer's own. */
  learningRate: number | null;
}

/** Conditions that must be the same when a run resumes within an epoch. `null` if a stream does not give one. */
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

/** An epoch that is over, although some callbacks have not been told. */
export interface EpochEnd {
  readonly epoch: number;
  readonly logs: Logs<string>;
  /** The first callback that has not been told. */
  next: number;
}

/** The state of a run. */
export interface Run {
  readonly conditions: RunConditions;
  /** The running epoch, or the next one. */
  epoch: number;
  /** Steps taken in this epoch, and rows in them. */
  step: number;
  rows: number;
  /** The current pass over the data, and batches taken from it. */
  pass: number;
  batch: number;
  epochEnd: EpochEnd | null;
  /** Callbacks, the last ones with a hook for it, that have not been told of the last step; none if it is missing. */
  untold?: number | undefined;
  /** True if the run was to stop after this epoch. */
  isStopping: boolean;
  /** Sums of loss and metrics over the steps of this epoch. */
  sums: readonly number[];
  /** Rows of this epoch, if a metric needs them all. */
  collected: Collected | null;
  callbacks: readonly StoredState[];
}

/** The beginning of a run. */
export function beginRun(conditions: RunConditions, epoch: number, pass: number): Run {
  const place = { epoch, step: 0, rows: 0, pass, batch: 0 };
  return { conditions, ...place, epochEnd: null, isStopping: false, sums: [], collected: null, callbacks: [] };
}

export function isFloat32Array(value: unknown): value is Float32Array {
  return kindOf(value) === "Float32Array";
}

/**
 * A run as JSON, with its arrays as tensors. In sums, logs and states `{ number }` is a number that JSON lacks,
 * `{ tensor }` an array by the name of its tensor, or `null` for an empty one, and `{ object }` an object.
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

/** The memory of an optimizer in addition to the slots of its parameters. */
export interface OptimizerMemory {
  /** Forgets everything, because the weights were replaced. */
  reset(): void;
  /** As tensors for a file. */
  save(): NamedTensor[];
}

/** The running `fit`, as far as this state needs it. */
export interface LiveRun {
  /** Replaced if a callback resumes from a file. */
  run: Run;
  /** True if the run would have continued without an abort. */
  readonly isUnfinished: boolean;
  /** True if there is anything that a resumed run must know. */
  readonly hasBegun: boolean;
  /** The current state of the run, to resume from. */
  snapshot(): Run;
}

/** One for each model. */
export class TrainingState {
  readonly progress: Progress = { step: 0, epoch: 0, learningRate: null };
  /** The memory of an optimizer that has one; `null` before its first use. */
  optimizer: OptimizerMemory | null = null;
  /** The run that was interrupted last. */
  interrupted: Run | null = null;
  /** The running `fit`. */
  live: LiveRun | null = null;
  /** True from loading a file without the optimizer's memory until training begins. */
  isForgotten = false;

  /** Forgets everything that belongs to the optimizer. */
  forget(): void {
    Object.assign(this.progress, this.untrained);
    this.optimizer = null;
    this.interrupted = null;
    this.isForgotten = false;
  }

  /** The progress without the parts that belong to the optimizer. */
  get untrained(): Progress {
    return { step: 0, epoch: this.progress.epoch, learningRate: null };
  }

  begin(live: LiveRun): void {
    this.isForgotten = false;
    this.live = live;
  }

  /** Keeps everything needed to resume, if the run would have continued. */
  end(): void {
    const live = this.live;
    this.live = null;
    if (live) this.interrupted = this.#current(live);
  }

  /** The state as JSON for a file, with its tensors. */
  store(): { description: object; tensors: NamedTensor[] } {
    const run = this.live ? this.#current(this.live) : this.interrupted;
    const own = this.optimizer?.save() ?? [];
    if (!run) return { description: { progress: this.progress }, tensors: own };
    const { json, tensors } = storeRun(run);
    return { description: { progress: this.progress, run: json }, tensors: [...own, ...tensors] };
  }

  /** Takes the result of `store`; `isForgotten` is true if the file lacks the optimizer's memory. */
  load(progress: Progress, run: Run | null, isForgotten: boolean): void {
    Object.assign(this.progress, progress);
    this.interrupted = run;
    this.isForgotten = isForgotten;
  }

  /** The live run; the one before it if it has not begun; `null` if it is over. */
  #current(live: LiveRun): Run | null {
    if (!live.isUnfinished) return null;
    return live.hasBegun ? live.snapshot() : this.interrupted;
  }
}
