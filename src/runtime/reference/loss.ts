/** Losses of each row with their gradients, and their total. */
import { exp, log, log1p, sigmoid } from "../../math.js";
import { ControlField, LossKind, Status } from "../../plan/op.js";
import { softmaxSum } from "./activation.js";
import type { Fields, Floats, Memory } from "./memory.js";

/** Probabilities are kept this far from 0 and 1 before their logarithm is taken (Keras's epsilon). */
const CLIP = 1e-7;

function clip(p: number): number {
  return Math.min(Math.max(p, CLIP), 1 - CLIP);
}

/** The weighted loss of each row; with `dPredictions`, the gradient of sum(w l) / rows. */
export function loss({ floats: f, ints, rows }: Memory, record: Fields): void {
  const { predictions, targets, sampleWeights, dPredictions, rowLoss, columns, kind } = record;
  for (let row = 0; row < rows; row++) {
    const weight = f[sampleWeights + row];
    const scale = weight / rows;
    const p = predictions.at + row * predictions.stride;
    const t = targets.at + row * targets.stride;
    const sparse =
      kind === LossKind.SparseCategoricalCrossentropy || kind === LossKind.SparseCategoricalCrossentropyLogits;
    const target = sparse ? (j: number) => (ints[t] === j ? 1 : 0) : (j: number) => f[t + j];
    const gradient = dPredictions.at
      ? (j: number, value: number) => {
          f[dPredictions.at + row * dPredictions.stride + j] = value * scale;
        }
      : () => {};
    f[rowLoss + row] = weight * rowLossAndGradient(kind, f, p, target, gradient, columns);
  }
}

function rowLossAndGradient(
  kind: LossKind,
  f: Floats,
  p: number,
  target: (j: number) => number,
  gradient: (j: number, value: number) => void,
  columns: number,
): number {
  let value = 0;
  switch (kind) {
    // mean_j (p_j - t_j)²
    case LossKind.MeanSquaredError:
      for (let j = 0; j < columns; j++) {
        const error = f[p + j] - target(j);
        value += (error * error) / columns;
        gradient(j, (2 * error) / columns);
      }
      return value;
    // -sum_j t_j ln q_j, q = clip(p / sum p)
    case LossKind.CategoricalCrossentropy:
    case LossKind.SparseCategoricalCrossentropy: {
      let total = 0;
      for (let j = 0; j < columns; j++) total += f[p + j];
      const dq = (j: number) => {
        const q = f[p + j] / total;
        return clip(q) === q && target(j) !== 0 ? -target(j) / q : 0;
      };
      let mean = 0;
      for (let j = 0; j < columns; j++) {
        const q = f[p + j] / total;
        if (target(j) !== 0) value -= target(j) * log(clip(q));
        mean += dq(j) * q;
      }
      for (let j = 0; j < columns; j++) gradient(j, (dq(j) - mean) / total);
      return value;
    }
    // sum_j t_j (lse - x_j)
    case LossKind.CategoricalCrossentropyLogits:
    case LossKind.SparseCategoricalCrossentropyLogits: {
      const { largest, sum } = softmaxSum(f, p, columns);
      let targetSum = 0;
      for (let j = 0; j < columns; j++) {
        targetSum += target(j);
        value += target(j) * (log(sum) + largest - f[p + j]);
      }
      for (let j = 0; j < columns; j++) gradient(j, (exp(f[p + j] - largest) / sum) * targetSum - target(j));
      return value;
    }
    // -mean_j (t ln q + (1 - t) ln(1 - q)), q = clip(p)
    case LossKind.BinaryCrossentropy:
      for (let j = 0; j < columns; j++) {
        const q = clip(f[p + j]);
        value -= (target(j) * log(q) + (1 - target(j)) * log(1 - q)) / columns;
        gradient(j, q === f[p + j] ? (q - target(j)) / (q * (1 - q)) / columns : 0);
      }
      return value;
    // mean_j (max(x, 0) - x t + ln(1 + e^-|x|))
    case LossKind.BinaryCrossentropyLogits:
      for (let j = 0; j < columns; j++) {
        const x = f[p + j];
        value += (Math.max(x, 0) - x * target(j) + log1p(exp(-Math.abs(x)))) / columns;
        gradient(j, (sigmoid(x) - target(j)) / columns);
      }
      return value;
    default:
      return kind satisfies never;
  }
}

/** Adds the losses of the rows to the epoch's sum. */
export function lossTotal(memory: Memory, { rowLoss }: Fields): void {
  let sum = 0;
  for (let row = 0; row < memory.rows; row++) sum += memory.floats[rowLoss + row];
  if (!Number.isFinite(sum)) memory.status = Status.LossNotFinite;
  memory.addToSum(ControlField.LossSum, sum);
}
