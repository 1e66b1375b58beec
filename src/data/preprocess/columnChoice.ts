/** The columns that a part of a column transformer takes, by place or name. Knows names and places only. */
import { DataError, OptionError, ShapeError, show } from "../../base/errors.js";
import { Dataset } from "../dataset.js";
import { type AnyTable, isNamed, openTable } from "./anyTable.js";
import { rowsOf } from "./cells.js";
import { FloatTable } from "./table.js";
import { checkColumn, readNamed } from "./tableSource.js";

/** Columns by place, counted from 0, or by name. */
export type ColumnList = readonly (number | string)[];

/** @throws OptionError for anything but different places and names. */
export function checkColumnList(where: string, columns: unknown): ColumnList {
  const isColumn = (column: unknown) =>
    typeof column === "string" || (Number.isSafeInteger(column) && Number(column) >= 0);
  if (!Array.isArray(columns) || columns.length === 0 || !columns.every(isColumn)) {
    throw new OptionError(`${where}: expected a list of columns, by place from 0 or by name, got ${show(columns)}.`);
  }
  const twice = columns.find((column, i) => columns.indexOf(column) < i);
  if (twice === undefined) return [...columns];
  throw new OptionError(`${where}: expected different columns, got ${show(twice)} twice.`);
}

/** A table as rows, in the order of its columns, with their names if they have some. */
export interface ReadTable {
  readonly rows: readonly ArrayLike<unknown>[];
  readonly columns: number;
  readonly names: readonly string[] | null;
}

/** Columns of an earlier table: their number, their names, and those that are needed. */
export interface Wanted {
  readonly columns: number;
  readonly names: readonly string[] | null;
  readonly used: ReadonlySet<number>;
}

/**
 * @param wanted Columns of the fit. A table with names has these in any order; of those that are not used, none is
 * needed. @throws DataError, ShapeError, OptionError
 */
export function readTable(where: string, table: AnyTable, wanted?: Wanted, features?: number): ReadTable {
  if (!isNamed(table)) {
    const { rows, columns } = openTable(where, table, wanted?.columns ?? features);
    const names = table instanceof Dataset ? table.featureNames : null;
    const read = rows instanceof FloatTable ? rowsOf(rows) : (rows as ReadTable["rows"]);
    return { rows: read, columns: columns as number, names };
  }
  if (wanted && !wanted.names) {
    throw new DataError(
      `${where}: expected rows without names, as in fit, got a table with names. Give rows of cells.`,
    );
  }
  const source = readNamed(where, table);
  const names = wanted?.names ?? [...source.names];
  if (names.length === 0) throw new ShapeError(`${where}: expected at least one column, got none.`);
  const cells = names.map((name, place) => (wanted && !wanted.used.has(place) ? [] : source.column(name)));
  const row = (_: unknown, i: number) => cells.map((column) => column[i]);
  return { rows: Array.from({ length: source.rows }, row), columns: names.length, names };
}

/** Places of the columns of a list. @throws OptionError for a name or place that the table does not have. */
export function placesOf(where: string, list: ColumnList, { columns, names }: Omit<ReadTable, "rows">): number[] {
  const places = list.map((column) => {
    if (typeof column === "number") {
      if (column < columns) return column;
      throw new OptionError(`${where}: expected columns from 0 to ${columns - 1}, got ${column}.`);
    }
    if (names === null) {
      const remedy = "Give places, a table with names, or a Dataset with featureNames";
      throw new OptionError(`${where}: the columns of the table have no names, got ${show(column)}. ${remedy}.`);
    }
    checkColumn(where, column, new Set(names));
    return names.indexOf(column);
  });
  const twice = places.findIndex((place, i) => places.indexOf(place) < i);
  if (twice < 0) return places;
  throw new OptionError(`${where}: expected different columns, got ${show(list[twice])}, which is there by its place.`);
}
