/** Where the batches of training come from; here rows in memory, in `streams.ts` streams. Knows positions, not steps or callbacks. */
import { Random } from "../base/random.js";
import type { Session } from "../runtime/session.js";
import type { Feed } from "./feed.js";

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

/** Options of `RowBatches`. */
export interface RowBatchesOptions {
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly seed: number;
}

/** Rows in memory, each pass in an order that seed and pass decide. */
export class RowBatches implements BatchSource {
  readonly stepsPerPass: number;
  readonly totalRows: number;
  readonly #feed: Feed;
  readonly #options: RowBatchesOptions;

  constructor(feed: Feed, options: RowBatchesOptions) {
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
