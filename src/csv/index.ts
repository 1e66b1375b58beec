/**
 * `simdgrad/csv`: CSV text to columns with types, for `fromTable`. Papa Parse (https://www.papaparse.com) does the
 * parsing; the build joins it into a chunk that the first call loads. Knows text, not files and not models.
 */
import type { ParseStepResult } from "papaparse";
import { checkBoolean, checkKeys, DataError, FormatError, OptionError, show } from "../errors.js";
import { bytesOf } from "../kinds.js";
import { type CsvColumn, type CsvColumnReport, inferColumn } from "./infer.js";

export type { CsvColumn, CsvColumnReport, CsvColumnType } from "./infer.js";

/** Options of `parseCsv`. */
export interface CsvOptions {
  /** What stands between cells, such as `";"` or `"\t"`. @default guessed: comma, tab, bar or semicolon */
  delimiter?: string;
  /** The first row holds the names of the columns; `false`: they are `c0`, `c1`, …; or give the names. @default true */
  header?: boolean | readonly string[];
  /** Cells that say that a value is missing. @default "" NA N/A n/a NaN nan NULL null None ? */
  missing?: readonly string[];
  /** The decimal sign; with `","` numbers are read as in 3,14. @default "." */
  decimal?: "." | ",";
}

/** Columns with types; `fromTable(table, { target })` makes a Dataset of it. */
export interface CsvTable {
  /** Number of rows, the header not counted. */
  readonly rows: number;
  /** Cells by the name of their column: a Float64Array with NaN, or an array with `null`, for what is missing. */
  readonly columns: Record<string, CsvColumn>;
  /** Type, missing and different cells of each column, in order. */
  readonly report: CsvColumnReport[];
}

const MISSING = ["", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "?"];
/** Engines hold no longer text than about 2²⁹ characters. */
const MAX_BYTES = 2 ** 29 - 32;
const DECIMAL_COMMA = /^[+-]?\d*,\d+(?:[eE][+-]?\d+)?$/;

type Papa = typeof import("papaparse");

/** Guessed from the first rows. Blank lines are left out here: Papa Parse would count their cells. */
function guessDelimiter(parse: Papa["parse"], text: string): string {
  return parse<string[]>(text, { preview: 10, skipEmptyLines: "greedy" }).meta.delimiter;
}

