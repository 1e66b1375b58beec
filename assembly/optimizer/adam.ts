/**
 * Adam and its relatives. All vectors are [count]. Loops test at their end, so that V8 computes rates before them; see
 * docs/KERNELS.md.
 */
import { learningRate, stepNumber } from "../control";
import { isFinite4, splat } from "../simd";
import { flush } from "./flush";
import { commit2, commit3, power, vectorBegin } from "./guard";
import { Adam, Adamax, AmsGrad, Lion, Nadam, Radam } from "../ops/records";

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
  let at = vectorBegin(op.count, tid, threads);
  if (at == end) return;
  do {
    const p = v128.load(params + at), g = v128.load(grads + at);
    const oldM = v128.load(first + at), oldV = v128.load(second + at);
    const m = f32x4.add(oldM, f32x4.mul(keep1, f32x4.sub(g, oldM)));
    const v = f32x4.add(oldV, f32x4.mul(keep2, f32x4.sub(f32x4.mul(g, g), oldV)));
    const change = f32x4.div(f32x4.mul(rate, m), f32x4.add(f32x4.sqrt(v), epsilon));
    const updated = f32x4.sub(p, change);
    commit3(f32x4.add(updated, v), params + at, updated, first + at, m, second + at, v);
    at += 16;
  } while (at < end);
  flush(first, op.count, tid, threads);
  flush(second, op.count, tid, threads, first);
}

/** Adam with v^ = max(v^, v), which never falls, in place of v (Reddi et al. 2018). */
export function amsGrad(op: AmsGrad, tid: i32, threads: i32): void {
  const step = stepNumber();
  const root = Math.sqrt(1 - power(op.beta2, step));
  const rate = splat(<f32>(<f64>learningRate() * root / (1 - power(op.beta1, step))));
  const epsilon = splat(op.epsilonInside ? <f32>(<f64>op.epsilon * root) : op.epsilon);
  const keep1 = splat(<f32>(1 - op.beta1)), keep2 = splat(<f32>(1 - op.beta2));
  const params = op.params, grads = op.grads, first = op.m, second = op.v, largest = op.vHat;
  const end = vectorBegin(op.count, tid + 1, threads);
  let at = vectorBegin(op.count, tid, threads);
  if (at == end) return;
  do {
    const p = v128.load(params + at), g = v128.load(grads + at);
    const oldM = v128.load(first + at), oldV = v128.load(second + at), oldHat = v128.load(largest + at);
    const m = f32x4.add(oldM, f32x4.mul(keep1, f32x4.sub(g, oldM)));
    const v = f32x4.add(oldV, f32x4.mul(keep2, f32x4.sub(f32x4.mul(g, g), oldV)));
    const vHat = f32x4.max(oldHat, v);
    const updated = f32x4.sub(p, f32x4.div(f32x4.mul(rate, m), f32x4.add(f32x4.sqrt(vHat), epsilon)));
    const probe = f32x4.add(updated, v);
    // If v is rejected, so is v^.
    const hat = v128.bitselect(vHat, oldHat, isFinite4(probe));
    commit3(probe, params + at, updated, first + at, m, second + at, v);
    v128.store(largest + at, hat);
    at += 16;
  } while (at < end);
  flush(first, op.count, tid, threads);
  flush(second, op.count, tid, threads, first);
}

/**
 * m += (1 - beta1) (g - m); u = max(beta2 u, |g|); p -= lr / (1 - beta1^t) m / (u + epsilon)   (Kingma and Ba 2015,
 * section 7.1, as in Keras). PyTorch's form has u = max(beta2 u, |g| + epsilon) and divides by u.
 */
export function adamax(op: Adamax, tid: i32, threads: i32): void {
  const rate = splat(<f32>(<f64>learningRate() / (1 - power(op.beta1, stepNumber()))));
  const keep1 = splat(<f32>(1 - op.beta1)), beta2 = splat(<f32>op.beta2);
  const inside = splat(op.epsilonInside ? op.epsilon : 0), outside = splat(op.epsilonInside ? 0 : op.epsilon);
  const params = op.params, grads = op.grads, first = op.m, norm = op.u;
  const end = vectorBegin(op.count, tid + 1, threads);
  let at = vectorBegin(op.count, tid, threads);
  if (at == end) return;
  do {
    const p = v128.load(params + at), g = v128.load(grads + at), oldM = v128.load(first + at);
    const m = f32x4.add(oldM, f32x4.mul(keep1, f32x4.sub(g, oldM)));
    const u = f32x4.max(f32x4.mul(beta2, v128.load(norm + at)), f32x4.add(f32x4.abs(g), inside));
    const updated = f32x4.sub(p, f32x4.div(f32x4.mul(rate, m), f32x4.add(u, outside)));
    commit3(f32x4.add(updated, u), params + at, updated, first + at, m, norm + at, u);
    at += 16;
  } while (at < end);
  flush(first, op.count, tid, threads);
  flush(norm, op.count, tid, threads, first);
}

/** beta1 (1 - decay^t / 2): the share of the momentum that step t keeps. */
@inline function nadamMomentum(beta1: f64, decayed: f64): f64 {
  return beta1 * (1 - 0.5 * decayed);
}

/**
 * Product of the momenta of steps 1 to `step`. It ends when the product can no longer change 1 - product, so it takes
 * at most a few hundred multiplications for usual values of beta1, and needs no state.
 */
function nadamProduct(beta1: f64, decay: f64, step: i32): f64 {
  let product: f64 = 1, decayed: f64 = 1;
  for (let t = 1; t <= step && product > 1e-17; t++) {
    decayed *= decay;
    product *= nadamMomentum(beta1, decayed);
  }
  return product;
}

