/**
 * Agreement of predicted with true labels beyond chance: Matthews's correlation and Cohen's kappa.
 * Knows integer labels only: nothing about probabilities, datasets or models.
 */
import { type Given, oneOf, readOptions } from "../../base/options.js";
import { checkPairs, MAX_CLASSES } from "./accuracy.js";
import { checkSampleWeight, type SampleWeightOption, sampleWeightOption } from "./inputs.js";
import { type Tally, tallyLabels } from "./tally.js";

/**
 * Matthews's correlation coefficient, from −1 to 1, 0 for guessing or a constant answer (scikit-learn
 * `matthews_corrcoef`; for more than two classes Gorodkin's R_K).
 * @param labels [n] true classes, integers from 0.
 * @param predictions [n] predicted classes, integers from 0; `argMax` makes them from probabilities.
 * @throws ShapeError when the lengths differ. @throws DataError naming a bad row. @throws OptionError.
 */
export function matthewsCorrcoefScore(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: SampleWeightOption = {},
): number {
  const where = "matthewsCorrcoefScore";
  const { sampleWeight } = readOptions(where, sampleWeightOption, options, arguments);
  checkPairs(where, labels, predictions, MAX_CLASSES);
  return matthewsCorrcoef(tallyLabels(labels, predictions, checkSampleWeight(where, sampleWeight, labels.length)));
}

/** `matthewsCorrcoefScore` of what was counted. */
export function matthewsCorrcoef({ classes, hits, support, predicted, total }: Tally): number {
  let [right, both, trueSquares, predictedSquares] = [0, 0, 0, 0];
  for (let c = 0; c < classes; c++) {
    right += hits[c];
    both += support[c] * predicted[c];
    trueSquares += support[c] * support[c];
    predictedSquares += predicted[c] * predicted[c];
  }
  const square = total * total;
  const product = (square - trueSquares) * (square - predictedSquares);
  return product === 0 ? 0 : (right * total - both) / Math.sqrt(product);
}

/** Options of `cohenKappaScore`. */
const cohenKappaOptions = {
  /**
   * The cost of a mistake by the distance of the classes, in the order of those that occur: all the same, the
   * distance, or its square.
   * @default "none"
   */
  weights: oneOf(["none", "linear", "quadratic"], "none"),
  ...sampleWeightOption,
};

/** Options of `cohenKappaScore`. */
export interface CohenKappaOptions extends SampleWeightOption, Given<typeof cohenKappaOptions> {}

/**
 * Cohen's kappa: 1 − disagreement / disagreement expected by chance (scikit-learn `cohen_kappa_score`). NaN, as there,
 * where both are constant and the same, because chance alone would agree then.
 * @param labels [n] classes by one judge, integers from 0. @param predictions [n] classes by the other.
 * @throws ShapeError when the lengths differ. @throws DataError naming a bad row. @throws OptionError.
 */
export function cohenKappaScore(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: CohenKappaOptions = {},
): number {
  const where = "cohenKappaScore";
  const { weights: kind, sampleWeight } = readOptions(where, cohenKappaOptions, options, arguments);
  checkPairs(where, labels, predictions, MAX_CLASSES);
  const weights = checkSampleWeight(where, sampleWeight, labels.length);
  return cohenKappa(labels, predictions, weights, kind);
}

/** `cohenKappaScore` of checked labels. */
export function cohenKappa(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  weights: ArrayLike<number> | null = null,
  kind: "none" | "linear" | "quadratic" = "none",
): number {
  const tally = tallyLabels(labels, predictions, weights);
  const { support, predicted, occurs } = tally;
  const present = Array.from(occurs.keys()).filter((c) => occurs[c]);
  const placeOf = new Int32Array(tally.classes);
  present.forEach((c, place) => {
    placeOf[c] = place;
  });
  const penalty = (a: number, b: number) => {
    const distance = Math.abs(placeOf[a] - placeOf[b]);
    return kind === "none" ? Math.min(distance, 1) : kind === "linear" ? distance : distance * distance;
  };
  let [found, expected] = [0, 0];
  for (let i = 0; i < labels.length; i++) found += (weights?.[i] ?? 1) * penalty(labels[i], predictions[i]);
  for (const a of present) for (const b of present) expected += support[a] * predicted[b] * penalty(a, b);
  return 1 - found / (expected / tally.total);
}
