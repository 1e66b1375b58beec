/**
 * One `fit`: its position, and the loop over epochs and steps with callbacks and validation. Knows batches and a
 * session, not kernels.
 */

import { NonFiniteError } from "../base/errors.js";
import { type BatchPosition, type Callback, callHooks, type Trainer } from "../callbacks/callback.js";
import type { History, Logs } from "../callbacks/logTypes.js";
import { Breather } from "../runtime/yield.js";
import { type BatchReader, NOT_READY } from "./batches.js";
import type { FitParts } from "./parts.js";
import { explained, readLogs, takeStep } from "./step.js";
import { type LiveRun, type Run, statesOf } from "./trainingState.js";

export class Fit implements LiveRun {
  readonly parts: FitParts;
  run: Run;
  hasBegun = false;
  /** True if training should end after the running epoch. */
  stopTraining = false;
  /** Pending while a callback resumes from a file. */
  resuming: Promise<void> | null = null;
  /** Steps of an epoch; `null` if the epoch is a stream of unknown length. */
  readonly #steps: number | null;
  readonly #epochs: number[] = [];
  readonly #losses: number[] = [];
  /** True if logs have no other names than `loss`. */
  readonly #isLossAlone: boolean;
  /** A number per finished epoch, by name. */
  readonly #history = new Map([
    ["epoch", this.#epochs],
    ["loss", this.#losses],
  ]);
  readonly #breather = new Breather();
  /** Callbacks with a hook for the start of a batch. */
  #beginners: readonly Callback[] = [];
  #listeners: readonly Callback[] = [];
  /** Reader of the running pass over the data. */
  #reader: BatchReader | null = null;
  /** True if the stream has ended, and the epoch with it. */
  #isAtEnd = false;
  /** True if callbacks were told of the next batch. */
  #isAnnounced = false;

  constructor(parts: FitParts, run: Run) {
    this.parts = parts;
    this.run = run;
    this.#isLossAlone = parts.compiled.metrics.length === 0 && !parts.validate;
    this.#steps = parts.stepsPerEpoch ?? parts.source.stepsPerPass;
  }

  get isUnfinished(): boolean {
    const { epoch, step, epochEnd } = this.run;
    return epochEnd !== null || (epoch < this.parts.epochs && (!this.stopTraining || step > 0));
  }

  snapshot(): Run {
    const { callbacks, session, collector } = this.parts;
    const state = { ...this.run, isStopping: this.stopTraining, callbacks: statesOf(callbacks) };
    if (state.step === 0) return { ...state, sums: [], collected: null };
    return { ...state, sums: [...session.readSums()], collected: collector?.store() ?? null };
  }

  /** Trains to the last step. @param trainer Passed to callbacks; `null` if there are none. */
  async train(trainer: Trainer | null): Promise<void> {
    const { callbacks, host } = this.parts;
    if (trainer) await callHooks(callbacks, (callback) => callback.onTrainBegin?.(trainer));
    await this.resuming;
    const states = this.run.callbacks;
    if (states.length > 0) await (await import("./resume.js")).restoreStates(callbacks, states);
    if (this.run.isStopping) this.stopTraining = true;
    try {
      await this.#runEpochs();
    } catch (thrown) {
      const error = await explained(thrown, () => host.checkUsable("fit"));
      if (!(error instanceof NonFiniteError) || !(await endsQuietly(callbacks, error))) throw error;
      this.stopTraining = true;
    }
  }

  /** Notifies the callbacks, and resolves to the history of the finished epochs. */
  async end(): Promise<History> {
    const { callbacks } = this.parts;
    if (callbacks.length > 0) await callHooks(callbacks, (callback) => callback.onTrainEnd?.());
    return Object.fromEntries(this.#history) as History;
  }

  /**
   * Methods return `null` rather than a promise if there is nothing to wait for, and only promises are awaited: XOR
   * trains 60 000 epochs of one small step each, and waits would take most of that time.
   */
  async #runEpochs(): Promise<void> {
    const { run } = this;
    const { callbacks, validate, signal } = this.parts;
    this.#beginners = callbacks.filter((callback) => callback.onBatchBegin);
    this.#listeners = callbacks.filter((callback) => callback.onBatchEnd);
    this.hasBegun = run.epochEnd !== null;
    try {
      await this.#tellEpochEnd();
      while (this.isUnfinished && !signal?.aborted) {
        this.hasBegun = true;
        const begun = this.#tellEpochBegin();
        if (begun) await begun;
        this.parts.average?.(false);
        this.#beginEpoch();
        for (let pause = this.#takeSteps(); pause; pause = this.#takeSteps()) await pause;
        if (!this.#isEpochOver) break;
        const { session, compiled, collector } = this.parts;
        const logs: Record<string, number> = readLogs(session, compiled, run.rows, collector);
        this.parts.average?.(true);
        const validated = validate?.(run.epoch);
        if (validated) Object.assign(logs, await validated);
        const closed = this.#endEpoch(logs);
        if (closed) await closed;
        const told = this.#tellEpochEnd();
        if (told) await told;
      }
    } finally {
      await this.#closePass();
    }
  }

  /** Begins an epoch, or resumes one that was interrupted. */
  #beginEpoch(): void {
    const { run } = this;
    const { session, source, collector } = this.parts;
    this.#reader ??= source.open(run.pass, run.batch);
    this.#isAtEnd = false;
    session.resetSums();
    collector?.reset();
    if (run.step === 0) return;
    session.writeSums(Float64Array.from(run.sums));
    if (run.collected) collector?.restore(run.collected, run.rows);
  }

  /** True if the epoch has taken all its steps. */
  get #isEpochOver(): boolean {
    return this.#steps === null ? this.#isAtEnd : this.run.step >= this.#steps;
  }

