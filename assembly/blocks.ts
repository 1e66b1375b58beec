/**
 * Sums over many rows. Up to 512 rows are summed in float32, one after the other. More rows are summed in blocks of 32,
 * and the sums of blocks are added in float64, so the error of a gradient does not grow with the number of rows.
 * Knows nothing about tensors.
 */
import { Place } from "../src/plan/op";

/** Rows of a block, if there are more than 512 rows. */
const BLOCK_ROWS: i32 = 32;

/** Number of rows that are summed in float32 before their sum is added in float64. */
@inline export function blockRows(rows: i32): i32 {
  return rows > Place.PlainRows ? BLOCK_ROWS : Place.PlainRows;
}

/** The first two floats as doubles. */
@inline export function lowHalf(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

/** The last two floats as doubles. */
@inline export function highHalf(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f64>(x, x, 1, 1));
}

/** Four doubles, rounded to floats. */
@inline export function joinHalves(low: v128, high: v128): v128 {
  return v128.shuffle<f64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

/** sums[4 doubles] (+)= x[4 floats]; starts from zero unless `accumulate` is set. */
@inline export function addToDoubles(sums: usize, x: v128, accumulate: bool): void {
  let low = lowHalf(x), high = highHalf(x);
  if (accumulate) {
    low = f64x2.add(low, v128.load(sums));
    high = f64x2.add(high, v128.load(sums, 16));
  }
  v128.store(sums, low);
  v128.store(sums, high, 16);
}
