/** Describes columns of x whose values float32 cannot tell apart. Loaded with the first data that have any. */

import { sizeOf } from "../base/shape.js";
import { describeMerged, mergedColumn } from "../data/mergedColumn.js";
import type { OnWarning } from "../data/onWarning.js";
import type { DataRows } from "../data/rows.js";

/** `column 0 (time): 8 different values are 1 in float32, …`; `null` if there is no such column. */
export function describeMergedX({ x, inputShape, featureNames }: DataRows): string | null {
  const merged = mergedColumn(x, sizeOf(inputShape));
  if (merged === null) return null;
  const name = featureNames ? ` (${featureNames[merged.column]})` : "";
  return `column ${merged.column}${name}: ${describeMerged(merged)}`;
}

/** Warns of such a column, and what to do about it; true if there is one. */
export async function warnOfMerged(
  where: string,
  dataset: DataRows,
  onWarning: OnWarning,
  remedy = "Scale x before training: standardScaler().fitTransform(data)",
): Promise<boolean> {
  const merged = describeMergedX(dataset);
  if (merged) await onWarning(`${where}: x: ${merged}. ${remedy}.`);
  return merged !== null;
}
