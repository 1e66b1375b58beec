/**
 * Errors of predicted numbers, and the variance that they explain, with scikit-learn's formulas. Knows arrays only:
 * nothing about models. The losses of the same names, for training, are in `losses/`.
 */
import { log1p } from "../../base/math.js";
import { flag, type Given, optional, unchecked } from "../../base/options.js";
import {
  explainedShares,
  outputMeans,
  outputVariances,
  type RegressionRows,
  r2,
  relativeError,
  squaredError,
} from "./columns.js";
import {
  checkRanges,
  type MultioutputOptions,
  multioutputOptions,
  type RegressionOptions,
  regressionOptions,
  regressionScore,
} from "./regressionScore.js";
import type { Score } from "./score.js";

/**
 * mean (y − ŷ)² (scikit-learn `mean_squared_error`).
 * @param targets [n] or [n, outputs], row after row. @param predictions as many.
 * @returns One number; with `multioutput: "rawValues"` one per output.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export const meanSquaredErrorScore: Score<RegressionOptions> = /* @__PURE__ */ regressionScore(
  "meanSquaredErrorScore",
  regressionOptions,
  {
    perOutput: (input) => outputMeans(input, squaredError),
  },
);

/**
 * √ mean (y − ŷ)², for several outputs the mean of their roots (scikit-learn `root_mean_squared_error`).
 * Parameters, result and errors as `meanSquaredErrorScore`.
 */
export const rootMeanSquaredErrorScore: Score<RegressionOptions> = /* @__PURE__ */ regressionScore(
  "rootMeanSquaredErrorScore",
  regressionOptions,
  { perOutput: (input) => outputMeans(input, squaredError).map(Math.sqrt) },
);

/**
 * mean (ln(1 + y) − ln(1 + ŷ))², for numbers above −1 (scikit-learn `mean_squared_log_error`, whose older versions
 * refuse those below 0). Parameters, result and errors as `meanSquaredErrorScore`; DataError for a number of −1 or
 * less.
 */
export const meanSquaredLogErrorScore: Score<RegressionOptions> = /* @__PURE__ */ regressionScore(
  "meanSquaredLogErrorScore",
  regressionOptions,
  {
    check: checkLogs,
    perOutput: (input) => outputMeans(input, squaredLogError),
  },
);

/**
 * √ mean (ln(1 + y) − ln(1 + ŷ))², for several outputs the mean of their roots (scikit-learn
 * `root_mean_squared_log_error`). Parameters, result and errors as `meanSquaredLogErrorScore`.
 */
export const rootMeanSquaredLogErrorScore: Score<RegressionOptions> = /* @__PURE__ */ regressionScore(
  "rootMeanSquaredLogErrorScore",
  regressionOptions,
  {
    check: checkLogs,
    perOutput: (input) => outputMeans(input, squaredLogError).map(Math.sqrt),
  },
);

/**
 * mean |y − ŷ| (scikit-learn `mean_absolute_error`).
 * Parameters, result and errors as `meanSquaredErrorScore`.
 */
export const meanAbsoluteErrorScore: Score<RegressionOptions> = /* @__PURE__ */ regressionScore(
  "meanAbsoluteErrorScore",
  regressionOptions,
  {
    perOutput: (input) => outputMeans(input, (y, p) => Math.abs(y - p)),
  },
);

/**
 * mean |y − ŷ| / max(|y|, 2⁻⁵²): a share, not percent (scikit-learn `mean_absolute_percentage_error`). The metric and
 * the loss of that name, for training, follow Keras: percent, and 1e-7 instead of 2⁻⁵².
 * Parameters, result and errors as `meanSquaredErrorScore`.
 */
export const meanAbsolutePercentageErrorScore: Score<RegressionOptions> = /* @__PURE__ */ regressionScore(
  "meanAbsolutePercentageErrorScore",
  regressionOptions,
  {
    perOutput: (input) => outputMeans(input, (y, p) => relativeError(y, p, Number.EPSILON)),
  },
);

/**
 * max |y − ŷ| (scikit-learn `max_error`, which takes one output and no weights, either).
 * Parameters, result and errors as `meanSquaredErrorScore`, without `sampleWeight`.
 */
export const maxErrorScore: Score<MultioutputOptions> = /* @__PURE__ */ regressionScore(
  "maxErrorScore",
  multioutputOptions,
  {
    perOutput: ({ targets, predictions, outputs }) => {
      const largest = new Array<number>(outputs).fill(0);
      for (let i = 0; i < targets.length; i++) {
        largest[i % outputs] = Math.max(largest[i % outputs], Math.abs(targets[i] - predictions[i]));
      }
      return largest;
    },
  },
);

/** Options of `r2Score` and `explainedVarianceScore`. */
const explainedOptions = {
  ...regressionOptions,
  /**
   * As elsewhere; and `"varianceWeighted"`, the mean weighted by the variance of the targets. @default "uniformAverage"
   */
  multioutput: optional(unchecked<"uniformAverage" | "rawValues" | "varianceWeighted" | ArrayLike<number>>()),
  /** True to score constant targets 1 if all is explained and 0 if not, instead of NaN and −Infinity. @default true */
  forceFinite: flag(true),
};

/** Options of `r2Score` and `explainedVarianceScore`. */
export interface ExplainedOptions extends Omit<RegressionOptions, "multioutput">, Given<typeof explainedOptions> {}

/**
 * Coefficient of determination: 1 − Σ (y − ŷ)² / Σ (y − ȳ)² (scikit-learn `r2_score`). 1 is perfect, 0 what the mean
 * of y would do; where y is constant 1 if it is met and 0 if not.
 * @param targets [n] or [n, outputs] with at least 2 rows. @param predictions as many.
 * @returns One number; with `multioutput: "rawValues"` one per output.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export const r2Score: Score<ExplainedOptions> = /* @__PURE__ */ regressionScore("r2Score", explainedOptions, {
  needs: [2, "one has no variance to explain"],
  perOutput: (input, { forceFinite }) => r2(input, forceFinite),
  variances: (input) => outputVariances(input),
});

/**
 * Explained variance: 1 − Var(y − ŷ) / Var(y) (scikit-learn `explained_variance_score`). As `r2Score`, but an error
 * that is the same in every row costs nothing.
 * @param targets [n] or [n, outputs], row after row. @param predictions as many.
 * @returns One number; with `multioutput: "rawValues"` one per output.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export const explainedVarianceScore: Score<ExplainedOptions> = /* @__PURE__ */ regressionScore(
  "explainedVarianceScore",
  explainedOptions,
  {
    perOutput: (input, { forceFinite }) =>
      explainedShares(
        outputVariances(input, (y, p) => y - p),
        outputVariances(input),
        forceFinite,
      ),
    variances: (input) => outputVariances(input),
  },
);

function squaredLogError(y: number, p: number): number {
  return squaredError(log1p(y), log1p(p));
}

function checkLogs(where: string, input: RegressionRows): void {
  const range = { above: -1 };
  checkRanges(where, input, { targets: range, predictions: range }, "Use meanSquaredErrorScore for such numbers.");
}
