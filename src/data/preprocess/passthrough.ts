/** The step of a pipeline that leaves rows as they are. After scikit-learn's "passthrough". Knows no cells. */
import { checkArguments, OptionError } from "../../base/errors.js";
import { readOptions } from "../../base/options.js";
import { type AnyTable, openTable } from "./anyTable.js";
import { checkField, checkSaved, savedHead, savedOptions } from "./json.js";
import { inputNames } from "./names.js";
import type { TransformerConfig } from "./transformer.js";

const TYPE = "passthrough";

/** Leaves rows as they are. Pipelines make it of the step `"passthrough"`. */
export class Passthrough {
  readonly type = TYPE;
  /** Number of columns, or null where they have names; undefined before `fit`. */
  #columns: number | null | undefined;

  /** @throws FormatError for anything that `toJSON` did not return. */
  static fromJSON(json: unknown): Passthrough {
    const where = "Passthrough.fromJSON";
    const saved = checkSaved(where, json, [TYPE]);
    savedOptions(where, { ...saved, options: saved.options ?? {} }, (options) => readOptions(TYPE, {}, options));
    const isCount = (value: unknown) => value === null || (Number.isSafeInteger(value) && Number(value) > 0);
    const made = new Passthrough();
    made.#columns = checkField<number | null>(where, saved, "columns", "an integer from 1 or null", isCount);
    return made;
  }

  /** Type and options as plain data, for `transformerFromConfig`. */
  getConfig(): TransformerConfig {
    return { type: TYPE, options: {} };
  }

  /** The names that it is given. @throws ShapeError, OptionError */
  featureNames(inputs?: readonly string[]): string[] {
    checkArguments("featureNames", arguments, 1);
    const columns = this.#fitted();
    return columns === null ? [...(inputs ?? [])] : inputNames(TYPE, inputs, columns);
  }

  /** Learns the number of columns. @throws DataError, ShapeError, OptionError */
  fit(table: AnyTable): this {
    checkArguments("fit", arguments, 1);
    this.#columns = openTable(`${TYPE}.fit`, table).columns;
    return this;
  }

  /** As `fit`, for rows of as many columns as before. @throws as `fit`. */
  partialFit(table: AnyTable): this {
    checkArguments("partialFit", arguments, 1);
    this.#columns = openTable(`${TYPE}.partialFit`, table, this.#columns ?? undefined).columns;
    return this;
  }

  /** The same rows. @throws as `fit`. */
  transform<Table extends AnyTable>(table: Table): Table {
    checkArguments("transform", arguments, 1);
    openTable(`${TYPE}.transform`, table, this.#fitted() ?? undefined);
    return table;
  }

  /** The same rows. @throws OptionError before `fit`. */
  inverseTransform<Rows>(rows: Rows): Rows {
    checkArguments("inverseTransform", arguments, 1);
    this.#fitted();
    return rows;
  }

  /** Plain data for `JSON.stringify`. @throws OptionError before `fit`. */
  toJSON(): { type: typeof TYPE; version: number; columns: number | null } {
    return { ...savedHead(TYPE), columns: this.#fitted() };
  }

  #fitted(): number | null {
    if (this.#columns !== undefined) return this.#columns;
    throw new OptionError(`${TYPE}: nothing has been learned yet. Call fit(rows) first.`);
  }
}

/** The step `"passthrough"`. @throws OptionError for options: there are none. */
export function passthrough(options: object = {}): Passthrough {
  readOptions(TYPE, {}, options);
  return new Passthrough();
}
