/**
 * Optimizers over flat slabs: all parameters of a model in one loop, padding included (its gradients are zero).
 * An element whose new value would not be finite keeps its old one, and the status says so.
 */
import { Status } from "../src/plan/op";
import { Adam, learningRate, setStatus, Sgd, stepNumber } from "./record";
import { anyNotFinite, isFinite4, splat } from "./simd";
import { partBegin } from "./split";

@inline function vectorBegin(count: i32, tid: i32, threads: i32): usize {
  return <usize>partBegin(count >> 2, tid, threads) << 4;
}

/** Stores `updated`, lane by lane only where `finite` is set. */
@inline function storeWhere(finite: v128, at: usize, updated: v128): void {
  v128.store(at, v128.bitselect(updated, v128.load(at), finite));
}

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
}

/** base^exponent by repeated squaring: multiplications only, so every engine gives the same bits. */
function power(base: f64, exponent: i32): f64 {
  let result: f64 = 1;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result *= base;
    base *= base;
  }
  return result;
}

/**
 * m += (1 - beta1) (g - m); v += (1 - beta2) (g^2 - v);
 * p -= lr sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + epsilon)   (Kingma and Ba 2015, section 2, as in Keras).
 * PyTorch's form divides by sqrt(v / (1 - beta2^t)) + epsilon, which is epsilon sqrt(1 - beta2^t) in Keras's place.
 */
export function adam(op: Adam, tid: i32, threads: i32): void {
  const step = stepNumber();
  const root = Math.sqrt(1 - power(op.beta2, step));
  const rate = splat(<f32>(<f64>learningRate() * root / (1 - power(op.beta1, step))));
  const epsilon = splat(op.epsilonInside ? <f32>(<f64>op.epsilon * root) : op.epsilon);
  const keep1 = splat(<f32>(1 - op.beta1)), keep2 = splat(<f32>(1 - op.beta2));
  const params = op.params, grads = op.grads, first = op.m, second = op.v;
  const end = vectorBegin(op.count, tid + 1, threads);
  for (let at = vectorBegin(op.count, tid, threads); at < end; at += 16) {
    const p = v128.load(params + at), g = v128.load(grads + at);
    const oldM = v128.load(first + at), oldV = v128.load(second + at);
    const m = f32x4.add(oldM, f32x4.mul(keep1, f32x4.sub(g, oldM)));
    const v = f32x4.add(oldV, f32x4.mul(keep2, f32x4.sub(f32x4.mul(g, g), oldV)));
    const change = f32x4.div(f32x4.mul(rate, m), f32x4.add(f32x4.sqrt(v), epsilon));
    const updated = f32x4.sub(p, change);
    const both = f32x4.add(updated, v);
    if (anyNotFinite(both)) {
      const finite = isFinite4(both);
      storeWhere(finite, params + at, updated);
      storeWhere(finite, first + at, m);
      storeWhere(finite, second + at, v);
      setStatus(Status.UpdateNotFinite);
      continue;
    }
    v128.store(params + at, updated);
    v128.store(first + at, m);
    v128.store(second + at, v);
  }
}
