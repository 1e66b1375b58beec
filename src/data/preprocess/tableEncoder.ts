/**
 * From a table with named columns to a Dataset: each column as the numbers of its kind, the target as number or class.
 * What was learned from the training data encodes new rows alike. Knows tables, not files and not models.
 */
import { counted } from "../../base/counted.js";
import { checkArguments, checkArrayLike, DataError, OptionError, show } from "../../base/errors.js";
import type { ReaderOptions } from "../columns/cells.js";
import {
  isLearnedColumn,
  type LearnedColumn,
  type Learning,
  learnColumn,
  outputsOf,
  targetReader,
  writerOf,
} from "../columns/column.js";
import { describeColumn, describeTarget } from "../columns/describe.js";
import { Dataset } from "../dataset.js";
import { distinctNames } from "../distinctNames.js";
import { forSyncCalls } from "../onWarning.js";
import { checkField, checkSaved, plainCopy, savedHead } from "./json.js";
import { classAt } from "./labelEncoder.js";
import { type Category, isMissing } from "./table.js";
import { type CheckedTableOptions, checkTableOptions, type TableOptions, unknownChoices } from "./tableOptions.js";
import { checkColumn, type NamedTable, readNamed, type Source } from "./tableSource.js";

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
  /** Present where cells that cannot be read count as missing. */
  handleInvalid?: "missing";
  /** Present where rows without a target are dropped. */
  missingTarget?: "drop";
}

export type { TableOptions } from "./tableOptions.js";

const TYPE = "tableEncoder";
interface Learned {
  readonly features: readonly LearnedColumn[];
  readonly target: LearnedColumn;
  readonly ignoresUnknown: boolean;
  readonly ignoresInvalid: boolean;
  readonly dropsRows: boolean;
  /** Columns of the table that are not read. */
  readonly left: readonly string[];
}

/** Columns learned by `fit`. Made by `tableEncoder` or `fromJSON`. */
export class TableEncoder {
  readonly #options: CheckedTableOptions | null;
  #learned: Learned | null = null;

  /** Use the factory, or `TableEncoder.fromJSON`. */
  constructor(options: TableOptions | null) {
    this.#options = options && checkTableOptions(options);
  }

  /** An encoder from what `toJSON` returned: it encodes at once, but does not learn anew. @throws FormatError */
  static fromJSON(json: unknown): TableEncoder {
    checkArguments("TableEncoder.fromJSON", arguments, 1);
    const where = "TableEncoder.fromJSON";
    const saved = checkSaved(where, json, [TYPE]);
    const isChoice = (value: unknown) => (unknownChoices as readonly unknown[]).includes(value);
    const isMissing = (value: unknown) => value === undefined || value === "missing";
    const isDrop = (value: unknown) => value === undefined || value === "drop";
    const areColumns = (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(isLearnedColumn);
    const encoder = new TableEncoder(null);
    encoder.#learned = {
      features: checkField<LearnedColumn[]>(where, saved, "features", "a list of columns", areColumns).map(plainCopy),
      target: plainCopy(checkField<LearnedColumn>(where, saved, "target", "a column", isLearnedColumn)),
      ignoresUnknown: checkField(where, saved, "handleUnknown", '"error" or "ignore"', isChoice) === "ignore",
      ignoresInvalid: checkField(where, saved, "handleInvalid", '"missing" or nothing', isMissing) === "missing",
      dropsRows: checkField(where, saved, "missingTarget", '"drop" or nothing', isDrop) === "drop",
      left: [],
    };
    return encoder;
  }

  /**
   * What each column is read as, a line for each: the target, the features in order, then, of the table of `fit`, the
   * columns that are left out. @throws OptionError before `fit`.
   */
  get report(): string[] {
    const { target, features, left } = this.#fitted();
    const out = left.map((name) => `${name}: left out`);
    return [describeTarget(target), ...features.map(describeColumn), ...out];
  }

  /** The classes of the target, `classes[label]`; `null` where it is a number. @throws OptionError before `fit`. */
  get classes(): readonly Category[] | null {
    const { categories } = this.#fitted().target;
    return categories && [...categories];
  }

