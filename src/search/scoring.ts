/** Scores that a search ranks by, for anything that predicts; larger is better. Knows no training. */
import type { Dataset } from "../data/dataset.js";
import { balancedAccuracyScore } from "../specs/metrics/accuracy.js";
import { accuracyScore } from "../specs/metrics/accuracyScore.js";
import { cohenKappaScore, matthewsCorrcoefScore } from "../specs/metrics/agreement.js";
import { type AreaOptions, averagePrecisionScore, rocAucScore } from "../specs/metrics/areas.js";
import type { SampleWeightOption } from "../specs/metrics/inputs.js";
import type { PrecisionRecallOptions } from "../specs/metrics/labelScore.js";
import { f1Score, jaccardScore, precisionScore, recallScore } from "../specs/metrics/precisionRecall.js";
import { brierScore, logLossScore } from "../specs/metrics/probabilities.js";
import { d2AbsoluteErrorScore, medianAbsoluteErrorScore } from "../specs/metrics/quantile.js";
import {
  explainedVarianceScore,
  meanAbsoluteErrorScore,
  meanAbsolutePercentageErrorScore,
  meanSquaredErrorScore,
  r2Score,
  rootMeanSquaredErrorScore,
} from "../specs/metrics/regression.js";
import type { RegressionOptions } from "../specs/metrics/regressionScore.js";
import type { Score } from "../specs/metrics/score.js";

/** A subject of scores: class numbers or values by `predict`, and probabilities if there are classes. */
export interface ScoredModel {
  predict(x: Float32Array): ArrayLike<number>;
  predictProba?(x: Float32Array): Float32Array;
}

type Scorer = (predictor: ScoredModel, test: Dataset) => number;

function probabilities(predictor: ScoredModel, { x }: Dataset): Float32Array {
  return predictor.predictProba?.(x) ?? new Float32Array();
}

const weightsOf = ({ sampleWeight }: Dataset) => (sampleWeight ? { sampleWeight } : {});
const outputsOf = (test: Dataset) => ({ outputs: test.targetShape[0] ?? 1, ...weightsOf(test) });

type LabelScore = (truth: ArrayLike<number>, predictions: ArrayLike<number>, options: SampleWeightOption) => number;

/** The score of predicted classes. */
const ofLabels =
  (score: LabelScore): Scorer =>
  (predictor, test) =>
    score(test.y, predictor.predict(test.x), weightsOf(test));

/** The score of predicted classes, averaged over classes. */
const averaged = (score: Score<PrecisionRecallOptions>, average: "micro" | "macro" | "weighted") =>
  ofLabels((truth, predictions, options) => score(truth, predictions, { average, ...options }));

/** The score of probabilities. */
const ofProbabilities =
  (score: LabelScore): Scorer =>
  (predictor, test) =>
    score(test.y, probabilities(predictor, test), weightsOf(test));

/** The score of probabilities, of which two classes need that of the second. */
const ofScores =
  (score: Score<AreaOptions>): Scorer =>
  (predictor, test) =>
    score(test.y, scoresOf(probabilities(predictor, test), test.length), weightsOf(test));

/** Scores of classifiers by name; the first is the default. */
const classifierScores = {
  accuracy: ofLabels(accuracyScore),
  balancedAccuracy: ofLabels(balancedAccuracyScore),
  f1Macro: averaged(f1Score, "macro"),
  f1Micro: averaged(f1Score, "micro"),
  f1Weighted: averaged(f1Score, "weighted"),
  precisionMacro: averaged(precisionScore, "macro"),
  precisionWeighted: averaged(precisionScore, "weighted"),
  recallMacro: averaged(recallScore, "macro"),
  recallWeighted: averaged(recallScore, "weighted"),
  jaccardMacro: averaged(jaccardScore, "macro"),
  jaccardWeighted: averaged(jaccardScore, "weighted"),
  matthewsCorrcoef: ofLabels(matthewsCorrcoefScore),
  cohenKappa: ofLabels(cohenKappaScore),
  rocAuc: ofScores(rocAucScore),
  averagePrecision: ofScores(averagePrecisionScore),
  negativeLogLoss: negated(ofProbabilities(logLossScore)),
  negativeBrier: negated(ofProbabilities(brierScore)),
} satisfies Record<string, Scorer>;

/** The score of predicted numbers. */
const ofNumbers =
  (score: Score<RegressionOptions>): Scorer =>
  (predictor, test) =>
    score(test.y, predictor.predict(test.x), outputsOf(test));

/** Scores of regressors by name; the first is the default. */
const regressorScores = {
  r2: (predictor, test) => r2Score(test.y, predictor.predict(test.x), outputsOf(test)),
  explainedVariance: (predictor, test) => explainedVarianceScore(test.y, predictor.predict(test.x), outputsOf(test)),
  d2AbsoluteError: ofNumbers(d2AbsoluteErrorScore),
  negativeMeanSquaredError: negated(ofNumbers(meanSquaredErrorScore)),
  negativeRootMeanSquaredError: negated(ofNumbers(rootMeanSquaredErrorScore)),
  negativeMeanAbsoluteError: negated(ofNumbers(meanAbsoluteErrorScore)),
  negativeMedianAbsoluteError: negated(ofNumbers(medianAbsoluteErrorScore)),
  negativeMeanAbsolutePercentageError: negated(ofNumbers(meanAbsolutePercentageErrorScore)),
} satisfies Record<string, Scorer>;

function negated(scorer: Scorer): Scorer {
  return (predictor, test) => -scorer(predictor, test);
}

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

/** The bounds of a score: errors are negated, explained shares are at most 1, correlations from −1 on. */
export function boundsOf(scoring: string): { readonly min: number; readonly max: number } {
  if (scoring.startsWith("negative")) return upTo(0);
  if (Object.hasOwn(regressorScores, scoring) || isCorrelation(scoring)) return upTo(1);
  return share;
}

function isCorrelation(scoring: string): boolean {
  return scoring === "matthewsCorrcoef" || scoring === "cohenKappa";
}

export function scorerOf(estimator: EstimatorName, scoring: ScoringName): Scorer {
  return (scorings[estimator] as Record<string, Scorer>)[scoring];
}
