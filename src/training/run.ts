/**
 * What a run of `fit` remembers beside weights and slots, so that an interrupted one can go on bit for bit: where it
 * stands, its running sums, and the states of its callbacks. Plain data; knows neither sessions nor files.
 */
import { OptionError, show } from "../base/errors.js";
import { copyObject } from "../base/json.js";
import { kindOf } from "../base/kinds.js";
import type { Callback, CallbackState } from "../callbacks/callback.js";
import type { Logs } from "../callbacks/logTypes.js";
import type { NamedTensor } from "../formats/safetensors.js";
import type { Collected } from "./collector.js";

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
