/** Some of the values of a column, by seed. Knows numbers only. */
import { checkNumber } from "../../base/errors.js";
import { via } from "../../base/options.js";
import { Random } from "../../base/random.js";

/** The option `subsample`: a number of values, or `null` for all of them. */
// @__NO_SIDE_EFFECTS__
export function subsampleOption(fallback: number) {
  return via<number | null, number | null>((where, value) => {
    return value === null ? null : checkNumber(where, value, { min: 1, integer: true });
  }, fallback);
}

/** Keeps these draws apart from other uses of the same seed. */
const SAMPLE_STREAM = 0x5355;

/** `most` of the values, each as likely; all of them where there are no more, or no limit. */
export function sample(values: Float64Array, most: number | null, seed: number, column: number): Float64Array {
  if (most === null || values.length <= most) return values;
  const order = Random.fromSeed(seed, SAMPLE_STREAM, column).permutation(values.length);
  return Float64Array.from({ length: most }, (_, i) => values[order[i]]);
}
