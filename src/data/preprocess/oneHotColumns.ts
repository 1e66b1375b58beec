/** The columns that each input of a one-hot encoder becomes: their categories, and the one that is dropped. */
import { counted } from "../../base/counted.js";
import { checkName, DataError, OptionError, ShapeError, show } from "../../base/errors.js";
import { type Known, keyOf, unknownCategory } from "./categories.js";
import { checkCategory, isMissing } from "./table.js";

export const unknownChoices = ["error", "ignore", "infrequentIfExist"] as const;
export const dropChoices = ["first", "ifBinary"] as const;

/** The treatment of a category that `fit` has not seen. */
export type HandleUnknown = (typeof unknownChoices)[number];

/** Columns to leave out: by rule, or the category of each input; `null` for that of missing cells. */
export type DropCategory = (typeof dropChoices)[number] | readonly Known[];

/** Name of the column of infrequent categories, and what `inverseTransform` gives for them. */
const INFREQUENT = "infrequent";

/** @throws OptionError for anything but a rule or a list of categories. */
export function checkDrop(where: string, value: unknown): DropCategory {
  if (!Array.isArray(value)) return checkName(where, value, dropChoices);
  if (value.length === 0) throw new OptionError(`${where}: expected a category for each input, got an empty list.`);
  return Array.from(value, (cell: unknown, i) => {
    return isMissing(cell) ? null : asOption(() => checkCategory(`${where}[${i}]`, cell));
  });
}

/** Runs `work`; a cell that it refuses is one of the caller's options. @throws OptionError */
function asOption<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof DataError) throw new OptionError(error.message, { cause: error });
    throw error;
  }
}

/** The options that decide on columns. */
export interface ColumnOptions {
  readonly handleUnknown: HandleUnknown;
  readonly drop: DropCategory | null;
}

/** One input: its categories, and the column of each among those of the input. */
export interface EncodedInput {
  readonly categories: readonly Known[];
  readonly infrequent: readonly number[];
  /** The category that each column stands for, before one is dropped. */
  readonly slots: readonly (Known | typeof INFREQUENT)[];
  /** The slot that has no column, if one has none. */
  readonly dropped: number | null;
  readonly slotOf: ReadonlyMap<unknown, number>;
  /** The slot of categories that are not known, if they have one. */
  readonly unknown: number | null;
}

type Slots = Omit<EncodedInput, "dropped" | "unknown">;

/**
 * The inputs with these categories, some of them infrequent.
 * @throws ShapeError, DataError for a list of categories to drop that are not those of the columns.
 */
export function encodedInputs(
  where: string,
  options: ColumnOptions,
  lists: readonly (readonly Known[])[],
  infrequent: readonly (readonly number[])[],
): EncodedInput[] {
  const { drop } = options;
  if (Array.isArray(drop) && drop.length !== lists.length) {
    const expected = `expected ${counted(drop.length, "column")}, one for each category of drop`;
    throw new ShapeError(`${where}: ${expected}, got ${lists.length}.`);
  }
  return lists.map((categories, column) =>
    encodedInput(`${where}: column ${column}`, options, categories, infrequent[column], column),
  );
}

function encodedInput(
  where: string,
  { drop, handleUnknown }: ColumnOptions,
  categories: readonly Known[],
  infrequent: readonly number[],
  column: number,
): EncodedInput {
  const frequent = categories.filter((_, place) => !infrequent.includes(place));
  const shared = infrequent.length > 0 ? frequent.length : null;
  const slots = shared === null ? frequent : [...frequent, INFREQUENT];
  const slotOf = new Map<unknown, number>(frequent.map((category, slot) => [category, slot]));
  if (shared !== null) for (const place of infrequent) slotOf.set(categories[place], shared);
  const isFirst = drop === "first" || (drop === "ifBinary" && slots.length === 2);
  const own = { categories, infrequent, slots, slotOf };
  return {
    ...own,
    dropped: Array.isArray(drop) ? droppedSlot(where, drop[column], own) : isFirst ? 0 : null,
    unknown: handleUnknown === "infrequentIfExist" ? shared : null,
  };
}

/** The slot of a category that has no column. @throws DataError if `fit` has not met it, or it shares a column. */
function droppedSlot(where: string, category: Known, { categories, slotOf, slots, infrequent }: Slots): number {
  const slot = slotOf.get(keyOf(category));
  if (slot !== undefined && (infrequent.length === 0 || slot < slots.length - 1)) return slot;
  if (slot !== undefined) {
    const got = `${show(category)}, which is infrequent and shares a column`;
    throw new DataError(`${where}: drop: expected a frequent category, got ${got}. Drop another one.`);
  }
  throw unknownCategory(`${where}: drop`, category, categories, " Give a category that the column has.");
}

/** Columns that an input becomes. */
export function widthOf({ slots, dropped }: EncodedInput): number {
  return slots.length - Number(dropped !== null);
}

/** The slot of a cell; `null` for an ignored one. @throws DataError for an unknown category. */
export function slotFor(
  where: string,
  { handleUnknown }: ColumnOptions,
  { categories, slotOf, unknown }: EncodedInput,
  cell: unknown,
): number | null {
  const slot = slotOf.get(keyOf(cell));
  if (slot !== undefined) return slot;
  if (handleUnknown !== "error") return unknown;
  throw unknownCategory(where, cell, categories, ' Or ignore what fit has not seen: handleUnknown: "ignore".');
}
