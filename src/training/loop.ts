/** The training loop: epochs and steps, callbacks and validation. Knows batches and a session, not kernels. */

import { DataError, NonFiniteError } from "../base/errors.js";
import type { Signal } from "../base/kinds.js";
import { type Callback, callHooks, type Trainer } from "../callbacks/callback.js";
import type { History, Logs } from "../callbacks/logTypes.js";
import type { Compiled, Program } from "../program/types.js";
import type { Session } from "../runtime/session.js";
import { Breather } from "../runtime/yield.js";
import { type BatchReader, type BatchSource, NOT_READY } from "./batches.js";
import type { Collector } from "./collector.js";
import { readLogs } from "./logs.js";
import { explained } from "./nonFinite.js";
import { nextLearningRate, type Progress, updatesTaken } from "./progress.js";
import { RefusedStep } from "./refusedStep.js";
import { type Run, restoreStates } from "./run.js";

/** Everything one `fit` needs, checked. */
export interface FitPlan {
  /** Replaced by a larger one when a stream brings a larger batch. */
  session: Session;
  readonly enlarge: (rows: number) => Session;
  readonly program: Program;
  readonly compiled: Compiled;
  readonly source: BatchSource;
  /** Where a metric needs all of an epoch. */
  readonly collector: Collector | null;
  readonly epochs: number;
  /** As asked for; passes over the data then follow each other, whatever the epochs. */
  readonly stepsPerEpoch: number | null;
  readonly progress: Progress;
  /** What moves the weights, for an optimizer that emits no updates. */
  readonly minimize: Minimize | null;
  /** Has there been anything that a resumed run must know of? */
  hasBegun: boolean;
  /** Until it is done, a callback goes on from a file. */
  resuming: Promise<void> | null;
  /** Replaced where a callback goes on from a file. */
  run: Run;
  readonly callbacks: readonly Callback[];
  /** `null` where there are no callbacks to ask it. */
  readonly trainer: Trainer | null;
  /** True once training is to end after the running epoch. */
  stopTraining: boolean;
  /** Loss and metrics on the validation data, keys prefixed with `val`; `null` for epochs without. */
  readonly validate: (epoch: number) => Promise<Logs<string>> | null;
  readonly signal: Signal | null;
  /** Called after the last step, before `onTrainEnd`. */
  readonly finish: () => void;
  /** Throws when the model was disposed of meanwhile. */
  readonly checkAlive: () => void;
}

/** Trains, and resolves to the history of the epochs that were finished. */
export async function runFit(plan: FitPlan): Promise<History> {
  const { callbacks, trainer } = plan;
  const history = new Map<string, number[]>([
    ["epoch", []],
    ["loss", []],
  ]);
  await callHooks(callbacks, (callback) => callback.onTrainBegin?.(trainer as Trainer));
  await plan.resuming;
  const { run } = plan;
  await restoreStates(callbacks, run.callbacks);
  if (run.isStopping) plan.stopTraining = true;
  try {
    await runEpochs(plan, history);
  } catch (thrown) {
    const error = await explained(thrown, plan.checkAlive);
    if (!(error instanceof NonFiniteError) || !(await endsQuietly(callbacks, error))) throw error;
    plan.stopTraining = true;
  }
  plan.finish();
  await callHooks(callbacks, (callback) => callback.onTrainEnd?.());
  return Object.fromEntries(history) as History;
}

/** True if a callback wants training to end in good order; all of them hear of the error. */
async function endsQuietly(callbacks: readonly Callback[], error: NonFiniteError): Promise<boolean> {
  let isQuiet = false;
  for (const callback of callbacks) if ((await callback.onNonFinite?.(error)) === true) isQuiet = true;
  return isQuiet;
}

