/**
 * Categories of a column: learned or given, counted, and those that are rare put together. Knows columns, not tables.
 */
import { counted } from "../../base/counted.js";
import { checkNumber, DataError, OptionError, ShapeError, show } from "../../base/errors.js";
import { via } from "../../base/options.js";
import { nearest } from "./labelEncoder.js";
import { type Category, checkCategory, compareCategories, isMissing } from "./table.js";

/** A category, or `null` for the one of cells that are missing. */
export type Known = Category | null;

/** Categories by column, or `"auto"` for those in the data. */
export type GivenCategories = "auto" | readonly (readonly Category[])[];

/** The key under which a cell is known. */
export function keyOf(cell: unknown): unknown {
  return isMissing(cell) ? null : cell;
}

/** `categories`: lists of different cells of one type. */
export const categoriesOption = via<GivenCategories, GivenCategories>((where, given) => {
  if (given === "auto") return given;
  const expected = 'expected "auto" or a list of different categories for each column';
  if (!Array.isArray(given) || given.length === 0) throw new OptionError(`${where}: ${expected}, got ${show(given)}.`);
  return Array.from(given, (list: unknown, column) => {
    if (areDifferent(list)) return [...(list as Category[])];
    throw new OptionError(`${where}: column ${column}: ${expected}, all of one type, got ${show(list)}.`);
  });
}, "auto");

/** True for a list of different categories of one type. */
function areDifferent(list: unknown): boolean {
  if (!Array.isArray(list) || list.length === 0 || new Set(list).size < list.length) return false;
  return list.every((cell) => {
    const isOne = typeof cell === "string" || typeof cell === "boolean" || Number.isFinite(cell);
    return isOne && typeof cell === typeof list[0];
  });
}

/**
 * True for categories as `toJSON` writes them: sorted unless they were given, with null for missing cells at the end.
 */
export function areKnown(list: unknown, isSorted: boolean): boolean {
  if (!Array.isArray(list)) return false;
  const last = list.length - 1;
  const present = list[last] === null ? list.slice(0, last) : list;
  if (present.length === 0) return list.length === 1;
  if (!areDifferent(present)) return false;
  return !isSorted || present.every((cell, i) => i === 0 || compareCategories(present[i - 1], cell) < 0);
}

/** A column to learn the categories of. */
export interface CategorySource {
  readonly where: string;
  readonly cells: readonly unknown[];
  /** The categories that the caller gave. */
  readonly given: readonly Category[] | null;
  /** True if missing cells are a category. */
  readonly takesMissing: boolean;
  /** True if cells that are not among the given categories may be there. */
  readonly takesUnknown: boolean;
}

/** Categories of a column, and how many cells each has. */
export interface Counted {
  readonly categories: readonly Known[];
  readonly counts: readonly number[];
}

/** @throws DataError naming the row whose cell cannot be a category. */
export function countCategories(column: CategorySource): Counted {
  const { where, cells, given, takesMissing, takesUnknown } = column;
  const counts = new Map<unknown, number>(given?.map((category) => [category, 0]));
  let missing = 0;
  let first: { row: number; type: string } | null = null;
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    if (takesMissing && isMissing(cell)) {
      missing++;
      continue;
    }
    const category = given && takesUnknown ? cell : checkCategory(`${where}: row ${row}`, cell);
    if (given) {
      const count = counts.get(category);
      if (count !== undefined) counts.set(category, count + 1);
      else if (!takesUnknown) throw unknownCategory(`${where}: row ${row}`, category, given);
      continue;
    }
    first ??= { row, type: typeof category };
    if (typeof category !== first.type) {
      const expected = `expected a ${first.type} as in row ${first.row}`;
      throw new DataError(`${where}: row ${row}: ${expected}, got ${show(category)}. Use one type.`);
    }
    counts.set(category, (counts.get(category) ?? 0) + 1);
  }
  const sorted = given ?? ([...counts.keys()] as Category[]).sort(compareCategories);
  const own = sorted.map((category) => counts.get(category) as number);
  if (missing === 0) return { categories: [...sorted], counts: own };
  return { categories: [...sorted, null], counts: [...own, missing] };
}

/** A refusal that names the nearest known category. */
export function unknownCategory(where: string, cell: unknown, known: readonly Known[], remedy = ""): DataError {
  const hint =
    nearest(
      cell,
      known.filter((category) => category !== null),
    ) || remedy;
  return new DataError(`${where}: expected one of ${known.length} known categories, got ${show(cell)}.${hint}`);
}

/** @throws ShapeError unless there is a list for each column. */
export function checkGiven(where: string, given: GivenCategories, columns: number): void {
  if (given === "auto" || given.length === columns) return;
  throw new ShapeError(
    `${where}: expected ${counted(given.length, "column")}, one for each list of categories, got ${columns}.`,
  );
}

/** `minFrequency`: a number of cells, or a share of them below 1. */
export function checkFrequency(where: string, value: unknown): number {
  const frequency = checkNumber(where, value, { above: 0 });
  return frequency < 1 ? frequency : checkNumber(where, value, { integer: true });
}

/**
 * Places of the categories that are put together as infrequent: those with fewer cells than `minFrequency`; and, where
 * more than `maxCategories` - 1 are left, all but that many, of equally frequent ones the first (scikit-learn 1.2,
 * `_identify_infrequent`).
 */
export function infrequentPlaces(
  { counts }: Counted,
  minFrequency: number | null,
  maxCategories: number | null,
): number[] {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const least = minFrequency === null ? 0 : minFrequency < 1 ? minFrequency * rows : minFrequency;
  const isRare = counts.map((count) => count < least);
  const frequent = isRare.filter((rare) => !rare).length;
  if (maxCategories !== null && maxCategories < frequent + 1) {
    const byCount = counts.map((_, place) => place).sort((a, b) => counts[a] - counts[b]);
    for (const place of byCount.slice(0, counts.length - maxCategories + 1)) isRare[place] = true;
  }
  return counts.flatMap((_, place) => (isRare[place] ? [place] : []));
}
