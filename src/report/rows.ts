/** The test rows that were predicted worst, with their cells where the caller gives the table. */
import { DataError, show } from "../base/errors.js";
import type { Source } from "../data/preprocess/tableSource.js";
import type { TableModel } from "../table/tableModel.js";
import { type Cell, cellText, paragraph, section, table, words } from "./page.js";

/** Columns whose cells are shown, the most important first. */
const SHOWN_COLUMNS = 12;

/** @throws DataError unless the rows are those that the model was tested with. */
function checkTable(where: string, model: TableModel, source: Source): void {
  const { evaluation, classes, target } = model;
  const hint = "Give the table that the model was trained with.";
  for (const name of [target, ...model.columns.map((column) => column.name)]) {
    if (!source.names.has(name)) throw new DataError(`${where}: table: no column ${show(name)}. ${hint}`);
  }
  const cells = source.column(target);
  for (const { row, truth } of evaluation?.worst ?? []) {
    const cell = row < source.rows ? cells[row] : undefined;
    const expected = classes ? classes[truth] : truth;
    const isNumber = !classes && typeof cell === "number";
    if (isNumber ? Math.fround(cell) === Math.fround(truth) : classes ? cell === expected : cell !== undefined)
      continue;
    throw new DataError(
      `${where}: table: row ${row}: expected ${target} ${show(expected)}, got ${show(cell)}. ${hint}`,
    );
  }
}

export function worstSection(where: string, model: TableModel, source: Source | null): string {
  const { evaluation, classes, importance } = model;
  if (source) checkTable(where, model, source);
  if (!evaluation || evaluation.worst.length === 0) return "";
  const worth = new Map(Object.entries(importance ?? {}));
  const names = model.columns
    .map(({ name }) => name)
    .sort((a, b) => (worth.get(b) ?? 0) - (worth.get(a) ?? 0))
    .slice(0, SHOWN_COLUMNS);
  const cells = source ? names.map((name) => source.column(name)) : [];
  const rows = evaluation.worst.map(({ row, truth, predicted, probability }): Cell[] => [
    row,
    classes ? String(classes[truth]) : truth,
    classes ? String(classes[predicted]) : predicted,
    probability ?? predicted - truth,
    ...cells.map((column) => cellText(column[row])),
  ]);
  const last = classes ? "probability of the true class" : "residual";
  const which = classes ? "with the least probability of their true class" : "with the largest errors";
  const told = `The test rows ${which}. Rows count from 0 in the table that the model was trained with.`;
  const head = ["row", "true", "predicted", last, ...(source ? names : [])];
  return section("worst", "Worst rows", paragraph(words(told)), table("Worst rows", head, rows));
}
