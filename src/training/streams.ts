/** Training and evaluation from streams: batches read as they are needed. Loaded with the first stream. */

import { DataError, OptionError } from "../base/errors.js";
import type { Signal } from "../base/kinds.js";
import { exactOf } from "../data/exact.js";
import type { OnWarning } from "../data/onWarning.js";
import { batchPipeline, Pipeline } from "../data/pipeline.js";
import { type DataRows, heldRows } from "../data/rows.js";
import type { Stream } from "../data/stream.js";
import type { Program } from "../program/types.js";
import type { Session } from "../runtime/session.js";
import type { LossSpec } from "../specs/losses/table.js";
import { type BatchReader, type BatchSource, NOT_READY } from "./batches.js";
import { counts, noneCounts } from "./counts.js";
import { BATCH_SIZE, type Expectation, Feed } from "./feed.js";
import { fitBatch } from "./fitBatch.js";
import { warnOfMerged } from "./merged.js";
import type { CheckedFit } from "./options.js";
import type { FitHost } from "./parts.js";
import { combineWeights } from "./rowWeights.js";
import { whileUsable } from "./whileUsable.js";

/** A stream as batches. */
export function toBatches(where: string, stream: Stream, batchSize: number): Pipeline<unknown> {
  const batches = batchPipeline(where, stream);
  return batches.isBatched ? batches : batches.batch(batchSize);
}

/** A stream to train on, batch by batch. @throws OptionError for options that need all rows at once. */
export function prepareStream(
  data: Stream,
  options: CheckedFit,
  expectation: Expectation,
  { program, host }: Pick<StreamSourceOptions, "program" | "host">,
): BatchSource {
  const { minimizer } = program;
  if (minimizer) throw new OptionError(`fit: ${minimizer} needs all rows at once, got a stream. Give it { x, y }.`);
  const { classWeight, batchSize = BATCH_SIZE } = options;
  const refuse = (name: string, hint: string) => {
    throw new OptionError(`fit: ${name}: a stream is never there as a whole. ${hint}`);
  };
  if (options.validationSplit !== 0) refuse("validationSplit", "Give validationData.");
  if (classWeight === "balanced") refuse("classWeight", 'Give { class: weight, … } instead of "balanced".');
  if (options.shuffle === true) refuse("shuffle", "Use pipeline(…).shuffle(bufferSize).");
  const batches = toBatches("fit", data, batchSize);
  const isBatched = !(data instanceof Pipeline) || data.isBatched;
  if (isBatched && options.batchSize !== undefined) {
    throw new OptionError("fit: batchSize: these are batches already. Leave out batchSize, or batch().");
  }
  const weightsOf = (dataset: DataRows) =>
    classWeight === undefined ? dataset.sampleWeight : combineWeights("fit", dataset, classWeight, expectation);
  const fitOne = (batch: unknown, index: number): FittedBatch => {
    const dataset = fitBatch("fit", batch, index, expectation);
    return { dataset, weights: weightsOf(dataset) };
  };
  const { signal = null, onWarning, stepsPerEpoch = null } = options;
  const { loss } = expectation;
  const checks = { signal, onWarning, stepsPerEpoch, loss, isByClass: classWeight !== undefined };
  return new StreamSource(batches, { program, host, fitBatch: fitOne, ...checks });
}

const IN_STREAMS = "Scale x before it is a batch, as by pipeline(…).map(…)";

/** A batch that fits the model, and the weight of each row. */
interface FittedBatch {
  readonly dataset: DataRows;
  readonly weights: Float32Array | null;
}

/** Options of `StreamSource`. */
interface StreamSourceOptions {
  readonly program: Program;
  readonly host: FitHost;
  /** Checks one batch; `index` counts the batches of the pass. */
  readonly fitBatch: (batch: unknown, index: number) => FittedBatch;
  readonly signal: Signal | null;
  /** Told of the first batch whose x float32 merges, and of a first epoch in which no row counts. */
  readonly onWarning: OnWarning;
  readonly stepsPerEpoch: number | null;
  readonly loss: LossSpec;
  /** True if classWeight weighs rows. */
  readonly isByClass: boolean;
}

