/** Numbers to 0 and 1 by a threshold. After scikit-learn's Binarizer. */
import { checkArguments } from "../../base/errors.js";
import { type Given, type Kept, number, readOptions } from "../../base/options.js";
import { mapValues, RowTransformer, readSaved, type Values } from "./numberTransformer.js";
import { type Columns, refuseMissing } from "./table.js";

const TYPE = "binarizer";

const table = {
  /** Values above it become 1, all others 0. @default 0 */
  threshold: number({}, 0),
};

/** Options of `binarizer`. */
export interface BinarizerOptions extends Given<typeof table> {}

type Options = Kept<typeof table>;

/**
 * Compares numbers with a threshold. Made by `binarizer` or `fromJSON`. It learns nothing but the number of columns.
 */
export class Binarizer extends RowTransformer<Options, object> {
  /** A binarizer from what `toJSON` returned. @throws FormatError for anything else. */
  static fromJSON(json: unknown): Binarizer {
    checkArguments("Binarizer.fromJSON", arguments, 1);
    const read = (options: object) => readOptions(TYPE, table, options);
    const { options, columns } = readSaved("Binarizer.fromJSON", json, TYPE, read);
    return new Binarizer(TYPE, options).restore(columns, {});
  }

  protected learn(where: string, rows: Columns): object {
    refuseMissing(where, rows);
    return {};
  }

  protected apply(where: string, rows: Columns): Values {
    refuseMissing(where, rows);
    return mapValues(rows, (value) => Number(value > this.options.threshold));
  }

  protected namesOf(inputs: readonly string[]): string[] {
    return [...inputs];
  }

  protected save(): object {
    return {};
  }
}

/** 1 where x is above the threshold, else 0. There is no way back. scikit-learn's `Binarizer`. @throws OptionError */
export function binarizer(options: BinarizerOptions = {}): Binarizer {
  return new Binarizer(TYPE, readOptions(TYPE, table, options, arguments));
}
