/** A column of two words for no and yes: 0 or 1. */
import { DataError, show } from "../../base/errors.js";
import { isMissing } from "../preprocess/table.js";
import { type CellWriter, checkPresent, invalidCells, type ReaderOptions } from "./cells.js";

/** A column of booleans, as it was learned. */
export interface BooleanColumn {
  readonly name: string;
  readonly kind: "boolean";
  readonly categories: null;
  /** Words for no and yes, in lower case. */
  readonly words: readonly [no: string, yes: string];
  readonly fill: 0 | 1 | null;
}

/** No and yes, and as spreadsheets write them false and true, by language. A column of one word alone is of the first pair. */
const PAIRS: readonly (readonly [no: string, yes: string])[] = (
  "false true, no yes, n y, f t, off on, nein ja, non oui, no sí, no si, não sim, nee ja, nej ja, нет да, не да, 否 是, " +
  "falsch wahr, faux vrai"
)
  .split(", ")
  .map((pair) => pair.split(" ") as [string, string]);

const fold = (text: string) => text.trim().toLowerCase();

/** The pair of words that all cells are of; `null` if there is none. */
export function wordsOf(cells: readonly unknown[]): BooleanColumn["words"] | null {
  const words = new Set<string>();
  for (const cell of cells) {
    if (typeof cell !== "string" && typeof cell !== "boolean") return null;
    words.add(fold(String(cell)));
    if (words.size > 2) return null;
  }
  return PAIRS.find((pair) => words.size > 0 && [...words].every((word) => pair.includes(word))) ?? null;
}

/** 0 or 1; `null` for a cell that says neither. Numbers 0 and 1 count, as forms send them. */
export function bitOf(cell: unknown, words: readonly string[]): 0 | 1 | null {
  const word = fold(String(cell));
  const place = word === "0" || word === "1" ? Number(word) : words.indexOf(word);
  if (place >= 0) return place as 0 | 1;
  return word === "true" ? 1 : word === "false" ? 0 : null;
}

export function booleanWriter(where: string, column: BooleanColumn, options: ReaderOptions): CellWriter {
  const { words, fill } = column;
  const tell = invalidCells(where, options.onWarning);
  return (row, cell, out, at) => {
    let bit = isMissing(cell) ? fill : bitOf(cell, words);
    if (bit === null) {
      checkPresent(where, row, cell, false);
      if (!options.ignoresInvalid || fill === null) {
        const expected = `expected ${show(words[0])} or ${show(words[1])}, got ${show(cell)}`;
        throw new DataError(`${where}, row ${row}: ${expected}. Correct it; null says that a value is missing.`);
      }
      tell(row, cell);
      bit = fill;
    }
    out[at] = bit;
  };
}

export function isBooleanColumn({ categories, words, fill }: Partial<BooleanColumn>): boolean {
  const isPair = Array.isArray(words) && words.length === 2 && words.every((word) => typeof word === "string");
  return categories === null && isPair && (fill === null || fill === 0 || fill === 1);
}
