/**
 * Walks a range of tape records and calls the kernel of each, alone or with other threads. Stops behind the record
 * that set a status.
 */
import { Op, Place } from "../src/plan/op";
import { activate, activateBackward } from "./activation";
import {
  announce, awaitWork, lateRecord, meet, napOf, noteLate, Verdict, workBegin, workEnd, workThreads,
} from "./barrier";
import { checkFinite } from "./check";
import { denseForward, denseInputGradient, denseKernelGradient } from "./dense";
import {
  layerNormalization, layerNormalizationBackward, layerNormalizationScaleGradient,
} from "./layerNormalization";
import { loss } from "./loss";
import { dropout, gaussianNoise } from "./noise";
import { batchNormalization, batchNormalizationBackward, movingStatistics, standardize } from "./normalization";
import { executeUpdate } from "./optimizer/index";
import { categoryEncoding, rescale } from "./preprocessing";
import {
  ActivationBackward, ActivationForward, BatchNormalization, BatchNormalizationBackward, CategoryEncoding,
  CheckFinite, ColumnSum, DenseForward, DenseInputGradient, DenseKernelGradient, Dropout, GaussianNoise,
  LayerNormalization, LayerNormalizationBackward, LayerNormalizationScaleGradient, Loss, LossTotal, Metric,
  MovingStatistics, Rescale, rowsInBatch, Standardize,
} from "./record";
import { columnSum, lossTotal, metric } from "./reduce";
import { partBegin } from "./split";

/**
 * Runs records [begin, end) of the tape at `tape` as thread `tid` of `threads`. All threads meet after each record.
 * Returns false when others are late, which happens to thread 0 alone: then `resume` goes on. With `waited` the first
 * record was run already, and this waits for the others.
 */
export function run(tape: usize, begin: i32, end: i32, tid: i32, threads: i32, waited: bool): bool {
  const rows = rowsInBatch(), nap = napOf(tid);
  for (let index = begin; index < end; index++) {
    if (!waited) execute(tape + <usize>index * Place.RecordBytes, rows, tid, threads);
    const verdict = meet(threads, nap, waited);
    if (verdict == Verdict.Stop) return true;
    if (verdict == Verdict.Late) {
      noteLate(index);
      return false;
    }
    waited = false;
  }
  return true;
}

/** Runs records [begin, end) together with the workers that serve this memory; the caller is thread 0. */
export function runShared(tape: usize, begin: i32, end: i32, threads: i32): bool {
  announce(begin, end, threads);
  return run(tape, begin, end, 0, threads, false);
}

/** Goes on with a run that returned false: waits again, then runs the rest. Returns false when others are still late. */
export function resume(tape: usize): bool {
  return run(tape, lateRecord(), workEnd(), 0, workThreads(), true);
}

/** The life of a worker, thread `tid`: waits for work after epoch `seen`, does its share, until it is dismissed. */
export function serve(tape: usize, tid: i32, seen: i32, generation: i32): void {
  for (let epoch = awaitWork(seen, generation); epoch != seen; epoch = awaitWork(seen, generation)) {
    seen = epoch;
    run(tape, workBegin(), workEnd(), tid, workThreads(), false);
  }
}

function execute(record: usize, rows: i32, tid: i32, threads: i32): void {
  switch (load<i32>(record)) {
    case Op.DenseForward: denseForward(changetype<DenseForward>(record), rows, tid, threads); break;
    case Op.DenseKernelGradient:
      denseKernelGradient(changetype<DenseKernelGradient>(record), rows, tid, threads); break;
    case Op.DenseInputGradient: denseInputGradient(changetype<DenseInputGradient>(record), rows, tid, threads); break;
    case Op.ColumnSum: columnSum(changetype<ColumnSum>(record), rows, tid, threads); break;
    case Op.ActivationForward: activationForward(changetype<ActivationForward>(record), rows, tid, threads); break;
    case Op.ActivationBackward: activationBackward(changetype<ActivationBackward>(record), rows, tid, threads); break;
    case Op.Loss: loss(changetype<Loss>(record), rows, tid, threads); break;
    case Op.LossTotal: if (tid == 0) lossTotal(changetype<LossTotal>(record), rows); break;
    case Op.Metric: if (tid == 0) metric(changetype<Metric>(record), rows); break;
    case Op.CheckFinite: checkFinite(changetype<CheckFinite>(record), rows, tid, threads); break;
    case Op.BatchNormalization: batchNormalization(changetype<BatchNormalization>(record), rows, tid, threads); break;
    case Op.BatchNormalizationBackward:
      batchNormalizationBackward(changetype<BatchNormalizationBackward>(record), rows, tid, threads); break;
    case Op.MovingStatistics: movingStatistics(changetype<MovingStatistics>(record), rows, tid, threads); break;
    case Op.Standardize: standardize(changetype<Standardize>(record), rows, tid, threads); break;
    case Op.LayerNormalization: layerNormalization(changetype<LayerNormalization>(record), rows, tid, threads); break;
    case Op.LayerNormalizationBackward:
      layerNormalizationBackward(changetype<LayerNormalizationBackward>(record), rows, tid, threads); break;
    case Op.LayerNormalizationScaleGradient:
      layerNormalizationScaleGradient(changetype<LayerNormalizationScaleGradient>(record), rows, tid, threads); break;
    case Op.GaussianNoise: gaussianNoise(changetype<GaussianNoise>(record), rows, tid, threads); break;
    case Op.Rescale: rescale(changetype<Rescale>(record), rows, tid, threads); break;
    case Op.CategoryEncoding: categoryEncoding(changetype<CategoryEncoding>(record), rows, tid, threads); break;
    case Op.Dropout: dropout(changetype<Dropout>(record), rows, tid, threads); break;
    default: executeUpdate(record, tid, threads);
  }
}

function activationForward(op: ActivationForward, rows: i32, tid: i32, threads: i32): void {
  const begin = partBegin(rows, tid, threads);
  const part = partBegin(rows, tid + 1, threads) - begin;
  const x = op.x + <usize>begin * op.xStride;
  const y = op.y + <usize>begin * op.yStride;
  const numbers = changetype<usize>(op) + offsetof<ActivationForward>("alpha");
  activate(op.activation, x, op.xStride, y, op.yStride, part, op.columns, op.alpha, numbers);
}

function activationBackward(op: ActivationBackward, rows: i32, tid: i32, threads: i32): void {
  const begin = partBegin(rows, tid, threads);
  const part = partBegin(rows, tid + 1, threads) - begin;
  const saved = op.saved + <usize>begin * op.savedStride;
  const dy = op.dy + <usize>begin * op.dyStride;
  const dx = op.dx + <usize>begin * op.dxStride;
  const numbers = changetype<usize>(op) + offsetof<ActivationBackward>("alpha");
  activateBackward(
    op.activation, saved, op.savedStride, dy, op.dyStride, dx, op.dxStride, part, op.columns, op.alpha, numbers,
  );
}
