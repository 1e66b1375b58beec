/** Columns whose values float32 cannot tell apart. */
import { exactOf } from "./exact.js";

/** A column with values that float32 cannot tell apart. */
export interface MergedColumn {
  readonly column: number;
  /** Number of distinct values, and number of them left in float32. */
  readonly values: number;
  readonly left: number;
  /** Two values that become equal. */
  readonly pair: readonly [number, number];
}

/** A smaller share of lost values occurs by chance in many rows of large numbers, and is harmless. */
const MERGED = 0.05;

/** The first column that loses a good part of its distinct values; `null` if there is none. */
export function mergedColumn(rows: Float32Array, columns: number): MergedColumn | null {
  const exact = exactOf(rows);
  if (exact === null) return null;
  const distinct = (list: Float64Array | Float32Array) =>
    list.filter((value: number, i: number) => value !== list[i - 1]).length;
  for (let column = 0; column < columns; column++) {
    const sorted = exact.filter((_, i) => i % columns === column).sort();
    const rounded = Float32Array.from(sorted);
    const [values, left] = [distinct(sorted), distinct(rounded)];
    if (values - left < MERGED * values || left === values) continue;
    const at = sorted.findIndex((value, i) => value !== sorted[i - 1] && rounded[i] === rounded[i - 1]);
    return { column, values, left, pair: [sorted[at - 1], sorted[at]] };
  }
  return null;
}

/** `8 different values are 1 in float32, such as 1700000000000 and 1700000001000`. */
export function describeMerged({ values, left, pair }: MergedColumn): string {
  return `${values} different values are ${left} in float32, such as ${pair[0]} and ${pair[1]}`;
}
