/**
 * Products of int8 weights and inputs of 7 bits, with exact int32 sums: the order of a sum does not matter. Weights are
 * panels of 16 units, [units / 16][steps][16], and a step of one unit is 4 bytes: 2 inputs as int16 in the strict build,
 * 4 inputs as int8 in the relaxed one. Tiles are 2 rows x 16 units, as in `microkernel.ts`.
 */
import { RELAXED } from "../simd";

/** True if inputs and weights are bytes, 4 a step. Otherwise they are int16, 2 a step. */
export const SMALL_INPUTS: bool = RELAXED;

/** sums + x · w over one step of four units. */
@inline function addStep(sums: v128, x: v128, w: v128): v128 {
  // Products of two pairs fit 16 bits, 2 · 127 · 127, so that no engine saturates, and every one gives the same sum.
  if (RELAXED) return i32x4.relaxed_dot_i8x16_i7x16_add_s(w, x, sums);
  return i32x4.add(sums, i32x4.dot_i16x8_s(x, w));
}

/** y = max(sums · factor + bias, floor), four units. */
@inline function finish(y: usize, sums: v128, factor: usize, bias: usize, floor: v128): void {
  const scaled = f32x4.mul(f32x4.convert_i32x4_s(sums), v128.load(factor));
  v128.store(y, f32x4.pmax(f32x4.add(scaled, v128.load(bias)), floor));
}

/** As `finish`, for the 16 units of a panel. */
@inline function finishPanel(
  y: usize, c0: v128, c1: v128, c2: v128, c3: v128, factor: usize, bias: usize, floor: v128,
): void {
  finish(y, c0, factor, bias, floor);
  finish(y + 16, c1, factor + 16, bias + 16, floor);
  finish(y + 32, c2, factor + 32, bias + 32, floor);
  finish(y + 48, c3, factor + 48, bias + 48, floor);
}

/** Two rows by a panel. The addresses of `start`, `factor` and `bias` are those of the panel. */
@inline function tile2(
  x0: usize, x1: usize, panel: usize, steps: i32, start: usize, factor: usize, bias: usize,
  y0: usize, y1: usize, floor: v128,
): void {
  let c00 = v128.load(start), c01 = v128.load(start, 16), c02 = v128.load(start, 32), c03 = v128.load(start, 48);
  let c10 = c00, c11 = c01, c12 = c02, c13 = c03;
  for (; steps > 0; steps--) {
    const a0 = v128.load32_splat(x0), a1 = v128.load32_splat(x1);
    let b = v128.load(panel); c00 = addStep(c00, a0, b); c10 = addStep(c10, a1, b);
    b = v128.load(panel, 16); c01 = addStep(c01, a0, b); c11 = addStep(c11, a1, b);
    b = v128.load(panel, 32); c02 = addStep(c02, a0, b); c12 = addStep(c12, a1, b);
    b = v128.load(panel, 48); c03 = addStep(c03, a0, b); c13 = addStep(c13, a1, b);
    x0 += 4; x1 += 4;
    panel += 64;
  }
  finishPanel(y0, c00, c01, c02, c03, factor, bias, floor);
  finishPanel(y1, c10, c11, c12, c13, factor, bias, floor);
}

/** As `tile2`, for the steps in a list. */
@inline function listedTile2(
  x0: usize, x1: usize, panel: usize, list: usize, start: usize, factor: usize, bias: usize,
  y0: usize, y1: usize, floor: v128,
): void {
  let c00 = v128.load(start), c01 = v128.load(start, 16), c02 = v128.load(start, 32), c03 = v128.load(start, 48);
  let c10 = c00, c11 = c01, c12 = c02, c13 = c03;
  for (let left = load<i32>(list); left > 0; left--) {
    list += 4;
    const at = load<u32>(list), line = panel + (at << 4);
    const a0 = v128.load32_splat(x0 + at), a1 = v128.load32_splat(x1 + at);
    let b = v128.load(line); c00 = addStep(c00, a0, b); c10 = addStep(c10, a1, b);
    b = v128.load(line, 16); c01 = addStep(c01, a0, b); c11 = addStep(c11, a1, b);
    b = v128.load(line, 32); c02 = addStep(c02, a0, b); c12 = addStep(c12, a1, b);
    b = v128.load(line, 48); c03 = addStep(c03, a0, b); c13 = addStep(c13, a1, b);
  }
  finishPanel(y0, c00, c01, c02, c03, factor, bias, floor);
  finishPanel(y1, c10, c11, c12, c13, factor, bias, floor);
}

/** A single row by a panel. */
@inline function tile1(
  x: usize, panel: usize, steps: i32, start: usize, factor: usize, bias: usize, y: usize, floor: v128,
): void {
  let c0 = v128.load(start), c1 = v128.load(start, 16), c2 = v128.load(start, 32), c3 = v128.load(start, 48);
  for (; steps > 0; steps--) {
    const a = v128.load32_splat(x);
    c0 = addStep(c0, a, v128.load(panel)); c1 = addStep(c1, a, v128.load(panel, 16));
    c2 = addStep(c2, a, v128.load(panel, 32)); c3 = addStep(c3, a, v128.load(panel, 48));
    x += 4;
    panel += 64;
  }
  finishPanel(y, c0, c1, c2, c3, factor, bias, floor);
}

