/** Metrics summed over the rows of a batch. */
import { placeOfLargest } from "../../base/largest.js";
import { ControlField, Label, MetricKind } from "../../plan/op.js";
import type * as Op from "../../plan/ops.js";
import type { Fields } from "./fields.js";
import type { Floats, Memory } from "./memory.js";

/** Adds the metric of every row to the sum of the epoch. */
export function metric(memory: Memory, record: Fields<typeof Op.Metric>): void {
  let sum = 0;
  for (let row = 0; row < memory.rows; row++) sum += metricOfRow(memory.floats, memory.ints, record, row);
  memory.addToSum(ControlField.MetricSums + 8 * record.slot, sum);
}

function metricOfRow(f: Floats, ints: Int32Array, record: Fields<typeof Op.Metric>, row: number): number {
  const { predictions, targets, columns, kind, threshold } = record;
  const p = predictions.at + row * predictions.stride;
  const t = targets.at + row * targets.stride;
  let sum = 0;
  switch (kind) {
    case MetricKind.SparseCategoricalAccuracy:
      return placeOfLargest(f, p, columns) === ints[t] ? 1 : 0;
    case MetricKind.CategoricalAccuracy:
      return placeOfLargest(f, p, columns) === placeOfLargest(f, t, columns) ? 1 : 0;
    case MetricKind.BinaryAccuracy:
      for (let j = 0; j < columns; j++) if (f[p + j] > threshold === f[t + j] > 0.5) sum++;
      return sum / columns;
    case MetricKind.MeanSquaredError:
      for (let j = 0; j < columns; j++) sum += (f[p + j] - f[t + j]) * (f[p + j] - f[t + j]);
      return sum / columns;
    case MetricKind.MeanAbsoluteError:
      for (let j = 0; j < columns; j++) sum += Math.abs(f[p + j] - f[t + j]);
      return sum / columns;
    case MetricKind.CountedRows:
      return ints[t] === Label.Ignored ? 0 : 1;
    default:
      return kind satisfies never;
  }
}
