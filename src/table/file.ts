/** A table model in a file: the file of its first network, whose attachment holds all the rest as JSON. */
import { FormatError, show } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import { isLearnedColumn, type LearnedColumn } from "../data/columns/column.js";
import type { Category } from "../data/preprocess/table.js";
import { isEvaluation, isMatrix, type TableEvaluation } from "./evaluation.js";
import type { ColumnFinding } from "./findings.js";
import type { TableTask } from "./options.js";
import type { TableScores } from "./scores.js";
import type { Trial } from "./setting.js";
import { areHistories, type TableTraining } from "./training.js";

/** Everything about a table model but its networks. */
export interface TableFacts {
  readonly target: LearnedColumn;
  readonly features: readonly LearnedColumn[];
  readonly task: TableTask;
  /** The classes; `null` where the target is a number. */
  readonly classes: readonly Category[] | null;
  /** For two classes: the probability of the second from which it is predicted. */
  readonly threshold: number | null;
  readonly temperature: number;
  /** For numbers: nine of ten errors are at most this. */
  readonly errorBound: number | null;
  /** Mean and deviation of each column of x, and of the target. */
  readonly center: readonly number[];
  readonly scale: readonly number[];
  readonly targetCenter: number;
  readonly targetScale: number;
  readonly rows: { readonly train: number; readonly test: number };
  /** Scores of the rows that nothing was learned from; `null` where there are none. */
  readonly scores: TableScores | null;
  /** For at most 100 classes: counts of the same rows, by true and predicted class. A file of an earlier version has none. */
  readonly confusionMatrix?: readonly (readonly number[])[] | null;
  /** Facts about the same rows. */
  readonly evaluation: TableEvaluation | null;
  /** Scores of simple models for the same rows. */
  readonly baselines: Readonly<Record<string, TableScores>>;
  /** Loss of the best score when a column's cells are shuffled, less that of the cells as they are. */
  readonly importance: Readonly<Record<string, number>> | null;
  readonly trials: readonly Trial[];
  readonly excluded: readonly ColumnFinding[];
  /** Columns of the table that are not read. */
  readonly ignored: readonly string[];
  readonly warnings: readonly string[];
  readonly training: Pick<TableTraining, "version" | "seed" | "options" | "members">;
}

const VERSION = 1;
const BASE64 = /^[A-Za-z\d+/]+={0,2}$/;

export function describe(facts: TableFacts, members: readonly string[]): JsonObject {
  return JSON.parse(JSON.stringify({ tableModel: VERSION, ...facts, members })) as JsonObject;
}

const areNumbers = (value: unknown, length: number) =>
  Array.isArray(value) && value.length === length && value.every(Number.isFinite);

/** @throws FormatError unless it is the attachment of a table model */
export function readFacts(
  where: string,
  json: JsonObject | null,
  inputs: number,
): { facts: TableFacts; members: string[] } {
  if (json === null || json.tableModel === undefined) {
    throw new FormatError(
      `${where}: expected the file of a table model, got that of a model alone. Use Sequential.load.`,
    );
  }
  if (json.tableModel !== VERSION) {
    throw new FormatError(`${where}: expected version ${VERSION}, got ${show(json.tableModel)}. Update simdgrad.`);
  }
  const {
    tableModel: _,
    members,
    ...facts
  } = json as unknown as TableFacts & { tableModel: number; members: string[] };
  const { features, target, center, scale, threshold, temperature } = facts;
  const areColumns = Array.isArray(features) && features.length > 0 && features.every(isLearnedColumn);
  const isThreshold = threshold === null || (threshold > 0 && threshold < 1);
  const isWhole =
    areColumns && isLearnedColumn(target) && areNumbers(center, inputs) && areNumbers(scale, inputs) && isThreshold;
  const areNames = Array.isArray(facts.ignored) && facts.ignored.every((name) => typeof name === "string");
  const { classes, evaluation, training } = facts;
  const count = classes?.length ?? null;
  const isShown =
    isEvaluation(evaluation, count) && isMatrix(facts.confusionMatrix, count) && areHistories(training?.members);
  const areMembers = Array.isArray(members) && members.every((text) => typeof text === "string" && BASE64.test(text));
  if (!isWhole || !areNames || !isShown || !(temperature > 0) || !areMembers) {
    throw new FormatError(`${where}: the description of the table does not fit the model. The file was altered.`);
  }
  return { facts, members };
}
