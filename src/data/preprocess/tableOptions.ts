/** Options of `tableEncoder` and `fromTable`, checked. Knows options, not tables. */
import { checkKeys, checkName, OptionError, show } from "../../base/errors.js";
import { checkOnWarning, type OnWarning } from "../onWarning.js";
import { type ColumnType, columnTypes, type MissingChoice, missingChoices } from "./tableColumn.js";

/** Options of `tableEncoder` and `fromTable`. */
export interface TableOptions {
  /** The columns of x, in this order. @default all but the target */
  features?: readonly string[];
  /** The column of y. Text and booleans become class numbers, numbers stay numbers. */
  target: string;
  /**
   * Columns to read otherwise than they look: `{ zip: "category" }`. By itself a column of numbers or booleans is a
   * number (true is 1), one of text a category; a target of text or booleans is a category. `"number"` also reads text
   * that is a number, such as "3.5": a decimal point, no other signs.
   */
  types?: Readonly<Record<string, ColumnType>>;
  /** Refuse missing cells of features, or fill them; categories always with the most frequent. @default "error" */
  missing?: MissingChoice;
  /** A category that `fit` has not seen: refuse it, or `"ignore"`: zeros in all its columns. @default "error" */
  handleUnknown?: "error" | "ignore";
  /** Rows without a target: refuse them, or `"drop"` them in `fit` and `transform`. @default "error" */
  missingTarget?: "error" | "drop";
  /** Called where a column may have been read otherwise than it was meant. @default console.warn */
  onWarning?: OnWarning;
}

export const unknownChoices = ["error", "ignore"] as const;
const targetChoices = ["error", "drop"] as const;

/** The options, checked and complete but for the features, which may be the table's. */
export interface CheckedTableOptions extends Required<Omit<TableOptions, "features" | "types">> {
  readonly features: readonly string[] | null;
  readonly types: ReadonlyMap<string, ColumnType>;
}

/** @throws OptionError */
export function checkTableOptions(options: TableOptions): CheckedTableOptions {
  const where = "tableEncoder";
  const known = ["features", "target", "types", "missing", "handleUnknown", "missingTarget", "onWarning"];
  checkKeys(where, options, known);
  const { features, target, types = {}, missing = "error", handleUnknown = "error", missingTarget = "error" } = options;
  if (typeof target !== "string")
    throw new OptionError(`${where}: target: expected a column's name, got ${show(target)}.`);
  return {
    target,
    features: features === undefined ? null : checkFeatures(where, features, target),
    types: checkTypes(where, types),
    missing: checkName(`${where}: missing`, missing, missingChoices),
    handleUnknown: checkName(`${where}: handleUnknown`, handleUnknown, unknownChoices),
    missingTarget: checkName(`${where}: missingTarget`, missingTarget, targetChoices),
    onWarning: checkOnWarning(where, options.onWarning),
  };
}

function checkTypes(where: string, types: unknown): ReadonlyMap<string, ColumnType> {
  if (Object.prototype.toString.call(types) !== "[object Object]") {
    throw new OptionError(`${where}: types: expected { name: "number" | "category" }, got ${show(types)}.`);
  }
  const entries = Object.entries(types as object);
  return new Map(entries.map(([name, type]) => [name, checkName(`${where}: types: ${name}`, type, columnTypes)]));
}

function checkFeatures(where: string, features: unknown, target: string): readonly string[] {
  const isList = Array.isArray(features) && features.every((name) => typeof name === "string");
  if (!isList) throw new OptionError(`${where}: features: expected an array of names, got ${show(features)}.`);
  const names = new Set<string>();
  for (const name of features) {
    if (names.has(name)) throw new OptionError(`${where}: features: ${show(name)} is there twice.`);
    names.add(name);
  }
  if (names.has(target)) throw new OptionError(`${where}: features: ${show(target)} is the target.`);
  return [...names];
}
