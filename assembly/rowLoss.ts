/**
 * Losses of whole rows: cross-entropies over classes, the cosine, and the categorical hinge. Formulas and clipping
 * follow Keras 3. Those ending in `Logits` are fused with the softmax before them, which keeps them accurate for large
 * logits. Each returns the loss of a row and, if `d` is not 0, writes its gradient times `scale`.
 */
import { call } from "./calls";
import { alphaOf, CLIP, clipped, TINY } from "./elementLoss";
import { Loss } from "./ops/records";
import { laneMask, laneSum, madd, rowBytes, splat } from "./simd";
import { expRow, rowMax } from "./softmax";

/** Sum of the first `columns` values at `at`. */
@inline function rowSum(at: usize, columns: i32): f32 {
  let sum = splat(0);
  for (; columns > 0; columns -= 4, at += 16) sum = f32x4.add(sum, v128.and(v128.load(at), laneMask(columns)));
  return laneSum(sum);
}

/** t ln q, and its negated derivative with respect to q: -t / q */
@unmanaged export class LogTerm {
  @inline value(t: v128, q: v128, alpha: v128, gamma: v128): v128 { return f32x4.mul(t, call.log4(q)); }
  @inline slope(t: v128, q: v128, alpha: v128, gamma: v128): v128 { return f32x4.div(f32x4.neg(t), q); }
}

/** alpha t (1 - q)^gamma ln q (Lin et al. 2017), and its negated derivative with respect to q */
@unmanaged export class FocalTerm {
  @inline value(t: v128, q: v128, alpha: v128, gamma: v128): v128 {
    const weight = f32x4.mul(alpha, call.pow4(f32x4.sub(splat(1), q), gamma));
    return f32x4.mul(f32x4.mul(t, weight), call.log4(q));
  }
  @inline slope(t: v128, q: v128, alpha: v128, gamma: v128): v128 {
    const m = f32x4.sub(splat(1), q);
    const weight = f32x4.mul(f32x4.mul(alpha, t), call.pow4(m, gamma));
    return f32x4.mul(weight, f32x4.sub(f32x4.mul(f32x4.div(gamma, m), call.log4(q)), f32x4.div(splat(1), q)));
  }
}

/** l = -sum_j f(t_j, q_j) with q = clip(p / sum p); gradients include the renormalization, and are 0 if clipped */
export function categorical<F>(op: Loss, p: usize, t: usize, d: usize, scale: f32, weights: usize = 0): f32 {
  const f = changetype<F>(0);
  const columns = op.columns;
  const common = splat(op.alpha), gamma = splat(op.gamma);
  const keep = splat(1 - op.smoothing), shift = splat(op.smoothing / <f32>columns);
  const total = splat(rowSum(p, columns));
  let value = splat(0), dot = splat(0);
  for (let j = columns, at: usize = 0; j > 0; j -= 4, at += 16) {
    const mask = laneMask(j);
    const alpha = alphaOf(weights, at, common);
    const q = f32x4.div(v128.load(p + at), total);
    const within = clipped(q);
    const target = v128.and(madd(shift, v128.load(t + at), keep), mask);
    value = f32x4.sub(value, v128.and(f.value(target, within, alpha, gamma), mask));
    if (d) {
      const kept = v128.and(f32x4.eq(q, within), mask);
      const dq = v128.and(f.slope(target, q, alpha, gamma), kept);
      v128.store(d + at, dq);
      dot = madd(dot, dq, v128.and(q, mask));
    }
  }
  if (d) {
    const mean = splat(laneSum(dot));
    const factor = f32x4.div(splat(scale), total);
    for (let j = columns; j > 0; j -= 4, d += 16) {
      v128.store(d, v128.and(f32x4.mul(f32x4.sub(v128.load(d), mean), factor), laneMask(j)));
    }
  }
  return laneSum(value);
}

/** A row that does not count: its loss is 0, and its gradient is zeros. */
export function ignored(d: usize, columns: i32): f32 {
  if (d) memory.fill(d, 0, rowBytes(columns));
  return 0;
}

