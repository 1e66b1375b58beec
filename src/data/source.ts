/** Sources of pipelines, and how each is reopened for another pass. Knows nothing about batches. */
import { DataError, OptionError, show } from "../base/errors.js";
import { sizeOf } from "../base/shape.js";
import { Dataset } from "./dataset.js";
import { exactOf, floatsOf } from "./exact.js";
import type { Row } from "./row.js";
import { heldRows } from "./rows.js";

/**
 * Source of a pipeline. A function is called for every pass with the number of the pass, from 0; a generator
 * object can be walked through only once.
 */
export type PipelineSource<T> = Iterable<T> | AsyncIterable<T> | ((epoch: number) => Iterable<T> | AsyncIterable<T>);

/** Opens one pass over elements. */
export type Open<T> = (epoch: number) => Iterable<T> | AsyncIterable<T>;

/** Returns a function that begins a pass over a source. @throws OptionError */
export function opener(where: string, source: unknown): Open<unknown> {
  if (source instanceof Dataset) return () => rowsOf(source);
  if (typeof source === "function") {
    return (epoch) => {
      const made: unknown = source(epoch);
      if (isIterable(made)) return made;
      throw new OptionError(`${where}: the function returned ${show(made)}, which cannot be iterated. Use function*.`);
    };
  }
  if (typeof source === "object" && isIterable(source)) return isOnce(source) ? once(where, source) : () => source;
  throw new OptionError(
    `${where}: expected a Dataset, an array of rows, an iterable or a generator function, got ${show(source)}.`,
  );
}

function isIterable(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  if (typeof value !== "object" || value === null) return false;
  return Symbol.asyncIterator in value || Symbol.iterator in value;
}

/** A generator object is its own iterator: elements it has yielded are gone. */
function isOnce(source: Iterable<unknown> | AsyncIterable<unknown>): boolean {
  return "next" in source && typeof source.next === "function";
}

function once<T>(where: string, source: T): () => T {
  let isUsed = false;
  return () => {
    if (isUsed) {
      throw new DataError(
        `${where}: a generator can be walked through only once, and another pass was asked for. ` +
          `Give the generator function, without calling it.`,
      );
    }
    isUsed = true;
    return source;
  };
}

function* rowsOf(dataset: Dataset): Generator<Row, void> {
  const { y, sampleWeight, inputShape, targetShape, length } = dataset;
  const { x: held, scale } = heldRows(dataset);
  const isSmall = held.BYTES_PER_ELEMENT < 4;
  const x = exactOf(held) ?? held;
  const inputs = sizeOf(inputShape);
  const targets = sizeOf(targetShape);
  for (let row = 0; row < length; row++) {
    const values = x.subarray(row * inputs, (row + 1) * inputs);
    yield {
      x: isSmall ? floatsOf(values, scale) : values,
      y: targetShape.length === 0 ? y[row] : y.subarray(row * targets, (row + 1) * targets),
      ...(sampleWeight && { sampleWeight: sampleWeight[row] }),
    };
  }
}
