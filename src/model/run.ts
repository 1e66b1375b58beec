/**
 * What a run of `fit` remembers beside weights and slots, so that an interrupted one can go on bit for bit: where it
 * stands, its running sums, and the states of its callbacks. Plain data; knows neither sessions nor files.
 */

import { checkBoolean, checkNumber, FormatError, OptionError, show } from "../errors.js";
import { kindOf } from "../kinds.js";
import { Place } from "../plan/op.js";
import type { Callback, CallbackState } from "./callbacks/callback.js";
import type { Collected } from "./collector.js";
import type { Logs } from "./logTypes.js";
import type { NamedTensor } from "./serialize.js";

/** Numbers that a run adds up: the loss, and every metric. */
const SUMS = 1 + Place.MetricSlots;

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

/** What the callbacks remember, in their order. */
export function statesOf(callbacks: readonly Callback[]): StoredState[] {
  return callbacks.flatMap(({ name, getState }, i) => {
    return getState ? [{ name: name as string, state: getState.call(callbacks[i]) }] : [];
  });
}

/** Gives callbacks their states back, by name and order. @throws OptionError for a state that nobody takes. */
export function restoreStates(callbacks: readonly Callback[], states: readonly StoredState[]): void {
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
    callback.setState?.(state);
  }
}

/** Names of a file's tensors that belong to callbacks begin so. */
export const RUN_PREFIX = "fit/";

/** A run as JSON, and its arrays beside it. */
export function storeRun(run: Run): { json: object; tensors: NamedTensor[] } {
  const tensors: NamedTensor[] = [];
  const store = (place: string, values: object) => {
    const plain = Object.entries(values).map(([key, value]) => {
      if (kindOf(value) !== "Float32Array") return [key, value];
      const tensor = `${RUN_PREFIX}${place}/${key}`;
      tensors.push({ name: tensor, shape: [value.length], data: value });
      return [key, { tensor }];
    });
    return Object.fromEntries(plain);
  };
  const callbacks = run.callbacks.map(({ name, state }, i) => ({ name, state: store(`${i}/${name}`, state) }));
  return { json: { ...run, collected: run.collected && store("epoch", run.collected), callbacks }, tensors };
}

/** What `storeRun` stored. @throws FormatError, OptionError for anything else. */
export function loadRun(json: unknown, tensors: ReadonlyMap<string, NamedTensor>): Run {
  checkObject("run", json);
  const run = json as Run;
  const count = { min: 0, integer: true };
  for (const name of ["epoch", "step", "rows", "pass", "batch"] as const) {
    checkNumber(`load: run: ${name}`, run[name], count);
  }
  checkBoolean("load: run: isStopping", run.isStopping);
  checkPlace(run);
  if (run.epochEnd !== null) checkEpochEnd(run.epochEnd);
  if (!Array.isArray(run.sums) || (run.step > 0 && run.sums.length !== SUMS) || !run.sums.every(Number.isFinite)) {
    throw new FormatError(`load: run: sums: expected ${SUMS} numbers, got ${show(run.sums)}.`);
  }
  const collected = run.collected && loadCollected(loadValues(run.collected, tensors));
  if (!Array.isArray(run.callbacks)) {
    throw new FormatError(`load: run: callbacks: expected a list, got ${show(run.callbacks)}.`);
  }
  const callbacks = run.callbacks.map((callback: StoredState | null) => {
    const { name, state } = callback ?? {};
    if (typeof name !== "string" || state === undefined) {
      throw new FormatError(`load: run: callbacks: expected names with states, got ${show(callback)}.`);
    }
    return { name, state: loadValues(state, tensors) };
  });
  return { ...run, collected, callbacks };
}

/** Refuses a place that no run under these conditions comes to: training from there would not end, or count wrongly. */
function checkPlace({ conditions, step, rows, batch }: Run): void {
  checkObject("run: conditions", conditions);
  const { batchSize, stepsPerEpoch, rows: all } = conditions;
  for (const [name, value] of Object.entries({ batchSize, stepsPerEpoch, rows: all })) {
    if (value !== null) checkNumber(`load: run: conditions: ${name}`, value, { min: 1, integer: true });
  }
  const perPass = batchSize && all && Math.ceil(all / batchSize);
  const most = (name: string, value: number, limit: number | null) => {
    if (limit !== null && value > limit)
      throw new FormatError(`load: run: ${name}: expected at most ${limit}, got ${value}.`);
  };
  most("step", step, stepsPerEpoch ?? perPass);
  most("batch", batch, perPass);
  most("step", step, rows);
  most("rows", rows, batchSize && step * batchSize);
}

function checkObject(what: string, value: unknown): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return;
  throw new FormatError(`load: ${what}: expected an object, got ${show(value)}.`);
}

function checkEpochEnd(end: EpochEnd): void {
  checkObject("run: epochEnd", end);
  checkNumber("load: run: epochEnd: epoch", end.epoch, { min: 0, integer: true });
  checkNumber("load: run: epochEnd: next", end.next, { min: 0, integer: true });
  checkObject("run: epochEnd: logs", end.logs);
  for (const [name, value] of Object.entries(end.logs)) {
    if (value === null)
      (end.logs as Record<string, number>)[name] = NaN; // as JSON writes it
    else checkNumber(`load: run: epochEnd: ${name}`, value);
  }
}

function loadCollected({ targets, predictions }: CallbackState): Collected {
  const areNumbers = kindOf(targets) === "Float32Array" && kindOf(predictions) === "Float32Array";
  if (areNumbers) return { targets, predictions } as Collected;
  throw new FormatError("load: run: collected: expected the targets and predictions of an epoch.");
}

function loadValues(values: object, tensors: ReadonlyMap<string, NamedTensor>): CallbackState {
  checkObject("run: state", values);
  const entries = Object.entries(values).map(([key, value]) => {
    if (typeof value !== "object" || value === null) return [key, value];
    const { tensor } = value as { tensor?: string };
    const stored = tensors.get(tensor ?? "");
    if (!stored) throw new FormatError(`load: ${show(tensor)} is missing.`);
    return [key, stored.data];
  });
  return Object.fromEntries(entries);
}
