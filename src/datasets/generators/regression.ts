/** Generated points with a number as target: a noisy plane. Knows nothing about models. */
import { checkKeys, checkNumber } from "../../base/errors.js";
import type { Dataset } from "../../data/dataset.js";
import { checkCount, checkNoise, Rows, type ShuffleOption, valuesOf } from "./common.js";

/** Options of `regression`. */
export interface RegressionDataOptions extends ShuffleOption {
  /** Number of rows. @default 100 */
  samples?: number;
  /** Number of columns. @default 10 */
  features?: number;
  /** Columns that matter: the first ones. @default all */
  informative?: number;
  /** Added to each target. @default 0 */
  bias?: number;
  /** Standard deviation of what is added to each target. @default 0 */
  noise?: number;
}

/** A Dataset that also knows the plane it was made from. */
export type RegressionData = Dataset & {
  /** The true coefficients, one per column: 0 for columns that do not matter. */
  readonly coefficients: Float64Array;
};

/**
 * A plane: y = Σ coefficient · x + bias + noise · N(0, 1), x of N(0, 1), coefficients uniform in [0, 100).
 * scikit-learn's `make_regression`, with the columns that matter in front.
 * @returns x [samples, features], and the coefficients
 * @throws OptionError
 */
export function regression(options: RegressionDataOptions = {}): RegressionData {
  checkKeys(
    "regression",
    options,
    ["samples", "features", "informative", "bias", "noise", "shuffle", "seed"],
    arguments,
  );
  const { samples = 100, features = 10, bias = 0, noise = 0, shuffle = true, seed = 0 } = options;
  checkCount("regression: samples", samples);
  checkCount("regression: features", features);
  const { informative = features } = options;
  checkNumber("regression: informative", informative, { min: 0, max: features, integer: true });
  checkNumber("regression: bias", bias, { min: -1e30, max: 1e30 });
  checkNoise("regression: noise", noise);
  const random = valuesOf("regression", seed);
  const coefficients = Float64Array.from({ length: features }, (_, i) =>
    i < informative ? 100 * random.uniform() : 0,
  );
  const rows = new Rows("regression", samples, features);
  for (let i = 0; i < samples; i++) {
    const x = Array.from({ length: features }, () => random.normal());
    const height = x.reduce((sum, value, column) => sum + coefficients[column] * value, bias);
    rows.add(height + noise * random.normal(), x);
  }
  return Object.assign(rows.toShuffled(seed, shuffle), { coefficients });
}
