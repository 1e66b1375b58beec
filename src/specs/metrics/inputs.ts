/**
 * Checks that the metric functions share: sample weights, scores per row, numbers per row.
 * Knows arrays only: nothing about what is computed from them.
 */
import { counted } from "../../base/counted.js";
import { checkArrayLike, checkNumber, DataError, ShapeError, show } from "../../base/errors.js";
import { type Given, number, type Option, optional, unchecked } from "../../base/options.js";

/** Option that most metric functions take. */
export const sampleWeightOption = {
  /** [n] how much each row counts, >= 0. @default 1 for each */
  sampleWeight: optional(unchecked<ArrayLike<number>>()),
};

/** Option that most metric functions take. */
export interface SampleWeightOption extends Given<typeof sampleWeightOption> {}

/** A number of outputs per row. */
// @__NO_SIDE_EFFECTS__
export function outputCount(): Option<number, number, "needed"> {
  return number({ min: 1, max: 2 ** 24, integer: true });
}

/** Weights of rows, or `null` when all count the same. @throws ShapeError, DataError. */
export function checkSampleWeight(where: string, value: unknown, rows: number): ArrayLike<number> | null {
  if (value === undefined) return null;
  checkArrayLike(`${where}: sampleWeight`, value);
  const weights = value as ArrayLike<number>;
  if (weights.length !== rows) {
    throw new ShapeError(
      `${where}: sampleWeight: expected ${counted(rows, "weight")}, one per row, got ${weights.length}.`,
    );
  }
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    const weight = weights[i];
    if (!(typeof weight === "number" && weight >= 0 && weight < Infinity)) {
      throw new DataError(`${where}: sampleWeight: row ${i}: expected a number >= 0, got ${show(weight)}.`);
    }
    sum += weight;
  }
  if (sum > 0) return weights;
  throw new DataError(`${where}: sampleWeight: expected at least one weight above 0, got zeros. Leave it out.`);
}

/** Refuses anything that is not a finite number in [min, max]. @throws DataError naming the row. */
export function checkValues(
  where: string,
  values: ArrayLike<number>,
  { columns = 1, min = -Infinity, max = Infinity }: { columns?: number; min?: number; max?: number } = {},
): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === "number" && Number.isFinite(value) && value >= min && value <= max) continue;
    const place = columns === 1 ? `row ${i}` : `row ${Math.floor(i / columns)}, column ${i % columns}`;
    const kind = min > -Infinity ? `a number from ${min} to ${max}` : "a finite number";
    throw new DataError(`${where}: ${place}: expected ${kind}, got ${show(value)}.`);
  }
}

/** The result of `checkLabelsAndScores`. */
export interface ScoredRows {
  readonly rows: number;
  /** Scores per row: 1, or one per class. */
  readonly columns: number;
}

/**
 * Labels [n], integers from 0, and scores [n] or [n, classes], finite and in [min, max]. One column means two classes.
 * @throws ShapeError, DataError naming the row.
 */
export function checkLabelsAndScores(
  where: string,
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  { what = "scores", min = -Infinity, max = Infinity }: { what?: string; min?: number; max?: number } = {},
): ScoredRows {
  checkArrayLike(`${where}: labels`, labels);
  checkArrayLike(`${where}: ${what}`, scores);
  const rows = labels.length;
  if (rows === 0) throw new DataError(`${where}: expected at least one label, got none. Pass some rows.`);
  const columns = scores.length / rows;
  if (columns === 0 || !Number.isInteger(columns)) {
    throw new ShapeError(
      `${where}: expected one of the ${what} per label, or one per label and class, got ${scores.length} for ` +
        `${counted(rows, "label")}. Predict on the rows of these labels.`,
    );
  }
  const classes = Math.max(columns, 2);
  for (let i = 0; i < rows; i++) {
    const label = labels[i];
    if (Number.isSafeInteger(label) && label >= 0 && label < classes) continue;
    const got = `expected an integer from 0 to ${classes - 1}, got ${show(label)}`;
    throw new DataError(`${where}: label of row ${i}: ${got}. Classes count from 0, one column of ${what} each.`);
  }
  checkValues(`${where}: ${what}`, scores, { columns, min, max });
  return { rows, columns };
}

/** Two arrays of numbers, [n] or [n, outputs], of one length. Returns n. @throws ShapeError, DataError, OptionError. */
export function checkTargets(
  where: string,
  targets: ArrayLike<number>,
  predictions: ArrayLike<number>,
  outputs: number,
): number {
  checkNumber(`${where}: outputs`, outputs, { min: 1, max: 2 ** 24, integer: true });
  checkArrayLike(`${where}: targets`, targets);
  checkArrayLike(`${where}: predictions`, predictions);
  if (targets.length !== predictions.length || targets.length % outputs !== 0) {
    const got = `${counted(targets.length, "target")} and ${counted(predictions.length, "prediction")}`;
    const expected = outputs === 1 ? "one prediction per target" : `rows of ${outputs}, as many of one as of the other`;
    throw new ShapeError(`${where}: expected ${expected}, got ${got}. Predict on the rows of these targets.`);
  }
  if (targets.length === 0) throw new DataError(`${where}: expected at least one target, got none. Pass some rows.`);
  checkValues(`${where}: targets`, targets, { columns: outputs });
  checkValues(`${where}: predictions`, predictions, { columns: outputs });
  return targets.length / outputs;
}
