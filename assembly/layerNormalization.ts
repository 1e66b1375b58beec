/**
 * Normalization of rows, forward and backward. Threads take rows, or panels of columns for the gradient
 * of gamma. Sums along a row run in four lanes. Deviations are (x - mean) - rest, as in `normalization.ts`.
 */
import { Place } from "../src/plan/op";
import { blockRows, highHalf, joinHalves, lowHalf } from "./blocks";
import { LayerNormalization, LayerNormalizationBackward, LayerNormalizationScaleGradient } from "./ops/records";
import { closeRow, laneMask, laneSum, splat } from "./simd";
import { partBegin } from "./split";

@inline function at(vector: usize, row: i32): usize {
  return vector + (<usize>row << 2);
}

@inline function deviation(x: usize, mean: v128, rest: v128, remaining: i32): v128 {
  return v128.and(f32x4.sub(f32x4.sub(v128.load(x), mean), rest), laneMask(remaining));
}

/** y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with mean and biased variance of each row. */
export function layerNormalization(op: LayerNormalization, rows: i32, tid: i32, threads: i32): void {
  const columns = op.columns, end = partBegin(rows, tid + 1, threads);
  for (let row = partBegin(rows, tid, threads); row < end; row++) {
    const x = op.x + <usize>row * op.xStride, y = op.y + <usize>row * op.yStride;
    const first = load<f32>(x), zero = splat(0);
    let sum = zero;
    for (let j = 0; j < columns; j += 4) {
      sum = f32x4.add(sum, deviation(x + (<usize>j << 2), splat(first), zero, columns - j));
    }
    const offset: f32 = laneSum(sum) / <f32>columns;
    const centre: f32 = first + offset, lost: f32 = offset - (centre - first);
    const mean = splat(centre), rest = splat(lost);
    // Two passes, corrected by the remaining sum of deviations (Chan, Golub and LeVeque 1983).
    let squares = zero, left = zero;
    for (let j = 0; j < columns; j += 4) {
      const d = deviation(x + (<usize>j << 2), mean, rest, columns - j);
      squares = f32x4.add(squares, f32x4.mul(d, d));
      left = f32x4.add(left, d);
    }
    const excess: f32 = laneSum(left);
    const variance: f32 = max<f32>(laneSum(squares) - excess * excess / <f32>columns, 0) / <f32>columns;
    const s: f32 = 1 / Mathf.sqrt(variance + op.epsilon);
    store<f32>(at(op.mean, row), centre);
    store<f32>(at(op.rest, row), lost);
    store<f32>(at(op.inverseDeviation, row), s);
    writeRow(op, x, y, mean, rest, splat(s));
  }
}

@inline function writeRow(op: LayerNormalization, x: usize, y: usize, mean: v128, rest: v128, s: v128): void {
  for (let j = 0; j < op.columns; j += 4) {
    const offset = <usize>j << 2;
    let value = f32x4.mul(deviation(x + offset, mean, rest, op.columns - j), s);
    if (op.gamma) value = f32x4.mul(value, v128.load(op.gamma + offset));
    if (op.beta) value = f32x4.add(value, v128.load(op.beta + offset));
    v128.store(y + offset, value);
  }
  closeRow(y, op.columns);
}

/** With g = gamma dy, d = x - mean and s = 1 / sqrt(variance + epsilon): dx = s (g - mean(g) - d s^2 mean(d g)). */
export function layerNormalizationBackward(
  op: LayerNormalizationBackward, rows: i32, tid: i32, threads: i32,
): void {
  const columns = op.columns, end = partBegin(rows, tid + 1, threads);
  for (let row = partBegin(rows, tid, threads); row < end; row++) {
    const x = op.x + <usize>row * op.xStride, dy = op.dy + <usize>row * op.dyStride;
    const dx = op.dx + <usize>row * op.dxStride;
    const mean = v128.load32_splat(at(op.mean, row)), rest = v128.load32_splat(at(op.rest, row));
    const s: f32 = load<f32>(at(op.inverseDeviation, row));
    let sum = splat(0), product = splat(0);
    for (let j = 0; j < columns; j += 4) {
      const offset = <usize>j << 2;
      const g = upstream(dy + offset, op.gamma, offset);
      sum = f32x4.add(sum, g);
      product = f32x4.add(product, f32x4.mul(deviation(x + offset, mean, rest, columns - j), g));
    }
    const meanOfG = splat(laneSum(sum) / <f32>columns);
    const slope = splat(s * s * laneSum(product) / <f32>columns);
    for (let j = 0; j < columns; j += 4) {
      const offset = <usize>j << 2;
      const d = deviation(x + offset, mean, rest, columns - j);
      const centred = f32x4.sub(f32x4.sub(upstream(dy + offset, op.gamma, offset), meanOfG), f32x4.mul(d, slope));
      v128.store(dx + offset, v128.and(f32x4.mul(centred, splat(s)), laneMask(columns - j)));
    }
    closeRow(dx, columns);
  }
}

/** gamma dy. Its padding is zero, because the padding of dy is. */
@inline function upstream(dy: usize, gamma: usize, offset: usize): v128 {
  return gamma ? f32x4.mul(v128.load(dy), v128.load(gamma + offset)) : v128.load(dy);
}

/** dGamma = sum over rows of dy (x - mean) / sqrt(variance + epsilon), in row order. */
export function layerNormalizationScaleGradient(
  op: LayerNormalizationScaleGradient, rows: i32, tid: i32, threads: i32,
): void {
  const panels = (op.columns + Place.PanelWidth - 1) / Place.PanelWidth;
  const end = <usize>partBegin(panels, tid + 1, threads) << 5, block = blockRows(rows);
  for (let offset = <usize>partBegin(panels, tid, threads) << 5; offset < end; offset += 32) {
    let x = op.x + offset, dy = op.dy + offset;
    let total0 = f64x2.splat(0), total1 = total0, total2 = total0, total3 = total0;
    for (let begin = 0; begin < rows; begin += block) {
      let sum0 = splat(0), sum1 = splat(0);
      for (let row = begin, last = min(begin + block, rows); row < last; row++, x += op.xStride, dy += op.dyStride) {
        const mean = v128.load32_splat(at(op.mean, row)), rest = v128.load32_splat(at(op.rest, row));
        const s = v128.load32_splat(at(op.inverseDeviation, row));
        const d0 = f32x4.sub(f32x4.sub(v128.load(x), mean), rest);
        const d1 = f32x4.sub(f32x4.sub(v128.load(x, 16), mean), rest);
        sum0 = f32x4.add(sum0, f32x4.mul(f32x4.mul(d0, s), v128.load(dy)));
        sum1 = f32x4.add(sum1, f32x4.mul(f32x4.mul(d1, s), v128.load(dy, 16)));
      }
      total0 = f64x2.add(total0, lowHalf(sum0));
      total1 = f64x2.add(total1, highHalf(sum0));
      total2 = f64x2.add(total2, lowHalf(sum1));
      total3 = f64x2.add(total3, highHalf(sum1));
    }
    v128.store(op.dGamma + offset, joinHalves(total0, total1));
    v128.store(op.dGamma + offset, joinHalves(total2, total3), 16);
  }
}
