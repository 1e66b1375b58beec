/**
 * The natural logarithm of `math.ts`, by itself: the one of its functions that every model needs. What is exported
 * besides belongs to both.
 */

/** ln 2 in two parts. The first has 32 significant bits, so `k * LN2_HIGH` is exact for every exponent k. */
export const LN2_HIGH = 0.6931471803691238;
export const LN2_LOW = 1.9082149292705877e-10;
/** 2⁻¹⁰²²: below this size a float64 is subnormal. */
const SMALLEST_NORMAL = 2.2250738585072014e-308;
/** 2⁵⁴ lifts any subnormal into the normal range. */
const TWO_54 = 18014398509481984;

/** 2/3, 2/5, … 2/23: coefficients of 2·artanh(s)/s − 2 in s². The first one omitted adds < 2⁻⁶⁰ for |s| <= 0.1716. */
const LOG_COEFFICIENTS: readonly number[] = Array.from({ length: 11 }, (_, i) => 2 / (2 * i + 3));

const bits = new DataView(new ArrayBuffer(8));

/** Σ coefficients[i] · xⁱ by Horner's rule. */
export function polynomial(x: number, coefficients: readonly number[]): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + coefficients[i];
  return sum;
}

/**
 * ln(x) + correction, for x > 0 and a correction much smaller than 1.
 * Method: x = 2ᵏ·m with m in [√½, √2), f = m - 1, s = f / (2 + f); then ln m = 2·artanh(s) = f - s·(f - R(s²)).
 */
export function logPlus(x: number, correction: number): number {
  const subnormal = x < SMALLEST_NORMAL;
  bits.setFloat64(0, subnormal ? x * TWO_54 : x);
  const head = bits.getUint32(0);
  let k = (head >>> 20) - 1022 - (subnormal ? 54 : 0);
  bits.setUint32(0, (head & 0xfffff) | (1022 << 20));
  let m = bits.getFloat64(0); // in [½, 1)
  if (m < Math.SQRT1_2) {
    m *= 2;
    k -= 1;
  }
  const f = m - 1;
  const s = f / (2 + f);
  const r = s * s * polynomial(s * s, LOG_COEFFICIENTS);
  return k * LN2_HIGH - (s * (f - r) - (k * LN2_LOW + correction) - f);
}

/** ln x: -Infinity for 0, NaN for negative x. Error below 1 ulp. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  return x === Infinity ? x : logPlus(x, 0);
}
