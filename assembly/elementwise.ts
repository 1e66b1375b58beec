/**
 * Activations of single elements, each with its derivative. The derivative is computed from the output y of the forward
 * function or, if y does not determine it, from the input z; `activationTable` of `src/specs/activations.ts` decides.
 * Knows nothing about rows or padding. Where dy and the saved value are zero, dy f' must be zero.
 */
import { erfc4, exp4, expm14, madd, sigmoid4, softplus4, splat, tanh4 } from "./simd";

@inline function select(whereTrue: v128, whereFalse: v128, mask: v128): v128 {
  return v128.bitselect(whereTrue, whereFalse, mask);
}

@inline function clip(x: v128, low: f32, high: f32): v128 {
  return f32x4.pmin(f32x4.pmax(x, splat(low)), splat(high));
}

/** All bits set where low < y < high. */
@inline function between(y: v128, low: f32, high: f32): v128 {
  return v128.and(f32x4.gt(y, splat(low)), f32x4.lt(y, splat(high)));
}

/** y = x */
@unmanaged export class Linear {
  @inline forward(x: v128, alpha: v128): v128 { return x; }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 { return dy; }
}

/** y = max(x, 0) */
@unmanaged export class Relu {
  @inline forward(x: v128, alpha: v128): v128 { return f32x4.pmax(x, splat(0)); }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 { return v128.and(dy, f32x4.gt(y, splat(0))); }
}

/** y = x above 0, alpha x below 0 */
@unmanaged export class LeakyRelu {
  @inline forward(x: v128, alpha: v128): v128 { return select(f32x4.mul(x, alpha), x, f32x4.lt(x, splat(0))); }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 {
    return select(dy, f32x4.mul(dy, alpha), f32x4.gt(y, splat(0)));
  }
}

/** y = min(max(x, 0), alpha) */
@unmanaged export class ClippedRelu {
  @inline forward(x: v128, alpha: v128): v128 { return f32x4.pmin(f32x4.pmax(x, splat(0)), alpha); }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 {
    return v128.and(dy, v128.and(f32x4.gt(y, splat(0)), f32x4.lt(y, alpha)));
  }
}

/** y = min(x, maxValue) above threshold, otherwise slope (x - threshold). A view of the numbers in the record. */
@unmanaged export class GeneralRelu {
  slope: f32;
  threshold: f32;
  maxValue: f32;

  @inline forward(x: v128, alpha: v128): v128 {
    const threshold = splat(this.threshold);
    const below = f32x4.mul(splat(this.slope), f32x4.sub(x, threshold));
    return select(f32x4.pmin(x, splat(this.maxValue)), below, f32x4.gt(x, threshold));
  }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 {
    const above = v128.and(dy, f32x4.lt(y, splat(this.maxValue)));
    return select(above, f32x4.mul(dy, splat(this.slope)), f32x4.gt(y, splat(0)));
  }
}

/** y = x above 0; alpha (e^x - 1) below 0, with dy/dx = y + alpha */
@unmanaged export class Elu {
  @inline forward(x: v128, alpha: v128): v128 {
    return select(f32x4.mul(alpha, expm14(x)), x, f32x4.lt(x, splat(0)));
  }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 {
    return select(dy, f32x4.mul(dy, f32x4.add(y, alpha)), f32x4.gt(y, splat(0)));
  }
}

/** y = x above 0; alpha (e^(x / alpha) - 1) below 0, with dy/dx = y / alpha + 1 */
@unmanaged export class Celu {
  @inline forward(x: v128, alpha: v128): v128 {
    return select(f32x4.mul(alpha, expm14(f32x4.div(x, alpha))), x, f32x4.lt(x, splat(0)));
  }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 {
    return select(dy, f32x4.mul(dy, f32x4.add(f32x4.div(y, alpha), splat(1))), f32x4.gt(y, splat(0)));
  }
}

/** Constants of selu (Klambauer et al. 2017): its scale, and scale times alpha. */
const SELU_SCALE: f32 = 1.05070099;
const SELU_LIMIT: f32 = 1.75809934;

/** y = scale x above 0; scale alpha (e^x - 1) below 0, with dy/dx = y + scale alpha */
@unmanaged export class Selu {
  @inline forward(x: v128, alpha: v128): v128 {
    const above = f32x4.mul(x, splat(SELU_SCALE));
    return select(f32x4.mul(splat(SELU_LIMIT), expm14(x)), above, f32x4.lt(x, splat(0)));
  }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 {
    const slope = select(splat(SELU_SCALE), f32x4.add(y, splat(SELU_LIMIT)), f32x4.gt(y, splat(0)));
    return f32x4.mul(dy, slope);
  }
}

/** y = 1 / (1 + e^-x); dy/dx = y (1 - y) */
@unmanaged export class Sigmoid {
  @inline forward(x: v128, alpha: v128): v128 { return sigmoid4(x); }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 {
    return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(splat(1), y)));
  }
}

/** y = min(max(x + 3, 0), 6) / 6 */
@unmanaged export class HardSigmoid {
  @inline forward(x: v128, alpha: v128): v128 {
    return f32x4.mul(clip(f32x4.add(x, splat(3)), 0, 6), splat(1.0 / 6.0));
  }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 {
    return v128.and(f32x4.mul(dy, splat(1.0 / 6.0)), between(y, 0, 1));
  }
}

