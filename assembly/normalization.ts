/**
 * Normalization of columns by statistics of the batch, or by given statistics; forward and backward.
 * Threads take panels of 8 columns; sums run in row order, or in the order of `blocks.ts`. A deviation is
 * (x - mean) - rest, where rest is the rounding error of the mean, so columns far from zero lose nothing.
 */
import { Place, Status } from "../src/plan/op";
import { blockRows, highHalf, joinHalves, lowHalf } from "./blocks";
import { setStatus } from "./control";
import { BatchNormalization, BatchNormalizationBackward, MovingStatistics, Standardize } from "./ops/records";
import { anyNotFinite, isFinite4, splat } from "./simd";
import { partBegin } from "./split";

@inline function panelBegin(columns: i32, tid: i32, threads: i32): usize {
  return <usize>partBegin((columns + Place.PanelWidth - 1) / Place.PanelWidth, tid, threads) << 5;
}

/** The vector at byte `at` of an optional parameter, or `otherwise` if there is no such parameter. */
@inline function valueOr(parameter: usize, at: usize, otherwise: f32): v128 {
  return parameter ? v128.load(parameter + at) : splat(otherwise);
}

/** Mean, rest and biased variance of the four columns of x[rows, 4], which begin at `x`. */
@inline function describeColumns(
  x: usize, stride: usize, rows: i32, mean: usize, rest: usize, variance: usize,
): void {
  const first = v128.load(x), share = splat(<f32>(1.0 / <f64>rows)), block = blockRows(rows);
  let at = x, low = f64x2.splat(0), high = low;
  for (let begin = 0; begin < rows; begin += block) {
    let sum = splat(0);
    for (let rest = min(block, rows - begin); rest > 0; rest--, at += stride) {
      sum = f32x4.add(sum, f32x4.sub(v128.load(at), first));
    }
    low = f64x2.add(low, lowHalf(sum));
    high = f64x2.add(high, highHalf(sum));
  }
  const offset = f32x4.mul(joinHalves(low, high), share);
  const centre = f32x4.add(first, offset);
  const lost = f32x4.sub(offset, f32x4.sub(centre, first));
  // Two passes, corrected by the remaining sum of deviations (Chan, Golub and LeVeque 1983).
  at = x;
  let squaresLow = f64x2.splat(0), squaresHigh = squaresLow, leftLow = squaresLow, leftHigh = squaresLow;
  for (let begin = 0; begin < rows; begin += block) {
    let squares = splat(0), left = splat(0);
    for (let rest = min(block, rows - begin); rest > 0; rest--, at += stride) {
      const d = f32x4.sub(f32x4.sub(v128.load(at), centre), lost);
      squares = f32x4.add(squares, f32x4.mul(d, d));
      left = f32x4.add(left, d);
    }
    squaresLow = f64x2.add(squaresLow, lowHalf(squares));
    squaresHigh = f64x2.add(squaresHigh, highHalf(squares));
    leftLow = f64x2.add(leftLow, lowHalf(left));
    leftHigh = f64x2.add(leftHigh, highHalf(left));
  }
  const squares = joinHalves(squaresLow, squaresHigh), left = joinHalves(leftLow, leftHigh);
  const excess = f32x4.mul(f32x4.mul(left, left), share);
  v128.store(mean, centre);
  v128.store(rest, lost);
  v128.store(variance, f32x4.mul(f32x4.max(f32x4.sub(squares, excess), splat(0)), share));
}

/** y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with mean and variance of the batch. */
export function batchNormalization(op: BatchNormalization, rows: i32, tid: i32, threads: i32): void {
  const end = panelBegin(op.columns, tid + 1, threads);
  for (let at = panelBegin(op.columns, tid, threads); at < end; at += 16) {
    let x = op.x + at, y = op.y + at;
    describeColumns(x, op.xStride, rows, op.mean + at, op.rest + at, op.variance + at);
    const mean = v128.load(op.mean + at), rest = v128.load(op.rest + at), beta = valueOr(op.beta, at, 0);
    const deviation = f32x4.sqrt(f32x4.add(v128.load(op.variance + at), splat(op.epsilon)));
    const factor = f32x4.div(valueOr(op.gamma, at, 1), deviation);
    for (let row = 0; row < rows; row++, x += op.xStride, y += op.yStride) {
      const d = f32x4.sub(f32x4.sub(v128.load(x), mean), rest);
      v128.store(y, f32x4.add(f32x4.mul(d, factor), beta));
    }
  }
}

/**
 * With d = x - mean and s = 1 / sqrt(variance + epsilon): dBeta = sum dy, dGamma = s sum d dy,
 * dx = gamma s (dy - mean(dy) - d s^2 mean(d dy)); dx may be dy.
 */
