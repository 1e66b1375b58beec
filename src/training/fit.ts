/**
 * One `fit`: its position, and the loop over epochs and steps with validation. Knows batches and a session, not kernels.
 * Callbacks are told by its audience.
 */

import { NonFiniteError } from "../base/errors.js";
import type { History, Logs } from "../callbacks/logTypes.js";
import { Breather } from "../runtime/yield.js";
import { type BatchReader, NOT_READY } from "./batches.js";
import type { FitParts, Told } from "./parts.js";
import { explained, readLogs, takeStep } from "./step.js";
import type { LiveRun, Run } from "./trainingState.js";

export class Fit implements LiveRun {
  readonly parts: FitParts;
  run: Run;
  hasBegun = false;
  /** True if training should end after the running epoch. */
  stopTraining = false;
  /** Pending while a callback resumes from a file. */
  resuming: Promise<void> | null = null;
  /** The callbacks; `null` if there are none. */
  audience: Told | null = null;
  /** Steps of an epoch; `null` if the epoch is a stream of unknown length. */
  readonly steps: number | null;
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
  /** Reader of the running pass over the data. */
  #reader: BatchReader | null = null;
  /** True if the stream has ended, and the epoch with it. */
  #isAtEnd = false;

  constructor(parts: FitParts, run: Run) {
    this.parts = parts;
    this.run = run;
    this.#isLossAlone = parts.compiled.metrics.length === 0 && !parts.validate;
    this.steps = parts.stepsPerEpoch ?? parts.source.stepsPerPass;
  }

  get isUnfinished(): boolean {
    const { epoch, step, epochEnd } = this.run;
    return epochEnd !== null || (epoch < this.parts.epochs && (!this.stopTraining || step > 0));
  }

  snapshot(): Run {
    const { session, collector } = this.parts;
    const state = { ...this.run, isStopping: this.stopTraining, callbacks: this.audience?.states() ?? [] };
    if (state.sums.length > 0) return state; // the session does not have them yet
    if (state.step === 0) return { ...state, sums: [], collected: null };
    return { ...state, sums: [...session.readSums()], collected: collector?.store() ?? null };
  }

  /** Trains to the last step. */
  async train(): Promise<void> {
    const { callbacks, host } = this.parts;
    if (this.audience) await this.audience.trainBegin();
    await this.resuming;
    const states = this.run.callbacks;
    if (states.length > 0) await (await import("./resume.js")).restoreStates(callbacks, states, host);
    if (this.run.isStopping) this.stopTraining = true;
    try {
      await this.#runEpochs();
    } catch (thrown) {
      const error = await explained(thrown, () => host.checkUsable("fit"));
      if (!(error instanceof NonFiniteError) || !(await this.audience?.endsQuietly(error))) throw error;
      this.stopTraining = true;
    }
  }

  /** Notifies the callbacks, and resolves to the history of the finished epochs. */
  async end(): Promise<History> {
    if (this.audience) await this.audience.trainEnd();
    return Object.fromEntries(this.#history) as History;
  }

  /**
   * Methods return `null` rather than a promise if there is nothing to wait for, and only promises are awaited: XOR
   * trains 60 000 epochs of one small step each, and waits would take most of that time.
   */
  async #runEpochs(): Promise<void> {
    const { run, audience } = this;
    const { validate, signal } = this.parts;
    audience?.listen();
    this.hasBegun = run.epochEnd !== null;
    try {
      await this.#tellEpochEnd();
      while (this.isUnfinished && !signal?.aborted) {
        this.hasBegun = true;
        const begun = audience?.epochBegin();
        if (begun) await begun;
        this.parts.average?.(false);
        this.#beginEpoch();
        for (let pause = this.#takeSteps(); pause; pause = this.#takeSteps()) await pause;
        if (!this.#isEpochOver) break;
        const { session, compiled, collector } = this.parts;
        const logs: Record<string, number> = readLogs(session, compiled, run.rows, collector);
        this.parts.average?.(true);
        const validated = validate?.(run.epoch);
        if (validated) {
          const seen = await validated;
          if (!seen) break;
          Object.assign(logs, seen);
        }
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
    if (run.step > 0) session.writeSums(Float64Array.from(run.sums));
    if (run.collected) collector?.restore(run.collected, run.rows);
    run.sums = [];
    run.collected = null;
  }

  /** True if the epoch has taken all its steps. */
  get #isEpochOver(): boolean {
    return this.steps === null ? this.#isAtEnd : this.run.step >= this.steps;
  }

  /** Takes steps until the epoch is over or aborted, or returns the promise that must be awaited first. */
  #takeSteps(): Promise<void> | null {
    const { parts, run, audience } = this;
    const { host, signal } = parts;
    while (!this.#isEpochOver && !signal?.aborted) {
      host.checkUsable("fit");
      const reader = this.#reader as BatchReader;
      const rows = reader.nextRows;
      if (rows === NOT_READY) return reader.fetch();
      if (rows === 0) return this.#endOfData();
      const begun = audience?.batchBegin();
      if (begun) return begun;
      if (rows > parts.session.capacity) parts.session = host.enlarge(rows);
      parts.session.writeNext(reader, audience ?? parts.collector ?? parts.minimize);
      if (takeStep(parts, rows, run)) this.stopTraining = true;
      run.step++;
      run.batch++;
      run.rows += rows;
      const ended = audience?.batchEnd();
      if (ended) return ended;
      if (this.#breather.isDue()) return this.#breather.rest();
    }
    return null;
  }

  /** Ends the epoch with the stream, unless the epoch counts its steps. */
  async #endOfData(): Promise<void> {
    const { run } = this;
    if (run.batch === 0) throw (await import("./streams.js")).noBatches(`fit: epoch ${run.epoch}`);
    if (this.steps === null) {
      this.#isAtEnd = true;
      return;
    }
    await this.#nextPass();
    this.#reader = this.parts.source.open(run.pass, 0);
  }

  /** Moves on to the next epoch. Callbacks have not been told of the end of the last one yet. */
  #endEpoch(logs: Logs<string>): Promise<void> | null {
    const { run } = this;
    const { progress, stepsPerEpoch } = this.parts;
    this.#record(run.epoch, logs);
    if (this.audience) run.epochEnd = { epoch: run.epoch, logs, next: 0 };
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

  /** Notifies the remaining callbacks, also of an epoch that ended before the run was interrupted. */
  #tellEpochEnd(): Promise<void> | null {
    const { run, audience } = this;
    if (!run.epochEnd) return null;
    if (audience) return audience.epochEnd(run.epochEnd);
    run.epochEnd = null;
    return null;
  }
}
