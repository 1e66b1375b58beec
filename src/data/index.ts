/** Data: sets of rows, how they are split, prepared and read: the public part of this room. */

export type { ColumnType, MissingChoice } from "./columns/column.js";
export type { DatePart } from "./columns/date.js";
export {
  type CrossValidateOptions,
  type CrossValidation,
  crossValidate,
  type Scorable,
  type ScoreFold,
  type Scores,
} from "./crossValidate.js";
export type { Data } from "./dataset.js";
export { Dataset, type DatasetOptions, type SplitOptions } from "./dataset.js";
export { type IdxArray, parseIdx } from "./idx.js";
export { fromImageData, type ImageOptions, type Pixels } from "./image.js";
export type { Labels } from "./labels.js";
export type { NestedNumbers, Numbers, NumericArray } from "./matrix.js";
export { argMax, oneHot } from "./oneHot.js";
export { Pipeline, type PipelineBatchOptions, type PipelineShuffleOptions, pipeline } from "./pipeline.js";
export type { AnyTable, Transformed } from "./preprocess/anyTable.js";
export { Binarizer, type BinarizerOptions, binarizer } from "./preprocess/binarizer.js";
export type { GivenCategories, Known } from "./preprocess/categories.js";
export type { CellTable, Encoded } from "./preprocess/cells.js";
export type { ColumnList } from "./preprocess/columnChoice.js";
export {
  type ColumnChoice,
  ColumnTransformer,
  type ColumnTransformerJSON,
  type PartConfig,
} from "./preprocess/columnTransformer.js";
export {
  type ColumnPart,
  type ColumnStep,
  type ColumnTransformerOptions,
  columnTransformer,
  type PipelineStep,
  transformerFromConfig,
  transformerFromJSON,
  transformerPipeline,
} from "./preprocess/composite.js";
export {
  KBinsDiscretizer,
  type KBinsDiscretizerOptions,
  kBinsDiscretizer,
} from "./preprocess/kBinsDiscretizer.js";
export { KnnImputer, type KnnImputerOptions, knnImputer } from "./preprocess/knnImputer.js";
export {
  LabelBinarizer,
  type LabelBinarizerJSON,
  type LabelBinarizerOptions,
  labelBinarizer,
} from "./preprocess/labelBinarizer.js";
export {
  LabelEncoder,
  type LabelEncoderJSON,
  labelEncoder,
} from "./preprocess/labelEncoder.js";
export {
  type LabelSet,
  MultiLabelBinarizer,
  type MultiLabelBinarizerJSON,
  type MultiLabelBinarizerOptions,
  multiLabelBinarizer,
} from "./preprocess/multiLabelBinarizer.js";
export { Normalizer, type NormalizerOptions, normalizer } from "./preprocess/normalizer.js";
export type { NumberTransformer, NumberTransformerJSON } from "./preprocess/numberTransformer.js";
export type { DropCategory, HandleUnknown } from "./preprocess/oneHotColumns.js";
export {
  OneHotEncoder,
  type OneHotEncoderJSON,
  type OneHotEncoderOptions,
  oneHotEncoder,
} from "./preprocess/oneHotEncoder.js";
export {
  OrdinalEncoder,
  type OrdinalEncoderJSON,
  type OrdinalEncoderOptions,
  ordinalEncoder,
} from "./preprocess/ordinalEncoder.js";
export {
  PolynomialFeatures,
  type PolynomialFeaturesOptions,
  polynomialFeatures,
} from "./preprocess/polynomialFeatures.js";
export {
  PowerTransformer,
  type PowerTransformerOptions,
  powerTransformer,
} from "./preprocess/powerTransformer.js";
export {
  QuantileTransformer,
  type QuantileTransformerOptions,
  quantileTransformer,
} from "./preprocess/quantileTransformer.js";
export { type FitScalerOptions, Scaler, type ScalerJSON } from "./preprocess/scaler.js";
export type { MinMaxScalerOptions, RobustScalerOptions, StandardScalerOptions } from "./preprocess/scalerKinds.js";
export { maxAbsScaler, minMaxScaler, robustScaler, standardScaler } from "./preprocess/scalers.js";
export {
  type ImputerStrategy,
  SimpleImputer,
  type SimpleImputerJSON,
  type SimpleImputerOptions,
  simpleImputer,
} from "./preprocess/simpleImputer.js";
export type { NamedStep, Step } from "./preprocess/steps.js";
export type {
  Category,
  Cell,
  FitColumnsOptions,
  NumberRows,
  NumberTable,
  Reshaped,
} from "./preprocess/table.js";
export {
  type EncodedTable,
  fromTable,
  TableEncoder,
  type TableEncoderJSON,
  type TableOptions,
  tableEncoder,
} from "./preprocess/tableEncoder.js";
export type { ColumnTable, NamedTable, ObjectRows } from "./preprocess/tableSource.js";
export type { Transformer, TransformerConfig } from "./preprocess/transformer.js";
export { TransformerPipeline, type TransformerPipelineJSON } from "./preprocess/transformerPipeline.js";
export type { Row } from "./row.js";
export type { DataArrays } from "./rows.js";
export type { PipelineSource } from "./source.js";
export {
  type Fold,
  type FoldOptions,
  kFold,
  stratifiedKFold,
  type TrainTestSplit,
  type TrainTestSplitOptions,
  trainTestSplit,
} from "./split.js";
export type { Batch, Stream } from "./stream.js";
export type { TableData } from "./tableRows.js";
