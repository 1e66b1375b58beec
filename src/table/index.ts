/** `simdgrad/table`: models of tables, from the columns to the answers. */
export type {
  CalibrationBin,
  ClassCurves,
  ClassEvaluation,
  NumberEvaluation,
  TableEvaluation,
  TableResults,
  ThresholdCounts,
  WorstRow,
} from "./evaluation.js";
export { type ColumnFinding, tableFindings } from "./findings.js";
export type { SaveTableOptions, TableTask, TrainProgress, TrainTableOptions } from "./options.js";
export type {
  ClassPrediction,
  EvaluateTableOptions,
  ExplainTableOptions,
  NumberPrediction,
  PredictionExplanation,
  PredictTableOptions,
  TablePrediction,
} from "./prediction.js";
export type { TableColumn } from "./schema.js";
export type { TableScores } from "./scores.js";
export type { Setting, Trial } from "./setting.js";
export type { TableInput } from "./source.js";
export { TableModel } from "./tableModel.js";
export type { MemberHistory, TableTraining } from "./training.js";
