/** The standard normal distribution: share below a number, and the number below which a share lies. */
import { erfc } from "../../base/erfc.js";
import { exp, log } from "../../base/math.js";

const ROOT_2_PI = 2.5066282746310002;
/** Steps after which the quantile is exact to the last bits: each has three times the digits of the one before. */
const STEPS = 3;

/** The share of the distribution below x. */
export function normalShare(x: number): number {
  return erfc(-x / Math.SQRT2) / 2;
}

/**
 * The x below which a share of the distribution lies: -Infinity for 0, Infinity for 1. A first guess (Abramowitz &
 * Stegun 1964, 26.2.22), then Halley's steps.
 */
export function normalQuantile(share: number): number {
  if (Number.isNaN(share)) return share;
  if (share === 0.5) return 0;
  if (share > 0.5) return -normalQuantile(1 - share);
  if (share <= 0) return -Infinity;
  const t = Math.sqrt(-2 * log(share));
  let x = (2.30753 + 0.27061 * t) / (1 + t * (0.99229 + t * 0.04481)) - t;
  for (let step = 0; step < STEPS; step++) {
    const error = (normalShare(x) - share) * ROOT_2_PI * exp((x * x) / 2);
    x -= error / (1 + (x * error) / 2);
  }
  return x;
}
