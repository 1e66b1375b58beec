/** Options of `tableEncoder` and `fromTable`, checked. Knows options, not tables. */
import { checkName, OptionError, show } from "../../base/errors.js";
import { func, type Given, type Kept, number, oneOf, optional, readOptions, via } from "../../base/options.js";
import { type ColumnType, columnTypes, missingChoices } from "../columns/column.js";
import { type DatePart, dateParts } from "../columns/date.js";
import type { DecimalSign } from "../numberText.js";
import type { OnWarning } from "../onWarning.js";

const WHERE = "tableEncoder";
export const unknownChoices = ["error", "ignore"] as const;

/** Types of columns by name. */
type Types = Readonly<Record<string, ColumnType>>;

export const tableOptions = {
  /** The columns of x, in this order. @default all but the target and those of `exclude` */
  features: optional(via<readonly string[], readonly string[]>(checkNames)),
  /** Columns to leave out; instead of naming all others in `features`. @default [] */
  exclude: via<readonly string[], readonly string[]>(checkNames, []),
  /** The column of y. Text and booleans become class numbers, numbers stay numbers. */
  target: via<string, string>(checkTarget),
  /**
   * Columns to read otherwise than they look: `{ zip: "category", note: "ignore" }`. By itself a column of numbers or
   * booleans is a number (true is 1). Text is a boolean (0 or 1) if all cells are of one pair such as yes and no, a
   * date if all are dates, a number if all are numbers, as people write them ("1,200.50", "$12", "12 %", "3 kg"); else
   * a category. A target of text or booleans is a category. `"hash"` counts categories in `hashPlaces` columns,
   * `"text"` words. @default {}
   */
  types: via<Types, ReadonlyMap<string, ColumnType>>(checkTypes, {}),
  /** Refuse missing cells of features, or fill them; categories always with the most frequent. @default "error" */
  missing: oneOf(missingChoices, "error"),
  /** A category that `fit` has not seen: refuse it, or `"ignore"`: zeros in all its columns. @default "error" */
  handleUnknown: oneOf(unknownChoices, "error"),
  /**
   * A cell that its column cannot read, such as "?" among numbers: refuse it, or take it as missing. @default "error"
   */
  handleInvalid: oneOf(["error", "missing"], "error"),
  /** Numbers of a date, in this order, such as ["year", "monthCycle"]. @default ["days"] */
  dates: via<readonly DatePart[], readonly DatePart[]>(checkParts, ["days"]),
  /** Order of day and month in 03/04/2024. @default the one that makes dates of all cells, else "dmy" with a warning */
  dateOrder: optional(oneOf(["dmy", "mdy"])),
  /**
   * Decimal sign of numbers that are text and can be read with either sign: 1.200 is 1200 with `","`. Text that fits one
   * of them alone is read with that one. @default "."
   */
  decimal: oneOf<DecimalSign>([".", ","], "."),
  /**
   * Most categories of a feature: rarer ones share one column, which unknown ones join. @default no limit, and an
   * error for more than 1000
   */
  maxCategories: optional(number({ min: 2, max: 2 ** 16, integer: true })),
  /** Columns of x for each column that is hashed. @default 32 */
  hashPlaces: number({ min: 1, max: 2 ** 16, integer: true }, 32),
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
  const { features, target, exclude } = checked;
  for (const [option, names] of Object.entries({ features, exclude })) {
    if (names?.includes(target)) throw new OptionError(`${WHERE}: ${option}: ${show(target)} is the target.`);
  }
  const both = features?.find((name) => exclude.includes(name));
  if (both === undefined) return checked;
  throw new OptionError(`${WHERE}: exclude: ${show(both)} is one of features. Name it in one of them.`);
}

function checkTarget(where: string, target: unknown): string {
  if (typeof target === "string") return target;
  throw new OptionError(`${where}: expected a column's name, got ${show(target)}.`);
}

function checkTypes(where: string, types: unknown): ReadonlyMap<string, ColumnType> {
  if (Object.prototype.toString.call(types) !== "[object Object]") {
    throw new OptionError(`${where}: expected types by name, such as { zip: "category" }, got ${show(types)}.`);
  }
  const entries = Object.entries(types as object);
  return new Map(entries.map(([name, type]) => [name, checkName(`${where}: ${name}`, type, columnTypes)]));
}

function checkNames(where: string, given: unknown): readonly string[] {
  const isList = Array.isArray(given) && given.every((name) => typeof name === "string");
  if (!isList) throw new OptionError(`${where}: expected an array of names, got ${show(given)}.`);
  const names = new Set<string>();
  for (const name of given) {
    if (names.has(name)) throw new OptionError(`${where}: ${show(name)} is there twice.`);
    names.add(name);
  }
  return [...names];
}

function checkParts(where: string, parts: unknown): readonly DatePart[] {
  if (!Array.isArray(parts) || parts.length === 0) {
    throw new OptionError(`${where}: expected an array such as ["year", "month"], got ${show(parts)}.`);
  }
  return parts.map((part, i) => checkName(`${where}[${i}]`, part, dateParts));
}
