/** The columns of a table that a model reads, and the rows that are for learning. Knows tables, not networks. */
import { DataError, OptionError, show } from "../base/errors.js";
import { tableEncoder } from "../data/preprocess/tableEncoder.js";
import { checkColumn, type NamedTable, type Source } from "../data/preprocess/tableSource.js";
import { type ColumnFinding, findingsOf } from "./findings.js";
import { type CheckedTrain, TRAIN } from "./options.js";

const CATEGORIES = 50;

/** The columns to learn from, and those that are left out with the reason. */
export function featuresOf(
  source: Source,
  options: CheckedTrain,
  rows: Uint32Array,
): { names: string[]; excluded: ColumnFinding[] } {
  const { target, exclude, types, dropSuspicious } = options;
  for (const [option, names] of Object.entries({
    exclude,
    features: options.features ?? [],
    types: [...types.keys()],
  })) {
    for (const name of names) checkColumn(`${TRAIN}: ${option}`, name, source.names);
  }
  if (exclude.includes(target)) throw new OptionError(`${TRAIN}: exclude: ${show(target)} is the target.`);
  if (options.features?.includes(target)) throw new OptionError(`${TRAIN}: features: ${show(target)} is the target.`);
  const isOut = (name: string) => name === target || exclude.includes(name) || types.get(name) === "ignore";
  const names = options.features ? [...options.features] : [...source.names].filter((name) => !isOut(name));
  const findings = dropSuspicious && !options.features ? findingsOf(source, names, rows) : [];
  const excluded = findings.filter(({ column }) => !types.has(column));
  const out = new Set(excluded.map(({ column }) => column));
  const kept = names.filter((name) => !out.has(name));
  if (kept.length > 0) return { names: kept, excluded };
  const why = excluded.map(({ column, reason }) => `${column}: ${reason}`).join("; ");
  throw new DataError(`${TRAIN}: no column is left to learn from${why ? ` (${why})` : ""}. Name some: features.`);
}

/** The rows of a source as a table of their own. */
export function subTable(source: Source, names: readonly string[], rows: ArrayLike<number>): NamedTable {
  const columns = names.map((name) => {
    const cells = source.column(name);
    return [name, Array.from(rows, (row) => cells[row])] as const;
  });
  return { rows: rows.length, columns: Object.fromEntries(columns), names: [...names] };
}

/** The encoder of these columns: it fills in what is missing, and takes what it cannot read as missing. */
export function encoderOf(names: readonly string[], options: CheckedTrain, onWarning: (message: string) => void) {
  const { target, types, dates, dateOrder, maxCategories = CATEGORIES, hashPlaces } = options;
  const told = [...types].filter(([name]) => names.includes(name));
  return tableEncoder({
    ...{ features: names, target, types: Object.fromEntries(told), dates, maxCategories, hashPlaces },
    ...(dateOrder && { dateOrder }),
    ...{ missing: "median", handleUnknown: "ignore", handleInvalid: "missing" },
    onWarning,
  });
}
