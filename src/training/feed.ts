/** Feeds rows that fit a model into a session, batch by batch. */

import { checkArguments, DataError, show } from "../base/errors.js";
import { RandomStream } from "../base/randomStream.js";
import type { Shape } from "../base/shape.js";
import { isLabel } from "../data/matrix.js";
import { type DataRows, heldRows } from "../data/rows.js";
import { Label } from "../plan/op.js";
import type { Program, TrainingTensors } from "../program/types.js";
import type { Session } from "../runtime/session.js";
import type { PlacedLayer } from "../specs/layers/facts.js";
import type { LossSpec } from "../specs/losses/table.js";
import type { BatchReader, BatchSource } from "./batches.js";

/** Default rows per optimizer step. */
export const BATCH_SIZE = 32;

/** Rows per chunk outside training: enough to fill the kernels, few enough for the cache. */
export const CHUNK_ROWS = 256;

/** Requirements of a model on its data. */
export interface Expectation {
  readonly inputShape: Shape;
  readonly layers: readonly PlacedLayer[];
  readonly outputs: number;
  readonly loss: LossSpec;
}

/** Refuses x and y as two arguments, then any extra argument. @throws DataError, OptionError */
export function checkCall(where: string, args: ArrayLike<unknown>, most: number): void {
  refuseRows(where, args[0]);
  checkArguments(where, args, most);
}

/** Refuses x by itself, as other libraries accept it. @throws DataError */
export function refuseRows(where: string, data: unknown): void {
  if (!Array.isArray(data) && !ArrayBuffer.isView(data)) return;
  throw new DataError(`${where}: expected { x, y } or a Dataset, got ${show(data)}. Give both as { x, y }.`);
}

/** Writes the batches of one data set into a session. */
export class Feed {
  readonly rows: number;
  readonly #dataset: DataRows;
  readonly #y: Float32Array;
  readonly #weights: Float32Array | null;
  readonly #session: Session;
  readonly #x: Program["x"];
  readonly #training: TrainingTensors;
  /** Factor of the weights of rows that count, in every batch; `null` if each batch has its own factor. */
  readonly factor: number | null;
  /** The session's write count after the whole data set was written: while it is unchanged, so are the data. */
  #residentAt = -1;

  constructor(
    session: Session,
    program: Program,
    dataset: DataRows,
    weights: Float32Array | null = dataset.sampleWeight,
    { evaluates = false } = {},
  ) {
    this.#session = session;
    this.#x = program.x;
    this.#training = program.training as TrainingTensors; // callers have checked that the model is compiled
    const { targets, ignoreClass, mostLabels: most } = this.#training;
    this.rows = dataset.length;
    this.#dataset = dataset;
    this.#weights = weights;
    // Labels become indices in the kernels. They are copied, so that nobody can change them after this check.
    const isLabels = targets.format === "labels";
    if (isLabels && !dataset.y.every((label) => isLabel(label, most, ignoreClass))) {
      throw new DataError("y: labels have changed since they were checked.");
    }
    this.#y = isLabels ? dataset.y.map((label) => (label === ignoreClass ? Label.Ignored : label)) : dataset.y;
    if (ignoreClass === null) this.factor = 1;
    else this.factor = evaluates ? this.#shareFactor(null, 0, dataset.length) : null;
  }

  /** Writes rows [begin, begin + count) of `order`, or of the data set itself. */
  write(order: Uint32Array | null, begin: number, count: number): void {
    const { targets, sampleWeights } = this.#training;
    if (this.#residentAt === this.#session.writes) return;
    this.#session.rows = count;
    const { x, scale } = heldRows(this.#dataset);
    this.#session.writeRows(this.#x, x, order, begin, count, scale);
    if (targets.format === "labels") this.#session.writeLabels(targets, this.#y, order, begin, count);
    else this.#session.writeRows(targets, this.#y, order, begin, count);
    if (this.#weights) this.#session.writeRows(sampleWeights, this.#weights, order, begin, count);
    else this.#session.fillRows(sampleWeights, 1, count);
    const factor = this.factor ?? this.#shareFactor(order, begin, count);
    if (factor !== 1) this.#session.scaleRows(sampleWeights, factor, count);
    if (order === null && count === this.rows) this.#residentAt = this.#session.writes;
  }

  /** Rows / rows that count: with it, the mean over all rows is that over the rows that count. */
  #shareFactor(order: Uint32Array | null, begin: number, count: number): number {
    let counted = 0;
    for (let row = begin; row < begin + count; row++) {
      if (this.#y[order === null ? row : order[row]] !== Label.Ignored) counted++;
    }
    return counted === 0 ? 0 : count / counted;
  }
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
    const order = isShuffled ? RandomStream.fromSeed(seed, SHUFFLE_STREAM, pass).permutation(this.totalRows) : null;
    return new RowReader(this.#feed, order, batchSize, skip * batchSize);
  }
}

class RowReader implements BatchReader {
  begin: number;
  readonly #feed: Feed;
  readonly #order: Uint32Array | null;
  readonly #batchSize: number;

  constructor(feed: Feed, order: Uint32Array | null, batchSize: number, begin: number) {
    this.#feed = feed;
    this.#order = order;
    this.#batchSize = batchSize;
    this.begin = begin;
  }

  get nextRows(): number {
    return Math.max(0, Math.min(this.#batchSize, this.#feed.rows - this.begin));
  }

  async fetch(): Promise<void> {}

  write(): void {
    this.#feed.write(this.#order, this.begin, this.nextRows);
    this.begin += this.nextRows;
  }

  close(): null {
    return null;
  }
}
