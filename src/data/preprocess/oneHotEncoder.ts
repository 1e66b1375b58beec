/** Columns of categories to columns of 0 and 1, and back. After scikit-learn's OneHotEncoder. */
import { checkArguments, checkKeys, checkName, DataError, OptionError, ShapeError, show } from "../../base/errors.js";
import { distinctNames } from "../distinctNames.js";
import { checkField, checkSaved, savedHead } from "./json.js";
import { isCategoryList, nearest } from "./labelEncoder.js";
import { type Category, checkRows, distinct } from "./table.js";

/** What to do with a category that `fit` has not seen. */
export type HandleUnknown = (typeof unknownChoices)[number];

/** Which columns to do without. */
export type DropCategory = (typeof dropChoices)[number];

/** Options of `oneHotEncoder`. */
export interface OneHotEncoderOptions {
  /** Refuse a category that `fit` has not seen, or `"ignore"` it: zeros in all columns. @default "error" */
  handleUnknown?: HandleUnknown;
  /**
   * No column for the `"first"` category, of every input or only of those with two categories (`"ifBinary"`): zeros in
   * the others tell it, as they do an ignored one. `null` for a column of every category. @default null
   */
  drop?: DropCategory | null;
}

/** A one-hot encoder as JSON. */
export interface OneHotEncoderJSON {
  type: "oneHotEncoder";
  version: number;
  handleUnknown: HandleUnknown;
  drop: DropCategory | null;
  categories: Category[][];
}

const TYPE = "oneHotEncoder";
const unknownChoices = ["error", "ignore"] as const;
const dropChoices = ["first", "ifBinary"] as const;

/** Categories by column, learned by `fit`. Made by `oneHotEncoder` or `fromJSON`. */
export class OneHotEncoder {
  readonly #handleUnknown: HandleUnknown;
  readonly #drop: DropCategory | null;
  #categories: readonly (readonly Category[])[] | null = null;
  /** Category to its place among those of the column. */
  #places: readonly ReadonlyMap<unknown, number>[] = [];

  /** Use the factory, or `OneHotEncoder.fromJSON`. */
  constructor(handleUnknown: HandleUnknown, drop: DropCategory | null) {
    this.#handleUnknown = handleUnknown;
    this.#drop = drop;
  }

