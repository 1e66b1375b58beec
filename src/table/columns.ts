/** The columns of a table that a model reads, and their numbers. Knows tables, not networks. */

import { DataError, OptionError, show } from "../base/errors.js";
import type { ReaderOptions } from "../data/columns/cells.js";
import { type LearnedColumn, type Learning, learnColumn, outputsOf, writerOf } from "../data/columns/column.js";
import type { OnWarning } from "../data/onWarning.js";
import { checkColumn, type Source } from "../data/preprocess/tableSource.js";
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
  const both = options.features?.find((name) => exclude.includes(name));
  if (both !== undefined) {
    throw new OptionError(`${TRAIN}: exclude: ${show(both)} is one of features. Name it in one of them.`);
  }
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

const at = (name: string) => `${TRAIN}: column ${show(name)}`;

/**
 * Learns the target and the features from some rows. What is missing in features is filled in; what cannot be read
 * counts as missing. The target of a regression is a column of numbers, also where these are text.
 */
export function learnColumns(
  source: Source,
  names: readonly string[],
  rows: ArrayLike<number>,
  hasClasses: boolean,
  options: CheckedTrain,
  onWarning: OnWarning,
): { target: LearnedColumn; features: LearnedColumn[] } {
  const { types, missing, dates, dateOrder = null, maxCategories = CATEGORIES, hashPlaces } = options;
  const read = { dates, dateOrder, maxCategories, hashPlaces, decimal: "." as const };
  const how: Learning = { missing, ignoresInvalid: true, ...read, onWarning };
  const learn = (name: string) => {
    const isTarget = name === options.target;
    const cells = source.column(name);
    const isText = isTarget && !hasClasses && Array.from(rows).some((row) => typeof cells[row] !== "number");
    return learnColumn({ where: at(name), name, isTarget, cells, rows }, isText ? "number" : types.get(name), how);
  };
  return { target: learn(options.target), features: names.map(learn) };
}

/** Makes a function that gives the numbers of rows: those of each row's columns, row after row. */
export function encoderOf(
  source: Source,
  features: readonly LearnedColumn[],
  onWarning: OnWarning,
): (rows: Uint32Array) => Float64Array {
  const options: ReaderOptions = { isTarget: false, ignoresUnknown: true, ignoresInvalid: true, onWarning };
  const columns = features.map((column) => ({
    cells: source.column(column.name),
    write: writerOf(at(column.name), column, options),
    width: outputsOf(column).length,
  }));
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  return (rows) => {
    const x = new Float64Array(rows.length * width);
    let begin = 0;
    for (const { cells, write, width: own } of columns) {
      for (let i = 0; i < rows.length; i++) write(rows[i], cells[rows[i]], x, i * width + begin);
      begin += own;
    }
    return x;
  };
}