/**
 * Adam with Nesterov's momentum (Dozat 2016): with u_t = beta1 (1 - decay^t / 2) and U_t = u_1 ... u_t,
 * p -= lr (u_(t+1) m / (1 - U_(t+1)) + (1 - u_t) g / (1 - U_t)) / (sqrt(v / (1 - beta2^t)) + epsilon).
 */
export function nadam(op: Nadam, tid: i32, threads: i32): void {
  const step = stepNumber(), lr = <f64>learningRate();
  const product = nadamProduct(op.beta1, op.momentumDecay, step);
  const now = nadamMomentum(op.beta1, power(op.momentumDecay, step));
  const next = nadamMomentum(op.beta1, power(op.momentumDecay, step + 1));
  const rateM = splat(<f32>(lr * next / (1 - product * next)));
  const rateG = splat(<f32>(lr * (1 - now) / (1 - product)));
  const correct = splat(<f32>(1 / (1 - power(op.beta2, step)))), epsilon = splat(op.epsilon);
  const keep1 = splat(<f32>(1 - op.beta1)), keep2 = splat(<f32>(1 - op.beta2));
  const params = op.params, grads = op.grads, first = op.m, second = op.v;
  const end = vectorBegin(op.count, tid + 1, threads);
  let at = vectorBegin(op.count, tid, threads);
  if (at == end) return;
  do {
    const p = v128.load(params + at), g = v128.load(grads + at);
    const oldM = v128.load(first + at), oldV = v128.load(second + at);
    const m = f32x4.add(oldM, f32x4.mul(keep1, f32x4.sub(g, oldM)));
    const v = f32x4.add(oldV, f32x4.mul(keep2, f32x4.sub(f32x4.mul(g, g), oldV)));
    const direction = f32x4.add(f32x4.mul(rateM, m), f32x4.mul(rateG, g));
    const root = f32x4.sqrt(f32x4.mul(v, correct));
    const updated = f32x4.sub(p, f32x4.div(direction, f32x4.add(root, epsilon)));
    commit3(f32x4.add(updated, v), params + at, updated, first + at, m, second + at, v);
    at += 16;
  } while (at < end);
  flush(first, op.count, tid, threads);
  flush(second, op.count, tid, threads, first);
}

/**
 * m and v as in Adam; p -= lr / (1 - beta1^t) m until the variance is known, then multiplied by
 * r sqrt(1 - beta2^t) / (sqrt(v) + epsilon)   (Liu et al. 2020, as in PyTorch)
 */
export function radam(op: Radam, tid: i32, threads: i32): void {
  const step = stepNumber();
  const rate = <f64>learningRate() / (1 - power(op.beta1, step)), decayed = power(op.beta2, step);
  const most = 2 / (1 - op.beta2) - 1, length = most - 2 * <f64>step * decayed / (1 - decayed);
  const isKnown = length > 5;
  const square = (length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length);
  const factor = splat(<f32>(isKnown ? rate * Math.sqrt(square * (1 - decayed)) : rate)), epsilon = splat(op.epsilon);
  const keep1 = splat(<f32>(1 - op.beta1)), keep2 = splat(<f32>(1 - op.beta2));
  const params = op.params, grads = op.grads, first = op.m, second = op.v;
  const end = vectorBegin(op.count, tid + 1, threads);
  let at = vectorBegin(op.count, tid, threads);
  if (at == end) return;
  do {
    const p = v128.load(params + at), g = v128.load(grads + at);
    const oldM = v128.load(first + at), oldV = v128.load(second + at);
    const m = f32x4.add(oldM, f32x4.mul(keep1, f32x4.sub(g, oldM)));
    const v = f32x4.add(oldV, f32x4.mul(keep2, f32x4.sub(f32x4.mul(g, g), oldV)));
    const divisor = isKnown ? f32x4.add(f32x4.sqrt(v), epsilon) : splat(1);
    const updated = f32x4.sub(p, f32x4.div(f32x4.mul(factor, m), divisor));
    commit3(f32x4.add(updated, v), params + at, updated, first + at, m, second + at, v);
    at += 16;
  } while (at < end);
  flush(first, op.count, tid, threads);
  flush(second, op.count, tid, threads, first);
}

/** p -= lr sign(beta1 m + (1 - beta1) g); m += (1 - beta2) (g - m)   (Chen et al. 2023) */
export function lion(op: Lion, tid: i32, threads: i32): void {
  const lr = splat(learningRate()), zero = splat(0);
  const keep1 = splat(<f32>(1 - op.beta1)), keep2 = splat(<f32>(1 - op.beta2));
  const params = op.params, grads = op.grads, first = op.m;
  const end = vectorBegin(op.count, tid + 1, threads);
  let at = vectorBegin(op.count, tid, threads);
  if (at == end) return;
  do {
    const p = v128.load(params + at), g = v128.load(grads + at), oldM = v128.load(first + at);
    const difference = f32x4.sub(g, oldM);
    const direction = f32x4.add(oldM, f32x4.mul(keep1, difference));
    const up = v128.and(lr, f32x4.lt(direction, zero)), down = v128.and(lr, f32x4.gt(direction, zero));
    const updated = f32x4.sub(f32x4.add(p, up), down);
    const m = f32x4.add(oldM, f32x4.mul(keep2, difference));
    commit2(f32x4.add(updated, m), params + at, updated, first + at, m);
    at += 16;
  } while (at < end);
  flush(first, op.count, tid, threads);
}
