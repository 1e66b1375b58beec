/** Gradient descent, with momentum in the form of Keras or PyTorch. All vectors are [count]. */
import { Status } from "../../src/plan/op";
import { learningRate, setStatus, stepNumber } from "../control";
import { anyNotFinite, isFinite4, splat } from "../simd";
import { flush } from "./flush";
import { commit2, storeWhere, vectorBegin } from "./guard";
import { Sgd, SgdTorch } from "../ops/records";

/**
 * Without momentum: p -= lr g. With it (Keras): v = momentum v - lr g, then p += v,
 * or with Nesterov's look-ahead p += momentum v - lr g.
 */
export function sgd(op: Sgd, tid: i32, threads: i32): void {
  const lr = splat(learningRate()), momentum = splat(op.momentum);
  const params = op.params, grads = op.grads, velocity = op.velocity;
  const nesterov = op.nesterov != 0;
  const end = vectorBegin(op.count, tid + 1, threads);
  for (let at = vectorBegin(op.count, tid, threads); at < end; at += 16) {
    const p = v128.load(params + at);
    const step = f32x4.mul(lr, v128.load(grads + at));
    let change = f32x4.neg(step);
    let v = change;
    if (velocity) {
      v = f32x4.sub(f32x4.mul(momentum, v128.load(velocity + at)), step);
      change = nesterov ? f32x4.sub(f32x4.mul(momentum, v), step) : v;
    }
    const updated = f32x4.add(p, change);
    if (anyNotFinite(updated)) {
      const finite = isFinite4(updated);
      storeWhere(finite, params + at, updated);
      if (velocity) storeWhere(finite, velocity + at, v);
      setStatus(Status.UpdateNotFinite);
      continue;
    }
    v128.store(params + at, updated);
    if (velocity) v128.store(velocity + at, v);
  }
  flush(velocity, op.count, tid, threads);
}

/**
 * PyTorch's momentum: v = momentum v + (1 - dampening) g, after the first step v = g; then p -= lr v, or with
 * Nesterov's look-ahead p -= lr (g + momentum v).
 */
export function sgdTorch(op: SgdTorch, tid: i32, threads: i32): void {
  const lr = splat(learningRate()), momentum = splat(op.momentum);
  const params = op.params, grads = op.grads, velocity = op.velocity;
  const nesterov = op.nesterov != 0;
  const share = splat(stepNumber() == 1 ? 1 : 1 - op.dampening);
  const end = vectorBegin(op.count, tid + 1, threads);
  for (let at = vectorBegin(op.count, tid, threads); at < end; at += 16) {
    const g = v128.load(grads + at);
    const v = f32x4.add(f32x4.mul(momentum, v128.load(velocity + at)), f32x4.mul(share, g));
    const direction = nesterov ? f32x4.add(g, f32x4.mul(momentum, v)) : v;
    const updated = f32x4.sub(v128.load(params + at), f32x4.mul(lr, direction));
    commit2(f32x4.add(updated, v), params + at, updated, velocity + at, v);
  }
  flush(velocity, op.count, tid, threads);
}
