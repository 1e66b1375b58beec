/** Tables whose cells are categories, in both their forms: rows, and the x of a Dataset. Knows cells, not what is learned. */
import { sizeOf } from "../../base/shape.js";
import { Dataset } from "../dataset.js";
import type { NumericArray } from "../matrix.js";
import { type Cell, checkRows, readNumbers, withColumns } from "./table.js";

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
  if (!(table instanceof Dataset)) {
    const width = checkRows(where, table, columns);
    return { rows: table as ArrayLike<unknown>[], columns: width };
  }
  return { rows: rowsOf(where, table, columns), columns: sizeOf(table.inputShape) };
}

/** The x of a Dataset as rows of float64. @throws DataError, ShapeError */
export function rowsOf(where: string, table: Dataset, columns?: number): Float64Array[] {
  const { values, rows, columns: width } = readNumbers(where, table, columns);
  const exact = Float64Array.from(values);
  return Array.from({ length: rows }, (_, row) => exact.subarray(row * width, (row + 1) * width));
}

/** Encoded rows in the form of the table that they were made from. */
export function encodedLike<Table extends CellTable>(
  table: Table,
  rows: number[][],
  columns: number,
  namesOf: (inputs: readonly string[]) => string[],
): Encoded<Table> {
  const encode = (): Dataset | number[][] => {
    if (!(table instanceof Dataset)) return rows;
    const values = new Float64Array(rows.length * columns);
    rows.forEach((row, i) => {
      values.set(row, i * columns);
    });
    return withColumns(table, values, columns, namesOf);
  };
  return encode() as Encoded<Table>;
}