async function runEpochs(plan: FitPlan, history: Map<string, number[]>): Promise<void> {
  const { progress, run, signal, epochs } = plan;
  const pass = new Pass(plan);
  try {
    plan.hasBegun = run.epochEnd !== null;
    if (run.epochEnd) await endEpoch(plan);
    while (run.epoch < epochs && (!plan.stopTraining || run.step > 0) && !signal?.aborted) {
      plan.hasBegun = true;
      const begun = beginEpoch(plan);
      if (begun) await begun;
      pass.begin();
      for (let pending = pass.advance(); pending; pending = pass.advance()) await pending;
      if (!pass.isOver) break;
      const logs: Record<string, number> = readLogs(plan.session, plan.compiled, run.rows, plan.collector);
      const validation = plan.validate(run.epoch);
      if (validation) Object.assign(logs, await validation);
      record(history, run.epoch, logs);
      run.epochEnd = { epoch: run.epoch, logs, next: 0 };
      progress.epoch++;
      run.epoch++;
      run.step = 0;
      run.rows = 0;
      const closed = plan.stepsPerEpoch === null ? pass.next() : null;
      if (closed) await closed;
      const ended = endEpoch(plan);
      if (ended) await ended;
    }
  } finally {
    await pass.close();
  }
}

function record(history: Map<string, number[]>, epoch: number, logs: Logs<string>): void {
  history.get("epoch")?.push(epoch);
  for (const name in logs) {
    if (!Object.hasOwn(logs, name)) continue;
    const values = history.get(name);
    if (values) values.push(logs[name]);
    else history.set(name, [logs[name]]);
  }
}

function beginEpoch({ run, callbacks }: FitPlan): Promise<void> | null {
  if (callbacks.length === 0) return null;
  return callHooks(callbacks, (callback) => callback.onEpochBegin?.(run.epoch));
}

/** Tells those callbacks that have not been told: when one of them saves the model, the others are told on resuming. */
function endEpoch({ run, callbacks }: FitPlan): Promise<void> | null {
  const end = run.epochEnd;
  if (!end || callbacks.length === 0) {
    run.epochEnd = null;
    return null;
  }
  const pending = callHooks(
    callbacks,
    (callback) => {
      end.next++;
      return callback.onEpochEnd?.(end.epoch, end.logs);
    },
    end.next,
  );
  const done = () => {
    run.epochEnd = null;
  };
  if (pending) return pending.then(done);
  done();
  return null;
}

/** The steps of an epoch, and the pass over the data that they read. */
class Pass {
  readonly #plan: FitPlan;
  readonly #breather = new Breather();
  readonly #beginners: readonly Callback[];
  readonly #listeners: readonly Callback[];
  readonly #steps: number | null;
  #reader: BatchReader | null = null;
  #isAnnounced = false;
  #isAtEnd = false;

  constructor(plan: FitPlan) {
    this.#plan = plan;
    this.#steps = plan.stepsPerEpoch ?? plan.source.stepsPerPass;
    this.#beginners = plan.callbacks.filter((callback) => callback.onBatchBegin);
    this.#listeners = plan.callbacks.filter((callback) => callback.onBatchEnd);
  }

  /** Has the epoch taken all its steps? */
  get isOver(): boolean {
    return this.#steps === null ? this.#isAtEnd : this.#plan.run.step >= this.#steps;
  }

  /** Begins an epoch, or goes on with one that was interrupted. */
  begin(): void {
    const { run, session, source, collector } = this.#plan;
    this.#reader ??= source.open(run.pass, run.batch);
    this.#isAtEnd = false;
    session.resetSums();
    collector?.reset();
    if (run.step === 0) return;
    session.writeSums(Float64Array.from(run.sums));
    if (run.collected) collector?.restore(run.collected, run.rows);
  }

  /** Goes on to the next pass over the data. */
  next(): Promise<void> | null {
    const { run } = this.#plan;
    run.pass++;
    run.batch = 0;
    return this.close();
  }

  close(): Promise<void> | null {
    const reader = this.#reader;
    this.#reader = null;
    return reader?.close() ?? null;
  }

