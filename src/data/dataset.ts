/** A data set in memory: rows of x, and of y if there are targets. Knows nothing about models. */
import { counted } from "../base/counted.js";
import {
  checkArguments,
  checkArrayLike,
  checkNumber,
  DataError,
  OptionError,
  ShapeError,
  show,
} from "../base/errors.js";
import { type Given, number, optional, readOptions, via } from "../base/options.js";
import { Random } from "../base/random.js";
import { type Shape, sizeOf } from "../base/shape.js";
import { deriveRows } from "./exact.js";
import { type Numbers, type NumericArray, shapeOf } from "./matrix.js";
import { checkArrays, readArrays, readWeights, shapeOption } from "./readArrays.js";
import { type DataArrays, DataRows, heldRows } from "./rows.js";

/** Data that `fit`, `evaluate` and the like accept. */
export type Data = Dataset | DataArrays;

const namesOption = optional(via<readonly string[] | null, readonly string[] | null>(checkNames));

/** Options of `Dataset.from`. */
const datasetOptions = {
  /** Shape of one input row. @default that of the first row, if x is an array of rows */
  inputShape: shapeOption,
  /** Shape of one target row; [] for one number per row. @default as the first row of y says */
  targetShape: shapeOption,
  /** A name for each column of x; `null` for none. @default null */
  featureNames: namesOption,
  /** A name for each class: `classNames[label]`; `null` for none. @default null */
  classNames: namesOption,
  /**
   * Factor of x, for a typed array of 1 or 2 bytes a number: rows are x · scale, rounded once to float32. 1 / 255 makes
   * pixels numbers from 0 to 1, with the bits of x / 255. @default 1
   */
  scale: optional(number({ above: 0, max: 2 ** 24 })),
};

/** Options of `Dataset.from`. */
export interface DatasetOptions extends Given<typeof datasetOptions> {}

/** Options of `Dataset.withInputs`. */
const inputsOptions = { inputShape: shapeOption, featureNames: namesOption };

/** Options of `Dataset.split`. */
const splitOptions = {
  /** Share of the rows that goes to the second part, between 0 and 1. */
  fraction: number({ above: 0, below: 1 }),
  /** Shuffles with this seed before cutting. Without it the last rows are cut off, as in Keras. */
  seed: optional(number({ min: 0, integer: true })),
};

/** Options of `Dataset.split`. */
export interface SplitOptions extends Given<typeof splitOptions> {}

/** The same rows as a Dataset. */
export let datasetOf: (rows: DataRows) => Dataset;

/** Checked rows of float32. Made by `Dataset.from`; its parts share memory with it. */
export class Dataset extends DataRows {
  private constructor(...contents: ConstructorParameters<typeof DataRows>) {
    super(...contents);
  }

  static {
    datasetOf = (rows) => {
      if (rows instanceof Dataset) return rows;
      const { y, inputShape, targetShape, sampleWeight, featureNames, classNames } = rows;
      return new Dataset(heldRows(rows), y, inputShape, targetShape, sampleWeight, featureNames, classNames);
    };
  }

  /**
   * Checks and copies. Rows are float32. A Float32Array is kept as it is, and so is an x of 1 or 2 bytes a number, such
   * as a Uint8Array or a Float16Array: its batches become float32 when they are needed, so 60 000 images of 784 bytes
   * take 47 MB and not 188. Do not change such an array afterwards. Where float32 blurs x, such as times in
   * milliseconds, the Dataset also keeps x in float64, and scalers work with that.
   * @throws ShapeError, DataError, OptionError naming the row that cannot be used; DataError for targets that float32
   * cannot tell apart.
   */
  static from(data: DataArrays, options: DatasetOptions = {}): Dataset {
    const checked = readOptions("Dataset.from", datasetOptions, options, arguments);
    checkArrays(data);
    const { inputShape = shapeOfRows("x", data.x), targetShape = shapeOfRows("y", data.y) } = checked;
    const { held, y } = readArrays(data, inputShape, targetShape, checked.scale);
    const { featureNames = null, classNames = null } = checked;
    if (featureNames !== null) checkFeatureNames(featureNames, sizeOf(inputShape));
    if (classNames !== null) checkClassNames(classNames, y);
    const weights = readWeights(data.sampleWeight, y.length / sizeOf(targetShape));
    return new Dataset(held, y, inputShape, targetShape, weights, featureNames, classNames);
  }