/** Batches of a pipeline, read as they are needed. */
class StreamSource implements BatchSource {
  readonly stepsPerPass = null;
  readonly totalRows = null;
  readonly #pipeline: Pipeline<unknown>;
  readonly #options: StreamSourceOptions;
  /** True until a pass has begun: later ones have the same values. */
  #isFirst = true;

  constructor(pipeline: Pipeline<unknown>, options: StreamSourceOptions) {
    this.#pipeline = pipeline;
    this.#options = options;
  }

  open(pass: number, skip: number): BatchReader {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    return new StreamReader(this.#pipeline.iterate(pass)[Symbol.asyncIterator](), skip, isFirst, this.#options);
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
  /** True as long as a merged column is worth a warning. */
  #warns: boolean;
  /** True as long as no row of the first pass has counted. */
  #isIdle: boolean;

  constructor(iterator: AsyncIterator<unknown>, skip: number, isFirst: boolean, options: StreamSourceOptions) {
    this.#iterator = iterator;
    this.#toSkip = skip;
    this.#warns = isFirst;
    this.#isIdle = isFirst && skip === 0;
    this.#options = options;
  }

  async fetch(): Promise<void> {
    const { host, signal, onWarning, stepsPerEpoch, loss, isByClass } = this.#options;
    for (;;) {
      this.#isWaiting = true;
      const next = await whileUsable(host, "fit", unlessAborted(this.#iterator.next(), signal));
      if (next === null) return;
      this.#isWaiting = false;
      if (next.done) {
        if (this.#toSkip > 0)
          throw new DataError(`fit: the stream ended ${this.#toSkip} batches before the place to resume at.`);
        if (this.#isIdle && this.#index > 0) throw noneCounts("fit", loss, isByClass);
        this.nextRows = 0;
        return;
      }
      const index = this.#index++;
      if (this.#toSkip > 0) {
        this.#toSkip--;
        continue;
      }
      this.#batch = this.#options.fitBatch(next.value, index);
      const { dataset, weights } = this.#batch;
      this.#isIdle &&= !counts(dataset, weights, loss);
      if (this.#isIdle && index + 1 === stepsPerEpoch) {
        await onWarning(noneCounts("fit: the first epoch", loss, isByClass).message);
      }
      if (this.#warns && exactOf(heldRows(dataset).x)) {
        this.#warns = !(await warnOfMerged(`fit: batch ${index}`, dataset, onWarning, IN_STREAMS));
      }
      this.nextRows = dataset.length;
      return;
    }
  }

  write(session: Session): void {
    const { dataset, weights } = this.#batch as FittedBatch;
    new Feed(session, this.#options.program, dataset, weights).write(null, 0, dataset.length);
    this.nextRows = NOT_READY;
  }

  close(): Promise<void> | null {
    return closeSource(this.#iterator, this.#isWaiting);
  }
}

/** Closes a source, without waiting for it if a read is pending: it may never answer. */
function closeSource(iterator: AsyncIterator<unknown>, isWaiting: boolean): Promise<void> | null {
  const closed = iterator.return?.();
  if (!closed) return null;
  if (!isWaiting) return closed.then(() => {});
  closed.catch(() => {});
  return null;
}

/** The batches of a stream, until the signal is aborted. @param wait Waits for an answer. */
export async function* batchesUntil(
  signal: Signal | null,
  stream: Pipeline<unknown>,
  wait: <T>(work: Promise<T>) => Promise<T>,
): AsyncGenerator<unknown, void> {
  const iterator = stream[Symbol.asyncIterator]();
  let isWaiting = true;
  try {
    for (;;) {
      isWaiting = true;
      const next = await wait(unlessAborted(iterator.next(), signal));
      if (next === null) return;
      isWaiting = false;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await closeSource(iterator, isWaiting);
  }
}

/** The result of the promise, or `null` as soon as the signal is aborted. Leaves no listener on the signal. */
function unlessAborted<T>(promise: Promise<T>, signal: Signal | null): Promise<T | null> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => resolve(null);
    const settled = () => signal.removeEventListener("abort", abort);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort);
    promise.then(resolve, reject).finally(settled);
  });
}

/** The error of a pass without batches. */
export function noBatches(where: string): DataError {
  return new DataError(`${where}: the data gave no batches. A stream must begin anew for each pass.`);
}
