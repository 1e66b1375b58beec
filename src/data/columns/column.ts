/** One column of a table: what it is read as, what is learned of it, and how its cells become numbers. */
import { DataError, show } from "../../base/errors.js";
import { CLOCK_UNIT, type NumberNotation, notationOf } from "../looseNumber.js";
import { type DecimalSign, isCode, numberReader, PLAIN } from "../numberText.js";
import type { OnWarning } from "../onWarning.js";
import { plainDigits } from "../plainDigits.js";
import { learnFill } from "../preprocess/simpleImputer.js";
import { type BooleanColumn, bitOf, booleanWriter, isBooleanColumn, wordsOf } from "./boolean.js";
import {
  type CategoryColumn,
  categoryWriter,
  isCategoryColumn,
  learnCategories,
  placeOfCell,
  presentCategories,
} from "./category.js";
import { type CellWriter, type ColumnCells, firstPresent, presentCells, type ReaderOptions } from "./cells.js";
import { type DateColumn, type DatePart, dateEndings, dateWriter, isDateColumn, orderOf, presentDays } from "./date.js";
import { type HashedColumn, hashedEndings, hashedWriter, isHashedColumn } from "./hashed.js";
import {
  isNumberColumn,
  isNumberText,
  type NumberColumn,
  numberOfCell,
  numberWriter,
  presentNumbers,
  warnOfRounding,
} from "./number.js";

export const columnTypes = ["number", "category", "boolean", "date", "hash", "text", "ignore"] as const;
export const missingChoices = ["error", "mean", "median", "mostFrequent"] as const;

/** The type that a column is read as. */
export type ColumnType = (typeof columnTypes)[number];

/** The treatment of missing cells. */
export type MissingChoice = (typeof missingChoices)[number];

/** A column as it was learned. */
export type LearnedColumn = NumberColumn | CategoryColumn | BooleanColumn | DateColumn | HashedColumn;

/** Options for learning columns. */
export interface Learning {
  readonly missing: MissingChoice;
  readonly ignoresInvalid: boolean;
  readonly dates: readonly DatePart[];
  readonly dateOrder: "dmy" | "mdy" | null;
  readonly maxCategories: number | null;
  readonly hashPlaces: number;
  /** The decimal sign of text that can be read with either, such as 1.200. */
  readonly decimal: DecimalSign;
  readonly onWarning: OnWarning;
}

const KEYS: Readonly<Record<ReadType, readonly string[]>> = {
  number: ["fromText", "notation"],
  category: ["other"],
  boolean: ["kind", "words"],
  date: ["kind", "order", "parts"],
  hash: ["kind", "places"],
  text: ["kind", "places"],
};

/** True for a column as it was learned, from JSON. */
export function isLearnedColumn(value: unknown): value is LearnedColumn {
  if (typeof value !== "object" || value === null || typeof (value as LearnedColumn).name !== "string") return false;
  const { kind, categories } = value as { kind?: unknown; categories?: unknown };
  const checks: readonly [ReadType, boolean][] = [
    ["number", kind === undefined && isNumberColumn(value)],
    ["category", kind === undefined && categories !== null && isCategoryColumn(value)],
    ["boolean", kind === "boolean" && isBooleanColumn(value)],
    ["date", kind === "date" && isDateColumn(value)],
    ["hash", kind === "hash" && isHashedColumn(value)],
    ["text", kind === "text" && isHashedColumn(value)],
  ];
  const type = checks.find(([, is]) => is)?.[0];
  if (type === undefined) return false;
  const known = ["name", "categories", "fill", ...KEYS[type]];
  return Object.keys(value).every((key) => known.includes(key));
}

/** The type that a learned column has. */
export function typeOf(column: LearnedColumn): ReadType {
  return "kind" in column ? column.kind : column.categories ? "category" : "number";
}

/** Names of the columns of x that a column becomes. */
export function outputsOf(column: LearnedColumn): string[] {
  const { name } = column;
  if (column.categories) {
    const shared = column.other ? [`${name}_other`] : [];
    return [...column.categories.map((category) => `${name}_${category}`), ...shared];
  }
  if (!("kind" in column) || column.kind === "boolean") return [name];
  const endings = column.kind === "date" ? dateEndings(column.parts) : hashedEndings(column);
  return endings.map((ending) => `${name}${ending}`);
}