export function batchNormalizationBackward(op: BatchNormalizationBackward, rows: i32, tid: i32, threads: i32): void {
  const end = panelBegin(op.columns, tid + 1, threads), share = splat(<f32>(1.0 / <f64>rows));
  const block = blockRows(rows);
  for (let at = panelBegin(op.columns, tid, threads); at < end; at += 16) {
    const mean = v128.load(op.mean + at), rest = v128.load(op.rest + at);
    let x = op.x + at, dy = op.dy + at;
    let sumLow = f64x2.splat(0), sumHigh = sumLow, productLow = sumLow, productHigh = sumLow;
    for (let begin = 0; begin < rows; begin += block) {
      let sum = splat(0), product = splat(0);
      for (let left = min(block, rows - begin); left > 0; left--, x += op.xStride, dy += op.dyStride) {
        const d = f32x4.sub(f32x4.sub(v128.load(x), mean), rest), g = v128.load(dy);
        sum = f32x4.add(sum, g);
        product = f32x4.add(product, f32x4.mul(d, g));
      }
      sumLow = f64x2.add(sumLow, lowHalf(sum));
      sumHigh = f64x2.add(sumHigh, highHalf(sum));
      productLow = f64x2.add(productLow, lowHalf(product));
      productHigh = f64x2.add(productHigh, highHalf(product));
    }
    const sum = joinHalves(sumLow, sumHigh), product = joinHalves(productLow, productHigh);
    const s = f32x4.div(splat(1), f32x4.sqrt(f32x4.add(v128.load(op.variance + at), splat(op.epsilon))));
    if (op.dBeta) v128.store(op.dBeta + at, sum);
    if (op.dGamma) v128.store(op.dGamma + at, f32x4.mul(product, s));
    if (!op.dx) continue;
    const factor = f32x4.mul(valueOr(op.gamma, at, 1), s);
    const meanOfDy = f32x4.mul(sum, share);
    const slope = f32x4.mul(f32x4.mul(f32x4.mul(s, s), product), share);
    x = op.x + at;
    dy = op.dy + at;
    let dx = op.dx + at;
    for (let row = 0; row < rows; row++, x += op.xStride, dy += op.dyStride, dx += op.dxStride) {
      const d = f32x4.sub(f32x4.sub(v128.load(x), mean), rest);
      const centred = f32x4.sub(f32x4.sub(v128.load(dy), meanOfDy), f32x4.mul(d, slope));
      v128.store(dx, f32x4.mul(centred, factor));
    }
  }
}

/** old + rate (batch - old). If that is not finite, the old value stays, and the status is set. */
@inline function approach(moving: usize, batch: v128, rate: v128): void {
  const old = v128.load(moving);
  const updated = f32x4.add(old, f32x4.mul(rate, f32x4.sub(batch, old)));
  v128.store(moving, v128.bitselect(updated, old, isFinite4(updated)));
  if (anyNotFinite(updated)) setStatus(Status.UpdateNotFinite);
}

/** Moves the statistics towards those of the batch. `unbiased` divides the variance by rows - 1, and skips one row. */
export function movingStatistics(op: MovingStatistics, rows: i32, tid: i32, threads: i32): void {
  const end = panelBegin(op.columns, tid + 1, threads), rate = splat(op.rate);
  const correction = splat(op.unbiased ? <f32>(<f64>rows / <f64>(rows - 1)) : 1);
  for (let at = panelBegin(op.columns, tid, threads); at < end; at += 16) {
    approach(op.movingMean + at, v128.load(op.mean + at), rate);
    if (op.unbiased && rows == 1) continue;
    approach(op.movingVariance + at, f32x4.mul(v128.load(op.variance + at), correction), rate);
  }
}

/**
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta with given statistics; `floor` divides by
 * max(sqrt(variance), epsilon) instead. y may be x.
 */
export function standardize(op: Standardize, rows: i32, tid: i32, threads: i32): void {
  const end = panelBegin(op.columns, tid + 1, threads), epsilon = splat(op.epsilon);
  for (let at = panelBegin(op.columns, tid, threads); at < end; at += 16) {
    const mean = v128.load(op.mean + at), variance = v128.load(op.variance + at), beta = valueOr(op.beta, at, 0);
    const deviation = op.floor
      ? f32x4.max(f32x4.sqrt(variance), epsilon)
      : f32x4.sqrt(f32x4.add(variance, epsilon));
    const factor = f32x4.div(valueOr(op.gamma, at, 1), deviation);
    let x = op.x + at, y = op.y + at;
    for (let row = 0; row < rows; row++, x += op.xStride, y += op.yStride) {
      v128.store(y, f32x4.add(f32x4.mul(f32x4.sub(v128.load(x), mean), factor), beta));
    }
  }
}