  /** Takes steps until the epoch is over or aborted, or returns the promise that must be awaited first. */
  #takeSteps(): Promise<void> | null {
    const { parts, run } = this;
    const { host, signal } = parts;
    while (!this.#isEpochOver && !signal?.aborted) {
      if (host.isDisposed) host.checkUsable("fit");
      const reader = this.#reader as BatchReader;
      const rows = reader.nextRows;
      if (rows === NOT_READY) return reader.fetch();
      if (rows === 0) return this.#endOfData();
      const begun = this.#tellBatchBegin();
      if (begun) return begun;
      this.#isAnnounced = false;
      if (rows > parts.session.capacity) parts.session = host.enlarge(rows);
      reader.write(parts.session);
      if (takeStep(parts, rows, run)) this.stopTraining = true;
      run.step++;
      run.batch++;
      run.rows += rows;
      const ended = this.#tellBatchEnd();
      if (ended) return ended;
      if (this.#breather.isDue()) return this.#breather.rest();
    }
    return null;
  }

  /** Ends the epoch with the stream, unless the epoch counts its steps. */
  async #endOfData(): Promise<void> {
    const { run } = this;
    if (run.batch === 0) throw (await import("./streams.js")).noBatches(`fit: epoch ${run.epoch}`);
    if (this.#steps === null) {
      this.#isAtEnd = true;
      return;
    }
    await this.#nextPass();
    this.#reader = this.parts.source.open(run.pass, 0);
  }

  /** Moves on to the next epoch. Callbacks have not been told of the end of the last one yet. */
  #endEpoch(logs: Logs<string>): Promise<void> | null {
    const { run } = this;
    const { callbacks, progress, stepsPerEpoch } = this.parts;
    this.#record(run.epoch, logs);
    if (callbacks.length > 0) run.epochEnd = { epoch: run.epoch, logs, next: 0 };
    progress.epoch++;
    run.epoch++;
    run.step = 0;
    run.rows = 0;
    return stepsPerEpoch === null ? this.#nextPass() : null;
  }

  #record(epoch: number, logs: Logs<string>): void {
    this.#epochs.push(epoch);
    this.#losses.push(logs.loss);
    if (this.#isLossAlone) return;
    for (const name of Object.keys(logs)) {
      if (name === "loss") continue;
      const values = this.#history.get(name);
      if (values) values.push(logs[name]);
      else this.#history.set(name, [logs[name]]);
    }
  }

  #nextPass(): Promise<void> | null {
    this.run.pass++;
    this.run.batch = 0;
    return this.#closePass();
  }

  #closePass(): Promise<void> | null {
    const reader = this.#reader;
    this.#reader = null;
    return reader?.close() ?? null;
  }

  #tellEpochBegin(): Promise<void> | null {
    const { callbacks } = this.parts;
    if (callbacks.length === 0) return null;
    const { epoch } = this.run;
    return callHooks(callbacks, (callback) => callback.onEpochBegin?.(epoch));
  }

  /** Notifies the remaining callbacks: when one of them saves the model, the others are notified on resuming. */
  #tellEpochEnd(): Promise<void> | null {
    const { run } = this;
    const end = run.epochEnd;
    if (!end) return null;
    const tell = (callback: Callback) => {
      end.next++;
      return callback.onEpochEnd?.(end.epoch, end.logs);
    };
    const done = () => {
      run.epochEnd = null;
    };
    const pending = callHooks(this.parts.callbacks, tell, end.next);
    if (pending) return pending.then(done);
    done();
    return null;
  }

  #tellBatchBegin(): Promise<void> | null {
    if (this.#beginners.length === 0 || this.#isAnnounced) return null;
    this.#isAnnounced = true;
    const position = this.#position(this.run.step);
    return callHooks(this.#beginners, (callback) => callback.onBatchBegin?.(position));
  }

  #tellBatchEnd(): Promise<void> | null {
    if (this.#listeners.length === 0) return null;
    const { compiled, collector, session } = this.parts;
    const { rows, step } = this.run;
    const all = session.readSums();
    const sums = { sum: (slot: number) => all[slot] };
    const judge = collector?.mark() ?? null;
    const position = this.#position(step - 1);
    const logs = () => readLogs(sums, compiled, rows, judge) as Logs;
    return callHooks(this.#listeners, (callback) => callback.onBatchEnd?.(position, logs));
  }

  #position(step: number): BatchPosition {
    const { epoch, rows } = this.run;
    return { epoch, step, stepsPerEpoch: this.#steps, rows, totalRows: this.parts.source.totalRows };
  }
}

/** True if a callback wants training to end normally. All callbacks are told of the error. */
async function endsQuietly(callbacks: readonly Callback[], error: NonFiniteError): Promise<boolean> {
  let isQuiet = false;
  for (const callback of callbacks) if ((await callback.onNonFinite?.(error)) === true) isQuiet = true;
  return isQuiet;
}
