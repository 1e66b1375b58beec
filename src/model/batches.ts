/** Where the batches of training come from: rows in memory, or a stream. Knows positions, not steps or callbacks. */
import type { Dataset } from "../data/dataset.js";
import type { Pipeline } from "../data/pipeline.js";
import { DataError } from "../errors.js";
import { Random } from "../random.js";
import type { Session } from "../runtime/session.js";
import type { Program } from "./compile.js";
import { Feed } from "./feed.js";
import type { Prepared } from "./prepare.js";

/** The next batch must be fetched first. */
export const NOT_READY = -1;

/** One pass over the data, batch by batch. */
export interface BatchReader {
  /** Rows of the next batch; 0 when the pass is over; or NOT_READY. */
  readonly nextRows: number;
  /** Makes the next batch ready. Ends early when training is aborted; then it still is not ready. */
  fetch(): Promise<void>;
  /** Writes the next batch into the session. */
  write(session: Session): void;
  /** Ends the pass where it stands. */
  close(): Promise<void> | null;
}

/** Data that can be passed through again and again: the same pass gives the same batches. */
export interface BatchSource {
  /** `null` where it is not known. */
  readonly stepsPerPass: number | null;
  /** `null` where it is not known. */
  readonly totalRows: number | null;
  /** Begins pass number `pass` behind its first `skip` batches. */
  open(pass: number, skip: number): BatchReader;
}

/** Keeps the stream of shuffles apart from the streams of initializers. */
const SHUFFLE_STREAM = 0x5348;

/** Options of `RowSource`. */
export interface RowSourceOptions {
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly seed: number;
}

/** Rows in memory, each pass in an order that seed and pass decide. */
export class RowSource implements BatchSource {
  readonly stepsPerPass: number;
  readonly totalRows: number;
  readonly #feed: Feed;
  readonly #options: RowSourceOptions;

  constructor(feed: Feed, options: RowSourceOptions) {
    this.#feed = feed;
    this.#options = options;
    this.totalRows = feed.rows;
    this.stepsPerPass = Math.ceil(feed.rows / options.batchSize);
  }

  open(pass: number, skip: number): BatchReader {
    const { batchSize, shuffle, seed } = this.#options;
    const isShuffled = shuffle && this.stepsPerPass > 1;
    const order = isShuffled ? Random.fromSeed(seed, SHUFFLE_STREAM, pass).permutation(this.totalRows) : null;
    return new RowReader(this.#feed, order, batchSize, skip * batchSize);
  }
}

class RowReader implements BatchReader {
  nextRows: number;
  readonly #feed: Feed;
  readonly #order: Uint32Array | null;
  readonly #batchSize: number;
  #begin: number;

  constructor(feed: Feed, order: Uint32Array | null, batchSize: number, begin: number) {
    this.#feed = feed;
    this.#order = order;
    this.#batchSize = batchSize;
    this.#begin = begin;
    this.nextRows = this.#remaining();
  }

  async fetch(): Promise<void> {}

  write(): void {
    this.#feed.write(this.#order, this.#begin, this.nextRows);
    this.#begin += this.nextRows;
    this.nextRows = this.#remaining();
  }

  close(): null {
    return null;
  }

  #remaining(): number {
    return Math.max(0, Math.min(this.#batchSize, this.#feed.rows - this.#begin));
  }
}

/** A batch that fits the model, and how much each row counts. */
export interface FittedBatch {
  readonly dataset: Dataset;
  readonly weights: Float32Array | null;
}

/** Options of `StreamSource`. */
export interface StreamSourceOptions {
  readonly program: Program;
  /** Checks one batch; `index` counts the batches of the pass. */
  readonly fitBatch: (batch: unknown, index: number) => FittedBatch;
  readonly signal: AbortSignal | null;
}

/** Batches of a pipeline, read as they are needed. */
export class StreamSource implements BatchSource {
  readonly stepsPerPass = null;
  readonly totalRows = null;
  readonly #pipeline: Pipeline<unknown>;
  readonly #options: StreamSourceOptions;

  constructor(pipeline: Pipeline<unknown>, options: StreamSourceOptions) {
    this.#pipeline = pipeline;
    this.#options = options;
  }

  open(pass: number, skip: number): BatchReader {
    return new StreamReader(this.#pipeline.iterate(pass)[Symbol.asyncIterator](), skip, this.#options);
  }
}

class StreamReader implements BatchReader {
  nextRows = NOT_READY;
  readonly #iterator: AsyncIterator<unknown>;
  readonly #options: StreamSourceOptions;
  #batch: FittedBatch | null = null;
  #toSkip: number;
  #index = 0;
  #isWaiting = false;

  constructor(iterator: AsyncIterator<unknown>, skip: number, options: StreamSourceOptions) {
    this.#iterator = iterator;
    this.#toSkip = skip;
    this.#options = options;
  }

  async fetch(): Promise<void> {
    for (;;) {
      this.#isWaiting = true;
      const next = await unlessAborted(this.#iterator.next(), this.#options.signal);
      if (next === null) return;
      this.#isWaiting = false;
      if (next.done) {
        if (this.#toSkip > 0)
          throw new DataError(`fit: the stream ended ${this.#toSkip} batches before the place to resume at.`);
        this.nextRows = 0;
        return;
      }
      const index = this.#index++;
      if (this.#toSkip > 0) {
        this.#toSkip--;
        continue;
      }
      this.#batch = this.#options.fitBatch(next.value, index);
      this.nextRows = this.#batch.dataset.length;
      return;
    }
  }

  write(session: Session): void {
    const { dataset, weights } = this.#batch as FittedBatch;
    new Feed(session, this.#options.program, dataset, weights).write(null, 0, dataset.length);
    this.nextRows = NOT_READY;
  }

  /** A source that is still waited for may never answer: its end is not waited for. */
  close(): Promise<void> | null {
    const closed = this.#iterator.return?.();
    if (!closed) return null;
    if (!this.#isWaiting) return closed.then(() => {});
    closed.catch(() => {});
    return null;
  }
}

/** What the promise gives, or `null` as soon as the signal is aborted. Leaves nothing behind on the signal. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | null): Promise<T | null> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => resolve(null);
    const settled = () => signal.removeEventListener("abort", abort);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort);
    promise.then(resolve, reject).finally(settled);
  });
}

/** The source of what was prepared. */
export function openSource(
  { training, conditions, batchRows }: Prepared,
  { session, program, seed, signal }: { session: Session; program: Program; seed: number; signal: AbortSignal | null },
): BatchSource {
  if (training.kind === "stream") {
    return new StreamSource(training.batches, { program, fitBatch: training.fitBatch, signal });
  }
  const feed = new Feed(session, program, training.dataset, training.weights);
  return new RowSource(feed, { batchSize: batchRows, shuffle: conditions.shuffle !== false, seed });
}
