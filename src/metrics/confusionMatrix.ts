/**
 * Confusion matrix: how often each true class was predicted as each class.
 * Knows integer labels only: nothing about probabilities, datasets or models.
 */

import { checkKeys, checkNumber, DataError, OptionError, show } from "../errors.js";
import { checkPairs, MAX_CLASSES } from "./accuracy.js";

/** Counts of (true class, predicted class) pairs. */
export interface ConfusionMatrix {
  /** Number of classes. */
  classes: number;
  /** [classes, classes]: row = true class, column = predicted class. */
  counts: Int32Array<ArrayBuffer>;
}

/** Options of `confusionMatrix`. */
export interface ConfusionMatrixOptions {
  /** Number of classes. @default one more than the largest label or prediction */
  classes?: number;
}

/** Options of `formatConfusionMatrix`. */
export interface FormatConfusionMatrixOptions {
  /** One name per class. @default "0", "1", … */
  labels?: readonly string[];
}

/**
 * Counts every (true, predicted) pair (scikit-learn `confusion_matrix` with `labels=range(classes)`).
 * @param labels [n] true classes, integers from 0.
 * @param predictions [n] predicted classes, integers from 0; `argMax` makes them from probabilities.
 * @throws ShapeError when the lengths differ. @throws DataError when there are no rows, or naming one whose label is
 * not an integer from 0 to classes - 1. @throws OptionError for bad options.
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: ConfusionMatrixOptions = {},
): ConfusionMatrix {
  checkKeys("confusionMatrix", options, ["classes"]);
  return countPairs("confusionMatrix", labels, predictions, options.classes);
}

/** The work of `confusionMatrix`; `where` is the function that messages name. */
export function countPairs(
  where: string,
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  given: number | undefined,
): ConfusionMatrix {
  if (given !== undefined) checkNumber(`${where}: classes`, given, { min: 1, max: MAX_CLASSES, integer: true });
  const largest = checkPairs(where, labels, predictions, given);
  if (largest >= MAX_CLASSES) {
    const hint = "Renumber the classes from 0 without gaps.";
    throw new DataError(`${where}: expected labels below ${MAX_CLASSES}, got ${largest}. ${hint}`);
  }
  const classes = given ?? largest + 1;
  const counts = new Int32Array(classes * classes);
  for (let i = 0; i < labels.length; i++) counts[labels[i] * classes + predictions[i]]++;
  return { classes, counts };
}

/**
 * The matrix as aligned text with totals: one line per true class, one column per predicted class.
 * @throws OptionError unless `labels` names each class.
 */
export function formatConfusionMatrix(matrix: ConfusionMatrix, options: FormatConfusionMatrixOptions = {}): string {
  checkKeys("formatConfusionMatrix", options, ["labels"]);
  const { classes, counts } = matrix ?? {};
  if (!(counts instanceof Int32Array) || counts.length !== classes * classes) {
    throw new OptionError(`formatConfusionMatrix: expected what confusionMatrix() returns, got ${show(matrix)}.`);
  }
  const names = classNames("formatConfusionMatrix", classes, options.labels);
  const columnTotals = new Array<number>(classes + 1).fill(0);
  const lines: (string | number)[][] = [["true \\ predicted", ...names, "total"]];
  for (let row = 0; row < classes; row++) {
    const cells = Array.from(counts.subarray(row * classes, (row + 1) * classes));
    cells.push(cells.reduce((sum, count) => sum + count, 0));
    cells.forEach((count, column) => {
      columnTotals[column] += count;
    });
    lines.push([names[row], ...cells]);
  }
  lines.push(["total", ...columnTotals]);
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => String(line[column]).length)));
  return lines.map((line) => line.map((cell, i) => String(cell).padStart(widths[i])).join("  ")).join("\n");
}

/** Names of the classes: the given ones, checked, or their numbers. */
export function classNames(where: string, classes: number, labels: readonly string[] | undefined): string[] {
  if (labels === undefined) return Array.from({ length: classes }, (_, i) => String(i));
  if (!Array.isArray(labels) || labels.length !== classes || labels.some((label) => typeof label !== "string")) {
    throw new OptionError(`${where}: labels: expected ${classes} names, one per class, got ${show(labels)}.`);
  }
  return [...labels];
}
