/**
 * From a table with named columns to a Dataset: numbers as they are, categories one-hot, the target as number or class.
 * What was learned from the training data encodes new rows alike. Knows tables, not files and not models.
 */
import { checkKeys, checkName, DataError, OptionError, show } from "../../errors.js";
import { Dataset } from "../dataset.js";
import { checkField, checkSaved, savedHead } from "./json.js";
import { type Category, isMissing } from "./table.js";
import {
  type ColumnType,
  checkNumberCell,
  columnTypes,
  isLearnedColumn,
  type LearnedColumn,
  learnFeature,
  learnTarget,
  type MissingChoice,
  missingChoices,
  placesOf,
} from "./tableColumn.js";
import { type NamedTable, readNamed, type Source } from "./tableSource.js";

/** Options of `tableEncoder` and `fromTable`. */
export interface TableOptions {
  /** The columns of x, in this order. @default all but the target */
  features?: readonly string[];
  /** The column of y. Text and booleans become class numbers, numbers stay numbers. */
  target: string;
  /**
   * Columns to read otherwise than they look: `{ zip: "category" }`. By itself a column of numbers or booleans is a
   * number (true is 1), one of text a category; a target of text or booleans is a category.
   */
  types?: Readonly<Record<string, ColumnType>>;
  /** Refuse missing cells of features, or fill them; categories always with the most frequent. @default "error" */
  missing?: MissingChoice;
  /** A category that `fit` has not seen: refuse it, or `"ignore"`: zeros in all its columns. @default "error" */
  handleUnknown?: "error" | "ignore";
}

/** A table as a Dataset, and what encodes further rows in the same way. */
export interface EncodedTable {
  readonly data: Dataset;
  readonly encoder: TableEncoder;
}

/** A table encoder as JSON. */
export interface TableEncoderJSON {
  type: "tableEncoder";
  version: number;
  features: LearnedColumn[];
  target: LearnedColumn;
  handleUnknown: "error" | "ignore";
}

const TYPE = "tableEncoder";
const unknownChoices = ["error", "ignore"] as const;
interface Learned {
  readonly features: readonly LearnedColumn[];
  readonly target: LearnedColumn;
  readonly handleUnknown: "error" | "ignore";
}

/** Columns learned by `fit`. Made by `tableEncoder` or `fromJSON`. */
export class TableEncoder {
  readonly #options: TableOptions | null;
  #learned: Learned | null = null;

  /** Use the factory, or `TableEncoder.fromJSON`. */
  constructor(options: TableOptions | null) {
    this.#options = options;
  }

  /** An encoder from what `toJSON` returned: it encodes at once, but does not learn anew. @throws FormatError */
  static fromJSON(json: unknown): TableEncoder {
    const where = "TableEncoder.fromJSON";
    const saved = checkSaved(where, json, [TYPE]);
    const isChoice = (value: unknown) => (unknownChoices as readonly unknown[]).includes(value);
    const areColumns = (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(isLearnedColumn);
    const encoder = new TableEncoder(null);
    encoder.#learned = {
      features: checkField(where, saved, "features", "a list of columns", areColumns),
      target: checkField(where, saved, "target", "a column", isLearnedColumn),
      handleUnknown: checkField(where, saved, "handleUnknown", '"error" or "ignore"', isChoice),
    };
    return encoder;
  }

  /** The classes of the target, `classes[label]`; `null` where it is a number. @throws OptionError before `fit`. */
  get classes(): readonly Category[] | null {
    return this.#fitted().target.categories;
  }

