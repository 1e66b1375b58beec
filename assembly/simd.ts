/**
 * Vector helpers: multiply-add, lane sums and masks, and our own exp, log, tanh, erfc.
 * Only this file may look at the relaxed-SIMD feature flag. All functions propagate NaN.
 */

/** True if the build may use relaxed SIMD. */
export const RELAXED: bool = ASC_FEATURE_RELAXED_SIMD;

/** acc + a·b; one rounding in builds that may fuse, on hardware that does, two otherwise. */
@inline export function madd(acc: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    if (!isDefined(EXACT)) return f32x4.relaxed_madd(a, b, acc);
  }
  return f32x4.add(acc, f32x4.mul(a, b));
}

@inline export function splat(value: f32): v128 {
  return f32x4.splat(value);
}

/** All bits set in the lanes below `remaining`; all four lanes if it is 4 or more. */
@inline export function laneMask(remaining: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(remaining));
}

/** Bytes of the vectors of a row that hold columns. */
@inline export function rowBytes(columns: i32): usize {
  return <usize>((columns + 3) >> 2) << 4;
}

/** Zeroes the second half of a row's last panel if no column reaches into it: rows end in whole, clean panels. */
@inline export function closeRow(row: usize, columns: i32): void {
  if ((columns & 7) - 1 < 4 && (columns & 7) > 0) v128.store(row + rowBytes(columns), splat(0));
}

