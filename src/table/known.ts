/** Rows whose target is known, as numbers: what a model is scored with. Knows tables, not networks. */
import { DataError, show } from "../base/errors.js";
import { type LearnedColumn, targetReader } from "../data/columns/column.js";
import { type Category, isMissing } from "../data/preprocess/table.js";
import { checkColumn } from "../data/preprocess/tableSource.js";
import type { TableFacts } from "./file.js";
import { scaled } from "./predictor.js";
import { RowReader, textAsTyped } from "./rows.js";
import { batchesOf, objectsOf, type TableInput } from "./source.js";

/** Facts about columns and classes. */
export type Known = Pick<TableFacts, "target" | "features" | "classes" | "center" | "scale" | "ignored">;

/** Some rows as a network takes them, with their targets. */
export interface KnownRows {
  readonly x: Float32Array<ArrayBuffer>;
  /** Class numbers, or numbers. */
  readonly y: readonly number[];
  /** Numbers of the rows in their table. */
  readonly rows: readonly number[];
  /** Rows without a target that are left out. */
  readonly skipped: number;
}

/** Rows that are encoded at once. */
const BATCH = 8192;

/** Makes a function that gives the class number or the number of a cell. @throws DataError for a class that is not known */
function codeReader(where: string, target: LearnedColumn, classes: readonly Category[] | null) {
  const options = { isTarget: true, ignoresUnknown: false, ignoresInvalid: false, onWarning: () => {} };
  const column = classes ? { name: target.name, categories: classes, fill: null } : target;
  const read = targetReader(`${where}: column ${show(target.name)}`, column, options);
  return (row: number, cell: unknown): number => read(row, textAsTyped(column, cell));
}

/**
 * The rows of a table of any size, some thousands at a time.
 * @param skips Leave out rows without a target, instead of an error.
 * @throws DataError, OptionError
 */
export async function* knownRows(
  where: string,
  input: TableInput,
  { target, features, classes, center, scale, ignored }: Known,
  skips: boolean,
): AsyncGenerator<KnownRows> {
  const reader = new RowReader(where, features, [target.name, ...ignored]);
  const codeOf = codeReader(where, target, classes);
  const names = new Set<string>();
  let [first, known] = [0, 0];
  for await (const source of batchesOf(where, input)) {
    for (const name of source.names) names.add(name);
    const cells = source.column(target.name);
    const isKnown = (place: number) => !skips || (!isMissing(cells[place]) && cells[place] !== "");
    for (let begin = 0; begin < source.rows; begin += BATCH) {
      const all = Array.from({ length: Math.min(BATCH, source.rows - begin) }, (_, i) => begin + i);
      const places = all.filter(isKnown);
      const y = places.map((place) => codeOf(first + place, cells[place]));
      const x = scaled(reader.read(objectsOf(source, places), false).x, center, scale);
      known += places.length;
      yield { x, y, rows: places.map((place) => first + place), skipped: all.length - places.length };
    }
    first += source.rows;
  }
  // A row may lack a column; where all do, it has another name, and the scores would be those of other rows.
  for (const { name } of features) checkColumn(where, name, names, " Give it; null says that a value is missing.");
  if (known > 0) return;
  throw new DataError(`${where}: expected at least one row with a ${target.name}, got none. Give rows that have one.`);
}
