/** Class labels, strings or numbers, to the integers 0 … classes - 1 and back. After scikit-learn's LabelEncoder. */
import { checkArguments, checkArrayLike, DataError, didYouMean, OptionError, show } from "../../base/errors.js";
import { checkField, checkSaved, savedHead } from "./json.js";
import { type Category, distinct } from "./table.js";

/** A label encoder as JSON. */
export interface LabelEncoderJSON {
  type: "labelEncoder";
  version: number;
  classes: Category[];
}

const TYPE = "labelEncoder";

/** A sorted list of different categories of one type. */
export function isCategoryList(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  try {
    return distinct("", value).every((category, i) => category === value[i]) && new Set(value).size === value.length;
  } catch {
    return false;
  }
}

/** ` Did you mean "setosa"?` for text, where a known category is near; or that it is known as another type. */
export function nearest(value: unknown, known: readonly Category[]): string {
  if (typeof value === typeof known[0]) return typeof value === "string" ? didYouMean(value, known as string[]) : "";
  const same = known.find((category) => String(category) === String(value));
  return same === undefined ? "" : ` Known is the ${typeof same} ${show(same)}.`;
}

/** The class of a class number. @throws DataError for anything else. */
export function classAt(where: string, row: number, code: unknown, classes: readonly Category[]): Category {
  if (Number.isInteger(code) && (code as number) >= 0 && (code as number) < classes.length)
    return classes[code as number];
  throw new DataError(`${where}: row ${row}: expected an integer from 0 to ${classes.length - 1}, got ${show(code)}.`);
}

/** Classes learned by `fit`, in sorted order. Made by `labelEncoder` or `fromJSON`. */
export class LabelEncoder {
  #classes: readonly Category[] | null = null;
  #codes = new Map<unknown, number>();

  /** An encoder from what `toJSON` returned. @throws FormatError for anything else. */
  static fromJSON(json: unknown): LabelEncoder {
    checkArguments("LabelEncoder.fromJSON", arguments, 1);
    const where = "LabelEncoder.fromJSON";
    const saved = checkSaved(where, json, [TYPE]);
    const encoder = new LabelEncoder();
    const expected = "sorted, different labels of one type";
    encoder.#setClasses([...checkField<Category[]>(where, saved, "classes", expected, isCategoryList)]);
    return encoder;
  }

  /** The classes, sorted: the label of code i is `classes[i]`. @throws OptionError before `fit`. */
  get classes(): readonly Category[] {
    if (this.#classes) return [...this.#classes];
    throw new OptionError(`${TYPE}: nothing has been learned yet. Call fit(labels) first.`);
  }

  /**
   * Learns which labels there are. @returns the encoder itself
   * @throws DataError naming the row whose label is missing or of another type than the first.
   */
  fit(labels: ArrayLike<Category>): this {
    checkArguments("fit", arguments, 1);
    const where = `${TYPE}.fit`;
    checkArrayLike(where, labels);
    if (labels.length === 0) throw new DataError(`${where}: expected at least one label, got none.`);
    this.#setClasses(distinct(where, labels));
    return this;
  }

  /** [n] labels to [n] codes, as `sparseCategoricalCrossentropy` wants them. @throws DataError for an unknown label. */
  transform(labels: ArrayLike<Category>): Int32Array<ArrayBuffer> {
    checkArguments("transform", arguments, 1);
    const where = `${TYPE}.transform`;
    const { classes } = this;
    checkArrayLike(where, labels);
    return Int32Array.from({ length: labels.length }, (_, row) => {
      const code = this.#codes.get(labels[row]);
      if (code !== undefined) return code;
      const known = `one of ${classes.length} known labels`;
      const hint = nearest(labels[row], classes);
      throw new DataError(`${where}: row ${row}: expected ${known}, got ${show(labels[row])}.${hint}`);
    });
  }

  /** `fit`, then `transform` of the same labels. */
  fitTransform(labels: ArrayLike<Category>): Int32Array<ArrayBuffer> {
    checkArguments("fitTransform", arguments, 1);
    return this.fit(labels).transform(labels);
  }

  /** [n] codes, such as `argMax` gives, to [n] labels. @throws DataError for anything that is not a code. */
  inverseTransform(codes: ArrayLike<number>): Category[] {
    checkArguments("inverseTransform", arguments, 1);
    const where = `${TYPE}.inverseTransform`;
    const { classes } = this;
    checkArrayLike(where, codes);
    return Array.from({ length: codes.length }, (_, row) => classAt(where, row, codes[row], classes));
  }

  /** Plain data for `JSON.stringify`. @throws OptionError before `fit`. */
  toJSON(): LabelEncoderJSON {
    return { ...savedHead(TYPE), classes: [...this.classes] };
  }

  #setClasses(classes: readonly Category[]): void {
    this.#classes = classes;
    this.#codes = new Map(classes.map((label, code) => [label, code]));
  }
}

/** Class labels to the integers 0 … classes - 1 and back; see `LabelEncoder`. scikit-learn's `LabelEncoder`. */
export function labelEncoder(): LabelEncoder {
  checkArguments("labelEncoder", arguments, 0);
  return new LabelEncoder();
}
