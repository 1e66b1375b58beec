/** Warnings about text columns that may have been meant as something else. Knows cells and formats, not files. */

import { show } from "../base/errors.js";
import { looseNumberReader, notationOf } from "../data/looseNumber.js";
import { isCode, type NumberFormat, numberReader } from "../data/numberText.js";
import { plainDigits } from "../data/plainDigits.js";
import { type CsvColumnType, typeOfCell } from "./infer.js";

/** A column of text, and the places of its cells. */
export interface TextColumn {
  readonly name: string;
  readonly cells: readonly (string | null)[];
  /** The line on which each row begins. */
  readonly lines: readonly number[];
}

/** All ways to write numbers. */
const formats: readonly NumberFormat[] = ([".", ","] as const).flatMap((decimal) =>
  ([null, ",", ".", " ", "'"] as const)
    .filter((thousands) => thousands !== decimal)
    .map((thousands) => ({ decimal, thousands })),
);

/** A number with a sign of currency or percent. */
const WITH_UNIT = /^[+-]?(?:\p{Sc}\s?[+-]?\d[\d.,' ]*|\d[\d.,' ]*(?:\p{Sc}|%))$/u;

const words: Record<Exclude<CsvColumnType, "category" | "empty">, string> = {
  number: "numbers",
  boolean: "true or false",
  date: "dates",
};

function count(cells: readonly string[], fits: (cell: string) => boolean): number {
  return cells.reduce((sum, cell) => sum + Number(fits(cell)), 0);
}

/** The options that select this format instead of the other. */
function optionsOf({ decimal, thousands }: NumberFormat, instead: NumberFormat): string[] {
  return [
    ...(decimal === instead.decimal ? [] : [`decimal: ${show(decimal)}`]),
    ...(thousands === instead.thousands ? [] : [`thousands: ${show(thousands)}`]),
  ];
}

/** The options of the formats in which most cells are numbers, and more than in this one. */
function betterFormats(cells: readonly string[], format: NumberFormat, numbers: number): string[] {
  const likely = cells.filter((cell) => /^[+-]?[\d.,]/.test(plainDigits(cell)));
  if (likely.length * 2 < cells.length) return [];
  const found = formats.map((other) => {
    const read = numberReader(other);
    return count(likely, (cell) => read(cell) !== null);
  });
  const most = found.reduce((a, b) => Math.max(a, b));
  if (most <= numbers || most * 2 < cells.length) return [];
  const best = formats.filter((_, i) => found[i] === most);
  const needsNoThousands = ({ decimal }: NumberFormat) =>
    best.some((other) => other.decimal === decimal && other.thousands === null);
  const options = best
    .filter((other) => other.thousands === null || !needsNoThousands(other))
    .map((other) => optionsOf(other, format));
  const isMore = (own: string[]) =>
    options.some((other) => other.length < own.length && other.every((option) => own.includes(option)));
  return options.filter((own) => !isMore(own)).map((own) => own.join(", "));
}

/**
 * A warning about a column that was read as text though at least half of its cells are numbers, booleans or dates, or
 * are numbers in another format. `null` where there is no such doubt.
 */
export function doubtOf({ name, cells, lines }: TextColumn, format: NumberFormat): string | null {
  const where = `column ${show(name)}`;
  const present = cells.filter((cell) => cell !== null);
  const firstOf = (is: (cell: string) => boolean) => {
    const row = cells.findIndex((cell) => cell !== null && is(cell));
    return `line ${lines[row]} holds ${show(cells[row])}`;
  };
  const read = numberReader(format);
  const numbers = count(present, (cell) => read(cell) !== null);
  const better = betterFormats(present, format, numbers);
  if (better.length > 0) {
    const first = firstOf((cell) => read(cell) === null);
    const hint = `Give parseCsv the option ${better.join(", or ")}${better.length > 1 ? ", whichever is meant" : ""}.`;
    return `${where}: the cells look like numbers in another format, ${first}. The column is read as text. ${hint}`;
  }
  if (numbers === present.length) {
    const hint = `If numbers are meant: types: { ${show(name)}: "number" } of fromTable.`;
    return `${where}: ${firstOf((cell) => isCode(read(cell) as string))}, and a number would lose some of its digits. The column is read as text. ${hint}`;
  }
  for (const type of ["number", "boolean", "date"] as const) {
    const isOne = (cell: string) => (type === "number" ? read(cell) !== null : typeOfCell(cell, read) === type);
    const found = count(present, isOne);
    if (found * 2 < present.length) continue;
    const stray = firstOf((cell) => !isOne(cell));
    const hint = "Correct the cell, or add it to the option missing.";
    return `${where}: ${found} of ${present.length} cells are ${words[type]}, but ${stray}. All are read as text. ${hint}`;
  }
  const hasUnit = (cell: string) => WITH_UNIT.test(plainDigits(cell));
  if (count(present, hasUnit) * 2 < present.length) return null;
  // Where all are, readers of tables take them as numbers.
  const found = notationOf(present);
  if (found?.count === present.length) return null;
  const isRead = found && looseNumberReader(found.notation);
  const stray = firstOf((cell) => !isRead?.(cell) && isRead?.(cell) !== 0);
  const hint = "Correct the cell, or add it to the option missing; fromTable and TableModel then read numbers.";
  return `${where}: ${firstOf(hasUnit)}, a number with a sign, but ${stray}. The column is read as text. ${hint}`;
}