/** As `tile1`, for the steps in a list. */
@inline function listedTile1(
  x: usize, panel: usize, list: usize, start: usize, factor: usize, bias: usize, y: usize, floor: v128,
): void {
  let c0 = v128.load(start), c1 = v128.load(start, 16), c2 = v128.load(start, 32), c3 = v128.load(start, 48);
  for (let left = load<i32>(list); left > 0; left--) {
    list += 4;
    const at = load<u32>(list), line = panel + (at << 4);
    const a = v128.load32_splat(x + at);
    c0 = addStep(c0, a, v128.load(line)); c1 = addStep(c1, a, v128.load(line, 16));
    c2 = addStep(c2, a, v128.load(line, 32)); c3 = addStep(c3, a, v128.load(line, 48));
  }
  finishPanel(y, c0, c1, c2, c3, factor, bias, floor);
}

/** Lists the steps in which one of two rows is not zero. The number is -1 if a list of that many would not pay. */
function listOf(x0: usize, x1: usize, steps: i32, list: usize): bool {
  let to = list + 4;
  for (let at: usize = 0; at < <usize>steps << 2; at += 16) {
    const any = v128.or(v128.load(x0 + at), v128.load(x1 + at));
    const mask = i32x4.bitmask(i32x4.ne(any, i32x4.splat(0)));
    if (!mask) continue;
    store<u32>(to, at); to += (mask & 1) << 2;
    store<u32>(to, at + 4); to += (mask & 2) << 1;
    store<u32>(to, at + 8); to += mask & 4;
    store<u32>(to, at + 12); to += (mask & 8) >> 1;
  }
  const count = <i32>((to - list) >> 2) - 1;
  const pays = 4 * count <= 3 * steps;
  store<i32>(list, pays ? count : -1);
  return pays;
}

/** Bytes of a list: one int32 for each step, one for their number, and one that is written and not used. */
@inline function listBytes(steps: i32): usize {
  return <usize>(steps + 2) << 2;
}

/**
 * Lists the steps of each two rows, or of a single row, that are not zero in all: their number, then the offset of each
 * in a row, all int32. Returns 1 if that pays for the first rows, which stand for all. Steps are a multiple of 4.
 */
export function listSteps(x: usize, xStride: usize, rows: i32, steps: i32, lists: usize): i32 {
  for (let row = 0; row < rows; row += 2) {
    const x0 = x + <usize>row * xStride, x1 = x + <usize>min(row + 1, rows - 1) * xStride;
    if (!listOf(x0, x1, steps, lists) && row == 0) return 0;
    lists += listBytes(steps);
  }
  return 1;
}

/**
 * y[rows, units] = max((start + x · weights) · factor + bias, floor), with whole panels. `start`, `factor` and `bias` have
 * a value for each unit.
 */
export function productRows(
  x: usize, xStride: usize, panels: usize, steps: i32, start: usize, factor: usize, bias: usize,
  y: usize, yStride: usize, rows: i32, units: i32, floor: f32,
): void {
  const least = f32x4.splat(floor);
  for (let at: usize = 0; at < <usize>units << 2; at += 64) {
    if (rows == 1) tile1(x, panels, steps, start + at, factor + at, bias + at, y + at, least);
    else {
      for (let row = 0; row < rows; row += 2) {
        // At the edge the last row stands in for a missing one.
        const row1 = min(row + 1, rows - 1);
        tile2(
          x + <usize>row * xStride, x + <usize>row1 * xStride, panels, steps, start + at, factor + at, bias + at,
          y + <usize>row * yStride + at, y + <usize>row1 * yStride + at, least,
        );
      }
    }
    panels += <usize>steps << 6;
  }
}

/** As `productRows`, with the lists of `listSteps`. */
export function listedRows(
  x: usize, xStride: usize, panels: usize, steps: i32, start: usize, factor: usize, bias: usize,
  y: usize, yStride: usize, rows: i32, units: i32, floor: f32, lists: usize,
): void {
  const least = f32x4.splat(floor);
  for (let at: usize = 0; at < <usize>units << 2; at += 64) {
    let list = lists;
    if (rows == 1) listedTile1(x, panels, list, start + at, factor + at, bias + at, y + at, least);
    else {
      for (let row = 0; row < rows; row += 2) {
        const row1 = min(row + 1, rows - 1);
        const x0 = x + <usize>row * xStride, x1 = x + <usize>row1 * xStride;
        const y0 = y + <usize>row * yStride + at, y1 = y + <usize>row1 * yStride + at;
        if (load<i32>(list) < 0) {
          tile2(x0, x1, panels, steps, start + at, factor + at, bias + at, y0, y1, least);
        } else {
          listedTile2(x0, x1, panels, list, start + at, factor + at, bias + at, y0, y1, least);
        }
        list += listBytes(steps);
      }
    }
    panels += <usize>steps << 6;
  }
}
