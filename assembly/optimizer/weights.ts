/** Changes of the weights around the update: decay before it, averages after it. Vectors are [count]. */
import { learningRate, stepNumber } from "../control";
import { splat } from "../simd";
import { flush } from "./flush";
import { commit, vectorBegin } from "./guard";
import { AverageWeights, DecayWeights } from "../ops/records";

/** p -= lr decay p   (Loshchilov and Hutter 2019: not part of the gradient) */
export function decayWeights(op: DecayWeights, tid: i32, threads: i32): void {
  const rate = splat(<f32>(<f64>learningRate() * <f64>op.decay)), params = op.params;
  const end = vectorBegin(op.count, tid + 1, threads);
  for (let at = vectorBegin(op.count, tid, threads); at < end; at += 16) {
    const p = v128.load(params + at);
    commit(params + at, f32x4.sub(p, f32x4.mul(rate, p)));
  }
}

/** average += (1 - momentum) (p - average); after the first step average = p */
export function averageWeights(op: AverageWeights, tid: i32, threads: i32): void {
  const params = op.params, average = op.average;
  const keep = splat(stepNumber() == 1 ? 1 : <f32>(1 - op.momentum));
  const end = vectorBegin(op.count, tid + 1, threads);
  for (let at = vectorBegin(op.count, tid, threads); at < end; at += 16) {
    const p = v128.load(params + at), old = v128.load(average + at);
    v128.store(average + at, f32x4.add(old, f32x4.mul(keep, f32x4.sub(p, old))));
  }
  flush(average, op.count, tid, threads);
}
