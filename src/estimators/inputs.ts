/** The data that estimators take, checked at the door. Knows rows, not what targets mean. */

import { counted } from "../base/counted.js";
import { checkKeys, DataError, OptionError, ShapeError, show } from "../base/errors.js";
import { Dataset } from "../data/dataset.js";
import type { Numbers } from "../data/matrix.js";

/** Rows to predict for: a Dataset, `{ x }`, or the rows themselves. */
export type Inputs = Dataset | { readonly x: Numbers } | Numbers;

/**
 * Refuses anything but a Dataset or `{ x, y }`, as its only argument.
 * @param call The method with its class: `MLPClassifier.fit`.
 * @throws DataError, OptionError that say how to call it.
 */
export function checkDataArgument(call: string, data: unknown, args: ArrayLike<unknown> = []): void {
  const name = call.split(".").pop();
  const isObject = typeof data === "object" && data !== null && !Array.isArray(data) && !ArrayBuffer.isView(data);
  if (!isObject) {
    throw new DataError(`${call}: expected a Dataset or { x, y }, got ${show(data)}. Call ${name}({ x, y }).`);
  }
  if (!(data instanceof Dataset)) checkKeys(call, data, ["x", "y", "sampleWeight"]);
  if (args.length <= 1) return;
  throw new OptionError(
    `${call}: expected one argument, { x, y }, got ${args.length}. Options belong to the estimator: new ${call.split(".")[0]}({ … }).`,
  );
}

/** Values per row, where rows are arrays; `null` for a flat array. */
export function widthOf(rows: unknown): number | null {
  const first = Array.isArray(rows) ? (rows[0] as unknown) : undefined;
  return Array.isArray(first) || ArrayBuffer.isView(first) ? (first as unknown as ArrayLike<number>).length : null;
}

/** Features per row: as the first row says, or as many as there are rows to share a flat array among. */
export function countFeatures(where: string, x: unknown, rows: number): number {
  const width = widthOf(x);
  if (width !== null) return width;
  const { length } = (x ?? {}) as { length?: unknown };
  if (typeof length !== "number") {
    throw new DataError(`${where}: x: expected number[][] or a typed array, got ${show(x)}.`);
  }
  if (length > 0 && length % rows === 0) return length / rows;
  throw new ShapeError(
    `${where}: x: ${counted(length, "value")} cannot be shared among the ${counted(rows, "row")} that y has. Give as many rows as labels.`,
  );
}
