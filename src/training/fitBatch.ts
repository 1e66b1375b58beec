/** A batch of a stream, checked. Loaded with the first stream, or `evaluate`. */

import { DataError } from "../base/errors.js";
import type { Data } from "../data/dataset.js";
import type { DataRows } from "../data/rows.js";
import type { Expectation } from "./feed.js";
import { fitData } from "./fitData.js";

/** @throws the errors of `fitData`, with the number of the batch; DataError for a row where a batch is expected */
export function fitBatch(where: string, batch: unknown, index: number, expectation: Expectation): DataRows {
  const at = `${where}: batch ${index}`;
  const y: unknown = typeof batch === "object" && (batch as Partial<Data> | null)?.y;
  if (typeof y === "number") {
    throw new DataError(
      `${at}: expected a batch, whose y is a list, got a row, whose y is ${y}. For rows: pipeline(source).batch(32).`,
    );
  }
  return fitData(at, batch as Data, expectation);
}
