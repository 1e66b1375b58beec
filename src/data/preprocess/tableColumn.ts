/** One column of a table: what is learned of it, and how its cells become numbers. Knows columns, not tables. */
import { DataError, show } from "../../base/errors.js";
import { isCode, isRounded, numberReader, PLAIN } from "../numberText.js";
import type { OnWarning } from "../onWarning.js";
import { isCategoryList, nearest } from "./labelEncoder.js";
import { learnFill } from "./simpleImputer.js";
import { type Category, checkCategory, distinct, isMissing } from "./table.js";

export const columnTypes = ["number", "category"] as const;
export const missingChoices = ["error", "mean", "median", "mostFrequent"] as const;

/** What a column is read as. */
export type ColumnType = (typeof columnTypes)[number];

/** What is done with missing cells. */
export type MissingChoice = (typeof missingChoices)[number];

/** More would make x wide for little: such a column names rows rather than classes of rows. */
const MAX_CATEGORIES = 1000;

/** A column as it was learned: its categories, sorted, or `null` for numbers; and what fills in for missing cells. */
export interface LearnedColumn {
  readonly name: string;
  readonly categories: readonly Category[] | null;
  readonly fill: Category | null;
  /** Present where `types` says "number": text that is a number is read as one. */
  readonly fromText?: true;
}

/** A column to learn from. */
export interface ColumnCells {
  /** Says which column, in messages. */
  readonly where: string;
  readonly name: string;
  readonly isTarget: boolean;
  readonly cells: ArrayLike<unknown>;
  /** Places of the cells that count. */
  readonly rows: ArrayLike<number>;
  /** What the caller says it is. */
  readonly type: ColumnType | undefined;
}

export function isLearnedColumn(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { name, categories, fill, fromText } = value as Partial<LearnedColumn>;
  const isFill = fill === null || ["string", "boolean"].includes(typeof fill) || Number.isFinite(fill);
  const isFlag = fromText === undefined || fromText === true;
  return typeof name === "string" && isFill && isFlag && (categories === null || isCategoryList(categories));
}

const readPlain = numberReader(PLAIN);

function checkPresent(where: string, row: number, cell: unknown, isTarget: boolean): void {
  if (!isMissing(cell)) return;
  const hint = isTarget
    ? 'It is the target; leave such rows out: missingTarget: "drop".'
    : 'Drop the row, or fit with a filling: missing: "mean".';
  throw new DataError(`${where}, row ${row}: expected a value, got ${show(cell)}. ${hint}`);
}

/** @throws DataError for anything but a number in the range of float32, or text that is one where that is allowed. */
function numberOf(
  { where, isTarget }: Pick<ColumnCells, "where" | "isTarget">,
  row: number,
  cell: unknown,
  fromText: boolean,
): number {
  if (typeof cell === "number" && Number.isFinite(Math.fround(cell))) return cell;
  const text = typeof cell === "string" ? readPlain(cell.trim()) : null;
  const number = typeof cell === "boolean" || (fromText && text !== null) ? Number(text ?? cell) : cell;
  if (typeof number === "number" && Number.isFinite(Math.fround(number))) return number;
  checkPresent(where, row, cell, isTarget);
  if (typeof number === "number" && Number.isFinite(number)) {
    throw new DataError(`${where}, row ${row}: expected a number that float32 holds, up to 3.4e38, got ${show(cell)}.`);
  }
  const isBlank = typeof cell === "string" && cell.trim() === "";
  const hint =
    fromText || isBlank
      ? "Correct it; null says that a value is missing."
      : text === null
        ? 'Make it a number, or read the column as types: "category".'
        : 'Make it a number, or fit with types: "number", which reads such text.';
  throw new DataError(`${where}, row ${row}: expected a number, got ${show(cell)}. ${hint}`);
}

