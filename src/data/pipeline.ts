/**
 * Streams of rows or batches: read piece by piece, transformed on the way, never held in memory as a whole.
 * Knows arrays and iterables, not models.
 */
import { checkArguments, checkFunction, checkNumber, DataError, OptionError, show } from "../base/errors.js";
import { flag, type Given, number, readOptions } from "../base/options.js";
import { Random } from "../base/random.js";
import type { Dataset } from "./dataset.js";
import { joinRows, type Row } from "./row.js";
import { type Open, opener, type PipelineSource } from "./source.js";

/** Options of `shuffle`. */
const shuffleOptions = {
  /** Decides the order, together with the number of the pass. An integer from 0. @default 0 */
  seed: number({ min: 0, integer: true }, 0),
};

/** Options of `shuffle`. */
export interface PipelineShuffleOptions extends Given<typeof shuffleOptions> {}

/** Options of `batch`. */
const batchOptions = {
  /** Drops the rows at the end that do not fill a batch. @default false */
  dropRemainder: flag(false),
};

/** Options of `batch`. */
export interface PipelineBatchOptions extends Given<typeof batchOptions> {}

/** Keeps the stream of pipeline orders apart from other uses of the same seed. */
const PIPELINE_STREAM = 0x5049;

/**
 * A pipeline over a Dataset, an array of rows `{ x, y, sampleWeight? }`, an iterable, an async iterable, or a function
 * that makes one, such as a generator function. Nothing is read before it is iterated or given to `fit`.
 *
 * @example
 * const rows = pipeline(readRows).map(scale).shuffle(1000, { seed: 1 }).batch(32).prefetch(2);
 * await model.fit(rows, { epochs: 5 });
 * @throws OptionError for a source that cannot be iterated.
 */
export function pipeline(source: Dataset): Pipeline<Row>;
export function pipeline<T>(source: PipelineSource<T>): Pipeline<T>;
export function pipeline(source: unknown): Pipeline<unknown> {
  checkArguments("pipeline", arguments, 1);
  return source instanceof Pipeline ? source : new Pipeline(opener("pipeline", source), false);
}

/** A pipeline whose elements are already batches: `fit` turns a raw iterable into one. */
export function batchPipeline(where: string, source: unknown): Pipeline<unknown> {
  return source instanceof Pipeline ? source : new Pipeline(opener(where, source), true);
}

/** Elements that are read anew in each pass. Every method returns a new pipeline and reads nothing. */
export class Pipeline<T> implements AsyncIterable<T> {
  readonly #open: Open<T>;
  /** True if the elements are batches rather than rows. */
  readonly isBatched: boolean;

  /** Use `pipeline(source)`. */
  constructor(open: Open<T>, isBatched: boolean) {
    this.#open = open;
    this.isBatched = isBatched;
  }

  /** The elements of pass `epoch`: the same number gives the same elements in the same order. */
  iterate(epoch = 0): AsyncIterable<T> {
    checkArguments("iterate", arguments, 1);
    checkNumber("iterate: epoch", epoch, { min: 0, integer: true });
    const open = this.#open;
    return { [Symbol.asyncIterator]: () => toAsync(open(epoch)) };
  }

  /** The elements of the first pass. */
  [Symbol.asyncIterator](): AsyncIterator<T> {
    return this.iterate(0)[Symbol.asyncIterator]();
  }

