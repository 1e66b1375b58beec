/** Scores around medians and quantiles of predicted numbers, with scikit-learn's formulas. Knows arrays only. */
import { type Given, number } from "../../base/options.js";
import { explainedShares, outputMeans, type RegressionRows } from "./columns.js";
import { type RegressionOptions, regressionOptions, regressionScore } from "./regressionScore.js";
import type { Score } from "./score.js";

/**
 * Median of |y − ŷ| (scikit-learn `median_absolute_error`). With weights, the number below and above which lies half of
 * the weight, and the middle of two such numbers, as in scikit-learn from 1.7 on.
 * @param targets [n] or [n, outputs], row after row. @param predictions as many.
 * @returns One number; with `multioutput: "rawValues"` one per output.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export const medianAbsoluteErrorScore: Score<RegressionOptions> = /* @__PURE__ */ regressionScore(
  "medianAbsoluteErrorScore",
  regressionOptions,
  {
    perOutput: (input) => columnQuantiles(input, (y, p) => Math.abs(y - p), 0.5),
  },
);

/** Options of the scores of a predicted quantile. */
const pinballOptions = {
  ...regressionOptions,
  /** The quantile that is predicted, from 0 to 1; 0.5 is the median. @default 0.5 */
  alpha: number({ min: 0, max: 1 }, 0.5),
};

/** Options of the scores of a predicted quantile. */
export interface PinballOptions extends RegressionOptions, Given<typeof pinballOptions> {}

/**
 * Quantile loss: mean α (y − ŷ) where y ≥ ŷ, and (1 − α) (ŷ − y) elsewhere (scikit-learn `mean_pinball_loss`). The
 * α-quantile of y makes it smallest; for α = ½ it is half the mean absolute error.
 * @param targets [n] or [n, outputs], row after row. @param predictions as many.
 * @returns One number; with `multioutput: "rawValues"` one per output.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export const meanPinballLossScore: Score<PinballOptions> = /* @__PURE__ */ regressionScore(
  "meanPinballLossScore",
  pinballOptions,
  {
    perOutput: (input, { alpha }) => outputMeans(input, pinball(alpha)),
  },
);

/**
 * Share of the quantile loss that is explained: 1 − loss / loss of the α-quantile of y (scikit-learn
 * `d2_pinball_score`; the quantile as there from 1.8 on). 1 is perfect, 0 what that quantile would do; where y is
 * constant 1 if it is met and 0 if not.
 * @param targets [n] or [n, outputs] with at least 2 rows. @param predictions as many.
 * @returns One number; with `multioutput: "rawValues"` one per output.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export const d2PinballScore: Score<PinballOptions> = /* @__PURE__ */ regressionScore("d2PinballScore", pinballOptions, {
  needs: [2, "one has no spread to explain"],
  perOutput: (input, { alpha }) => d2Pinball(input, alpha),
});

/**
 * Share of the absolute error that is explained: 1 − Σ |y − ŷ| / Σ |y − median of y| (scikit-learn
 * `d2_absolute_error_score`): `d2PinballScore` of α = ½, whose parameters, result and errors it has.
 */
export const d2AbsoluteErrorScore: Score<RegressionOptions> = /* @__PURE__ */ regressionScore(
  "d2AbsoluteErrorScore",
  regressionOptions,
  {
    needs: [2, "one has no spread to explain"],
    perOutput: (input) => d2Pinball(input, 0.5),
  },
);

function pinball(alpha: number): (y: number, p: number) => number {
  return (y, p) => (y >= p ? alpha * (y - p) : (1 - alpha) * (p - y));
}

function d2Pinball(input: RegressionRows, alpha: number): number[] {
  const loss = pinball(alpha);
  const quantiles = columnQuantiles(input, (y) => y, alpha);
  return explainedShares(
    outputMeans(input, loss),
    outputMeans(input, (y, _, j) => loss(y, quantiles[j])),
  );
}

/** The weighted quantile of `value` in each output. */
function columnQuantiles(
  { targets, predictions, rows, outputs, weights }: RegressionRows,
  value: (y: number, p: number) => number,
  quantile: number,
): number[] {
  return Array.from({ length: outputs }, (_, j) => {
    const at = (row: number) => value(targets[row * outputs + j], predictions[row * outputs + j]);
    return weightedQuantile(
      Float64Array.from({ length: rows }, (_, row) => at(row)),
      weights,
      quantile,
    );
  });
}

/**
 * The smallest value up to which lies that share of the weight; where that is the share exactly, the middle of this
 * value and the next (NumPy's "averaged_inverted_cdf"). Rows of weight 0 are out.
 */
function weightedQuantile(values: Float64Array, weights: ArrayLike<number> | null, quantile: number): number {
  const order = Uint32Array.from(values.keys())
    .filter((row) => weights?.[row] !== 0)
    .sort((a, b) => values[a] - values[b]);
  const reached = new Float64Array(order.length);
  let sum = 0;
  for (let i = 0; i < order.length; i++) {
    sum += weights?.[order[i]] ?? 1;
    reached[i] = sum;
  }
  const wanted = quantile * sum;
  const last = order.length - 1;
  let i = 0;
  while (i < last && reached[i] < wanted) i++;
  const value = values[order[i]];
  if (reached[i] - wanted > Number.EPSILON || i === last) return value;
  return value / 2 + values[order[i + 1]] / 2;
}
