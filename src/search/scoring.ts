/** By what a search ranks: scores of which larger is better, for anything that predicts. Knows no training. */
import type { Dataset } from "../data/dataset.js";
import { accuracyScore, balancedAccuracyScore } from "../metrics/accuracy.js";
import { rocAucScore } from "../metrics/curves.js";
import { f1Score } from "../metrics/precisionRecall.js";
import { logLossScore } from "../metrics/probabilities.js";
import { meanAbsoluteErrorScore, r2Score, rootMeanSquaredErrorScore } from "../metrics/regression.js";

/** What can be scored: class numbers or values by `predict`, probabilities where there are classes. */
export interface Predictor {
  predict(x: Float32Array): ArrayLike<number>;
  predictProba?(x: Float32Array): Float32Array;
}

type Scorer = (predictor: Predictor, test: Dataset) => number;

function probabilities(predictor: Predictor, { x }: Dataset): Float32Array {
  return predictor.predictProba?.(x) ?? new Float32Array();
}

const outputsOf = ({ targetShape }: Dataset) => ({ outputs: targetShape[0] ?? 1 });

/** Scores of classifiers by name; the first is the default. */
const classifierScores = {
  accuracy: (predictor, { x, y }) => accuracyScore(y, predictor.predict(x)),
  balancedAccuracy: (predictor, { x, y }) => balancedAccuracyScore(y, predictor.predict(x)),
  f1Macro: (predictor, { x, y }) => f1Score(y, predictor.predict(x), { average: "macro" }),
  rocAuc: (predictor, test) => rocAucScore(test.y, scoresOf(probabilities(predictor, test), test.length)),
  negativeLogLoss: (predictor, test) => -logLossScore(test.y, probabilities(predictor, test)),
} satisfies Record<string, Scorer>;

/** Scores of regressors by name; the first is the default. */
const regressorScores = {
  r2: (predictor, test) => r2Score(test.y, predictor.predict(test.x), outputsOf(test)),
  negativeRootMeanSquaredError: (predictor, test) =>
    -rootMeanSquaredErrorScore(test.y, predictor.predict(test.x), outputsOf(test)),
  negativeMeanAbsoluteError: (predictor, test) =>
    -meanAbsoluteErrorScore(test.y, predictor.predict(test.x), outputsOf(test)),
} satisfies Record<string, Scorer>;

/** Of two classes, the probability of the second. */
function scoresOf(probabilities: Float32Array, rows: number): Float32Array {
  return probabilities.length === 2 * rows ? probabilities.filter((_, i) => i % 2 === 1) : probabilities;
}

/** The scores that each kind of estimator has. */
export const scorings = { classifier: classifierScores, regressor: regressorScores };

/** Kinds of estimators that can be searched. */
export type EstimatorName = keyof typeof scorings;

/** Name of a score. */
export type ScoringName = keyof typeof classifierScores | keyof typeof regressorScores;

export function scorerOf(estimator: EstimatorName, scoring: ScoringName): Scorer {
  return (scorings[estimator] as Record<string, Scorer>)[scoring];
}