/** What a reader needs to know beside the column. */
export interface ReaderOptions {
  readonly isTarget: boolean;
  readonly ignoresUnknown: boolean;
  readonly onWarning: OnWarning;
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

/**
 * Makes a function that returns the number of a cell, or the place of its category; -1 for an unknown category that is
 * to be ignored. It fills in what is missing.
 */
export function cellReader(
  where: string,
  { categories, fill, fromText }: LearnedColumn,
  { isTarget, ignoresUnknown, onWarning }: ReaderOptions,
): (row: number, cell: unknown) => number {
  const filled = (cell: unknown) => (fill !== null && isMissing(cell) ? fill : cell);
  if (categories === null) return (row, cell) => numberOf({ where, isTarget }, row, filled(cell), fromText === true);
  const places = new Map<unknown, number>(categories.map((category, place) => [category, place]));
  let warn: ReturnType<typeof nearMisses> | null = null;
  return (row, cell) => {
    const place = places.get(filled(cell));
    if (place !== undefined) return place;
    checkPresent(where, row, cell, isTarget);
    if (ignoresUnknown) {
      warn ??= nearMisses(where, categories, onWarning);
      warn(row, cell);
      return -1;
    }
    const known = `one of ${categories.length} known categories`;
    throw new DataError(`${where}, row ${row}: expected ${known}, got ${show(cell)}.${nearest(cell, categories)}`);
  };
}

/** The place of the first cell that is there. @throws DataError when none is. */
function firstPresent({ where, cells, rows, isTarget }: ColumnCells): number {
  for (let i = 0; i < rows.length; i++) if (!isMissing(cells[rows[i]])) return rows[i];
  const hint = isTarget ? "Choose another target." : "Leave the column out: features.";
  throw new DataError(`${where}: expected at least one value, got none. ${hint}`);
}

/** The cells of a column that are there: all numbers, or all of one type. */
function presentCells(column: ColumnCells, first: number, isCategory: boolean): Category[] {
  const { where, cells, rows, type, name } = column;
  const expected = typeof cells[first];
  const present: Category[] = [];
  for (let i = 0; i < rows.length; i++) {
    const [row, cell] = [rows[i], cells[rows[i]]];
    if (isMissing(cell)) continue;
    if (isCategory && typeof cell !== expected) {
      const remedy = typeof cell === "number" ? `, or read numbers: types: { ${show(name)}: "number" }` : "";
      const got = `expected a ${expected} as in row ${first}, got ${show(cell)}`;
      throw new DataError(`${where}, row ${row}: ${got}. Use one type${remedy}.`);
    }
    present.push(
      isCategory ? checkCategory(`${where}, row ${row}`, cell) : numberOf(column, row, cell, type === "number"),
    );
  }
  return present;
}

/** Says how many categories are text that is a number, where at least half are and nobody said what they are; or "". */
function doubtOf({ cells, rows, type, name }: ColumnCells, categories: readonly Category[]): string {
  const isNumber = (cell: unknown) => {
    const plain = typeof cell === "string" ? readPlain(cell.trim()) : null;
    return plain !== null && !isCode(plain);
  };
  const found = categories.filter(isNumber).length;
  if (type !== undefined || found === 0 || found * 2 < categories.length) return "";
  const stray = Array.from(rows).find((row) => !isMissing(cells[row]) && !isNumber(cells[row]));
  const but = stray === undefined ? "" : `, but row ${stray} holds ${show(cells[stray])}`;
  const remedy = `Say which they are: types: { ${show(name)}: "number" } or "category"`;
  const fill = stray === undefined ? "" : ", with null for a missing number";
  return `${found} of ${categories.length} different cells are text that is a number${but}. ${remedy}${fill}.`;
}

/** @throws DataError for more different cells than categories may have: they seem to name the rows. */
function categoriesOf(column: ColumnCells, present: readonly Category[], onWarning: OnWarning): Category[] {
  const { where } = column;
  const categories = distinct(where, present);
  const doubt = doubtOf(column, categories);
  if (categories.length > MAX_CATEGORIES) {
    const got = `expected at most ${MAX_CATEGORIES} categories, got ${categories.length} different values`;
    throw new DataError(`${where}: ${got}. ${doubt || "Leave the column out: features."}`);
  }
  if (doubt) onWarning(`${where}, read as categories: ${doubt}`);
  return categories;
}

/** Warns of text whose digits a number does not hold. */
function warnOfRounding({ where, cells, rows }: ColumnCells, onWarning: OnWarning): void {
  const isBad = (cell: unknown) => typeof cell === "string" && isRounded(readPlain(cell.trim()) ?? "");
  const row = Array.from(rows).find((place) => isBad(cells[place]));
  if (row === undefined) return;
  const got = `${show(cells[row])} is rounded to ${Number(cells[row])}`;
  onWarning(`${where}, row ${row}: ${got}. Different cells may become one; to keep them apart: types: "category".`);
}

/** A column of features: text is a category, numbers and booleans are numbers, unless its type says otherwise. A target of booleans is a category. */
export function learnColumn(column: ColumnCells, missing: MissingChoice, onWarning: OnWarning): LearnedColumn {
  const { where, name, type, cells, isTarget } = column;
  const first = firstPresent(column);
  const isText = isTarget ? typeof cells[first] !== "number" : typeof cells[first] === "string";
  const isCategory = type === undefined ? isText : type === "category";
  const present = presentCells(column, first, isCategory);
  if (type === "number") warnOfRounding(column, onWarning);
  const categories = isCategory ? categoriesOf(column, present, onWarning) : null;
  const fill =
    isTarget || missing === "error" ? null : learnFill[isCategory ? "mostFrequent" : missing](where, present);
  return { name, categories, fill, ...(type === "number" && { fromText: true as const }) };
}
