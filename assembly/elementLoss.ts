/**
 * Losses that are a mean or a sum over the outputs of a row. Each has a value and a derivative with respect to the
 * prediction p, computed from p and the target t. Formulas and clipping follow Keras 3; those ending in `Logits` are
 * fused with the sigmoid before them.
 */
import { call } from "./calls";
import { Loss } from "./ops/records";
import { laneMask, laneSum, madd, splat } from "./simd";

/** Keras's epsilon: probabilities are kept this far from 0 and 1, and divisors from 0. */
export const CLIP: f32 = 1e-7;
/** The smallest normal number; replaces a divisor of 0. */
export const TINY: f32 = 1.17549435e-38;

/** Clips x to [CLIP, 1 - CLIP]. */
@inline export function clipped(x: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, splat(CLIP)), splat(1 - CLIP));
}

/** 1 if v is above 0, otherwise -1. */
@inline function signOf(v: v128): v128 {
  return v128.bitselect(splat(1), splat(-1), f32x4.gt(v, splat(0)));
}

/** The sign of v: -1, 0 or 1. */
@inline function sign3(v: v128): v128 {
  const sign = v128.or(v128.and(v, i32x4.splat(0x80000000)), splat(1));
  return v128.andnot(sign, f32x4.eq(v, splat(0)));
}

/** Alpha of four outputs: loaded from the address `weights`, or the common one if that is 0. */
@inline export function alphaOf(weights: usize, offset: usize, alpha: v128): v128 {
  return weights ? v128.load(weights + offset) : alpha;
}

/**
 * sum_j f(p_j, t_j) / divisor; if `d` is not 0, also its gradient times `scale`. Targets are smoothed towards 1/2.
 * Losses whose outputs may have their own alpha pass `op.weights`; for the others the compiler makes the choice.
 */
@inline export function overElements<F>(
  op: Loss, p: usize, t: usize, d: usize, scale: f32, divisor: f32, weights: usize = 0,
): f32 {
  const f = changetype<F>(0);
  const factor = splat(scale / divisor);
  const keep = splat(1 - op.smoothing), shift = splat(op.smoothing * 0.5);
  const common = splat(op.alpha), beta = splat(op.beta), gamma = splat(op.gamma);
  const begin = p;
  let sum = splat(0);
  for (let j = op.columns; j > 0; j -= 4, p += 16, t += 16) {
    const mask = laneMask(j);
    const alpha = alphaOf(weights, p - begin, common);
    const prediction = v128.load(p);
    const target = madd(shift, v128.load(t), keep);
    sum = f32x4.add(sum, v128.and(f.value(prediction, target, alpha, beta, gamma), mask));
    if (d) {
      const slope = f.slope(prediction, target, alpha, beta, gamma);
      v128.store(d, v128.and(f32x4.mul(slope, factor), mask));
      d += 16;
    }
  }
  return laneSum(sum) / divisor;
}

/** (p - t)^2 */
@unmanaged export class MeanSquaredError {
  @inline value(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    const error = f32x4.sub(p, t);
    return f32x4.mul(error, error);
  }
  @inline slope(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    return f32x4.mul(splat(2), f32x4.sub(p, t));
  }
}

