/** Tables as the scalers and encoders take them, checked at the door. Knows rows and columns, not what is learned. */
import { counted } from "../../base/counted.js";
import { checkArrayLike, DataError, OptionError, ShapeError, show } from "../../base/errors.js";
import { kindOf } from "../../base/kinds.js";
import { type Given, number, optional } from "../../base/options.js";
import { sizeOf } from "../../base/shape.js";
import { Dataset } from "../dataset.js";
import { exactOf } from "../exact.js";
import type { NumericArray } from "../matrix.js";

/** A cell of a table of categories. */
export type Category = string | number | boolean;

/** A cell that may be missing: `null`, `undefined` and NaN are. */
export type Cell = Category | null | undefined;

/** Rows of numbers; a number that is missing is `null`, `undefined` or NaN. */
export type NumberRows = readonly (readonly (number | null | undefined)[] | NumericArray)[];

/** Numbers of one row after the other; `features` says how long a row is. */
export type FlatNumbers = readonly (number | null | undefined)[];

/** Numbers in rows: a Dataset (its x), rows, or all rows in one array or typed array. */
export type NumberTable = Dataset | NumberRows | FlatNumbers | NumericArray;

/** Options of `fit` of what learns from numbers. */
export const fitColumnsOptions = {
  /** Number of columns; needed for one flat array, which does not say. */
  features: optional(number({ min: 1, integer: true })),
};

/** Options of `fit` of what learns from numbers. */
export interface FitColumnsOptions extends Given<typeof fitColumnsOptions> {}

/** A table as plain numbers; missing ones are NaN. */
export interface Columns {
  /** Row after row. */
  readonly values: Float32Array | Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** Numbers between the steps of a pipeline: float64 from one to the next, in one piece. */
export class FloatTable implements Columns {
  constructor(
    readonly values: Float64Array,
    readonly rows: number,
    readonly columns: number,
  ) {}
}

const MISSING_HINT = "A missing value is null or NaN.";

export function isMissing(cell: unknown): cell is null | undefined {
  return cell === null || cell === undefined || (typeof cell === "number" && Number.isNaN(cell));
}

/** @throws DataError unless it is an array of arrays or typed arrays, ShapeError unless all are `columns` long. */
export function checkRows(where: string, rows: unknown, columns?: number): number {
  if (!Array.isArray(rows)) throw new DataError(`${where}: expected an array of rows, got ${show(rows)}.`);
  if (rows.length === 0) throw new DataError(`${where}: expected at least one row, got none.`);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!Array.isArray(row) && !(ArrayBuffer.isView(row) && "length" in row)) {
      throw new DataError(
        `${where}: row ${i}: expected an array of cells, got ${show(row)}. Write [cell] for one column.`,
      );
    }
    columns ??= row.length as number;
    if (row.length !== columns || columns === 0) {
      throw new ShapeError(
        `${where}: row ${i}: expected ${columns ? counted(columns, "cell") : "some cells"}, got ${row.length}.`,
      );
    }
  }
  return columns as number;
}

/** Says how to write a date as a number or as text; nothing of other cells. */
function dateRemedy(cell: unknown, method: "getTime" | "toISOString"): string | undefined {
  if (kindOf(cell) !== "Date") return undefined;
  return Number.isNaN(Number(cell))
    ? "The date is not valid: write null where there is none."
    : `Write cell.${method}().`;
}

/** A cell in float64; what is missing is NaN. @throws DataError for anything that is not a finite number. */
function numberOf(where: string, cell: unknown, row: number, column: number): number {
  if (isMissing(cell)) return Number.NaN;
  if (typeof cell === "number" && Number.isFinite(cell)) return cell;
  if (typeof cell === "bigint" && Number.isSafeInteger(Number(cell))) return Number(cell);
  const got = `row ${row}, column ${column}: expected a number, got ${show(cell)}`;
  const text = "Turn text into numbers first: Number(text), or oneHotEncoder.";
  const hint = typeof cell === "string" ? text : (dateRemedy(cell, "getTime") ?? MISSING_HINT);
  throw new DataError(`${where}: ${got}. ${hint}`);
}

function readRows(where: string, rows: NumberRows, columns: number | undefined): Columns {
  const width = checkRows(where, rows, columns);
  const values = new Float64Array(rows.length * width);
  rows.forEach((row, i) => {
    for (let j = 0; j < width; j++) values[i * width + j] = numberOf(where, row[j], i, j);
  });
  return { values, rows: rows.length, columns: width };
}

function readFlat(where: string, flat: ArrayLike<unknown>, columns: number | undefined): Columns {
  if (columns === undefined) {
    const hint = "Give { features }, which is { features: 1 } for one column, or a Dataset.";
    throw new OptionError(`${where}: the columns of a typed array cannot be told. ${hint}`);
  }
  if (flat.length === 0 || flat.length % columns !== 0) {
    throw new ShapeError(
      `${where}: expected whole rows of ${counted(columns, "value")}, got ${counted(flat.length, "value")}.`,
    );
  }
  const read = (cell: unknown, i: number) => numberOf(where, cell, Math.floor(i / columns), i % columns);
  const isFloat = /^Float(32|64)Array$/.test(kindOf(flat));
  const values = isFloat ? (flat as Float64Array) : Float64Array.from(flat, read);
  const infinite = values.findIndex((value: number) => Math.abs(value) === Infinity);
  if (infinite >= 0) read(values[infinite], infinite);
  return { values, rows: flat.length / columns, columns };
}

/** True for numbers, present or missing, that are not in rows. */
export function isFlat(table: unknown): table is ArrayLike<unknown> {
  if (!Array.isArray(table)) return ArrayBuffer.isView(table);
  const first: unknown = table.find((cell) => !isMissing(cell));
  return table.length > 0 && ["number", "bigint", "undefined"].includes(typeof first);
}

