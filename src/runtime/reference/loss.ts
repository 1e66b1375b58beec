/** The loss of each row with its gradient, and the total. */
import { exp, log } from "../../base/math.js";
import { ControlField, Label, LossKind, Status } from "../../plan/op.js";
import type * as Op from "../../plan/ops.js";
import { softmaxSum } from "./activation.js";
import { CLIP, clip, type ElementLoss, elementLosses, focalPower, type LossOptions } from "./elementLoss.js";
import type { Fields } from "./fields.js";
import type { Floats, Memory } from "./memory.js";

/** One row: its predictions, its targets, and the place for its gradient, if it is wanted. */
interface Row {
  readonly f: Floats;
  readonly p: number;
  readonly columns: number;
  readonly target: (j: number) => number;
  readonly gradient: (j: number, value: number) => void;
  /** The options for one output, with its own alpha. */
  readonly optionsOf: (j: number) => LossOptions;
}

/** The weighted loss of each row; with `dPredictions`, the gradient of sum(w l) / rows. */
export function loss(
  { floats: f, ints, rows }: Pick<Memory, "floats" | "ints" | "rows">,
  record: Fields<typeof Op.Loss>,
): void {
  const { predictions, targets, sampleWeights, dPredictions, rowLoss, columns, kind } = record;
  const { smoothing, alpha, beta, gamma, weights } = record;
  const options = { alpha, beta, gamma };
  const optionsOf = weights ? (j: number) => ({ ...options, alpha: f[weights + j] }) : () => options;
  const evenly = smoothing / (kind in elementLosses ? 2 : columns);
  for (let row = 0; row < rows; row++) {
    const weight = f[sampleWeights + row];
    const scale = weight / rows;
    const t = targets.at + row * targets.stride;
    const sparse =
      kind === LossKind.SparseCategoricalCrossentropy || kind === LossKind.SparseCategoricalCrossentropyLogits;
    const gradient = dPredictions.at
      ? (j: number, value: number) => {
          f[dPredictions.at + row * dPredictions.stride + j] = value * scale;
        }
      : () => {};
    const one: Row = {
      f,
      p: predictions.at + row * predictions.stride,
      columns,
      target: sparse ? (j) => (ints[t] === j ? 1 : 0) : (j) => f[t + j] * (1 - smoothing) + evenly,
      gradient,
      optionsOf,
    };
    const isIgnored = sparse && ints[t] === Label.Ignored;
    f[rowLoss + row] = isIgnored ? ignored(one) : weight * lossOfRow(kind, one);
  }
}

/** A row that does not count: its loss is 0, and its gradient is zeros. */
function ignored({ columns, gradient }: Row): number {
  for (let j = 0; j < columns; j++) gradient(j, 0);
  return 0;
}

function lossOfRow(kind: LossKind, row: Row): number {
  switch (kind) {
    case LossKind.CategoricalCrossentropy:
    case LossKind.SparseCategoricalCrossentropy:
      return categorical({ ...row, optionsOf: () => ({ alpha: 1, beta: 0, gamma: 0 }) });
    case LossKind.CategoricalFocalCrossentropy:
      return categorical(row);
    case LossKind.CategoricalCrossentropyLogits:
    case LossKind.SparseCategoricalCrossentropyLogits:
      return categoricalLogits(row);
    case LossKind.CategoricalFocalCrossentropyLogits:
      return categoricalFocalLogits(row);
    case LossKind.CosineSimilarity:
      return cosineSimilarity(row);
    case LossKind.CategoricalHinge:
      return categoricalHinge(row);
    case LossKind.Host:
      return 0; // its record is never run
    default:
      return overElements(kind, row);
  }
}

function overElements(kind: keyof typeof elementLosses, row: Row): number {
  const { f, p, columns, target, gradient, optionsOf } = row;
  const { value, slope }: ElementLoss = elementLosses[kind];
  const divisor = kind === LossKind.KlDivergence ? 1 : columns;
  let sum = 0;
  for (let j = 0; j < columns; j++) {
    sum += value(f[p + j], target(j), optionsOf(j)) / divisor;
    gradient(j, slope(f[p + j], target(j), optionsOf(j)) / divisor);
  }
  return sum;
}

