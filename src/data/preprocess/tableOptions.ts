/** Options of `tableEncoder` and `fromTable`, checked. Knows options, not tables. */
import { checkName, OptionError, show } from "../../base/errors.js";
import { func, type Given, type Kept, oneOf, optional, readOptions, via } from "../../base/options.js";
import type { OnWarning } from "../onWarning.js";
import { type ColumnType, columnTypes, missingChoices } from "./tableColumn.js";

const WHERE = "tableEncoder";
export const unknownChoices = ["error", "ignore"] as const;

/** Types of columns by name. */
type Types = Readonly<Record<string, ColumnType>>;

const tableOptions = {
  /** The columns of x, in this order. @default all but the target */
  features: optional(via<readonly string[], readonly string[]>(checkFeatures)),
  /** The column of y. Text and booleans become class numbers, numbers stay numbers. */
  target: via<string, string>(checkTarget),
  /**
   * Columns to read otherwise than they look: `{ zip: "category" }`. By itself a column of numbers or booleans is a
   * number (true is 1), one of text a category; a target of text or booleans is a category. `"number"` also reads text
   * that is a number, such as "3.5": a decimal point, no other signs. @default {}
   */
  types: via<Types, ReadonlyMap<string, ColumnType>>(checkTypes, {}),
  /** Refuse missing cells of features, or fill them; categories always with the most frequent. @default "error" */
  missing: oneOf(missingChoices, "error"),
  /** A category that `fit` has not seen: refuse it, or `"ignore"`: zeros in all its columns. @default "error" */
  handleUnknown: oneOf(unknownChoices, "error"),
  /** Rows without a target: refuse them, or `"drop"` them in `fit` and `transform`. @default "error" */
  missingTarget: oneOf(["error", "drop"], "error"),
  /** Called where a column may have been read otherwise than it was meant. @default console.warn */
  onWarning: func<OnWarning>(() => console.warn),
};

/** Options of `tableEncoder` and `fromTable`. */
export interface TableOptions extends Given<typeof tableOptions> {}

/** The options, checked and complete but for the features, which may be the table's. */
export type CheckedTableOptions = Kept<typeof tableOptions>;

/** @throws OptionError */
export function checkTableOptions(options: TableOptions): CheckedTableOptions {
  const checked = readOptions(WHERE, tableOptions, options);
  const { features, target } = checked;
  if (!features?.includes(target)) return checked;
  throw new OptionError(`${WHERE}: features: ${show(target)} is the target.`);
}

function checkTarget(where: string, target: unknown): string {
  if (typeof target === "string") return target;
  throw new OptionError(`${where}: expected a column's name, got ${show(target)}.`);
}

function checkTypes(where: string, types: unknown): ReadonlyMap<string, ColumnType> {
  if (Object.prototype.toString.call(types) !== "[object Object]") {
    throw new OptionError(`${where}: expected { name: "number" | "category" }, got ${show(types)}.`);
  }
  const entries = Object.entries(types as object);
  return new Map(entries.map(([name, type]) => [name, checkName(`${where}: ${name}`, type, columnTypes)]));
}

function checkFeatures(where: string, features: unknown): readonly string[] {
  const isList = Array.isArray(features) && features.every((name) => typeof name === "string");
  if (!isList) throw new OptionError(`${where}: expected an array of names, got ${show(features)}.`);
  const names = new Set<string>();
  for (const name of features) {
    if (names.has(name)) throw new OptionError(`${where}: ${show(name)} is there twice.`);
    names.add(name);
  }
  return [...names];
}