  /** An encoder from what `toJSON` returned. @throws FormatError for anything else. */
  static fromJSON(json: unknown): OneHotEncoder {
    checkArguments("OneHotEncoder.fromJSON", arguments, 1);
    const where = "OneHotEncoder.fromJSON";
    const saved = checkSaved(where, json, [TYPE]);
    const isChoice = (value: unknown) => (unknownChoices as readonly unknown[]).includes(value);
    const isTable = (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(isCategoryList);
    const choice = checkField<HandleUnknown>(where, saved, "handleUnknown", '"error" or "ignore"', isChoice);
    const isDrop = (value: unknown) => value == null || (dropChoices as readonly unknown[]).includes(value);
    const drop = checkField<DropCategory | undefined>(where, saved, "drop", '"first", "ifBinary" or null', isDrop);
    const encoder = new OneHotEncoder(choice, drop ?? null);
    const expected = "a sorted list of categories per column";
    const categories = checkField<Category[][]>(where, saved, "categories", expected, isTable);
    encoder.#setCategories(categories.map((own) => [...own]));
    return encoder;
  }

  /** The sorted categories of each column. @throws OptionError before `fit`. */
  get categories(): readonly (readonly Category[])[] {
    if (this.#categories) return this.#categories;
    throw new OptionError(`${TYPE}: nothing has been learned yet. Call fit(rows) first.`);
  }

  /** Number of columns that `transform` gives. */
  get width(): number {
    return this.categories.reduce((sum, own) => sum + own.length - this.#dropped(own), 0);
  }

  /**
   * Names of those columns: `colour_red`; without names of the inputs `x0_red`. All are different: a name that is there
   * gets a number, `colour_red_2`. @throws ShapeError, OptionError
   */
  featureNames(inputs: readonly string[] = this.categories.map((_, column) => `x${column}`)): string[] {
    checkArguments("featureNames", arguments, 1);
    if (!Array.isArray(inputs) || inputs.length !== this.categories.length) {
      throw new ShapeError(`${TYPE}.featureNames: expected ${this.categories.length} names, got ${show(inputs)}.`);
    }
    const stray = inputs.find((name) => typeof name !== "string");
    if (stray !== undefined) {
      throw new OptionError(`${TYPE}.featureNames: expected an array of strings, got ${show(stray)} in it.`);
    }
    return distinctNames(
      this.categories.flatMap((own, column) =>
        own.slice(this.#dropped(own)).map((category) => `${inputs[column]}_${category}`),
      ),
    );
  }

  /**
   * Learns the categories of each column. @returns the encoder itself
   * @throws DataError naming the cell that is missing, or of another type than the first of its column; ShapeError.
   */
  fit(rows: readonly (readonly Category[])[]): this {
    checkArguments("fit", arguments, 1);
    const where = `${TYPE}.fit`;
    const columns = checkRows(where, rows);
    this.#setCategories(
      Array.from({ length: columns }, (_, column) => {
        const cells = rows.map((row) => row[column]);
        return distinct(`${where}: column ${column}`, cells);
      }),
    );
    return this;
  }

  /** [n, columns] categories to [n, width] zeros and ones. @throws DataError for an unknown category, ShapeError. */
  transform(rows: readonly (readonly Category[])[]): number[][] {
    checkArguments("transform", arguments, 1);
    const where = `${TYPE}.transform`;
    const { categories, width } = this;
    checkRows(where, rows, categories.length);
    return rows.map((row, i) => {
      const encoded = new Array<number>(width).fill(0);
      let begin = 0;
      categories.forEach((own, column) => {
        const place = this.#placeOf(`${where}: row ${i}, column ${column}`, row[column], column);
        const dropped = this.#dropped(own);
        if (place !== null && place >= dropped) encoded[begin + place - dropped] = 1;
        begin += own.length - dropped;
      });
      return encoded;
    });
  }

  /** `fit`, then `transform` of the same rows. */
  fitTransform(rows: readonly (readonly Category[])[]): number[][] {
    checkArguments("fitTransform", arguments, 1);
    return this.fit(rows).transform(rows);
  }

  /**
   * The category with the largest number in each group of columns, so probabilities do as well: a dropped one has what
   * the others leave of 1. `null` where all are 0, none was dropped, and unknown categories are ignored.
   * @throws DataError, ShapeError
   */
  inverseTransform(rows: readonly (readonly number[])[]): (Category | null)[][] {
    checkArguments("inverseTransform", arguments, 1);
    const where = `${TYPE}.inverseTransform`;
    const { categories, width } = this;
    checkRows(where, rows, width);
    return rows.map((row, i) => {
      const bad = row.findIndex((value) => !Number.isFinite(value));
      if (bad >= 0) throw new DataError(`${where}: row ${i}, column ${bad}: expected a number, got ${show(row[bad])}.`);
      let begin = 0;
      return categories.map((own, column) => {
        const dropped = this.#dropped(own);
        const group = Array.from(row.slice(begin, begin + own.length - dropped));
        begin += group.length;
        if (dropped) group.unshift(1 - group.reduce((sum, value) => sum + value, 0));
        if (group.some((value) => value !== 0)) {
          return own[group.reduce((best, value, place) => (value > group[best] ? place : best), 0)];
        }
        if (this.#handleUnknown === "ignore") return null;
        throw new DataError(`${where}: row ${i}: expected a one among the columns of input ${column}, got zeros.`);
      });
    });
  }

  /** Plain data for `JSON.stringify`. @throws OptionError before `fit`. */
  toJSON(): OneHotEncoderJSON {
    const categories = this.categories.map((own) => [...own]);
    return { ...savedHead(TYPE), handleUnknown: this.#handleUnknown, drop: this.#drop, categories };
  }

  /** How many of the first categories have no column. */
  #dropped({ length }: readonly Category[]): 0 | 1 {
    return this.#drop === "first" || (this.#drop === "ifBinary" && length === 2) ? 1 : 0;
  }

  #placeOf(where: string, cell: unknown, column: number): number | null {
    const place = this.#places[column].get(cell);
    if (place !== undefined) return place;
    if (this.#handleUnknown === "ignore") return null;
    const known = this.categories[column];
    const hint = nearest(cell, known) || ' Or ignore what fit has not seen: handleUnknown: "ignore".';
    throw new DataError(`${where}: expected one of ${known.length} known categories, got ${show(cell)}.${hint}`);
  }

  #setCategories(categories: readonly (readonly Category[])[]): void {
    this.#categories = categories;
    this.#places = categories.map((own) => new Map(own.map((category, place) => [category, place])));
  }
}

/**
 * Columns of categories to columns of 0 and 1, one per category but those of `drop`, in sorted order. scikit-learn's
 * `OneHotEncoder`.
 * @throws OptionError
 */
export function oneHotEncoder(options: OneHotEncoderOptions = {}): OneHotEncoder {
  checkKeys("oneHotEncoder", options, ["handleUnknown", "drop"], arguments);
  const { handleUnknown = "error", drop = null } = options;
  return new OneHotEncoder(
    checkName("oneHotEncoder: handleUnknown", handleUnknown, unknownChoices),
    drop === null ? null : checkName("oneHotEncoder: drop", drop, dropChoices),
  );
}
