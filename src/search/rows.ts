/**
 * The data of a search whose estimator begins with transformers: numbers in float64, or tables of cells. Knows rows, not
 * what becomes of them.
 */
import { isNumericArray } from "../base/kinds.js";
import { type Data, Dataset } from "../data/dataset.js";
import { exactOf } from "../data/exact.js";
import { isNamed } from "../data/preprocess/anyTable.js";
import type { ColumnTable } from "../data/preprocess/tableSource.js";

/** Rows of cells or objects, or columns by name. */
export type Table = readonly unknown[] | ColumnTable;

/** True for x that a Dataset cannot hold: names, text, missing cells. */
export function isTable(x: unknown): x is Table {
  if (isNamed(x)) return true;
  const isNumber = (cell: unknown) => typeof cell === "number" && Number.isFinite(cell);
  const isRow = (row: unknown) => (isNumericArray(row) || Array.isArray(row) ? Array.from(row).every(isNumber) : false);
  return Array.isArray(x) && Array.isArray(x[0]) && !x.every(isRow);
}

/** The numbers of each row, and the table itself where x holds more than numbers. @throws as `Dataset.from` */
export function openData(data: Data): { dataset: Dataset; table: Table | null; exact: Float64Array | null } {
  if (data instanceof Dataset || !isTable(data?.x)) {
    const dataset = data instanceof Dataset ? data : Dataset.from(data);
    return { dataset, table: null, exact: exactOf(dataset.x) };
  }
  const { x: table } = data;
  const rows = Array.isArray(table) ? table.length : (table as unknown as ColumnTable).rows;
  const x = Array.from({ length: rows }, (_, row) => row);
  return { dataset: Dataset.from({ ...data, x }, { inputShape: [1] }), table, exact: null };
}

/** Some rows of a table. */
export function selectRows(table: Table, rows: ArrayLike<number>): Table {
  const pick = (list: ArrayLike<unknown>) => Array.from(rows, (row) => list[row]);
  if (Array.isArray(table)) return pick(table);
  const { columns, names } = table as ColumnTable;
  const picked = Object.entries(columns).map(([name, cells]) => [name, pick(cells)]);
  return { rows: rows.length, columns: Object.fromEntries(picked), ...(names ? { names } : {}) };
}
