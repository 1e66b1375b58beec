/** Streams of random numbers with the distributions that parts of the library need. */
import { checkNumber } from "./errors.js";
import { log } from "./log.js";
import { RandomStream, TWO_26, TWO_32, TWO_53, widthOf } from "./randomStream.js";

/** A stream of random numbers. Make one with `Random.fromSeed`. */
export class Random extends RandomStream {
  /** The same stream: each draw from one is a draw from both. */
  static of(stream: RandomStream): Random {
    return new Random(stream.state);
  }

  /** Uniform in [0, 1): a multiple of 2⁻⁵³, from two 32-bit draws. */
  uniform(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * TWO_26 + low) / TWO_53;
  }

  /**
   * Uniform in [low, high); `high` itself can only come out by rounding.
   * @throws OptionError unless low <= high and both are finite.
   */
  uniformBetween(low: number, high: number): number {
    return low + widthOf("uniformBetween", low, high) * this.uniform();
  }

  /** Standard normal: mean 0, variance 1. Polar method (Marsaglia & Bray, SIAM Review 6:3, 1964); keeps no spare. */
  normal(): number {
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) return u * Math.sqrt((-2 * log(s)) / s);
    }
  }

  /** Standard normal conditioned on |z| <= 2, by rejection. Its standard deviation is 0.87962566103423978. */
  truncatedNormal(): number {
    for (;;) {
      const z = this.normal();
      if (Math.abs(z) <= 2) return z;
    }
  }

  /**
   * Uniform integer in [0, n), without bias: draws beyond the last multiple of n below 2³² are rejected.
   * @throws OptionError unless n is an integer from 1 to 2³².
   */
  integerBelow(n: number): number {
    checkNumber("integerBelow: n", n, { min: 1, max: TWO_32, integer: true });
    return this.below(n);
  }
}
