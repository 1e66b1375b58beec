/** A penalty on the values of a layer, as part of the loss; forward and backward. */
import { ControlField, Status } from "../src/plan/op";
import { addToSum, setStatus } from "./control";
import { ActivityPenalty, ActivityPenaltyBackward } from "./ops/records";
import { closeRow, laneSum, rowBytes, splat } from "./simd";
import { partBegin } from "./split";

/** Adds the sum over rows of l1 |x| + l2 x^2 to the loss sum, of which a batch divides by its rows. */
export function activityPenalty(op: ActivityPenalty, rows: i32): void {
  const l1 = splat(op.l1), l2 = splat(op.l2);
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const x = op.x + <usize>row * op.xStride;
    let sum = splat(0);
    for (let at: usize = 0; at < rowBytes(op.columns); at += 16) {
      const x4 = v128.load(x + at);
      sum = f32x4.add(sum, f32x4.add(f32x4.mul(l1, f32x4.abs(x4)), f32x4.mul(l2, f32x4.mul(x4, x4))));
    }
    total += <f64>laneSum(sum);
  }
  if (total - total != 0) setStatus(Status.LossNotFinite);
  addToSum(ControlField.LossSum, total);
}

/** dx = dy + (l1 sign(x) + 2 l2 x) / rows. Padding stays zero, because that of x and dy is. */
export function activityPenaltyBackward(op: ActivityPenaltyBackward, rows: i32, tid: i32, threads: i32): void {
  const share: f32 = 1 / <f32>rows, l1 = splat(op.l1 * share), l2 = splat(2 * op.l2 * share), zero = splat(0);
  const end = partBegin(rows, tid + 1, threads);
  for (let row = partBegin(rows, tid, threads); row < end; row++) {
    const x = op.x + <usize>row * op.xStride, dy = op.dy + <usize>row * op.dyStride;
    const dx = op.dx + <usize>row * op.dxStride;
    for (let at: usize = 0; at < rowBytes(op.columns); at += 16) {
      const x4 = v128.load(x + at);
      const sign = f32x4.sub(v128.and(l1, f32x4.gt(x4, zero)), v128.and(l1, f32x4.lt(x4, zero)));
      v128.store(dx + at, f32x4.add(v128.load(dy + at), f32x4.add(sign, f32x4.mul(l2, x4))));
    }
    closeRow(dx, op.columns);
  }
}
