/** Data that come batch by batch. */
import { type DataArrays, Dataset } from "./dataset.js";
import type { Pipeline } from "./pipeline.js";
import type { Row } from "./row.js";

/** Rows that make one optimizer step. */
export type Batch = Dataset | DataArrays;

/** Data read batch by batch: a pipeline of rows or batches, or an iterable of batches. */
export type Stream =
  | Pipeline<Row>
  | Pipeline<Batch>
  | AsyncIterable<Batch>
  | Iterable<Batch>
  | ((epoch: number) => Iterable<Batch> | AsyncIterable<Batch>);

export function isStream(data: unknown): data is Stream {
  if (typeof data === "function") return true;
  if (typeof data !== "object" || data === null || data instanceof Dataset) return false;
  if (Array.isArray(data) || ArrayBuffer.isView(data) || "x" in data) return false;
  return Symbol.asyncIterator in data || Symbol.iterator in data;
}
