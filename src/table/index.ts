/** `simdgrad/table`: models of tables, from the columns to the answers. */
export type {
  CalibrationBin,
  ClassCurves,
  ClassEvaluation,
  NumberEvaluation,
  TableEvaluation,
  ThresholdCounts,
  WorstRow,
} from "./evaluation.js";
export { type ColumnFinding, tableFindings } from "./findings.js";
export type { TableTask, TrainProgress, TrainTableOptions } from "./options.js";
export type { TableScores } from "./scores.js";
export type { Setting, Trial } from "./setting.js";
export type { TableInput } from "./source.js";
export {
  type ClassPrediction,
  type ExplainTableOptions,
  type NumberPrediction,
  type PredictionExplanation,
  type PredictTableOptions,
  type TableColumn,
  TableModel,
  type TablePrediction,
} from "./tableModel.js";
export type { MemberHistory, TableTraining } from "./training.js";
