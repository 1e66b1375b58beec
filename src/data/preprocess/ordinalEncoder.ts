/** Columns of categories to columns of their numbers, and back. After scikit-learn's OrdinalEncoder. */
import { checkArguments, DataError, OptionError, show } from "../../base/errors.js";
import { type Given, type Kept, oneOf, readOptions, via } from "../../base/options.js";
import {
  areKnown,
  type Counted,
  categoriesOption,
  checkGiven,
  countCategories,
  type Known,
  keyOf,
  unknownCategory,
} from "./categories.js";
import { type CellTable, type Encoded, encodedLike, readCells } from "./cells.js";
import { checkField, checkSaved, plainCopy, savedHead, savedOptions } from "./json.js";
import { inputNames } from "./names.js";
import { checkRows, isMissing } from "./table.js";
import type { TransformerConfig } from "./transformer.js";

const TYPE = "ordinalEncoder";

/** A number for cells; null, which JSON has, for NaN. @throws OptionError */
const numberOrNaN = via<number | null, number>((where, value) => {
  if (value === null) return Number.NaN;
  if (typeof value === "number" && Math.abs(value) !== Infinity) return value;
  throw new OptionError(`${where}: expected a finite number or NaN, got ${show(value)}.`);
}, Number.NaN);

const table = {
  /**
   * The categories of each column, in the order of their numbers; `"auto"` for those that `fit` meets, sorted. @default
   * "auto"
   */
  categories: categoriesOption,
  /** Refuse a category that `fit` has not seen, or give it `unknownValue`. @default "error" */
  handleUnknown: oneOf(["error", "useEncodedValue"], "error"),
  /**
   * The number of unknown categories, with `handleUnknown: "useEncodedValue"`: NaN, or one that no category has.
   * @default NaN
   */
  unknownValue: numberOrNaN,
  /** The number of missing cells: NaN, or one that no category has. @default NaN */
  encodedMissingValue: numberOrNaN,
};

/** Options of `ordinalEncoder`. */
export interface OrdinalEncoderOptions extends Given<typeof table> {}

type Options = Kept<typeof table>;

/** An ordinal encoder as JSON. */
export interface OrdinalEncoderJSON {
  type: typeof TYPE;
  version: number;
  options: object;
  /** Those of each column; null for missing cells. */
  categories: Known[][];
}

/** Numbers by category. */
type Codes = ReadonlyMap<unknown, number>;

/** Categories by column, learned by `fit`. Made by `ordinalEncoder` or `fromJSON`. */
export class OrdinalEncoder {
  readonly type = TYPE;
  readonly #options: Options;
  #fitted: { readonly categories: readonly (readonly Known[])[]; readonly codes: readonly Codes[] } | null = null;

  /** Use the factory, or `OrdinalEncoder.fromJSON`. */
  constructor(options: Options) {
    this.#options = options;
  }

  /** An encoder from what `toJSON` returned. @throws FormatError for anything else. */
  static fromJSON(json: unknown): OrdinalEncoder {
    checkArguments("OrdinalEncoder.fromJSON", arguments, 1);
    const where = "OrdinalEncoder.fromJSON";
    const saved = checkSaved(where, json, [TYPE]);
    const encoder = new OrdinalEncoder(savedOptions(where, saved, (options) => readOptions(TYPE, table, options)));
    const isSorted = encoder.#options.categories === "auto";
    const areLists = (value: unknown) =>
      Array.isArray(value) && value.length > 0 && value.every((list) => areKnown(list, isSorted));
    const lists = checkField<Known[][]>(where, saved, "categories", "a list of categories per column", areLists);
    encoder.#learn(lists.map((list) => [...list]));
    return encoder;
  }

  /**
   * The categories of each column: that of number i is `categories[column][i]`; `null` for missing cells. @throws
   * OptionError before `fit`.
   */
  get categories(): readonly (readonly Known[])[] {
    return this.#known().categories.map((list) => [...list]);
  }

