/**
 * The innermost tiles of matrix multiplication. Operands are read in place: nothing is packed.
 * Kernels are stored in panels of 8 units, [units / 8][inputs][8], so 8 units of one input are contiguous;
 * for a row of x, neighbouring inputs are contiguous. A tile of 2 x 16 needs 8 accumulators, 2 vectors of
 * one operand and 1 of the other: 11 of the 16 vector registers of x64.
 * One accumulator sums each output in the order of the inner index, regardless of the tile.
 */
import { laneSums, madd, splat } from "./simd";

/**
 * y[2, 16] = max(start + x[2, depth] panels[2][depth, 8], floor), from two neighbouring panels.
 * Rows are given by their addresses: an edge repeats its last row. The start is `bias` for both rows, or the
 * two rows of y themselves if `bias` is 0. `floor` is 0 for relu, and -infinity without activation.
 */
@inline export function forwardTile16(
  x0: usize, x1: usize, panel: usize, panelStride: usize, depth: i32, y0: usize, y1: usize, bias: usize, floor: v128,
): void {
  const start0 = bias ? bias : y0, start1 = bias ? bias : y1;
  let c00 = v128.load(start0), c01 = v128.load(start0, 16), c02 = v128.load(start0, 32), c03 = v128.load(start0, 48);
  let c10 = v128.load(start1), c11 = v128.load(start1, 16), c12 = v128.load(start1, 32), c13 = v128.load(start1, 48);
  let panel1 = panel + panelStride;
  let a0: v128, a1: v128, b: v128;
  // Two inputs share the steps of the addresses. The test between them keeps V8 from loading both first.
  do {
    a0 = v128.load32_splat(x0); a1 = v128.load32_splat(x1);
    b = v128.load(panel); c00 = madd(c00, a0, b); c10 = madd(c10, a1, b);
    b = v128.load(panel, 16); c01 = madd(c01, a0, b); c11 = madd(c11, a1, b);
    b = v128.load(panel1); c02 = madd(c02, a0, b); c12 = madd(c12, a1, b);
    b = v128.load(panel1, 16); c03 = madd(c03, a0, b); c13 = madd(c13, a1, b);
    if (depth == 1) break;
    a0 = v128.load32_splat(x0, 4); a1 = v128.load32_splat(x1, 4);
    b = v128.load(panel, 32); c00 = madd(c00, a0, b); c10 = madd(c10, a1, b);
    b = v128.load(panel, 48); c01 = madd(c01, a0, b); c11 = madd(c11, a1, b);
    b = v128.load(panel1, 32); c02 = madd(c02, a0, b); c12 = madd(c12, a1, b);
    b = v128.load(panel1, 48); c03 = madd(c03, a0, b); c13 = madd(c13, a1, b);
    x0 += 8; x1 += 8;
    panel += 64; panel1 += 64;
    depth -= 2;
  } while (depth > 0);
  v128.store(y0, f32x4.pmax(c00, floor)); v128.store(y0, f32x4.pmax(c01, floor), 16);
  v128.store(y0, f32x4.pmax(c02, floor), 32); v128.store(y0, f32x4.pmax(c03, floor), 48);
  v128.store(y1, f32x4.pmax(c10, floor)); v128.store(y1, f32x4.pmax(c11, floor), 16);
  v128.store(y1, f32x4.pmax(c12, floor), 32); v128.store(y1, f32x4.pmax(c13, floor), 48);
}

