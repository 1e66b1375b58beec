/** Optimizers that divide by a running magnitude of gradients: RMSprop, Adagrad, Adadelta. All vectors are [count]. */
import { learningRate, stepNumber } from "../control";
import { isFinite4, splat } from "../simd";
import { flush } from "./flush";
import { commit2, commit3, storeWhere, vectorBegin } from "./guard";
import { Adadelta, Adagrad, RmsProp } from "../ops/records";

/** sqrt(x + epsilon) as in Keras, or sqrt(x) + epsilon as in PyTorch; one of the two is zero. */
@inline function root(x: v128, inside: v128, outside: v128): v128 {
  return f32x4.add(f32x4.sqrt(f32x4.add(x, inside)), outside);
}

/**
 * s += (1 - rho) (g^2 - s); d = sqrt(s + epsilon), with `centered` m += (1 - rho) (g - m), d = sqrt(s - m^2 + epsilon);
 * p -= lr g / d, or with momentum v = momentum v + lr g / d, p -= v   (Tieleman and Hinton 2012, as in Keras).
 * PyTorch's form has epsilon outside the root and lr outside v. s - m^2 can be negative only by rounding, and is
 * clipped at 0.
 */
export function rmsProp(op: RmsProp, tid: i32, threads: i32): void {
  const torch = op.torch != 0, lr = learningRate();
  const inRate = splat(torch ? 1 : lr), outRate = splat(torch ? lr : 1);
  const inside = splat(torch ? 0 : op.epsilon), outside = splat(torch ? op.epsilon : 0);
  const keep = splat(<f32>(1 - op.rho)), momentum = splat(op.momentum), zero = splat(0);
  const params = op.params, grads = op.grads, squares = op.meanSquare, means = op.meanGradient, velocity = op.velocity;
  const end = vectorBegin(op.count, tid + 1, threads);
  let at = vectorBegin(op.count, tid, threads);
  if (at == end) return;
  do {
    const p = v128.load(params + at), g = v128.load(grads + at), oldS = v128.load(squares + at);
    const s = f32x4.add(oldS, f32x4.mul(keep, f32x4.sub(f32x4.mul(g, g), oldS)));
    let size = s, mean = zero, v = zero;
    if (means) {
      const oldMean = v128.load(means + at);
      mean = f32x4.add(oldMean, f32x4.mul(keep, f32x4.sub(g, oldMean)));
      size = f32x4.max(f32x4.sub(s, f32x4.mul(mean, mean)), zero);
    }
    let change = f32x4.mul(inRate, f32x4.div(g, root(size, inside, outside)));
    if (velocity) {
      v = f32x4.add(f32x4.mul(momentum, v128.load(velocity + at)), change);
      change = v;
    }
    const updated = f32x4.sub(p, f32x4.mul(outRate, change));
    const probe = f32x4.add(updated, f32x4.add(s, v));
    if (means | velocity) {
      const finite = isFinite4(probe);
      if (means) storeWhere(finite, means + at, mean);
      if (velocity) storeWhere(finite, velocity + at, v);
    }
    commit2(probe, params + at, updated, squares + at, s);
    at += 16;
  } while (at < end);
  flush(means, op.count, tid, threads);
  flush(squares, op.count, tid, threads, means);
  flush(velocity, op.count, tid, threads);
}

/**
 * s += g^2; p -= lr g / sqrt(s + epsilon) (Duchi et al. 2011, as in Keras); PyTorch's form: sqrt(s) + epsilon. lr
 * decays.
 */
export function adagrad(op: Adagrad, tid: i32, threads: i32): void {
  const lr = splat(<f32>(<f64>learningRate() / (1 + op.lrDecay * <f64>(stepNumber() - 1))));
  const inside = splat(op.torch ? 0 : op.epsilon), outside = splat(op.torch ? op.epsilon : 0);
  const params = op.params, grads = op.grads, sums = op.accumulator;
  const end = vectorBegin(op.count, tid + 1, threads);
  let at = vectorBegin(op.count, tid, threads);
  if (at == end) return;
  do {
    const p = v128.load(params + at), g = v128.load(grads + at);
    const s = f32x4.add(v128.load(sums + at), f32x4.mul(g, g));
    const updated = f32x4.sub(p, f32x4.div(f32x4.mul(lr, g), root(s, inside, outside)));
    commit2(f32x4.add(updated, s), params + at, updated, sums + at, s);
    at += 16;
  } while (at < end);
}

/**
 * s += (1 - rho) (g^2 - s); d = g sqrt(r + epsilon) / sqrt(s + epsilon); r += (1 - rho) (d^2 - r); p -= lr d
 * (Zeiler 2012)
 */
export function adadelta(op: Adadelta, tid: i32, threads: i32): void {
  const lr = splat(learningRate()), epsilon = splat(op.epsilon), keep = splat(<f32>(1 - op.rho));
  const params = op.params, grads = op.grads, gradients = op.meanSquare, changes = op.meanChange;
  const end = vectorBegin(op.count, tid + 1, threads);
  let at = vectorBegin(op.count, tid, threads);
  if (at == end) return;
  do {
    const p = v128.load(params + at), g = v128.load(grads + at);
    const oldS = v128.load(gradients + at), oldR = v128.load(changes + at);
    const s = f32x4.add(oldS, f32x4.mul(keep, f32x4.sub(f32x4.mul(g, g), oldS)));
    const ratio = f32x4.div(f32x4.sqrt(f32x4.add(oldR, epsilon)), f32x4.sqrt(f32x4.add(s, epsilon)));
    const d = f32x4.mul(g, ratio);
    const r = f32x4.add(oldR, f32x4.mul(keep, f32x4.sub(f32x4.mul(d, d), oldR)));
    const updated = f32x4.sub(p, f32x4.mul(lr, d));
    const probe = f32x4.add(updated, f32x4.add(s, r));
    commit3(probe, params + at, updated, gradients + at, s, changes + at, r);
    at += 16;
  } while (at < end);
  flush(gradients, op.count, tid, threads);
  flush(changes, op.count, tid, threads);
}
