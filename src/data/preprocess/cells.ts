/**
 * Tables whose cells are categories, in both their forms: rows, and the x of a Dataset. Knows cells, not what is
 * learned.
 */
import { Dataset } from "../dataset.js";
import type { NumericArray } from "../matrix.js";
import { type Cell, checkRows, FloatTable, readNumbers, withColumns } from "./table.js";

/** Rows of cells, or a Dataset, whose numbers are the cells. */
export type CellTable = Dataset | readonly (readonly Cell[] | NumericArray)[];

/** A Dataset for a Dataset, rows of numbers for rows. */
export type Encoded<Table extends CellTable> = Table extends Dataset ? Dataset : number[][];

/** The rows of either form, and how many columns they have. @throws DataError, ShapeError */
export function readCells(
  where: string,
  table: unknown,
  columns?: number,
): { readonly rows: readonly ArrayLike<unknown>[]; readonly columns: number } {
  if (!(table instanceof Dataset) && !(table instanceof FloatTable)) {
    const width = checkRows(where, table, columns);
    return { rows: table as ArrayLike<unknown>[], columns: width };
  }
  const exact = toFloats(where, table, columns);
  return { rows: rowsOf(exact), columns: exact.columns };
}

/** Numbers of any form in float64. @throws DataError, ShapeError, OptionError */
export function toFloats(where: string, table: unknown, columns?: number): FloatTable {
  if (table instanceof FloatTable && (columns === undefined || columns === table.columns)) return table;
  const { values, rows, columns: width } = readNumbers(where, table, columns);
  return new FloatTable(Float64Array.from(values), rows, width);
}

/** Its rows, which share its memory. */
export function rowsOf({ values, rows, columns }: FloatTable): Float64Array[] {
  return Array.from({ length: rows }, (_, row) => values.subarray(row * columns, (row + 1) * columns));
}

/** Encoded rows in the form of the table that they were made from. */
export function encodedLike<Table extends CellTable>(
  table: Table,
  rows: number[][],
  columns: number,
  namesOf: (inputs: readonly string[]) => string[],
): Encoded<Table> {
  const encode = (): Dataset | number[][] => {
    const isFloats = table instanceof FloatTable;
    if (!(table instanceof Dataset) && !isFloats) return rows;
    const values = new Float64Array(rows.length * columns);
    rows.forEach((row, i) => {
      values.set(row, i * columns);
    });
    if (isFloats) return new FloatTable(values, rows.length, columns) as never;
    return withColumns(table, values, columns, namesOf);
  };
  return encode() as Encoded<Table>;
}