/** @throws DataError for what is no text, FormatError for bytes that are not UTF-8. */
function textOf(input: unknown): string {
  if (typeof input === "string") return input;
  const bytes = bytesOf(input);
  if (bytes === null) {
    throw new DataError(
      `parseCsv: expected text, a Uint8Array or an ArrayBuffer, got ${show(input)}. Read the file first.`,
    );
  }
  if (bytes.length > MAX_BYTES) {
    throw new DataError(`parseCsv: expected at most ${MAX_BYTES} bytes, got ${bytes.length}. Split the file.`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const hint = 'Decode it yourself: new TextDecoder("windows-1252").decode(bytes).';
    throw new FormatError(`parseCsv: the bytes are not UTF-8. ${hint}`, { cause });
  }
}

function checkTexts(where: string, list: unknown): readonly string[] {
  if (Array.isArray(list) && list.every((text) => typeof text === "string")) return list;
  throw new OptionError(`${where}: expected an array of strings, got ${show(list)}.`);
}

function checkOptions(options: CsvOptions): Required<CsvOptions> {
  checkKeys("parseCsv", options, ["delimiter", "header", "missing", "decimal"]);
  const { delimiter = "", header = true, missing = MISSING, decimal = "." } = options;
  if (typeof delimiter !== "string" || delimiter.length > 1 || ['"', "\n", "\r", "\ufeff"].includes(delimiter)) {
    throw new OptionError(`parseCsv: delimiter: expected one character other than a quote, got ${show(delimiter)}.`);
  }
  if (Array.isArray(header)) checkNames("parseCsv: header", checkTexts("parseCsv: header", header));
  else checkBoolean("parseCsv: header", header);
  checkTexts("parseCsv: missing", missing);
  if (decimal !== "." && decimal !== ",") {
    throw new OptionError(`parseCsv: decimal: expected "." or ",", got ${show(decimal)}.`);
  }
  if (decimal === "," && delimiter === ",") {
    throw new OptionError(`parseCsv: decimal and delimiter: expected different signs, got "," for both.`);
  }
  return { delimiter, header, missing, decimal };
}

/** @throws FormatError for a name that is empty or there twice. */
function checkNames(where: string, names: readonly string[]): readonly string[] {
  names.forEach((name, i) => {
    const twice = names.indexOf(name) < i;
    if (name !== "" && !twice) return;
    const got = twice ? `${show(name)} is there twice` : `column ${i} has no name`;
    throw new FormatError(`${where}: ${got}. Rename it, or give names: header: ["a", "b"].`);
  });
  return names;
}

function linesIn(cell: string): number {
  return cell.split(/\r\n|\n|\r/).length - 1;
}

/** Collects cells by column, row by row, and knows the line that a row began in. */
class Collector {
  readonly #missing: ReadonlySet<string>;
  readonly #decimal: string;
  readonly #header: CsvOptions["header"];
  names: readonly string[] | null;
  readonly cells: (string | null)[][] = [];
  rows = 0;
  /** Of the row that comes next, from 1. */
  #line = 1;

  constructor({ missing, decimal, header }: Required<CsvOptions>) {
    this.#missing = new Set(missing);
    this.#decimal = decimal;
    this.#header = header;
    this.names = Array.isArray(header) ? header : null;
  }

  add(row: readonly string[], problem: { code: string } | undefined): void {
    const line = this.#line;
    if (problem) {
      const what =
        problem.code === "MissingQuotes" ? "a quote is opened and never closed" : "text follows a closing quote";
      throw new FormatError(`parseCsv: line ${line}: ${what}. Quotes within a quoted cell are written twice.`);
    }
    this.#line +=
      1 + row.reduce((sum, cell) => sum + (cell.includes("\n") || cell.includes("\r") ? linesIn(cell) : 0), 0);
    if (row.length === 1 && row[0].trim() === "") return; // a blank line
    const cells = row.map((cell) => cell.trim());
    if (this.names === null) this.#begin(line, cells);
    else this.#collect(line, cells);
  }

  /** The first row: names, or the first cells. */
  #begin(line: number, cells: readonly string[]): void {
    if (this.#header === true) this.names = checkNames(`parseCsv: line ${line}`, cells);
    else {
      this.names = cells.map((_, column) => `c${column}`);
      this.#collect(line, cells);
    }
  }

  #collect(line: number, cells: readonly string[]): void {
    const width = this.names?.length ?? 0;
    if (cells.length !== width) {
      const hint = "A cell that holds the delimiter is written in quotes.";
      throw new FormatError(`parseCsv: line ${line}: expected ${width} cells, got ${cells.length}. ${hint}`);
    }
    for (let column = 0; column < width; column++) {
      this.cells[column] ??= [];
      this.cells[column].push(this.#cell(cells[column]));
    }
    this.rows++;
  }

  #cell(text: string): string | null {
    if (this.#missing.has(text)) return null;
    return this.#decimal === "," && DECIMAL_COMMA.test(text) ? text.replace(",", ".") : text;
  }
}

/**
 * CSV text (RFC 4180, any delimiter, a byte order mark allowed) to columns. Blanks around cells are cut off, blank
 * lines skipped. A column all of whose cells are numbers becomes numbers; `true` and `false`, booleans; dates as in
 * ISO 8601 stay text, as does the rest: categories.
 *
 * ```js
 * const table = await parseCsv(await (await fetch("flowers.csv")).text());
 * console.table(table.report);
 * const { data, encoder } = fromTable(table, { target: "species" });
 * ```
 * @param input The text, or its bytes in UTF-8.
 * @throws FormatError naming the line of a row with too few or too many cells or with misplaced quotes; DataError,
 * OptionError.
 */
export async function parseCsv(input: string | Uint8Array | ArrayBuffer, options: CsvOptions = {}): Promise<CsvTable> {
  const checked = checkOptions(options);
  const text = textOf(input);
  const { parse } = (await import("papaparse")).default;
  const collector = new Collector(checked);
  parse<string[]>(text, {
    delimiter: checked.delimiter || guessDelimiter(parse, text),
    step: ({ data, errors }: ParseStepResult<string[]>) => {
      collector.add(
        data,
        errors.find(({ type }) => type === "Quotes"),
      );
    },
  });
  const { names, rows, cells } = collector;
  if (names === null || rows === 0) throw new DataError("parseCsv: expected at least one row of data, got none.");
  const inferred = names.map((name, column) => inferColumn(name, cells[column]));
  return {
    rows,
    columns: Object.fromEntries(inferred.map(({ values }, column) => [names[column], values])),
    report: inferred.map(({ report }) => report),
  };
}
