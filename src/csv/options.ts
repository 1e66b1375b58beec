/** Options of `parseCsv`, checked. Knows options, not text. */

import { checkBoolean, FormatError, OptionError, show } from "../base/errors.js";
import { flag, func, type Given, type Kept, nullable, oneOf, readOptions, via } from "../base/options.js";
import type { DecimalSign, ThousandsSign } from "../data/numberText.js";
import type { OnWarning } from "../data/onWarning.js";

function checkTexts(where: string, list: unknown): readonly string[] {
  if (Array.isArray(list) && list.every((text) => typeof text === "string")) return [...list];
  throw new OptionError(`${where}: expected an array of strings, got ${show(list)}.`);
}

/** @throws FormatError for a name that is empty or given twice. */
function checkNames(where: string, names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  names.forEach((name, i) => {
    if (name === "") throw new FormatError(`${where}: name ${i} is empty. Give each column a name.`);
    if (seen.has(name)) throw new FormatError(`${where}: ${show(name)} is there twice. Give each column its own name.`);
    seen.add(name);
  });
  return names;
}

function checkHeader(where: string, header: unknown): boolean | readonly string[] {
  return Array.isArray(header) ? checkNames(where, checkTexts(where, header)) : checkBoolean(where, header);
}

function checkDelimiter(where: string, delimiter: unknown): string {
  const fits =
    typeof delimiter === "string" && delimiter.length <= 1 && !['"', "\n", "\r", "\ufeff"].includes(delimiter);
  if (fits) return delimiter;
  throw new OptionError(`${where}: expected one character other than a quote, got ${show(delimiter)}.`);
}

function checkComment(where: string, comment: unknown): string {
  if (typeof comment === "string" && /^[^\s"]+$/.test(comment)) return comment;
  throw wrongComment(where, comment);
}

function wrongComment(where: string, comment: unknown): OptionError {
  const expected = "expected text that comments begin with, without blanks, quotes and the delimiter";
  return new OptionError(`${where}: ${expected}, got ${show(comment)}.`);
}

const MISSING = ["", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "?"];

/** Options of `parseCsv`. */
const csvOptions = {
  /**
   * The sign between cells, such as `";"` or `"\t"`. `""`: as a first line `sep=;` says, or guessed among comma, tab,
   * bar and semicolon. @default ""
   */
  delimiter: via<string, string>(checkDelimiter, ""),
  /**
   * `true`: the first row holds the names of the columns. `false`: every row is data, the names are `c0`, `c1`, …
   * An array: these are the names; a first row that is still a header is not data. @default true
   */
  header: via<boolean | readonly string[], boolean | readonly string[]>(checkHeader, true),
  /** Cells that mean a missing value. @default ["", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "?"] */
  missing: via<readonly string[], readonly string[]>(checkTexts, MISSING),
  /** The decimal sign; `","` reads numbers such as 3,14. @default "." */
  decimal: oneOf<DecimalSign>([".", ","], "."),
  /**
   * The sign between groups of three digits: `","` reads 1,200.50 as 1200.5. A space also stands for narrow and non-breaking ones.
   * Other groups, such as 12,34, are not numbers. `null` for none. @default null
   */
  thousands: nullable(oneOf<ThousandsSign>([",", ".", " ", "'"])),
  /** Lines that begin with this text are comments and skipped: `"#"`. `null` for none. @default null */
  comment: nullable(via<string, string>(checkComment)),
  /**
   * `false`: every cell stays text, with `null` for missing ones. For a file that comes in pieces, of which each would
   * be taken for something else. @default true
   */
  dynamicTyping: flag(true),
  /** Called with each thing that may not be as intended, such as text in a column of numbers. @default console.warn */
  onWarning: func<OnWarning>(() => console.warn),
};

/** Options of `parseCsv`. */
export interface CsvOptions extends Given<typeof csvOptions> {}

/** The same, complete; a delimiter of "" has yet to be found. */
export interface CheckedCsvOptions extends Kept<typeof csvOptions> {}

/** For the function `where`. @throws OptionError, FormatError for names that are not distinct. */
export function checkCsvOptions(where: string, options: CsvOptions): CheckedCsvOptions {
  const checked = readOptions(where, csvOptions, options);
  const { delimiter, decimal, thousands, comment } = checked;
  if (comment !== null && comment === delimiter) throw wrongComment(`${where}: comment`, comment);
  for (const [name, sign] of [
    ["delimiter", delimiter],
    ["thousands", thousands],
  ]) {
    if (sign !== decimal) continue;
    throw new OptionError(`${where}: decimal and ${name}: expected different signs, got "${decimal}" for both.`);
  }
  return checked;
}
