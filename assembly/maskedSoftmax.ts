/**
 * Softmax along one dimension of a row, with values that take no part; forward and backward. Threads take rows. Values
 * of a group lie apart, so this is scalar code; sums run in f64, in order.
 */
import { Place } from "../src/plan/op";
import { MaskedSoftmax, MaskedSoftmaxBackward } from "./ops/records";
import { exp4, splat } from "./simd";
import { partBegin } from "./split";

@inline function at(vector: usize, i: i32): usize {
  return vector + (<usize>i << 2);
}

/** Zeroes a row from `columns` to the end of its last panel. */
@inline function closePanel(row: usize, columns: i32): void {
  const end = (columns + Place.PanelWidth - 1) & -Place.PanelWidth;
  for (let j = columns; j < end; j++) store<f32>(at(row, j), 0);
}

/** y = e^x / sum of e^x over the values that take part, 0 for the others; all 0 if none takes part. */
export function maskedSoftmax(op: MaskedSoftmax, rows: i32, tid: i32, threads: i32): void {
  const size = op.size, inner = op.inner, mask = op.mask, groups = op.outer * inner;
  const end = partBegin(rows, tid + 1, threads);
  for (let row = partBegin(rows, tid, threads); row < end; row++) {
    const x = op.x + <usize>row * op.xStride, y = op.y + <usize>row * op.yStride;
    for (let group = 0; group < groups; group++) {
      const first = group / inner * size * inner + group % inner;
      let largest: f32 = -Infinity;
      for (let k = 0, j = first; k < size; k++, j += inner) {
        if (!mask || load<f32>(at(mask, k)) > 0) largest = max<f32>(largest, load<f32>(at(x, j)));
      }
      let sum: f64 = 0;
      for (let k = 0, j = first; k < size; k++, j += inner) {
        const takesPart = !mask || load<f32>(at(mask, k)) > 0;
        const e: f32 = takesPart ? f32x4.extract_lane(exp4(splat(load<f32>(at(x, j)) - largest)), 0) : 0;
        store<f32>(at(y, j), e);
        sum += <f64>e;
      }
      const scale = sum == 0 ? 0 : 1 / sum;
      for (let k = 0, j = first; k < size; k++, j += inner) {
        store<f32>(at(y, j), <f32>(<f64>load<f32>(at(y, j)) * scale));
      }
    }
    closePanel(y, groups * size);
  }
}

/** dx = y (dy - sum of y dy) */
export function maskedSoftmaxBackward(op: MaskedSoftmaxBackward, rows: i32, tid: i32, threads: i32): void {
  const size = op.size, inner = op.inner, groups = op.outer * inner;
  const end = partBegin(rows, tid + 1, threads);
  for (let row = partBegin(rows, tid, threads); row < end; row++) {
    const y = op.y + <usize>row * op.yStride, dy = op.dy + <usize>row * op.dyStride;
    const dx = op.dx + <usize>row * op.dxStride;
    for (let group = 0; group < groups; group++) {
      const first = group / inner * size * inner + group % inner;
      let sum: f64 = 0;
      for (let k = 0, j = first; k < size; k++, j += inner) {
        sum += <f64>load<f32>(at(y, j)) * <f64>load<f32>(at(dy, j));
      }
      for (let k = 0, j = first; k < size; k++, j += inner) {
        store<f32>(at(dx, j), <f32>(<f64>load<f32>(at(y, j)) * (<f64>load<f32>(at(dy, j)) - sum)));
      }
    }
    closePanel(dx, groups * size);
  }
}
