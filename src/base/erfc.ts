/** The complementary error function. */
import { exp } from "./math.js";

/** Argument below which `erfc` is 1 minus a series, and above which it is a continued fraction. */
const ERFC_SPLIT = 2;
/** Terms of the series, and levels of the fraction, that make both accurate to the last bits at ERFC_SPLIT. */
const ERF_TERMS = 40;
const ERFC_LEVELS = 100;

/**
 * 1 - erf x: twice the share of a normal distribution of variance ½ that lies beyond x. Relative error below 4e-13.
 * Methods (Abramowitz & Stegun 1964, 7.1.6 and 7.1.14): erf x = 2/√π · e^(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (1 · 3 · … · (2n + 1)),
 * all terms of one sign, up to 2; beyond it e^(-x²)/√π · 1/(x + ½/(x + 1/(x + ³⁄₂/(x + …)))) from the inside out.
 */
export function erfc(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x < 0) return 2 - erfc(-x);
  if (x > 27.3) return 0;
  const factor = exp(-x * x) / Math.sqrt(Math.PI);
  if (x < ERFC_SPLIT) {
    let term = 2 * x;
    let sum = term;
    for (let n = 1; n < ERF_TERMS; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - factor * sum;
  }
  let fraction = x;
  for (let level = ERFC_LEVELS; level > 0; level--) fraction = x + level / 2 / fraction;
  return factor / fraction;
}
