/** Passes over rows of floats: to 7 bits, and to another scale. Rows end in whole pairs of panels, 16 floats. */
import { activate } from "../ops/activate";
import { SMALL_INPUTS } from "./products";

/** Adding this to a number up to 2^22 leaves the nearest integer, ties to even, in the low bits of the sum. */
const ROUNDER: f32 = 12582912;
const ROUNDER_BITS: i32 = 0x4b400000;

/**
 * q[rows, columns] = nearest(x · inverse) − low, limited to 0 to 127, as bytes or int16 (`SMALL_INPUTS`). Takes 16
 * columns at a time, of x as well. NaN becomes 0. Returns 1 if a value of x is NaN or infinite, otherwise 0.
 */
export function quantizeRows(
  x: usize, xStride: usize, q: usize, qStride: usize, rows: i32, columns: i32, inverse: f32, low: f32,
): i32 {
  const factor = f32x4.splat(inverse), least = f32x4.splat(low), most = f32x4.splat(low + 127);
  const shift = i32x4.splat(ROUNDER_BITS + <i32>low);
  let wrong = i32x4.splat(0);
  for (let row = 0; row < rows; row++) {
    let from = x + <usize>row * xStride, to = q + <usize>row * qStride;
    for (let left = columns; left > 0; left -= 16) {
      const a = v128.load(from), b = v128.load(from, 16), c = v128.load(from, 32), d = v128.load(from, 48);
      // x - x is +0, all bits clear, for every finite x.
      wrong = v128.or(wrong, v128.or(f32x4.sub(a, a), f32x4.sub(b, b)));
      wrong = v128.or(wrong, v128.or(f32x4.sub(c, c), f32x4.sub(d, d)));
      const first = i16x8.narrow_i32x4_s(steps4(a, factor, least, most, shift), steps4(b, factor, least, most, shift));
      const second = i16x8.narrow_i32x4_s(steps4(c, factor, least, most, shift), steps4(d, factor, least, most, shift));
      if (SMALL_INPUTS) {
        v128.store(to, i8x16.narrow_i16x8_s(first, second));
        to += 16;
      } else {
        v128.store(to, first); v128.store(to, second, 16);
        to += 32;
      }
      from += 64;
    }
  }
  return i32(v128.any_true(wrong));
}

@inline function steps4(x: v128, factor: v128, least: v128, most: v128, shift: v128): v128 {
  const limited = f32x4.pmin(most, f32x4.pmax(least, f32x4.mul(x, factor)));
  return i32x4.sub(f32x4.add(limited, f32x4.splat(ROUNDER)), shift);
}

/** x[rows, columns] = (x − center) · scale + shift by columns, in place. */
export function scaleRows(
  x: usize, xStride: usize, rows: i32, columns: i32, center: usize, scale: usize, shift: usize,
): void {
  for (let row = 0; row < rows; row++) {
    const from = x + <usize>row * xStride;
    for (let at: usize = 0; at < <usize>columns << 2; at += 16) {
      const moved = f32x4.mul(f32x4.sub(v128.load(from + at), v128.load(center + at)), v128.load(scale + at));
      v128.store(from + at, f32x4.add(moved, v128.load(shift + at)));
    }
  }
}

/** x[rows, columns] = f(x) in place, with alpha in a record whose further numbers stand at `numbers`. */
export function activateRows(
  kind: i32, x: usize, xStride: usize, rows: i32, columns: i32, alpha: f32, numbers: usize,
): void {
  activate(kind, x, xStride, x, xStride, rows, columns, alpha, numbers);
}