/** y = ln(1 / (1 + e^-x)); dy/dx = 1 - e^y */
@unmanaged export class LogSigmoid {
  @inline forward(x: v128, alpha: v128): v128 { return f32x4.neg(softplus4(f32x4.neg(x))); }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 { return f32x4.mul(dy, f32x4.neg(expm14(y))); }
}

/** y = tanh x; dy/dx = 1 - y^2 */
@unmanaged export class Tanh {
  @inline forward(x: v128, alpha: v128): v128 { return tanh4(x); }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 {
    return f32x4.mul(dy, f32x4.sub(splat(1), f32x4.mul(y, y)));
  }
}

/** y = min(max(x, -1), 1) */
@unmanaged export class HardTanh {
  @inline forward(x: v128, alpha: v128): v128 { return clip(x, -1, 1); }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 { return v128.and(dy, between(y, -1, 1)); }
}

/** y = x - tanh x; dy/dz = tanh^2 z */
@unmanaged export class TanhShrink {
  @inline forward(x: v128, alpha: v128): v128 { return f32x4.sub(x, tanh4(x)); }
  @inline backward(z: v128, dy: v128, alpha: v128): v128 {
    const t = tanh4(z);
    return f32x4.mul(dy, f32x4.mul(t, t));
  }
}

/** y = x - alpha above alpha, x + alpha below -alpha, 0 in between */
@unmanaged export class SoftShrink {
  @inline forward(x: v128, alpha: v128): v128 {
    const above = f32x4.pmax(f32x4.sub(x, alpha), splat(0));
    return f32x4.add(above, f32x4.pmin(f32x4.add(x, alpha), splat(0)));
  }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 { return v128.and(dy, f32x4.ne(y, splat(0))); }
}

/** y = x below -alpha and above alpha, 0 in between */
@unmanaged export class HardShrink {
  @inline forward(x: v128, alpha: v128): v128 { return v128.andnot(x, f32x4.le(f32x4.abs(x), alpha)); }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 { return v128.and(dy, f32x4.ne(y, splat(0))); }
}

/** y = e^x = dy/dx */
@unmanaged export class Exponential {
  @inline forward(x: v128, alpha: v128): v128 { return exp4(x); }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 { return f32x4.mul(dy, y); }
}

/** y = ln(1 + e^x); dy/dx = 1 - e^-y */
@unmanaged export class Softplus {
  @inline forward(x: v128, alpha: v128): v128 { return softplus4(x); }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 {
    return f32x4.mul(dy, f32x4.neg(expm14(f32x4.neg(y))));
  }
}

/** y = x from 1 on, (x + 1)^2 / 4 from -1 to 1, 0 below -1; y' = min(sqrt y, 1) */
@unmanaged export class SparsePlus {
  @inline forward(x: v128, alpha: v128): v128 {
    const t = f32x4.add(f32x4.pmax(x, splat(-1)), splat(1));
    return select(x, f32x4.mul(f32x4.mul(t, t), splat(0.25)), f32x4.ge(x, splat(1)));
  }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 {
    return f32x4.mul(dy, f32x4.sqrt(clip(y, 0, 1)));
  }
}

/** y = (x + 1) / 2 between -1 and 1, 0 below, 1 above */
@unmanaged export class SparseSigmoid {
  @inline forward(x: v128, alpha: v128): v128 {
    return clip(f32x4.mul(f32x4.add(x, splat(1)), splat(0.5)), 0, 1);
  }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 {
    return v128.and(f32x4.mul(dy, splat(0.5)), between(y, 0, 1));
  }
}

/**
 * y = (x + s) / 2 with s = sqrt(x^2 + b), below 0 as b / (2 (s - x)), which cancels nothing; y' = 1 / (1 + b / (4 y^2))
 */
@unmanaged export class Squareplus {
  @inline forward(x: v128, b: v128): v128 {
    const half = splat(0.5), size = f32x4.abs(x);
    // From 1e19 on, x^2 is no float32, and s is |x|.
    const root = f32x4.sqrt(f32x4.min(f32x4.add(f32x4.mul(x, x), b), splat(1e38)));
    const above = f32x4.add(f32x4.mul(size, half), f32x4.mul(f32x4.max(size, root), half));
    return select(f32x4.div(f32x4.mul(b, splat(0.25)), above), above, f32x4.lt(x, splat(0)));
  }
  @inline backward(y: v128, dy: v128, b: v128): v128 {
    const ratio = f32x4.div(f32x4.mul(b, splat(0.25)), f32x4.mul(y, y));
    return f32x4.div(dy, f32x4.add(splat(1), ratio));
  }
}

/** y = x above the threshold, otherwise the default value. A view of the numbers in the record. */
@unmanaged export class Threshold {
  defaultValue: f32;
  threshold: f32;

