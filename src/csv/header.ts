/** Column names: those of the file, made distinct, or those of the caller. Knows cells, not files. */

import { show } from "../base/errors.js";
import { distinctNames } from "../data/distinctNames.js";
import { type CsvColumnType, typeOfCell } from "./infer.js";

/** Most names that a warning lists; the rest are only counted. */
const SHOWN = 5;

/** Distinct names for a header, and any changes made: `column_3` for a third column without a name. */
export function namesOf(header: readonly string[]): { names: readonly string[]; changes: string } {
  const present = new Set(header);
  const invented = (column: number) => {
    let name = `column_${column + 1}`;
    while (present.has(name)) name += "_";
    return name;
  };
  const names = distinctNames(header.map((name, column) => name || invented(column)));
  const changed = names.flatMap((name, column) => {
    const was = header[column];
    if (name === was) return [];
    const why = was === "" ? "it has no name" : `${show(was)} is there twice`;
    return [`column ${column + 1} is called ${show(name)}, for ${why}`];
  });
  const more = changed.length > SHOWN ? ` and ${changed.length - SHOWN} more` : "";
  return { names, changes: changed.slice(0, SHOWN).join("; ") + more };
}

/** The type of all cells except the first; `category` where they differ or are text. */
function typeOfRest(cells: readonly (string | null)[], typeOf: (cell: string) => CsvColumnType): CsvColumnType {
  let common: CsvColumnType | null = null;
  for (let row = 1; row < cells.length; row++) {
    const cell = cells[row];
    if (cell === null) continue;
    const type = typeOf(cell);
    if (type === "category" || (common !== null && type !== common)) return "category";
    common = type;
  }
  return common ?? "empty";
}

/**
 * Tells whether the first row is a header that the caller's names replace: `"same"` if it holds those names, `"other"`
 * if it holds nothing but text, in columns of which at least one holds no text below.
 */
export function headerIn(
  cells: readonly (readonly (string | null)[])[],
  names: readonly string[],
  readNumber: (text: string) => string | null,
): "same" | "other" | null {
  const first = cells.map(([cell]) => cell);
  if (first.every((cell) => cell === null)) return null;
  const isSame = (cell: string | null, column: number) =>
    cell === null || cell.toLowerCase() === names[column].toLowerCase();
  if (first.every(isSame)) return "same";
  const typeOf = (cell: string) => typeOfCell(cell, readNumber);
  if (!first.every((cell) => cell === null || typeOf(cell) === "category")) return null;
  const isHeading = (own: readonly (string | null)[]) =>
    own[0] !== null && !["category", "empty"].includes(typeOfRest(own, typeOf));
  return cells.some(isHeading) ? "other" : null;
}

/**
 * Tells whether names look like a row of data: those of all columns of numbers are numbers. Whole numbers at equal
 * distances, as places and years are, may be names.
 */
export function namesAreCells(
  columns: readonly { readonly name: string; readonly type: CsvColumnType }[],
  readNumber: (text: string) => string | null,
): boolean {
  // A number that is there twice has become 1.4_2.
  const texts = columns.flatMap(({ name, type }) => (type === "number" ? [readNumber(name.replace(/_\d+$/, ""))] : []));
  if (texts.length === 0 || texts.includes(null)) return false;
  const numbers = texts.map(Number);
  const areEven = numbers.every((number, i) => i < 2 || number - numbers[i - 1] === numbers[1] - numbers[0]);
  return !(areEven && numbers.every(Number.isInteger));
}
