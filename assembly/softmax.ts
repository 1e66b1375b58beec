/**
 * Softmax and its logarithm, forward and backward: the activations that work on whole rows. Both subtract the largest
 * value of a row first, so that no exponential overflows.
 */
import { closeRow, exp4, laneMask, laneMax, laneSum, log4, madd, rowBytes, splat } from "./simd";

/** Largest of the first `columns` values at `x`. */
export function rowMax(x: usize, columns: i32): f32 {
  let m = splat(-Infinity);
  for (; columns > 0; columns -= 4) {
    m = f32x4.pmax(m, v128.bitselect(v128.load(x), splat(-Infinity), laneMask(columns)));
    x += 16;
  }
  return laneMax(m);
}

/** y = e^(x - max), zero in the padding; returns the sum of the row. y may be x. */
export function expRow(x: usize, y: usize, columns: i32): f32 {
  const m = splat(rowMax(x, columns));
  let sum = splat(0);
  for (; columns > 0; columns -= 4) {
    const e = v128.and(exp4(f32x4.sub(v128.load(x), m)), laneMask(columns));
    v128.store(y, e);
    sum = f32x4.add(sum, e);
    x += 16;
    y += 16;
  }
  return laneSum(sum);
}

/** y_i = e^(x_i) / sum_j e^(x_j) */
export function softmax(x: usize, xStride: usize, y: usize, yStride: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    const yRow = y + <usize>row * yStride;
    const sum = splat(expRow(x + <usize>row * xStride, yRow, columns));
    for (let offset: usize = 0; offset < rowBytes(columns); offset += 16) {
      v128.store(yRow + offset, f32x4.div(v128.load(yRow + offset), sum));
    }
    closeRow(yRow, columns);
  }
}

/** dx_i = y_i (dy_i - sum_j y_j dy_j) */
export function softmaxBackward(
  y: usize, yStride: usize, dy: usize, dyStride: usize, dx: usize, dxStride: usize, rows: i32, columns: i32,
): void {
  for (let row = 0; row < rows; row++) {
    const yRow = y + <usize>row * yStride;
    const dyRow = dy + <usize>row * dyStride;
    const dxRow = dx + <usize>row * dxStride;
    let dot = splat(0);
    for (let offset: usize = 0; offset < rowBytes(columns); offset += 16) {
      dot = madd(dot, v128.load(yRow + offset), v128.load(dyRow + offset));
    }
    const mean = splat(laneSum(dot));
    for (let offset: usize = 0; offset < rowBytes(columns); offset += 16) {
      const centred = f32x4.sub(v128.load(dyRow + offset), mean);
      v128.store(dxRow + offset, f32x4.mul(v128.load(yRow + offset), centred));
    }
    closeRow(dxRow, columns);
  }
}

/** y_i = x_i - ln sum_j e^(x_j) */
export function logSoftmax(x: usize, xStride: usize, y: usize, yStride: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    const xRow = x + <usize>row * xStride;
    const yRow = y + <usize>row * yStride;
    const m = splat(rowMax(xRow, columns));
    let sum = splat(0);
    for (let offset: usize = 0, left = columns; left > 0; left -= 4, offset += 16) {
      sum = f32x4.add(sum, v128.and(exp4(f32x4.sub(v128.load(xRow + offset), m)), laneMask(left)));
    }
    const logSum = log4(splat(laneSum(sum)));
    for (let offset: usize = 0, left = columns; left > 0; left -= 4, offset += 16) {
      const y4 = f32x4.sub(f32x4.sub(v128.load(xRow + offset), m), logSum);
      v128.store(yRow + offset, v128.and(y4, laneMask(left)));
    }
    closeRow(yRow, columns);
  }
}

/** dx_i = dy_i - e^(y_i) sum_j dy_j */
export function logSoftmaxBackward(
  y: usize, yStride: usize, dy: usize, dyStride: usize, dx: usize, dxStride: usize, rows: i32, columns: i32,
): void {
  for (let row = 0; row < rows; row++) {
    const yRow = y + <usize>row * yStride;
    const dyRow = dy + <usize>row * dyStride;
    const dxRow = dx + <usize>row * dxStride;
    let total = splat(0);
    for (let offset: usize = 0; offset < rowBytes(columns); offset += 16) {
      total = f32x4.add(total, v128.load(dyRow + offset));
    }
    const sum = splat(laneSum(total));
    for (let offset: usize = 0, left = columns; left > 0; left -= 4, offset += 16) {
      const share = f32x4.mul(exp4(v128.load(yRow + offset)), sum);
      v128.store(dxRow + offset, v128.and(f32x4.sub(v128.load(dyRow + offset), share), laneMask(left)));
    }
    closeRow(dxRow, columns);
  }
}

/**
 * y = max(x - t, 0), with t so that a row sums to 1 (Martins and Astudillo 2016): the bound of the values above it,
 * from all of them on, until none is left out. Sums run in f64, in order.
 */
export function sparsemax(x: usize, xStride: usize, y: usize, yStride: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    const xRow = x + <usize>row * xStride, yRow = y + <usize>row * yStride;
    let bound: f64 = -Infinity;
    for (let count = 0, last = -1; count != last;) {
      let sum: f64 = 0;
      last = count;
      count = 0;
      for (let j = 0; j < columns; j++) {
        const value = <f64>load<f32>(xRow + (<usize>j << 2));
        if (value > bound || bound == -Infinity) { sum += value; count++; }
      }
      if (count == 0) break;
      bound = (sum - 1) / <f64>count;
    }
    for (let j = 0; j < columns; j++) {
      const offset = <usize>j << 2;
      store<f32>(yRow + offset, <f32>max<f64>(<f64>load<f32>(xRow + offset) - bound, 0));
    }
    for (let j = columns; (j & 7) != 0; j++) store<f32>(yRow + (<usize>j << 2), 0);
  }
}

/** dx = dy - mean of dy where y > 0, over the values where y > 0; 0 elsewhere */
export function sparsemaxBackward(
  y: usize, yStride: usize, dy: usize, dyStride: usize, dx: usize, dxStride: usize, rows: i32, columns: i32,
): void {
  for (let row = 0; row < rows; row++) {
    const yRow = y + <usize>row * yStride, dyRow = dy + <usize>row * dyStride, dxRow = dx + <usize>row * dxStride;
    let total = splat(0), counts = splat(0);
    for (let offset: usize = 0; offset < rowBytes(columns); offset += 16) {
      const isAbove = f32x4.gt(v128.load(yRow + offset), splat(0));
      total = f32x4.add(total, v128.and(v128.load(dyRow + offset), isAbove));
      counts = f32x4.add(counts, v128.and(splat(1), isAbove));
    }
    const mean = splat(laneSum(total) / laneSum(counts));
    for (let offset: usize = 0; offset < rowBytes(columns); offset += 16) {
      const isAbove = f32x4.gt(v128.load(yRow + offset), splat(0));
      v128.store(dxRow + offset, v128.and(f32x4.sub(v128.load(dyRow + offset), mean), isAbove));
    }
    closeRow(dxRow, columns);
  }
}