  @inline forward(x: v128, alpha: v128): v128 {
    return select(splat(this.defaultValue), x, f32x4.le(x, splat(this.threshold)));
  }
  @inline backward(z: v128, dy: v128, alpha: v128): v128 {
    return v128.andnot(dy, f32x4.le(z, splat(this.threshold)));
  }
}

/** y = x / (1 + |x|); dy/dx = (1 - |y|)^2 */
@unmanaged export class Softsign {
  @inline forward(x: v128, alpha: v128): v128 { return f32x4.div(x, f32x4.add(splat(1), f32x4.abs(x))); }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 {
    const rest = f32x4.sub(splat(1), f32x4.abs(y));
    return f32x4.mul(dy, f32x4.mul(rest, rest));
  }
}

/** y = x s with s = sigmoid(x); dy/dz = s + y (1 - s) */
@unmanaged export class Silu {
  @inline forward(x: v128, alpha: v128): v128 { return f32x4.mul(x, sigmoid4(x)); }
  @inline backward(z: v128, dy: v128, alpha: v128): v128 {
    const s = sigmoid4(z);
    return f32x4.mul(dy, madd(s, f32x4.mul(z, s), f32x4.sub(splat(1), s)));
  }
}

/** y = x min(max(x + 3, 0), 6) / 6; dy/dz = (2 z + 3) / 6 between -3 and 3 */
@unmanaged export class HardSilu {
  @inline forward(x: v128, alpha: v128): v128 {
    return f32x4.mul(x, f32x4.mul(clip(f32x4.add(x, splat(3)), 0, 6), splat(1.0 / 6.0)));
  }
  @inline backward(z: v128, dy: v128, alpha: v128): v128 {
    const inner = madd(splat(0.5), z, splat(1.0 / 3.0));
    const slope = v128.andnot(select(splat(1), inner, f32x4.ge(z, splat(3))), f32x4.le(z, splat(-3)));
    return f32x4.mul(dy, slope);
  }
}

/** Probability that a standard normal number lies below z. */
@inline function normalCdf(z: v128): v128 {
  return f32x4.mul(splat(0.5), erfc4(f32x4.mul(z, splat(-0.707106781))));
}

/**
 * y = x P(x), with P the normal distribution function (Hendrycks and Gimpel 2016); dy/dz = P(z) + z e^(-z^2 / 2) /
 * sqrt(2 pi)
 */
@unmanaged export class Gelu {
  @inline forward(x: v128, alpha: v128): v128 { return f32x4.mul(x, normalCdf(x)); }
  @inline backward(z: v128, dy: v128, alpha: v128): v128 {
    const density = f32x4.mul(splat(0.398942280), exp4(f32x4.mul(splat(-0.5), f32x4.mul(z, z))));
    return f32x4.mul(dy, madd(normalCdf(z), z, density));
  }
}

/** Twice the argument of tanh in `GeluTanh`, sqrt(8 / pi) (z + 0.044715 z^3), divided by z: a function of z^2. */
@inline function geluFactor(square: v128): v128 {
  return f32x4.mul(splat(1.59576912), madd(splat(1), square, splat(0.044715)));
}

/** y = x (1 + tanh u) / 2 = x s with s = sigmoid(2 u); dy/dz = s + z s (1 - s) d(2 u)/dz. From 11 on, s is 0 or 1. */
@unmanaged export class GeluTanh {
  @inline forward(x: v128, alpha: v128): v128 {
    const z = clip(x, -11, 11);
    return f32x4.mul(x, sigmoid4(f32x4.mul(z, geluFactor(f32x4.mul(z, z)))));
  }
  @inline backward(z: v128, dy: v128, alpha: v128): v128 {
    z = clip(z, -11, 11);
    const square = f32x4.mul(z, z);
    const s = sigmoid4(f32x4.mul(z, geluFactor(square)));
    const slope = geluFactor(f32x4.mul(splat(3), square));
    const bend = f32x4.mul(f32x4.mul(s, f32x4.sub(splat(1), s)), f32x4.mul(z, slope));
    return f32x4.mul(dy, f32x4.add(s, bend));
  }
}

/**
 * y = x tanh(ln(1 + e^x)) = x n / (n + 2) with e = e^x, n = e (e + 2) (Misra 2019);
 * dy/dz = n / (n + 2) + 4 z e (1 + e) / (n + 2)^2. Above 20 the slope is 1, below -105 it is 0.
 */
@unmanaged export class Mish {
  @inline forward(x: v128, alpha: v128): v128 {
    const e = exp4(f32x4.pmin(x, splat(20)));
    const n = f32x4.mul(e, f32x4.add(e, splat(2)));
    return f32x4.mul(x, f32x4.div(n, f32x4.add(n, splat(2))));
  }
  @inline backward(z: v128, dy: v128, alpha: v128): v128 {
    z = clip(z, -105, 20);
    const e = exp4(z);
    const n = f32x4.mul(e, f32x4.add(e, splat(2)));
    const below = f32x4.add(n, splat(2));
    const bend = f32x4.div(f32x4.mul(f32x4.mul(splat(4), z), f32x4.mul(e, f32x4.add(e, splat(1)))), f32x4.mul(below, below));
    return f32x4.mul(dy, f32x4.add(f32x4.div(n, below), bend));
  }
}
