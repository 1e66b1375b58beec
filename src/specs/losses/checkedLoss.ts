/** Loss functions of callers, with a check of their results before anything is written. */

import { NonFiniteError, OptionError, ShapeError, show } from "../../base/errors.js";
import { isNumericArray, kindOf } from "../../base/kinds.js";
import { unawaited } from "../../base/unawaited.js";
import type { BatchLoss, ComputeLoss, LossBatch } from "./host.js";

/** The result of a loss function. */
export interface LossResult {
  /** The loss of each row, without its weight; or the mean loss of the batch, which no sample weights can change. */
  readonly loss: ArrayLike<number> | number;
  /**
   * rows × columns derivatives: of the loss of a row by the predictions of that row; or, if `loss` is one number, of
   * that number by all predictions.
   */
  readonly gradient: ArrayLike<number>;
}

/**
 * A loss: `targets` are rows × targetColumns numbers, `predictions` rows × columns, row after row. Both are copies. It
 * returns at once, not a promise.
 */
export type LossFunction = (targets: Float64Array, predictions: Float64Array, batch: LossBatch) => LossResult;

/** A loss function that refuses results which do not fit. @throws OptionError, ShapeError, NonFiniteError */
export function checkedLoss(name: string, run: LossFunction): ComputeLoss {
  const where = `customLoss ${show(name)}`;
  return (batch) => {
    const { rows, columns } = batch;
    const weights = batch.sampleWeight.slice(); // the function may change its own
    const { loss, gradient } = asResult(where, unawaited(run(batch.targets, batch.predictions, batch)));
    const slopes = numbersOf(`${where}: gradient`, gradient, rows * columns, `${rows} rows × ${columns} outputs`);
    checkFinite(`${where}: gradient`, slopes, columns);
    if (typeof loss !== "number") {
      const losses = numbersOf(`${where}: loss`, loss, rows, `${rows} rows`);
      checkFinite(`${where}: loss`, losses, 1);
      return { loss: losses, gradient: slopes };
    }
    checkFinite(`${where}: loss`, [loss], 1);
    return ofBatch(where, loss, slopes, weights);
  };
}

function asResult(where: string, result: unknown): LossResult {
  if (typeof result === "object" && result !== null && "loss" in result && "gradient" in result) {
    return result as LossResult;
  }
  const hint = kindOf(result) === "Promise" ? " It must not be async: a step waits for nothing." : "";
  throw new OptionError(`${where}: expected { loss, gradient } from compute, got ${show(result)}.${hint}`);
}

function numbersOf(where: string, values: unknown, length: number, meaning: string): ArrayLike<number> {
  if (!Array.isArray(values) && !isNumericArray(values)) {
    throw new OptionError(`${where}: expected an array of numbers, got ${show(values)}.`);
  }
  if (values.length === length) return values;
  throw new ShapeError(`${where}: expected ${length} numbers, for ${meaning}, got ${values.length}.`);
}

function checkFinite(where: string, values: ArrayLike<number>, columns: number): void {
  for (let i = 0; i < values.length; i++) {
    const value: unknown = values[i];
    if (Number.isFinite(value)) continue;
    const place = columns > 1 ? `row ${Math.floor(i / columns)}, output ${i % columns}` : `row ${i}`;
    const what = `${where}: ${values.length > 1 ? `${place}: ` : ""}expected a finite number, got ${show(value)}.`;
    throw typeof value === "number" ? new NonFiniteError(what) : new OptionError(what);
  }
}

/** The loss of a batch as one loss for each row. Weights that are all the same scale it; others have no meaning. */
function ofBatch(where: string, loss: number, gradient: ArrayLike<number>, weights: Float64Array): BatchLoss {
  const uneven = weights.findIndex((weight) => weight !== weights[0]);
  if (uneven > 0) {
    throw new OptionError(
      `${where}: loss: one number for the batch has no weighted mean, and sample or class weights differ: row 0 has ` +
        `${weights[0]}, row ${uneven} ${weights[uneven]}. Return a loss for each row, or leave the weights out.`,
    );
  }
  return {
    loss: new Float64Array(weights.length).fill(loss),
    gradient: Float64Array.from(gradient, (slope) => slope * weights.length),
  };
}
