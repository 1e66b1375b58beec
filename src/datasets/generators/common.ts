/** Parts that the generators share: options, evenly spaced numbers, and the conversion of points to a Dataset. */
import { counted } from "../../base/counted.js";
import { OptionError } from "../../base/errors.js";
import { flag, type Given, number } from "../../base/options.js";
import { Random } from "../../base/random.js";
import { Dataset } from "../../data/dataset.js";

/** Options of every generator. */
export const seedOptions = {
  /** The same seed gives the same rows, bit for bit, in every engine. @default 0 */
  seed: number({ min: 0, max: Number.MAX_SAFE_INTEGER, integer: true }, 0),
};

/** Options of every generator. */
export interface SeedOption extends Given<typeof seedOptions> {}

/** Options of generators after scikit-learn. */
export const shuffleOptions = {
  /** Put the rows into random order; otherwise they come class after class. @default true */
  shuffle: flag(true),
  ...seedOptions,
};

/** Options of generators after scikit-learn. */
export interface ShuffleOption extends Given<typeof shuffleOptions> {}

/** Numbered streams of a seed, so that a draw for one purpose never shifts those for another. */
const STREAM = { values: 0, order: 1 };

/** Values in all: a gigabyte of float32. */
const MAX_VALUES = 2 ** 28;

/** Range of a number of rows, classes or columns. */
export const COUNT = { min: 1, max: 2 ** 24, integer: true };

/** Range of a standard deviation. */
export const NOISE = { min: 0, max: 1000 };

/** The stream from which a generator draws its values. */
export function valuesOf(seed: number): Random {
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
export class RowCollector {
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
      throw new OptionError(
        `${where}: expected ${limit}, got ${counted(samples, "row")} of ${features}. Ask for fewer samples.`,
      );
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

  /** The rows as a Dataset, in random order if asked. */
  toShuffled(seed: number, shuffle: boolean): Dataset {
    const rows = this.toDataset();
    if (!shuffle) return rows;
    return rows.select(Random.fromSeed(seed, STREAM.order).permutation(rows.length));
  }
}
