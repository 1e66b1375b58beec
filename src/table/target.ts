/** The target of a table: what is predicted, its classes or numbers, and their weights. Knows cells, not networks. */
import { DataError, OptionError, show } from "../base/errors.js";
import { learnNumbers } from "../data/columns/column.js";
import { numberOfCell } from "../data/columns/number.js";
import { type Category, checkCategory, compareCategories } from "../data/preprocess/table.js";
import type { Problem } from "./network.js";
import { type CheckedTrain, type TableTask, TRAIN } from "./options.js";

const MOST_CODES = 20;
/** A target is read as it is; warnings of it come where columns are learned. */
const PLAINLY = { missing: "error", ignoresInvalid: false, decimal: ".", onWarning: () => {} } as const;

/**
 * Classification for text, booleans, and at most 20 different whole numbers; `types` says of text that it is numbers,
 * and of numbers that they are classes. @throws DataError for text that is to be numbers and is not
 */
export function taskOf(cells: readonly unknown[], options: CheckedTrain): TableTask {
  const { task, types, target } = options;
  if (task) return task;
  const told = types.get(target);
  const areNumbers = cells.every((cell) => typeof cell === "number");
  if (told === "category" || (told !== "number" && !areNumbers)) return "classification";
  const different = new Set(areNumbers ? cells : numberTargets(cells, options));
  const areCodes = different.size <= MOST_CODES && [...different].every(Number.isInteger);
  return areCodes && different.size * 5 <= cells.length ? "classification" : "regression";
}

/** The classes of the target, sorted, with the positive one of two last. @throws DataError, OptionError */
export function classesOf(cells: readonly unknown[], { target, positive }: CheckedTrain): Category[] {
  const at = `${TRAIN}: column ${show(target)}`;
  const bad = cells.find((cell) => !["string", "number", "boolean"].includes(typeof cell));
  if (bad !== undefined) checkCategory(at, bad);
  const type = typeof cells[0];
  if (cells.some((cell) => typeof cell !== type)) {
    throw new DataError(`${at}: expected classes of one type, got ${type}s and others. Write them all alike.`);
  }
  const classes = [...new Set(cells as Category[])].sort(compareCategories);
  if (classes.length < 2) {
    throw new DataError(`${at}: expected at least two classes, got only ${show(classes[0])}. Choose another target.`);
  }
  if (classes.length > 1000) {
    throw new DataError(
      `${at}: expected at most 1000 classes, got ${classes.length}. For numbers give task: "regression".`,
    );
  }
  if (positive === undefined) return classes;
  if (classes.length !== 2) throw new OptionError(`${TRAIN}: positive: expected two classes, got ${classes.length}.`);
  const found = classes.find((label) => String(label) === String(positive));
  if (found === undefined) {
    throw new OptionError(
      `${TRAIN}: positive: expected one of ${classes.map(show).join(", ")}, got ${show(positive)}.`,
    );
  }
  return classes.sort((a, b) => Number(a === found) - Number(b === found));
}

/** The target in float64; text that numbers are written as becomes numbers. @throws DataError, OptionError */
export function numberTargets(cells: readonly unknown[], { target, types }: CheckedTrain): Float64Array {
  const told = types.get(target) ?? "number";
  if (told !== "number") throw new OptionError(`${TRAIN}: types: a target of regression is a number, not a ${told}.`);
  const where = `${TRAIN}: column ${show(target)}`;
  const rows = Uint32Array.from(cells.keys());
  const column = learnNumbers({ where, name: target, isTarget: true, cells, rows }, PLAINLY, true);
  const read = numberOfCell(where, column, { ...PLAINLY, isTarget: true, ignoresUnknown: false });
  return Float64Array.from(cells, (cell, row) => read(row, cell));
}

/** A warning where classes differ in capitals or blanks alone; "" if none do. */
export function likeClasses(classes: readonly Category[], target: string): string {
  const known = new Map<string, Category>();
  for (const label of classes) {
    const folded = String(label).trim().toLowerCase();
    const other = known.get(folded);
    if (other !== undefined) {
      const both = `${show(other)} and ${show(label)} are two classes`;
      return `${TRAIN}: column ${show(target)}: ${both}. Write them alike, if one is meant.`;
    }
    known.set(folded, label);
  }
  return "";
}

/** The place of each cell among the classes. */
export function codesOf(cells: readonly unknown[], classes: readonly Category[]): Float64Array {
  const codes = new Map<unknown, number>(classes.map((label, code) => [label, code]));
  return Float64Array.from(cells, (cell) => codes.get(cell) as number);
}

/** Weights by class number. */
export function weightsOf(classes: readonly Category[] | null, { classWeight }: CheckedTrain): Problem["classWeight"] {
  if (classWeight === undefined) return null;
  if (!classes) throw new OptionError(`${TRAIN}: classWeight: the target is a number. Leave classWeight out.`);
  if (classWeight === "balanced") return classWeight;
  const entries = Object.entries(classWeight).map(([label, weight]) => {
    const code = classes.findIndex((each) => String(each) === label);
    if (code >= 0) return [code, weight];
    throw new OptionError(
      `${TRAIN}: classWeight: expected one of ${classes.map(show).join(", ")}, got ${show(label)}.`,
    );
  });
  const weights: Record<number, number> = Object.fromEntries(entries);
  if (classes.some((_, code) => weights[code] !== 0)) return weights;
  throw new OptionError(`${TRAIN}: classWeight: expected a weight above 0, got 0 for each class. Leave it out.`);
}