/** -sum_j alpha_j t_j (1 - q_j)^gamma ln q_j, q = clip(p / sum p); the plain cross-entropy for alpha 1 and gamma 0 */
function categorical({ f, p, columns, target, gradient, optionsOf }: Row): number {
  let total = 0;
  for (let j = 0; j < columns; j++) total += f[p + j];
  const dq = (j: number) => {
    const q = f[p + j] / total;
    if (clip(q) !== q || target(j) === 0) return 0;
    const { alpha, gamma } = optionsOf(j);
    const weight = alpha * target(j) * focalPower(1 - q, gamma);
    return weight * ((gamma / (1 - q)) * log(q) - 1 / q);
  };
  let value = 0;
  let mean = 0;
  for (let j = 0; j < columns; j++) {
    const q = clip(f[p + j] / total);
    const { alpha, gamma } = optionsOf(j);
    if (target(j) !== 0) value -= alpha * target(j) * focalPower(1 - q, gamma) * log(q);
    mean += (dq(j) * f[p + j]) / total;
  }
  for (let j = 0; j < columns; j++) gradient(j, (dq(j) - mean) / total);
  return value;
}

/** sum_j t_j (lse - x_j) */
function categoricalLogits({ f, p, columns, target, gradient }: Row): number {
  const { largest, sum } = softmaxSum(f, p, columns);
  let value = 0;
  let targetSum = 0;
  for (let j = 0; j < columns; j++) {
    targetSum += target(j);
    value += target(j) * (log(sum) + largest - f[p + j]);
  }
  for (let j = 0; j < columns; j++) gradient(j, (exp(f[p + j] - largest) / sum) * targetSum - target(j));
  return value;
}

/** `categorical` of q = softmax(x) */
function categoricalFocalLogits({ f, p, columns, target, gradient, optionsOf }: Row): number {
  const { gamma } = optionsOf(0);
  const { largest, sum } = softmaxSum(f, p, columns);
  const q = (j: number) => exp(f[p + j] - largest) / sum;
  const logQ = (j: number) => f[p + j] - largest - log(sum);
  const weight = (j: number) => optionsOf(j).alpha * target(j) * focalPower(1 - q(j), gamma);
  /** q times the derivative of the loss with respect to q. */
  const slope = (j: number) => {
    const turn = q(j) === 1 ? 0 : ((gamma * q(j)) / (1 - q(j))) * logQ(j);
    return weight(j) * (turn - 1);
  };
  let value = 0;
  let slopes = 0;
  for (let j = 0; j < columns; j++) {
    value -= weight(j) * logQ(j);
    slopes += slope(j);
  }
  for (let j = 0; j < columns; j++) gradient(j, slope(j) - q(j) * slopes);
  return value;
}

/** -sum_j t_j p_j / (|t| |p|), both norms at least CLIP */
function cosineSimilarity({ f, p, columns, target, gradient }: Row): number {
  let [pp, tt, pt] = [0, 0, 0];
  for (let j = 0; j < columns; j++) {
    pp += f[p + j] * f[p + j];
    tt += target(j) * target(j);
    pt += f[p + j] * target(j);
  }
  const [normP, normT] = [Math.max(Math.sqrt(pp), CLIP), Math.max(Math.sqrt(tt), CLIP)];
  const cosine = pt / normP / normT;
  for (let j = 0; j < columns; j++) {
    gradient(j, normP > CLIP ? ((f[p + j] / normP) * cosine - target(j) / normT) / normP : 0);
  }
  return -cosine;
}

/** max(max_j (1 - t_j) p_j - sum_j t_j p_j + 1, 0); if several are largest, the first gets the gradient */
function categoricalHinge({ f, p, columns, target, gradient }: Row): number {
  let hit = 0;
  let best = 0;
  const wrong = (j: number) => (1 - target(j)) * f[p + j];
  for (let j = 0; j < columns; j++) {
    hit += target(j) * f[p + j];
    if (wrong(j) > wrong(best)) best = j;
  }
  const value = Math.max(wrong(best) - hit + 1, 0);
  for (let j = 0; j < columns; j++) {
    gradient(j, value > 0 ? (j === best ? 1 - target(j) : 0) - target(j) : 0);
  }
  return value;
}

/** Adds the losses of the rows to the epoch's sum. */
export function lossTotal(memory: Memory, { rowLoss }: Fields<typeof Op.LossTotal>): void {
  let sum = 0;
  for (let row = 0; row < memory.rows; row++) sum += memory.floats[rowLoss + row];
  if (!Number.isFinite(sum)) memory.status = Status.LossNotFinite;
  memory.addToSum(ControlField.LossSum, sum);
}
