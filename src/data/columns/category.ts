/** A column of categories: one column of x for each, with 1 where a row has it. */
import { DataError, show } from "../../base/errors.js";
import type { OnWarning } from "../onWarning.js";
import { isCategoryList, nearest } from "../preprocess/labelEncoder.js";
import { type Category, checkCategory, compareCategories, distinct, isMissing } from "../preprocess/table.js";
import { type CellWriter, type ColumnCells, checkPresent, type ReaderOptions } from "./cells.js";
import { isNumberText } from "./number.js";

/** More would make x wide for little: such a column names rows rather than classes of rows. */
const MAX_CATEGORIES = 1000;

/** Fewer cells say nothing of how often categories come again. */
const ENOUGH = 20;
/** A larger share of different cells names rows. */
const SELDOM = 0.5;

/** A column of categories, as it was learned. */
export interface CategoryColumn {
  readonly name: string;
  /** Sorted. */
  readonly categories: readonly Category[];
  readonly fill: Category | null;
  /** Present where rare categories share a last column of x, which unknown ones join. */
  readonly other?: true;
}

/** Warns, once for each, of text that is ignored although it is known but for capitals and blanks. */
function nearMisses(where: string, categories: readonly Category[], onWarning: OnWarning) {
  const fold = (cell: unknown) => String(cell).trim().toLowerCase();
  const known = new Map(categories.map((category) => [fold(category), category]));
  const told = new Set<unknown>();
  return (row: number, cell: unknown): void => {
    const near = known.get(fold(cell));
    if (near === undefined || told.has(cell)) return;
    told.add(cell);
    onWarning(`${where}, row ${row}: ${show(cell)} is not known and ignored, but ${show(near)} is. Write it alike.`);
  };
}

/** Makes a function that returns the place of a cell's category; -1 for an unknown one that is to be ignored. */
export function placeOfCell(
  where: string,
  { categories, fill, other }: CategoryColumn,
  { isTarget, ignoresUnknown, onWarning }: ReaderOptions,
): (row: number, cell: unknown) => number {
  const places = new Map<unknown, number>(categories.map((category, place) => [category, place]));
  let warn: ReturnType<typeof nearMisses> | null = null;
  return (row, cell) => {
    const place = places.get(fill !== null && isMissing(cell) ? fill : cell);
    if (place !== undefined) return place;
    checkPresent(where, row, cell, isTarget);
    if (ignoresUnknown || other) {
      warn ??= nearMisses(where, categories, onWarning);
      warn(row, cell);
      return other ? categories.length : -1;
    }
    const known = `one of ${categories.length} known categories`;
    throw new DataError(`${where}, row ${row}: expected ${known}, got ${show(cell)}.${nearest(cell, categories)}`);
  };
}

export function categoryWriter(where: string, column: CategoryColumn, options: ReaderOptions): CellWriter {
  const placeOf = placeOfCell(where, column, options);
  return (row, cell, out, at) => {
    const place = placeOf(row, cell);
    if (place >= 0) out[at + place] = 1;
  };
}

/** The cells that are there, all of the first one's type. @throws DataError for others */
export function presentCategories({ where, name, cells, rows }: ColumnCells, first: number): Category[] {
  const expected = typeof cells[first];
  const present: Category[] = [];
  for (let i = 0; i < rows.length; i++) {
    const [row, cell] = [rows[i], cells[rows[i]]];
    if (isMissing(cell)) continue;
    if (typeof cell !== expected) {
      const remedy = typeof cell === "number" ? `, or read numbers: types: { ${show(name)}: "number" }` : "";
      const got = `expected a ${expected} as in row ${first}, got ${show(cell)}`;
      throw new DataError(`${where}, row ${row}: ${got}. Use one type${remedy}.`);
    }
    present.push(checkCategory(`${where}, row ${row}`, cell));
  }
  return present;
}

/** Says how many categories are text that is a number, where at least half are; or "". */
export function doubtOf({ cells, rows, name }: ColumnCells, categories: readonly Category[]): string {
  const found = categories.filter(isNumberText).length;
  if (found === 0 || found * 2 < categories.length) return "";
  const stray = Array.from(rows).find((row) => !isMissing(cells[row]) && !isNumberText(cells[row]));
  const but = stray === undefined ? "" : `, but row ${stray} holds ${show(cells[stray])}`;
  const remedy = `Say which they are: types: { ${show(name)}: "number" } or "category"`;
  const fill = stray === undefined ? "" : ", with null for a missing number";
  return `${found} of ${categories.length} different cells are text that is a number${but}. ${remedy}${fill}.`;
}

/** The most frequent categories, one fewer than `most`; equally frequent ones in their order. */
function frequent(present: readonly Category[], most: number): Category[] {
  const counts = new Map<Category, number>();
  for (const cell of present) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || compareCategories(a, b));
  return sorted
    .slice(0, most - 1)
    .map(([category]) => category)
    .sort(compareCategories);
}

/**
 * The categories to keep. @throws DataError for more different cells than categories may have: they seem to name the
 * rows.
 */
export function learnCategories(
  column: ColumnCells,
  present: readonly Category[],
  { most, isTold }: { most: number | null; isTold: boolean },
  onWarning: OnWarning,
): Pick<CategoryColumn, "categories" | "other"> {
  const { where } = column;
  const categories = distinct(where, present);
  if (!isTold && !column.isTarget && present.length >= ENOUGH && categories.length > SELDOM * present.length) {
    const got = `${categories.length} of ${present.length} cells differ`;
    const remedy = `Leave the column out: exclude. Or read its words: types: { ${show(column.name)}: "text" }`;
    onWarning(`${where}, read as categories: ${got}, so most are seen once, and teach nothing. ${remedy}.`);
  }
  if (most !== null && !column.isTarget && categories.length > most) {
    return { categories: frequent(present, most), other: true };
  }
  const doubt = isTold ? "" : doubtOf(column, categories);
  if (categories.length > MAX_CATEGORIES) {
    const got = `expected at most ${MAX_CATEGORIES} categories, got ${categories.length} different values`;
    throw new DataError(
      `${where}: ${got}. ${doubt || "Leave the column out: exclude. Or keep the frequent ones: maxCategories."}`,
    );
  }
  if (doubt) onWarning(`${where}, read as categories: ${doubt}`);
  return { categories };
}

export function isCategoryColumn({ categories, fill, other }: Partial<CategoryColumn>): boolean {
  const isFill = fill === null || ["string", "boolean"].includes(typeof fill) || Number.isFinite(fill);
  return isFill && isCategoryList(categories) && (other === undefined || other === true);
}
