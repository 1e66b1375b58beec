/**
 * Columns whose cells are counted in a fixed number of places, found by a hash: many categories, or words of a text.
 */
import { DataError, show } from "../../base/errors.js";
import { FNV_START, mixByte } from "../../base/fnv.js";
import { isMissing } from "../preprocess/table.js";
import type { CellWriter } from "./cells.js";

/** A column of hashed cells ("hash") or of hashed words ("text"), as it was learned. */
export interface HashedColumn {
  readonly name: string;
  readonly kind: "hash" | "text";
  readonly categories: null;
  /** Number of columns of x. */
  readonly places: number;
  readonly fill: null;
}

/** Words: letters with their marks, and digits. */
const WORD = /[\p{L}\p{M}\p{N}]+/gu;

/** FNV-1a over UTF-16 code units, low byte first. */
function hashOf(text: string): number {
  let hash = FNV_START;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = mixByte(mixByte(hash, unit & 255), unit >> 8);
  }
  return hash >>> 0;
}

/** Endings of the names of the columns of x. */
export function hashedEndings({ kind, places }: HashedColumn): string[] {
  return Array.from({ length: places }, (_, place) => `_${kind === "text" ? "word" : "hash"}${place}`);
}

/** Missing cells have no words, and zeros everywhere. @throws DataError for anything but text, numbers and booleans */
export function hashedWriter(where: string, { kind, places }: HashedColumn): CellWriter {
  return (row, cell, out, at) => {
    if (isMissing(cell)) return;
    if (!["string", "number", "boolean"].includes(typeof cell)) {
      throw new DataError(`${where}, row ${row}: expected text, got ${show(cell)}. Make it text: String(value).`);
    }
    const text = String(cell);
    const terms = kind === "hash" ? [text] : (text.toLowerCase().match(WORD) ?? []);
    for (const term of terms) out[at + (hashOf(term) % places)] += 1;
  };
}

export function isHashedColumn({ categories, places, fill }: Partial<HashedColumn>): boolean {
  return categories === null && fill === null && Number.isInteger(places) && (places as number) > 0;
}
