/** Sets of labels to rows of 0 and 1, and back. After scikit-learn's MultiLabelBinarizer. */
import { checkArguments, checkArrayLike, DataError, OptionError, show } from "../../base/errors.js";
import { type Given, type Kept, nullable, oneOf, readOptions, via } from "../../base/options.js";
import { areKnown, categoriesOption, unknownCategory } from "./categories.js";
import { checkField, checkSaved, plainCopy, savedHead, savedOptions } from "./json.js";
import { type Category, distinct, type NumberTable, readNumbers } from "./table.js";

const TYPE = "multiLabelBinarizer";

const table = {
  /** The labels, in the order of their columns; `null` for those that `fit` meets, sorted. @default null */
  classes: nullable(
    via<readonly Category[], readonly Category[]>(
      (where, classes) => (categoriesOption.check(where, [classes]) as readonly (readonly Category[])[])[0],
    ),
  ),
  /** Refuse a label that is not among the classes, or leave it out. @default "error" */
  handleUnknown: oneOf(["error", "ignore"], "error"),
};

/** Options of `multiLabelBinarizer`. */
export interface MultiLabelBinarizerOptions extends Given<typeof table> {}

type Options = Kept<typeof table>;

/** The labels of one row: a list or a Set. */
export type LabelSet = Iterable<Category>;

/** A multi-label binarizer as JSON. */
export interface MultiLabelBinarizerJSON {
  type: typeof TYPE;
  version: number;
  options: object;
  classes: Category[];
}

/** Classes learned by `fit`. Made by `multiLabelBinarizer` or `fromJSON`. */
export class MultiLabelBinarizer {
  readonly #options: Options;
  #classes: readonly Category[] | null = null;

  /** Use the factory, or `MultiLabelBinarizer.fromJSON`. */
  constructor(options: Options) {
    this.#options = options;
  }

  /** A binarizer from what `toJSON` returned. @throws FormatError for anything else. */
  static fromJSON(json: unknown): MultiLabelBinarizer {
    checkArguments("MultiLabelBinarizer.fromJSON", arguments, 1);
    const where = "MultiLabelBinarizer.fromJSON";
    const saved = checkSaved(where, json, [TYPE]);
    const binarizer = new MultiLabelBinarizer(savedOptions(where, saved, (own) => readOptions(TYPE, table, own)));
    const isSorted = binarizer.#options.classes === null;
    const areClasses = (value: unknown) => areKnown(value, isSorted) && !(value as unknown[]).includes(null);
    binarizer.#classes = [...checkField<Category[]>(where, saved, "classes", "different labels", areClasses)];
    return binarizer;
  }

  /** The labels: that of column i is `classes[i]`. @throws OptionError before `fit`. */
  get classes(): readonly Category[] {
    if (this.#classes) return [...this.#classes];
    throw new OptionError(`${TYPE}: nothing has been learned yet. Call fit(sets) first.`);
  }

  /** Learns which labels there are, unless they were given. @returns itself @throws DataError naming the row. */
  fit(sets: ArrayLike<LabelSet>): this {
    checkArguments("fit", arguments, 1);
    const where = `${TYPE}.fit`;
    const labels = readSets(where, sets).flat();
    const { classes } = this.#options;
    if (classes === null && labels.length === 0) {
      throw new DataError(`${where}: expected at least one label, got none.`);
    }
    const found = labels.length > 0 ? distinct(where, labels) : [];
    this.#classes = classes ?? found;
    return this;
  }

  /** [n] sets to [n, classes] zeros and ones. @throws DataError for an unknown label. */
  transform(sets: ArrayLike<LabelSet>): number[][] {
    checkArguments("transform", arguments, 1);
    const where = `${TYPE}.transform`;
    const { classes } = this;
    const places = new Map<unknown, number>(classes.map((label, place) => [label, place]));
    return readSets(where, sets).map((labels, row) => {
      const ones = new Array<number>(classes.length).fill(0);
      for (const label of labels) {
        const place = places.get(label);
        if (place !== undefined) ones[place] = 1;
        else if (this.#options.handleUnknown === "error") {
          const remedy = ' Or leave such labels out: handleUnknown: "ignore".';
          throw unknownCategory(`${where}: row ${row}`, label, classes, remedy);
        }
      }
      return ones;
    });
  }

  /** `fit`, then `transform` of the same sets. */
  fitTransform(sets: ArrayLike<LabelSet>): number[][] {
    checkArguments("fitTransform", arguments, 1);
    return this.fit(sets).transform(sets);
  }

  /**
   * [n, classes] zeros and ones, in rows or one typed array, to the labels of each row. @throws DataError, ShapeError
   */
  inverseTransform(rows: NumberTable): Category[][] {
    checkArguments("inverseTransform", arguments, 1);
    const where = `${TYPE}.inverseTransform`;
    const { classes } = this;
    const { values, rows: count, columns } = readNumbers(where, rows, classes.length);
    const place = values.findIndex((value: number) => value !== 0 && value !== 1);
    if (place >= 0) {
      const at = `row ${Math.floor(place / columns)}, column ${place % columns}`;
      const remedy = "Compare probabilities with a threshold first: binarizer({ threshold: 0.5 })";
      throw new DataError(`${where}: ${at}: expected 0 or 1, got ${values[place]}. ${remedy}.`);
    }
    return Array.from({ length: count }, (_, row) => classes.filter((_, i) => values[row * columns + i] === 1));
  }

  /** Plain data for `JSON.stringify`. @throws OptionError before `fit`. */
  toJSON(): MultiLabelBinarizerJSON {
    return { ...savedHead(TYPE), options: plainCopy(this.#options), classes: [...this.classes] };
  }
}

/** @throws DataError for anything but lists and sets of labels. */
function readSets(where: string, sets: ArrayLike<LabelSet>): Category[][] {
  checkArrayLike(where, sets);
  if (sets.length === 0) throw new DataError(`${where}: expected at least one row, got none.`);
  return Array.from({ length: sets.length }, (_, row) => {
    const own: unknown = sets[row];
    const isSet = typeof own === "object" && own !== null && Symbol.iterator in own;
    if (!isSet) throw new DataError(`${where}: row ${row}: expected a list or a Set of labels, got ${show(own)}.`);
    const labels = [...(own as LabelSet)];
    if (labels.length > 0) distinct(`${where}: row ${row}: label`, labels);
    return labels;
  });
}

/**
 * Sets of labels to rows of 0 and 1, a column for each label, as "binaryCrossentropy" wants targets of several at once.
 * scikit-learn's `MultiLabelBinarizer`.
 * @throws OptionError
 */
export function multiLabelBinarizer(options: MultiLabelBinarizerOptions = {}): MultiLabelBinarizer {
  return new MultiLabelBinarizer(readOptions(TYPE, table, options, arguments));
}
