/** Whether probabilities are met as often as they say. Knows labels and probabilities: nothing about models. */
import { ShapeError } from "../../base/errors.js";
import { type Given, number, oneOf, readOptions } from "../../base/options.js";
import { checkLabelsAndScores } from "./inputs.js";

/** Points of a calibration curve, one for each bin that has rows. */
export interface CalibrationCurve {
  /** Share of positive rows in each bin: y of the curve. */
  probTrue: Float64Array;
  /** Mean probability in each bin, rising: x of the curve. */
  probPred: Float64Array;
}

/** Options of `calibrationCurve`. */
const calibrationCurveOptions = {
  /** Bins that the probabilities are counted in. @default 5 */
  bins: number({ min: 1, max: 2 ** 24, integer: true }, 5),
  /** Bins of one width, `"uniform"`, or with as many rows each, `"quantile"`. @default "uniform" */
  strategy: oneOf(["uniform", "quantile"], "uniform"),
  /** The label that counts as positive, whose probabilities are given. @default 1 */
  positiveLabel: number({ min: 0, max: 1, integer: true }, 1),
};

/** Options of `calibrationCurve`. */
export interface CalibrationCurveOptions extends Given<typeof calibrationCurveOptions> {}

/**
 * The share of positive rows among those of about one predicted probability (scikit-learn
 * `sklearn.calibration.calibration_curve`). A point on the diagonal is calibrated. Bins without rows have no point.
 * @param labels [n] 0 or 1. @param probabilities [n] of the positive label, from 0 to 1.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export function calibrationCurve(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  options: CalibrationCurveOptions = {},
): CalibrationCurve {
  const where = "calibrationCurve";
  const { bins, strategy, positiveLabel } = readOptions(where, calibrationCurveOptions, options, arguments);
  const range = { what: "probabilities", min: 0, max: 1 };
  const { rows, columns } = checkLabelsAndScores(where, labels, probabilities, range);
  if (columns > 1) {
    throw new ShapeError(
      `${where}: expected one of the probabilities per label, got ${columns}. Draw one class at a time.`,
    );
  }
  const edges = strategy === "uniform" ? uniformEdges(bins) : quantileEdges(probabilities, bins);
  const [total, sums, positives] = [new Float64Array(bins), new Float64Array(bins), new Float64Array(bins)];
  for (let row = 0; row < rows; row++) {
    const bin = binOf(edges, probabilities[row]);
    total[bin]++;
    sums[bin] += probabilities[row];
    if (labels[row] === positiveLabel) positives[bin]++;
  }
  const filled = Array.from(total.keys()).filter((bin) => total[bin] > 0);
  return {
    probTrue: Float64Array.from(filled, (bin) => positives[bin] / total[bin]),
    probPred: Float64Array.from(filled, (bin) => sums[bin] / total[bin]),
  };
}

/** The edges between bins of one width. */
function uniformEdges(bins: number): Float64Array {
  return Float64Array.from({ length: bins - 1 }, (_, i) => (i + 1) * (1 / bins));
}

/** The edges between bins of as many values: their quantiles, on lines between neighbours. */
function quantileEdges(values: ArrayLike<number>, bins: number): Float64Array {
  const sorted = Float64Array.from(values).sort();
  const last = sorted.length - 1;
  return Float64Array.from({ length: bins - 1 }, (_, i) => {
    // Percent there and back, as in scikit-learn, so that edges that are values are met alike.
    const place = (((i + 1) * (1 / bins) * 100) / 100) * last;
    const below = Math.floor(place);
    const [a, b] = [sorted[below], sorted[Math.min(below + 1, last)]];
    const share = place - below;
    return share >= 0.5 ? b - (b - a) * (1 - share) : a + (b - a) * share;
  });
}

/** Number of edges below the value. */
function binOf(edges: Float64Array, value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