/**
 * A table of numbers, of `columns` columns if that many are expected.
 * @throws DataError, ShapeError, OptionError naming the row.
 */
export function readNumbers(where: string, table: unknown, columns?: number): Columns {
  if (table instanceof Dataset) {
    const width = sizeOf(table.inputShape);
    if (table.length === 0) throw new DataError(`${where}: expected at least one row, got none.`);
    if (columns !== undefined && columns !== width) {
      throw new ShapeError(`${where}: expected ${counted(columns, "column")}, got a Dataset of ${width}.`);
    }
    return { values: exactOf(table.x) ?? table.x, rows: table.length, columns: width };
  }
  if (table instanceof FloatTable) {
    if (columns === undefined || columns === table.columns) return table;
    throw new ShapeError(`${where}: expected ${counted(columns, "column")}, got ${table.columns}.`);
  }
  if (isFlat(table) && (columns !== undefined || !Array.isArray(table))) {
    checkArrayLike(where, table);
    return readFlat(where, table, columns);
  }
  return readRows(where, table as NumberRows, columns);
}

/** One column in float64, without what is missing. */
export function presentValues({ values, rows, columns }: Columns, column: number): Float64Array {
  const present = new Float64Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const value = values[row * columns + column];
    if (!Number.isNaN(value)) present[count++] = value;
  }
  return present.subarray(0, count);
}

/**
 * Values in the form of the table that they were made from: a Dataset keeps its y, names and weights.
 * @param namesOf Names of the columns from those of the table, where they are others.
 */
export function shapeLike<Table extends NumberTable>(
  table: Table,
  values: Float64Array,
  columns: number,
  namesOf?: (inputs: readonly string[]) => string[],
): Reshaped<Table> {
  const reshape = (): NumberTable => {
    if (table instanceof Dataset) return withColumns(table, values, columns, namesOf);
    if (table instanceof FloatTable) return new FloatTable(values, table.rows, columns) as never;
    if (ArrayBuffer.isView(table)) return Float32Array.from(values);
    if (isFlat(table)) return Array.from(values);
    return (table as NumberRows).map((_, row) => Array.from(values.subarray(row * columns, (row + 1) * columns)));
  };
  return reshape() as Reshaped<Table>;
}

/** The rows of a Dataset with other columns, and names for these if there were some. */
export function withColumns(
  table: Dataset,
  values: NumericArray,
  columns: number,
  namesOf?: (inputs: readonly string[]) => string[],
): Dataset {
  const { featureNames, inputShape } = table;
  const names = namesOf && featureNames ? { featureNames: namesOf(featureNames) } : {};
  return table.withInputs(values, { ...(columns === sizeOf(inputShape) ? {} : { inputShape: [columns] }), ...names });
}

/** @throws DataError naming the first cell that is missing. */
export function refuseMissing(where: string, { values, columns }: Columns): void {
  const place = values.findIndex(Number.isNaN);
  if (place < 0) return;
  const at = `row ${Math.floor(place / columns)}, column ${place % columns}`;
  throw new DataError(`${where}: ${at}: expected a number, got NaN. Fill in what is missing first: simpleImputer.`);
}

/**
 * The output for an input: a Dataset for a Dataset, rows for rows, a Float32Array for a typed array, numbers for
 * numbers.
 */
export type Reshaped<Table extends NumberTable> = Table extends Dataset
  ? Dataset
  : Table extends NumericArray
    ? Float32Array
    : Table extends FlatNumbers
      ? number[]
      : number[][];

/** The value below which a share of the sorted numbers lies, interpolated (NumPy's `percentile`). */
export function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

/** As `quantile`, rounded as NumPy's `percentile` rounds: from the nearer of the two numbers. */
export function percentile(sorted: Float64Array, percent: number): number {
  const place = (percent / 100) * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  const share = place - below;
  const step = sorted[above] - sorted[below];
  return share < 0.5 ? sorted[below] + step * share : sorted[above] - step * (1 - share);
}

/** Strings before and after each other by code unit, numbers by size, false before true. */
export function compareCategories(a: Category, b: Category): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The distinct cells of a column, sorted.
 * @throws DataError for what is missing, for NaN and infinity, and where strings, numbers and booleans are mixed.
 */
export function distinct(where: string, cells: ArrayLike<unknown>): Category[] {
  const found = new Set<Category>();
  const type = typeof cells[0];
  for (let row = 0; row < cells.length; row++) {
    const cell = checkCategory(`${where}: row ${row}`, cells[row]);
    if (typeof cell !== type) {
      throw new DataError(`${where}: row ${row}: expected a ${type} as in row 0, got ${show(cell)}. Use one type.`);
    }
    found.add(cell);
  }
  return [...found].sort(compareCategories);
}

function remedyOf(cell: unknown): string {
  if (typeof cell === "bigint") return "Write Number(cell), or String(cell) for an id.";
  return dateRemedy(cell, "toISOString") ?? (typeof cell === "object" ? "Make a column of each of its values." : "");
}

/** @throws DataError for anything but a string, a finite number or a boolean. */
export function checkCategory(where: string, cell: unknown): Category {
  const isOne = typeof cell === "string" || typeof cell === "boolean";
  if (isOne || (typeof cell === "number" && Number.isFinite(cell))) return cell;
  const hint = isMissing(cell) ? "Fill in what is missing first: simpleImputer." : remedyOf(cell);
  throw new DataError(`${where}: expected a string, a number or a boolean, got ${show(cell)}. ${hint}`.trimEnd());
}
