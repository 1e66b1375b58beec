/** The rows that a report shows the predictions of: the test rows, or others that the model was evaluated with. */
import { OptionError, show } from "../base/errors.js";
import { isRecord } from "../data/preprocess/tableSource.js";
import type { TableEvaluation, TableResults } from "../table/evaluation.js";
import type { TableScores } from "../table/scores.js";
import type { TableModel } from "../table/tableModel.js";

/** Rows and their predictions. */
export interface ShownRows<Evaluation extends TableEvaluation | null = TableEvaluation | null> {
  /** The name of the rows. */
  readonly name: "test rows" | "evaluated rows";
  readonly count: number;
  readonly scores: TableScores | null;
  /** Scores to stand beside them. */
  readonly beside: Readonly<Record<string, TableScores>>;
  readonly confusionMatrix: readonly (readonly number[])[] | null;
  readonly evaluation: Evaluation;
}

/** @throws OptionError for anything but the results of `evaluate` with details, of a model with the same classes */
export function shownRows(where: string, model: TableModel, results: TableResults | undefined): ShownRows {
  const { scores, baselines, confusionMatrix, evaluation, rows, classes, task } = model;
  if (results === undefined) {
    return { name: "test rows", count: rows.test, scores, beside: baselines, confusionMatrix, evaluation };
  }
  const isOwn = isRecord(results) && isRecord(results.scores) && results.evaluation?.task === task;
  const { confusionMatrix: matrix = null } = isOwn ? results : {};
  if (!isOwn || (matrix !== null && matrix.length !== classes?.length)) {
    const hint = "Give what model.evaluate(table, { details: true }) returned.";
    throw new OptionError(`${where}: results: expected those of this model, got ${show(results)}. ${hint}`);
  }
  return {
    ...{ name: "evaluated rows", count: results.rows, scores: results.scores, confusionMatrix: matrix },
    beside: scores === null ? {} : { "test rows in training": scores },
    evaluation: results.evaluation,
  };
}
