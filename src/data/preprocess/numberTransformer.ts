/**
 * Parts shared by transformers of numbers: checks of input, the forms of tables, and JSON. Knows columns, not formulas.
 */
import { checkArguments, OptionError } from "../../base/errors.js";
import { readOptions } from "../../base/options.js";
import { checkField, checkSaved, plainCopy, type Saved, savedHead, savedOptions } from "./json.js";
import { inputNames } from "./names.js";
import {
  type Columns,
  type FitColumnsOptions,
  fitColumnsOptions,
  type NumberTable,
  type Reshaped,
  readNumbers,
  shapeLike,
} from "./table.js";
import type { TransformerConfig } from "./transformer.js";

/** A transformer of numbers as JSON: its options, the number of columns that it takes, and what it learned of them. */
export interface NumberTransformerJSON {
  type: string;
  version: number;
  options: object;
  columns: number;
  [learned: string]: unknown;
}

/** Numbers made of numbers, row by row. */
export type Values = Pick<Columns, "columns"> & { readonly values: Float64Array };

/** Learns from tables of numbers and makes others of them. Each kind has a class of its own, made by its factory. */
export abstract class NumberTransformer<Options extends object, Learned extends object> {
  /** Name of the factory that made it. */
  readonly type: string;
  protected readonly options: Options;
  #fitted: { readonly columns: number; readonly learned: Learned } | null = null;

  constructor(type: string, options: Options) {
    this.type = type;
    this.options = options;
  }

  /** Type and options as plain data, for `transformerFromConfig`. */
  getConfig(): TransformerConfig {
    return { type: this.type, options: plainCopy(this.options) };
  }

  /**
   * Names of the columns that `transform` gives. @param inputs Those it takes. @default x0, x1, … @throws ShapeError,
   * OptionError
   */
  featureNames(inputs?: readonly string[]): string[] {
    checkArguments("featureNames", arguments, 1);
    const { columns, learned } = this.fitted();
    return this.namesOf(inputNames(this.type, inputs, columns), learned);
  }

  /**
   * Learns from the rows that are given, and from these alone; give it the training data only. @returns itself
   * @throws DataError, ShapeError, OptionError naming the row that cannot be used.
   */
  fit(table: NumberTable, options: FitColumnsOptions = {}): this {
    const where = `${this.type}.fit`;
    return this.learnFrom(where, table, readOptions(where, fitColumnsOptions, options, arguments).features);
  }

  /**
   * Other columns of each row: a Dataset gives a Dataset, rows give rows, a typed array a Float32Array. @throws as
   * `fit`.
   */
  transform<Table extends NumberTable>(table: Table): Reshaped<Table> {
    checkArguments("transform", arguments, 1);
    const where = `${this.type}.transform`;
    const { columns, learned } = this.fitted();
    const made = this.apply(where, readNumbers(where, table, columns), learned);
    return shapeLike(table, made.values, made.columns, (inputs) => this.namesOf(inputs, learned));
  }

  /** `fit`, then `transform` of the same rows. */
  fitTransform<Table extends NumberTable>(table: Table, options: FitColumnsOptions = {}): Reshaped<Table> {
    checkArguments("fitTransform", arguments, 2);
    return this.fit(table, options).transform(table);
  }

  /** Plain data for `JSON.stringify`. @throws OptionError before `fit`. */
  toJSON(): NumberTransformerJSON {
    const { columns, learned } = this.fitted();
    return { ...savedHead(this.type), options: plainCopy(this.options), columns, ...plainCopy(this.save(learned)) };
  }

  protected learnFrom(where: string, table: NumberTable, features?: number): this {
    const columns = readNumbers(where, table, features);
    this.#fitted = { columns: columns.columns, learned: this.learn(where, columns) };
    return this;
  }

  /** Number of columns that it takes; undefined before `fit`. */
  protected get columns(): number | undefined {
    return this.#fitted?.columns;
  }

  /** Takes what was learned from JSON. */
  protected restore(columns: number, learned: Learned): this {
    this.#fitted = { columns, learned };
    return this;
  }

  /** @throws OptionError before `fit`. */
  protected fitted(): { readonly columns: number; readonly learned: Learned } {
    if (this.#fitted) return this.#fitted;
    throw new OptionError(`${this.type}: nothing has been learned yet. Call fit(data) first.`);
  }

  /** Undoes `apply` for rows of that many columns. */
  protected invert<Table extends NumberTable>(
    table: Table,
    width: number,
    undo: (where: string, table: Columns) => Values,
  ): Reshaped<Table> {
    const where = `${this.type}.inverseTransform`;
    const made = undo(where, readNumbers(where, table, width));
    return shapeLike(table, made.values, made.columns);
  }

  protected abstract learn(where: string, table: Columns): Learned;
  protected abstract apply(where: string, table: Columns, learned: Learned): Values;
  protected abstract namesOf(inputs: readonly string[], learned: Learned): string[];
  /** The learned values as JSON; NaN becomes null. */
  protected abstract save(learned: Learned): object;
}

/** Transforms each row by itself: learns nothing but the number of columns, so rows may come in portions. */
export abstract class RowTransformer<Options extends object, Learned extends object> extends NumberTransformer<
  Options,
  Learned
> {
  /** As `fit`, for rows of as many columns as before. @returns itself @throws as `fit`. */
  partialFit(table: NumberTable, options: FitColumnsOptions = {}): this {
    const where = `${this.type}.partialFit`;
    const { features } = readOptions(where, fitColumnsOptions, options, arguments);
    return this.learnFrom(where, table, this.columns ?? features);
  }
}

/** Reads what all have: type, options and number of columns. @throws FormatError */
export function readSaved<Options extends object>(
  where: string,
  json: unknown,
  type: string,
  read: (options: object) => Options,
): { readonly saved: Saved; readonly options: Options; readonly columns: number } {
  const saved = checkSaved(where, json, [type]);
  const options = savedOptions(where, saved, read);
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0;
  return { saved, options, columns: checkField<number>(where, saved, "columns", "an integer from 1", isCount) };
}

/** The result of a formula for each value. */
export function mapValues(
  { values, columns }: Columns,
  formula: (value: number, column: number, place: number) => number,
): Values {
  const mapped = new Float64Array(values.length);
  for (let i = 0; i < mapped.length; i++) mapped[i] = formula(values[i], i % columns, i);
  return { values: mapped, columns };
}
