/**
 * Elementary functions in float64 that give the same bits in every JavaScript engine.
 * ECMAScript leaves the last bits of `Math.exp` and its relatives to the engine, but defines + - * / and `Math.sqrt`
 * exactly (IEEE 754), so only those are used here. Knows nothing about tensors, models or randomness.
 */
import { LN2_HIGH, LN2_LOW, log, logPlus, polynomial } from "./log.js";

export { log };

/** 2⁻⁵⁴: below this size, x + x² and x are the same float64. */
const TINY = 5.551115123125783e-17;
/** 1/2!, 1/3!, … 1/13!: Taylor coefficients of eˣ, from x² on. The first one omitted adds < 2⁻⁵⁷ for |x| <= ln(2)/2. */
const EXP_COEFFICIENTS: readonly number[] = (() => {
  let factorial = 1;
  return Array.from({ length: 12 }, (_, i) => {
    factorial *= i + 2;
    return 1 / factorial;
  });
})();

/** π/2 in three parts. The first two have 33 significant bits: k times them is exact for |k| <= 2²⁰. */
const HALF_PI_HIGH = 1.5707963267341256;
const HALF_PI_MIDDLE = 6.077100506303966e-11;
const HALF_PI_LOW = 2.0222662487959506e-21;
/** Largest angle. Beyond it, the bits of π kept here are too few for a sine. */
const MAX_ANGLE = 0x100000;

/** -1/3!, 1/5!, … -1/19!: Taylor coefficients of (sin(x)/x - 1)/x² in x². The next adds < 2⁻⁷⁰ for |x| <= π/4. */
const SIN_COEFFICIENTS = /* @__PURE__ */ alternatingFactorials(3, -1);
/** 1/4!, -1/6!, … 1/20!: Taylor coefficients of (cos(x) - 1 + x²/2)/x⁴ in x². The next adds < 2⁻⁷⁰ for |x| <= π/4. */
const COS_COEFFICIENTS = /* @__PURE__ */ alternatingFactorials(4, 1);

const bits = new DataView(new ArrayBuffer(8));

/** sign/n!, -sign/(n + 2)!, sign/(n + 4)!, …: nine of them. */
function alternatingFactorials(n: number, sign: number): readonly number[] {
  let factorial = 1;
  for (let i = 2; i < n; i++) factorial *= i;
  return Array.from({ length: 9 }, (_, i) => {
    factorial *= (n + 2 * i) * (i === 0 ? 1 : n + 2 * i - 1);
    return (i % 2 === 0 ? sign : -sign) / factorial;
  });
}

/** 2ᵏ for -1022 <= k <= 1023, by writing the exponent field. */
function powerOfTwo(k: number): number {
  bits.setUint32(0, (k + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/** x · 2ᵏ, in two steps, so that k may exceed the range at either end. Only the second step can round. */
function scale(x: number, k: number): number {
  const half = k >> 1;
  return x * powerOfTwo(half) * powerOfTwo(k - half);
}

/** addend + eˣ - 1 for |x| <= ln(2)/2, where x = high - low and |addend| is 0 or at least ½. */
function plusExpm1(addend: number, high: number, low: number): number {
  const x = high - low;
  const sum = addend + x;
  const lost = x - (sum - addend) + (high - x - low); // the error of the two roundings above
  return sum + (x * x * polynomial(x, EXP_COEFFICIENTS) + lost);
}

/**
 * eˣ. Error below 1 ulp. The result rounds to 0 and Infinity where it should, and may be subnormal.
 * Method: x = k·ln 2 + r with |r| <= ln(2)/2, then 2ᵏ · (1 + (eʳ - 1)) with a Taylor polynomial for eʳ - 1.
 */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.8) return Infinity;
  if (x < -745.2) return 0;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  return scale(plusExpm1(1, x - k * LN2_HIGH, k * LN2_LOW), k);
}

/** eˣ - 1, accurate to the last bits near 0, too. Error below 1.5 ulp. Like `exp`, but subtracts 1 before scaling. */
export function expm1(x: number): number {
  if (Math.abs(x) < TINY || Number.isNaN(x)) return x;
  if (x > 709.8) return Infinity;
  if (x < -40) return -1;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const one = k > 60 ? 0 : powerOfTwo(-k); // 1 at the scale of the sum: 2ᵏ · one
  return scale(plusExpm1(1 - one, x - k * LN2_HIGH, k * LN2_LOW), k);
}

/** ln(1 + x), accurate to the last bits near 0, too: -Infinity for -1, NaN below. Error below 1 ulp. */
export function log1p(x: number): number {
  if (Math.abs(x) < TINY || x === Infinity) return x;
  if (!(x > -1)) return x === -1 ? -Infinity : NaN;
  const u = 1 + x;
  const lost = x - (u - 1); // the rounding error of 1 + x
  return logPlus(u, lost / u);
}

/** sin(x + low) for |x| <= π/4 and a tail `low` below x's last bit. */
function sinNear(x: number, low: number): number {
  const square = x * x;
  return x + (x * square * polynomial(square, SIN_COEFFICIENTS) + low * (1 - square / 2));
}

/** cos(x + low) for the same arguments. 1 - x²/2 rounds; the error is added back with the rest. */
function cosNear(x: number, low: number): number {
  const square = x * x;
  const half = square / 2;
  const head = 1 - half;
  return head + (1 - head - half + (square * square * polynomial(square, COS_COEFFICIENTS) - x * low));
}

/** sin(x + quarters · π/2): subtracts the nearest multiple of π/2 in two parts (Cody and Waite), then sums a series. */
function sinShifted(x: number, quarters: number): number {
  if (!(Math.abs(x) <= MAX_ANGLE)) return NaN;
  const k = Math.floor(x / (Math.PI / 2) + 0.5);
  const rough = x - k * HALF_PI_HIGH;
  const better = rough - k * HALF_PI_MIDDLE;
  const tail = k * HALF_PI_LOW - (rough - better - k * HALF_PI_MIDDLE);
  const near = better - tail;
  const low = better - near - tail;
  const quadrant = (k + quarters) & 3;
  const value = quadrant & 1 ? cosNear(near, low) : sinNear(near, low);
  return quadrant & 2 ? -value : value;
}

/** Sine of x in radians, for |x| <= 2²⁰; NaN beyond. Error below 1 ulp. */
export function sin(x: number): number {
  return Math.abs(x) < TINY ? x : sinShifted(x, 0);
}

/** Cosine of x in radians, for |x| <= 2²⁰; NaN beyond. Error below 1 ulp. */
export function cos(x: number): number {
  return sinShifted(x, 1);
}

/**
 * base^exponent for base >= 0, computed as e^(exponent · ln base); 1 for exponent 0 and any base. Whole exponents up to
 * 64 use repeated squaring. Error below 2 |exponent · ln base| + 3 ulp.
 */
export function pow(base: number, exponent: number): number {
  if (exponent === 0) return 1;
  if (Number.isInteger(exponent) && Math.abs(exponent) <= 64) {
    const power = integerPower(base, Math.abs(exponent));
    return exponent < 0 ? 1 / power : power;
  }
  return exp(exponent * log(base));
}

function integerPower(base: number, exponent: number): number {
  let result = 1;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result *= base;
    base *= base;
  }
  return result;
}
