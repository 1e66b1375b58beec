/** Columns of categories to columns of 0 and 1, and back. After scikit-learn's OneHotEncoder. */
import { checkArguments, checkName, DataError, OptionError, ShapeError, show } from "../../base/errors.js";
import { type Given, type Kept, nullable, number, oneOf, readOptions, via } from "../../base/options.js";
import { distinctNames } from "../distinctNames.js";
import {
  areKnown,
  type Counted,
  categoriesOption,
  checkFrequency,
  checkGiven,
  countCategories,
  infrequentPlaces,
  type Known,
  keyOf,
  unknownCategory,
} from "./categories.js";
import { type CellTable, type Encoded, encodedLike, readCells } from "./cells.js";
import { asFormat, checkField, checkSaved, plainCopy, type Saved, savedHead, savedOptions } from "./json.js";
import { inputNames } from "./names.js";
import { checkCategory, checkRows, isMissing } from "./table.js";
import type { TransformerConfig } from "./transformer.js";

const TYPE = "oneHotEncoder";
const unknownChoices = ["error", "ignore", "infrequentIfExist"] as const;
const dropChoices = ["first", "ifBinary"] as const;

/** The treatment of a category that `fit` has not seen. */
export type HandleUnknown = (typeof unknownChoices)[number];

/** Columns to leave out: by rule, or the category of each input; `null` for that of missing cells. */
export type DropCategory = (typeof dropChoices)[number] | readonly Known[];

/** Name of the column of infrequent categories, and what `inverseTransform` gives for them. */
const INFREQUENT = "infrequent";

const options = {
  /**
   * Refuse a category that `fit` has not seen, or `"ignore"` it: zeros in all columns; or count it among the infrequent
   * ones where the column has some, and else ignore it. @default "error"
   */
  handleUnknown: oneOf(unknownChoices, "error"),
  /**
   * No column for the `"first"` category, of every input or only of those with two categories (`"ifBinary"`), or for
   * the categories of a list, one for each input: zeros in the others tell it, as they do an ignored one. Categories of
   * the list must be frequent. `null` for a column of every category. @default null
   */
  drop: nullable(via<DropCategory, DropCategory>(checkDrop)),
  /**
   * The categories of each column, in the order of their columns; `"auto"` for those that `fit` meets, sorted. @default
   * "auto"
   */
  categories: categoriesOption,
  /**
   * Categories with fewer cells are infrequent, and share one column, the last; a share of all cells below 1.
   * `null` for none. @default null
   */
  minFrequency: nullable(via<number, number>(checkFrequency)),
  /**
   * At most this many columns for an input, that of the infrequent ones among them; `null` for no limit. @default null
   */
  maxCategories: nullable(number({ min: 1, integer: true })),
  /** Refuse missing cells, or have them be a category of their own, the last. @default "error" */
  missing: oneOf(["error", "category"], "error"),
};

type Options = Kept<typeof options>;

function checkDrop(where: string, value: unknown): DropCategory {
  if (!Array.isArray(value)) return checkName(where, value, dropChoices);
  if (value.length === 0) throw new OptionError(`${where}: expected a category for each input, got an empty list.`);
  return Array.from(value, (cell: unknown, i) => {
    return isMissing(cell) ? null : asOption(() => checkCategory(`${where}[${i}]`, cell));
  });
}

/** Runs `work`; a cell that it rejects is one of the caller's options. @throws OptionError */
function asOption<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof DataError) throw new OptionError(error.message, { cause: error });
    throw error;
  }
}

/** Options of `oneHotEncoder`. */
export interface OneHotEncoderOptions extends Given<typeof options> {}

/** A one-hot encoder as JSON. Those of earlier releases have neither options nor infrequent ones. */
export interface OneHotEncoderJSON {
  type: "oneHotEncoder";
  version: number;
  handleUnknown: HandleUnknown;
  drop: DropCategory | null;
  categories: Known[][];
  options?: object;
  /** Places of the infrequent categories of each column. */
  infrequent?: number[][];
}

/** One input: its categories, and the column of each among those of the input. */
interface Input {
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

type Slots = Omit<Input, "dropped" | "unknown">;

/** Categories by column, learned by `fit`. Made by `oneHotEncoder` or `fromJSON`. */
export class OneHotEncoder {
  readonly type = TYPE;
  readonly #options: Options;
  #inputs: readonly Input[] | null = null;

  /** Use the factory, or `OneHotEncoder.fromJSON`. */
  constructor(options: Options) {
    this.#options = options;
  }

