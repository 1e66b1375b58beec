/** Sums over rows: bias gradients, the loss of a batch, metrics. Sums run in row order, or in that of `blocks.ts`. */
import { ControlField, Label, MetricKind, Place, Status } from "../src/plan/op";
import { blockRows, highHalf, joinHalves, lowHalf } from "./blocks";
import { addToSum, setStatus } from "./control";
import { ColumnSum, LossTotal, Metric } from "./ops/records";
import { laneMask, laneSum, splat } from "./simd";
import { partBegin } from "./split";

/** out[columns] = sum over rows of x[rows, columns] */
export function columnSum(op: ColumnSum, rows: i32, tid: i32, threads: i32): void {
  const groups = (op.columns + Place.PanelWidth - 1) / Place.PanelWidth;
  const end = partBegin(groups, tid + 1, threads), block = blockRows(rows);
  for (let group = partBegin(groups, tid, threads); group < end; group++) {
    const at = <usize>group << 5;
    let x = op.x + at;
    let total0 = f64x2.splat(0), total1 = total0, total2 = total0, total3 = total0;
    for (let begin = 0; begin < rows; begin += block) {
      let sum0 = splat(0), sum1 = splat(0);
      for (let rest = min(block, rows - begin); rest > 0; rest--) {
        sum0 = f32x4.add(sum0, v128.load(x));
        sum1 = f32x4.add(sum1, v128.load(x, 16));
        x += op.xStride;
      }
      total0 = f64x2.add(total0, lowHalf(sum0));
      total1 = f64x2.add(total1, highHalf(sum0));
      total2 = f64x2.add(total2, lowHalf(sum1));
      total3 = f64x2.add(total3, highHalf(sum1));
    }
    v128.store(op.out + at, joinHalves(total0, total1));
    v128.store(op.out + at, joinHalves(total2, total3), 16);
  }
}

/** Adds the batch to the loss sum. Sets the status if the sum is not finite; then the batch changes nothing. */
export function lossTotal(op: LossTotal, rows: i32): void {
  let sum: f64 = 0;
  for (let row = 0; row < rows; row++) sum += <f64>load<f32>(op.rowLoss + (<usize>row << 2));
  if (sum - sum != 0) setStatus(Status.LossNotFinite);
  addToSum(ControlField.LossSum, sum);
}

/** Position of the largest of `columns` values; of the first one if several are equal. */
function argMax(x: usize, columns: i32): i32 {
  let best = 0;
  let largest = load<f32>(x);
  for (let j = 1; j < columns; j++) {
    const value = load<f32>(x + (<usize>j << 2));
    if (value > largest) { largest = value; best = j; }
  }
  return best;
}

export function metric(op: Metric, rows: i32): void {
  let sum: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const p = op.predictions + <usize>row * op.predictionsStride;
    const t = op.targets + <usize>row * op.targetsStride;
    switch (op.kind) {
      case MetricKind.SparseCategoricalAccuracy: sum += <f64>i32(argMax(p, op.columns) == load<i32>(t)); break;
      case MetricKind.CategoricalAccuracy: sum += <f64>i32(argMax(p, op.columns) == argMax(t, op.columns)); break;
      case MetricKind.BinaryAccuracy: sum += binaryAccuracy(p, t, op.columns, op.threshold); break;
      case MetricKind.MeanSquaredError: sum += meanError(p, t, op.columns, true); break;
      case MetricKind.MeanAbsoluteError: sum += meanError(p, t, op.columns, false); break;
      case MetricKind.CountedRows: sum += <f64>i32(load<i32>(t) != Label.Ignored); break;
    }
  }
  addToSum(ControlField.MetricSums + (op.slot << 3), sum);
}

/** Share of columns in which prediction and target lie on the same side of the threshold. */
function binaryAccuracy(p: usize, t: usize, columns: i32, threshold: f32): f64 {
  let hits = 0;
  for (let j = 0; j < columns; j++) {
    const at = <usize>j << 2;
    if ((load<f32>(p + at) > threshold) == (load<f32>(t + at) > 0.5)) hits++;
  }
  return <f64>hits / <f64>columns;
}

/** mean_j (p_j - t_j)^2, or mean_j |p_j - t_j| */
function meanError(p: usize, t: usize, columns: i32, squared: bool): f64 {
  let sum = splat(0);
  for (let j = columns; j > 0; j -= 4) {
    const error = v128.and(f32x4.sub(v128.load(p), v128.load(t)), laneMask(j));
    sum = f32x4.add(sum, squared ? f32x4.mul(error, error) : f32x4.abs(error));
    p += 16;
    t += 16;
  }
  return <f64>laneSum(sum) / <f64>columns;
}