/** y[4, 8], for a panel without a neighbour, with the operands of `forwardTile16`. */
@inline export function forwardTile8(
  x0: usize, x1: usize, x2: usize, x3: usize, panel: usize, depth: i32,
  y0: usize, y1: usize, y2: usize, y3: usize, bias: usize, floor: v128,
): void {
  let c00: v128, c01: v128, c10: v128, c11: v128, c20: v128, c21: v128, c30: v128, c31: v128;
  if (bias) {
    c00 = v128.load(bias); c01 = v128.load(bias, 16);
    c10 = c00; c11 = c01;
    c20 = c00; c21 = c01;
    c30 = c00; c31 = c01;
  } else {
    c00 = v128.load(y0); c01 = v128.load(y0, 16);
    c10 = v128.load(y1); c11 = v128.load(y1, 16);
    c20 = v128.load(y2); c21 = v128.load(y2, 16);
    c30 = v128.load(y3); c31 = v128.load(y3, 16);
  }
  let b0: v128, b1: v128, a: v128;
  do {
    b0 = v128.load(panel); b1 = v128.load(panel, 16);
    a = v128.load32_splat(x0); c00 = madd(c00, a, b0); c01 = madd(c01, a, b1);
    a = v128.load32_splat(x1); c10 = madd(c10, a, b0); c11 = madd(c11, a, b1);
    a = v128.load32_splat(x2); c20 = madd(c20, a, b0); c21 = madd(c21, a, b1);
    a = v128.load32_splat(x3); c30 = madd(c30, a, b0); c31 = madd(c31, a, b1);
    panel += 32;
    x0 += 4; x1 += 4; x2 += 4; x3 += 4;
  } while (--depth > 0);
  v128.store(y0, f32x4.pmax(c00, floor)); v128.store(y0, f32x4.pmax(c01, floor), 16);
  v128.store(y1, f32x4.pmax(c10, floor)); v128.store(y1, f32x4.pmax(c11, floor), 16);
  v128.store(y2, f32x4.pmax(c20, floor)); v128.store(y2, f32x4.pmax(c21, floor), 16);
  v128.store(y3, f32x4.pmax(c30, floor)); v128.store(y3, f32x4.pmax(c31, floor), 16);
}

/** y[1, 8] for a single row, with the operands of `forwardTile16`. */
@inline export function forwardRow8(x: usize, panel: usize, depth: i32, y: usize, bias: usize, floor: v128): void {
  const start = bias ? bias : y;
  let c0 = v128.load(start), c1 = v128.load(start, 16);
  do {
    const a = v128.load32_splat(x);
    c0 = madd(c0, a, v128.load(panel));
    c1 = madd(c1, a, v128.load(panel, 16));
    x += 4;
    panel += 32;
  } while (--depth > 0);
  v128.store(y, f32x4.pmax(c0, floor));
  v128.store(y, f32x4.pmax(c1, floor), 16);
}

/**
 * y[1, 8 panels] for a single row from three or four neighbouring panels: six or eight sums hide the latency of addition.
 * One tile of eight takes less time than a larger number of six. But with eight, and as many loads, V8 of Node 20 runs out
 * of registers and takes 1.6 times as long; `wideRows` says where it does not.
 */
@inline export function forwardRow(
  panels: i32, x: usize, panel: usize, panelStride: usize, depth: i32, y: usize, bias: usize, floor: v128,
): void {
  const start = bias ? bias : y;
  let c0 = v128.load(start), c1 = v128.load(start, 16), c2 = v128.load(start, 32), c3 = v128.load(start, 48);
  let c4 = v128.load(start, 64), c5 = v128.load(start, 80);
  let c6 = c5, c7 = c5;
  if (panels == 4) { c6 = v128.load(start, 96); c7 = v128.load(start, 112); }
  let panel1 = panel + panelStride, panel2 = panel1 + panelStride, panel3 = panel2 + panelStride;
  do {
    const a = v128.load32_splat(x);
    c0 = madd(c0, a, v128.load(panel)); c1 = madd(c1, a, v128.load(panel, 16));
    c2 = madd(c2, a, v128.load(panel1)); c3 = madd(c3, a, v128.load(panel1, 16));
    c4 = madd(c4, a, v128.load(panel2)); c5 = madd(c5, a, v128.load(panel2, 16));
    if (panels == 4) { c6 = madd(c6, a, v128.load(panel3)); c7 = madd(c7, a, v128.load(panel3, 16)); }
    x += 4;
    panel += 32; panel1 += 32; panel2 += 32;
    if (panels == 4) panel3 += 32;
  } while (--depth > 0);
  v128.store(y, f32x4.pmax(c0, floor)); v128.store(y, f32x4.pmax(c1, floor), 16);
  v128.store(y, f32x4.pmax(c2, floor), 32); v128.store(y, f32x4.pmax(c3, floor), 48);
  v128.store(y, f32x4.pmax(c4, floor), 64); v128.store(y, f32x4.pmax(c5, floor), 80);
  if (panels == 4) { v128.store(y, f32x4.pmax(c6, floor), 96); v128.store(y, f32x4.pmax(c7, floor), 112); }
}

