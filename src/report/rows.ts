/** The rows that were predicted worst, with their cells where the caller gives the table. */
import { DataError, show } from "../base/errors.js";
import { type NamedTable, readNamed, type Source } from "../data/preprocess/tableSource.js";
import type { TableModel } from "../table/tableModel.js";
import { type Cell, cellText, paragraph, section, table, words } from "./page.js";
import type { ShownRows } from "./results.js";

/** Columns whose cells are shown, the most important first. */
const SHOWN_COLUMNS = 12;

/** A table, and the place in it of each row by its number; `null` if all rows are there. */
export interface Rows {
  readonly source: Source;
  readonly places: ReadonlyMap<number, number> | null;
}

/** @throws DataError, ShapeError for anything but a table */
export function readRows(where: string, input: NamedTable): Rows {
  const source = readNamed(where, input);
  const { rowNumbers = null } = input as { rowNumbers?: ArrayLike<number> | null };
  return { source, places: rowNumbers && new Map(Array.from(rowNumbers, (row, place) => [row, place])) };
}

const placeOf = ({ places }: Rows, row: number) => (places ? places.get(row) : row);

/** True for the same number or class, be it text or not. */
function isSame(cell: unknown, truth: unknown, isNumber: boolean): boolean {
  if (isNumber) return typeof cell !== "number" || Math.fround(cell) === Math.fround(truth as number);
  return String(cell).toLowerCase() === String(truth).toLowerCase();
}

/** @throws DataError unless the rows are those that were predicted. */
function checkTable(where: string, model: TableModel, { evaluation }: ShownRows, rows: Rows): void {
  const { classes, target } = model;
  const { source } = rows;
  const hint = "Give the table of the rows that are shown: that of training, testData, or that of evaluate.";
  for (const name of [target, ...model.columns.map((column) => column.name)]) {
    if (!source.names.has(name)) throw new DataError(`${where}: table: no column ${show(name)}. ${hint}`);
  }
  const cells = source.column(target);
  for (const { row, truth } of evaluation?.worst ?? []) {
    const place = placeOf(rows, row);
    if (place === undefined) continue;
    const cell = place < source.rows ? cells[place] : undefined;
    const expected = classes ? classes[truth] : truth;
    if (cell !== undefined && isSame(cell, expected, classes === null)) continue;
    throw new DataError(
      `${where}: table: row ${row}: expected ${target} ${show(expected)}, got ${show(cell)}. ${hint}`,
    );
  }
}

export function worstSection(where: string, model: TableModel, shown: ShownRows, own: Rows | null): string {
  const { classes, importance } = model;
  const { evaluation } = shown;
  if (own) checkTable(where, model, shown, own);
  if (!evaluation || evaluation.worst.length === 0) return "";
  const worth = new Map(Object.entries(importance ?? {}));
  const names = model.columns
    .map(({ name }) => name)
    .sort((a, b) => (worth.get(b) ?? 0) - (worth.get(a) ?? 0))
    .slice(0, SHOWN_COLUMNS);
  const cellsOf = (row: number): Cell[] => {
    if (!own) return [];
    const place = placeOf(own, row);
    return names.map((name) => cellText(place === undefined ? null : own.source.column(name)[place]));
  };
  const rows = evaluation.worst.map(({ row, truth, predicted, probability }): Cell[] => [
    row,
    classes ? String(classes[truth]) : truth,
    classes ? String(classes[predicted]) : predicted,
    probability ?? predicted - truth,
    ...cellsOf(row),
  ]);
  const last = classes ? "probability of the true class" : "residual";
  const which = classes ? "with the least probability of their true class" : "with the largest errors";
  const told = `The ${shown.name} ${which}. Rows count from 0 in their table.`;
  const head = ["row", "true", "predicted", last, ...(own ? names : [])];
  return section("worst", "Worst rows", paragraph(words(told)), table("Worst rows", head, rows));
}
