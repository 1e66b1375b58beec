/** Penalties on weights: l1 sum |w| + l2 sum w^2, added to the loss, and their gradient. Vectors are [count]. */
import { ControlField, Place, Status } from "../../src/plan/op";
import { addToSum, rowsInBatch, setStatus } from "../control";
import { splat } from "../simd";
import { partBegin } from "../split";
import { addSquares, vectorBegin } from "./guard";
import { Penalty, PenaltyGradient, PenaltyTotal } from "../ops/records";

/** Adds four floats to two sums in f64. */
@inline function addAll(sum: v128, x: v128): v128 {
  const low = f64x2.promote_low_f32x4(x);
  const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return f64x2.add(sum, f64x2.add(low, high));
}

@inline function total(sum: v128): f64 {
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** penalties[b] = l1 sum |p| + l2 sum p^2 over block b of `Place.Block` floats, summed in f64 */
export function penalty(op: Penalty, tid: i32, threads: i32): void {
  const blocks = (op.count + Place.Block - 1) / Place.Block;
  const end = partBegin(blocks, tid + 1, threads);
  for (let block = partBegin(blocks, tid, threads); block < end; block++) {
    const first = block * Place.Block;
    let at = op.params + (<usize>first << 2);
    const stop = at + (<usize>min(Place.Block, op.count - first) << 2);
    let sizes = f64x2.splat(0), squares = f64x2.splat(0);
    for (; at < stop; at += 16) {
      const p = v128.load(at);
      sizes = addAll(sizes, f32x4.abs(p));
      squares = addSquares(squares, p);
    }
    const value = <f64>op.l1 * total(sizes) + <f64>op.l2 * total(squares);
    store<f32>(op.penalties + (<usize>block << 2), <f32>value);
  }
}

/** Adds all penalties, in order and in f64, to the loss of every row. One thread does it. */
export function penaltyTotal(op: PenaltyTotal): void {
  let sum: f64 = 0;
  for (let block = 0; block < op.blocks; block++) sum += <f64>load<f32>(op.penalties + (<usize>block << 2));
  if (sum - sum != 0) setStatus(Status.LossNotFinite);
  addToSum(ControlField.LossSum, <f64>rowsInBatch() * sum);
}

/** g += l1 sign(p) + 2 l2 p */
export function penaltyGradient(op: PenaltyGradient, tid: i32, threads: i32): void {
  const params = op.params, grads = op.grads, zero = splat(0);
  const l1 = splat(op.l1), twice = splat(2 * op.l2);
  const end = vectorBegin(op.count, tid + 1, threads);
  for (let at = vectorBegin(op.count, tid, threads); at < end; at += 16) {
    const p = v128.load(params + at);
    const up = v128.and(l1, f32x4.gt(p, zero)), down = v128.and(l1, f32x4.lt(p, zero));
    const slope = f32x4.add(f32x4.sub(up, down), f32x4.mul(twice, p));
    v128.store(grads + at, f32x4.add(v128.load(grads + at), slope));
  }
}
