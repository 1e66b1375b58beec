/**
 * Tiles for rows of x that are mostly zeros: images on a black background, one-hot categories, rectified activations.
 * They skip products with zeros, which changes no bit as long as the other operand is finite: a sum that starts from
 * anything but -0 is the same with and without an added zero. The remaining products are added in the usual order.
 */
import { madd, splat } from "./simd";

/** Number of values in one mask, one bit each. */
export const MASK_BITS: i32 = 64;
/** Number of rows for each row, or pair of rows, that is sampled to decide whether x is sparse. */
const SAMPLE_EVERY: i32 = 64;

@inline function nonZeros4(x: usize): v128 {
  return f32x4.ne(v128.load(x), splat(0));
}

/** Bit k is set if x0[k] or x1[k] is not zero. Bits from `count` on are clear; `count` is at most 64. */
export function columnMask(x0: usize, x1: usize, count: i32): u64 {
  let mask: u64 = 0;
  for (let k = 0; k < count; k += 4) {
    mask |= <u64>i32x4.bitmask(v128.or(nonZeros4(x0), nonZeros4(x1))) << k;
    x0 += 16; x1 += 16;
  }
  return mask & (<u64>-1 >> (MASK_BITS - count));
}

/** Bit r is set if row r of x[rows, 4] has a value that is not zero; `rows` is at most 64. */
export function rowMask(x: usize, xStride: usize, rows: i32): u64 {
  let mask: u64 = 0;
  for (let row = 0; row < rows; row++) {
    mask |= <u64>v128.any_true(nonZeros4(x)) << row;
    x += xStride;
  }
  return mask;
}

/** True if few enough of `count` values are not zero that skipping the zeros pays for finding them. */
@inline function isSparse(nonZeros: i64, count: i64): bool {
  return nonZeros * 8 < count * 7;
}

/**
 * True if enough columns of x[rows, columns] are zero in both rows of a pair. Samples the first pair of every 64 rows.
 * It looks at all rows, regardless of a thread's share, so that the answer is the same for any number of threads.
 */
export function pairsAreSparse(x: usize, xStride: usize, rows: i32, columns: i32): bool {
  // Further zeros that may be found before there are enough. The search ends there: a single row of an image has many.
  let spare = <i64>columns * ((rows + SAMPLE_EVERY - 1) / SAMPLE_EVERY) >> 3;
  for (let row = 0; row < rows; row += SAMPLE_EVERY) {
    let x0 = x + <usize>row * xStride, x1 = x + <usize>min(row + 1, rows - 1) * xStride;
    for (let rest = columns; rest > 0; rest -= MASK_BITS) {
      const count = min(rest, MASK_BITS);
      spare -= count - <i32>popcnt(columnMask(x0, x1, count));
      if (spare < 0) return true;
      x0 += MASK_BITS << 2; x1 += MASK_BITS << 2;
    }
  }
  return false;
}

/** True if enough groups of four neighbours in x[rows, 4 quads] are all zero. Samples the first of every 64 rows. */
export function quadsAreSparse(x: usize, xStride: usize, rows: i32, quads: i32): bool {
  let nonZeros: i64 = 0, count: i64 = 0;
  for (let row = 0; row < rows; row += SAMPLE_EVERY) {
    const end = x + (<usize>quads << 4);
    for (let at = x; at < end; at += 16) nonZeros += i64(v128.any_true(nonZeros4(at)));
    count += quads;
    x += xStride * SAMPLE_EVERY;
  }
  return isSparse(nonZeros, count);
}

/** `forwardTile16` over the inputs of a mask. The second panel is `next` bytes after the first; in y, `yNext` bytes. */
@inline export function sparseForwardTile16(
  x0: usize, x1: usize, mask: u64, panel: usize, next: usize, y0: usize, y1: usize, yNext: usize, bias: usize, floor: v128,
): void {
  let start = bias ? bias : y0;
  let c00 = v128.load(start), c01 = v128.load(start, 16);
  let c02 = v128.load(start + yNext), c03 = v128.load(start + yNext, 16);
  start = bias ? bias : y1;
  let c10 = v128.load(start), c11 = v128.load(start, 16);
  let c12 = v128.load(start + yNext), c13 = v128.load(start + yNext, 16);
  const panel1 = panel + next;
  for (; mask; mask &= mask - 1) {
    const k = <usize>ctz(mask), at = k << 2, line = k << 5;
    const a0 = v128.load32_splat(x0 + at), a1 = v128.load32_splat(x1 + at);
    let b = v128.load(panel + line); c00 = madd(c00, a0, b); c10 = madd(c10, a1, b);
    b = v128.load(panel + line, 16); c01 = madd(c01, a0, b); c11 = madd(c11, a1, b);
    b = v128.load(panel1 + line); c02 = madd(c02, a0, b); c12 = madd(c12, a1, b);
    b = v128.load(panel1 + line, 16); c03 = madd(c03, a0, b); c13 = madd(c13, a1, b);
  }
  v128.store(y0, f32x4.pmax(c00, floor)); v128.store(y0, f32x4.pmax(c01, floor), 16);
  v128.store(y1, f32x4.pmax(c10, floor)); v128.store(y1, f32x4.pmax(c11, floor), 16);
  y0 += yNext; y1 += yNext;
  v128.store(y0, f32x4.pmax(c02, floor)); v128.store(y0, f32x4.pmax(c03, floor), 16);
  v128.store(y1, f32x4.pmax(c12, floor)); v128.store(y1, f32x4.pmax(c13, floor), 16);
}

