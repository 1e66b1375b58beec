/** The share of each column of a row in a prediction: Shapley values against a typical row. Knows numbers in groups. */
import { Random } from "../base/random.js";

/** Orders of the columns that are tried; each is tried backwards, too, which cancels most of the noise. */
const ORDERS = 16;

/**
 * Shapley values (Štrumbelj and Kononenko 2014): the mean, over orders of the columns, of what a prediction gains when a
 * column changes from the typical row's numbers to those of the row. Their sum is the prediction less that of the typical
 * row.
 * @param predict One number for each row of x.
 */
export function contributionsOf(
  row: Float32Array,
  typical: Float32Array,
  groups: readonly (readonly [begin: number, end: number])[],
  predict: (x: Float32Array) => ArrayLike<number>,
  seed: number,
): Float64Array {
  const random = Random.fromSeed(seed, 0x5348);
  const width = row.length;
  const sums = new Float64Array(groups.length);
  for (let i = 0; i < ORDERS; i++) {
    const forwards = random.permutation(groups.length);
    for (const order of [forwards, forwards.slice().reverse()]) {
      const x = new Float32Array((groups.length + 1) * width);
      const mixed = typical.slice();
      x.set(mixed);
      order.forEach((group, step) => {
        const [begin, end] = groups[group];
        mixed.set(row.subarray(begin, end), begin);
        x.set(mixed, (step + 1) * width);
      });
      const values = predict(x);
      order.forEach((group, step) => {
        sums[group] += values[step + 1] - values[step];
      });
    }
  }
  return sums.map((sum) => sum / (2 * ORDERS));
}
