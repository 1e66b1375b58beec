/** Tables with named columns: arrays of objects, or columns side by side. Knows cells, not what becomes of them. */

import { counted } from "../../base/counted.js";
import { checkNumber, DataError, didYouMean, OptionError, ShapeError, show } from "../../base/errors.js";
import { kindOf } from "../../base/kinds.js";

/** Rows as objects: `{ age: 31, colour: "red" }`. A key that a row lacks is a missing cell. */
export type ObjectRows = readonly object[];

/** Columns side by side, as `parseCsv` gives them. */
export interface ColumnTable {
  /** Number of rows. */
  readonly rows: number;
  /** The cells of each column by its name: `rows` of them. */
  readonly columns: Readonly<Record<string, ArrayLike<unknown>>>;
  /**
   * The order of the columns; those it does not name come last. @default that of the keys, where 2023 comes before 2024
   */
  readonly names?: readonly string[];
}

/** A table with names, in either form. */
export type NamedTable = ObjectRows | ColumnTable;

/** Either form, read alike. */
export interface Source {
  readonly rows: number;
  readonly names: ReadonlySet<string>;
  /** The cells of a column. @throws OptionError when there is none of that name. */
  column(name: string): ArrayLike<unknown>;
}

/** Names in a message before the rest is left out. */
const SHOWN = 12;

/** @throws OptionError with the nearest name, unless the column is there. */
export function checkColumn(where: string, name: string, names: ReadonlySet<string>, hint = ""): void {
  if (names.has(name)) return;
  const list = [...names];
  const shown = list.slice(0, SHOWN).map((known) => (known.length > 40 ? `${known.slice(0, 37)}…` : known));
  const known = `Known: ${shown.join(", ")}${list.length > SHOWN ? ", …" : ""}.`;
  const all = list.length > 0 ? known : "The table has no columns.";
  throw new OptionError(`${where}: no column ${show(name)}.${didYouMean(name, list)} ${all}${hint}`);
}

/** True for objects that are not lists. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** Refuses anything that is not a row of named cells, such as a Map, whose names are not keys. @throws DataError */
export function checkRecord(where: string, row: unknown): asserts row is Record<string, unknown> {
  const kind = kindOf(row);
  const isOther = isRecord(row) && kind !== "Object" && Object.keys(row).length === 0;
  if (isRecord(row) && !isOther) return;
  const hint = isOther && "get" in row ? " Give Object.fromEntries of it." : "";
  const got = isOther ? `a ${kind}` : show(row);
  throw new DataError(`${where}: expected an object such as { age: 31 }, got ${got}.${hint}`);
}

/** True for columns side by side, which no row is: its cells are not objects. */
export const isColumnTable = (value: unknown): value is ColumnTable =>
  isRecord(value) && typeof value.rows === "number" && isRecord(value.columns);

function readObjects(where: string, rows: readonly unknown[]): Source {
  if (rows.length === 0) throw new DataError(`${where}: expected at least one row, got none.`);
  const names = new Set<string>();
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    checkRecord(`${where}: row ${i}`, row);
    for (const name of Object.keys(row)) names.add(name);
  }
  const objects = rows as readonly Record<string, unknown>[];
  return {
    rows: rows.length,
    names,
    column(name) {
      checkColumn(where, name, names, " Every row needs it; null says that its value is missing.");
      return objects.map((row) => (Object.hasOwn(row, name) ? row[name] : undefined));
    },
  };
}

function namesInOrder(where: string, order: unknown, columns: object): Set<string> {
  const keys = Object.keys(columns);
  if (order === undefined) return new Set(keys);
  if (!Array.isArray(order) || !order.every((name) => typeof name === "string")) {
    throw new DataError(`${where}: names: expected an array of strings, got ${show(order)}.`);
  }
  return new Set([...order.filter((name) => Object.hasOwn(columns, name)), ...keys]);
}

/** How to write lists by name as a table; `null` where none is a list. */
function asColumns(lists: Readonly<Record<string, unknown>>): string | null {
  const list = Object.values(lists).find((cells) => Array.isArray(cells) || ArrayBuffer.isView(cells));
  return list ? `{ rows: ${(list as ArrayLike<unknown>).length}, columns }` : null;
}

function readColumns(where: string, { rows, columns, names: order }: Partial<ColumnTable>): Source {
  if (rows === undefined && isRecord(columns)) {
    const remedy = `Write ${asColumns(columns) ?? "{ rows, columns }"}.`;
    throw new OptionError(`${where}: rows: expected an integer >= 1, got undefined. ${remedy}`);
  }
  checkNumber(`${where}: rows`, rows, { min: 1, integer: true });
  if (!isRecord(columns)) throw new DataError(`${where}: columns: expected arrays by name, got ${show(columns)}.`);
  const names = namesInOrder(where, order, columns);
  for (const name of names) {
    const cells: unknown = columns[name];
    if (typeof cells === "string" || typeof cells === "function") {
      throw new DataError(`${where}: column ${show(name)}: expected an array of cells, got ${show(cells)}.`);
    }
    const length = (cells as ArrayLike<unknown> | null)?.length;
    if (length !== rows) {
      throw new ShapeError(
        `${where}: column ${show(name)}: expected ${counted(rows as number, "cell")}, got ${show(length)}.`,
      );
    }
  }
  return {
    rows: rows as number,
    names,
    column(name) {
      checkColumn(where, name, names);
      return columns[name] as ArrayLike<unknown>;
    },
  };
}

/** @throws DataError, ShapeError, OptionError for anything but a table. */
export function readNamed(where: string, table: unknown): Source {
  if (Array.isArray(table)) return readObjects(where, table);
  if (isRecord(table) && "columns" in table) return readColumns(where, table);
  const columns = isRecord(table) ? asColumns(table) : null;
  const remedy = columns ? `${columns} for columns` : "[row] for one row";
  const hint = isRecord(table) ? ` Write ${remedy}.` : "";
  throw new DataError(`${where}: expected an array of objects or { rows, columns }, got ${show(table)}.${hint}`);
}
