/** Collects cells by column, row by row, and keeps the line on which each row began. Knows rows, not types. */
import { counted } from "../base/counted.js";
import { FormatError, show } from "../base/errors.js";
import { namesOf } from "./header.js";
import type { CheckedCsvOptions } from "./options.js";

function linesIn(cell: string): number {
  return cell.split(/\r\n|\n|\r/).length - 1;
}

export class CsvCells {
  readonly #missing: ReadonlySet<string>;
  readonly #options: CheckedCsvOptions;
  readonly #isGuessed: boolean;
  names: readonly string[] | null;
  readonly cells: (string | null)[][] = [];
  /** The line on which each row began. */
  readonly lines: number[] = [];
  /** Line of the next row, from 1. */
  #line: number;

  constructor(options: CheckedCsvOptions, isGuessed: boolean, firstLine: number) {
    const { header, missing } = options;
    this.#options = options;
    this.#isGuessed = isGuessed;
    this.#line = firstLine;
    this.#missing = new Set(missing);
    this.names = typeof header === "boolean" ? null : header;
  }

  add(row: readonly string[], problem: { code: string } | undefined): void {
    const line = this.#line;
    if (problem) {
      const what =
        problem.code === "MissingQuotes" ? "a quote is opened and never closed" : "text follows a closing quote";
      throw new FormatError(`line ${line}: ${what}. Quotes within a quoted cell are written twice.`);
    }
    this.#line +=
      1 + row.reduce((sum, cell) => sum + (cell.includes("\n") || cell.includes("\r") ? linesIn(cell) : 0), 0);
    if (row.length === 1 && row[0].trim() === "") return; // a blank line
    const cells = row.map((cell) => cell.trim());
    if (this.names === null) this.#begin(line, cells);
    else this.#collect(line, cells);
  }

  /** Removes the first row. */
  dropFirst(): void {
    for (const own of this.cells) own.shift();
    this.lines.shift();
  }

  /** The first row: names, or the first cells. */
  #begin(line: number, cells: readonly string[]): void {
    if (this.#options.header === true) this.#readNames(line, cells);
    else {
      this.names = cells.map((_, column) => `c${column}`);
      this.#collect(line, cells);
    }
  }

  #readNames(line: number, cells: readonly string[]): void {
    const { names, changes } = namesOf(cells);
    const { comment, onWarning } = this.#options;
    this.names = names;
    if (changes) onWarning(`line ${line}: ${changes}.`);
    if (comment === null && /^#\s/.test(cells[0])) {
      onWarning(`line ${line}: ${show(cells[0])} is read as a name. ${COMMENT_HINT}`);
    }
  }

  #collect(line: number, cells: readonly string[]): void {
    const width = this.names?.length ?? 0;
    if (cells.length !== width) {
      const expected = `expected ${counted(width, "cell")}, got ${cells.length}`;
      throw new FormatError(`line ${line}: ${expected}. ${this.#hint(width, cells)}`);
    }
    for (let column = 0; column < width; column++) {
      this.cells[column] ??= [];
      this.cells[column].push(this.#missing.has(cells[column]) ? null : cells[column]);
    }
    this.lines.push(line);
  }

  #hint(width: number, cells: readonly string[]): string {
    const isComment = (cell: string | undefined) => cell?.startsWith("#") === true;
    if (this.#options.comment === null && (isComment(this.names?.[0]) || isComment(cells[0]))) return COMMENT_HINT;
    const hint = "A cell that holds the delimiter is written in quotes.";
    if (!this.#isGuessed || (width > 1 && cells.length > 1)) return hint;
    return `${hint} The delimiter was guessed; if it is wrong, give delimiter: ";".`;
  }
}

const COMMENT_HINT = 'If the line is a comment, skip it: comment: "#".';
