/** Rows as users send them, to the numbers of a network: what is missing, unknown or unreadable is filled in and told. */
import { DataError, show } from "../base/errors.js";
import type { CellWriter, ReaderOptions } from "../data/columns/cells.js";
import { type LearnedColumn, outputsOf, typeOf, writerOf } from "../data/columns/column.js";
import { dayText } from "../data/columns/date.js";
import { fillText } from "../data/columns/describe.js";
import { numberOfText } from "../data/columns/number.js";
import { type Category, isMissing } from "../data/preprocess/table.js";

/** The numbers of rows, and what was told of each. */
export interface EncodedRows {
  readonly x: Float64Array;
  readonly warnings: string[][];
}

interface Reading {
  readonly column: LearnedColumn;
  readonly width: number;
  readonly strict: CellWriter;
  readonly lenient: CellWriter;
}

const STRICT: ReaderOptions = { isTarget: false, ignoresUnknown: false, ignoresInvalid: false, onWarning: () => {} };
const LENIENT: ReaderOptions = { ...STRICT, ignoresUnknown: true, ignoresInvalid: true };

/** True for text without a sign that is seen: an empty field of a form. */
const isBlank = (cell: unknown): cell is string => typeof cell === "string" && cell.trim() === "";

/** The value that stands for a missing one, in words. */
const fillOf = (column: LearnedColumn) => fillText(column) ?? "nothing";

/** The value that stands for a missing one, as it stands in tables; a date as ISO text. */
export function fillValue(column: LearnedColumn): Category | null {
  if (column.fill === null || !("kind" in column)) return column.fill;
  if (column.kind === "boolean") return column.words[column.fill as 0 | 1];
  return dayText(column.fill);
}

/** A name without what is easily written otherwise: capitals, blanks, signs. */
const folded = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

export class RowReader {
  readonly #where: string;
  readonly #readings: readonly Reading[];
  /** Number of columns of x. */
  readonly width: number;
  readonly #names: ReadonlySet<string>;
  readonly #folded: ReadonlyMap<string, string>;

  /** @param ignored Other columns that rows may have without a warning. */
  constructor(where: string, columns: readonly LearnedColumn[], ignored: readonly string[]) {
    this.#where = where;
    this.#names = new Set([...columns.map(({ name }) => name), ...ignored]);
    this.#readings = columns.map((column) => {
      const at = `${where}: column ${show(column.name)}`;
      const { name, categories, fill } = column;
      // A column for all others would take unknown categories without a word.
      const strict = writerOf(at, categories ? { name, categories, fill } : column, STRICT);
      return { column, width: outputsOf(column).length, strict, lenient: writerOf(at, column, LENIENT) };
    });
    this.#folded = new Map(columns.map(({ name }) => [folded(name), name]));
    this.width = this.#readings.reduce((sum, { width }) => sum + width, 0);
  }

  /** Numbers of rows. @throws DataError if a row is not an object; with `isStrict` for the first thing to tell. */
  read(rows: readonly object[], isStrict: boolean): EncodedRows {
    const x = new Float64Array(rows.length * this.width);
    const warnings = rows.map((row, i) => this.#readRow(row as Record<string, unknown>, i, x, isStrict));
    return { x, warnings };
  }

  #readRow(row: Record<string, unknown>, i: number, x: Float64Array, isStrict: boolean): string[] {
    const warnings: string[] = [];
    const tell = (what: string) => {
      if (isStrict)
        throw new DataError(`${this.#where}: row ${i}: ${what}. strict: false takes the row with a warning.`);
      warnings.push(what);
    };
    for (const name of Object.keys(row)) {
      if (!this.#names.has(name)) tell(`${name}: not a column of the model, and not used${this.#meant(name, row)}`);
    }
    let at = i * this.width;
    for (const { column, width, strict, lenient } of this.#readings) {
      const cell = Object.hasOwn(row, column.name) ? row[column.name] : undefined;
      const isEmpty = isMissing(cell) || (isBlank(cell) && !column.categories?.includes(cell));
      if (isEmpty) tell(`${column.name}: no value, so ${fillOf(column)} is used`);
      const given = isEmpty ? null : textAsTyped(column, cell);
      try {
        strict(i, given, x, at);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        tell(this.#whatOf(column, cell));
        lenient(i, given, x, at);
      }
      at += width;
    }
    return warnings;
  }

  /** The column that the row lacks and may mean, as names differ in capitals, blanks or signs alone. */
  #meant(name: string, row: object): string {
    const own = this.#folded.get(folded(name));
    return own === undefined || Object.hasOwn(row, own) ? "" : `. Did you mean ${show(own)}?`;
  }

  #whatOf(column: LearnedColumn, cell: unknown): string {
    const type = typeOf(column);
    if (type === "category") {
      const isShared = "other" in column && column.other;
      const known = isShared
        ? "rare or not known, and counts as one of the rare"
        : "not known, and counts as none of those known";
      return `${column.name}: ${show(cell)} is ${known}`;
    }
    return `${column.name}: ${show(cell)} is not a ${type}, so ${fillOf(column)} is used`;
  }
}

/** Forms send text: it becomes the number or the boolean that a column of categories knows; numbers become its text. */
export function textAsTyped(column: LearnedColumn, cell: unknown): unknown {
  if (column.categories === null) {
    const isNumber = !("kind" in column) && column.fromText !== true && typeof cell === "string";
    if (!isNumber) return cell;
    const text = (cell as string).trim();
    if (/^(?:true|false)$/i.test(text)) return text.toLowerCase() === "true";
    return numberOfText(text) ?? cell;
  }
  if (column.categories.includes(cell as never)) return cell;
  const text = String(cell).trim();
  const isSame = (category: unknown) =>
    String(category) === (typeof category === "boolean" ? text.toLowerCase() : text);
  const same = column.categories.find(isSame);
  const number = same === undefined && typeof cell === "string" ? numberOfText(cell) : null;
  return same ?? column.categories.find((category) => category === number) ?? cell;
}
