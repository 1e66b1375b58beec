/**
 * CSV text to columns with types, for `fromTable`. Papa Parse (https://www.papaparse.com) does the parsing; the build
 * joins it into a chunk that the first call loads. Knows text, not files and not models.
 */

import type { ParseStepResult } from "papaparse";
import { bytesOf } from "../base/bytes.js";
import { checkArguments, DataError, located, show } from "../base/errors.js";
import { numberReader } from "../data/numberText.js";
import { withWarnings } from "../data/onWarning.js";
import { CsvCells } from "./cells.js";
import { decode } from "./decode.js";
import { doubtOf } from "./doubts.js";
import { headerIn, namesAreCells } from "./header.js";
import { type CsvColumn, type CsvColumnReport, inferColumn, type ReadNumber } from "./infer.js";
import { type Papa, prepare } from "./lines.js";
import { type CheckedCsvOptions, type CsvOptions, checkCsvOptions } from "./options.js";
import { refuseOtherText } from "./otherFormats.js";

/** Columns with types; `fromTable(table, { target })` makes a Dataset of it. */
export interface CsvTable {
  /** Number of rows, the header not counted. */
  readonly rows: number;
  /** The names of the columns in their order in the file; an object puts names such as 2024 first. */
  readonly names: readonly string[];
  /** Cells by column name: a Float64Array with NaN for missing cells, or an array with `null` for them. */
  readonly columns: Record<string, CsvColumn>;
  /** The sign between cells, as it was given, declared or guessed. */
  readonly delimiter: string;
  /** Type, missing cells and distinct cells of each column, in order. */
  readonly report: CsvColumnReport[];
}

/** Engines hold no text longer than about 2²⁹ characters. */
const MAX_BYTES = 2 ** 29 - 32;
/** Most header cells that a warning quotes. */
const SHOWN = 5;

/** @throws DataError for anything but text or bytes, FormatError for bytes that are not text. */
function textOf(where: string, input: unknown): string {
  if (typeof input === "string") return input;
  const bytes = bytesOf(input);
  if (bytes === null) {
    throw new DataError(
      `${where}: expected text, a Uint8Array or an ArrayBuffer, got ${show(input)}. Read the file first.`,
    );
  }
  if (bytes.length > MAX_BYTES) {
    throw new DataError(`${where}: expected at most ${MAX_BYTES} bytes, got ${bytes.length}. Split the file.`);
  }
  return decode(where, bytes);
}

/** The columns' names; removes a first row that the caller's names replace. */
function finish(table: CsvCells, { header, onWarning }: CheckedCsvOptions, readNumber: ReadNumber): string[] {
  const { names, lines, cells } = table;
  if (names !== null && lines.length > 0 && typeof header !== "boolean") {
    const found = headerIn(cells, names, readNumber);
    if (found === "other") {
      const first = cells.slice(0, SHOWN).map(([cell]) => show(cell ?? ""));
      const got = `${first.join(", ")}${cells.length > SHOWN ? ", …" : ""} looks like a header`;
      onWarning(`line ${lines[0]}: ${got}, and the names given replace it. For a row of data give header: false.`);
    }
    if (found) table.dropFirst();
  }
  if (names !== null && lines.length > 0) return [...names];
  throw new DataError("expected at least one row of data, got none.");
}

/**
 * Parses CSV text (RFC 4180, any delimiter and line ends, byte order mark allowed) to columns. Blanks around cells and
 * quotes are trimmed, blank lines skipped; a first line `sep=;`, as spreadsheets write it, sets the delimiter.
 *
 * A column whose cells are all numbers becomes numbers; `true` and `false` become booleans. ISO 8601 dates stay text,
 * as does everything else (categories). Numbers use the signs that `decimal` and `thousands` set, and no others; their
 * digits may be of any script, with the separators of Arabic.
 * Text that a number would not keep stays text: leading zeros (`00501`), a whole number beyond 2^53 that is rounded.
 *
 * A column without a name is called `column_1`, `column_2`, … by its place; repeated names become `a`,
 * `a_2`, … Anything that may not be as intended goes to `onWarning`: such names, text among numbers, numbers in
 * another format.
 *
 * ```js
 * const table = await parseCsv(await (await fetch("flowers.csv")).text());
 * console.table(table.report);
 * const { data, encoder } = fromTable(table, { target: "species" });
 * ```
 * @param input The text, or its bytes in UTF-8, or UTF-16 of either byte order.
 * @throws FormatError naming the line of a row with too few or too many cells or with misplaced quotes; DataError,
 * OptionError.
 */
export async function parseCsv(input: string | Uint8Array | ArrayBuffer, options: CsvOptions = {}): Promise<CsvTable> {
  checkArguments("parseCsv", arguments, 2);
  return parseCsvFor("parseCsv", input, options);
}

/**
 * `parseCsv` for the function `where`, in messages together with the file: `readCsv: iris.csv`.
 * @param firstLine The line of the file on which the text begins.
 */
export function parseCsvFor(
  where: string,
  input: string | Uint8Array | ArrayBuffer,
  options: CsvOptions,
  firstLine = 1,
): Promise<CsvTable> {
  return withWarnings(options, async (own) => {
    const checked = checkCsvOptions(where, own);
    const { parse } = (await import("papaparse")).default;
    const text = textOf(where, input);
    refuseOtherText(where, text);
    const onWarning = (message: string) => checked.onWarning(`${where}: ${message}`);
    return located(where, () => parseText(parse, text, { ...checked, onWarning }, firstLine));
  });
}

function parseText(parse: Papa["parse"], given: string, checked: CheckedCsvOptions, firstLine: number): CsvTable {
  const { text, delimiter, isGuessed } = prepare(parse, given, checked, firstLine);
  const table = new CsvCells(checked, isGuessed, firstLine);
  parse<string[]>(text, {
    delimiter,
    newline: "\n",
    step: ({ data, errors }: ParseStepResult<string[]>) => {
      table.add(
        data,
        errors.find(({ type }) => type === "Quotes"),
      );
    },
  });
  const readNumber = numberReader(checked);
  const names = finish(table, checked, readNumber);
  const { cells, lines } = table;
  const read = checked.dynamicTyping ? readNumber : null;
  const inferred = names.map((name, column) => inferColumn(name, cells[column], read));
  inferred.forEach(({ report: { name, type } }, column) => {
    const doubt = read && type === "category" ? doubtOf({ name, cells: cells[column], lines }, checked) : null;
    if (doubt) checked.onWarning(doubt);
  });
  const report = inferred.map((column) => column.report);
  if (checked.header === true && namesAreCells(report, readNumber)) {
    const got = `${names.slice(0, SHOWN).map(show).join(", ")}${names.length > SHOWN ? ", …" : ""}`;
    const hint = "If the file has no names, give header: false, or the names: header: [name, …].";
    checked.onWarning(`the names ${got} look like a row of data. ${hint}`);
  }
  return {
    rows: lines.length,
    names,
    columns: Object.fromEntries(inferred.map(({ values }, column) => [names[column], values])),
    delimiter,
    report,
  };
}
