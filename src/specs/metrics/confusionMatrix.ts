/**
 * Confusion matrix: how often each true class was predicted as each class.
 * Knows integer labels only: nothing about probabilities, datasets or models.
 */
import { checkKeys, checkNumber, DataError, OptionError, show } from "../../base/errors.js";
import { isNumericArray } from "../../base/kinds.js";
import { checkPairs, MAX_CLASSES } from "./accuracy.js";
import { checkSampleWeight } from "./inputs.js";

/** Counts of (true class, predicted class) pairs. */
export interface ConfusionMatrix {
  /** Number of classes. */
  classes: number;
  /** Shape [classes, classes]: row = true class, column = predicted class. */
  counts: Int32Array<ArrayBuffer>;
}

/** Sums of the weights of the rows of each (true class, predicted class) pair. */
export interface WeightedConfusionMatrix {
  /** Number of classes. */
  classes: number;
  /** Shape [classes, classes]: row = true class, column = predicted class. */
  counts: Float64Array<ArrayBuffer>;
}

/** Options of `confusionMatrix`. */
export interface ConfusionMatrixOptions {
  /** Number of classes. @default one more than the largest label or prediction */
  classes?: number;
}

/** Options of `confusionMatrix` for rows that do not all count the same. */
export interface WeightedConfusionMatrixOptions extends ConfusionMatrixOptions {
  /** [n] how much each row counts, >= 0. */
  sampleWeight: ArrayLike<number>;
}

/** Options of `formatConfusionMatrix`. */
export interface FormatConfusionMatrixOptions {
  /** One name per class. @default "0", "1", … */
  labels?: readonly string[];
}

/**
 * Counts every (true, predicted) pair, or adds up the weights of their rows (scikit-learn `confusion_matrix` with
 * `labels=range(classes)`).
 * @param labels [n] true classes, integers from 0.
 * @param predictions [n] predicted classes, integers from 0; `argMax` makes them from probabilities.
 * @throws ShapeError when the lengths differ. @throws DataError when there are no rows, or naming one whose label is
 * not an integer from 0 to classes - 1, or whose weight is not a number >= 0. @throws OptionError for bad options.
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: WeightedConfusionMatrixOptions,
): WeightedConfusionMatrix;
export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options?: ConfusionMatrixOptions,
): ConfusionMatrix;
export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: PairOptions = {},
): ConfusionMatrix | WeightedConfusionMatrix {
  checkKeys("confusionMatrix", options, ["classes", "sampleWeight"], arguments);
  return countPairs("confusionMatrix", labels, predictions, options);
}

interface PairOptions {
  readonly classes?: number | undefined;
  readonly sampleWeight?: ArrayLike<number> | undefined;
}

/** The work of `confusionMatrix`; `where` is the function that messages name. */
export function countPairs(
  where: string,
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  { classes: given, sampleWeight }: PairOptions,
): ConfusionMatrix | WeightedConfusionMatrix {
  if (given !== undefined) checkNumber(`${where}: classes`, given, { min: 1, max: MAX_CLASSES, integer: true });
  const largest = checkPairs(where, labels, predictions, given);
  if (largest >= MAX_CLASSES) {
    const hint = "Renumber the classes from 0 without gaps.";
    throw new DataError(`${where}: expected labels below ${MAX_CLASSES}, got ${largest}. ${hint}`);
  }
  const weights = checkSampleWeight(where, sampleWeight, labels.length);
  const classes = given ?? largest + 1;
  if (!weights) {
    const counts = new Int32Array(classes * classes);
    for (let i = 0; i < labels.length; i++) counts[labels[i] * classes + predictions[i]]++;
    return { classes, counts };
  }
  const counts = new Float64Array(classes * classes);
  for (let i = 0; i < labels.length; i++) counts[labels[i] * classes + predictions[i]] += weights[i];
  return { classes, counts };
}

/**
 * The matrix as aligned text with totals: one line per true class, one column per predicted class.
 * @throws OptionError unless `labels` names each class.
 */
export function formatConfusionMatrix(
  matrix: ConfusionMatrix | WeightedConfusionMatrix,
  options: FormatConfusionMatrixOptions = {},
): string {
  checkKeys("formatConfusionMatrix", options, ["labels"], arguments);
  const { classes, counts } = matrix ?? {};
  if (!isConfusionMatrix(matrix)) {
    throw new OptionError(`formatConfusionMatrix: expected what confusionMatrix() returns, got ${show(matrix)}.`);
  }
  const names = classNames("formatConfusionMatrix", classes, options.labels);
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
  const widths = lines[0].map((_, column) => lines.reduce((widest, line) => Math.max(widest, line[column].length), 0));
  return lines.map((line) => line.map((cell, i) => cell.padStart(widths[i])).join("  ")).join("\n");
}

/** Is this what `confusionMatrix` returns? */
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
    throw new OptionError(`${where}: labels: expected ${classes} names, one per class, got ${show(labels)}.`);
  }
  return [...labels];
}
