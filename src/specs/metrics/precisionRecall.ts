/**
 * Precision, recall, F-scores and Jaccard's index of predicted labels with scikit-learn's averages.
 * Knows counts only: nothing about probabilities, datasets or models.
 */
import { type Given, number } from "../../base/options.js";
import { fbeta } from "./averages.js";
import { labelScore, type PrecisionRecallOptions, precisionRecallOptions } from "./labelScore.js";
import type { Score } from "./score.js";

/** Options of `fbetaScore`. */
const fbetaOptions = {
  ...precisionRecallOptions,
  /** Weight of recall relative to precision, above 0. @default 1 */
  beta: number({ above: 0 }, 1),
};

/** Options of `fbetaScore`. */
export interface FbetaOptions extends PrecisionRecallOptions, Given<typeof fbetaOptions> {}

/**
 * Right predictions of a class / all predictions of it: TP / (TP + FP) (scikit-learn `precision_score`).
 * @param labels [n] true classes, integers from 0; or, with `outputs`, [n, outputs] of 0 and 1, row after row.
 * @param predictions as many: predicted classes, which `argMax` makes from probabilities, or 0 and 1.
 * @returns One number; with `average: "none"` one per class, from class 0 on.
 * @throws ShapeError when the lengths differ. @throws DataError when there are no rows, or naming a bad one.
 * @throws OptionError for bad options, and for `binary` with more than two classes.
 */
export const precisionScore: Score<PrecisionRecallOptions> = /* @__PURE__ */ labelScore(
  "precisionScore",
  precisionRecallOptions,
  ({ zeroDivision }) => fbeta(0, zeroDivision),
);

/**
 * Right predictions of a class / rows of it: TP / (TP + FN) (scikit-learn `recall_score`).
 * Parameters, result and errors as `precisionScore`.
 */
export const recallScore: Score<PrecisionRecallOptions> = /* @__PURE__ */ labelScore(
  "recallScore",
  precisionRecallOptions,
  ({ zeroDivision }) => fbeta(Infinity, zeroDivision),
);

/**
 * Harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN) (scikit-learn `f1_score`).
 * Parameters, result and errors as `precisionScore`.
 */
export const f1Score: Score<PrecisionRecallOptions> = /* @__PURE__ */ labelScore(
  "f1Score",
  precisionRecallOptions,
  ({ zeroDivision }) => fbeta(1, zeroDivision),
);

/**
 * Weighted harmonic mean of precision and recall: (1 + β²) TP / ((1 + β²) TP + FP + β² FN) (scikit-learn
 * `fbeta_score`). Parameters, result and errors as `precisionScore`.
 */
export const fbetaScore: Score<FbetaOptions> = /* @__PURE__ */ labelScore(
  "fbetaScore",
  fbetaOptions,
  ({ beta, zeroDivision }) => fbeta(beta, zeroDivision),
);

/**
 * Jaccard's index: right predictions of a class / rows that are of it or were said to be: TP / (TP + FP + FN)
 * (scikit-learn `jaccard_score`, which has no NaN for `zeroDivision`). Parameters, result and errors as
 * `precisionScore`.
 */
export const jaccardScore: Score<PrecisionRecallOptions> = /* @__PURE__ */ labelScore(
  "jaccardScore",
  precisionRecallOptions,
  ({ zeroDivision }) =>
    (hits, support, predicted) => {
      const union = support + predicted - hits;
      return union === 0 ? zeroDivision : hits / union;
    },
);