/** `categorical` for an integer label: l = -ln q_label */
export function sparse(p: usize, label: i32, d: usize, columns: i32, scale: f32): f32 {
  const total = rowSum(p, columns);
  const chosen = load<f32>(p + (<usize>label << 2));
  const q = chosen / total;
  const within = q < CLIP ? CLIP : q > 1 - CLIP ? 1 - CLIP : q;
  if (d) {
    // dl/dp_j = 1 / total, plus -1 / p_label for the label; 0 if q was clipped
    const factor: f32 = q == within ? scale / total : 0;
    for (let j = columns, at = d; j > 0; j -= 4, at += 16) v128.store(at, v128.and(splat(factor), laneMask(j)));
    const dLabel: f32 = q == within ? factor - scale / chosen : 0;
    store<f32>(d + (<usize>label << 2), dLabel);
  }
  return -f32x4.extract_lane(call.log4(splat(within)), 0);
}

/** l = sum_j t_j (lse - x_j) with lse = ln sum e^x; dl/dx_j = softmax(x)_j sum(t) - t_j */
export function categoricalLogits(op: Loss, x: usize, t: usize, d: usize, scale: f32): f32 {
  const columns = op.columns;
  const keep = splat(1 - op.smoothing), shift = splat(op.smoothing / <f32>columns);
  const largest = rowMax(x, columns);
  const m = splat(largest);
  let expSum = splat(0), targetSum = splat(0);
  for (let j = columns, at: usize = 0; j > 0; j -= 4, at += 16) {
    const mask = laneMask(j);
    expSum = f32x4.add(expSum, v128.and(call.exp4(f32x4.sub(v128.load(x + at), m)), mask));
    targetSum = f32x4.add(targetSum, v128.and(madd(shift, v128.load(t + at), keep), mask));
  }
  const total = splat(laneSum(expSum));
  const weight = splat(laneSum(targetSum));
  const logTotal = call.log4(total);
  let value = splat(0);
  for (let j = columns, at: usize = 0; j > 0; j -= 4, at += 16) {
    const mask = laneMask(j);
    const shifted = f32x4.sub(v128.load(x + at), m);
    const target = v128.and(madd(shift, v128.load(t + at), keep), mask);
    value = madd(value, target, v128.and(f32x4.sub(logTotal, shifted), mask));
    if (d) {
      const probability = f32x4.div(call.exp4(shifted), total);
      const gradient = f32x4.sub(f32x4.mul(probability, weight), target);
      v128.store(d + at, v128.and(f32x4.mul(gradient, splat(scale)), mask));
    }
  }
  return laneSum(value);
}

/** l = -sum_j alpha_j t_j (1 - q_j)^gamma ln q_j with q = softmax(x), from the logits x */
export function categoricalFocalLogits(op: Loss, x: usize, t: usize, d: usize, scale: f32): f32 {
  const columns = op.columns;
  const common = splat(op.alpha), gamma = splat(op.gamma);
  const keep = splat(1 - op.smoothing), shift = splat(op.smoothing / <f32>columns);
  const m = splat(rowMax(x, columns));
  let expSum = splat(0);
  for (let j = columns, at: usize = 0; j > 0; j -= 4, at += 16) {
    expSum = f32x4.add(expSum, v128.and(call.exp4(f32x4.sub(v128.load(x + at), m)), laneMask(j)));
  }
  const total = splat(laneSum(expSum));
  const logTotal = call.log4(total);
  let value = splat(0), slopes = splat(0);
  for (let j = columns, at: usize = 0; j > 0; j -= 4, at += 16) {
    const mask = laneMask(j);
    const shifted = f32x4.sub(v128.load(x + at), m);
    const logQ = f32x4.sub(shifted, logTotal);
    const q = f32x4.div(call.exp4(shifted), total);
    const gap = f32x4.pmax(f32x4.sub(splat(1), q), splat(TINY));
    const target = madd(shift, v128.load(t + at), keep);
    const alpha = alphaOf(op.weights, at, common);
    const weight = v128.and(f32x4.mul(f32x4.mul(alpha, target), call.pow4(gap, gamma)), mask);
    value = f32x4.sub(value, v128.and(f32x4.mul(weight, logQ), mask));
    if (d) {
      // q times the derivative with respect to q
      const turn = f32x4.mul(f32x4.mul(gamma, f32x4.div(q, gap)), logQ);
      const slope = v128.and(f32x4.mul(weight, f32x4.sub(turn, splat(1))), mask);
      v128.store(d + at, slope);
      slopes = f32x4.add(slopes, slope);
    }
  }
  if (d) {
    const sum = splat(laneSum(slopes));
    for (let j = columns, at: usize = 0; j > 0; j -= 4, at += 16) {
      const q = f32x4.div(call.exp4(f32x4.sub(v128.load(x + at), m)), total);
      const gradient = f32x4.sub(v128.load(d + at), f32x4.mul(q, sum));
      v128.store(d + at, v128.and(f32x4.mul(gradient, splat(scale)), laneMask(j)));
    }
  }
  return laneSum(value);
}

