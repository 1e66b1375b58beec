/** One column of a table: what is learned of it, and how its cells become numbers. Knows columns, not tables. */
import { DataError, show } from "../../errors.js";
import { isCategoryList, nearest } from "./labelEncoder.js";
import { learnFill } from "./simpleImputer.js";
import { type Category, checkCategory, distinct, isMissing } from "./table.js";

export const columnTypes = ["number", "category"] as const;
export const missingChoices = ["error", "mean", "median", "mostFrequent"] as const;

/** What a column is read as. */
export type ColumnType = (typeof columnTypes)[number];

/** What is done with missing cells. */
export type MissingChoice = (typeof missingChoices)[number];

/** What of the table's options says how a column is learned. */
export interface LearnOptions {
  readonly types?: Readonly<Record<string, ColumnType>>;
  readonly missing?: MissingChoice;
}

/** More would make x wide for little: such a column names rows rather than classes of rows. */
const MAX_CATEGORIES = 1000;

/** A column as it was learned: its categories, sorted, or `null` for numbers; and what fills in for missing cells. */
export interface LearnedColumn {
  readonly name: string;
  readonly categories: readonly Category[] | null;
  readonly fill: Category | null;
}

interface ReadCells {
  readonly present: readonly Category[];
  readonly isCategory: boolean;
}

export function isLearnedColumn(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { name, categories, fill } = value as Partial<LearnedColumn>;
  const isFill = fill === null || ["string", "boolean"].includes(typeof fill) || Number.isFinite(fill);
  return typeof name === "string" && isFill && (categories === null || isCategoryList(categories));
}

/** Finds the place of a cell among categories; -1 for an unknown one that is to be ignored. */
export function placesOf(
  categories: readonly Category[],
  ignoresUnknown = false,
): (where: string, row: number, cell: unknown) => number {
  const places = new Map<unknown, number>(categories.map((category, place) => [category, place]));
  return (where, row, cell) => {
    const place = places.get(cell);
    if (place !== undefined) return place;
    checkPresent(where, row, cell);
    if (ignoresUnknown) return -1;
    const known = `one of ${categories.length} known categories`;
    throw new DataError(`${where}, row ${row}: expected ${known}, got ${show(cell)}.${nearest(cell, categories)}`);
  };
}

function checkPresent(where: string, row: number, cell: unknown): void {
  if (!isMissing(cell)) return;
  const hint = 'Drop the row, or fill in features: missing: "mean".';
  throw new DataError(`${where}, row ${row}: expected a value, got ${show(cell)}. ${hint}`);
}

export function checkNumberCell(where: string, row: number, cell: unknown): number {
  if (typeof cell === "number" && Number.isFinite(cell)) return cell;
  if (typeof cell === "boolean") return Number(cell);
  checkPresent(where, row, cell);
  const hint = 'Make it a number, or read the column as types: "category".';
  throw new DataError(`${where}, row ${row}: expected a number, got ${show(cell)}. ${hint}`);
}

/** The cells of a column that are there: all numbers, or all of one type. @throws DataError when none is. */
function presentCells(where: string, cells: ArrayLike<unknown>, asCategory: (first: unknown) => boolean): ReadCells {
  const first = Array.prototype.findIndex.call(cells, (cell) => !isMissing(cell));
  if (first < 0)
    throw new DataError(`${where}: expected at least one value, got none. Leave the column out: features.`);
  const type = typeof cells[first];
  const isCategory = asCategory(cells[first]);
  const present: Category[] = [];
  for (let row = first; row < cells.length; row++) {
    const cell = cells[row];
    if (isMissing(cell)) continue;
    if (isCategory && typeof cell !== type) {
      throw new DataError(
        `${where}, row ${row}: expected a ${type} as in row ${first}, got ${show(cell)}. Use one type.`,
      );
    }
    present.push(isCategory ? checkCategory(`${where}, row ${row}`, cell) : checkNumberCell(where, row, cell));
  }
  return { present, isCategory };
}

/** @throws DataError for so many different cells that they name rows. */
function categoriesOf(where: string, cells: readonly Category[]): Category[] {
  const categories = distinct(where, cells);
  if (categories.length <= MAX_CATEGORIES) return categories;
  const got = `got ${categories.length} different values`;
  throw new DataError(
    `${where}: expected at most ${MAX_CATEGORIES} categories, ${got}. Leave the column out: features.`,
  );
}

export function learnFeature(
  where: string,
  cells: ArrayLike<unknown>,
  name: string,
  options: LearnOptions,
): LearnedColumn {
  const { missing = "error", types } = options;
  const type = types?.[name];
  const { present, isCategory } = presentCells(where, cells, (first) =>
    type === undefined ? typeof first === "string" : type === "category",
  );
  const categories = isCategory ? categoriesOf(where, present) : null;
  const fill = missing === "error" ? null : learnFill[isCategory ? "mostFrequent" : missing](where, present);
  return { name, categories, fill };
}

export function learnTarget(
  where: string,
  cells: ArrayLike<unknown>,
  name: string,
  options: LearnOptions,
): LearnedColumn {
  const type = options.types?.[name];
  const { present, isCategory } = presentCells(where, cells, (first) =>
    type === undefined ? typeof first !== "number" : type === "category",
  );
  return { name, categories: isCategory ? categoriesOf(where, present) : null, fill: null };
}
