/** Generated points with a number as target: a noisy plane. Knows nothing about models. */
import { checkNumber } from "../../base/errors.js";
import { type Given, number, readOptions } from "../../base/options.js";
import type { Dataset } from "../../data/dataset.js";
import { COUNT, NOISE, RowCollector, type ShuffleOption, shuffleOptions, valuesOf } from "./common.js";

/** Options of `regression`. */
const regressionOptions = {
  /** Number of rows. @default 100 */
  samples: number(COUNT, 100),
  /** Number of columns. @default 10 */
  features: number(COUNT, 10),
  /** Columns that matter: the first ones. @default all */
  informative: number({ min: 0, integer: true }, ({ features = 10 }) => features as number),
  /** Added to each target. @default 0 */
  bias: number({ min: -1e30, max: 1e30 }, 0),
  /** Standard deviation of the noise added to each target. @default 0 */
  noise: number(NOISE, 0),
  ...shuffleOptions,
};

/** Options of `regression`. */
export interface RegressionDataOptions extends ShuffleOption, Given<typeof regressionOptions> {}

/** A Dataset that also knows the plane it was made from. */
export type RegressionData = Dataset & {
  /** The true coefficients, one per column: 0 for columns that do not matter. */
  readonly coefficients: Float64Array;
};

/**
 * A plane: y = Σ coefficient · x + bias + noise · N(0, 1), x of N(0, 1), coefficients uniform in [0, 100).
 * scikit-learn's `make_regression`, with the informative columns first.
 * @returns x [samples, features], and the coefficients
 * @throws OptionError
 */
export function regression(options: RegressionDataOptions = {}): RegressionData {
  const checked = readOptions("regression", regressionOptions, options, arguments);
  const { samples, features, informative, bias, noise, shuffle, seed } = checked;
  checkNumber("regression: informative", informative, { min: 0, max: features, integer: true });
  const random = valuesOf(seed);
  const coefficients = Float64Array.from({ length: features }, (_, i) =>
    i < informative ? 100 * random.uniform() : 0,
  );
  const rows = new RowCollector("regression", samples, features);
  for (let i = 0; i < samples; i++) {
    const x = Array.from({ length: features }, () => random.normal());
    const height = x.reduce((sum, value, column) => sum + coefficients[column] * value, bias);
    rows.add(height + noise * random.normal(), x);
  }
  return Object.assign(rows.toShuffled(seed, shuffle), { coefficients });
}
