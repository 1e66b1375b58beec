/**
 * Accuracy of predicted labels, and the check of label pairs that the class metrics share.
 * Knows integer labels only: nothing about probabilities, datasets or models.
 */

import { checkArrayLike, DataError, ShapeError, show } from "../errors.js";

/**
 * Share of predictions that equal their label, from 0 to 1 (scikit-learn `accuracy_score`).
 * @param labels [n] true classes, integers from 0.
 * @param predictions [n] predicted classes, integers from 0; `argMax` makes them from probabilities.
 * @throws ShapeError when the lengths differ. @throws DataError when there are no rows, or naming a bad one.
 */
export function accuracyScore(labels: ArrayLike<number>, predictions: ArrayLike<number>): number {
  checkPairs("accuracyScore", labels, predictions);
  let right = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] === predictions[i]) right++;
  return right / labels.length;
}

/**
 * Checks true and predicted labels: as many of one as of the other, at least one, all of them integers in
 * [0, classes). Returns the largest.
 */
export function checkPairs(
  where: string,
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classes = Infinity,
): number {
  checkArrayLike(`${where}: labels`, labels);
  checkArrayLike(`${where}: predictions`, predictions);
  if (labels.length !== predictions.length) {
    const got = `${labels.length} labels and ${predictions.length} predictions`;
    throw new ShapeError(
      `${where}: expected one prediction per label, got ${got}. Predict on the rows of these labels.`,
    );
  }
  if (labels.length === 0) throw new DataError(`${where}: expected at least one label, got none. Pass some rows.`);
  let largest = 0;
  for (const [what, values] of [["label", labels] as const, ["prediction", predictions] as const]) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (!(Number.isSafeInteger(value) && value >= 0 && value < classes)) {
        const range = classes < Infinity ? `an integer from 0 to ${classes - 1}` : "an integer >= 0";
        const hint = "Classes count from 0; argMax turns probabilities into labels.";
        throw new DataError(`${where}: ${what} of row ${i}: expected ${range}, got ${show(value)}. ${hint}`);
      }
      if (value > largest) largest = value;
    }
  }
  return largest;
}