  /** Each element as changed by `change`, which also gets the element's number in the pass, and may be async. */
  map<U>(change: (element: T, index: number) => U | Promise<U>): Pipeline<U> {
    checkArguments("map", arguments, 1);
    checkFunction("map", change);
    return this.#then(async function* (elements) {
      let index = 0;
      for await (const element of elements) yield await change(element, index++);
    });
  }

  /** Only the elements for which `keep` returns true; it may be async. */
  filter(keep: (element: T, index: number) => boolean | Promise<boolean>): Pipeline<T> {
    checkArguments("filter", arguments, 1);
    checkFunction("filter", keep);
    return this.#then(async function* (elements) {
      let index = 0;
      for await (const element of elements) if (await keep(element, index++)) yield element;
    });
  }

  /**
   * A new order in each pass, decided by `seed` and the number of the pass: each element is drawn from a buffer of
   * `bufferSize` and replaced by the next one read, as in tf.data. Shuffles everything only with a buffer as
   * large as the data.
   * @throws OptionError
   */
  shuffle(bufferSize: number, options: PipelineShuffleOptions = {}): Pipeline<T> {
    checkCount("shuffle: bufferSize", bufferSize, 1);
    const { seed } = readOptions("shuffle", shuffleOptions, options, arguments);
    return this.#then(async function* (elements, epoch) {
      const random = Random.fromSeed(seed, PIPELINE_STREAM, epoch);
      const buffer: T[] = [];
      for await (const element of elements) {
        if (buffer.length < bufferSize) {
          buffer.push(element);
          continue;
        }
        const at = random.integerBelow(bufferSize);
        const drawn = buffer[at];
        buffer[at] = element;
        yield drawn;
      }
      random.shuffle(buffer);
      yield* buffer;
    });
  }

  /**
   * Rows `{ x, y, sampleWeight? }` joined to Datasets of `size` rows; the last may be smaller.
   * @throws OptionError; while iterating, ShapeError and DataError that name batch and row.
   */
  batch(size: number, options: PipelineBatchOptions = {}): Pipeline<Dataset> {
    checkCount("batch: size", size, 1);
    const { dropRemainder } = readOptions("batch", batchOptions, options, arguments);
    if (this.isBatched) throw new OptionError("batch: the elements are batches already. Call batch() once.");
    const open = this.#open;
    return new Pipeline(async function* (epoch) {
      let rows: T[] = [];
      let index = 0;
      for await (const row of open(epoch)) {
        rows.push(row);
        if (rows.length < size) continue;
        yield joinRows(rows, index++, size);
        rows = [];
      }
      if (rows.length > 0 && !dropRemainder) yield joinRows(rows, index, size);
    }, true);
  }

  /** The first `count` elements. @throws OptionError */
  take(count: number): Pipeline<T> {
    checkArguments("take", arguments, 1);
    checkCount("take", count, 0);
    return this.#then(async function* (elements) {
      let left = count;
      if (left === 0) return;
      for await (const element of elements) {
        yield element;
        if (--left === 0) return;
      }
    });
  }

  /** All but the first `count` elements. @throws OptionError */
  skip(count: number): Pipeline<T> {
    checkArguments("skip", arguments, 1);
    checkCount("skip", count, 0);
    return this.#then(async function* (elements) {
      let left = count;
      for await (const element of elements)
        if (left > 0) left--;
        else yield element;
    });
  }

  /**
   * `count` passes as one, each in its own order; endless without `count`, for `fit` with `stepsPerEpoch`.
   * @throws OptionError; while iterating, DataError if there is nothing to repeat.
   */
  repeat(count = Infinity): Pipeline<T> {
    checkArguments("repeat", arguments, 1);
    if (count !== Infinity) checkCount("repeat", count, 1);
    const open = this.#open;
    return new Pipeline(async function* (epoch) {
      const first = count === Infinity ? epoch : epoch * count;
      for (let pass = 0; pass < count; pass++) {
        let isEmpty = true;
        for await (const element of open(first + pass)) {
          isEmpty = false;
          yield element;
        }
        if (isEmpty) throw new DataError(`repeat: pass ${pass} gave no elements.`);
      }
    }, this.isBatched);
  }

  /** The elements of this pipeline, then those of another. @throws OptionError for rows after batches. */
  concatenate<U>(other: Pipeline<U>): Pipeline<T | U> {
    checkArguments("concatenate", arguments, 1);
    if (!(other instanceof Pipeline)) {
      throw new OptionError(`concatenate: expected a pipeline, got ${show(other)}.`);
    }
    if (other.isBatched !== this.isBatched) {
      throw new OptionError("concatenate: expected two pipelines of rows or two of batches, got one of each.");
    }
    const open = this.#open;
    return new Pipeline<T | U>(async function* (epoch) {
      yield* open(epoch);
      yield* other.iterate(epoch);
    }, this.isBatched);
  }

  /** Reads up to `count` elements ahead while earlier ones are being used. @throws OptionError */
  prefetch(count: number): Pipeline<T> {
    checkArguments("prefetch", arguments, 1);
    checkCount("prefetch", count, 1);
    return this.#then(async function* (elements) {
      const iterator = elements[Symbol.asyncIterator]();
      const ahead: Promise<IteratorResult<T>>[] = [];
      const ask = () => {
        const next = iterator.next();
        next.catch(() => {}); // it is awaited below, unless iteration ends before
        ahead.push(next);
      };
      try {
        while (ahead.length < count) ask();
        for (;;) {
          const { done, value } = await (ahead.shift() as Promise<IteratorResult<T>>);
          if (done) return;
          ask();
          yield value;
        }
      } finally {
        await iterator.return?.();
      }
    });
  }

  /** All elements of pass `epoch` at once, for tests and small data. */
  async toArray(epoch = 0): Promise<T[]> {
    checkArguments("toArray", arguments, 1);
    const all: T[] = [];
    for await (const element of this.iterate(epoch)) all.push(element);
    return all;
  }

  #then<U>(stage: (elements: AsyncIterable<T>, epoch: number) => AsyncIterable<U>): Pipeline<U> {
    return new Pipeline((epoch) => stage(this.iterate(epoch), epoch), this.isBatched);
  }
}

function checkCount(where: string, count: unknown, min: number): void {
  checkNumber(where, count, { min, integer: true });
}

async function* toAsync<T>(elements: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T, void> {
  yield* elements;
}
