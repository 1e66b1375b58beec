/** What the generators share: their options' checks, evenly spaced numbers, and the way from points to a Dataset. */
import { checkBoolean, checkNumber, OptionError } from "../../base/errors.js";
import { Random } from "../../base/random.js";
import { Dataset } from "../../data/dataset.js";

/** Options of every generator. */
export interface SeedOption {
  /** The same seed gives the same rows, bit for bit, in every engine. @default 0 */
  seed?: number;
}

/** Options of generators after scikit-learn. */
export interface ShuffleOption extends SeedOption {
  /** Put the rows into random order; otherwise they come class after class. @default true */
  shuffle?: boolean;
}

/** Numbered streams of a seed, so that a draw for one purpose never shifts those for another. */
const STREAM = { values: 0, order: 1 };

const MAX_COUNT = 2 ** 24;
/** Values in all: a gigabyte of float32. */
const MAX_VALUES = 2 ** 28;

/** A number of rows, classes or columns. @throws OptionError */
export function checkCount(where: string, value: number, min = 1): number {
  return checkNumber(where, value, { min, max: MAX_COUNT, integer: true });
}

/** A standard deviation. @throws OptionError */
export function checkNoise(where: string, value: number): number {
  return checkNumber(where, value, { min: 0, max: 1000 });
}

/** The stream from which a generator draws its values. @throws OptionError for a seed that is none. */
export function valuesOf(where: string, seed: number): Random {
  checkNumber(`${where}: seed`, seed, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true });
  return Random.fromSeed(seed, STREAM.values);
}

/** The i-th of n numbers evenly spaced from begin to end, both included (NumPy's linspace). */
export function spaced(begin: number, end: number, i: number, n: number): number {
  return n === 1 ? begin : begin + (i * (end - begin)) / (n - 1);
}

/** `total` shared out to `parts`: the first total mod parts get one more, as scikit-learn does. */
export function shares(total: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, part) => Math.floor(total / parts) + (part < total % parts ? 1 : 0));
}

/** Rows collected one by one. */
export class Rows {
  readonly #x: Float32Array;
  readonly #y: Float32Array;
  #length = 0;

  constructor(
    /** Name of the generator, for messages. */
    readonly where: string,
    samples: number,
    readonly features: number,
  ) {
    if (samples * features > MAX_VALUES) {
      const limit = `at most ${MAX_VALUES} values`;
      throw new OptionError(`${where}: expected ${limit}, got ${samples} rows of ${features}. Ask for fewer samples.`);
    }
    this.#x = new Float32Array(samples * features);
    this.#y = new Float32Array(samples);
  }

  add(target: number, x: readonly number[]): void {
    this.#x.set(x, this.#length * this.features);
    this.#y[this.#length++] = target;
  }

  toDataset(): Dataset {
    return Dataset.from({ x: this.#x, y: this.#y }, { inputShape: [this.features], targetShape: [] });
  }

  /** In random order if so asked. @throws OptionError */
  toShuffled(seed: number, shuffle: boolean): Dataset {
    const rows = this.toDataset();
    if (!checkBoolean(`${this.where}: shuffle`, shuffle)) return rows;
    return rows.select(Random.fromSeed(seed, STREAM.order).permutation(rows.length));
  }
}