/** l = lse - x_label; dl/dx_j = softmax(x)_j - [j = label] */
export function sparseLogits(x: usize, label: i32, d: usize, columns: i32, scale: f32): f32 {
  const at = <usize>label << 2;
  const shifted = load<f32>(x + at) - rowMax(x, columns);
  let total: f32;
  if (d) {
    total = expRow(x, d, columns);
    const factor = splat(scale / total);
    for (let j = columns, to = d; j > 0; j -= 4, to += 16) v128.store(to, f32x4.mul(v128.load(to), factor));
    store<f32>(d + at, load<f32>(d + at) - scale);
  } else {
    const m = splat(rowMax(x, columns));
    let sum = splat(0);
    for (let j = columns; j > 0; j -= 4, x += 16) {
      sum = f32x4.add(sum, v128.and(call.exp4(f32x4.sub(v128.load(x), m)), laneMask(j)));
    }
    total = laneSum(sum);
  }
  return f32x4.extract_lane(call.log4(splat(total)), 0) - shifted;
}

/** 1 / |v| from |v|^2, at most 1 / CLIP. */
@inline function inverseNorm(squares: f32): f32 {
  return min<f32>(1 / sqrt<f32>(squares), 1 / CLIP);
}

/** l = -sum_j t_j p_j / (|t| |p|); dl/dp = (p cos / |p| - t / |t|) / |p|, or 0 if |p| is at most CLIP */
export function cosineSimilarity(p: usize, t: usize, d: usize, columns: i32, scale: f32): f32 {
  let pp = splat(0), tt = splat(0), pt = splat(0);
  for (let j = columns, at: usize = 0; j > 0; j -= 4, at += 16) {
    const mask = laneMask(j);
    const prediction = v128.and(v128.load(p + at), mask);
    const target = v128.and(v128.load(t + at), mask);
    pp = madd(pp, prediction, prediction);
    tt = madd(tt, target, target);
    pt = madd(pt, prediction, target);
  }
  const inverseP = inverseNorm(laneSum(pp)), inverseT = inverseNorm(laneSum(tt));
  const cosine = laneSum(pt) * inverseP * inverseT;
  if (d) {
    const factor: f32 = inverseP < 1 / CLIP ? scale * inverseP : 0;
    const ofP = splat(factor * cosine * inverseP), ofT = splat(factor * inverseT);
    for (let j = columns, at: usize = 0; j > 0; j -= 4, at += 16) {
      const gradient = f32x4.sub(f32x4.mul(v128.load(p + at), ofP), f32x4.mul(v128.load(t + at), ofT));
      v128.store(d + at, v128.and(gradient, laneMask(j)));
    }
  }
  return -cosine;
}

/** l = max(max_j (1 - t_j) p_j - sum_j t_j p_j + 1, 0); if several are largest, the first gets the gradient */
export function categoricalHinge(p: usize, t: usize, d: usize, columns: i32, scale: f32): f32 {
  let hit = splat(0);
  let best = 0;
  let wrong: f32 = -Infinity;
  for (let j = columns, at: usize = 0; j > 0; j -= 4, at += 16) {
    hit = madd(hit, v128.and(v128.load(p + at), laneMask(j)), v128.load(t + at));
  }
  for (let j = 0; j < columns; j++) {
    const at = <usize>j << 2;
    const value: f32 = (<f32>1 - load<f32>(t + at)) * load<f32>(p + at);
    if (value > wrong) { wrong = value; best = j; }
  }
  const value = max<f32>(wrong - laneSum(hit) + 1, 0);
  if (d) {
    const factor: f32 = value > 0 ? scale : 0;
    for (let j = columns, at: usize = 0; j > 0; j -= 4, at += 16) {
      v128.store(d + at, v128.and(f32x4.mul(v128.load(t + at), splat(-factor)), laneMask(j)));
    }
    const at = <usize>best << 2;
    store<f32>(d + at, load<f32>(d + at) + factor * (<f32>1 - load<f32>(t + at)));
  }
  return value;
}
