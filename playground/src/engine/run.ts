/** One training run that is played, stepped, paused and taken back, with its progress and speed. */
import type { Callback, Trainer, Weight } from "simdgrad";
import type { Setup } from "../setup.js";
import { thinned } from "./logs.js";
import { type Manner, Pace } from "./pace.js";
import { Plateau } from "./plateau.js";
import type { EpochLog, Frame } from "./protocol.js";
import { unitsOf } from "./targetScale.js";
import { type Moment, Timeline } from "./timeline.js";
import type { Parts } from "./view.js";

/** Point at which a run stops by itself. */
export type Until = "paused" | "step" | "epoch";

type Progress = Pick<
  Frame,
  "epoch" | "step" | "stepsPerEpoch" | "isRunning" | "samplesPerSecond" | "logs" | "stopped" | "isTuned"
>;

/** A run beside this one. After each epoch the one that leads waits until the other has come as far. */
export interface Partner {
  readonly run: Run;
  readonly leads: boolean;
}

/** A state of the model that the run can go on from. */
interface Snapshot extends Moment {
  readonly step: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly weights: readonly Weight[];
}

/** More epochs than anyone waits for. */
const ENDLESS = 2 ** 30;
/** Approximate number of epochs kept while no one looks, such as in a hidden tab. */
const MOST_LOGS = 2000;
/** Seconds over which speed is measured. */
const SPAN = 0.2;
/** Milliseconds that a pause may wait for the end of the epoch. */
const ENDING = 500;

export class Run {
  readonly #parts: Parts;
  readonly #onTrouble: (error: unknown) => Promise<void>;
  readonly #pace = new Pace();
  readonly #timeline = new Timeline<Snapshot>();
  #partner: Partner | null = null;
  /** Those who wait until this run has come to an epoch. */
  #waiting: { readonly epoch: number; go(): void }[] = [];
  #plateau: Plateau | null = new Plateau();
  #stops = true;
  #batchSize: number;
  /** For the epochs after the running one. */
  #nextBatchSize: number;
  /** Chosen while the run went on; `null` for that of the setup. */
  #rate: number | null = null;
  #isEdited = false;
  #trainer: Trainer | null = null;
  #abort: AbortController | null = null;
  #going: Promise<void> | null = null;
  #isEnding = false;
  /** True if the run goes on after an abort, with another batch size. */
  #isAgain = false;
  #stopped: string | null = null;
  #logs: EpochLog[] = [];
  /** All epochs, thinned. */
  #history: EpochLog[] = [];
  /** The moment that is shown instead of the last one, which is kept meanwhile. */
  #sought: Snapshot | null = null;
  #last: Snapshot | null = null;
  #epoch = 0;
  #step = 0;
  /** Rows trained on since `#countedAt`, in milliseconds. */
  #rows = 0;
  #countedAt = 0;
  #speed = 0;