  /** Takes steps until the epoch is over or aborted; before that, what must be waited for first. */
  advance(): Promise<void> | null {
    const plan = this.#plan;
    const { run, signal } = plan;
    while (!this.isOver && !signal?.aborted) {
      plan.checkAlive();
      const reader = this.#reader as BatchReader;
      const rows = reader.nextRows;
      if (rows === NOT_READY) return reader.fetch();
      if (rows === 0) return this.#endOfData();
      const begun = this.#announceBegin();
      if (begun) return begun;
      this.#isAnnounced = false;
      if (rows > plan.session.capacity) plan.session = plan.enlarge(rows);
      reader.write(plan.session);
      if (takeStep(plan, rows, run)) plan.stopTraining = true;
      run.step++;
      run.batch++;
      run.rows += rows;
      const ended = this.#announceEnd();
      if (ended) return ended;
      if (this.#breather.isDue()) return this.#breather.rest();
    }
    return null;
  }

  /** The end of a stream is the end of the epoch, unless the epoch counts its steps. */
  async #endOfData(): Promise<void> {
    const { run, source } = this.#plan;
    if (run.batch === 0) {
      throw new DataError(`fit: epoch ${run.epoch}: the data gave no batches. A stream must begin anew for each pass.`);
    }
    if (this.#steps === null) {
      this.#isAtEnd = true;
      return;
    }
    await this.next();
    this.#reader = source.open(run.pass, 0);
  }

  #announceBegin(): Promise<void> | null {
    if (this.#beginners.length === 0 || this.#isAnnounced) return null;
    this.#isAnnounced = true;
    const position = this.#position(this.#plan.run.step);
    return callHooks(this.#beginners, (callback) => callback.onBatchBegin?.(position));
  }

  #announceEnd(): Promise<void> | null {
    if (this.#listeners.length === 0) return null;
    const { run, compiled, collector, session } = this.#plan;
    const { rows } = run;
    const all = session.readSums();
    const sums = { sum: (slot: number) => all[slot] };
    const judge = collector?.mark() ?? null;
    const position = this.#position(run.step - 1);
    const logs = () => readLogs(sums, compiled, rows, judge) as Logs;
    return callHooks(this.#listeners, (callback) => callback.onBatchEnd?.(position, logs));
  }

  #position(step: number) {
    const { run, source } = this.#plan;
    const { epoch, rows } = run;
    return { epoch, step, stepsPerEpoch: this.#steps, rows, totalRows: source.totalRows };
  }
}

/** What a single step needs. */
export type Stepping = Pick<FitPlan, "session" | "program" | "compiled" | "progress" | "collector" | "minimize">;

/**
 * Moves the weights after the train section has run on a batch whose mean loss is `loss`. Returns true at a minimum, from
 * which there is nowhere lower to go.
 */
export type Minimize = (session: Session, batch: { loss: number; rows: number; learningRate: number }) => boolean;

/**
 * One optimizer step on the `rows` rows that were written; `at` is its place in the run. Returns whether a minimum was
 * found, from which there is nowhere lower to go. Allocates nothing but what the learning rate is boxed in.
 * @throws RefusedStep when it would leave the finite numbers; then it was not taken.
 */
export function takeStep(
  stepping: Stepping,
  rows: number,
  at: { readonly epoch: number; readonly step: number },
): boolean {
  const { session, compiled, progress, collector, minimize } = stepping;
  const learningRate = nextLearningRate(compiled, progress, at.epoch);
  const lossBefore = session.lossSum;
  const updates = updatesTaken(compiled, progress.step);
  session.step = updates + 1;
  session.batch = progress.step + 1;
  session.learningRate = learningRate;
  session.run(updatesTaken(compiled, progress.step + 1) > updates ? "train" : "accumulate");
  if (session.status) throw new RefusedStep(stepping, { epoch: at.epoch, step: at.step, rows, learningRate });
  collector?.add(session, "train", rows);
  progress.step++;
  if (!minimize) return false;
  return minimize(session, { loss: (session.lossSum - lossBefore) / rows, rows, learningRate });
}
