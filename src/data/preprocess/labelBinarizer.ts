/** Class labels to rows of two numbers, one place for each class, and back. After scikit-learn's LabelBinarizer. */
import { checkArguments, checkArrayLike, DataError, OptionError, show } from "../../base/errors.js";
import { type Given, type Kept, number, readOptions } from "../../base/options.js";
import { areKnown, unknownCategory } from "./categories.js";
import { checkField, checkSaved, plainCopy, savedHead, savedOptions } from "./json.js";
import { type Category, distinct, type NumberTable, readNumbers, refuseMissing } from "./table.js";

const TYPE = "labelBinarizer";

const table = {
  /** Number for the other classes. @default 0 */
  negLabel: number({}, 0),
  /** Number for the class. @default 1 */
  posLabel: number({}, 1),
};

/** Options of `labelBinarizer`. */
export interface LabelBinarizerOptions extends Given<typeof table> {}

type Options = Kept<typeof table>;

/** A label binarizer as JSON. */
export interface LabelBinarizerJSON {
  type: typeof TYPE;
  version: number;
  options: object;
  classes: Category[];
}

/** Classes learned by `fit`, sorted. Made by `labelBinarizer` or `fromJSON`. */
export class LabelBinarizer {
  readonly #options: Options;
  #classes: readonly Category[] | null = null;

  /** Use the factory, or `LabelBinarizer.fromJSON`. */
  constructor(options: Options) {
    this.#options = options;
  }

  /** A binarizer from what `toJSON` returned. @throws FormatError for anything else. */
  static fromJSON(json: unknown): LabelBinarizer {
    checkArguments("LabelBinarizer.fromJSON", arguments, 1);
    const where = "LabelBinarizer.fromJSON";
    const saved = checkSaved(where, json, [TYPE]);
    const binarizer = new LabelBinarizer(savedOptions(where, saved, read));
    const areClasses = (value: unknown) => areKnown(value, true) && !(value as unknown[]).includes(null);
    binarizer.#classes = [...checkField<Category[]>(where, saved, "classes", "sorted, different labels", areClasses)];
    return binarizer;
  }

  /** The classes, sorted: that of column i is `classes[i]`. @throws OptionError before `fit`. */
  get classes(): readonly Category[] {
    if (this.#classes) return [...this.#classes];
    throw new OptionError(`${TYPE}: nothing has been learned yet. Call fit(labels) first.`);
  }

  /**
   * Learns which labels there are. @returns itself @throws DataError naming the row that is missing or of another type.
   */
  fit(labels: ArrayLike<Category>): this {
    checkArguments("fit", arguments, 1);
    const where = `${TYPE}.fit`;
    checkArrayLike(where, labels);
    if (labels.length === 0) throw new DataError(`${where}: expected at least one label, got none.`);
    this.#classes = distinct(where, labels);
    return this;
  }

  /**
   * [n] labels to [n, classes] numbers; of two classes to [n, 1], for the second. @throws DataError for an unknown
   * label.
   */
  transform(labels: ArrayLike<Category>): number[][] {
    checkArguments("transform", arguments, 1);
    const where = `${TYPE}.transform`;
    const { classes } = this;
    const { negLabel, posLabel } = this.#options;
    checkArrayLike(where, labels);
    const columns = classes.length === 2 ? [classes[1]] : classes.length === 1 ? [Symbol()] : classes;
    const known = new Set<unknown>(classes);
    return Array.from({ length: labels.length }, (_, row) => {
      if (!known.has(labels[row])) throw unknownCategory(`${where}: row ${row}`, labels[row], classes);
      return columns.map((label) => (label === labels[row] ? posLabel : negLabel));
    });
  }

  /** `fit`, then `transform` of the same labels. */
  fitTransform(labels: ArrayLike<Category>): number[][] {
    checkArguments("fitTransform", arguments, 1);
    return this.fit(labels).transform(labels);
  }

  /**
   * The class with the greatest number in each row, so probabilities do as well; of two classes the second where its
   * number is above the middle of `negLabel` and `posLabel`. Takes rows, or all in one typed array. @throws DataError,
   * ShapeError
   */
  inverseTransform(rows: NumberTable): Category[] {
    checkArguments("inverseTransform", arguments, 1);
    const where = `${TYPE}.inverseTransform`;
    const { classes } = this;
    const { negLabel, posLabel } = this.#options;
    const width = classes.length > 2 ? classes.length : 1;
    const numbers = readNumbers(where, rows, width);
    refuseMissing(where, numbers);
    return Array.from({ length: numbers.rows }, (_, row) => {
      const own = Float64Array.from(numbers.values.subarray(row * width, (row + 1) * width));
      if (classes.length === 1) return classes[0];
      if (width === 1) return classes[own[0] > (negLabel + posLabel) / 2 ? 1 : 0];
      return classes[own.indexOf(own.reduce((most, value) => Math.max(most, value)))];
    });
  }

  /** Plain data for `JSON.stringify`. @throws OptionError before `fit`. */
  toJSON(): LabelBinarizerJSON {
    return { ...savedHead(TYPE), options: plainCopy(this.#options), classes: [...this.classes] };
  }
}

function read(options: object, args?: ArrayLike<unknown>): Options {
  const own = readOptions(TYPE, table, options, args);
  if (own.negLabel < own.posLabel) return own;
  throw new OptionError(`${TYPE}: negLabel: expected a number < ${own.posLabel}, got ${show(own.negLabel)}.`);
}

/**
 * Class labels to rows with `posLabel` in the column of the class and `negLabel` in the others; of two classes to one
 * column. Rows are targets as they are, for "categoricalCrossentropy" and the like. scikit-learn's `LabelBinarizer`.
 * @throws OptionError
 */
export function labelBinarizer(options: LabelBinarizerOptions = {}): LabelBinarizer {
  return new LabelBinarizer(read(options, arguments));
}