  /** @param first Scores of a model that was trained elsewhere, and its epoch. */
  constructor(parts: Parts, onTrouble: (error: unknown) => Promise<void>, first: EpochLog | null = null) {
    this.#parts = parts;
    this.#onTrouble = onTrouble;
    this.#batchSize = this.#fitting(parts.setup.batchSize);
    this.#nextBatchSize = this.#batchSize;
    this.#epoch = first?.epoch ?? 0;
    if (first) this.#add(first);
    this.#keep(this.#epoch, parts.model.save());
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** True if nothing has been trained or changed. */
  get isFresh(): boolean {
    return this.#epoch === 0 && this.#step === 0 && !this.#isEdited;
  }

  get isGoing(): boolean {
    return this.#going !== null;
  }

  /** True if the run has stopped by itself. */
  get hasStopped(): boolean {
    return this.#stopped !== null;
  }

  get history(): readonly EpochLog[] {
    return this.#history;
  }

  /** Epochs to go back to, the last one included. */
  get moments(): number[] {
    const last = this.#last?.epoch ?? this.#epoch;
    const kept = this.#timeline.epochs;
    return kept.at(-1) === last ? kept : [...kept, last];
  }

  /** Weights at the moments of the run, the last one included. */
  get path(): Pick<Snapshot, "epoch" | "weights">[] {
    const last = this.#last ?? { epoch: this.#epoch, weights: this.#parts.model.getWeights() };
    const kept = this.#timeline.all;
    return kept[kept.length - 1]?.epoch === last.epoch ? [...kept] : [...kept, last];
  }

  /** The model as it is shown. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#sought?.bytes ?? this.#parts.model.save();
  }

  play({ tempo, stops }: Manner): void {
    this.#pace.tempo = tempo;
    this.#stops = stops;
  }

  /** Resolves once the run is idle. */
  async pause(): Promise<void> {
    this.#halt();
    await this.#going;
  }

  /** Ends the run after the epoch, if that is soon. */
  rest(): void {
    if (!this.#going || this.#isEnding) return;
    if (this.#pace.isWaiting || this.#pace.tempo === "step") {
      this.#halt();
      return;
    }
    this.#isEnding = true;
    setTimeout(() => this.#isEnding && this.#halt(), ENDING);
  }

  /** Resolves once the run has come to an epoch, or does not train any more; `undefined` if that is so now. */
  reached(epoch: number): Promise<void> | undefined {
    if (!this.#going || this.#epoch >= epoch) return undefined;
    return new Promise((go) => this.#waiting.push({ epoch, go }));
  }

  /** Resumes the run unless it is already running; it ends by itself, or at a pause. */
  start(until: Until, partner: Partner | null = null): void {
    this.#partner = partner;
    if (this.#going) return;
    if (this.#stopped) this.#plateau = null; // whoever goes on after a stop wants more
    this.#stopped = null;
    this.#isEnding = false;
    this.#countedAt = performance.now();
    this.#rows = 0;
    const from = this.#sought;
    this.#forget(from);
    this.#going = this.#go(until, from).finally(() => {
      this.#going = null;
      this.#trainer = null;
      this.#release(Infinity);
    });
  }

  /** Changes the learning rate from the next step on, the batch size from the next epoch on. */
  tune({ learningRate, batchSize }: Pick<Setup, "learningRate" | "batchSize">): void {
    this.#rate = learningRate;
    this.#nextBatchSize = this.#fitting(batchSize);
    if (this.#trainer) this.#trainer.learningRate = learningRate;
  }

  /** Changes a weight by hand. The run must be idle. @throws Error at a moment of the past */
  edit(name: string, place: number, value: number): void {
    if (this.#sought && this.#sought !== this.#last) {
      throw new Error(
        "Weights of the past cannot be changed. Drag the time line to its end, or play on from here first.",
      );
    }
    this.#sought = this.#last = null;
    this.#isEdited = true;
    const { model } = this.#parts;
    const changed = model.getWeights().map((weight) => {
      if (weight.name !== name) return weight;
      const data = weight.data.slice();
      data[place] = value;
      return { ...weight, data };
    });
    model.setWeights(changed);
  }

  /** Shows the model as it was after an epoch. The run must be idle. */
  seek(epoch: number): void {
    const { model } = this.#parts;
    this.#last ??= { epoch: this.#epoch, step: this.#step, bytes: model.save(), weights: model.getWeights() };
    const isLast = epoch >= this.#last.epoch;
    const moment = isLast ? this.#last : this.#timeline.at(epoch);
    if (!moment) return;
    model.setWeights(moment.weights);
    this.#sought = moment;
    [this.#epoch, this.#step] = [moment.epoch, moment.step];
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
      stopped: this.#stopped,
      isTuned: this.#isEdited || this.#rate !== null,
    };
  }

  #fitting(batchSize: number): number {
    return Math.min(batchSize, this.#parts.problem.train.length);
  }

  #halt(): void {
    this.#isAgain = false;
    this.#abort?.abort();
    this.#pace.hurry();
  }

  /** Forgets what came after the moment that the run goes on from. */
  #forget(from: Snapshot | null): void {
    this.#sought = this.#last = null;
    if (!from) return;
    this.#timeline.cut(from.epoch);
    this.#history = this.#history.filter(({ epoch }) => epoch <= from.epoch);
    this.#plateau &&= new Plateau();
  }

  #keep(epoch: number, bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#timeline.wants(epoch)) {
      this.#timeline.add({ epoch, step: 0, bytes, weights: this.#parts.model.getWeights() });
    }
  }

  async #go(until: Until, from: Snapshot | null): Promise<void> {
    let first = from;
    do {
      this.#isAgain = false;
      if (this.#step === 0) this.#batchSize = this.#nextBatchSize;
      this.#abort = new AbortController();
      await this.#fit(until, this.#abort, first);
      first = null;
    } while (this.#isAgain);
  }

  async #fit(until: Until, abort: AbortController, from: Snapshot | null): Promise<void> {
    const { model, problem } = this.#parts;
    try {
      await model.fit(problem.train, {
        epochs: ENDLESS,
        batchSize: this.#batchSize,
        ...(problem.test.length > 0 ? { validationData: problem.test } : {}),
        callbacks: [this.#listener(until, abort, from)],
        signal: abort.signal,
        resume: true,
        onWarning: () => {},
      });
    } catch (error) {
      await this.#onTrouble(error);
    }
  }

  #listener(until: Until, abort: AbortController, from: Snapshot | null): Callback {
    let rows = 0;
    return {
      onTrainBegin: async (trainer) => {
        this.#trainer = trainer;
        if (from) await trainer.resumeFrom(from.bytes);
        if (this.#rate !== null) trainer.learningRate = this.#rate;
      },
      onBatchEnd: ({ epoch, step, rows: done }) => {
        this.#epoch = epoch;
        this.#step = step + 1;
        this.#rows += done > rows ? done - rows : Math.min(done, this.#batchSize);
        rows = done;
        if (until === "step") abort.abort();
        else return this.#pace.after("step");
      },
      onEpochEnd: (epoch, logs) => {
        const log = this.#log(epoch + 1, logs);
        this.#epoch = epoch + 1;
        this.#step = 0;
        if (this.#timeline.wants(epoch + 1) && this.#trainer) this.#keep(epoch + 1, this.#trainer.save());
        if (until === "paused" && this.#stops) this.#stopped = this.#plateau?.take(log) ?? null;
        this.#isAgain = this.#nextBatchSize !== this.#batchSize;
        this.#release(this.#epoch);
        if (until === "epoch" || this.#isEnding || this.#stopped) this.#halt();
        else if (this.#isAgain) abort.abort();
        else return this.#partner ? this.#inStep(this.#partner) : this.#pace.after("epoch");
      },
    };
  }

  /** Waits for the partner, and then as the tempo wants it. */
  async #inStep({ run, leads }: Partner): Promise<void> {
    await run.reached(this.#epoch + (leads ? 1 : 0));
    const isPast = leads && !run.isGoing && run.epoch <= this.#epoch;
    if (isPast || this.#isEnding) this.#halt();
    else await this.#pace.after("epoch");
  }

  #release(epoch: number): void {
    const due = this.#waiting.filter((each) => each.epoch <= epoch);
    this.#waiting = this.#waiting.filter((each) => each.epoch > epoch);
    for (const { go } of due) go();
  }

  #log(epoch: number, logs: Readonly<Record<string, number>>): EpochLog {
    const { classes, targetScale } = this.#parts.problem;
    const units = unitsOf(targetScale);
    const of = (name: string, factor: number) => (logs[name] ?? Number.NaN) * factor;
    const log = {
      epoch,
      loss: of("loss", units.loss),
      valLoss: of("valLoss", units.loss),
      score: of(classes ? "accuracy" : "meanAbsoluteError", units.error),
      valScore: of(classes ? "valAccuracy" : "valMeanAbsoluteError", units.error),
    };
    this.#add(log);
    return log;
  }

  #add(log: EpochLog): void {
    this.#logs.push(log);
    this.#history.push(log);
    if (this.#logs.length > 2 * MOST_LOGS) this.#logs = thinned(this.#logs, MOST_LOGS);
    if (this.#history.length > 2 * MOST_LOGS) this.#history = thinned(this.#history, MOST_LOGS);
  }
}
