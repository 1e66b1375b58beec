/** Cells of one column of a table, as it is learned and read. Knows cells, not what becomes of them. */
import { DataError, show } from "../../base/errors.js";
import type { OnWarning } from "../onWarning.js";
import { isMissing } from "../preprocess/table.js";

/** A column to learn from. */
export interface ColumnCells {
  /** Says which column, in messages. */
  readonly where: string;
  readonly name: string;
  readonly isTarget: boolean;
  readonly cells: ArrayLike<unknown>;
  /** Places of the cells that count. */
  readonly rows: ArrayLike<number>;
}

/** Options of a reader, in addition to the column. */
export interface ReaderOptions {
  readonly isTarget: boolean;
  readonly ignoresUnknown: boolean;
  /** True if a cell that its column cannot read counts as missing. */
  readonly ignoresInvalid: boolean;
  readonly onWarning: OnWarning;
}

/** Writes the numbers of a cell into `out`, which holds zeros, from place `at`. */
export type CellWriter = (row: number, cell: unknown, out: Float64Array, at: number) => void;

/** @throws DataError for a cell that is missing. */
export function checkPresent(where: string, row: number, cell: unknown, isTarget: boolean): void {
  if (!isMissing(cell)) return;
  const hint = isTarget
    ? 'It is the target; leave such rows out, as tableEncoder does with missingTarget: "drop".'
    : 'Drop the row, or fit with a filling: missing: "mean".';
  throw new DataError(`${where}, row ${row}: expected a value, got ${show(cell)}. ${hint}`);
}

/** The row of the first cell that is there. @throws DataError when none is. */
export function firstPresent({ where, cells, rows, isTarget }: ColumnCells): number {
  for (let i = 0; i < rows.length; i++) if (!isMissing(cells[rows[i]])) return rows[i];
  const hint = isTarget ? "Choose another target." : "Leave the column out: exclude.";
  throw new DataError(`${where}: expected at least one value, got none. ${hint}`);
}

/** The cells that are there. */
export function presentCells({ cells, rows }: ColumnCells): unknown[] {
  return Array.from(rows, (row) => cells[row]).filter((cell) => !isMissing(cell));
}

/**
 * Makes a function that takes cells a column cannot read: it warns once for each different text, and says that the
 * cell is missing, and the reason, if there is more to say.
 */
export function invalidCells(
  where: string,
  onWarning: OnWarning,
): (row: number, cell: unknown, reason?: string) => void {
  const told = new Set<unknown>();
  return (row, cell, reason) => {
    if (told.has(cell) || told.size >= MOST_TOLD) return;
    told.add(cell);
    const rest = told.size === MOST_TOLD ? " Further ones are not reported." : "";
    onWarning(
      `${where}, row ${row}: ${show(cell)} cannot be read, and counts as missing${reason ? `: ${reason}` : ""}.${rest}`,
    );
  };
}

const MOST_TOLD = 10;
