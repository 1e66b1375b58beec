/**
 * Numbers that float32 blurs, such as times in milliseconds: rows keep them in float64 as well as float32, so that
 * scalers can work with them. Knows arrays, not their purpose.
 */
import { kindOf, type NumericArray } from "../base/kinds.js";

/** The float64 values of each Float32Array that was made from them. */
const kept = new WeakMap<NumericArray, Float64Array>();

/** A column whose rounding is more than this share of its range is blurred. */
const BLUR = 1e-6;

/** True if rounding to float32 moves values of a column far relative to its range, or changes any integer. */
function isBlurred(numbers: ArrayLike<number>, rows: Float32Array, columns: number): boolean {
  const low = new Float64Array(columns).fill(Infinity);
  const high = new Float64Array(columns).fill(-Infinity);
  const error = new Float64Array(columns);
  for (let i = 0, column = 0; i < rows.length; i++) {
    const value = numbers[i];
    if (value < low[column]) low[column] = value;
    if (value > high[column]) high[column] = value;
    const moved = Math.abs(value - rows[i]);
    if (moved > error[column]) error[column] = moved;
    if (++column === columns) column = 0;
  }
  return error.some((moved, column) => moved >= 1 || moved > BLUR * (high[column] - low[column]));
}

/** Keeps `numbers` for `rows`, the same values in float32, if float32 blurs a column of them. */
export function keepExact(
  rows: Float32Array,
  numbers: ArrayLike<number> & { BYTES_PER_ELEMENT: number },
  columns: number,
): void {
  if (numbers.BYTES_PER_ELEMENT > 2 && isBlurred(numbers, rows, columns)) kept.set(rows, new Float64Array(numbers));
}

/** Rows as changed by `change`, and likewise their float64 values. */
export function deriveRows<Rows extends NumericArray>(
  rows: Rows,
  change: <Values extends NumericArray>(values: Values) => Values,
): Rows {
  const derived = change(rows);
  const exact = exactOf(rows);
  if (exact) kept.set(derived, change(exact));
  return derived;
}

/** The numbers in float64 if float32 blurs them and they were available; else `null`. */
export function exactOf(rows: NumericArray): Float64Array | null {
  return kept.get(rows) ?? null;
}

/** A Float32Array as it is; other numbers times `scale`, rounded to float32. */
export function floatsOf(rows: NumericArray, scale = 1): Float32Array {
  if (kindOf(rows) === "Float32Array") return rows as Float32Array;
  const floats = new Float32Array(rows);
  // `scale` comes with numbers that float32 holds exactly, so this rounds once.
  if (scale !== 1) for (let i = 0; i < floats.length; i++) floats[i] *= scale;
  return floats;
}
