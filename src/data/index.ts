/** Data: sets of rows, how they are split, prepared and read: the public part of this room. */

export {
  type CrossValidateOptions,
  type CrossValidation,
  crossValidate,
  type Scorable,
  type ScoreFold,
  type Scores,
} from "./crossValidate.js";
export { type Data, type DataArrays, Dataset, type DatasetOptions, type SplitOptions } from "./dataset.js";
export { type IdxArray, parseIdx } from "./idx.js";
export { fromImageData, type ImageOptions, type Pixels } from "./image.js";
export type { Labels } from "./labels.js";
export type { NestedNumbers, Numbers, NumericArray } from "./matrix.js";
export { argMax, oneHot } from "./oneHot.js";
export { Pipeline, type PipelineBatchOptions, type PipelineShuffleOptions, pipeline } from "./pipeline.js";
export { LabelEncoder, type LabelEncoderJSON, labelEncoder } from "./preprocess/labelEncoder.js";
export {
  type DropCategory,
  type HandleUnknown,
  OneHotEncoder,
  type OneHotEncoderJSON,
  type OneHotEncoderOptions,
  oneHotEncoder,
} from "./preprocess/oneHotEncoder.js";
export {
  type MinMaxScalerOptions,
  minMaxScaler,
  type RobustScalerOptions,
  robustScaler,
  Scaler,
  type ScalerJSON,
  type StandardScalerOptions,
  standardScaler,
} from "./preprocess/scaler.js";
export {
  type ImputerStrategy,
  SimpleImputer,
  type SimpleImputerJSON,
  type SimpleImputerOptions,
  simpleImputer,
} from "./preprocess/simpleImputer.js";
export type { Category, Cell, FitColumnsOptions, NumberRows, NumberTable, Reshaped } from "./preprocess/table.js";
export type { ColumnType, MissingChoice } from "./preprocess/tableColumn.js";
export {
  type EncodedTable,
  fromTable,
  TableEncoder,
  type TableEncoderJSON,
  type TableOptions,
  tableEncoder,
} from "./preprocess/tableEncoder.js";
export type { ColumnTable, NamedTable, ObjectRows } from "./preprocess/tableSource.js";
export type { Row } from "./row.js";
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