/** y[1, 32] for a single row from four neighbouring panels, over the inputs of a mask. */
@inline export function sparseForwardRow32(
  x: usize, mask: u64, panel: usize, panelStride: usize, y: usize, bias: usize, floor: v128,
): void {
  const start = bias ? bias : y;
  let c0 = v128.load(start), c1 = v128.load(start, 16), c2 = v128.load(start, 32), c3 = v128.load(start, 48);
  let c4 = v128.load(start, 64), c5 = v128.load(start, 80), c6 = v128.load(start, 96), c7 = v128.load(start, 112);
  const panel1 = panel + panelStride, panel2 = panel1 + panelStride, panel3 = panel2 + panelStride;
  for (; mask; mask &= mask - 1) {
    const k = <usize>ctz(mask), line = k << 5;
    const a = v128.load32_splat(x + (k << 2));
    c0 = madd(c0, a, v128.load(panel + line)); c1 = madd(c1, a, v128.load(panel + line, 16));
    c2 = madd(c2, a, v128.load(panel1 + line)); c3 = madd(c3, a, v128.load(panel1 + line, 16));
    c4 = madd(c4, a, v128.load(panel2 + line)); c5 = madd(c5, a, v128.load(panel2 + line, 16));
    c6 = madd(c6, a, v128.load(panel3 + line)); c7 = madd(c7, a, v128.load(panel3 + line, 16));
  }
  v128.store(y, f32x4.pmax(c0, floor)); v128.store(y, f32x4.pmax(c1, floor), 16);
  v128.store(y, f32x4.pmax(c2, floor), 32); v128.store(y, f32x4.pmax(c3, floor), 48);
  v128.store(y, f32x4.pmax(c4, floor), 64); v128.store(y, f32x4.pmax(c5, floor), 80);
  v128.store(y, f32x4.pmax(c6, floor), 96); v128.store(y, f32x4.pmax(c7, floor), 112);
}

/** `kernelGradientTile` over the rows of a mask. */
@inline export function sparseKernelGradientTile(
  x: usize, xStride: usize, dy: usize, dyStride: usize, mask: u64, out: usize, accumulate: bool,
): void {
  let c00 = splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  if (accumulate) {
    c00 = v128.load(out); c01 = v128.load(out, 16);
    c10 = v128.load(out, 32); c11 = v128.load(out, 48);
    c20 = v128.load(out, 64); c21 = v128.load(out, 80);
    c30 = v128.load(out, 96); c31 = v128.load(out, 112);
  }
  for (; mask; mask &= mask - 1) {
    const row = <usize>ctz(mask);
    const xRow = x + row * xStride, dyRow = dy + row * dyStride;
    const b0 = v128.load(dyRow), b1 = v128.load(dyRow, 16);
    let a = v128.load32_splat(xRow); c00 = madd(c00, a, b0); c01 = madd(c01, a, b1);
    a = v128.load32_splat(xRow, 4); c10 = madd(c10, a, b0); c11 = madd(c11, a, b1);
    a = v128.load32_splat(xRow, 8); c20 = madd(c20, a, b0); c21 = madd(c21, a, b1);
    a = v128.load32_splat(xRow, 12); c30 = madd(c30, a, b0); c31 = madd(c31, a, b1);
  }
  v128.store(out, c00); v128.store(out, c01, 16);
  v128.store(out, c10, 32); v128.store(out, c11, 48);
  v128.store(out, c20, 64); v128.store(out, c21, 80);
  v128.store(out, c30, 96); v128.store(out, c31, 112);
}