  /**
   * Names of the columns of x: `age`, `colour_red`, … All are different: where column and category make a name that is
   * there, it gets a number, `colour_red_2`. @throws OptionError before `fit`.
   */
  get featureNames(): string[] {
    return distinctNames(this.#fitted().features.flatMap(outputsOf));
  }

  /**
   * Learns categories, fillings and classes. @returns the encoder itself
   * @throws OptionError for a column that is not there; DataError for cells that cannot be used, naming column and row.
   */
  fit(table: NamedTable): this {
    checkArguments("fit", arguments, 1);
    const where = `${TYPE}.fit`;
    const options = this.#options;
    if (!options) throw new OptionError(`${where}: an encoder from JSON keeps what it learned. Make a new one.`);
    const source = readNamed(where, table);
    const { target, types, exclude, missing, handleUnknown, handleInvalid, missingTarget } = options;
    const onWarning = forSyncCalls(options.onWarning);
    checkColumn(`${where}: target`, target, source.names);
    for (const name of types.keys()) checkColumn(`${where}: types`, name, source.names);
    for (const name of exclude) checkColumn(`${where}: exclude`, name, source.names);
    const isLeftOut = (name: string) => name === target || exclude.includes(name) || types.get(name) === "ignore";
    const features = options.features ?? [...source.names].filter((name) => !isLeftOut(name));
    if (features.length === 0) throw new OptionError(`${where}: features: expected at least one column, got none.`);
    for (const name of features) checkColumn(`${where}: features`, name, source.names);
    const rows = rowsOf(where, source, target, missingTarget === "drop");
    const { dates, dateOrder = null, maxCategories = null, hashPlaces, decimal } = options;
    const ignoresInvalid = handleInvalid === "missing";
    const how: Learning = { missing, ignoresInvalid, dates, dateOrder, maxCategories, hashPlaces, decimal, onWarning };
    const learn = (name: string): LearnedColumn => {
      const at = { where: `${where}: column ${show(name)}`, name, isTarget: name === target };
      return learnColumn({ ...at, cells: source.column(name), rows }, types.get(name), how);
    };
    this.#learned = {
      target: learn(target),
      features: features.map(learn),
      ignoresUnknown: handleUnknown === "ignore",
      ignoresInvalid,
      dropsRows: missingTarget === "drop",
      left: [...source.names].filter((name) => name !== target && !features.includes(name)),
    };
    return this;
  }

