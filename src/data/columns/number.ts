/** A column of numbers: as they are, or as text. */
import { DataError, show } from "../../base/errors.js";
import { looseNumberReader, type NumberNotation } from "../looseNumber.js";
import { isCode, isRounded, numberReader, PLAIN } from "../numberText.js";
import type { OnWarning } from "../onWarning.js";
import { isMissing } from "../preprocess/table.js";
import { type CellWriter, type ColumnCells, checkPresent, invalidCells, type ReaderOptions } from "./cells.js";

/** A column of numbers, as it was learned. */
export interface NumberColumn {
  readonly name: string;
  readonly categories: null;
  readonly fill: number | null;
  /** Present where text that is a number is read as one. */
  readonly fromText?: true;
  /** The notation of such text, if it is not that of JavaScript. */
  readonly notation?: NumberNotation;
}

const readPlain = numberReader(PLAIN);

/** The number that a cell holds, before its range is checked; `null` where it holds none. */
type ReadNumber = (cell: unknown) => number | null;

function readerOf({ fromText, notation }: Pick<NumberColumn, "fromText" | "notation">): ReadNumber {
  const loose = notation && looseNumberReader(notation);
  const ofText = loose ?? numberOfText;
  return (cell) => {
    if (typeof cell === "number") return Number.isNaN(cell) ? null : cell;
    if (typeof cell === "boolean") return Number(cell);
    return fromText && typeof cell === "string" ? ofText(cell) : null;
  };
}

/** Why a cell that is a number is none here. */
const LIMIT = "a number that float32 holds, up to 3.4e38";
const isBeyond = (number: number | null): number is number => number !== null && Number.isFinite(number);
const reasonFor = (number: number | null) => (isBeyond(number) ? `it is not ${LIMIT}` : "");

const fits = (number: number | null): number is number => number !== null && Number.isFinite(Math.fround(number));

function refuse(where: string, row: number, cell: unknown, number: number | null, fromText: boolean): never {
  if (isBeyond(number)) {
    throw new DataError(`${where}, row ${row}: expected ${LIMIT}, got ${show(cell)}. Write it in a larger unit.`);
  }
  const isBlank = typeof cell === "string" && cell.trim() === "";
  const isNumber = typeof cell === "string" && readPlain(cell.trim()) !== null;
  const hint =
    fromText || isBlank
      ? "Correct it; null says that a value is missing."
      : isNumber
        ? 'Make it a number, or fit with types: "number", which reads such text.'
        : 'Make it a number, or read the column as types: "category".';
  throw new DataError(`${where}, row ${row}: expected a number, got ${show(cell)}. ${hint}`);
}

/** Makes a function that returns the number of a cell; of a filling for one that is missing. */
export function numberOfCell(
  where: string,
  column: NumberColumn,
  { isTarget, ignoresInvalid, onWarning }: ReaderOptions,
): (row: number, cell: unknown) => number {
  const { fill } = column;
  const fromText = column.fromText === true;
  const read = readerOf(column);
  const tell = invalidCells(where, onWarning);
  return (row, cell) => {
    const number = read(cell);
    if (fits(number)) return number;
    if (isMissing(cell) && fill !== null) return fill;
    checkPresent(where, row, cell, isTarget);
    if (!ignoresInvalid || fill === null) refuse(where, row, cell, number, fromText);
    tell(row, cell, reasonFor(number));
    return fill;
  };
}

export function numberWriter(where: string, column: NumberColumn, options: ReaderOptions): CellWriter {
  const numberOf = numberOfCell(where, column, options);
  return (row, cell, out, at) => {
    out[at] = numberOf(row, cell);
  };
}

/** The numbers that are there. @throws DataError for other cells, unless they count as missing. */
export function presentNumbers(
  { where, cells, rows, isTarget }: ColumnCells,
  column: Pick<NumberColumn, "fromText" | "notation">,
  ignoresInvalid: boolean,
  onWarning: OnWarning,
): number[] {
  const read = readerOf(column);
  const tell = invalidCells(where, onWarning);
  const present: number[] = [];
  for (let i = 0; i < rows.length; i++) {
    const [row, cell] = [rows[i], cells[rows[i]]];
    if (isMissing(cell)) continue;
    const number = read(cell);
    if (fits(number)) present.push(number);
    else if (ignoresInvalid && !isTarget) tell(row, cell, reasonFor(number));
    else refuse(where, row, cell, number, column.fromText === true);
  }
  return present;
}

/** Warns of text whose digits a number does not hold. */
export function warnOfRounding({ where, cells, rows }: ColumnCells, onWarning: OnWarning): void {
  const isBad = (cell: unknown) => typeof cell === "string" && isRounded(readPlain(cell.trim()) ?? "");
  const row = Array.from(rows).find((place) => isBad(cells[place]));
  if (row === undefined) return;
  const got = `${show(cells[row])} is rounded to ${Number(readPlain(String(cells[row]).trim()))}`;
  onWarning(`${where}, row ${row}: ${got}. Different cells may become one; to keep them apart: types: "category".`);
}

/** The number that text says, with blanks around it; `null` for other text, such as 0x10. */
export function numberOfText(text: string): number | null {
  const plain = readPlain(text.trim());
  return plain === null ? null : Number(plain);
}

/** True for text that is a number and loses nothing by being one. */
export function isNumberText(cell: unknown): boolean {
  const plain = typeof cell === "string" ? readPlain(cell.trim()) : null;
  return plain !== null && !isCode(plain);
}

export function isNumberColumn({ categories, fill, fromText, notation }: Partial<NumberColumn>): boolean {
  const isFill = fill === null || Number.isFinite(fill);
  return categories === null && isFill && (fromText === undefined || fromText === true) && isNotation(notation);
}

function isNotation(notation: unknown): boolean {
  if (notation === undefined) return true;
  if (typeof notation !== "object" || notation === null) return false;
  const { decimal, thousands, unit } = notation as Partial<NumberNotation>;
  const isSign = (sign: unknown, signs: string) =>
    typeof sign === "string" && sign.length === 1 && signs.includes(sign);
  return isSign(decimal, ".,") && (thousands === null || isSign(thousands, ",. '")) && typeof unit === "string";
}
