/** Pictures in plain characters, for terminals and logs: a curve in one line, and tables. */
import { counted } from "../base/counted.js";
import { checkArrayLike, checkNumber, DataError, OptionError, show } from "../base/errors.js";
import { func, type Given, number, optional, readOptions, unchecked } from "../base/options.js";
import { alignColumns } from "../base/text.js";
import { extentOf } from "./scale.js";

const BARS = "▁▂▃▄▅▆▇█";

/** Options of `sparkline`. */
const sparklineOptions = {
  /** Most characters; longer curves are drawn by the means of equal parts. @default one per value */
  width: optional(number({ min: 1, integer: true })),
  /** Value of the lowest bar. @default the least value */
  min: optional(number({})),
  /** Value of the highest bar. @default the largest value */
  max: optional(number({})),
};

/** Options of `sparkline`. */
export interface SparklineOptions extends Given<typeof sparklineOptions> {}

/**
 * A curve in one line: ▁▂▅█. A value that is not finite leaves a space.
 * @throws DataError for anything that is not a list of numbers; OptionError.
 */
export function sparkline(values: ArrayLike<number>, options: SparklineOptions = {}): string {
  const checked = readOptions("sparkline", sparklineOptions, options, arguments);
  checkArrayLike("sparkline: values", values);
  const { width = Math.max(1, values.length), min, max } = checked;
  if (min !== undefined && max !== undefined) checkNumber("sparkline: max", max, { above: min });
  const numbers = Array.from(values, (value, i) => {
    if (typeof value === "number") return value;
    throw new DataError(`sparkline: value ${i}: expected a number, got ${show(value)}.`);
  });
  const parts = numbers.length <= width ? numbers : meansOfParts(numbers, width);
  const [least, largest] = extentOf(parts) ?? [0, 1];
  const [low, high] = [min ?? least, max ?? largest];
  return parts.map((value) => barOf(value, low, high)).join("");
}

function barOf(value: number, low: number, high: number): string {
  if (!Number.isFinite(value)) return " ";
  const share = high > low ? (value - low) / (high - low) : 0.5;
  return BARS[Math.min(BARS.length - 1, Math.max(0, Math.floor(share * BARS.length)))];
}

function meansOfParts(values: readonly number[], parts: number): number[] {
  return Array.from({ length: parts }, (_, i) => {
    const begin = Math.floor((i * values.length) / parts);
    const part = values.slice(begin, Math.floor(((i + 1) * values.length) / parts));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

/** Contents of a table cell. */
export type Cell = string | number | boolean | null | undefined;

/** Options of `table`. */
const tableOptions = {
  /** Headings. @default the keys of the first row, if rows are objects */
  head: optional(unchecked<readonly string[]>()),
  /** Number of last rows that go under a second rule. @default 0 */
  footerRows: number({ min: 0, integer: true }, 0),
  /** Spaces between columns. @default 2 */
  gap: number({ min: 1, max: 20, integer: true }, 2),
  /** Styles headings and rules, for example with the dim colour of a terminal. @default leaves them as they are */
  dim: func<(text: string) => string>(() => (text) => text),
};

/** Options of `table`. */
export interface TableOptions extends Given<typeof tableOptions> {}

/**
 * Lines of a table without boxes: a heading, a rule, aligned columns. The first column and columns of words are
 * aligned left, columns of numbers right. Cells may hold the colour codes of terminals.
 * @param rows lists of cells, or objects of one set of keys.
 * @throws DataError for ragged rows and for cells that are not text; OptionError.
 */
export function table(
  rows: readonly (readonly Cell[])[] | readonly Readonly<Record<string, Cell>>[],
  options: TableOptions = {},
): string {
  const { footerRows, gap, dim, ...checked } = readOptions("table", tableOptions, options, arguments);
  const { head, cells } = checkRows(rows, checked.head);
  checkNumber("table: footerRows", footerRows, { min: 0, max: cells.length, integer: true });
  const texts = cells.map((row) => row.map(textOf));
  const lines = head ? [head, ...texts] : texts;
  const areNumbers = (lines[0] ?? []).map((_, column) =>
    texts.every((row) => /^[\s\d.,%+\-−×·–e]*$/.test(plain(row[column]))),
  );
  const isRight = (column: number) => column > 0 && areNumbers[column];
  const aligned = alignColumns(lines, { isRight, gap, widthOf: visible });
  const rule = dim(aligned.rule);
  const body = head ? aligned.lines.slice(1) : aligned.lines;
  if (footerRows > 0) body.splice(body.length - footerRows, 0, rule);
  return [...(head ? [dim(aligned.lines[0]), rule] : []), ...body].join("\n");
}

function checkRows(
  rows: unknown,
  head: readonly string[] | undefined,
): { head: readonly string[] | undefined; cells: Cell[][] } {
  if (!Array.isArray(rows)) throw new DataError(`table: expected a list of rows, got ${show(rows)}.`);
  if (head !== undefined && (!Array.isArray(head) || head.some((name) => typeof name !== "string"))) {
    throw new OptionError(`table: head: expected a list of names, got ${show(head)}.`);
  }
  const isNamed = rows.length > 0 && !Array.isArray(rows[0]) && typeof rows[0] === "object" && rows[0] !== null;
  const names = isNamed ? (head ?? Object.keys(rows[0] as object)) : head;
  const columns = names?.length ?? (Array.isArray(rows[0]) ? rows[0].length : 0);
  if (columns === 0) {
    throw new DataError(`table: expected at least one column, got ${show(rows)}. Give rows with cells, or a head.`);
  }
  const cells = Array.from(rows, (row: unknown, i) => {
    const list = isNamed && names ? names.map((name) => (row as Record<string, unknown> | null)?.[name]) : row;
    if (!Array.isArray(list) || list.length !== columns) {
      throw new DataError(`table: row ${i}: expected ${counted(columns, "cell")}, got ${show(row)}.`);
    }
    const bad = list.findIndex((cell) => typeof cell === "object" && cell !== null);
    if (bad < 0) return list as Cell[];
    throw new DataError(`table: row ${i}, column ${bad}: expected text or a number, got ${show(list[bad])}.`);
  });
  return { head: names, cells };
}

function textOf(cell: Cell): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell !== "number" || Number.isInteger(cell)) return String(cell);
  return String(Number(cell.toPrecision(6)));
}

/** Text without the colour codes of terminals. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with one.
  return text.replace(/\u001b\[[\d;]*m/g, "");
}

function visible(text: string): number {
  return Array.from(plain(text)).length;
}