/** Makes a function that writes the numbers of a cell. */
export function writerOf(where: string, column: LearnedColumn, options: ReaderOptions): CellWriter {
  if (column.categories) return categoryWriter(where, column, options);
  if (!("kind" in column)) return numberWriter(where, column, options);
  if (column.kind === "boolean") return booleanWriter(where, column, options);
  return column.kind === "date" ? dateWriter(where, column, options) : hashedWriter(where, column);
}

/** Makes a function that returns the number of a target's cell, or the place of its class. */
export function targetReader(
  where: string,
  column: LearnedColumn,
  options: ReaderOptions,
): (row: number, cell: unknown) => number {
  if (column.categories) return placeOfCell(where, column, options);
  if (!("kind" in column)) return numberOfCell(where, column, options);
  const hint = 'Read it as types: "number" or "category".';
  throw new DataError(`${where}: expected numbers or classes as target, got ${column.kind}s. ${hint}`);
}

/** A column of text is read as numbers although some cells are none, where this share of the cells is. */
const MOSTLY = 0.9;

type ReadType = Exclude<ColumnType, "ignore">;

/**
 * The type of text: booleans, dates, numbers, or categories. Digits that a number would lose make a category. Where
 * cells that cannot be read are ignored, numbers beside text that is a number are numbers.
 */
function typeOfText(present: readonly unknown[], ignoresInvalid: boolean): ReadType {
  if (wordsOf(present)) return "boolean";
  if (orderOf(present)) return "date";
  const texts = present.filter((cell) => typeof cell === "string");
  const numbers = present.filter((cell) => typeof cell === "number").length;
  const mayBeNumbers = texts.length + (ignoresInvalid ? numbers : 0) === present.length;
  const found = mayBeNumbers ? notationOf(texts) : null;
  const count = found?.count ?? 0;
  const isEnough = count === texts.length || (ignoresInvalid && count + numbers >= MOSTLY * present.length);
  const mayBeCode = found?.notation.unit !== CLOCK_UNIT;
  const isOne = (text: string) => mayBeCode && isCode(plainDigits(text.trim()));
  return count > 0 && isEnough && !texts.some(isOne) ? "number" : "category";
}

/** True if some cells are text that is a number, and loses nothing by being one. */
function hasNumberText(column: ColumnCells): boolean {
  const texts = presentCells(column).filter((cell) => typeof cell === "string");
  return texts.length > 0 && notationOf(texts) !== null && !texts.some((text) => isCode(plainDigits(text.trim())));
}

function chooseType(column: ColumnCells, first: number, told: ColumnType | undefined, learning: Learning): ReadType {
  const cell = column.cells[first];
  if (told !== undefined && told !== "ignore") return told;
  if (column.isTarget) return typeof cell === "number" ? "number" : "category";
  if (typeof cell === "number" || typeof cell === "boolean") return "number";
  return typeOfText(presentCells(column), learning.ignoresInvalid);
}

/** The notation of text among the cells, where it is not JavaScript's own. */
function unusualNotation(present: readonly unknown[], preferred: DecimalSign): NumberNotation | undefined {
  const texts = present.filter((cell) => typeof cell === "string");
  const read = numberReader(PLAIN);
  const isPlain = (text: string) => read(text.trim()) === text.trim();
  const arePlain = preferred === "." && texts.every((text) => isPlain(text) && isNumberText(text));
  const found = arePlain ? null : notationOf(texts, preferred);
  if (!found) return undefined;
  const { decimal, thousands, unit } = found.notation;
  if (decimal !== "." || thousands !== null || unit !== "") return found.notation;
  // A minus may still be one of print, or brackets, and digits may be those of another script.
  return texts.filter(isPlain).length === found.count ? undefined : found.notation;
}

