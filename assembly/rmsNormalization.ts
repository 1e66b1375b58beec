/** Division of rows by the root of their squares, forward and backward. Threads take rows; sums run in four lanes. */
import { RmsNormalization, RmsNormalizationBackward } from "./ops/records";
import { closeRow, laneSum, rowBytes, splat } from "./simd";
import { partBegin } from "./split";

/** share times the sum of squares of a row. Its padding is zero. */
@inline function shareOfSquares(x: usize, columns: i32, share: f32): f32 {
  let sum = splat(0);
  for (let at: usize = 0; at < rowBytes(columns); at += 16) {
    const x4 = v128.load(x + at);
    sum = f32x4.add(sum, f32x4.mul(x4, x4));
  }
  return share * laneSum(sum);
}

@inline function inverseRoot(squares: f32, floor: f32, epsilon: f32): f32 {
  return 1 / Mathf.sqrt(max<f32>(squares, floor) + epsilon);
}

/** y = scale x / sqrt(max(share sum x^2, floor) + epsilon) */
export function rmsNormalization(op: RmsNormalization, rows: i32, tid: i32, threads: i32): void {
  const columns = op.columns, end = partBegin(rows, tid + 1, threads);
  for (let row = partBegin(rows, tid, threads); row < end; row++) {
    const x = op.x + <usize>row * op.xStride, y = op.y + <usize>row * op.yStride;
    const s = splat(inverseRoot(shareOfSquares(x, columns, op.share), op.floor, op.epsilon));
    for (let at: usize = 0; at < rowBytes(columns); at += 16) {
      const value = f32x4.mul(v128.load(x + at), s);
      v128.store(y + at, op.scale ? f32x4.mul(value, v128.load(op.scale + at)) : value);
    }
    closeRow(y, columns);
  }
}

/**
 * With g = scale dy and s as in the forward pass: dx = s (g - share s^2 x sum(x g)), or s g where the floor holds;
 * slope = s x dy. Padding is zero, because that of x and dy is.
 */
export function rmsNormalizationBackward(op: RmsNormalizationBackward, rows: i32, tid: i32, threads: i32): void {
  const columns = op.columns, end = partBegin(rows, tid + 1, threads), scale = op.scale;
  for (let row = partBegin(rows, tid, threads); row < end; row++) {
    const x = op.x + <usize>row * op.xStride, dy = op.dy + <usize>row * op.dyStride;
    const dx = op.dx + <usize>row * op.dxStride, slope = op.slope + <usize>row * op.slopeStride;
    let sum = splat(0);
    for (let at: usize = 0; at < rowBytes(columns); at += 16) {
      const product = f32x4.mul(v128.load(x + at), v128.load(dy + at));
      sum = f32x4.add(sum, scale ? f32x4.mul(product, v128.load(scale + at)) : product);
    }
    const squares = shareOfSquares(x, columns, op.share), s = inverseRoot(squares, op.floor, op.epsilon);
    const bend = splat(squares > op.floor ? op.share * s * s * laneSum(sum) : 0), s4 = splat(s);
    for (let at: usize = 0; at < rowBytes(columns); at += 16) {
      const x4 = v128.load(x + at), dy4 = v128.load(dy + at);
      const g = scale ? f32x4.mul(dy4, v128.load(scale + at)) : dy4;
      if (op.slope) v128.store(slope + at, f32x4.mul(f32x4.mul(x4, s4), dy4));
      if (op.dx) v128.store(dx + at, f32x4.mul(s4, f32x4.sub(g, f32x4.mul(x4, bend))));
    }
    if (op.slope) closeRow(slope, columns);
    if (op.dx) closeRow(dx, columns);
  }
}
