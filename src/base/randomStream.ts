/**
 * The only source of randomness: a seeded generator, and the distributions that training needs.
 * The same seed gives the same numbers in every engine. Knows nothing about weights, batches or layers.
 *
 * Generator: xoshiro128** 1.1 (Blackman & Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47:4,
 * 2021), 128 bits of state, period 2¹²⁸ - 1. Seeding: the splitmix scheme (Steele, Lea & Flood, "Fast splittable
 * pseudorandom number generators", OOPSLA 2014) in 32 bits, with a mixing function from Wellons' hash-prospector.
 */

import { checkNumber, OptionError, show } from "./errors.js";

const GOLDEN_RATIO = 0x9e3779b9;
export const TWO_26 = 0x4000000;
export const TWO_32 = 0x100000000;
export const TWO_53 = 0x20000000000000;

/** Step and finalizer of splitmix32: a bijection of 32-bit words. Every output bit depends on every input bit. */
function mix(word: number): number {
  let z = (word + GOLDEN_RATIO) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** One step of xoshiro128** 1.1: advances the state (four words, not all zero) and returns an integer in [0, 2³²). */
export function xoshiro128StarStar(state: Uint32Array | Int32Array): number {
  const result = Math.imul(rotateLeft(Math.imul(state[1], 5), 7), 9) >>> 0;
  const shifted = state[1] << 9;
  state[2] ^= state[0];
  state[3] ^= state[1];
  state[1] ^= state[2];
  state[0] ^= state[3];
  state[2] ^= shifted;
  state[3] = rotateLeft(state[3], 11);
  return result;
}

/** high - low. @throws OptionError unless low <= high and both are finite. */
export function widthOf(where: string, low: number, high: number): number {
  if (low <= high && high - low < Infinity) return high - low;
  throw new OptionError(`${where}: expected finite bounds with low <= high, got ${show(low)} and ${show(high)}.`);
}

/** The first state of a stream. @throws OptionError like `Random.fromSeed` */
export function stateOf(name: readonly number[]): Int32Array {
  const words: number[] = [];
  name.forEach((value, i) => {
    const where = i === 0 ? "Random.fromSeed: seed" : `Random.fromSeed: stream number ${i}`;
    checkNumber(where, value, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true });
    words.push(value | 0, Math.floor(value / TWO_32));
  });
  const state = Int32Array.from({ length: 4 }, (_, lane) => words.reduce((hash, word) => mix(hash ^ word), mix(lane)));
  if (state.every((word) => word === 0)) state[0] = 1; // xoshiro cannot leave the state of zeros
  return state;
}

/** Anything `shuffle` can reorder: a plain array or a typed array. */
export interface MutableArrayLike<T> {
  readonly length: number;
  [index: number]: T;
}

/** The draws that every model makes from a stream of random numbers: weights, and the order of rows. */
export class RandomStream {
  readonly state: Int32Array;

  constructor(state: Int32Array) {
    this.state = state;
  }

  /**
   * The stream named by a seed and any number of stream numbers, for example `fromSeed(seed, epoch, layerIndex)`.
   * Different names give unrelated streams, so a draw in one place never shifts the numbers drawn in another.
   * @param name The seed, an integer from 0 to 2⁵³ - 1, and stream numbers like it.
   * @throws OptionError if one of them is not such an integer.
   */
  static fromSeed<T>(this: new (state: Int32Array) => T, ...name: [seed: number, ...stream: number[]]): T {
    return new this(stateOf(name));
  }

  /** Uniform integer in [0, 2³²). */
  uint32(): number {
    return xoshiro128StarStar(this.state);
  }

  /**
   * Fills `out` with the numbers that successive calls of `uniformBetween` give, rounded to float32.
   * One loop without calls, on numbers that engines keep as small integers. The first weights are drawn before the
   * engine has compiled anything, when calls would take five times as long.
   * @throws OptionError like `uniformBetween`.
   */
  fillUniform(out: Float32Array, low: number, high: number): void {
    const width = widthOf("fillUniform", low, high);
    let [a, b, c, d] = this.state;
    for (let i = 0; i < out.length; i++) {
      let word = Math.imul(b, 5);
      const upper = Math.imul((word << 7) | (word >>> 25), 9) >>> 5;
      let shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
      word = Math.imul(b, 5);
      const lower = Math.imul((word << 7) | (word >>> 25), 9) >>> 6;
      shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
      out[i] = low + width * ((upper * TWO_26 + lower) / TWO_53);
    }
    this.state.set([a, b, c, d]);
  }

  /** `integerBelow` of `Random` without its check, which would take longer than the draw. */
  protected below(n: number): number {
    for (;;) {
      const draw = this.uint32();
      // Only the last n numbers need the exact limit, whose remainder of floats takes longer than the draw.
      if (draw < TWO_32 - n || draw < TWO_32 - (TWO_32 % n)) return draw % n;
    }
  }

  /** Reorders the array in place; every order is equally likely. Fisher & Yates, as in Knuth, TAOCP 2, 3.4.2 P. */
  shuffle<T>(array: MutableArrayLike<T>): void {
    for (let i = array.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const kept = array[i];
      array[i] = array[j];
      array[j] = kept;
    }
  }

  /** The integers 0 … n - 1 in random order. @throws OptionError unless n is an integer from 0 to 2³² - 1. */
  permutation(n: number): Uint32Array {
    checkNumber("permutation: n", n, { min: 0, max: TWO_32 - 1, integer: true });
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    this.shuffle(order);
    return order;
  }
}
