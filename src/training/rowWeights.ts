/** Weights of rows: from sampleWeight and classWeight. Loaded with the first `fit` that weighs rows. */

import { checkNumber, DataError, didYouMean, OptionError, show } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import { sizeOf } from "../base/shape.js";
import { classesOf } from "../data/classes.js";
import type { DataRows } from "../data/rows.js";
import { Label } from "../plan/op.js";
import { hasClasses } from "../specs/losses/classes.js";
import { lossTargets, outputReading, targetKind } from "../specs/losses/facts.js";
import type { LossSpec } from "../specs/losses/table.js";
import { counts, noneCounts } from "./counts.js";
import type { Expectation } from "./feed.js";

/**
 * The weights of rows to train on, for the function `where`; `null` if all count the same.
 * @throws the errors of `combineWeights`; DataError if no row counts
 */
export function rowWeights(
  where: string,
  dataset: DataRows,
  classWeight: unknown,
  expectation: Pick<Expectation, "outputs" | "loss">,
): Float32Array | null {
  const weights =
    classWeight === undefined ? dataset.sampleWeight : combineWeights(where, dataset, classWeight, expectation);
  const { loss } = expectation;
  if (!counts(dataset, weights, loss)) throw noneCounts(where, loss, classWeight !== undefined);
  return weights;
}

/**
 * Sample weights times class weights.
 * @throws OptionError for weights that are not numbers >= 0, for keys that are not classes, or if there are no
 * classes; DataError for a row that does not have exactly one class.
 */
export function combineWeights(
  where: string,
  dataset: DataRows,
  classWeight: unknown,
  { outputs, loss }: Pick<Expectation, "outputs" | "loss">,
): Float32Array {
  const place = `${where}: classWeight`;
  checkLoss(place, loss, outputs);
  if (outputs > 1 && lossTargets(loss) === "rows") checkOneClass(place, dataset);
  const found = classesOf(dataset).map((name) => (name === loss.ignoreClass ? Label.Ignored : name));
  // Targets of -1 stand for class 0.
  const classes = targetKind(loss) === "signs" && outputs === 1 ? found.map((name) => Math.max(name, 0)) : found;
  const isEmbedded = outputReading(loss) === "several"; // the number of classes is not that of the outputs
  const count = isEmbedded ? classes.reduce((most, name) => Math.max(most, name + 1), 2) : Math.max(outputs, 2);
  const weights =
    classWeight === "balanced"
      ? balancedWeights(classes, count)
      : namedWeights(place, classWeight, count, dataset.classNames);
  return Float32Array.from(classes, (name, row) => (weights[name] ?? 1) * (dataset.sampleWeight?.[row] ?? 1));
}

function checkLoss(where: string, loss: LossSpec, outputs: number): void {
  if (!hasClasses(loss)) throw new OptionError(`${where}: ${loss.type} has no classes.`);
  if (outputReading(loss) !== "each" || outputs === 1) return;
  const hint =
    loss.type === "binaryCrossentropy" ? "posWeight: a number for each output, or give sampleWeight" : "sampleWeight";
  throw new OptionError(`${where}: with ${outputs} yes-or-no outputs a row has no single class. Give ${hint}.`);
}

/** Each row has one target that is larger than all others. */
function checkOneClass(where: string, { y, targetShape, length }: DataRows): void {
  const width = sizeOf(targetShape);
  for (let row = 0; row < length; row++) {
    const targets = y.subarray(row * width, (row + 1) * width);
    const most = targets.reduce((a, b) => Math.max(a, b));
    if (most > 0 && targets.indexOf(most) === targets.lastIndexOf(most)) continue;
    throw new DataError(
      `${where}: y: row ${row}: expected one class, got ${show(Array.from(targets))}. ` +
        "Drop the row, or give sampleWeight instead.",
    );
  }
}

/** n / (classes · rows of the class), counting only classes that occur: scikit-learn's "balanced". */
function balancedWeights(classes: Int32Array, count: number): Float64Array {
  const rows = new Float64Array(count);
  const counted = classes.filter((name) => name !== Label.Ignored);
  for (const name of counted) rows[name]++;
  const present = rows.filter((n) => n > 0).length;
  return rows.map((n) => (n > 0 ? counted.length / (present * n) : 1));
}

function namedWeights(where: string, given: unknown, count: number, names: readonly string[] | null): Float64Array {
  if (!["Object", "Array"].includes(kindOf(given))) {
    throw new OptionError(`${where}: expected { class: weight, … } or "balanced", got ${show(given)}.`);
  }
  const weights = new Float64Array(count).fill(1);
  const keys = new Map<number, string>();
  for (const [key, weight] of Object.entries(given as object)) {
    const index = placeOf(where, key, count, names);
    const first = keys.get(index);
    if (first !== undefined) {
      throw new OptionError(`${where}: ${show(first)} and ${show(key)} are one class. Give it one weight.`);
    }
    keys.set(index, key);
    weights[index] = checkNumber(`${where}[${key}]`, weight, { min: 0 });
  }
  return weights;
}

/** The number of the class that a key names. @throws OptionError */
function placeOf(where: string, key: string, count: number, names: readonly string[] | null): number {
  const isNumber = String(Number(key)) === key && key !== "NaN";
  const place = names?.indexOf(key) ?? -1;
  if (place >= 0 && !isNumber) return place;
  if (place >= 0 && String(place) !== key) {
    throw new OptionError(`${where}: a number means a class number, got the name ${show(key)}. Write ${place} for it.`);
  }
  if (names && !isNumber) {
    const hint = `${didYouMean(key, names)} Known: ${names.slice(0, MOST_SHOWN).map(show).join(", ")}.`;
    throw new OptionError(`${where}: no class has the name ${show(key)}.${hint}`);
  }
  if (isNumber) return checkNumber(`${where}: class`, Number(key), { min: 0, below: count, integer: true });
  throw new OptionError(
    `${where}: class: expected an integer >= 0 and < ${count}, got ${show(key)}. ` +
      "Names are known of a Dataset with classNames.",
  );
}

/** A message names at most this many classes. */
const MOST_SHOWN = 20;