/** @param isText Read text that is a number as one. */
export function learnNumbers(
  column: ColumnCells,
  {
    missing,
    ignoresInvalid,
    decimal,
    onWarning,
  }: Pick<Learning, "missing" | "ignoresInvalid" | "decimal" | "onWarning">,
  isText: boolean,
): NumberColumn {
  const { where, name, isTarget } = column;
  const notation = isText ? unusualNotation(presentCells(column), decimal) : undefined;
  const reading = { ...(isText && { fromText: true as const }), ...(notation && { notation }) };
  const present = presentNumbers(column, reading, ignoresInvalid, onWarning);
  if (present.length === 0)
    throw new DataError(`${where}: expected at least one number, got none. Leave it out: exclude.`);
  if (isText) warnOfRounding(column, onWarning);
  const fill = isTarget || missing === "error" ? null : (learnFill[missing](where, present) as number);
  return { name, categories: null, fill, ...reading };
}

function learnBooleans(column: ColumnCells, { missing }: Learning): BooleanColumn {
  const { where, name, cells, rows } = column;
  const present = presentCells(column);
  const words = wordsOf(present) ?? (["false", "true"] as const);
  const bits = present.map((cell, i) => {
    const bit = bitOf(cell, words);
    if (bit !== null) return bit;
    const row = Array.from(rows).find((place) => cells[place] === present[i]);
    const hint = 'Correct it, or read the column as types: "category".';
    throw new DataError(`${where}, row ${row}: expected yes or no, true or false, got ${show(cell)}. ${hint}`);
  });
  const fill = missing === "error" ? null : (learnFill.mostFrequent(where, bits) as 0 | 1);
  return { name, kind: "boolean", categories: null, words, fill };
}

function learnDates(column: ColumnCells, { missing, dates, dateOrder, onWarning }: Learning): DateColumn {
  const { where, name, cells, rows } = column;
  const present = presentCells(column);
  const found = orderOf(present);
  if (found?.isAmbiguous && dateOrder === null) {
    const hint = 'They are read as day, month, year. If the month comes first: dateOrder: "mdy"';
    onWarning(`${where}: dates such as ${show(present[0])} can be read in two ways. ${hint}.`);
  }
  const order = dateOrder ?? found?.order ?? "dmy";
  const days = presentDays(present, order);
  if (days.length < present.length) {
    const reader = dateWriter(
      where,
      { name, kind: "date", categories: null, order, parts: ["days"], fill: null },
      STRICT,
    );
    for (let i = 0; i < rows.length; i++) {
      if (cells[rows[i]] !== null && cells[rows[i]] !== undefined)
        reader(rows[i], cells[rows[i]], new Float64Array(1), 0);
    }
  }
  const fill = missing === "error" ? null : (learnFill[missing](where, days) as number);
  return { name, kind: "date", categories: null, order, parts: [...dates], fill };
}

const STRICT: ReaderOptions = { isTarget: false, ignoresUnknown: false, ignoresInvalid: false, onWarning: () => {} };

/**
 * Learns a column. A column of features is read as its cells look, unless `told` says otherwise: numbers and booleans
 * as numbers, text as booleans, dates, numbers or categories. A target of text or booleans is a category.
 */
export function learnColumn(column: ColumnCells, told: ColumnType | undefined, learning: Learning): LearnedColumn {
  const { where, name, cells, isTarget } = column;
  const first = firstPresent(column);
  const type = chooseType(column, first, told, learning);
  if (isTarget && type !== "number" && type !== "category") {
    const hint = 'Read it as types: "number" or "category".';
    throw new DataError(`${where}: expected numbers or classes as target, not ${type}s. ${hint}`);
  }
  if (type === "number") {
    const hasText = typeof cells[first] === "string" || (learning.ignoresInvalid && hasNumberText(column));
    return learnNumbers(column, learning, told === "number" || hasText);
  }
  if (type === "boolean") return learnBooleans(column, learning);
  if (type === "date") return learnDates(column, learning);
  if (type === "hash" || type === "text") {
    return { name, kind: type, categories: null, places: learning.hashPlaces, fill: null };
  }
  const present = presentCategories(column, first);
  const limit = { most: learning.maxCategories, isTold: told !== undefined };
  const learned = learnCategories(column, present, limit, learning.onWarning);
  const fills = !isTarget && learning.missing !== "error";
  return { name, fill: fills ? learnFill.mostFrequent(where, present) : null, ...learned };
}
