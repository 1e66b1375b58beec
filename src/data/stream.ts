/** Types of data that come batch by batch. */
import type { Dataset } from "./dataset.js";
import type { Pipeline } from "./pipeline.js";
import type { Row } from "./row.js";
import type { DataArrays } from "./rows.js";

/** Rows that make one optimizer step. */
export type Batch = Dataset | DataArrays;

/** Data read batch by batch: a pipeline of rows or batches, or an iterable of batches. */
export type Stream =
  | Pipeline<Row>
  | Pipeline<Batch>
  | AsyncIterable<Batch>
  | Iterable<Batch>
  | ((epoch: number) => Iterable<Batch> | AsyncIterable<Batch>);
