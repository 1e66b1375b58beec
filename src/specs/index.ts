/** The parts of models as plain data, such as layers, losses and optimizers: the public part of this room. */

export {
  type Activation,
  type ActivationName,
  type ActivationSpec,
  activationNames,
  celu,
  elu,
  gelu,
  hardShrink,
  leakyRelu,
  type ReluOptions,
  relu,
  softShrink,
  squareplus,
  threshold,
} from "./activations.js";
export type { Compat } from "./compat.js";
export {
  type Constraint,
  type ConstraintSpec,
  type MinMaxNormOptions,
  maxNorm,
  minMaxNorm,
  type NormAxis,
  type NormOptions,
  nonNeg,
  unitNorm,
} from "./constraints.js";
export {
  orthogonal,
  type RandomNormalOptions,
  type RandomUniformOptions,
  randomNormal,
  randomUniform,
  truncatedNormal,
} from "./initializers/drawn.js";
export { constant, identity } from "./initializers/fixed.js";
export {
  type FanMode,
  type ScalingDistribution,
  type VarianceScalingOptions,
  varianceScaling,
} from "./initializers/scaling.js";
export {
  type Initializer,
  type InitializerName,
  type InitializerSpec,
  initializerNames,
} from "./initializers/table.js";
export * from "./layers/all.js";
export type { PlacedLayer } from "./layers/facts.js";
export type { ParameterSpec } from "./layers/layer.js";
export type { LossFunction, LossResult } from "./losses/checkedLoss.js";
export {
  binaryCrossentropy,
  binaryFocalCrossentropy,
  categoricalCrossentropy,
  categoricalFocalCrossentropy,
  categoricalGeneralizedCrossEntropy,
  dice,
  klDivergence,
  sparseCategoricalCrossentropy,
  tversky,
} from "./losses/classification.js";
export { type CustomLossOptions, type CustomLossSpec, customLoss } from "./losses/custom.js";
export { lossNames } from "./losses/every.js";
export type { LossBatch } from "./losses/host.js";
export {
  categoricalHinge,
  circle,
  hinge,
  multiLabelMargin,
  multiMargin,
  softMargin,
  squaredHinge,
} from "./losses/margins.js";
export type { LossOptions } from "./losses/options.js";
export type { Reduction } from "./losses/reductionOptions.js";
export {
  cosineSimilarity,
  gaussianNll,
  huber,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  pinball,
  poisson,
  poissonNll,
  smoothL1,
} from "./losses/regression.js";
export type { Loss, LossName, LossSpec } from "./losses/table.js";
export {
  type BalancedAccuracyOptions,
  balancedAccuracyScore,
  type TopKAccuracyOptions,
  topKAccuracyScore,
} from "./metrics/accuracy.js";
export { type AccuracyOptions, accuracyScore } from "./metrics/accuracyScore.js";
export { type CohenKappaOptions, cohenKappaScore, matthewsCorrcoefScore } from "./metrics/agreement.js";
export { type AreaOptions, averagePrecisionScore, type RocAucOptions, rocAucScore } from "./metrics/areas.js";
export type { Average } from "./metrics/averages.js";
export { type CalibrationCurve, type CalibrationCurveOptions, calibrationCurve } from "./metrics/calibration.js";
export {
  type ClassificationReport,
  type ClassificationReportOptions,
  type ClassScores,
  classificationReport,
  formatClassificationReport,
} from "./metrics/classificationReport.js";
export {
  type ConfusionMatrix,
  type ConfusionMatrixOptions,
  confusionMatrix,
  type FormatConfusionMatrixOptions,
  formatConfusionMatrix,
  type NormalizedConfusionMatrixOptions,
  type WeightedConfusionMatrix,
  type WeightedConfusionMatrixOptions,
} from "./metrics/confusionMatrix.js";
export {
  areaUnder,
  type DetCurve,
  type DetCurveOptions,
  detCurve,
  type PrecisionRecallCurve,
  type PrecisionRecallCurveOptions,
  precisionRecallCurve,
  type RocCurve,
  type RocCurveOptions,
  rocCurve,
} from "./metrics/curves.js";
export {
  d2TweedieScore,
  meanGammaDevianceScore,
  meanPoissonDevianceScore,
  meanTweedieDevianceScore,
  type TweedieOptions,
} from "./metrics/deviance.js";
export * from "./metrics/factories.js";
export { type DcgOptions, dcgScore, type NdcgOptions, ndcgScore } from "./metrics/gains.js";
export type { SampleWeightOption } from "./metrics/inputs.js";
export {
  type HammingLossOptions,
  hammingLossScore,
  type ZeroOneLossOptions,
  zeroOneLossScore,
} from "./metrics/labelLosses.js";
export type { OutputsOption, PrecisionRecallOptions, ZeroDivisionOption } from "./metrics/labelScore.js";
export {
  type ClassLikelihoodRatios,
  type ClassLikelihoodRatiosOptions,
  classLikelihoodRatios,
} from "./metrics/likelihoodRatios.js";
export type { MetricFunction, MetricOptions } from "./metrics/options.js";
export {
  type FbetaOptions,
  f1Score,
  fbetaScore,
  jaccardScore,
  precisionScore,
  recallScore,
} from "./metrics/precisionRecall.js";
export { brierScore, d2BrierScore, d2LogLossScore, logLossScore } from "./metrics/probabilities.js";
export {
  d2AbsoluteErrorScore,
  d2PinballScore,
  meanPinballLossScore,
  medianAbsoluteErrorScore,
  type PinballOptions,
} from "./metrics/quantile.js";
export {
  coverageErrorScore,
  labelRankingAveragePrecisionScore,
  labelRankingLossScore,
  type RankedLabelsOptions,
} from "./metrics/rankedLabels.js";
export {
  type ExplainedOptions,
  explainedVarianceScore,
  maxErrorScore,
  meanAbsoluteErrorScore,
  meanAbsolutePercentageErrorScore,
  meanSquaredErrorScore,
  meanSquaredLogErrorScore,
  r2Score,
  rootMeanSquaredErrorScore,
  rootMeanSquaredLogErrorScore,
} from "./metrics/regression.js";
export type { MultioutputOptions, RegressionOptions } from "./metrics/regressionScore.js";
export type { Score } from "./metrics/score.js";
export { type Metric, type MetricName, type MetricSpec, metricNames } from "./metrics/table.js";
export { type AdafactorOptions, type AdafactorSpec, adafactor } from "./optimizers/adafactor.js";
export { type AdamOptions, type AdamSpec, type AdamwOptions, type AdamwSpec, adam, adamw } from "./optimizers/adam.js";
export {
  type AdamaxOptions,
  type AdamaxSpec,
  adamax,
  type LionOptions,
  type LionSpec,
  lion,
  type NadamOptions,
  type NadamSpec,
  nadam,
} from "./optimizers/adamax.js";
export {
  type AdadeltaOptions,
  type AdadeltaSpec,
  type AdagradOptions,
  type AdagradSpec,
  adadelta,
  adagrad,
  type RmspropOptions,
  type RmspropSpec,
  rmsprop,
} from "./optimizers/adaptive.js";
export { type AsgdOptions, type AsgdSpec, asgd } from "./optimizers/asgd.js";
export type { Optimizer, OptimizerSpec } from "./optimizers/facts.js";
export { type FtrlOptions, type FtrlSpec, ftrl } from "./optimizers/ftrl.js";
export { type LambOptions, type LambSpec, lamb } from "./optimizers/lamb.js";
export { type LbfgsOptions, type LbfgsSpec, lbfgs } from "./optimizers/lbfgs.js";
export { optimizerNames } from "./optimizers/more.js";
export { type MuonOptions, type MuonSpec, muon } from "./optimizers/muon.js";
export type { CommonOptions, CommonSpec, UpdateOptions } from "./optimizers/optimizer.js";
export { type RadamOptions, type RadamSpec, radam } from "./optimizers/radam.js";
export { type RpropOptions, type RpropSpec, rprop } from "./optimizers/rprop.js";
export { type ScheduleFreeOptions, type ScheduleFreeSpec, scheduleFree } from "./optimizers/scheduleFree.js";
export { type SgdOptions, type SgdSpec, sgd } from "./optimizers/sgd.js";
export {
  type OrthogonalRegularizerOptions,
  type OrthogonalRegularizerSpec,
  orthogonalRegularizer,
} from "./orthogonalRegularizer.js";
export {
  type L1L2Options,
  type L1L2Spec,
  l1,
  l1l2,
  l2,
  type Regularizer,
  type RegularizerSpec,
} from "./regularizers.js";
export type {
  CosineDecayOptions,
  CosineDecayRestartsOptions,
  CosineDecayRestartsSpec,
  CosineDecaySpec,
} from "./schedules/cosine.js";
export type {
  ExponentialDecaySpec,
  InverseTimeDecaySpec,
  PiecewiseConstantDecayOptions,
  PiecewiseConstantDecaySpec,
  PolynomialDecayOptions,
  PolynomialDecaySpec,
  RateDecayOptions,
} from "./schedules/decay.js";
export {
  cosineDecay,
  cosineDecayRestarts,
  exponentialDecay,
  inverseTimeDecay,
  piecewiseConstantDecay,
  polynomialDecay,
} from "./schedules/factories.js";
export type { LearningRate, LearningRateFunction, Schedule, ScheduleSpec } from "./schedules/learningRate.js";
export { type LinearScheduleOptions, type LinearScheduleSpec, linearSchedule } from "./schedules/linear.js";
export { type OneCycleOptions, type OneCycleSpec, oneCycle } from "./schedules/oneCycle.js";
export { type WarmupOptions, type WarmupSpec, warmup } from "./schedules/warmup.js";
