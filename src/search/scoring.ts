/** Scores that a search ranks by, for anything that predicts; larger is better. Knows no training. */
import type { Dataset } from "../data/dataset.js";
import { accuracyScore, balancedAccuracyScore } from "../specs/metrics/accuracy.js";
import { rocAucScore } from "../specs/metrics/areas.js";
import { f1Score } from "../specs/metrics/precisionRecall.js";
import { logLossScore } from "../specs/metrics/probabilities.js";
import { meanAbsoluteErrorScore, r2Score, rootMeanSquaredErrorScore } from "../specs/metrics/regression.js";

/** A subject of scores: class numbers or values by `predict`, and probabilities if there are classes. */
export interface Predictor {
  predict(x: Float32Array): ArrayLike<number>;
  predictProba?(x: Float32Array): Float32Array;
}

type Scorer = (predictor: Predictor, test: Dataset) => number;

function probabilities(predictor: Predictor, { x }: Dataset): Float32Array {
  return predictor.predictProba?.(x) ?? new Float32Array();
}

const weightsOf = ({ sampleWeight }: Dataset) => (sampleWeight ? { sampleWeight } : {});
const outputsOf = (test: Dataset) => ({ outputs: test.targetShape[0] ?? 1, ...weightsOf(test) });

/** Scores of classifiers by name; the first is the default. */
const classifierScores = {
  accuracy: (predictor, test) => accuracyScore(test.y, predictor.predict(test.x), weightsOf(test)),
  balancedAccuracy: (predictor, test) => balancedAccuracyScore(test.y, predictor.predict(test.x), weightsOf(test)),
  f1Macro: (predictor, test) => f1Score(test.y, predictor.predict(test.x), { average: "macro", ...weightsOf(test) }),
  rocAuc: (predictor, test) =>
    rocAucScore(test.y, scoresOf(probabilities(predictor, test), test.length), weightsOf(test)),
  negativeLogLoss: (predictor, test) => -logLossScore(test.y, probabilities(predictor, test), weightsOf(test)),
} satisfies Record<string, Scorer>;

/** Scores of regressors by name; the first is the default. */
const regressorScores = {
  r2: (predictor, test) => r2Score(test.y, predictor.predict(test.x), outputsOf(test)),
  negativeRootMeanSquaredError: (predictor, test) =>
    -rootMeanSquaredErrorScore(test.y, predictor.predict(test.x), outputsOf(test)),
  negativeMeanAbsoluteError: (predictor, test) =>
    -meanAbsoluteErrorScore(test.y, predictor.predict(test.x), outputsOf(test)),
} satisfies Record<string, Scorer>;

/** For two classes, the probability of the second. */
function scoresOf(probabilities: Float32Array, rows: number): Float32Array {
  return probabilities.length === 2 * rows ? probabilities.filter((_, i) => i % 2 === 1) : probabilities;
}

/** The scores that each kind of estimator has. */
export const scorings = { classifier: classifierScores, regressor: regressorScores };

/** Kinds of estimators that can be searched. */
export type EstimatorName = keyof typeof scorings;

/** Name of a score. */
export type ScoringName = keyof typeof classifierScores | keyof typeof regressorScores;

/** Possible scores: slightly above the best to allow for rounding, and not so far below 0 that squares overflow. */
const upTo = (best: number) => ({ min: -1e150, max: best + 1e-6 });
const share = { min: 0, max: 1 + 1e-6 };

/** Bounds of each score. */
export const scoreBounds: Readonly<Record<ScoringName, { readonly min: number; readonly max: number }>> = {
  accuracy: share,
  balancedAccuracy: share,
  f1Macro: share,
  rocAuc: share,
  negativeLogLoss: upTo(0),
  r2: upTo(1),
  negativeRootMeanSquaredError: upTo(0),
  negativeMeanAbsoluteError: upTo(0),
};

export function scorerOf(estimator: EstimatorName, scoring: ScoringName): Scorer {
  return (scorings[estimator] as Record<string, Scorer>)[scoring];
}