/**
 * dKernel[4 inputs, 8 units] (+)= x[rows, 4]^T dy[rows, 8], into four contiguous lines of a panel.
 * Starts from zero, or from the stored values if `accumulate` is set.
 */
@inline export function kernelGradientTile(
  x: usize, xStride: usize, dy: usize, dyStride: usize, rows: i32, out: usize, accumulate: bool,
): void {
  let c00 = splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  if (accumulate) {
    c00 = v128.load(out); c01 = v128.load(out, 16);
    c10 = v128.load(out, 32); c11 = v128.load(out, 48);
    c20 = v128.load(out, 64); c21 = v128.load(out, 80);
    c30 = v128.load(out, 96); c31 = v128.load(out, 112);
  }
  do {
    const b0 = v128.load(dy), b1 = v128.load(dy, 16);
    let a = v128.load32_splat(x); c00 = madd(c00, a, b0); c01 = madd(c01, a, b1);
    a = v128.load32_splat(x, 4); c10 = madd(c10, a, b0); c11 = madd(c11, a, b1);
    a = v128.load32_splat(x, 8); c20 = madd(c20, a, b0); c21 = madd(c21, a, b1);
    a = v128.load32_splat(x, 12); c30 = madd(c30, a, b0); c31 = madd(c31, a, b1);
    x += xStride;
    dy += dyStride;
  } while (--rows > 0);
  v128.store(out, c00); v128.store(out, c01, 16);
  v128.store(out, c10, 32); v128.store(out, c11, 48);
  v128.store(out, c20, 64); v128.store(out, c21, 80);
  v128.store(out, c30, 96); v128.store(out, c31, 112);
}

/**
 * dx[2, 4 inputs] = dy[2, units] kernel[4 inputs, units]^T: eight dot products along the units, each in four
 * lanes that are added at the end. `lines` is the address of the four inputs in the first panel.
 */
@inline export function inputGradientTile(
  dy0: usize, dy1: usize, lines: usize, panelStride: usize, units: i32, dx0: usize, dx1: usize,
): void {
  let c00 = splat(0), c01 = c00, c02 = c00, c03 = c00, c10 = c00, c11 = c00, c12 = c00, c13 = c00;
  let a0: v128, a1: v128, b: v128;
  // The test between the halves of a panel keeps V8 from loading both first and spilling the sums.
  do {
    a0 = v128.load(dy0); a1 = v128.load(dy1);
    b = v128.load(lines); c00 = madd(c00, a0, b); c10 = madd(c10, a1, b);
    b = v128.load(lines, 32); c01 = madd(c01, a0, b); c11 = madd(c11, a1, b);
    b = v128.load(lines, 64); c02 = madd(c02, a0, b); c12 = madd(c12, a1, b);
    b = v128.load(lines, 96); c03 = madd(c03, a0, b); c13 = madd(c13, a1, b);
    if (units <= 4) break;
    a0 = v128.load(dy0, 16); a1 = v128.load(dy1, 16);
    b = v128.load(lines, 16); c00 = madd(c00, a0, b); c10 = madd(c10, a1, b);
    b = v128.load(lines, 48); c01 = madd(c01, a0, b); c11 = madd(c11, a1, b);
    b = v128.load(lines, 80); c02 = madd(c02, a0, b); c12 = madd(c12, a1, b);
    b = v128.load(lines, 112); c03 = madd(c03, a0, b); c13 = madd(c13, a1, b);
    dy0 += 32; dy1 += 32; lines += panelStride;
    units -= 8;
  } while (units > 0);
  v128.store(dx0, laneSums(c00, c01, c02, c03));
  v128.store(dx1, laneSums(c10, c11, c12, c13));
}
