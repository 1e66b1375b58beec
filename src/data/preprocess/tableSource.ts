/** Tables with named columns: arrays of objects, or columns side by side. Knows cells, not what becomes of them. */
import { checkNumber, DataError, didYouMean, OptionError, ShapeError, show } from "../../errors.js";

/** Rows as objects: `{ age: 31, colour: "red" }`. */
export type ObjectRows = readonly Readonly<Record<string, unknown>>[];

/** Columns side by side, as `parseCsv` gives them. */
export interface ColumnTable {
  /** Number of rows. */
  readonly rows: number;
  /** The cells of each column by its name: `rows` of them. */
  readonly columns: Readonly<Record<string, ArrayLike<unknown>>>;
}

/** A table with names, in either form. */
export type NamedTable = ObjectRows | ColumnTable;

/** Either form, read alike. */
export interface Source {
  readonly rows: number;
  readonly names: readonly string[];
  /** The cells of a column. @throws OptionError when there is none of that name. */
  column(name: string): ArrayLike<unknown>;
}

function unknownColumn(where: string, name: string, names: readonly string[]): OptionError {
  const known = names.length > 12 ? `${names.slice(0, 12).join(", ")}, …` : names.join(", ");
  return new OptionError(`${where}: no column ${show(name)}.${didYouMean(name, names)} Known: ${known}.`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function readObjects(where: string, rows: readonly unknown[]): Source {
  if (rows.length === 0) throw new DataError(`${where}: expected at least one row, got none.`);
  rows.forEach((row, i) => {
    if (isRecord(row)) return;
    throw new DataError(`${where}: row ${i}: expected an object such as { age: 31 }, got ${show(row)}.`);
  });
  const objects = rows as ObjectRows;
  const names = Object.keys(objects[0]);
  return {
    rows: rows.length,
    names,
    column(name) {
      // A key may be absent in the first row and still be a column: missing there, like undefined.
      if (!names.includes(name) && !objects.some((row) => Object.hasOwn(row, name))) {
        throw unknownColumn(where, name, names);
      }
      return objects.map((row) => (Object.hasOwn(row, name) ? row[name] : undefined));
    },
  };
}

function readColumns(where: string, { rows, columns }: Partial<ColumnTable>): Source {
  checkNumber(`${where}: rows`, rows, { min: 1, integer: true });
  if (!isRecord(columns)) throw new DataError(`${where}: columns: expected arrays by name, got ${show(columns)}.`);
  const names = Object.keys(columns);
  for (const name of names) {
    const length = (columns[name] as ArrayLike<unknown> | null)?.length;
    if (length !== rows) {
      throw new ShapeError(`${where}: column ${show(name)}: expected ${rows} cells, got ${show(length)}.`);
    }
  }
  return {
    rows: rows as number,
    names,
    column(name) {
      if (!Object.hasOwn(columns, name)) throw unknownColumn(where, name, names);
      return columns[name] as ArrayLike<unknown>;
    },
  };
}

/** @throws DataError, ShapeError, OptionError for what is no table. */
export function readNamed(where: string, table: unknown): Source {
  if (Array.isArray(table)) return readObjects(where, table);
  if (isRecord(table) && "columns" in table) return readColumns(where, table);
  throw new DataError(`${where}: expected an array of objects or { rows, columns }, got ${show(table)}.`);
}
