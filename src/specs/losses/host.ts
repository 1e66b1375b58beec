/**
 * Losses that no kernel computes: between two runs of records, JavaScript reads the predictions of a batch and writes
 * the loss of each row and its gradient. All numbers are float64 copies; kernels and threads see only results.
 */

import { addressOf } from "../../plan/layout.js";
import { ControlField, Place } from "../../plan/op.js";
import type { LossRecord } from "../../plan/record.js";
import type { HostSession, Runner, Tape } from "../../plan/tape.js";

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
}

/** Computes the loss of a batch. */
export type ComputeLoss = (batch: LossBatch) => BatchLoss;

/** Arranges for `compute` to do the work of the loss record that was just emitted. */
export function arrange(tape: Tape, record: LossRecord, compute: ComputeLoss): void {
  const at = tape.length - 1;
  const before = tape.conductor;
  tape.conductor = (given, session) => {
    const runner = before?.(given, session) ?? given;
    return new Conducted(runner, at, () => runOnHost(runner, session, record, compute));
  };
}

/** A runner that stops at record `at` for `work`. */
class Conducted implements Runner {
  constructor(
    readonly runner: Runner,
    readonly at: number,
    readonly work: () => void,
  ) {}

  get floats() {
    return this.runner.floats;
  }

  get ints() {
    return this.runner.ints;
  }

  get doubles() {
    return this.runner.doubles;
  }

  get isBroken() {
    return this.runner.isBroken;
  }

  run(begin: number, end: number, isLarge: boolean): void {
    const { runner, at } = this;
    if (at < begin || at >= end) {
      runner.run(begin, end, isLarge);
      return;
    }
    if (begin < at) runner.run(begin, at, isLarge);
    if (this.ints[(Place.Control + ControlField.Status) / 4]) return;
    this.work();
    if (at + 1 < end) runner.run(at + 1, end, isLarge);
  }

  release(): void {
    this.runner.release();
  }
}

function runOnHost({ floats, ints }: Runner, session: HostSession, record: LossRecord, compute: ComputeLoss): void {
  const { predictions, targets, sampleWeights, rowLoss, dPredictions, columns } = record;
  const rows = ints[(Place.Control + ControlField.Rows) / 4];
  const targetColumns = targets.shape[0] ?? 1;
  const weights = new Float64Array(rows);
  const batch = {
    rows,
    columns,
    targetColumns,
    targets: new Float64Array(rows * targetColumns),
    predictions: new Float64Array(rows * columns),
    sampleWeight: weights.slice(),
  };
  session.readRows(predictions, rows, batch.predictions);
  session.readRows(sampleWeights, rows, weights);
  batch.sampleWeight.set(weights);
  if (targets.format === "labels") session.readLabels(targets, rows, batch.targets);
  else session.readRows(targets, rows, batch.targets);
  const { loss, gradient } = compute(batch);
  const lossAt = addressOf(rowLoss, session.layout) / 4;
  for (let row = 0; row < rows; row++) floats[lossAt + row] = loss[row] * weights[row];
  if (!dPredictions) return;
  const padded = Math.ceil(columns / Place.PanelWidth) * Place.PanelWidth;
  let to = addressOf(dPredictions, session.layout) / 4;
  for (let row = 0; row < rows; row++, to += dPredictions.stride) {
    const scale = weights[row] / rows;
    for (let j = 0; j < columns; j++) floats[to + j] = gradient[row * columns + j] * scale;
    floats.fill(0, to + columns, to + padded);
  }
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