/** |p - t| */
@unmanaged export class MeanAbsoluteError {
  @inline value(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 { return f32x4.abs(f32x4.sub(p, t)); }
  @inline slope(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 { return sign3(f32x4.sub(p, t)); }
}

/** 100 |p - t| / max(|t|, CLIP) */
@unmanaged export class MeanAbsolutePercentageError {
  @inline value(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    const size = f32x4.pmax(f32x4.abs(t), splat(CLIP));
    return f32x4.mul(splat(100), f32x4.div(f32x4.abs(f32x4.sub(p, t)), size));
  }
  @inline slope(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    const size = f32x4.pmax(f32x4.abs(t), splat(CLIP));
    return f32x4.div(f32x4.mul(splat(100), sign3(f32x4.sub(p, t))), size);
  }
}

/** ln(1 + p) - ln(1 + t), with p and t at least CLIP. */
@inline function logarithmicError(p: v128, t: v128): v128 {
  return f32x4.sub(call.log1p4(f32x4.pmax(p, splat(CLIP))), call.log1p4(f32x4.pmax(t, splat(CLIP))));
}

/** (ln(1 + p) - ln(1 + t))^2; no gradient if p was clipped */
@unmanaged export class MeanSquaredLogarithmicError {
  @inline value(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    const error = logarithmicError(p, t);
    return f32x4.mul(error, error);
  }
  @inline slope(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    const slope = f32x4.div(f32x4.mul(splat(2), logarithmicError(p, t)), f32x4.add(splat(1), p));
    return v128.andnot(slope, f32x4.lt(p, splat(CLIP)));
  }
}

/** e^2 / 2 up to |e| = alpha, from there on alpha |e| - alpha^2 / 2, with e = p - t */
@unmanaged export class Huber {
  @inline value(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    const error = f32x4.abs(f32x4.sub(p, t));
    const inner = f32x4.pmin(error, alpha);
    return f32x4.mul(inner, f32x4.sub(error, f32x4.mul(splat(0.5), inner)));
  }
  @inline slope(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    return f32x4.pmin(f32x4.pmax(f32x4.sub(p, t), f32x4.neg(alpha)), alpha);
  }
}

/**
 * ln cosh e, e = p - t: |e| + ln(1 + e^-2|e|) - ln 2; below 1, where that cancels, ln(1 + m^2 / (2 m + 2)), m = e^|e| -
 * 1
 */
@unmanaged export class LogCosh {
  @inline value(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    const error = f32x4.abs(f32x4.sub(p, t));
    const m = call.expm14(error);
    const small = call.log1p4(f32x4.div(f32x4.mul(m, m), f32x4.mul(splat(2), f32x4.add(m, splat(1)))));
    const rest = call.log1p4(call.exp4(f32x4.mul(splat(-2), error)));
    const large = f32x4.add(f32x4.sub(error, splat(0.693147181)), rest);
    return v128.bitselect(small, large, f32x4.lt(error, splat(1)));
  }
  @inline slope(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 { return call.tanh4(f32x4.sub(p, t)); }
}

/** max(alpha e, (alpha - 1) e), e = t - p */
@unmanaged export class Pinball {
  @inline value(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    const error = f32x4.sub(t, p);
    return f32x4.max(f32x4.mul(alpha, error), f32x4.mul(f32x4.sub(alpha, splat(1)), error));
  }
  @inline slope(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    const below = v128.bitselect(f32x4.neg(alpha), f32x4.sub(splat(1), alpha), f32x4.lt(p, t));
    return v128.andnot(below, f32x4.eq(p, t));
  }
}

/** p - t ln(p + CLIP) */
@unmanaged export class Poisson {
  @inline value(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    return f32x4.sub(p, f32x4.mul(t, call.log4(f32x4.add(p, splat(CLIP)))));
  }
  @inline slope(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    return f32x4.sub(splat(1), f32x4.div(t, f32x4.add(p, splat(CLIP))));
  }
}

/** Clips x to [CLIP, 1]. */
@inline function clippedBelow(x: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, splat(CLIP)), splat(1));
}

/** t ln(t / p), both within [CLIP, 1]; no gradient if p was clipped */
@unmanaged export class Divergence {
  @inline value(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    const target = clippedBelow(t);
    return f32x4.mul(target, f32x4.sub(call.log4(target), call.log4(clippedBelow(p))));
  }
  @inline slope(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    return v128.and(f32x4.div(f32x4.neg(clippedBelow(t)), p), f32x4.eq(clippedBelow(p), p));
  }
}

/** max(1 - s p, 0) with s = 1 for targets above 0, else -1 */
@unmanaged export class Hinge {
  @inline value(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    return f32x4.pmax(f32x4.sub(splat(1), f32x4.mul(signOf(t), p)), splat(0));
  }
  @inline slope(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    const sign = signOf(t);
    return v128.and(f32x4.neg(sign), f32x4.lt(f32x4.mul(sign, p), splat(1)));
  }
}

/** max(1 - s p, 0)^2 with s = 1 for targets above 0, else -1 */
@unmanaged export class SquaredHinge {
  @inline value(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    const gap = f32x4.pmax(f32x4.sub(splat(1), f32x4.mul(signOf(t), p)), splat(0));
    return f32x4.mul(gap, gap);
  }
  @inline slope(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    const sign = signOf(t);
    const gap = f32x4.pmax(f32x4.sub(splat(1), f32x4.mul(sign, p)), splat(0));
    return f32x4.mul(f32x4.mul(splat(-2), sign), gap);
  }
}

/** 1 - p, clipped like p. 1 - CLIP is not a float32, so 1 minus the clipped p would be off by a fifth. */
@inline function restOf(p: v128): v128 {
  return clipped(f32x4.sub(splat(1), p));
}

/** -(alpha t ln q + (1 - t) ln(1 - q)) with q = clip(p); no gradient if clipped */
@unmanaged export class Binary {
  @inline value(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    const hit = f32x4.mul(t, call.log4(clipped(p)));
    const gain = f32x4.add(hit, f32x4.mul(f32x4.sub(splat(1), t), call.log4(restOf(p))));
    return f32x4.neg(madd(gain, f32x4.sub(alpha, splat(1)), hit));
  }
  @inline slope(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    const q = clipped(p), rest = restOf(p);
    const extra = f32x4.mul(f32x4.sub(alpha, splat(1)), f32x4.mul(t, rest));
    const slope = f32x4.div(f32x4.sub(f32x4.sub(q, t), extra), f32x4.mul(q, rest));
    return v128.and(slope, f32x4.eq(q, p));
  }
}

/** Binary cross-entropy of a logit: max(x, 0) - x t + ln(1 + e^-|x|). */
@inline function entropyOfLogit(x: v128, t: v128): v128 {
  const linear = f32x4.sub(f32x4.pmax(x, splat(0)), f32x4.mul(x, t));
  return f32x4.add(linear, call.log1p4(call.exp4(f32x4.neg(f32x4.abs(x)))));
}

/** `Binary` of sigmoid(x), from the logit x: the cross-entropy, plus (alpha - 1) t ln(1 + e^-x) for positives */
@unmanaged export class BinaryLogits {
  @inline value(x: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    const extra = f32x4.mul(f32x4.sub(alpha, splat(1)), t);
    return madd(entropyOfLogit(x, t), extra, call.softplus4(f32x4.neg(x)));
  }
  @inline slope(x: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    const extra = f32x4.mul(f32x4.sub(alpha, splat(1)), t);
    const p = call.sigmoid4(x);
    return madd(f32x4.sub(p, t), extra, f32x4.sub(p, splat(1)));
  }
}

/** Weight of a target in the focal loss: alpha t + beta (1 - t). */
@inline function focalWeight(t: v128, alpha: v128, beta: v128): v128 {
  return madd(f32x4.mul(alpha, t), beta, f32x4.sub(splat(1), t));
}

/** Distance of a prediction from its target, t (1 - p) + (1 - t) p, but never 0. */
@inline function focalGap(p: v128, rest: v128, t: v128): v128 {
  return f32x4.pmax(madd(f32x4.mul(t, rest), f32x4.sub(splat(1), t), p), splat(TINY));
}

/** -w m^gamma (t ln q + (1 - t) ln(1 - q)): m from p, q = clip(p) (Lin et al. 2017) */
@unmanaged export class BinaryFocalCrossentropy {
  @inline value(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    const entropy = changetype<Binary>(0).value(p, t, splat(1), beta, gamma);
    const m = focalGap(p, f32x4.sub(splat(1), p), t);
    return f32x4.mul(f32x4.mul(focalWeight(t, alpha, beta), call.pow4(m, gamma)), entropy);
  }
  @inline slope(p: v128, t: v128, alpha: v128, beta: v128, gamma: v128): v128 {
    const entropy = changetype<Binary>(0).value(p, t, splat(1), beta, gamma);
    const slope = changetype<Binary>(0).slope(p, t, splat(1), beta, gamma);
    const m = focalGap(p, f32x4.sub(splat(1), p), t);
    const turn = f32x4.mul(f32x4.div(gamma, m), f32x4.sub(splat(1), f32x4.mul(splat(2), t)));
    const sum = madd(slope, turn, entropy);
    return f32x4.mul(f32x4.mul(focalWeight(t, alpha, beta), call.pow4(m, gamma)), sum);
  }
}

/** `BinaryFocalCrossentropy` of p = sigmoid(x), from the logit x; e^-|x| is computed once and shared */
export function binaryFocalLogits(op: Loss, x: usize, t: usize, d: usize, scale: f32): f32 {
  const factor = splat(scale / <f32>op.columns);
  const keep = splat(1 - op.smoothing), shift = splat(op.smoothing * 0.5);
  const alpha = splat(op.alpha), beta = splat(op.beta), gamma = splat(op.gamma);
  let sum = splat(0);
  for (let j = op.columns; j > 0; j -= 4, x += 16, t += 16) {
    const mask = laneMask(j);
    const logit = v128.load(x);
    const target = madd(shift, v128.load(t), keep);
    const e = call.exp4(f32x4.neg(f32x4.abs(logit)));
    const larger = f32x4.div(splat(1), f32x4.add(splat(1), e));
    const smaller = f32x4.mul(e, larger);
    const isPositive = f32x4.gt(logit, splat(0));
    const p = v128.bitselect(larger, smaller, isPositive), rest = v128.bitselect(smaller, larger, isPositive);
    const linear = f32x4.sub(f32x4.pmax(logit, splat(0)), f32x4.mul(logit, target));
    const entropy = f32x4.add(linear, call.log1p4(e));
    const m = focalGap(p, rest, target);
    const weight = f32x4.mul(focalWeight(target, alpha, beta), call.pow4(m, gamma));
    sum = f32x4.add(sum, v128.and(f32x4.mul(weight, entropy), mask));
    if (d) {
      const away = f32x4.sub(splat(1), f32x4.mul(splat(2), target));
      const turn = f32x4.mul(f32x4.mul(gamma, f32x4.div(smaller, m)), f32x4.mul(larger, away));
      const slope = f32x4.mul(weight, madd(f32x4.sub(p, target), turn, entropy));
      v128.store(d, v128.and(f32x4.mul(slope, factor), mask));
      d += 16;
    }
  }
  return laneSum(sum) / <f32>op.columns;
}
