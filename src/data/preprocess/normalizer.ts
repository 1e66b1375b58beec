/** Rows divided by their length. After scikit-learn's Normalizer. */
import { checkArguments } from "../../base/errors.js";
import { type Given, type Kept, oneOf, readOptions } from "../../base/options.js";
import { mapValues, RowTransformer, readSaved, type Values } from "./numberTransformer.js";
import { type Columns, refuseMissing } from "./table.js";

const TYPE = "normalizer";
/** As scikit-learn: a shorter row counts as one of zeros, and stays as it is. */
const SHORTEST = 10 * 2.220446049250313e-16;

const table = {
  /** The length of a row: √Σx², Σ|x| or the greatest |x|. @default "l2" */
  norm: oneOf(["l1", "l2", "max"], "l2"),
};

/** Options of `normalizer`. */
export interface NormalizerOptions extends Given<typeof table> {}

type Options = Kept<typeof table>;

const lengths: Readonly<Record<Options["norm"], (row: Float64Array) => number>> = {
  l1: (row) => row.reduce((sum, value) => sum + Math.abs(value), 0),
  l2: (row) => Math.sqrt(row.reduce((sum, value) => sum + value * value, 0)),
  max: (row) => row.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
};

/** Divides rows. Made by `normalizer` or `fromJSON`. It learns nothing but the number of columns. */
export class Normalizer extends RowTransformer<Options, object> {
  /** A normalizer from what `toJSON` returned. @throws FormatError for anything else. */
  static fromJSON(json: unknown): Normalizer {
    checkArguments("Normalizer.fromJSON", arguments, 1);
    const read = (options: object) => readOptions(TYPE, table, options);
    const { options, columns } = readSaved("Normalizer.fromJSON", json, TYPE, read);
    return new Normalizer(TYPE, options).restore(columns, {});
  }

  protected learn(where: string, rows: Columns): object {
    refuseMissing(where, rows);
    return {};
  }

  protected apply(where: string, rows: Columns): Values {
    refuseMissing(where, rows);
    const lengthOf = lengths[this.options.norm];
    const { columns } = rows;
    const divisors = Float64Array.from({ length: rows.rows }, (_, row) => {
      const length = lengthOf(Float64Array.from(rows.values.subarray(row * columns, (row + 1) * columns)));
      return length < SHORTEST ? 1 : length;
    });
    return mapValues(rows, (value, column, place) => value / divisors[(place - column) / columns]);
  }

  protected namesOf(inputs: readonly string[]): string[] {
    return [...inputs];
  }

  protected save(): object {
    return {};
  }
}

/**
 * Each row divided by its length, so that only its direction counts: x / √Σx², x / Σ|x| or x / max |x|. A row of zeros
 * stays. There is no way back. scikit-learn's `Normalizer`.
 * @throws OptionError
 */
export function normalizer(options: NormalizerOptions = {}): Normalizer {
  return new Normalizer(TYPE, readOptions(TYPE, table, options, arguments));
}
