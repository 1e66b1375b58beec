/** Feeds data into a session: checks data against a model once, then writes its batches. */

import { checkArguments, DataError, located, OptionError, ShapeError, show } from "../base/errors.js";
import { RandomStream } from "../base/randomStream.js";
import { formatShape, type Shape, sizeOf } from "../base/shape.js";
import type { Data } from "../data/dataset.js";
import { checkLabels, fitsShape, shapeOf } from "../data/matrix.js";
import {
  checkArrays,
  type DataArrays,
  DataRows,
  heldRows,
  readArrays,
  readWeights,
  shapeOption,
} from "../data/rows.js";
import { Label } from "../plan/op.js";
import type { Program, TrainingTensors } from "../program/types.js";
import type { Session } from "../runtime/session.js";
import { checkInput, type PlacedLayer } from "../specs/layers/facts.js";
import { lossTargets, mostLabels, outputReading, targetColumns, targetKind } from "../specs/losses/facts.js";
import type { TargetKind } from "../specs/losses/options.js";
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

/**
 * The data as rows that fit the model.
 * @throws ShapeError, DataError naming the row or shape that does not fit, and the remedy.
 */
export function fitData(where: string, data: Data, { inputShape, layers, outputs, loss }: Expectation): DataRows {
  refuseRows(where, data);
  const labels = lossTargets(loss) === "labels";
  const columns = targetColumns(loss, outputs);
  const wanted = labels || columns === 1 ? [] : [columns];
  const perClass = outputReading(loss) === "classes" && !labels;
  if (wanted.length > 0) refuseOneEach(where, data, { inputShape, outputs: columns, loss });
  const dataset =
    data instanceof DataRows ? data : located(where, () => rowsOf(data, inputShape, targetShape(data, wanted)));
  checkInputShape(where, dataset, inputShape);
  if (dataset.length === 0) throw new DataError(`${where}: expected at least one row, got none.`);
  checkInput(`${where}: x`, layers, dataset);
  const width = sizeOf(dataset.targetShape);
  if (labels && width !== 1) {
    throw new ShapeError(
      `${where}: y: ${loss.type} expects one integer label per row, got rows of ${width}. ` +
        `For one-hot rows use "categoricalCrossentropy".`,
    );
  }
  if (!labels && width !== columns) {
    const hint = perClass && width === 1 ? LABELS_HINT : "";
    throw new ShapeError(`${where}: y: expected ${columns} targets per row, one for each output, got ${width}.${hint}`);
  }
  if (labels) checkLabels(`${where}: y`, dataset.y, mostLabels(loss, outputs), loss.ignoreClass);
  else checkTargets(`${where}: y`, dataset.y, width, loss);
  return dataset;
}

/** Rejects x and y as two arguments, then any extra argument. @throws DataError, OptionError */
export function checkCall(where: string, args: ArrayLike<unknown>, most: number): void {
  refuseRows(where, args[0]);
  checkArguments(where, args, most);
}

/** Rejects x by itself, as other libraries accept it. @throws DataError */
function refuseRows(where: string, data: unknown): void {
  if (!Array.isArray(data) && !ArrayBuffer.isView(data)) return;
  throw new DataError(
    `${where}: expected { x, y } or a Dataset, got ${show(data)}. Put x and y into one object: { x, y }.`,
  );
}

/** @throws ShapeError unless the shape of a row is that of the model */
export function checkInputShape(where: string, dataset: DataRows, inputShape: Shape): void {
  if (fitsShape(dataset.inputShape, inputShape)) return;
  const expected = formatShape(inputShape, { batch: true });
  throw new ShapeError(
    `${where}: x: expected ${expected}, got ${formatShape([dataset.length, ...dataset.inputShape])}. The model's inputShape decides.`,
  );
}

/** Arrays as rows, with the checks and messages of `Dataset.from`. @throws OptionError, ShapeError, DataError */
function rowsOf(data: DataArrays, inputShape: Shape, targetShape: Shape): DataRows {
  shapeOption.check("Dataset.from: targetShape", targetShape);
  checkArrays(data);
  const { held, y } = readArrays(data, inputShape, targetShape);
  return new DataRows(held, y, inputShape, targetShape, readWeights(data.sampleWeight, y.length / sizeOf(targetShape)));
}

/** Rows of y have their own shape; a flat array is cut into rows of the wanted shape. */
function targetShape(data: Data, wanted: Shape): Shape {
  const own = shapeOf(Array.isArray(data?.y) ? data.y[0] : null);
  if (own.length === 0) return wanted;
  return sizeOf(own) === 1 ? [] : own;
}

const LABELS_HINT = ` For labels use "sparseCategoricalCrossentropy".`;

/** Rejects one number per row if each row needs several. Without this, the message would say too few rows. */
function refuseOneEach(
  where: string,
  data: Data,
  { inputShape, outputs, loss }: Pick<Expectation, "inputShape" | "outputs" | "loss">,
): void {
  if (data instanceof DataRows) return;
  const { x, y } = data ?? {};
  const [[values = 0, ...row], [targets, ...target]] = [shapeOf(x), shapeOf(y)];
  if (target.length > 0 || targets !== (row.length > 0 ? values : values / sizeOf(inputShape))) return;
  const perClass = outputReading(loss) === "classes";
  const expected = perClass
    ? `${loss.type} expects one target per class in each row`
    : `expected ${outputs} targets per row, one for each output`;
  throw new ShapeError(`${where}: y: ${expected}, got one number per row.${perClass ? LABELS_HINT : ""}`);
}

/** Legal values of each kind of targets, in words and as a test of a finite number. */
const legalTargets: Readonly<Record<TargetKind, { words: string; holds: (target: number) => boolean }>> = {
  numbers: { words: "finite numbers", holds: () => true },
  nonNegative: { words: "targets of 0 or more", holds: (target) => target >= 0 },
  probabilities: { words: "targets from 0 to 1", holds: (target) => target >= 0 && target <= 1 },
  signs: { words: "targets of -1 and 1, or of 0 and 1", holds: (target) => target === 0 || Math.abs(target) === 1 },
  labels: { words: "integer labels", holds: Number.isInteger },
};

function checkTargets(where: string, y: Float32Array, width: number, loss: LossSpec): void {
  const kind = targetKind(loss);
  const { words, holds } = legalTargets[kind];
  let bad = y.findIndex((target) => !holds(target));
  // 0 is read as -1; next to a -1 it could mean neither.
  if (bad < 0 && kind === "signs" && y.includes(-1)) bad = y.indexOf(0);
  if (bad < 0) return;
  const row = Math.floor(bad / width);
  throw new DataError(`${where}: row ${row}: ${loss.type} expects ${words}, got ${y[bad]}.`);
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
    if (!program.training) throw new OptionError("There are no targets before compile().");
    this.#session = session;
    this.#x = program.x;
    this.#training = program.training;
    this.rows = dataset.length;
    this.#dataset = dataset;
    this.#weights = weights;
    // Labels become indices in the kernels. They are copied, so that nobody can change them after this check.
    const isLabels = program.training.targets.format === "labels";
    const { ignoreClass, mostLabels: most } = program.training;
    if (isLabels) checkLabels("y", dataset.y, most, ignoreClass);
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
