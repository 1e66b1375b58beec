/** Options of `parseCsv`, checked. Knows options, not text. */

import { checkBoolean, checkKeys, checkName, FormatError, OptionError, show } from "../base/errors.js";
import type { DecimalSign, ThousandsSign } from "../data/numberText.js";
import { checkOnWarning, type OnWarning } from "../data/onWarning.js";

/** Options of `parseCsv`. */
export interface CsvOptions {
  /** What stands between cells, such as `";"` or `"\t"`. @default as a first line `sep=;` says, or guessed: comma, tab, bar or semicolon */
  delimiter?: string;
  /**
   * `true`: the first row holds the names of the columns. `false`: every row is data, the names are `c0`, `c1`, …
   * An array: these are the names; a first row that is a header all the same is not data. @default true
   */
  header?: boolean | readonly string[];
  /** Cells that say that a value is missing. @default "" NA N/A n/a NaN nan NULL null None ? */
  missing?: readonly string[];
  /** The decimal sign; with `","` numbers are read as in 3,14. @default "." */
  decimal?: DecimalSign;
  /**
   * The sign between groups of three digits: `","` reads 1,200.50 as 1200.5. A space also stands for non-breaking ones.
   * Other groups are not numbers: 12,34. @default null, no such sign
   */
  thousands?: ThousandsSign | null;
  /** Lines that begin with this text are comments and skipped: `"#"`. @default null, no comments */
  comment?: string | null;
  /** Called with each thing that may not be as it was meant, such as text in a column of numbers. @default console.warn */
  onWarning?: OnWarning;
}

/** The same, complete; a delimiter of "" is still to be found. */
export type CheckedCsvOptions = Required<CsvOptions>;

const MISSING = ["", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "?"];
const decimals = [".", ","] as const;
const thousandsSigns = [",", ".", " ", "'"] as const;

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

function checkComment(comment: unknown, delimiter: string): void {
  if (comment === null) return;
  const fits = typeof comment === "string" && /^[^\s"]+$/.test(comment) && comment !== delimiter;
  if (fits) return;
  const expected = "expected text that comments begin with, without blanks, quotes and the delimiter";
  throw new OptionError(`parseCsv: comment: ${expected}, got ${show(comment)}.`);
}

/** @throws OptionError, FormatError for names that are not distinct. */
export function checkOptions(options: CsvOptions): CheckedCsvOptions {
  checkKeys("parseCsv", options, ["delimiter", "header", "missing", "decimal", "thousands", "comment", "onWarning"]);
  const { delimiter = "", header = true, missing = MISSING, decimal = ".", thousands = null, comment = null } = options;
  if (typeof delimiter !== "string" || delimiter.length > 1 || ['"', "\n", "\r", "\ufeff"].includes(delimiter)) {
    throw new OptionError(`parseCsv: delimiter: expected one character other than a quote, got ${show(delimiter)}.`);
  }
  if (!Array.isArray(header)) checkBoolean("parseCsv: header", header);
  checkName("parseCsv: decimal", decimal, decimals);
  if (thousands !== null) checkName("parseCsv: thousands", thousands, thousandsSigns);
  const onWarning = checkOnWarning("parseCsv", options.onWarning);
  checkComment(comment, delimiter);
  for (const [name, sign] of [
    ["delimiter", delimiter],
    ["thousands", thousands],
  ]) {
    if (sign !== decimal) continue;
    throw new OptionError(`parseCsv: decimal and ${name}: expected different signs, got "${decimal}" for both.`);
  }
  return {
    delimiter,
    header: Array.isArray(header) ? checkNames("parseCsv: header", checkTexts("parseCsv: header", header)) : header,
    missing: checkTexts("parseCsv: missing", missing),
    decimal,
    thousands,
    comment,
    onWarning,
  };
}
