/** The public API. No logic. */

export {
  BackendError,
  DataError,
  FormatError,
  type NonFiniteDetails,
  NonFiniteError,
  OptionError,
  ShapeError,
  SimdgradError,
} from "./base/errors.js";
export type { Shape } from "./base/shape.js";
export type {
  BatchPosition,
  Callback,
  CallbackState,
  CallbackValue,
  StepTensor,
  StepTensors,
  Trainer,
} from "./callbacks/callback.js";
export { type EarlyStoppingOptions, earlyStopping } from "./callbacks/earlyStopping.js";
export {
  learningRateScheduler,
  type ReduceLROnPlateauOptions,
  reduceLROnPlateau,
} from "./callbacks/learningRate.js";
export type { Evaluation, History, LogName, Logs, MonitorName, TrainLog } from "./callbacks/logTypes.js";
export {
  type CheckpointMoment,
  type CheckpointOptions,
  type ModelCheckpointOptions,
  modelCheckpoint,
} from "./callbacks/modelCheckpoint.js";
export type { MonitorMode, MonitorOptions } from "./callbacks/monitor.js";
export { type ProgressOptions, progress } from "./callbacks/progress.js";
export { terminateOnNaN } from "./callbacks/terminateOnNaN.js";
export { type TrainingControl, trainingControl } from "./callbacks/trainingControl.js";
export type { CheckOptions } from "./check/checkData.js";
export { type Finding, type FindingCode, findingCodes, formatFindings, type Severity } from "./check/findings.js";
export {
  type CrossValidateOptions,
  type CrossValidation,
  crossValidate,
  type Scorable,
  type ScoreFold,
  type Scores,
} from "./data/crossValidate.js";
export { type Data, type DataArrays, Dataset, type DatasetOptions, type SplitOptions } from "./data/dataset.js";
export { type IdxArray, parseIdx } from "./data/idx.js";
export { fromImageData, type ImageOptions, type Pixels } from "./data/image.js";
export type { Labels } from "./data/labels.js";
export type { NestedNumbers, Numbers, NumericArray } from "./data/matrix.js";
export { argMax, oneHot } from "./data/oneHot.js";
export {
  Pipeline,
  type PipelineBatchOptions,
  type PipelineShuffleOptions,
  pipeline,
} from "./data/pipeline.js";
export {
  LabelEncoder,
  type LabelEncoderJSON,
  labelEncoder,
} from "./data/preprocess/labelEncoder.js";
export {
  type DropCategory,
  type HandleUnknown,
  OneHotEncoder,
  type OneHotEncoderJSON,
  type OneHotEncoderOptions,
  oneHotEncoder,
} from "./data/preprocess/oneHotEncoder.js";
export {
  type MinMaxScalerOptions,
  minMaxScaler,
  type RobustScalerOptions,
  robustScaler,
  Scaler,
  type ScalerJSON,
  type StandardScalerOptions,
  standardScaler,
} from "./data/preprocess/scaler.js";
export {
  type ImputerStrategy,
  SimpleImputer,
  type SimpleImputerJSON,
  type SimpleImputerOptions,
  simpleImputer,
} from "./data/preprocess/simpleImputer.js";
export type {
  Category,
  Cell,
  FitColumnsOptions,
  NumberRows,
  NumberTable,
  Reshaped,
} from "./data/preprocess/table.js";
export type { ColumnType, MissingChoice } from "./data/preprocess/tableColumn.js";
export {
  type EncodedTable,
  fromTable,
  TableEncoder,
  type TableEncoderJSON,
  type TableOptions,
  tableEncoder,
} from "./data/preprocess/tableEncoder.js";
export type { ColumnTable, NamedTable, ObjectRows } from "./data/preprocess/tableSource.js";
export type { Row } from "./data/row.js";
export type { PipelineSource } from "./data/source.js";
export {
  type Fold,
  type FoldOptions,
  kFold,
  stratifiedKFold,
  type TrainTestSplit,
  type TrainTestSplitOptions,
  trainTestSplit,
} from "./data/split.js";
export type { Batch, Stream } from "./data/stream.js";
export {
  type BlobsOptions,
  blobs,
  type CirclesOptions,
  circles,
  type GaussianQuantilesOptions,
  gaussianQuantiles,
  type MoonsOptions,
  moons,
  type SpiralOptions,
  spiral,
  type XorOptions,
  xor,
} from "./datasets/generators/classes.js";
export type { SeedOption, ShuffleOption } from "./datasets/generators/common.js";
export {
  type PlaygroundName,
  type PlaygroundOptions,
  playground,
  playgroundNames,
} from "./datasets/generators/playground.js";
export { type RegressionData, type RegressionDataOptions, regression } from "./datasets/generators/regression.js";
export {
  type CheckGradientsOptions,
  checkGradients,
  type GradientCheck,
  type GradientPoint,
  type TensorCheck,
} from "./inspect/checkGradients.js";
export { describe } from "./inspect/describe.js";
export { type FindLearningRateOptions, findLearningRate, type LearningRateCurve } from "./inspect/findLearningRate.js";
export { type Profile, type ProfileOp, type ProfileOptions, profile } from "./inspect/profile.js";
export {
  type ActivationStatistics,
  type TensorStatistics,
  type Watch,
  type WatchOptions,
  type WatchReport,
  type WeightStatistics,
  watch,
} from "./inspect/watch.js";
export type { SaveOptions } from "./model/file.js";
export type { Model, ModelInfo } from "./model/model.js";
export type {
  CompileOptions,
  EvaluateOptions,
  RuntimeOptions,
  SequentialOptions,
} from "./model/options.js";
export type { Trace, TraceOptions, TraceTensor } from "./model/trace.js";
export type { Compiled } from "./program/types.js";
export type { TransferOptions, WorkerModel, WorkerModelInfo } from "./remote/workerModel.js";
export type { BackendInfo, BackendName } from "./runtime/select.js";
export type { WasmSource } from "./runtime/variants.js";
export { Sequential } from "./sequential.js";
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
} from "./specs/activations.js";
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
} from "./specs/constraints.js";
export {
  constant,
  type FanMode,
  type Initializer,
  type InitializerName,
  type InitializerSpec,
  identity,
  initializerNames,
  orthogonal,
  type RandomNormalOptions,
  type RandomUniformOptions,
  randomNormal,
  randomUniform,
  type ScalingDistribution,
  truncatedNormal,
  type VarianceScalingOptions,
  varianceScaling,
} from "./specs/initializers.js";
export { type ActivationLayerSpec, activation } from "./specs/layers/activation.js";
export {
  type BatchNormalizationOptions,
  type BatchNormalizationSpec,
  batchNormalization,
} from "./specs/layers/batchNormalization.js";
export {
  type CategoryEncodingOptions,
  type CategoryEncodingSpec,
  categoryEncoding,
} from "./specs/layers/categoryEncoding.js";
export { type DenseOptions, type DenseSpec, dense } from "./specs/layers/dense.js";
export { type DropoutOptions, type DropoutSpec, dropout } from "./specs/layers/dropout.js";
export { type FlattenSpec, flatten } from "./specs/layers/flatten.js";
export { type GaussianNoiseOptions, type GaussianNoiseSpec, gaussianNoise } from "./specs/layers/gaussianNoise.js";
export type { Layer, LayerSpec, PlacedLayer } from "./specs/layers/index.js";
export type { ParameterSpec } from "./specs/layers/layer.js";
export {
  type LayerNormalizationOptions,
  type LayerNormalizationSpec,
  layerNormalization,
} from "./specs/layers/layerNormalization.js";
export { type NormalizationOptions, type NormalizationSpec, normalization } from "./specs/layers/normalization.js";
export { type RescalingOptions, type RescalingSpec, rescaling } from "./specs/layers/rescaling.js";
export { type ReshapeSpec, reshape } from "./specs/layers/reshape.js";
export {
  binaryCrossentropy,
  binaryFocalCrossentropy,
  categoricalCrossentropy,
  categoricalFocalCrossentropy,
  categoricalHinge,
  cosineSimilarity,
  hinge,
  huber,
  klDivergence,
  type Loss,
  type LossName,
  type LossOptions,
  type LossSpec,
  logCosh,
  lossNames,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  poisson,
  sparseCategoricalCrossentropy,
  squaredHinge,
} from "./specs/losses.js";
export {
  accuracyScore,
  type BalancedAccuracyOptions,
  balancedAccuracyScore,
  type TopKAccuracyOptions,
  topKAccuracyScore,
} from "./specs/metrics/accuracy.js";
export { type CohenKappaOptions, cohenKappaScore, matthewsCorrcoefScore } from "./specs/metrics/agreement.js";
export type { Average } from "./specs/metrics/averages.js";
export {
  type ClassificationReport,
  type ClassificationReportOptions,
  type ClassScores,
  classificationReport,
  formatClassificationReport,
} from "./specs/metrics/classificationReport.js";
export {
  type ConfusionMatrix,
  type ConfusionMatrixOptions,
  confusionMatrix,
  type FormatConfusionMatrixOptions,
  formatConfusionMatrix,
  type NormalizedConfusionMatrixOptions,
  type WeightedConfusionMatrix,
  type WeightedConfusionMatrixOptions,
} from "./specs/metrics/confusionMatrix.js";
export {
  type AreaOptions,
  areaUnder,
  averagePrecisionScore,
  type PrecisionRecallCurve,
  type PrecisionRecallCurveOptions,
  precisionRecallCurve,
  type RocCurve,
  type RocCurveOptions,
  rocAucScore,
  rocCurve,
} from "./specs/metrics/curves.js";
// Further scores, after scikit-learn.
export {
  d2TweedieScore,
  meanGammaDevianceScore,
  meanPoissonDevianceScore,
  meanTweedieDevianceScore,
  type TweedieOptions,
} from "./specs/metrics/deviance.js";
export type { SampleWeightOption } from "./specs/metrics/inputs.js";
export {
  type HammingLossOptions,
  hammingLossScore,
  type ZeroOneLossOptions,
  zeroOneLossScore,
} from "./specs/metrics/labelLosses.js";
export type { OutputsOption, PrecisionRecallOptions } from "./specs/metrics/labelScore.js";
export {
  type ClassLikelihoodRatios,
  type ClassLikelihoodRatiosOptions,
  classLikelihoodRatios,
} from "./specs/metrics/likelihoodRatios.js";
export {
  auc,
  binaryAccuracy,
  f1,
  fbeta,
  type Metric,
  type MetricName,
  type MetricOptions,
  type MetricSpec,
  metricNames,
  precision,
  recall,
  topKCategoricalAccuracy,
} from "./specs/metrics/metric.js";
export {
  type FbetaOptions,
  f1Score,
  fbetaScore,
  jaccardScore,
  precisionScore,
  recallScore,
} from "./specs/metrics/precisionRecall.js";
export { brierScore, logLossScore } from "./specs/metrics/probabilities.js";
export {
  d2AbsoluteErrorScore,
  d2PinballScore,
  meanPinballLossScore,
  medianAbsoluteErrorScore,
  type PinballOptions,
} from "./specs/metrics/quantile.js";
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
} from "./specs/metrics/regression.js";
export type { MultioutputOptions, RegressionOptions } from "./specs/metrics/regressionScore.js";
export type { Score } from "./specs/metrics/score.js";
export { type AdamOptions, type AdamSpec, type AdamwSpec, adam, adamw } from "./specs/optimizers/adam.js";
export {
  type AdamaxOptions,
  type AdamaxSpec,
  adamax,
  type LionOptions,
  type LionSpec,
  lion,
  type NadamSpec,
  nadam,
} from "./specs/optimizers/adamax.js";
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
} from "./specs/optimizers/adaptive.js";
export { type Optimizer, type OptimizerSpec, optimizerNames } from "./specs/optimizers/index.js";
export { type LbfgsOptions, type LbfgsSpec, lbfgs } from "./specs/optimizers/lbfgs.js";
export type { CommonOptions, CommonSpec, Compat, UpdateOptions } from "./specs/optimizers/optimizer.js";
export { type SgdOptions, type SgdSpec, sgd } from "./specs/optimizers/sgd.js";
export {
  type L1L2Options,
  l1,
  l1l2,
  l2,
  type Regularizer,
  type RegularizerSpec,
} from "./specs/regularizers.js";
export {
  type CosineDecayOptions,
  type CosineDecayRestartsOptions,
  type CosineDecayRestartsSpec,
  type CosineDecaySpec,
  cosineDecay,
  cosineDecayRestarts,
} from "./specs/schedules/cosine.js";
export {
  type ExponentialDecaySpec,
  exponentialDecay,
  type InverseTimeDecaySpec,
  inverseTimeDecay,
  type PiecewiseConstantDecayOptions,
  type PiecewiseConstantDecaySpec,
  type PolynomialDecayOptions,
  type PolynomialDecaySpec,
  piecewiseConstantDecay,
  polynomialDecay,
  type RateDecayOptions,
} from "./specs/schedules/decay.js";
export type { LearningRate, LearningRateFunction, Schedule, ScheduleSpec } from "./specs/schedules/index.js";
export { type OneCycleOptions, type OneCycleSpec, oneCycle } from "./specs/schedules/oneCycle.js";
export type { Weight, WeightLike } from "./state/weights.js";
export type { TrainOptions } from "./training/iterate.js";
export type { FitOptions, ValidationSplit } from "./training/options.js";
