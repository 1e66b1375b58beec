/**
 * Confusion matrix: how often each true class was predicted as each class.
 * Knows integer labels only: nothing about probabilities, datasets or models.
 */
import { counted } from "../../base/counted.js";
import { checkArrayLike, checkNumber, DataError, OptionError, show } from "../../base/errors.js";
import { isNumericArray } from "../../base/kinds.js";
import { type Given, number, oneOf, optional, readOptions, unchecked, via } from "../../base/options.js";
import { alignColumns } from "../../base/text.js";
import { checkPairs, MAX_CLASSES } from "./accuracy.js";
import { checkSampleWeight, type SampleWeightOption, sampleWeightOption } from "./inputs.js";

/** Counts of (true class, predicted class) pairs. */
export interface ConfusionMatrix {
  /** Number of classes. */
  classes: number;
  /** Shape [classes, classes]: row = true class, column = predicted class. */
  counts: Int32Array<ArrayBuffer>;
}

/** Sums of the weights, or shares, of the rows of each (true class, predicted class) pair. */
export interface WeightedConfusionMatrix {
  /** Number of classes. */
  classes: number;
  /** Shape [classes, classes]: row = true class, column = predicted class. */
  counts: Float64Array<ArrayBuffer>;
}

/** Numbers of classes that there may be. */
const classCount = { min: 1, max: MAX_CLASSES, integer: true };

/** Options of `confusionMatrix`. */
const countOptions = {
  /** Number of classes. @default one more than the largest label or prediction */
  classes: optional(number(classCount)),
  /**
   * The classes of the matrix, as numbers and in this order; rows of another true or predicted class are left out.
   * Names belong to `formatConfusionMatrix`. @default all classes from 0 on
   */
  labels: optional(via<ArrayLike<number>, readonly number[]>(checkClasses)),
};

/** Options of `confusionMatrix`. */
export interface ConfusionMatrixOptions extends Given<typeof countOptions> {}

/** All options of `confusionMatrix`. */
const confusionMatrixOptions = {
  ...countOptions,
  /**
   * Shares of each true class (rows sum to 1), of each predicted class (columns do), or of all rows. 0 / 0 is 0.
   * @default counts
   */
  normalize: optional(oneOf(["true", "pred", "all"])),
  ...sampleWeightOption,
};

/** Options of `confusionMatrix` for shares. */
export interface NormalizedConfusionMatrixOptions
  extends ConfusionMatrixOptions,
    SampleWeightOption,
    Required<Pick<Given<typeof confusionMatrixOptions>, "normalize">> {}

/** Options of `confusionMatrix` for rows that do not all count the same. */
export interface WeightedConfusionMatrixOptions extends ConfusionMatrixOptions {
  /** [n] how much each row counts, >= 0. */
  sampleWeight: ArrayLike<number>;
}

/** Options of `formatConfusionMatrix`. */
const formatConfusionMatrixOptions = {
  /** One name per class. @default "0", "1", … */
  labels: optional(unchecked<readonly string[]>()),
};

/** Options of `formatConfusionMatrix`. */
export interface FormatConfusionMatrixOptions extends Given<typeof formatConfusionMatrixOptions> {}

/**
 * Counts every (true, predicted) pair, or adds up the weights of their rows, or gives their shares (scikit-learn
 * `confusion_matrix` with `labels=range(classes)`, or those given).
 * @param labels [n] true classes, integers from 0.
 * @param predictions [n] predicted classes, integers from 0; `argMax` makes them from probabilities.
 * @throws ShapeError when the lengths differ. @throws DataError when there are no rows, or naming one whose label is
 * not an integer from 0 to classes - 1, or whose weight is not a number >= 0; or when no row is of one of `labels`.
 * @throws OptionError for bad options.
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: WeightedConfusionMatrixOptions | NormalizedConfusionMatrixOptions,
): WeightedConfusionMatrix;
export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options?: ConfusionMatrixOptions,
): ConfusionMatrix;
export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: Given<typeof confusionMatrixOptions> = {},
): ConfusionMatrix | WeightedConfusionMatrix {
  const where = "confusionMatrix";
  const kept = readOptions(where, confusionMatrixOptions, options, arguments);
  const { labels: order, normalize, classes: given, sampleWeight } = kept;
  if (order && given !== undefined) {
    throw new OptionError(`${where}: classes and labels: expected one of the two, got both. Leave classes out.`);
  }
  const { classes, counts } = countPairs(where, labels, predictions, { classes: given, sampleWeight, order });
  return { classes, counts: normalize === undefined ? counts : shares(counts, classes, normalize) } as ConfusionMatrix;
}

function checkClasses(where: string, chosen: unknown): readonly number[] {
  checkArrayLike(where, chosen);
  const order = Array.from(chosen as ArrayLike<number>);
  if (order.length === 0 || order.length > MAX_CLASSES) {
    throw new OptionError(`${where}: expected 1 to ${MAX_CLASSES} classes, got ${order.length}.`);
  }
  for (const label of order) {
    if (Number.isSafeInteger(label) && label >= 0) continue;
    const hint = "Names belong to formatConfusionMatrix.";
    throw new OptionError(`${where}: expected numbers of classes from 0 on, got ${show(label)}. ${hint}`);
  }
  if (new Set(order).size < order.length) {
    throw new OptionError(`${where}: expected each class once, got ${show(order)}.`);
  }
  return order;
}

/** Shares of rows, columns, or all; 0 where there is nothing to share. */
function shares(counts: ArrayLike<number>, classes: number, normalize: "true" | "pred" | "all"): Float64Array {
  const groupOf = (i: number) =>
    normalize === "all" ? 0 : normalize === "true" ? Math.floor(i / classes) : i % classes;
  const totals = new Float64Array(classes);
  for (let i = 0; i < counts.length; i++) totals[groupOf(i)] += counts[i];
  return Float64Array.from({ length: counts.length }, (_, i) => counts[i] / (totals[groupOf(i)] || 1));
}

