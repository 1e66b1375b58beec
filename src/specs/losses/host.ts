/**
 * Losses that no kernel computes: a session runs their records as scripts, which read the predictions of a batch, and
 * write the loss of each row and its gradient. Losses get copies in float64, never the memory itself.
 */

import { ControlField, Place } from "../../plan/op.js";
import type { LossRecord, Script, ScriptMaker } from "../../plan/record.js";
import type { TensorRef } from "../../plan/tensor.js";

/** A batch, as such a loss reads it. Arrays are copies. */
export interface LossBatch {
  readonly rows: number;
  /** Predictions per row. */
  readonly columns: number;
  /** Targets per row; 1 for labels. */
  readonly targetColumns: number;
  readonly targets: Float64Array;
  readonly predictions: Float64Array;
  readonly sampleWeight: Float64Array;
}

/** The loss of each row without its weight, and its derivatives by the predictions of that row. */
export interface BatchLoss {
  readonly loss: ArrayLike<number>;
  readonly gradient: ArrayLike<number>;
  /** True if `gradient` is that of the mean loss of the batch, with the weights of rows. @default false */
  readonly isWeighted?: boolean;
}

/** Computes the loss of a batch. */
export type ComputeLoss = (batch: LossBatch) => BatchLoss;

/** The script of a loss record. */
export function lossScript(compute: ComputeLoss): ScriptMaker {
  return (given, addressOf) => runRows(compute, given as LossRecord, addressOf);
}

function runRows(compute: ComputeLoss, record: LossRecord, addressOf: (tensor: TensorRef) => number): Script {
  const { predictions, targets, sampleWeights, rowLoss, dPredictions, columns } = record;
  const isLabels = targets.format === "labels";
  const targetColumns = targets.shape[0] ?? 1;
  const placeOf = (tensor: TensorRef) => addressOf(tensor) / 4;
  return (floats, ints) => {
    const rows = ints[(Place.Control + ControlField.Rows) / 4];
    const weights = readRows(floats, placeOf(sampleWeights), rows, 1, 1);
    const { loss, gradient, isWeighted } = compute({
      rows,
      columns,
      targetColumns,
      targets: readRows(isLabels ? ints : floats, placeOf(targets), rows, targetColumns, targets.stride),
      predictions: readRows(floats, placeOf(predictions), rows, columns, predictions.stride),
      sampleWeight: weights.slice(),
    });
    const lossAt = placeOf(rowLoss);
    for (let row = 0; row < rows; row++) floats[lossAt + row] = loss[row] * weights[row];
    if (!dPredictions) return;
    const padded = Math.ceil(columns / Place.PanelWidth) * Place.PanelWidth;
    let to = placeOf(dPredictions);
    for (let row = 0; row < rows; row++, to += dPredictions.stride) {
      const scale = isWeighted ? 1 : weights[row] / rows;
      for (let j = 0; j < columns; j++) floats[to + j] = gradient[row * columns + j] * scale;
      floats.fill(0, to + columns, to + padded);
    }
  };
}

/** A copy of rows without their padding. */
function readRows(
  from: Float32Array | Float64Array | Int32Array,
  begin: number,
  rows: number,
  columns: number,
  stride: number,
): Float64Array {
  const values = new Float64Array(rows * columns);
  for (let row = 0, at = begin; row < rows; row++, at += stride) {
    for (let j = 0; j < columns; j++) values[row * columns + j] = from[at + j];
  }
  return values;
}

/** The loss of one row, which also writes its gradient to `g`. Targets are numbers, or one label. */
export type RowLoss = (t: Float64Array, p: Float64Array, g: Float64Array) => number;

/** A loss of a batch whose rows are independent of each other. */
export function eachRow(rowLoss: RowLoss): ComputeLoss {
  return ({ rows, columns, targetColumns, targets, predictions }) => {
    const loss = new Float64Array(rows);
    const gradient = new Float64Array(rows * columns);
    for (let row = 0; row < rows; row++) {
      const t = targets.subarray(row * targetColumns, (row + 1) * targetColumns);
      const [from, to] = [row * columns, (row + 1) * columns];
      loss[row] = rowLoss(t, predictions.subarray(from, to), gradient.subarray(from, to));
    }
    return { loss, gradient };
  };
}