  /**
   * A Dataset of the rows, with names of columns and classes; without those that have no target, where
   * `missingTarget` says so. @throws DataError, OptionError as `fit` does.
   */
  transform(table: NamedTable): Dataset {
    checkArguments("transform", arguments, 1);
    const where = `${TYPE}.transform`;
    const source = readNamed(where, table);
    const { target, dropsRows } = this.#fitted();
    const cells = source.column(target.name);
    const rows = rowsOf(where, source, target.name, dropsRows);
    const at = `${where}: column ${show(target.name)}`;
    const read = targetReader(at, target, this.#reading(true));
    const y = Float64Array.from(rows, (row) => read(row, cells[row]));
    const featureNames = this.featureNames;
    const classNames = target.categories?.map(String);
    const names = { featureNames, ...(classNames && { classNames }) };
    return Dataset.from(
      { x: this.#inputs(where, source, rows), y },
      { inputShape: [featureNames.length], targetShape: [], ...names },
    );
  }

  /**
   * x of rows whose target is not known yet, for a scaler or `predict`: [n, featureNames.length], in float64 so that
   * times in milliseconds keep their meaning. @throws DataError, OptionError
   */
  inputs(table: NamedTable): Float64Array {
    checkArguments("inputs", arguments, 1);
    const where = `${TYPE}.inputs`;
    const source = readNamed(where, table);
    return Float64Array.from(this.#inputs(where, source, allRows(source)));
  }

  /** Class numbers, such as `argMax` gives, to the classes as the table has them. @throws DataError, OptionError */
  classesOf(labels: ArrayLike<number>): Category[] {
    checkArguments("classesOf", arguments, 1);
    const where = `${TYPE}.classesOf`;
    const { classes } = this;
    if (!classes) throw new OptionError(`${where}: the target ${show(this.#fitted().target.name)} is a number.`);
    checkArrayLike(where, labels);
    return Array.from(labels, (label, row) => classAt(where, row, label, classes));
  }

  /** Plain data for `JSON.stringify`. @throws OptionError before `fit`. */
  toJSON(): TableEncoderJSON {
    const { features, target, ignoresUnknown, ignoresInvalid, dropsRows } = this.#fitted();
    return {
      ...savedHead(TYPE),
      features: features.map(plainCopy),
      target: plainCopy(target),
      handleUnknown: ignoresUnknown ? "ignore" : "error",
      ...(ignoresInvalid && { handleInvalid: "missing" as const }),
      ...(dropsRows && { missingTarget: "drop" as const }),
    };
  }

  #fitted(): Learned {
    if (this.#learned) return this.#learned;
    throw new OptionError(`${TYPE}: nothing has been learned yet. Call fit(table) first.`);
  }

  #reading(isTarget: boolean): ReaderOptions {
    const onWarning = forSyncCalls(this.#options?.onWarning ?? console.warn);
    const { ignoresUnknown, ignoresInvalid } = this.#fitted();
    const ignores = { ignoresUnknown: !isTarget && ignoresUnknown, ignoresInvalid: !isTarget && ignoresInvalid };
    return { isTarget, ...ignores, onWarning };
  }

  /** In float32 as long as that keeps every number as it is, which takes half the memory. */
  #inputs(where: string, source: Source, rows: Uint32Array): Float32Array | Float64Array {
    const { features } = this.#fitted();
    const widths = features.map((column) => outputsOf(column).length);
    const width = widths.reduce((sum, own) => sum + own, 0);
    let x = allocate(where, rows.length, width);
    let begin = 0;
    features.forEach((column, f) => {
      const cells = source.column(column.name);
      const write = writerOf(`${where}: column ${show(column.name)}`, column, this.#reading(false));
      const numbers = new Float64Array(widths[f]);
      for (let i = 0; i < rows.length; i++) {
        write(rows[i], cells[rows[i]], numbers.fill(0), 0);
        const at = i * width + begin;
        for (let place = 0; place < numbers.length; place++) {
          x[at + place] = numbers[place];
          if (x[at + place] !== numbers[place]) {
            x = Float64Array.from(x);
            x[at + place] = numbers[place];
          }
        }
      }
      begin += widths[f];
    });
    return x;
  }
}

/** @throws DataError for more than the engine's memory holds. */
function allocate(where: string, rows: number, columns: number): Float32Array | Float64Array {
  try {
    return new Float32Array(rows * columns);
  } catch (cause) {
    const expected = `expected a table that fits into memory, got ${counted(rows, "row")} of ${counted(columns, "number")} each`;
    throw new DataError(`${where}: ${expected}. Leave out columns with many categories.`, { cause });
  }
}

function allRows(source: Source): Uint32Array {
  const rows = new Uint32Array(source.rows);
  for (let row = 0; row < rows.length; row++) rows[row] = row;
  return rows;
}

/** The rows that count: all, or those with a target. @throws DataError when there is none. */
function rowsOf(where: string, source: Source, target: string, dropsRows: boolean): Uint32Array {
  const rows = allRows(source);
  if (!dropsRows) return rows;
  const cells = source.column(target);
  const kept = rows.filter((row) => !isMissing(cells[row]));
  if (kept.length > 0) return kept;
  throw new DataError(`${where}: column ${show(target)}: expected at least one row with a target, got none.`);
}

/**
 * Turns tables with named columns into Datasets: `fit` it on the training rows, and it encodes others in the same way.
 * @throws OptionError
 */
export function tableEncoder(options: TableOptions): TableEncoder {
  checkArguments("tableEncoder", arguments, 1);
  return new TableEncoder(options);
}

/**
 * A table as a Dataset, and the encoder for further rows. Takes an array of objects, whose columns are the keys of all
 * rows, or columns such as `parseCsv` of `simdgrad/csv` gives. A key that a row lacks is a missing cell.
 *
 * ```js
 * const rows = [{ age: 31, colour: "red", bought: "yes" }, { age: 54, colour: "blue", bought: "no" }];
 * const { data, encoder } = fromTable(rows, { target: "bought" });
 * model.predict(encoder.inputs([{ age: 40, colour: "red" }]));
 * ```
 * @throws OptionError for a column that is not there; DataError for cells that cannot be used, naming column and row.
 */
export function fromTable(table: NamedTable, options: TableOptions): EncodedTable {
  checkArguments("fromTable", arguments, 2);
  const encoder = tableEncoder(options).fit(table);
  return { data: encoder.transform(table), encoder };
}