interface PairOptions {
  readonly classes?: number | undefined;
  readonly sampleWeight?: ArrayLike<number> | undefined;
  /** The classes to be counted, in their order. @default all */
  readonly order?: readonly number[] | undefined;
}

/** The work of `confusionMatrix`; `where` is the function that messages name. */
export function countPairs(
  where: string,
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  { classes: given, sampleWeight, order }: PairOptions,
): ConfusionMatrix | WeightedConfusionMatrix {
  if (given !== undefined) checkNumber(`${where}: classes`, given, classCount);
  const largest = checkPairs(where, labels, predictions, given);
  const classes = order?.length ?? given ?? largest + 1;
  if (classes > MAX_CLASSES) {
    const hint = "Renumber the classes from 0 without gaps.";
    throw new DataError(`${where}: expected labels below ${MAX_CLASSES}, got ${largest}. ${hint}`);
  }
  const weights = checkSampleWeight(where, sampleWeight, labels.length);
  const places = order && new Map(order.map((label, place) => [label, place]));
  const placeOf = (label: number) => (places ? (places.get(label) ?? -1) : label);
  const counts = weights ? new Float64Array(classes * classes) : new Int32Array(classes * classes);
  let isMet = false;
  for (let i = 0; i < labels.length; i++) {
    const [row, column] = [placeOf(labels[i]), placeOf(predictions[i])];
    isMet ||= row >= 0;
    if (row >= 0 && column >= 0) counts[row * classes + column] += weights?.[i] ?? 1;
  }
  if (isMet) return { classes, counts } as ConfusionMatrix;
  throw new DataError(`${where}: labels: expected at least one class that a row is of, got ${show(order)}.`);
}

/**
 * The matrix as aligned text with totals: one line per true class, one column per predicted class.
 * @throws OptionError unless `labels` names each class.
 */
export function formatConfusionMatrix(
  matrix: ConfusionMatrix | WeightedConfusionMatrix,
  options: FormatConfusionMatrixOptions = {},
): string {
  const { labels } = readOptions("formatConfusionMatrix", formatConfusionMatrixOptions, options, arguments);
  const { classes, counts } = matrix ?? {};
  if (!isConfusionMatrix(matrix)) {
    throw new OptionError(`formatConfusionMatrix: expected what confusionMatrix() returns, got ${show(matrix)}.`);
  }
  const names = classNames("formatConfusionMatrix", classes, labels);
  const columnTotals = new Array<number>(classes + 1).fill(0);
  const lines: string[][] = [["true \\ predicted", ...names, "total"]];
  for (let row = 0; row < classes; row++) {
    const cells = Array.from(counts.subarray(row * classes, (row + 1) * classes));
    cells.push(cells.reduce((sum, count) => sum + count, 0));
    cells.forEach((count, column) => {
      columnTotals[column] += count;
    });
    lines.push([names[row], ...cells.map(showCount)]);
  }
  lines.push(["total", ...columnTotals.map(showCount)]);
  return alignColumns(lines, { isRight: () => true }).lines.join("\n");
}

/** True if this is a result of `confusionMatrix`. */
export function isConfusionMatrix(value: unknown): value is ConfusionMatrix | WeightedConfusionMatrix {
  const { classes, counts } = (value ?? {}) as { classes?: number; counts?: unknown };
  if (!isNumericArray(counts) || classes === undefined) return false;
  return counts.length === classes * classes;
}

/** A count, or a sum of weights without the noise of its last digits. */
export function showCount(count: number): string {
  return String(Number.isInteger(count) ? count : Number(count.toPrecision(6)));
}

/** Names of the classes: the given ones, checked, or their numbers. */
export function classNames(where: string, classes: number, labels: readonly string[] | undefined): string[] {
  if (labels === undefined) return Array.from({ length: classes }, (_, i) => String(i));
  if (!Array.isArray(labels) || labels.length !== classes || labels.some((label) => typeof label !== "string")) {
    throw new OptionError(
      `${where}: labels: expected ${counted(classes, "name")}, one per class, got ${show(labels)}.`,
    );
  }
  return [...labels];
}