  /** An encoder from what `toJSON` returned. @throws FormatError for anything else. */
  static fromJSON(json: unknown): OneHotEncoder {
    checkArguments("OneHotEncoder.fromJSON", arguments, 1);
    const where = "OneHotEncoder.fromJSON";
    const saved = checkSaved(where, json, [TYPE]);
    const isChoice = (value: unknown) => (unknownChoices as readonly unknown[]).includes(value);
    const handleUnknown = checkField<HandleUnknown>(where, saved, "handleUnknown", unknownChoices.join(", "), isChoice);
    const isDrop = (value: unknown) =>
      value == null || Array.isArray(value) || (dropChoices as readonly unknown[]).includes(value);
    const expectedDrop = '"first", "ifBinary", a list or null';
    const drop = checkField<DropCategory | null>(where, saved, "drop", expectedDrop, isDrop) ?? null;
    const own = { ...saved, options: { ...(saved.options ?? {}), handleUnknown, drop } };
    const encoder = new OneHotEncoder(savedOptions(where, own, (given) => readOptions(TYPE, options, given)));
    const { categories: given } = encoder.#options;
    const isTable = (value: unknown) =>
      Array.isArray(value) && value.length > 0 && value.every((list) => areKnown(list, given === "auto"));
    const expected = "a sorted list of categories per column";
    const categories = checkField<Known[][]>(where, saved, "categories", expected, isTable);
    const infrequent = readInfrequent(where, saved, categories);
    encoder.#inputs = asFormat(where, () =>
      encoder.#inputsOf(
        where,
        categories.map((list) => [...list]),
        infrequent,
      ),
    );
    return encoder;
  }

  /**
   * The categories of each column, sorted or as given; `null` for that of missing cells. @throws OptionError before
   * `fit`.
   */
  get categories(): readonly (readonly Known[])[] {
    return this.#fitted().map(({ categories }) => categories);
  }

  /** Those of each column that share its last column of zeros and ones. @throws OptionError before `fit`. */
  get infrequentCategories(): readonly (readonly Known[])[] {
    return this.#fitted().map(({ categories, infrequent }) => infrequent.map((place) => categories[place]));
  }

  /** Number of columns that `transform` gives. */
  get width(): number {
    return this.#fitted().reduce((sum, input) => sum + widthOf(input), 0);
  }

  /** Type and options as plain data, for `transformerFromConfig`. */
  getConfig(): TransformerConfig {
    return { type: TYPE, options: plainCopy(this.#options) };
  }

  /**
   * Names of those columns: `colour_red`; without names of the inputs `x0_red`. Those of infrequent and of missing
   * cells end in `_infrequent` and `_missing`. All are different: a name that is there gets a number, `colour_red_2`.
   * @throws ShapeError, OptionError
   */
  featureNames(inputs?: readonly string[]): string[] {
    checkArguments("featureNames", arguments, 1);
    const own = this.#fitted();
    const names = inputNames(TYPE, inputs, own.length);
    return distinctNames(
      own.flatMap(({ slots, dropped }, column) =>
        slots
          .filter((_, place) => place !== dropped)
          .map((slot) => `${names[column]}_${slot === null ? "missing" : slot}`),
      ),
    );
  }

  /**
   * Learns the categories of each column. @returns the encoder itself
   * @throws DataError naming the cell that is missing, is not among the given categories, or of another type than the
   * first of its column; ShapeError.
   */
  fit(table: CellTable): this {
    checkArguments("fit", arguments, 1);
    const where = `${TYPE}.fit`;
    const { categories: given, handleUnknown, missing, minFrequency, maxCategories } = this.#options;
    const { rows, columns } = readCells(where, table);
    checkGiven(where, given, columns);
    const counted = Array.from({ length: columns }, (_, column): Counted => {
      const cells = rows.map((row) => row[column]);
      const own = given === "auto" ? null : given[column];
      const takes = { takesMissing: missing === "category", takesUnknown: handleUnknown !== "error" };
      return countCategories({ where: `${where}: column ${column}`, cells, given: own, ...takes });
    });
    this.#inputs = this.#inputsOf(
      where,
      counted.map((own) => own.categories),
      counted.map((own) => infrequentPlaces(own, minFrequency, maxCategories)),
    );
    return this;
  }

  /** [n, columns] categories to [n, width] zeros and ones. @throws DataError for an unknown category, ShapeError. */
  transform<Table extends CellTable>(table: Table): Encoded<Table> {
    checkArguments("transform", arguments, 1);
    const where = `${TYPE}.transform`;
    const inputs = this.#fitted();
    const { width } = this;
    const { rows } = readCells(where, table, inputs.length);
    const encoded = rows.map((row, i) => {
      const ones = new Array<number>(width).fill(0);
      let begin = 0;
      inputs.forEach((input, column) => {
        const slot = this.#slotOf(`${where}: row ${i}, column ${column}`, row[column], input);
        const isBeyond = input.dropped !== null && slot !== null && slot > input.dropped;
        if (slot !== null && slot !== input.dropped) ones[begin + slot - Number(isBeyond)] = 1;
        begin += widthOf(input);
      });
      return ones;
    });
    return encodedLike(table, encoded, width, (names) => this.featureNames(names));
  }

  /** `fit`, then `transform` of the same rows. */
  fitTransform<Table extends CellTable>(table: Table): Encoded<Table> {
    checkArguments("fitTransform", arguments, 1);
    return this.fit(table).transform(table);
  }

  /**
   * The category with the largest number in each group of columns, so probabilities do as well: a dropped one has what
   * the others leave of 1. `"infrequent"` for those that share a column; `null` for missing cells, and where all are 0,
   * none was dropped, and unknown categories are ignored.
   * @throws DataError, ShapeError
   */
  inverseTransform(rows: readonly ArrayLike<number>[]): Known[][] {
    checkArguments("inverseTransform", arguments, 1);
    const where = `${TYPE}.inverseTransform`;
    const inputs = this.#fitted();
    checkRows(where, rows, this.width);
    return rows.map((cells, i) => {
      const row = Array.from(cells);
      const bad = row.findIndex((value) => !Number.isFinite(value));
      if (bad >= 0) throw new DataError(`${where}: row ${i}, column ${bad}: expected a number, got ${show(row[bad])}.`);
      let begin = 0;
      return inputs.map((input, column) => {
        const { slots, dropped, unknown } = input;
        const group = row.slice(begin, begin + widthOf(input));
        begin += group.length;
        const rest = 1 - group.reduce((sum, value) => sum + value, 0);
        if (dropped !== null) group.splice(dropped, 0, rest);
        if (group.some((value) => value !== 0)) {
          return slots[group.reduce((best, value, place) => (value > group[best] ? place : best), 0)];
        }
        if (this.#options.handleUnknown !== "error") return unknown === null ? null : slots[unknown];
        throw new DataError(`${where}: row ${i}: expected a one among the columns of input ${column}, got zeros.`);
      });
    });
  }

  /** Plain data for `JSON.stringify`. @throws OptionError before `fit`. */
  toJSON(): OneHotEncoderJSON {
    const { handleUnknown, drop, ...more } = this.#options;
    const inputs = this.#fitted();
    return {
      ...savedHead(TYPE),
      handleUnknown,
      drop,
      categories: inputs.map(({ categories }) => [...categories]),
      options: plainCopy(more),
      infrequent: inputs.map(({ infrequent }) => [...infrequent]),
    };
  }

  #fitted(): readonly Input[] {
    if (this.#inputs) return this.#inputs;
    throw new OptionError(`${TYPE}: nothing has been learned yet. Call fit(rows) first.`);
  }

  /** @throws ShapeError, DataError for a list of categories to drop that are not those of the columns. */
  #inputsOf(where: string, lists: readonly (readonly Known[])[], infrequent: readonly (readonly number[])[]): Input[] {
    const { drop } = this.#options;
    if (Array.isArray(drop) && drop.length !== lists.length) {
      const expected = `expected ${drop.length} columns, one for each category of drop`;
      throw new ShapeError(`${where}: ${expected}, got ${lists.length}.`);
    }
    return lists.map((categories, column) =>
      this.#inputOf(`${where}: column ${column}`, categories, infrequent[column], column),
    );
  }

  #inputOf(where: string, categories: readonly Known[], infrequent: readonly number[], column: number): Input {
    const { drop, handleUnknown } = this.#options;
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

  #slotOf(where: string, cell: unknown, { categories, slotOf, unknown }: Input): number | null {
    const slot = slotOf.get(keyOf(cell));
    if (slot !== undefined) return slot;
    if (this.#options.handleUnknown !== "error") return unknown;
    throw unknownCategory(where, cell, categories, ' Or ignore what fit has not seen: handleUnknown: "ignore".');
  }
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
function widthOf({ slots, dropped }: Input): number {
  return slots.length - Number(dropped !== null);
}

/** Places of infrequent categories by column; none in JSON of earlier releases. @throws FormatError */
function readInfrequent(where: string, saved: Saved, categories: readonly Known[][]): readonly number[][] {
  if (saved.infrequent === undefined) return categories.map(() => []);
  const isPlaces = (list: unknown, column: number) =>
    Array.isArray(list) &&
    list.every((place, i) => Number.isInteger(place) && place > (list[i - 1] ?? -1)) &&
    (list[list.length - 1] ?? 0) < categories[column].length;
  const areLists = (value: unknown) =>
    Array.isArray(value) && value.length === categories.length && value.every(isPlaces);
  return checkField<number[][]>(where, saved, "infrequent", "rising places of categories by column", areLists).map(
    (list) => [...list],
  );
}

/**
 * Columns of categories to columns of 0 and 1, one per category but those of `drop`, in sorted order. scikit-learn's
 * `OneHotEncoder`.
 * @throws OptionError
 */
export function oneHotEncoder(given: OneHotEncoderOptions = {}): OneHotEncoder {
  return new OneHotEncoder(readOptions(TYPE, options, given, arguments));
}
