/** Sources of training batches: rows in memory here, streams in `streams.ts`. Knows positions, not steps. */
import { Random } from "../base/random.js";
import type { Session } from "../runtime/session.js";
import type { Feed } from "./feed.js";

/** The next batch must be fetched first. */
export const NOT_READY = -1;

/** One pass over the data, batch by batch. */
export interface BatchReader {
  /** Rows of the next batch; 0 when the pass is over; or NOT_READY. */
  readonly nextRows: number;
  /** Makes the next batch ready. Returns early if training is aborted, with no batch ready. */
  fetch(): Promise<void>;
  /** Writes the next batch into the session. */
  write(session: Session): void;
  /** Ends the pass at its current position. */
  close(): Promise<void> | null;
}

/** Data that can be read in many passes: the same pass gives the same batches. */
export interface BatchSource {
  /** `null` if unknown. */
  readonly stepsPerPass: number | null;
  /** `null` if unknown. */
  readonly totalRows: number | null;
  /** Begins pass number `pass` after its first `skip` batches. */
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

/** Rows in memory, in an order decided by seed and pass. */
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
