/** A relu whose slope below zero is a weight of each column, forward and backward. Threads take rows. */
import { Prelu, PreluBackward } from "./ops/records";
import { closeRow, rowBytes, splat } from "./simd";
import { partBegin } from "./split";

/** y = x from 0 on, alpha x below */
export function prelu(op: Prelu, rows: i32, tid: i32, threads: i32): void {
  const end = partBegin(rows, tid + 1, threads);
  for (let row = partBegin(rows, tid, threads); row < end; row++) {
    const x = op.x + <usize>row * op.xStride, y = op.y + <usize>row * op.yStride;
    for (let at: usize = 0; at < rowBytes(op.columns); at += 16) {
      const x4 = v128.load(x + at);
      const below = f32x4.mul(x4, v128.load(op.alpha + at));
      v128.store(y + at, v128.bitselect(below, x4, f32x4.lt(x4, splat(0))));
    }
    closeRow(y, op.columns);
  }
}

/** dx = dy from 0 on, alpha dy below; slope = x dy below 0, 0 from there on. Padding is zero, because that of dy is. */
export function preluBackward(op: PreluBackward, rows: i32, tid: i32, threads: i32): void {
  const end = partBegin(rows, tid + 1, threads);
  for (let row = partBegin(rows, tid, threads); row < end; row++) {
    const x = op.x + <usize>row * op.xStride, dy = op.dy + <usize>row * op.dyStride;
    const dx = op.dx + <usize>row * op.dxStride, slope = op.slope + <usize>row * op.slopeStride;
    for (let at: usize = 0; at < rowBytes(op.columns); at += 16) {
      const x4 = v128.load(x + at), dy4 = v128.load(dy + at), isBelow = f32x4.lt(x4, splat(0));
      if (op.slope) v128.store(slope + at, v128.and(f32x4.mul(x4, dy4), isBelow));
      if (op.dx) v128.store(dx + at, v128.bitselect(f32x4.mul(dy4, v128.load(op.alpha + at)), dy4, isBelow));
    }
    if (op.slope) closeRow(slope, op.columns);
    if (op.dx) closeRow(dx, op.columns);
  }
}
