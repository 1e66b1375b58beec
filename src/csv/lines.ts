/**
 * Steps before Papa Parse: find the delimiter, and rewrite anything that Papa Parse would not understand. Lines
 * keep their numbers. Knows text, not columns.
 */
import { FormatError } from "../base/errors.js";
import type { CheckedCsvOptions } from "./options.js";

export type Papa = typeof import("papaparse");

/** Text for Papa Parse, and the delimiter between its cells. */
export interface PreparedText {
  readonly text: string;
  readonly delimiter: string;
  /** True if the delimiter was neither given nor declared. */
  readonly isGuessed: boolean;
}

/** The first line that spreadsheets write to declare the delimiter. */
const SEPARATOR_LINE = /^[ \t]*"?sep=([^\r\n])"?[ \t]*(?=[\r\n]|$)/i;
/** Number of characters searched for the delimiter. */
const SAMPLE = 2 ** 20;

/** Guesses the delimiter from the first rows. Skips blank lines, because Papa Parse would count their cells. */
function guessDelimiter(parse: Papa["parse"], text: string, { comment, decimal }: CheckedCsvOptions): string {
  const end = text.lastIndexOf("\n", SAMPLE);
  const lines = text.slice(0, text.length > SAMPLE && end > 0 ? end : undefined).split(/\r\n?|\n/);
  const sample = lines.filter((line) => comment === null || !line.trimStart().startsWith(comment)).join("\n");
  // Papa Parse takes a comma where none of these fits.
  const delimitersToGuess = decimal === "," ? ["\t", "|", ";"] : [];
  return parse<string[]>(sample, {
    preview: 10,
    skipEmptyLines: "greedy",
    newline: "\n",
    ...(delimitersToGuess.length > 0 && { delimitersToGuess }),
  }).meta.delimiter;
}

/** The place after the quote that closes the cell whose first quote is at `begin`. */
function endOfQuoted(text: string, begin: number): number {
  let quote = text.indexOf('"', begin + 1);
  while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  return quote < 0 ? text.length : quote + 1;
}

/** Outside quoted cells: every line end becomes "\n", blanks before a quote go, comments become blank lines. */
function tidy(text: string, delimiter: string, comment: string | null): string {
  const parts: string[] = [];
  let kept = 0;
  const replace = (begin: number, end: number, by: string) => {
    parts.push(text.slice(kept, begin), by);
    kept = end;
  };
  let isLineBegin = true;
  let at = 0;
  while (at < text.length) {
    const begin = at;
    while ((text[at] === " " || text[at] === "\t") && text[at] !== delimiter) at++;
    const isComment = isLineBegin && comment !== null && text.startsWith(comment, at);
    if (!isComment && text[at] === '"') {
      if (at > begin) replace(begin, at, "");
      at = endOfQuoted(text, at);
    }
    while (at < text.length && (isComment || text[at] !== delimiter) && text[at] !== "\n" && text[at] !== "\r") at++;
    if (isComment) replace(begin, at, "");
    isLineBegin = text[at] !== delimiter;
    if (text[at] === "\r") {
      const end = text[at + 1] === "\n" ? at + 2 : at + 1;
      replace(at, end, "\n");
      at = end;
    } else at++;
  }
  return parts.length === 0 ? text : parts.join("") + text.slice(kept);
}

function checkCharacters(text: string, firstLine: number): void {
  const zero = text.indexOf("\0");
  if (zero < 0) return;
  const line = firstLine - 1 + text.slice(0, zero).split(/\r\n?|\n/).length;
  const hint = "Is it UTF-16, decoded as something else? Pass the bytes instead of text.";
  throw new FormatError(`line ${line}: expected text, got the character U+0000. ${hint}`);
}

/** @throws FormatError for a first line `sep=;` that contradicts the option, and for text that holds U+0000. */
export function prepare(
  parse: Papa["parse"],
  input: string,
  options: CheckedCsvOptions,
  firstLine: number,
): PreparedText {
  checkCharacters(input, firstLine);
  const marked = input.startsWith("\ufeff") ? input.slice(1) : input;
  const [line, said] = SEPARATOR_LINE.exec(marked) ?? ["", ""];
  const text = marked.slice(line.length);
  if (said && options.delimiter && said !== options.delimiter) {
    const got = `the line says sep=${said}, the option delimiter "${options.delimiter}"`;
    throw new FormatError(`line 1: ${got}. Leave out the option, or remove the line.`);
  }
  const delimiter = options.delimiter || said || guessDelimiter(parse, text, options);
  return {
    text: tidy(text, delimiter, options.comment),
    delimiter,
    isGuessed: !options.delimiter && !said,
  };
}
