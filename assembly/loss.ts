/**
 * Losses: the weighted loss of each row and, if wanted, the gradient of the mean with respect to the predictions.
 * Row i counts with weight w_i: loss = sum(w_i l_i) / rows. Losses that are a mean or sum over single outputs are in
 * `elementLoss.ts`, those of whole rows in `rowLoss.ts`.
 */
import { Label, LossKind } from "../src/plan/op";
import { Binary, binaryFocalLogits, BinaryLogits, Divergence, overElements } from "./elementLoss";
import { elementLoss, otherElementLoss } from "./ops/elementLoss";
import { Loss } from "./ops/records";
import {
  categorical, categoricalFocalLogits, categoricalHinge, categoricalLogits, cosineSimilarity, FocalTerm, ignored,
  LogTerm, sparse, sparseLogits,
} from "./rowLoss";
import { closeRow } from "./simd";
import { partBegin } from "./split";

export function loss(op: Loss, rows: i32, tid: i32, threads: i32): void {
  const end = partBegin(rows, tid + 1, threads);
  for (let row = partBegin(rows, tid, threads); row < end; row++) {
    const p = op.predictions + <usize>row * op.predictionsStride;
    const t = op.targets + <usize>row * op.targetsStride;
    const d = op.dPredictions ? op.dPredictions + <usize>row * op.dPredictionsStride : 0;
    const weight = load<f32>(op.sampleWeights + (<usize>row << 2));
    const value = rowLoss(op, p, t, d, weight / <f32>rows);
    if (d) closeRow(d, op.columns);
    store<f32>(op.rowLoss + (<usize>row << 2), value * weight);
  }
}

/** The loss of one row; if `d` is not 0, also its gradient times `scale`. */
function rowLoss(op: Loss, p: usize, t: usize, d: usize, scale: f32): f32 {
  const columns = op.columns;
  switch (op.kind) {
    case LossKind.MeanSquaredError:
    case LossKind.MeanAbsoluteError: return elementLoss(op, p, t, d, scale);
    case LossKind.BinaryCrossentropy: return overElements<Binary>(op, p, t, d, scale, <f32>columns, op.weights);
    case LossKind.BinaryCrossentropyLogits:
      return overElements<BinaryLogits>(op, p, t, d, scale, <f32>columns, op.weights);
    case LossKind.CategoricalCrossentropy: return categorical<LogTerm>(op, p, t, d, scale);
    case LossKind.CategoricalCrossentropyLogits: return categoricalLogits(op, p, t, d, scale);
    case LossKind.SparseCategoricalCrossentropy: {
      const label = load<i32>(t);
      return label == Label.Ignored ? ignored(d, columns) : sparse(p, label, d, columns, scale);
    }
    case LossKind.SparseCategoricalCrossentropyLogits: {
      const label = load<i32>(t);
      return label == Label.Ignored ? ignored(d, columns) : sparseLogits(p, label, d, columns, scale);
    }
    default:
      if (!EVERY) unreachable();
      return otherLoss(op, p, t, d, scale);
  }
}

/** A loss that is not in the small builds. */
function otherLoss(op: Loss, p: usize, t: usize, d: usize, scale: f32): f32 {
  const columns = op.columns;
  switch (op.kind) {
    case LossKind.KlDivergence: return overElements<Divergence>(op, p, t, d, scale, 1);
    case LossKind.BinaryFocalCrossentropyLogits: return binaryFocalLogits(op, p, t, d, scale);
    case LossKind.CategoricalFocalCrossentropy: return categorical<FocalTerm>(op, p, t, d, scale, op.weights);
    case LossKind.CategoricalFocalCrossentropyLogits: return categoricalFocalLogits(op, p, t, d, scale);
    case LossKind.CosineSimilarity: return cosineSimilarity(p, t, d, columns, scale);
    case LossKind.CategoricalHinge: return categoricalHinge(p, t, d, columns, scale);
    default: return otherElementLoss(op, p, t, d, scale);
  }
}