  /** Type and options as plain data, for `transformerFromConfig`. */
  getConfig(): TransformerConfig {
    return { type: TYPE, options: plainCopy(this.#options) };
  }

  /** Names of the columns that `transform` gives: those of the inputs. @throws ShapeError, OptionError */
  featureNames(inputs?: readonly string[]): string[] {
    checkArguments("featureNames", arguments, 1);
    return inputNames(TYPE, inputs, this.#known().categories.length);
  }

  /**
   * Learns the categories of each column. @returns the encoder itself
   * @throws DataError naming the cell that is not among the given categories, or of another type than the first of its
   * column; ShapeError; OptionError for numbers of unknown or missing cells that a category has.
   */
  fit(cells: CellTable): this {
    checkArguments("fit", arguments, 1);
    const where = `${TYPE}.fit`;
    const { categories: given, handleUnknown, unknownValue, encodedMissingValue } = this.#options;
    const { rows, columns } = readCells(where, cells);
    checkGiven(where, given, columns);
    const counted = Array.from({ length: columns }, (_, column): Counted => {
      const own = rows.map((row) => row[column]);
      const takes = { takesMissing: true, takesUnknown: handleUnknown !== "error" };
      const list = given === "auto" ? null : given[column];
      return countCategories({ where: `${where}: column ${column}`, cells: own, given: list, ...takes });
    });
    const lists = counted.map(({ categories }) => categories);
    lists.forEach((list, column) => {
      const present = list.filter((category) => category !== null).length;
      checkFree(`${where}: column ${column}: unknownValue`, unknownValue, present);
      if (present < list.length)
        checkFree(`${where}: column ${column}: encodedMissingValue`, encodedMissingValue, present);
    });
    this.#learn(lists);
    return this;
  }

  /** [n, columns] categories to [n, columns] numbers from 0. @throws DataError for an unknown category, ShapeError. */
  transform<Table extends CellTable>(cells: Table): Encoded<Table> {
    checkArguments("transform", arguments, 1);
    const where = `${TYPE}.transform`;
    const { categories, codes } = this.#known();
    const { rows, columns } = readCells(where, cells, categories.length);
    const encoded = rows.map((row, i) =>
      Array.from({ length: columns }, (_, column) => {
        const code = codes[column].get(keyOf(row[column]));
        if (code !== undefined) return code;
        if (this.#options.handleUnknown !== "error") return this.#options.unknownValue;
        const remedy = ' Or give what fit has not seen a number: handleUnknown: "useEncodedValue".';
        throw unknownCategory(`${where}: row ${i}, column ${column}`, row[column], categories[column], remedy);
      }),
    );
    return encodedLike(cells, encoded, columns, (names) => [...names]);
  }

  /** `fit`, then `transform` of the same rows. */
  fitTransform<Table extends CellTable>(cells: Table): Encoded<Table> {
    checkArguments("fitTransform", arguments, 1);
    return this.fit(cells).transform(cells);
  }

  /** Numbers to categories; `null` for those of missing and of unknown cells. @throws DataError, ShapeError */
  inverseTransform(rows: readonly ArrayLike<number | null>[]): Known[][] {
    checkArguments("inverseTransform", arguments, 1);
    const where = `${TYPE}.inverseTransform`;
    const { categories } = this.#known();
    const { handleUnknown, unknownValue, encodedMissingValue } = this.#options;
    checkRows(where, rows, categories.length);
    return rows.map((row, i) =>
      categories.map((list, column) => {
        const code = isMissing(row[column]) ? Number.NaN : (row[column] as number);
        if (Number.isInteger(code) && code >= 0 && code < list.length && list[code] !== null) return list[code];
        if (Object.is(code, encodedMissingValue) && list.includes(null)) return null;
        if (handleUnknown !== "error" && Object.is(code, unknownValue)) return null;
        const expected = `expected the number of a category, from 0 to ${list.length - 1}`;
        throw new DataError(`${where}: row ${i}, column ${column}: ${expected}, got ${show(row[column])}.`);
      }),
    );
  }

  /** Plain data for `JSON.stringify`. @throws OptionError before `fit`. */
  toJSON(): OrdinalEncoderJSON {
    const categories = this.#known().categories.map((list) => [...list]);
    return { ...savedHead(TYPE), options: plainCopy(this.#options), categories };
  }

  #known(): { readonly categories: readonly (readonly Known[])[]; readonly codes: readonly Codes[] } {
    if (this.#fitted) return this.#fitted;
    throw new OptionError(`${TYPE}: nothing has been learned yet. Call fit(rows) first.`);
  }

  #learn(categories: readonly (readonly Known[])[]): void {
    const { encodedMissingValue } = this.#options;
    const codes = categories.map(
      (list) => new Map(list.map((category, code) => [category, category === null ? encodedMissingValue : code])),
    );
    this.#fitted = { categories, codes };
  }
}

/** @throws OptionError for a number that a category has. */
function checkFree(where: string, value: number, categories: number): void {
  if (!(Number.isInteger(value) && value >= 0 && value < categories)) return;
  throw new OptionError(`${where}: ${value} is the number of a category. Give NaN, or a number below 0.`);
}

/**
 * Columns of categories to columns of numbers: 0, 1, … in sorted order, or in that of `categories`. A missing cell
 * becomes `encodedMissingValue`. scikit-learn's `OrdinalEncoder`; for labels, `labelEncoder`.
 * @throws OptionError
 */
export function ordinalEncoder(options: OrdinalEncoderOptions = {}): OrdinalEncoder {
  const read = readOptions(TYPE, table, options, arguments);
  if (options.unknownValue === undefined || read.handleUnknown === "useEncodedValue") return new OrdinalEncoder(read);
  throw new OptionError(`${TYPE}: unknownValue has no effect without handleUnknown: "useEncodedValue".`);
}
