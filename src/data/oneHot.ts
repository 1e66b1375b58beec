/** One-hot rows and back: integer labels ↔ rows of 0 and 1. Knows arrays only: nothing about losses or models. */
import { counted } from "../base/counted.js";
import { checkArguments, checkArrayLike, checkNumber, DataError, ShapeError, show } from "../base/errors.js";
import { placeOfLargest } from "../base/largest.js";

/**
 * Rows of zeros with a one in the column of the label (Keras `to_categorical`).
 * @param labels [n] integers from 0 to classes - 1.
 * @param classes Columns of the result.
 * @returns [n, classes]
 * @throws DataError naming the first row whose label is not such an integer, or for rows beyond what memory holds.
 */
export function oneHot(labels: ArrayLike<number>, classes: number): Float32Array<ArrayBuffer> {
  checkArguments("oneHot", arguments, 2);
  checkArrayLike("oneHot: labels", labels);
  checkNumber("oneHot: classes", classes, { min: 1, max: 2 ** 24, integer: true });
  const rows = allocateRows(labels.length, classes);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      const hint = "Number the classes from 0, or raise classes.";
      throw new DataError(
        `oneHot: row ${i}: expected an integer from 0 to ${classes - 1}, got ${show(label)}. ${hint}`,
      );
    }
    rows[i * classes + label] = 1;
  }
  return rows;
}

function allocateRows(rows: number, classes: number): Float32Array<ArrayBuffer> {
  try {
    return new Float32Array(rows * classes);
  } catch (cause) {
    const gib = ((rows * classes * 4) / 2 ** 30).toPrecision(3);
    const hint = 'Keep the labels: "sparseCategoricalCrossentropy" takes them as they are.';
    throw new DataError(
      `oneHot: ${counted(rows, "row")} of ${classes} classes need ${gib} GiB, which cannot be had. ${hint}`,
      {
        cause,
      },
    );
  }
}

/**
 * The column of the largest value of each row; the first of equal ones (numpy `argmax`). Turns probabilities, logits
 * or one-hot rows into labels.
 * @param rows [n, columns]
 * @returns [n]
 * @throws ShapeError when the values do not fill whole rows. @throws DataError naming a row that holds NaN.
 */
export function argMax(rows: ArrayLike<number>, columns: number): Int32Array<ArrayBuffer> {
  checkArguments("argMax", arguments, 2);
  checkArrayLike("argMax: rows", rows);
  checkNumber("argMax: columns", columns, { min: 1, integer: true });
  if (rows.length % columns !== 0) {
    const hint = "Pass the number of classes as columns.";
    throw new ShapeError(`argMax: expected whole rows of ${columns}, got ${counted(rows.length, "value")}. ${hint}`);
  }
  const labels = new Int32Array(rows.length / columns);
  for (let i = 0; i < labels.length; i++) {
    for (let j = 0; j < columns; j++) {
      const value = rows[i * columns + j];
      if (typeof value !== "number" || Number.isNaN(value)) {
        const got = `${show(value)} in column ${j}`;
        throw new DataError(`argMax: row ${i}: expected numbers, got ${got}. Find what made it first.`);
      }
    }
    labels[i] = placeOfLargest(rows, i * columns, columns);
  }
  return labels;
}
