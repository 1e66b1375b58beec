/** Treatment of gradients before the update: accumulation over steps, clipping. Vectors are [count]. */
import { Place, Status } from "../../src/plan/op";
import { setStatus } from "../control";
import { splat } from "../simd";
import { partBegin } from "../split";
import { addSquares, vectorBegin } from "./guard";
import { AccumulateGradients, BlockNorms, ClipNorm, ClipValue, MeanGradients } from "../ops/records";

/** sums += g */
export function accumulateGradients(op: AccumulateGradients, tid: i32, threads: i32): void {
  const grads = op.grads, sums = op.sums;
  const end = vectorBegin(op.count, tid + 1, threads);
  for (let at = vectorBegin(op.count, tid, threads); at < end; at += 16) {
    v128.store(sums + at, f32x4.add(v128.load(sums + at), v128.load(grads + at)));
  }
}

/** g = sums / steps; sums = 0 */
export function meanGradients(op: MeanGradients, tid: i32, threads: i32): void {
  const grads = op.grads, sums = op.sums, steps = splat(<f32>op.steps), zero = splat(0);
  const end = vectorBegin(op.count, tid + 1, threads);
  for (let at = vectorBegin(op.count, tid, threads); at < end; at += 16) {
    v128.store(grads + at, f32x4.div(v128.load(sums + at), steps));
    v128.store(sums + at, zero);
  }
}

/** g = min(max(g, -limit), limit); NaN stays NaN */
export function clipValue(op: ClipValue, tid: i32, threads: i32): void {
  const grads = op.grads, high = splat(op.limit), low = splat(-op.limit);
  const end = vectorBegin(op.count, tid + 1, threads);
  for (let at = vectorBegin(op.count, tid, threads); at < end; at += 16) {
    v128.store(grads + at, f32x4.min(f32x4.max(v128.load(grads + at), low), high));
  }
}

/** norms[b] = sqrt(sum of x^2 over block b of `Place.Block` floats), summed in f64 */
export function blockNorms(op: BlockNorms, tid: i32, threads: i32): void {
  const blocks = (op.count + Place.Block - 1) / Place.Block;
  const end = partBegin(blocks, tid + 1, threads);
  for (let block = partBegin(blocks, tid, threads); block < end; block++) {
    const first = block * Place.Block;
    let at = op.x + (<usize>first << 2);
    const stop = at + (<usize>min(Place.Block, op.count - first) << 2);
    let sum = f64x2.splat(0);
    for (; at < stop; at += 16) sum = addSquares(sum, v128.load(at));
    const total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
    store<f32>(op.norms + (<usize>block << 2), <f32>Math.sqrt(total));
  }
}

/**
 * g *= min(1, limit / norm), where the norm is the root of the sum of squares of `blocks` block norms. Every thread
 * sums them itself, in order. A norm that is not finite ends the step: there is no direction to go in.
 */
export function clipNorm(op: ClipNorm, tid: i32, threads: i32): void {
  let sum: f64 = 0;
  for (let block = 0; block < op.blocks; block++) {
    const norm = <f64>load<f32>(op.norms + (<usize>block << 2));
    sum += norm * norm;
  }
  const norm = Math.sqrt(sum);
  if (!(norm < Infinity)) setStatus(Status.UpdateNotFinite);
  if (!(norm > <f64>op.limit && norm < Infinity)) return;
  const grads = op.grads, scale = splat(<f32>(<f64>op.limit / norm));
  const end = vectorBegin(op.count, tid + 1, threads);
  for (let at = vectorBegin(op.count, tid, threads); at < end; at += 16) {
    v128.store(grads + at, f32x4.mul(v128.load(grads + at), scale));
  }
}
