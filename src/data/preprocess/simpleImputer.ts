/** Fills in what is missing (NaN, null, undefined), column by column. After scikit-learn's SimpleImputer. */

import { columnMeans } from "../../base/columnStats.js";
import { checkArguments, DataError, OptionError, show } from "../../base/errors.js";
import { flag, type Given, type Kept, oneOf, optional, readOptions, via } from "../../base/options.js";
import type { Dataset } from "../dataset.js";
import { distinctNames } from "../distinctNames.js";
import { encodedLike, readCells } from "./cells.js";
import { checkField, checkSaved, savedHead } from "./json.js";
import { inputNames } from "./names.js";
import { type Category, type Cell, checkCategory, checkRows, compareCategories, isMissing, quantile } from "./table.js";
import type { TransformerConfig } from "./transformer.js";

const TYPE = "simpleImputer";
const strategies = ["mean", "median", "mostFrequent", "constant"] as const;

/** The filling of missing cells. */
export type ImputerStrategy = (typeof strategies)[number];

const table = {
  /** Mean or median of the column's numbers, its most frequent cell, or `fillValue`. @default "mean" */
  strategy: oneOf(strategies, "mean"),
  /** Value that the strategy `"constant"` fills in, of the type of the cells. @default 0; "missing_value" among text */
  fillValue: optional(via<Category, Category>(checkFill)),
  /**
   * Append a column of 0 and 1 for each column in which `fit` met something missing. `inverseTransform` needs it.
   * @default false
   */
  addIndicator: flag(false),
};

/** Options of `simpleImputer`. */
export interface SimpleImputerOptions extends Given<typeof table> {}

type Options = Kept<typeof table>;

function checkFill(where: string, value: unknown): Category {
  if (isMissing(value)) throw new OptionError(`${where}: expected a value, got ${show(value)}.`);
  return checkCategory(where, value);
}

/** @throws OptionError */
function readImputer(options: object, args?: ArrayLike<unknown>): Options {
  const read = readOptions(TYPE, table, options, args);
  if (read.fillValue === undefined || read.strategy === "constant") return read;
  const only = 'only strategy "constant" fills it in';
  throw new OptionError(`${TYPE}: fillValue: ${only}, got strategy "${read.strategy}".`);
}

/** An imputer as JSON. */
export interface SimpleImputerJSON {
  type: "simpleImputer";
  version: number;
  strategy: ImputerStrategy;
  fills: Category[];
  /** Columns that have an indicator, or null without `addIndicator`. */
  indicated: number[] | null;
  /** Present where it was given. */
  fillValue?: Category;
}

/** The filling of a column, from its present cells; there is at least one. */
type Learn = (where: string, cells: readonly Category[]) => Category;

function checkAllNumbers(where: string, cells: readonly Category[]): Float64Array {
  const text = cells.find((cell) => typeof cell !== "number");
  if (text === undefined) return Float64Array.from(cells as number[]);
  const hint = 'Use strategy: "mostFrequent" or "constant" for it.';
  throw new DataError(`${where}: expected numbers, got ${show(text)}. ${hint}`);
}

/** The most frequent cell; the least of equally frequent ones. */
function mostFrequent(cells: readonly Category[]): Category {
  const counts = new Map<Category, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const byCount = [...counts].sort(([a, m], [b, n]) => n - m || compareCategories(a, b));
  return byCount[0][0];
}

/** Fills missing cells with a value learned from the others. */
export const learnFill: Record<Exclude<ImputerStrategy, "constant">, Learn> = {
  mean: (where, cells) => columnMeans(checkAllNumbers(where, cells), 1)[0],
  median: (where, cells) => quantile(checkAllNumbers(where, cells).sort(), 0.5),
  mostFrequent: (_, cells) => mostFrequent(cells),
};

/** Fillings by column, learned by `fit`. Made by `simpleImputer` or `fromJSON`. */
export class SimpleImputer {
  readonly type = TYPE;
  readonly #options: Options;
  #fills: readonly Category[] | null = null;
  #indicated: readonly number[] = [];