/** Sum of the lanes in the fixed order (0 + 2) + (1 + 3). */
@inline export function laneSum(v: v128): f32 {
  const pairs = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** Four lane sums at once: lane i of the result is `laneSum(v_i)`, in the same order. */
@inline export function laneSums(v0: v128, v1: v128, v2: v128, v3: v128): v128 {
  const s01 = f32x4.add(v128.shuffle<f32>(v0, v1, 0, 4, 1, 5), v128.shuffle<f32>(v0, v1, 2, 6, 3, 7));
  const s23 = f32x4.add(v128.shuffle<f32>(v2, v3, 0, 4, 1, 5), v128.shuffle<f32>(v2, v3, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(s01, s23, 0, 1, 4, 5), v128.shuffle<f32>(s01, s23, 2, 3, 6, 7));
}

/** Largest lane. A NaN may be lost here, but the sums that follow a maximum propagate it. */
@inline export function laneMax(v: v128): f32 {
  const pairs = f32x4.pmax(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return max<f32>(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

/** True if any lane is NaN or infinite: x - x is +0, all bits clear, for every finite x. */
@inline export function anyNotFinite(x: v128): bool {
  return v128.any_true(f32x4.sub(x, x));
}

/** Mask of the lanes of `x` that are neither NaN nor infinite. */
@inline export function isFinite4(x: v128): v128 {
  const zero = f32x4.sub(x, x);
  return f32x4.eq(zero, zero);
}

// exp by Cody and Waite: x = n ln 2 + r with |r| <= ln 2 / 2, then a polynomial of r (coefficients: Cephes expf).

@inline function exponentOf(x: v128): v128 {
  return f32x4.nearest(f32x4.mul(x, splat(1.44269504)));
}

@inline function remainderOf(x: v128, n: v128): v128 {
  const high = madd(x, n, splat(-0.693359375));
  return madd(high, n, splat(0.000212194440));
}

/** exp(r) - 1 for |r| <= ln 2 / 2. */
@inline function expm1Polynomial(r: v128): v128 {
  let p = splat(0.00019875691500);
  p = madd(splat(0.0013981999507), p, r);
  p = madd(splat(0.0083334519073), p, r);
  p = madd(splat(0.041665795894), p, r);
  p = madd(splat(0.16666665459), p, r);
  p = madd(splat(0.50000001201), p, r);
  return madd(r, p, f32x4.mul(r, r));
}

/** 2^n for -126 <= n <= 127, n integral. */
@inline function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
}

@inline function clamp(x: v128, low: f32, high: f32): v128 {
  return f32x4.pmin(f32x4.pmax(x, splat(low)), splat(high));
}

/** e^x, within 2 ulp; 0 below -103.98, infinity above 88.73. */
@inline export function exp4(x: v128): v128 {
  x = clamp(x, -105, 89);
  const n = exponentOf(x);
  const p = expm1Polynomial(remainderOf(x, n));
  // Two factors, because 2^128 and 2^-149 are not normal numbers.
  const half = f32x4.floor(f32x4.mul(n, splat(0.5)));
  const scaled = f32x4.mul(f32x4.add(splat(1), p), powerOfTwo(half));
  return f32x4.mul(scaled, powerOfTwo(f32x4.sub(n, half)));
}

/** e^x - 1, within 2 ulp, near 0, too, for x <= 40 (a larger x is replaced by 40). */
@inline export function expm14(x: v128): v128 {
  x = clamp(x, -40, 40);
  const n = exponentOf(x);
  const scale = powerOfTwo(n);
  return madd(f32x4.sub(scale, splat(1)), expm1Polynomial(remainderOf(x, n)), scale);
}

/**
 * tanh x, within 2 ulp: em / (em + 2) with em = e^(2|x|) - 1. Below 1/2, where rounding would cost more, an odd
 * polynomial (coefficients: least relative error on [0, 1/2]). The sign of x is restored at the end.
 */
@inline export function tanh4(x: v128): v128 {
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const magnitude = f32x4.abs(x);
  const em = expm14(f32x4.mul(magnitude, splat(2)));
  const large = f32x4.div(em, f32x4.add(em, splat(2)));
  const square = f32x4.mul(x, x);
  let p = splat(0.01724149);
  p = madd(splat(-0.05304549), p, square);
  p = madd(splat(0.13325879), p, square);
  p = madd(splat(-0.33333144), p, square);
  const small = madd(magnitude, f32x4.mul(magnitude, square), p);
  return v128.or(v128.bitselect(small, large, f32x4.lt(magnitude, splat(0.5))), sign);
}

/** 1 / (1 + e^-x), within 3 ulp. */
@inline export function sigmoid4(x: v128): v128 {
  return f32x4.div(splat(1), f32x4.add(splat(1), exp4(f32x4.neg(x))));
}

/** ln x, within 2 ulp; -infinity at 0, NaN below (coefficients: Cephes logf). */
@inline export function log4(x: v128): v128 {
  const tiny = f32x4.lt(x, splat(1.17549435e-38));
  const normal = v128.bitselect(f32x4.mul(x, splat(8388608)), x, tiny);
  // x = 2^e m with sqrt(1/2) <= m < sqrt(2)
  const offset = i32x4.sub(normal, i32x4.splat(0x3f3504f3));
  let e = f32x4.convert_i32x4_s(i32x4.shr_s(offset, 23));
  e = f32x4.sub(e, v128.and(splat(23), tiny));
  const m = i32x4.add(v128.and(offset, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const z = f32x4.sub(m, splat(1));
  const zz = f32x4.mul(z, z);
  let p = splat(0.070376836292);
  p = madd(splat(-0.1151461031), p, z);
  p = madd(splat(0.11676998740), p, z);
  p = madd(splat(-0.12420140846), p, z);
  p = madd(splat(0.14249322787), p, z);
  p = madd(splat(-0.16668057665), p, z);
  p = madd(splat(0.20000714765), p, z);
  p = madd(splat(-0.24999993993), p, z);
  p = madd(splat(0.33333331174), p, z);
  let y = f32x4.mul(f32x4.mul(p, z), zz);
  y = madd(y, e, splat(-0.000212194440));
  y = madd(y, zz, splat(-0.5));
  y = madd(f32x4.add(z, y), e, splat(0.693359375));
  // Infinity and NaN stay unchanged; 0 gives -infinity, and negative numbers give NaN.
  y = v128.bitselect(y, x, f32x4.lt(x, splat(Infinity)));
  y = v128.bitselect(splat(-Infinity), y, f32x4.eq(x, splat(0)));
  return v128.bitselect(splat(NaN), y, f32x4.lt(x, splat(0)));
}

/** ln(1 + u) for 0 <= u <= 1, within 3 ulp; accurate for small u (W. Kahan's correction). */
@inline export function log1p4(u: v128): v128 {
  const w = f32x4.add(splat(1), u);
  const lost = f32x4.sub(w, splat(1));
  const corrected = f32x4.mul(log4(w), f32x4.div(u, lost));
  return v128.bitselect(u, corrected, f32x4.eq(lost, splat(0)));
}

/** ln(1 + e^x), within 4 ulp: max(x, 0) + ln(1 + e^-|x|). */
@inline export function softplus4(x: v128): v128 {
  return f32x4.add(f32x4.pmax(x, splat(0)), log1p4(exp4(f32x4.neg(f32x4.abs(x)))));
}

/** x^y for x >= 0 and y >= 0, with 0^0 = 1: e^(y ln x), so the relative error grows with |y ln x|. */
@inline export function pow4(x: v128, y: v128): v128 {
  return exp4(f32x4.mul(y, log4(f32x4.pmax(x, splat(1.17549435e-38)))));
}

/**
 * 1 - erf x = (2 / sqrt(pi)) times the integral of e^-t^2 from x on; within 16 ulp up to x = 4, and without the
 * cancellation of 1 - erf. For t = |x| it is e^-t^2 q(s) / (1 + t) with s = (t - 3) / (t + 3), the form of Shepherd and
 * Laframboise (1981; coefficients: least relative error, 2.2e-8). Beyond 4 the rounding of t^2 dominates: t^2 ulp.
 */
@inline export function erfc4(x: v128): v128 {
  const t = f32x4.pmin(f32x4.abs(x), splat(11));
  const s = f32x4.div(f32x4.sub(t, splat(3)), f32x4.add(t, splat(3)));
  let q = splat(-0.000144455478);
  q = madd(splat(0.00076812248), q, s);
  q = madd(splat(0.00149540914), q, s);
  q = madd(splat(-0.00983946195), q, s);
  q = madd(splat(0.0219818679), q, s);
  q = madd(splat(-0.0237844094), q, s);
  q = madd(splat(-0.0102373119), q, s);
  q = madd(splat(0.0990193827), q, s);
  q = madd(splat(-0.230927278), q, s);
  q = madd(splat(0.716004619), q, s);
  const tail = f32x4.mul(f32x4.div(q, f32x4.add(t, splat(1))), exp4(f32x4.neg(f32x4.mul(t, t))));
  return v128.bitselect(f32x4.sub(splat(2), tail), tail, f32x4.lt(x, splat(0)));
}

/**
 * sin(2 pi w / 2^32) of a signed integer w, within 1.2e-7. Subtracting the nearest quarter of a turn is exact; the
 * rest, at most an eighth of a turn, goes into a polynomial (coefficients: Cephes sinf and cosf). The cosine is the
 * sine of w + 2^30.
 */
@inline export function sineOfTurn4(w: v128): v128 {
  const quarter = i32x4.shr_s(i32x4.add(w, i32x4.splat(0x20000000)), 30);
  const part = i32x4.sub(w, i32x4.shl(quarter, 30));
  const x = f32x4.mul(f32x4.convert_i32x4_s(part), splat(1.4629180792671596e-9));
  const z = f32x4.mul(x, x);
  let s = splat(-1.9515295891e-4);
  s = madd(splat(8.3321608736e-3), s, z);
  s = madd(splat(-1.6666654611e-1), s, z);
  const sine = madd(x, f32x4.mul(s, z), x);
  let c = splat(2.443315711809948e-5);
  c = madd(splat(-1.388731625493765e-3), c, z);
  c = madd(splat(4.166664568298827e-2), c, z);
  const cosine = madd(madd(splat(1), z, splat(-0.5)), f32x4.mul(c, z), z);
  const isOdd = i32x4.eq(v128.and(quarter, i32x4.splat(1)), i32x4.splat(1));
  const sign = i32x4.shl(v128.and(quarter, i32x4.splat(2)), 30);
  return v128.xor(v128.bitselect(cosine, sine, isOdd), sign);
}
