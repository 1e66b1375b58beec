/**
 * Losses: the weighted loss of each row and, where wanted, the gradient of their mean with respect to the
 * predictions. Formulas and clipping follow Keras 3; the `Logits` kinds are fused with the softmax or sigmoid
 * before them, which keeps them exact for large logits. Row i counts with weight w_i: loss = sum(w_i l_i) / rows.
 */
import { LossKind } from "../src/plan/op";
import { Loss } from "./record";
import { closeRow, exp4, laneMask, laneSum, log1p4, log4, madd, sigmoid4, splat } from "./simd";
import { expRow, rowMax } from "./softmax";
import { partBegin } from "./split";

/** Probabilities are kept this far from 0 and 1 before their logarithm is taken (Keras's epsilon). */
const CLIP: f32 = 1e-7;

export function loss(op: Loss, rows: i32, tid: i32, threads: i32): void {
  const end = partBegin(rows, tid + 1, threads);
  for (let row = partBegin(rows, tid, threads); row < end; row++) {
    const p = op.predictions + <usize>row * op.predictionsStride;
    const t = op.targets + <usize>row * op.targetsStride;
    const d = op.dPredictions ? op.dPredictions + <usize>row * op.dPredictionsStride : 0;
    const weight = load<f32>(op.sampleWeights + (<usize>row << 2));
    const scale = weight / <f32>rows;
    let value: f32 = 0;
    switch (op.kind) {
      case LossKind.MeanSquaredError: value = meanSquaredError(p, t, d, op.columns, scale); break;
      case LossKind.CategoricalCrossentropy: value = categorical(p, t, d, op.columns, scale); break;
      case LossKind.CategoricalCrossentropyLogits: value = categoricalLogits(p, t, d, op.columns, scale); break;
      case LossKind.SparseCategoricalCrossentropy: value = sparse(p, load<i32>(t), d, op.columns, scale); break;
      case LossKind.SparseCategoricalCrossentropyLogits:
        value = sparseLogits(p, load<i32>(t), d, op.columns, scale); break;
      case LossKind.BinaryCrossentropy: value = binary(p, t, d, op.columns, scale); break;
      case LossKind.BinaryCrossentropyLogits: value = binaryLogits(p, t, d, op.columns, scale); break;
    }
    if (d) closeRow(d, op.columns);
    store<f32>(op.rowLoss + (<usize>row << 2), value * weight);
  }
}

/** l = mean_j (p_j - t_j)^2; dl/dp_j = 2 (p_j - t_j) / columns */
function meanSquaredError(p: usize, t: usize, d: usize, columns: i32, scale: f32): f32 {
  const factor = splat(2 * scale / <f32>columns);
  let sum = splat(0);
  for (let j = columns; j > 0; j -= 4) {
    const error = v128.and(f32x4.sub(v128.load(p), v128.load(t)), laneMask(j));
    sum = madd(sum, error, error);
    if (d) { v128.store(d, f32x4.mul(error, factor)); d += 16; }
    p += 16;
    t += 16;
  }
  return laneSum(sum) / <f32>columns;
}

/** l = -sum_j t_j ln q_j with q = clip(p / sum p); gradients through the renormalization, none where clipped */
function categorical(p: usize, t: usize, d: usize, columns: i32, scale: f32): f32 {
  let sum = splat(0);
  for (let j = columns, at = p; j > 0; j -= 4, at += 16) sum = f32x4.add(sum, v128.and(v128.load(at), laneMask(j)));
  const total = splat(laneSum(sum));
  const low = splat(CLIP), high = splat(1 - CLIP);
  let value = splat(0), dot = splat(0);
  for (let j = columns, at: usize = 0; j > 0; j -= 4, at += 16) {
    const mask = laneMask(j);
    const q = f32x4.div(v128.load(p + at), total);
    const clipped = f32x4.pmin(f32x4.pmax(q, low), high);
    const target = v128.and(v128.load(t + at), mask);
    value = f32x4.sub(value, v128.and(f32x4.mul(target, log4(clipped)), mask));
    if (d) {
      const dq = v128.and(f32x4.div(f32x4.neg(target), q), v128.and(f32x4.eq(q, clipped), mask));
      v128.store(d + at, dq);
      dot = madd(dot, dq, v128.and(q, mask));
    }
  }
  if (d) {
    const mean = splat(laneSum(dot));
    const factor = f32x4.div(splat(scale), total);
    for (let j = columns; j > 0; j -= 4, d += 16) {
      v128.store(d, v128.and(f32x4.mul(f32x4.sub(v128.load(d), mean), factor), laneMask(j)));
    }
  }
  return laneSum(value);
}

/** The same for an integer label: l = -ln q_label */
function sparse(p: usize, label: i32, d: usize, columns: i32, scale: f32): f32 {
  let sum = splat(0);
  for (let j = columns, at = p; j > 0; j -= 4, at += 16) sum = f32x4.add(sum, v128.and(v128.load(at), laneMask(j)));
  const total = laneSum(sum);
  const chosen = load<f32>(p + (<usize>label << 2));
  const q = chosen / total;
  const clipped = q < CLIP ? CLIP : q > 1 - CLIP ? 1 - CLIP : q;
  if (d) {
    // dl/dp_j = 1 / total, and for the label also -1 / p_label; nothing where q was clipped
    const factor: f32 = q == clipped ? scale / total : 0;
    for (let j = columns, at = d; j > 0; j -= 4, at += 16) v128.store(at, v128.and(splat(factor), laneMask(j)));
    const dLabel: f32 = q == clipped ? factor - scale / chosen : 0;
    store<f32>(d + (<usize>label << 2), dLabel);
  }
  return -f32x4.extract_lane(log4(splat(clipped)), 0);
}

