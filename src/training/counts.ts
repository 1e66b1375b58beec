/** Whether any row counts: with weights of 0 alone, there is nothing to learn from and nothing to judge. */

import { DataError } from "../base/errors.js";
import type { DataRows } from "../data/rows.js";
import type { LossSpec } from "../specs/losses/table.js";

/** True if a row has a weight above 0, and a label that is not ignored. */
export function counts({ y }: DataRows, weights: Float32Array | null, { ignoreClass = null }: LossSpec): boolean {
  if (ignoreClass !== null) return y.some((label, row) => label !== ignoreClass && weights?.[row] !== 0);
  return !weights || weights.some((weight) => weight > 0);
}

/** The error for rows of which none counts. */
export function noneCounts(where: string, { ignoreClass = null }: LossSpec, isByClass = false): DataError {
  const causes = [
    "sampleWeight",
    ...(isByClass ? ["classWeight"] : []),
    ...(ignoreClass === null ? [] : ["ignoreClass"]),
  ];
  return new DataError(
    `${where}: expected at least one row with a weight above 0, got none. Change ${causes.join(" or ")}.`,
  );
}
