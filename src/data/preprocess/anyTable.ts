/**
 * Tables of all forms as rows, and rows in the form of the table that they were made from: the doors of pipelines.
 * Knows forms, not what becomes of cells.
 */
import { Dataset } from "../dataset.js";
import type { NumericArray } from "../matrix.js";
import { type CellTable, rowsOf, toFloats } from "./cells.js";
import { checkRows, FloatTable, isFlat, type NumberTable, withColumns } from "./table.js";
import { isRecord, type NamedTable } from "./tableSource.js";

/** Every table that a transformer may take. */
export type AnyTable = NumberTable | CellTable | NamedTable;

/** The output for an input: a Dataset for a Dataset, a Float32Array for a typed array, rows for all else. */
export type Transformed<Table> = Table extends Dataset
  ? Dataset
  : Table extends NumericArray
    ? Float32Array
    : number[][];

/** Numbers in one piece, or rows of cells; or a table with names, which only a column transformer reads. */
export type Rows = FloatTable | readonly ArrayLike<unknown>[] | NamedTable;

/** True for an array of objects, and for columns by name. */
export function isNamed(table: unknown): table is NamedTable {
  if (table instanceof Dataset || table instanceof FloatTable) return false;
  return Array.isArray(table) ? isRecord(table[0]) : isRecord(table);
}

/**
 * The table passed from step to step, and its number of columns; `null` if they have names. @throws DataError,
 * ShapeError, OptionError
 */
export function openTable(where: string, table: unknown, columns?: number): { rows: Rows; columns: number | null } {
  if (isNamed(table)) return { rows: table, columns: null };
  if (!(table instanceof Dataset || table instanceof FloatTable || isFlat(table))) {
    return { columns: checkRows(where, table, columns), rows: table as Rows };
  }
  const rows = toFloats(where, table, columns);
  return { rows, columns: rows.columns };
}

/** The output of the last step, in the form of the table. */
export function closeTable<Table>(
  table: Table,
  made: FloatTable | number[][],
  namesOf: (inputs: readonly string[]) => string[],
): Transformed<Table> {
  const close = (): Dataset | FloatTable | Float32Array | number[][] => {
    if (table instanceof Dataset || table instanceof FloatTable || ArrayBuffer.isView(table)) {
      const { values, columns } = made instanceof FloatTable ? made : joined(made);
      if (table instanceof Dataset) return withColumns(table, values, columns, namesOf);
      return table instanceof FloatTable ? new FloatTable(values, table.rows, columns) : Float32Array.from(values);
    }
    return made instanceof FloatTable ? rowsOf(made).map((row) => Array.from(row)) : made;
  };
  return close() as Transformed<Table>;
}

function joined(rows: readonly number[][]): FloatTable {
  const columns = rows[0].length;
  const values = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    values.set(row, i * columns);
  });
  return new FloatTable(values, rows.length, columns);
}