  /** Rows [begin, end), sharing memory. @throws OptionError for anything that is not an integer from 0. */
  slice(begin: number, end: number = this.length): Dataset {
    checkArguments("slice", arguments, 2);
    checkNumber("slice: begin", begin, { min: 0, integer: true });
    checkNumber("slice: end", end, { min: 0, integer: true });
    const inputs = sizeOf(this.inputShape);
    const targets = sizeOf(this.targetShape);
    return this.#withRows(
      deriveRows(heldRows(this).x, (x) => x.subarray(begin * inputs, end * inputs) as typeof x),
      this.y.subarray(begin * targets, end * targets),
      this.sampleWeight?.subarray(begin, end) ?? null,
    );
  }

  /** The rows at `indices`, copied in that order. @throws OptionError for an index out of range. */
  select(indices: ArrayLike<number>): Dataset {
    checkArguments("select", arguments, 1);
    checkArrayLike("select: indices", indices);
    const range = { min: 0, max: this.length - 1, integer: true };
    for (let i = 0; i < indices.length; i++) checkNumber(`select: indices[${i}]`, indices[i], range);
    const pick = <Rows extends NumericArray>(source: Rows, size: number) =>
      deriveRows(source, (values) => {
        const Rows = values.constructor as new (length: number) => typeof values;
        const rows = new Rows(indices.length * size);
        for (let i = 0; i < indices.length; i++) {
          rows.set(values.subarray(indices[i] * size, (indices[i] + 1) * size), i * size);
        }
        return rows;
      });
    return this.#withRows(
      pick(heldRows(this).x, sizeOf(this.inputShape)),
      pick(this.y, sizeOf(this.targetShape)),
      this.sampleWeight && pick(this.sampleWeight, 1),
    );
  }

  /** All rows in a random order that depends only on the seed. */
  shuffle(seed: number): Dataset {
    checkArguments("shuffle", arguments, 1);
    return this.select(Random.fromSeed(seed).permutation(this.length));
  }

  /**
   * Cuts off the last `fraction` of the rows: `[first, second]`, with floor(n (1 − fraction)) rows in the first.
   * @throws OptionError for a fraction that leaves a part empty.
   */
  split(options: SplitOptions): [first: Dataset, second: Dataset] {
    const { fraction, seed } = readOptions("split", splitOptions, options, arguments);
    const rows = seed === undefined ? this : this.shuffle(seed);
    const cut = Math.floor(this.length * (1 - fraction));
    if (cut === 0 || cut === this.length) {
      throw new OptionError(`split: fraction ${fraction} of ${counted(this.length, "row")} leaves one part empty.`);
    }
    return [rows.slice(0, cut), rows.slice(cut)];
  }

  /**
   * The same rows with other inputs, such as scaled or encoded ones. y, class names and sample weights stay.
   * @throws ShapeError, DataError, OptionError as `Dataset.from` does.
   */
  withInputs(x: Numbers, options: Pick<DatasetOptions, "inputShape" | "featureNames"> = {}): Dataset {
    const checked = readOptions("withInputs", inputsOptions, options, arguments);
    const { inputShape = this.inputShape, featureNames = checked.inputShape ? null : this.featureNames } = checked;
    return Dataset.from(
      { x, y: this.y, ...(this.sampleWeight && { sampleWeight: this.sampleWeight }) },
      {
        inputShape,
        targetShape: this.targetShape,
        featureNames,
        classNames: this.classNames,
      },
    );
  }

  /** Other rows with the same columns. */
  #withRows(x: NumericArray, y: Float32Array, sampleWeight: Float32Array | null): Dataset {
    const held = { ...heldRows(this), x };
    return new Dataset(held, y, this.inputShape, this.targetShape, sampleWeight, this.featureNames, this.classNames);
  }
}

function checkNames(where: string, names: unknown): readonly string[] | null {
  const isList = Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === "string");
  if (isList || names === null) return names;
  throw new OptionError(`${where}: expected an array of strings, got ${show(names)}.`);
}

function checkFeatureNames(names: readonly string[], columns: number): void {
  if (names.length === columns) return;
  throw new ShapeError(`Dataset.from: featureNames: expected ${columns}, one per column of x, got ${names.length}.`);
}

function checkClassNames(names: readonly string[], labels: Float32Array): void {
  const row = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < names.length));
  if (row < 0) return;
  const expected = `expected an integer from 0 to ${names.length - 1}, the place of a class name`;
  throw new DataError(`y: row ${row}: ${expected}, got ${labels[row]}. Give a name for each class.`);
}

function shapeOfRows(where: string, value: unknown): Shape {
  const shape = Array.isArray(value) ? shapeOf(value[0]) : [];
  if (shape.includes(0)) throw new DataError(`${where}: expected numbers in each row, got none.`);
  if (shape.length > 0) return shape;
  if (where === "y") return [];
  if (Array.isArray(value) && value.length === 0) throw new DataError(`${where}: expected at least one row, got none.`);
  throw new ShapeError(`${where}: the shape of a row cannot be told from a flat array. Give inputShape.`);
}