  /** Use the factory, or `SimpleImputer.fromJSON`. */
  constructor(options: Options) {
    this.#options = options;
  }

  /** An imputer from what `toJSON` returned. @throws FormatError for anything else. */
  static fromJSON(json: unknown): SimpleImputer {
    checkArguments("SimpleImputer.fromJSON", arguments, 1);
    const where = "SimpleImputer.fromJSON";
    const saved = checkSaved(where, json, [TYPE]);
    const isStrategy = (value: unknown) => (strategies as readonly unknown[]).includes(value);
    const isFill = (value: unknown) =>
      typeof value === "string" || typeof value === "boolean" || Number.isFinite(value as number);
    const isFills = (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(isFill);
    const strategy = checkField<ImputerStrategy>(where, saved, "strategy", strategies.join(", "), isStrategy);
    const fills = checkField<Category[]>(where, saved, "fills", "a value per column", isFills);
    const isColumn = (value: unknown) =>
      Number.isInteger(value) && fills.length > (value as number) && Number(value) >= 0;
    const areColumns = (value: unknown) => value === null || (Array.isArray(value) && value.every(isColumn));
    const indicated = checkField<number[] | null>(where, saved, "indicated", "columns or null", areColumns);
    const { fillValue } = saved;
    if (fillValue !== undefined && (strategy !== "constant" || !isFill(fillValue))) {
      checkField(where, saved, "fillValue", "nothing, or a value beside a constant", () => false);
    }
    const given = fillValue === undefined ? {} : { fillValue: fillValue as Category };
    const imputer = new SimpleImputer({ strategy, addIndicator: indicated !== null, ...given });
    [imputer.#fills, imputer.#indicated] = [[...fills], [...(indicated ?? [])]];
    return imputer;
  }

  /** Filling of each column. @throws OptionError before `fit`. */
  get fills(): readonly Category[] {
    if (this.#fills) return [...this.#fills];
    throw new OptionError(`${TYPE}: nothing has been learned yet. Call fit(rows) first.`);
  }

  /** Type and options as plain data, for `transformerFromConfig`. */
  getConfig(): TransformerConfig {
    return { type: TYPE, options: { ...this.#options } };
  }

  /**
   * Names of the columns that `transform` gives: those of the inputs, then `age_missing` for an indicator. @throws
   * ShapeError, OptionError
   */
  featureNames(inputs?: readonly string[]): string[] {
    checkArguments("featureNames", arguments, 1);
    const names = inputNames(TYPE, inputs, this.fills.length);
    return distinctNames([...names, ...this.#indicated.map((column) => `${names[column]}_missing`)]);
  }

  /**
   * Learns what to fill in from the cells that are there. @returns the imputer itself
   * @throws DataError for a column with no cell at all, for text where a mean or median is asked; ShapeError.
   */
  fit(table: Dataset | readonly (readonly Cell[])[]): this {
    checkArguments("fit", arguments, 1);
    const where = `${TYPE}.fit`;
    const { rows: read, columns } = readCells(where, table);
    const rows = read as readonly (readonly Cell[])[];
    const learned = Array.from({ length: columns }, (_, column) =>
      this.#learn(`${where}: column ${column}`, rows, column),
    );
    this.#fills = learned.map(({ fill }) => fill);
    this.#indicated = learned.flatMap(({ hasMissing }, column) =>
      this.#options.addIndicator && hasMissing ? [column] : [],
    );
    return this;
  }

  /** The same rows with nothing missing, and the indicators after them if asked for. @throws DataError, ShapeError */
  transform(table: Dataset): Dataset;
  transform(table: readonly (readonly (number | null | undefined)[])[]): number[][];
  transform(table: readonly (readonly Cell[])[]): Category[][];
  transform(table: Dataset | readonly (readonly Cell[])[]): Dataset | Category[][] {
    checkArguments("transform", arguments, 1);
    const where = `${TYPE}.transform`;
    const { fills } = this;
    const { rows } = readCells(where, table, fills.length);
    const whole = rows.map((row, i) => {
      const filled = fills.map((fill, column) => {
        const cell = row[column];
        return isMissing(cell) ? fill : checkCategory(`${where}: row ${i}, column ${column}`, cell);
      });
      return [...filled, ...this.#indicated.map((column) => Number(isMissing(row[column])))];
    });
    if (Array.isArray(table)) return whole;
    const width = fills.length + this.#indicated.length;
    return encodedLike(table as Dataset, whole as number[][], width, (names) => this.featureNames(names));
  }

  /** `fit`, then `transform` of the same rows. */
  fitTransform(table: Dataset): Dataset;
  fitTransform(table: readonly (readonly (number | null | undefined)[])[]): number[][];
  fitTransform(table: readonly (readonly Cell[])[]): Category[][];
  fitTransform(table: Dataset | readonly (readonly Cell[])[]): Dataset | Category[][] {
    checkArguments("fitTransform", arguments, 1);
    return this.fit(table).transform(table as never);
  }

  /**
   * Takes out again what was filled in: `null` where an indicator says so.
   * @throws OptionError without `addIndicator`, for nobody knows then; DataError, ShapeError.
   */
  inverseTransform(rows: readonly (readonly Category[])[]): (Category | null)[][] {
    checkArguments("inverseTransform", arguments, 1);
    const where = `${TYPE}.inverseTransform`;
    const { fills } = this;
    if (!this.#options.addIndicator) {
      throw new OptionError(
        `${where}: which cells were missing is not kept. Use simpleImputer({ addIndicator: true }).`,
      );
    }
    checkRows(where, rows, fills.length + this.#indicated.length);
    return rows.map((row) => {
      const restored: (Category | null)[] = Array.from(row).slice(0, fills.length);
      this.#indicated.forEach((column, i) => {
        if (row[fills.length + i]) restored[column] = null;
      });
      return restored;
    });
  }

  /** Plain data for `JSON.stringify`. @throws OptionError before `fit`. */
  toJSON(): SimpleImputerJSON {
    const { addIndicator, strategy, ...given } = this.#options;
    const indicated = addIndicator ? [...this.#indicated] : null;
    return { ...savedHead(TYPE), strategy, fills: [...this.fills], indicated, ...given };
  }

  #constant(where: string, cells: readonly Category[]): Category {
    const fill = this.#options.fillValue ?? (typeof cells[0] === "string" ? "missing_value" : 0);
    const other = cells.find((cell) => typeof cell !== typeof fill);
    if (other === undefined) return fill;
    const got = `got ${show(other)} beside the filling ${show(fill)}`;
    throw new DataError(`${where}: expected cells of one type, ${got}. Give a fillValue of the type of the cells.`);
  }

  #learn(where: string, rows: readonly (readonly Cell[])[], column: number): { fill: Category; hasMissing: boolean } {
    const cells: Category[] = [];
    rows.forEach((row, i) => {
      const cell = row[column];
      if (!isMissing(cell)) cells.push(checkCategory(`${where}, row ${i}`, cell));
    });
    const hasMissing = cells.length < rows.length;
    const { strategy } = this.#options;
    if (strategy === "constant") return { fill: this.#constant(where, cells), hasMissing };
    if (cells.length > 0) return { fill: learnFill[strategy](where, cells), hasMissing };
    throw new DataError(`${where}: expected at least one cell that is there, got none. Drop the column.`);
  }
}

/**
 * Fills in what is missing with the mean, the median or the most frequent cell of the column (of equally frequent ones
 * the least), or a constant. scikit-learn's `SimpleImputer`.
 * @throws OptionError
 */
export function simpleImputer(options: SimpleImputerOptions = {}): SimpleImputer {
  return new SimpleImputer(readImputer(options, arguments));
}
