/** The mean of a loss over rows, by the formulas of the reference backend in float64. Loaded with metrics. */
import type * as Op from "../plan/ops.js";
import type { Fields } from "../runtime/reference/fields.js";
import { loss as lossOfRows } from "../runtime/reference/loss.js";
import { entryOf, fuseLoss, lossNumbers, lossTargets, lossWeights } from "../specs/losses/facts.js";
import type { LossSpec } from "../specs/losses/table.js";
import type { Epoch } from "../specs/metrics/epoch.js";

/**
 * Σ weight · loss / Σ weight over the rows, without those whose label is ignored; NaN if there are none. `fromLogits`
 * says whether predictions are logits.
 */
export function meanLoss(spec: LossSpec, epoch: Epoch): number {
  const { targets, rows, weights } = epoch;
  const isSparse = lossTargets(spec) === "labels";
  const losses = rowLosses(spec, epoch, isSparse);
  let [sum, all] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    if (weight === 0 || (isSparse && targets[row] === spec.ignoreClass)) continue;
    sum += weight * losses[row];
    all += weight;
  }
  return sum / all;
}

function rowLosses(
  spec: LossSpec,
  { targets, predictions, rows, outputs }: Epoch,
  isSparse: boolean,
): ArrayLike<number> {
  const width = isSparse ? 1 : outputs;
  const compute = entryOf(spec).compute?.(spec as Required<LossSpec>);
  if (compute) {
    const batch = { targets: Float64Array.from(targets), predictions: Float64Array.from(predictions) };
    const sampleWeight = new Float64Array(rows).fill(1);
    return compute({ rows, columns: outputs, targetColumns: width, ...batch, sampleWeight }).loss;
  }
  const perOutput = lossWeights(spec) ?? [];
  // 0 as an address means null.
  const places = { predictions: 1, targets: 1 + outputs };
  const [sampleWeights, rowLoss, each] = [0, 1, 2].map((i) => places.targets + width + i);
  const memory = { rows: 1, floats: new Float64Array(each + perOutput.length), ints: new Int32Array(each) };
  memory.floats.set(perOutput, each);
  memory.floats[sampleWeights] = 1;
  const record = {
    kind: fuseLoss(spec, { type: "linear" }).kind,
    ...lossNumbers(spec),
    columns: outputs,
    sampleWeights,
    rowLoss,
    predictions: { at: places.predictions, stride: outputs },
    targets: { at: places.targets, stride: width },
    dPredictions: { at: 0, stride: 0 },
    weights: perOutput.length > 0 ? each : 0,
  } as unknown as Fields<typeof Op.Loss>;
  return Float64Array.from({ length: rows }, (_, row) => {
    memory.floats.set(predictions.subarray(row * outputs, (row + 1) * outputs), places.predictions);
    memory.floats.set(targets.subarray(row * width, (row + 1) * width), places.targets);
    memory.ints[places.targets] = targets[row * width];
    lossOfRows(memory, record);
    return memory.floats[rowLoss];
  });
}
