/** Columns of categories to columns of 0 and 1, and back. After scikit-learn's OneHotEncoder. */
import { checkArguments, DataError, OptionError, show } from "../../base/errors.js";
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
} from "./categories.js";
import { type CellTable, type Encoded, encodedLike, readCells } from "./cells.js";
import { asFormat, checkField, checkSaved, plainCopy, type Saved, savedHead, savedOptions } from "./json.js";
import { inputNames } from "./names.js";
import {
  checkDrop,
  type DropCategory,
  dropChoices,
  type EncodedInput,
  encodedInputs,
  type HandleUnknown,
  slotFor,
  unknownChoices,
  widthOf,
} from "./oneHotColumns.js";
import { checkRows } from "./table.js";
import type { TransformerConfig } from "./transformer.js";

const TYPE = "oneHotEncoder";
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

/** Categories by column, learned by `fit`. Made by `oneHotEncoder` or `fromJSON`. */
export class OneHotEncoder {
  readonly type = TYPE;
  readonly #options: Options;
  #inputs: readonly EncodedInput[] | null = null;

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
      encodedInputs(
        where,
        encoder.#options,
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
    return this.#fitted().map(({ categories }) => [...categories]);
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
    this.#inputs = encodedInputs(
      where,
      this.#options,
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
        const slot = slotFor(`${where}: row ${i}, column ${column}`, this.#options, input, row[column]);
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

  #fitted(): readonly EncodedInput[] {
    if (this.#inputs) return this.#inputs;
    throw new OptionError(`${TYPE}: nothing has been learned yet. Call fit(rows) first.`);
  }
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
