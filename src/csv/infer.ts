/** What a column of text holds: numbers, booleans, dates or categories; and a summary of it. Knows cells, not files. */

/** What a column holds. `date`: text in the form of ISO 8601, kept as text. `empty`: nothing but missing cells. */
export type CsvColumnType = "number" | "boolean" | "category" | "date" | "empty";

/** Cells of a column: numbers with NaN for what is missing, or text and booleans with `null`. */
export type CsvColumn = Float64Array | readonly (string | null)[] | readonly (boolean | null)[];

/** What there is to know of a column before using it. */
export interface CsvColumnReport {
  readonly name: string;
  readonly type: CsvColumnType;
  /** Cells that are missing. */
  readonly missing: number;
  /** Different cells, missing ones aside. */
  readonly unique: number;
  /** Least, greatest and mean number, of columns of numbers. */
  readonly min?: number;
  readonly max?: number;
  readonly mean?: number;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const BOOLEAN = /^(?:true|false)$/i;
const DATE = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

function isNumber(text: string): boolean {
  return NUMBER.test(text) && Number.isFinite(Number(text));
}

/** Types in the order in which they are tried; a column is of the first that all its cells fit. */
const tests: readonly (readonly [type: CsvColumnType, fits: (text: string) => boolean])[] = [
  ["number", isNumber],
  ["boolean", (text) => BOOLEAN.test(text)],
  ["date", (text) => DATE.test(text)],
  ["category", () => true],
];

function typeOf(cells: readonly (string | null)[]): CsvColumnType {
  if (cells.every((cell) => cell === null)) return "empty";
  const found = tests.find(([, fits]) => cells.every((cell) => cell === null || fits(cell)));
  return found ? found[0] : "category";
}

function valuesOf(cells: readonly (string | null)[], type: CsvColumnType): CsvColumn {
  if (type === "number") return Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell)));
  if (type === "boolean") return cells.map((cell) => (cell === null ? null : cell.toLowerCase() === "true"));
  return cells;
}

function numberReport(values: Float64Array): Pick<CsvColumnReport, "min" | "max" | "mean"> {
  let [min, max, sum, count] = [Infinity, -Infinity, 0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    count++;
  }
  return { min, max, mean: sum / count };
}

/** A column's values in its type, and its report. Missing cells are `null`. */
export function inferColumn(
  name: string,
  cells: readonly (string | null)[],
): { values: CsvColumn; report: CsvColumnReport } {
  const type = typeOf(cells);
  const values = valuesOf(cells, type);
  const unique = new Set<unknown>(values);
  unique.delete(null);
  unique.delete(Number.NaN);
  const missing = cells.reduce((count, cell) => count + Number(cell === null), 0);
  const numbers = type === "number" ? numberReport(values as Float64Array) : {};
  return { values, report: { name, type, missing, unique: unique.size, ...numbers } };
}