  /** Names of the columns of x: `age`, `colour_red`, … @throws OptionError before `fit`. */
  get featureNames(): string[] {
    return this.#fitted().features.flatMap(({ name, categories }) =>
      categories ? categories.map((category) => `${name}_${category}`) : [name],
    );
  }

  /**
   * Learns categories, fillings and classes. @returns the encoder itself
   * @throws OptionError for a column that is not there; DataError for cells that cannot be used, naming column and row.
   */
  fit(table: NamedTable): this {
    const where = `${TYPE}.fit`;
    const options = this.#options;
    if (!options) throw new OptionError(`${where}: an encoder from JSON keeps what it learned. Make a new one.`);
    const source = readNamed(where, table);
    const { target, handleUnknown = "error" } = options;
    const features = options.features ?? source.names.filter((name) => name !== target);
    if (features.length === 0) throw new OptionError(`${where}: features: expected at least one column, got none.`);
    const at = (name: string) => `${where}: column ${show(name)}`;
    this.#learned = {
      features: features.map((name) => learnFeature(at(name), source.column(name), name, options)),
      target: learnTarget(at(target), source.column(target), target, options),
      handleUnknown,
    };
    return this;
  }

  /** A Dataset of the rows, with names of columns and classes. @throws DataError, OptionError as `fit` does. */
  transform(table: NamedTable): Dataset {
    const where = `${TYPE}.transform`;
    const source = readNamed(where, table);
    const { target } = this.#fitted();
    const cells = source.column(target.name);
    const y = new Float32Array(source.rows);
    const encode = target.categories ? placesOf(target.categories) : checkNumberCell;
    const place = `${where}: column ${show(target.name)}`;
    for (let row = 0; row < source.rows; row++) y[row] = encode(place, row, cells[row]);
    const featureNames = this.featureNames;
    const classNames = target.categories?.map(String);
    const names = { featureNames, ...(classNames && { classNames }) };
    return Dataset.from(
      { x: this.#inputs(where, source), y },
      { inputShape: [featureNames.length], targetShape: [], ...names },
    );
  }

  /** x of rows whose target is not known yet, for `predict`: [n, featureNames.length]. @throws DataError, OptionError */
  inputs(table: NamedTable): Float32Array {
    const where = `${TYPE}.inputs`;
    return this.#inputs(where, readNamed(where, table));
  }

  /** Class numbers, such as `argMax` gives, to the classes as the table has them. @throws DataError, OptionError */
  classesOf(labels: ArrayLike<number>): Category[] {
    const { classes } = this;
    if (!classes)
      throw new OptionError(`${TYPE}.classesOf: the target ${show(this.#fitted().target.name)} is a number.`);
    return Array.from(labels, (label, row) => {
      if (label in classes) return classes[label];
      const expected = `expected an integer from 0 to ${classes.length - 1}`;
      throw new DataError(`${TYPE}.classesOf: row ${row}: ${expected}, got ${show(label)}.`);
    });
  }

  /** Plain data for `JSON.stringify`. @throws OptionError before `fit`. */
  toJSON(): TableEncoderJSON {
    const { features, target, handleUnknown } = structuredClone(this.#fitted());
    return { ...savedHead(TYPE), features: [...features], target, handleUnknown };
  }

  #fitted(): Learned {
    if (this.#learned) return this.#learned;
    throw new OptionError(`${TYPE}: nothing has been learned yet. Call fit(table) first.`);
  }

  #inputs(where: string, source: Source): Float32Array {
    const { features, handleUnknown } = this.#fitted();
    const width = features.reduce((sum, { categories }) => sum + (categories?.length ?? 1), 0);
    const x = new Float32Array(source.rows * width);
    let begin = 0;
    for (const { name, categories, fill } of features) {
      const cells = source.column(name);
      const placeOf = categories && placesOf(categories, handleUnknown === "ignore");
      const at = `${where}: column ${show(name)}`;
      for (let row = 0; row < source.rows; row++) {
        const cell = isMissing(cells[row]) && fill !== null ? fill : cells[row];
        const offset = row * width + begin;
        if (placeOf) {
          const place = placeOf(at, row, cell);
          if (place >= 0) x[offset + place] = 1;
        } else x[offset] = checkNumberCell(at, row, cell);
      }
      begin += categories?.length ?? 1;
    }
    return x;
  }
}

/**
 * What turns tables with named columns into Datasets; `fit` it on the training rows, and it encodes others alike.
 * @throws OptionError
 */
export function tableEncoder(options: TableOptions): TableEncoder {
  const where = TYPE;
  checkKeys(where, options, ["features", "target", "types", "missing", "handleUnknown"]);
  const { features, target, types = {}, missing = "error", handleUnknown = "error" } = options;
  if (typeof target !== "string")
    throw new OptionError(`${where}: target: expected a column's name, got ${show(target)}.`);
  if (features !== undefined) checkFeatures(where, features, target);
  if (typeof types !== "object" || types === null) {
    throw new OptionError(`${where}: types: expected { name: "number" | "category" }, got ${show(types)}.`);
  }
  for (const [name, type] of Object.entries(types)) checkName(`${where}: types: ${name}`, type, columnTypes);
  checkName(`${where}: missing`, missing, missingChoices);
  checkName(`${where}: handleUnknown`, handleUnknown, unknownChoices);
  return new TableEncoder({ ...options, types: { ...types } });
}

function checkFeatures(where: string, features: unknown, target: string): void {
  const isList = Array.isArray(features) && features.every((name) => typeof name === "string");
  if (!isList) throw new OptionError(`${where}: features: expected an array of names, got ${show(features)}.`);
  const names: string[] = features;
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new OptionError(`${where}: features: ${show(twice)} is there twice.`);
  if (names.includes(target)) throw new OptionError(`${where}: features: ${show(target)} is the target.`);
}

/**
 * A table as a Dataset, and the encoder for further rows. Takes an array of objects, or columns such as `parseCsv` of
 * `simdgrad/csv` gives.
 *
 * ```js
 * const rows = [{ age: 31, colour: "red", bought: "yes" }, { age: 54, colour: "blue", bought: "no" }];
 * const { data, encoder } = fromTable(rows, { target: "bought" });
 * model.predict(encoder.inputs([{ age: 40, colour: "red" }]));
 * ```
 * @throws OptionError for a column that is not there; DataError for cells that cannot be used, naming column and row.
 */
export function fromTable(table: NamedTable, options: TableOptions): EncodedTable {
  const encoder = tableEncoder(options).fit(table);
  return { data: encoder.transform(table), encoder };
}
