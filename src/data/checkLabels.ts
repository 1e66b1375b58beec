/** The refusal of labels, in words. */
import { DataError } from "../base/errors.js";
import { isLabel } from "./matrix.js";

/**
 * Integer class labels from 0 to classes − 1.
 * @throws DataError naming the first row whose label is fractional or out of range.
 */
export function checkLabels(where: string, labels: Float32Array, classes: number, ignored: number | null = null): void {
  const row = labels.findIndex((label) => !isLabel(label, classes, ignored));
  if (row < 0) return;
  throw new DataError(
    `${where}: row ${row}: expected an integer label from 0 to ${classes - 1}, got ${labels[row]}. ` +
      (Number.isInteger(labels[row]) && classes < 2 ** 24
        ? `Give the last layer as many units as there are classes.`
        : `Labels are class numbers.`),
  );
}
