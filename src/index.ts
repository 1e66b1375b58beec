/** The public API. No logic. */
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
} from "./activations.js";
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
  type CrossValidateOptions,
  type CrossValidation,
  crossValidate,
  type Scorable,
  type ScoreFold,
  type Scores,
} from "./data/crossValidate.js";
export { type Data, type DataArrays, Dataset, type DatasetOptions, type SplitOptions } from "./data/dataset.js";
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
} from "./data/generators/classes.js";
export type { SeedOption, ShuffleOption } from "./data/generators/common.js";
export {
  type PlaygroundName,
  type PlaygroundOptions,
  playground,
  playgroundNames,
} from "./data/generators/playground.js";
export { type RegressionData, type RegressionDataOptions, regression } from "./data/generators/regression.js";
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
export {
  BackendError,
  DataError,
  FormatError,
  type NonFiniteDetails,
  NonFiniteError,
  OptionError,
  ShapeError,
  SimdgradError,
} from "./errors.js";
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
} from "./initializers.js";
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
export { type ActivationLayerSpec, activation } from "./layers/activation.js";
export {
  type BatchNormalizationOptions,
  type BatchNormalizationSpec,
  batchNormalization,
} from "./layers/batchNormalization.js";
export {
  type CategoryEncodingOptions,
  type CategoryEncodingSpec,
  categoryEncoding,
} from "./layers/categoryEncoding.js";
export { type DenseOptions, type DenseSpec, dense } from "./layers/dense.js";
export { type DropoutOptions, type DropoutSpec, dropout } from "./layers/dropout.js";
export { type FlattenSpec, flatten } from "./layers/flatten.js";
export { type GaussianNoiseOptions, type GaussianNoiseSpec, gaussianNoise } from "./layers/gaussianNoise.js";
export type { Layer, LayerSpec, PlacedLayer } from "./layers/index.js";
export type { ParameterSpec } from "./layers/layer.js";
export {
  type LayerNormalizationOptions,
  type LayerNormalizationSpec,
  layerNormalization,
} from "./layers/layerNormalization.js";
export { type NormalizationOptions, type NormalizationSpec, normalization } from "./layers/normalization.js";
export { type RescalingOptions, type RescalingSpec, rescaling } from "./layers/rescaling.js";
export { type ReshapeSpec, reshape } from "./layers/reshape.js";
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
} from "./losses.js";
export {
  accuracyScore,
  type BalancedAccuracyOptions,
  balancedAccuracyScore,
  type TopKAccuracyOptions,
  topKAccuracyScore,
} from "./metrics/accuracy.js";
export { type CohenKappaOptions, cohenKappaScore, matthewsCorrcoefScore } from "./metrics/agreement.js";
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
  type WeightedConfusionMatrix,
  type WeightedConfusionMatrixOptions,
} from "./metrics/confusionMatrix.js";
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
} from "./metrics/curves.js";
export type { SampleWeightOption } from "./metrics/inputs.js";
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
} from "./metrics/metric.js";
export {
  type Average,
  type FbetaOptions,
  f1Score,
  fbetaScore,
  type PrecisionRecallOptions,
  precisionScore,
  recallScore,
} from "./metrics/precisionRecall.js";
export { brierScore, logLossScore } from "./metrics/probabilities.js";
export {
  meanAbsoluteErrorScore,
  meanAbsolutePercentageErrorScore,
  meanSquaredErrorScore,
  type RegressionOptions,
  r2Score,
  rootMeanSquaredErrorScore,
} from "./metrics/regression.js";
export type {
  BatchPosition,
  Callback,
  CallbackState,
  CallbackValue,
  StepTensor,
  StepTensors,
  Trainer,
} from "./model/callbacks/callback.js";
export { type EarlyStoppingOptions, earlyStopping } from "./model/callbacks/earlyStopping.js";
export {
  learningRateScheduler,
  type ReduceLROnPlateauOptions,
  reduceLROnPlateau,
} from "./model/callbacks/learningRate.js";
export {
  type CheckpointMoment,
  type CheckpointOptions,
  type ModelCheckpointOptions,
  modelCheckpoint,
} from "./model/callbacks/modelCheckpoint.js";
export type { MonitorMode, MonitorOptions } from "./model/callbacks/monitor.js";
export { type ProgressOptions, progress } from "./model/callbacks/progress.js";
export { terminateOnNaN } from "./model/callbacks/terminateOnNaN.js";
export { type TrainingControl, trainingControl } from "./model/callbacks/trainingControl.js";
export { type Finding, type FindingCode, findingCodes, formatFindings, type Severity } from "./model/check/findings.js";
export type { CheckOptions } from "./model/check/index.js";
export type { Compiled } from "./model/compile.js";
export type { FitOptions, ValidationSplit } from "./model/fitOptions.js";
export type { Evaluation, History, LogName, Logs, MonitorName, TrainLog } from "./model/logTypes.js";
export type { SaveOptions } from "./model/modelFile.js";
export type {
  CompileOptions,
  EvaluateOptions,
  RuntimeOptions,
  SequentialOptions,
} from "./model/options.js";
export type { Batch, Stream } from "./model/prepare.js";
export { type ModelInfo, Sequential } from "./model/sequential.js";
export type { Trace, TraceOptions, TraceTensor } from "./model/trace.js";
export type { TrainOptions } from "./model/train.js";
export type { Weight, WeightLike } from "./model/weights.js";
export type { TransferOptions, WorkerModel, WorkerModelInfo } from "./model/worker/workerModel.js";
export { type AdamOptions, type AdamSpec, type AdamwSpec, adam, adamw } from "./optimizers/adam.js";
export {
  type AdamaxOptions,
  type AdamaxSpec,
  adamax,
  type LionOptions,
  type LionSpec,
  lion,
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
export { type Optimizer, type OptimizerSpec, optimizerNames } from "./optimizers/index.js";
export { type LbfgsOptions, type LbfgsSpec, lbfgs } from "./optimizers/lbfgs.js";
export type { CommonOptions, CommonSpec, Compat, UpdateOptions } from "./optimizers/optimizer.js";
export { type SgdOptions, type SgdSpec, sgd } from "./optimizers/sgd.js";
export {
  type L1L2Options,
  l1,
  l1l2,
  l2,
  type Regularizer,
  type RegularizerSpec,
} from "./regularizers.js";
export type { BackendInfo, BackendName } from "./runtime/select.js";
export type { WasmSource } from "./runtime/variants.js";
export {
  type CosineDecayOptions,
  type CosineDecayRestartsOptions,
  type CosineDecayRestartsSpec,
  type CosineDecaySpec,
  cosineDecay,
  cosineDecayRestarts,
} from "./schedules/cosine.js";
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
} from "./schedules/decay.js";
export type { LearningRate, LearningRateFunction, Schedule, ScheduleSpec } from "./schedules/index.js";
export { type OneCycleOptions, type OneCycleSpec, oneCycle } from "./schedules/oneCycle.js";
export type { Shape } from "./shape.js";