/** l = sum_j t_j (lse - x_j) with lse = ln sum e^x; dl/dx_j = softmax(x)_j sum(t) - t_j */
function categoricalLogits(x: usize, t: usize, d: usize, columns: i32, scale: f32): f32 {
  const largest = rowMax(x, columns);
  const m = splat(largest);
  let expSum = splat(0), targetSum = splat(0);
  for (let j = columns, at: usize = 0; j > 0; j -= 4, at += 16) {
    const mask = laneMask(j);
    expSum = f32x4.add(expSum, v128.and(exp4(f32x4.sub(v128.load(x + at), m)), mask));
    targetSum = f32x4.add(targetSum, v128.and(v128.load(t + at), mask));
  }
  const total = splat(laneSum(expSum));
  const weight = splat(laneSum(targetSum));
  const logTotal = log4(total);
  let value = splat(0);
  for (let j = columns, at: usize = 0; j > 0; j -= 4, at += 16) {
    const mask = laneMask(j);
    const shifted = f32x4.sub(v128.load(x + at), m);
    const target = v128.and(v128.load(t + at), mask);
    value = madd(value, target, v128.and(f32x4.sub(logTotal, shifted), mask));
    if (d) {
      const probability = f32x4.div(exp4(shifted), total);
      const gradient = f32x4.sub(f32x4.mul(probability, weight), target);
      v128.store(d + at, v128.and(f32x4.mul(gradient, splat(scale)), mask));
    }
  }
  return laneSum(value);
}

/** l = lse - x_label; dl/dx_j = softmax(x)_j - [j = label] */
function sparseLogits(x: usize, label: i32, d: usize, columns: i32, scale: f32): f32 {
  const at = <usize>label << 2;
  const shifted = load<f32>(x + at) - rowMax(x, columns);
  let total: f32;
  if (d) {
    total = expRow(x, d, columns);
    const factor = splat(scale / total);
    for (let j = columns, to = d; j > 0; j -= 4, to += 16) v128.store(to, f32x4.mul(v128.load(to), factor));
    store<f32>(d + at, load<f32>(d + at) - scale);
  } else {
    const m = splat(rowMax(x, columns));
    let sum = splat(0);
    for (let j = columns; j > 0; j -= 4, x += 16) {
      sum = f32x4.add(sum, v128.and(exp4(f32x4.sub(v128.load(x), m)), laneMask(j)));
    }
    total = laneSum(sum);
  }
  return f32x4.extract_lane(log4(splat(total)), 0) - shifted;
}

/** l = -mean_j (t ln q + (1 - t) ln(1 - q)) with q = clip(p); no gradient where clipped */
function binary(p: usize, t: usize, d: usize, columns: i32, scale: f32): f32 {
  const one = splat(1), low = splat(CLIP), high = splat(1 - CLIP);
  const factor = splat(scale / <f32>columns);
  let value = splat(0);
  for (let j = columns; j > 0; j -= 4, p += 16, t += 16) {
    const mask = laneMask(j);
    const probability = v128.load(p);
    const target = v128.load(t);
    const q = f32x4.pmin(f32x4.pmax(probability, low), high);
    // Clipped like q: 1 - 1e-7 is not a float32, so 1 - q would be off by a fifth.
    const rest = f32x4.pmin(f32x4.pmax(f32x4.sub(one, probability), low), high);
    const gain = f32x4.add(f32x4.mul(target, log4(q)), f32x4.mul(f32x4.sub(one, target), log4(rest)));
    value = f32x4.sub(value, v128.and(gain, mask));
    if (d) {
      const gradient = f32x4.div(f32x4.sub(q, target), f32x4.mul(q, rest));
      const kept = v128.and(f32x4.eq(q, probability), mask);
      v128.store(d, v128.and(f32x4.mul(gradient, factor), kept));
      d += 16;
    }
  }
  return laneSum(value) / <f32>columns;
}

/** l = mean_j (max(x, 0) - x t + ln(1 + e^-|x|)); dl/dx_j = (sigmoid(x_j) - t_j) / columns */
function binaryLogits(x: usize, t: usize, d: usize, columns: i32, scale: f32): f32 {
  const factor = splat(scale / <f32>columns);
  let value = splat(0);
  for (let j = columns; j > 0; j -= 4, x += 16, t += 16) {
    const mask = laneMask(j);
    const logit = v128.load(x);
    const target = v128.load(t);
    const positive = f32x4.pmax(logit, splat(0));
    const linear = f32x4.sub(positive, f32x4.mul(logit, target));
    value = f32x4.add(value, v128.and(f32x4.add(linear, log1p4(exp4(f32x4.neg(f32x4.abs(logit))))), mask));
    if (d) {
      const gradient = f32x4.sub(sigmoid4(logit), target);
      v128.store(d, v128.and(f32x4.mul(gradient, factor), mask));
      d += 16;
    }
  }
  return laneSum(value) / <f32>columns;
}
