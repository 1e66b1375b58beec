/** What layers draw at random while training. The bits come from `counter.ts`. */
import { drawRow } from "./counter";
import { Dropout, stepNumber } from "./record";
import { partBegin } from "./split";

/** y = x scale where the word is at least the threshold (a), else 0; padding stays zero. */
@unmanaged class Drop {
  @inline apply(x: usize, y: usize, columns: i32, word0: v128, word1: v128, threshold: v128, scale: v128): void {
    v128.store(y, v128.and(f32x4.mul(v128.load(x), scale), i32x4.ge_u(word0, threshold)));
    v128.store(y, v128.and(f32x4.mul(v128.load(x, 16), scale), i32x4.ge_u(word1, threshold)), 16);
  }
}

/** y = x scale where the element is kept in this step, else 0; x, y: [rows, columns]; y may be x. */
export function dropout(op: Dropout, rows: i32, tid: i32, threads: i32): void {
  const threshold = i32x4.splat(op.threshold), scale = f32x4.splat(op.scale);
  const key1 = op.key1 + stepNumber();
  const end = partBegin(rows, tid + 1, threads);
  for (let row = partBegin(rows, tid, threads); row < end; row++) {
    const x = op.x + <usize>row * op.xStride, y = op.y + <usize>row * op.yStride;
    drawRow<Drop>(x, y, op.columns, op.key0, key1, row, threshold, scale);
  }
}
