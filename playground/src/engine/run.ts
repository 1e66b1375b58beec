/** One training run that is played, stepped and paused, with its progress and speed. */
import type { Callback } from "simdgrad";
import { thinned } from "./logs.js";
import type { EpochLog, Frame } from "./protocol.js";
import { unitsOf } from "./targetScale.js";
import type { Parts } from "./view.js";

/** Point at which a run stops by itself. */
export type Until = "paused" | "step" | "epoch";

type Progress = Pick<Frame, "epoch" | "step" | "stepsPerEpoch" | "isRunning" | "samplesPerSecond" | "logs">;

/** More epochs than anyone waits for. */
const ENDLESS = 2 ** 30;
/** Approximate number of epochs kept while no one looks, such as in a hidden tab. */
const MOST_LOGS = 2000;
/** Seconds over which speed is measured. */
const SPAN = 0.2;

export class Run {
  readonly #parts: Parts;
  readonly #onTrouble: (error: unknown) => Promise<void>;
  readonly #batchSize: number;
  #abort: AbortController | null = null;
  #going: Promise<void> | null = null;
  #logs: EpochLog[] = [];
  #epoch = 0;
  #step = 0;
  /** Rows trained on since `#countedAt`, in milliseconds. */
  #rows = 0;
  #countedAt = 0;
  #speed = 0;

  constructor(parts: Parts, onTrouble: (error: unknown) => Promise<void>) {
    this.#parts = parts;
    this.#onTrouble = onTrouble;
    this.#batchSize = Math.min(parts.setup.batchSize, parts.problem.train.length);
  }

  /** Resolves once the run is idle. */
  async pause(): Promise<void> {
    this.#abort?.abort();
    await this.#going;
  }

  /** Resumes the run unless it is already running; it ends by itself, or at a pause. */
  start(until: Until): void {
    if (this.#going) return;
    const abort = new AbortController();
    this.#abort = abort;
    this.#countedAt = performance.now();
    this.#rows = 0;
    this.#going = this.#fit(until, abort).finally(() => {
      this.#going = null;
    });
  }

  /** Progress, with the epochs since the last look. */
  look(): Progress {
    const seconds = (performance.now() - this.#countedAt) / 1000;
    const isRunning = this.#going !== null;
    if (isRunning && seconds > SPAN) {
      this.#speed = this.#rows / seconds;
      this.#rows = 0;
      this.#countedAt = performance.now();
    }
    const logs = this.#logs;
    this.#logs = [];
    return {
      epoch: this.#epoch,
      step: this.#step,
      stepsPerEpoch: Math.ceil(this.#parts.problem.train.length / this.#batchSize),
      isRunning,
      samplesPerSecond: isRunning ? this.#speed : 0,
      logs,
    };
  }

  async #fit(until: Until, abort: AbortController): Promise<void> {
    const { model, problem } = this.#parts;
    try {
      await model.fit(problem.train, {
        epochs: ENDLESS,
        batchSize: this.#batchSize,
        ...(problem.test.length > 0 ? { validationData: problem.test } : {}),
        callbacks: [this.#listener(until, abort)],
        signal: abort.signal,
        resume: true,
        onWarning: () => {},
      });
    } catch (error) {
      await this.#onTrouble(error);
    }
  }

  #listener(until: Until, abort: AbortController): Callback {
    let rows = 0;
    return {
      onBatchEnd: ({ epoch, step, rows: done }) => {
        this.#epoch = epoch;
        this.#step = step + 1;
        this.#rows += done > rows ? done - rows : Math.min(done, this.#batchSize);
        rows = done;
        if (until === "step") abort.abort();
      },
      onEpochEnd: (epoch, logs) => {
        this.#log(epoch + 1, logs);
        this.#epoch = epoch + 1;
        this.#step = 0;
        if (until === "epoch") abort.abort();
      },
    };
  }

  #log(epoch: number, logs: Readonly<Record<string, number>>): void {
    const { classes, targetScale } = this.#parts.problem;
    const units = unitsOf(targetScale);
    const of = (name: string, factor: number) => (logs[name] ?? Number.NaN) * factor;
    this.#logs.push({
      epoch,
      loss: of("loss", units.loss),
      valLoss: of("valLoss", units.loss),
      score: of(classes ? "accuracy" : "meanAbsoluteError", units.error),
      valScore: of(classes ? "valAccuracy" : "valMeanAbsoluteError", units.error),
    });
    if (this.#logs.length > 2 * MOST_LOGS) this.#logs = thinned(this.#logs, MOST_LOGS);
  }
}
