/** Functions with the shape of an S in float64, with the same bits in every JavaScript engine. */
import { exp, expm1 } from "./math.js";

/** 2⁻⁵⁴: below this size, tanh x and x are the same float64. */
const TINY = 5.551115123125783e-17;

/** Hyperbolic tangent: t / (t + 2) with t = e²ˣ - 1, odd in x. Error below 2 ulp. */
export function tanh(x: number): number {
  if (Math.abs(x) < TINY || Number.isNaN(x)) return x;
  const t = expm1(2 * Math.min(Math.abs(x), 20)); // beyond 20 the nearest float64 is 1
  // Two spellings of t / (t + 2): each starts from an exact term and rounds less in its own half.
  const y = t < 2 ? t / 2 - (t / 2) * (t / (t + 2)) : 1 - 2 / (t + 2);
  return x < 0 ? -y : y;
}

/** Logistic function 1 / (1 + e⁻ˣ), accurate to the last bits even for very negative x. Error below 2 ulp. */
export function sigmoid(x: number): number {
  const t = exp(-Math.abs(x));
  return x < 0 ? t - t * (t / (1 + t)) : 1 / (1 + t); // the first form is t / (1 + t) with less rounding
}
