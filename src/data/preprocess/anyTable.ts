/**
 * Tables of all forms as rows, and rows in the form of the table that they were made from: the doors of pipelines. Knows
 * forms, not what becomes of cells.
 */
import { Dataset } from "../dataset.js";
import type { NumericArray } from "../matrix.js";
import { type CellTable, encodedLike, rowsOf } from "./cells.js";
import { checkRows, isFlat, type NumberTable, readNumbers } from "./table.js";
import { isRecord, type NamedTable } from "./tableSource.js";

/** Every table that a transformer may take. */
export type AnyTable = NumberTable | CellTable | NamedTable;

/** What comes out for what goes in: a Dataset for a Dataset, a Float32Array for a typed array, rows for all else. */
export type Transformed<Table> = Table extends Dataset
  ? Dataset
  : Table extends NumericArray
    ? Float32Array
    : number[][];

/** Rows of cells; or a table with names, which only a column transformer reads. */
export type Rows = readonly ArrayLike<unknown>[] | NamedTable;

/** True for an array of objects, and for columns by name. */
export function isNamed(table: unknown): table is NamedTable {
  if (table instanceof Dataset) return false;
  return Array.isArray(table) ? isRecord(table[0]) : isRecord(table);
}

/** The rows of a table, numbers in float64, and how many columns they have; `null` where columns have names. @throws DataError, ShapeError, OptionError */
export function openTable(where: string, table: unknown, columns?: number): { rows: Rows; columns: number | null } {
  if (isNamed(table)) return { rows: table, columns: null };
  if (table instanceof Dataset) {
    const rows = rowsOf(where, table, columns);
    return { rows, columns: rows[0].length };
  }
  if (!isFlat(table)) return { columns: checkRows(where, table, columns), rows: table as Rows };
  const { values, rows, columns: width } = readNumbers(where, table, columns);
  const exact = Float64Array.from(values);
  const row = (_: unknown, i: number) => exact.subarray(i * width, (i + 1) * width);
  return { rows: Array.from({ length: rows }, row), columns: width };
}

/** Rows that were made of the rows of a table, in its form. */
export function closeTable<Table>(
  table: Table,
  rows: number[][],
  namesOf: (inputs: readonly string[]) => string[],
): Transformed<Table> {
  const close = (): Dataset | Float32Array | number[][] => {
    if (table instanceof Dataset) return encodedLike(table, rows, rows[0].length, namesOf);
    if (!ArrayBuffer.isView(table)) return rows;
    const values = new Float32Array(rows.length * rows[0].length);
    rows.forEach((row, i) => {
      values.set(row, i * row.length);
    });
    return values;
  };
  return close() as Transformed<Table>;
}
