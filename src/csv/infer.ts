/** Infers the type of a text column (numbers, booleans, dates or categories) and sums it up. Knows cells, not files. */
import { columnMeans } from "../base/columnStats.js";
import { isCode } from "../data/numberText.js";

/** Type of a column. `date`: text in the form of ISO 8601, kept as text. `empty`: nothing but missing cells. */
export type CsvColumnType = "number" | "boolean" | "category" | "date" | "empty";

/** Cells of a column: numbers with NaN for missing ones, or text and booleans with `null` for missing ones. */
export type CsvColumn = Float64Array | readonly (string | null)[] | readonly (boolean | null)[];

/** A summary of a column, to read before using it. */
export interface CsvColumnReport {
  readonly name: string;
  readonly type: CsvColumnType;
  /** Cells that are missing. */
  readonly missing: number;
  /** Different cells, missing ones aside. */
  readonly unique: number;
  /** Least, greatest and mean value of a column of numbers. */
  readonly min?: number;
  readonly max?: number;
  readonly mean?: number;
}

const BOOLEAN = /^(?:true|false)$/i;
const DATE = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/** A number as JavaScript writes it, or `null` for other text. */
export type ReadNumber = (text: string) => string | null;

/** Type and value of one cell. A number that would lose digits of its text is a category. */
export function typeOfCell(text: string, readNumber: ReadNumber): Exclude<CsvColumnType, "empty"> {
  const plain = readNumber(text);
  if (plain !== null) return isCode(plain) ? "category" : "number";
  if (BOOLEAN.test(text)) return "boolean";
  return DATE.test(text) ? "date" : "category";
}

function numbersOf(cells: readonly (string | null)[], readNumber: ReadNumber): Float64Array | null {
  const values = new Float64Array(cells.length);
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    const plain = cell === null ? null : readNumber(cell);
    if (cell !== null && (plain === null || isCode(plain))) return null;
    values[row] = plain === null ? Number.NaN : Number(plain);
  }
  return values;
}

/** The type that all cells have, and the values. */
function typed(cells: readonly (string | null)[], readNumber: ReadNumber): { type: CsvColumnType; values: CsvColumn } {
  const are = (pattern: RegExp) => cells.every((cell) => cell === null || pattern.test(cell));
  if (cells.every((cell) => cell === null)) return { type: "empty", values: cells };
  const numbers = numbersOf(cells, readNumber);
  if (numbers) return { type: "number", values: numbers };
  if (are(BOOLEAN)) {
    return { type: "boolean", values: cells.map((cell) => (cell === null ? null : cell.toLowerCase() === "true")) };
  }
  return { type: are(DATE) ? "date" : "category", values: cells };
}

function numberReport(values: Float64Array): Pick<CsvColumnReport, "min" | "max" | "mean"> {
  const present = values.filter((value) => !Number.isNaN(value));
  let [min, max] = [Infinity, -Infinity];
  for (const value of present) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { min, max, mean: columnMeans(present, 1)[0] };
}

/** Different values, missing ones aside. Numbers are sorted: ten times as fast as a set of a million. */
function countUnique(type: CsvColumnType, values: CsvColumn): number {
  if (type !== "number") {
    const unique = new Set<unknown>(values);
    unique.delete(null);
    return unique.size;
  }
  const sorted = (values as Float64Array).slice().sort(); // NaN at the end
  let unique = 0;
  for (let i = 0; i < sorted.length && !Number.isNaN(sorted[i]); i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) unique++;
  }
  return unique;
}

/** The summary of a column of which that many cells are missing. */
export function reportOf(name: string, type: CsvColumnType, values: CsvColumn, missing: number): CsvColumnReport {
  const numbers = type === "number" ? numberReport(values as Float64Array) : {};
  return { name, type, missing, unique: countUnique(type, values), ...numbers };
}

/** A column's values in its type, or as text where no number is read; and its report. Missing cells are `null`. */
export function inferColumn(
  name: string,
  cells: readonly (string | null)[],
  readNumber: ReadNumber | null,
): { values: CsvColumn; report: CsvColumnReport } {
  const { type, values } = readNumber ? typed(cells, readNumber) : { type: "category" as const, values: cells };
  const missing = cells.reduce((count, cell) => count + Number(cell === null), 0);
  return { values, report: reportOf(name, type, values, missing) };
}
