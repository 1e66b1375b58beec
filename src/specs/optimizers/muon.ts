/** Muon, which makes the steps of kernels orthogonal; all other weights take those of AdamW. */
import { flag, type Given, number, oneOf, type Spec } from "../../base/options.js";
import type { ControlBlock } from "../../plan/controlBlock.js";
import { flush } from "../../plan/flush.js";
import { commit, isSquarable, power } from "../../plan/guard.js";
import { Place, Status } from "../../plan/op.js";
import { Muon } from "../../plan/scriptOps.js";
import { addOptimizers } from "./add.js";
import { orthogonalize } from "./newtonSchulz.js";
import {
  type CommonOptions,
  type CommonSpec,
  commonOptions,
  DECAY,
  learningRateOption,
  makeOptimizer,
  type OptimizerDefinition,
} from "./optimizer.js";
import { type Resolved, scriptOf, type Update } from "./script.js";

/** Options of `muon`. */
const muonOptions = {
  /** A number >= 0, a schedule, or a function of step and epoch. @default 0.001 */
  learningRate: learningRateOption(0.001),
  ...commonOptions,
  /** w ← w − η · weightDecay · w before each update, for all weights. @default 0.1 */
  weightDecay: number({ min: 0 }, 0.1),
  /** Share of the last direction that is kept, 0 to below 1. @default 0.95 */
  momentum: number(DECAY, 0.95),
  /** Look ahead along the momentum. @default true */
  nesterov: flag(true),
  /** Newton–Schulz steps of each update, an integer from 1 to 100. @default 5 */
  nsSteps: number({ min: 1, max: 100, integer: true }, 5),
  /**
   * Factor of the learning rate of a kernel [inputs, units]: √max(1, units / inputs) for "original",
   * 0.2 √max(inputs, units) for "matchRmsAdamw". @default "original"
   */
  adjustLearningRate: oneOf(["original", "matchRmsAdamw"], "original"),
  /** Learning rate of the weights that are not kernels, as a share of `learningRate`, >= 0. @default 0.1 */
  adamLearningRateRatio: number({ min: 0 }, 0.1),
  /** Decay of the mean of gradients of those weights, 0 to below 1. @default 0.9 */
  adamBeta1: number(DECAY, 0.9),
  /** Decay of the mean of their squared gradients, 0 to below 1. @default 0.999 */
  adamBeta2: number(DECAY, 0.999),
  /** Keeps divisions away from zero. @default 1e-7 */
  epsilon: number({ above: 0 }, 1e-7),
};

/** Options of `muon`. */
export interface MuonOptions extends Omit<CommonOptions, "weightDecay">, Given<typeof muonOptions> {}

/** Muon with every option spelled out. */
export interface MuonSpec extends Omit<CommonSpec, "weightDecay">, Spec<"muon", typeof muonOptions> {}

/**
 * Muon (Jordan et al. 2024) with the defaults of PyTorch's `Muon`: for a kernel m ← μ m + g, d = g + μ m (d = m without
 * `nesterov`), and w ← w − η · adjust · O(d). O makes all singular values of d about 1: X = d/‖d‖, then `nsSteps` times
 * X ← a X + (b A + c A²) X with A = X Xᵀ, a = 3.4445, b = −4.775, c = 2.0315, in float64; PyTorch does this in
 * bfloat16. Biases and other vectors take Adam's step in Keras's form, with η · adamLearningRateRatio, as in Keras's
 * `Muon`. The products take time: for a kernel [784, 128] an update takes as long as about a hundred of Adam's.
 * @throws OptionError for unknown options or values out of range.
 */
export function muon(options: MuonOptions = {}): MuonSpec {
  addOptimizers({ muon: muonDefinition });
  return makeOptimizer("muon", muonOptions, options, arguments);
}

type Fields = Resolved<typeof Muon>;

/** Adam's step for a vector. */
function adamStep(memory: ControlBlock, record: Fields): void {
  const { floats: f, learningRate: lr, step } = memory;
  const { params, grads, m, v, count, adjust, beta1, beta2, epsilon } = record;
  const rate = (lr * adjust * Math.sqrt(1 - power(beta2, step))) / (1 - power(beta1, step));
  for (let i = 0; i < count; i++) {
    const g = f[grads + i];
    const first = f[m + i] + (1 - beta1) * (g - f[m + i]);
    const second = f[v + i] + (1 - beta2) * (g * g - f[v + i]);
    const updated = f[params + i] - (rate * first) / (Math.sqrt(second) + epsilon);
    commit(memory, params + i, updated, m + i, first, v + i, second);
  }
  flush(memory, m, count);
  flush(memory, v, count, m);
}

/** A gradient that cannot be squared counts as 0, and its weight stays. */
const update: Update<typeof Muon> = (memory, record) => {
  const { floats: f, learningRate: lr } = memory;
  const { params, grads, m, count, inputs, units, stride, momentum, nesterov, nsSteps, adjust, epsilon } = record;
  if (inputs === 0) {
    adamStep(memory, record);
    return;
  }
  const isUsable = (i: number) => isSquarable(f[grads + i]);
  const place = (input: number, unit: number) =>
    Math.floor(unit / Place.PanelWidth) * stride + input * Place.PanelWidth + (unit % Place.PanelWidth);
  // The shorter side first: products are then smallest.
  const isWide = inputs <= units;
  const [rows, columns] = isWide ? [inputs, units] : [units, inputs];
  const matrix = new Float64Array(rows * columns);
  const at = (k: number) => {
    const [row, column] = [Math.floor(k / columns), k % columns];
    return isWide ? place(row, column) : place(column, row);
  };
  for (let k = 0; k < matrix.length; k++) {
    const i = at(k);
    if (isUsable(i)) {
      commit(memory, m + i, momentum * f[m + i] + f[grads + i]);
      matrix[k] = nesterov ? f[grads + i] + momentum * f[m + i] : f[m + i];
    } else memory.status = Status.UpdateNotFinite;
  }
  const step = orthogonalize(matrix, rows, columns, nsSteps, epsilon);
  for (let k = 0; k < matrix.length; k++) {
    const i = at(k);
    if (isUsable(i)) commit(memory, params + i, f[params + i] - lr * adjust * step[k]);
  }
  flush(memory, m, count);
};

export const muonDefinition: OptimizerDefinition<MuonSpec, MuonOptions> = {
  resolve: muon,
  slots: () => ["m", "v"],
  record(spec, { format, shape, stride }) {
    const { momentum, nesterov, nsSteps, epsilon, adjustLearningRate, adamBeta1: beta1, adamBeta2: beta2 } = spec;
    const [inputs, units] = format === "panels" ? shape : [0, shape[0]];
    const ratio =
      adjustLearningRate === "original"
        ? Math.sqrt(Math.max(1, units / inputs))
        : 0.2 * Math.sqrt(Math.max(inputs, units));
    const adjust = inputs === 0 ? spec.adamLearningRateRatio : ratio;
    const numbers = { momentum, nesterov: Number(nesterov), nsSteps, adjust, beta1, beta2, epsilon };
    return { op: Muon, script: scriptOf(update), inputs, units, stride, ...numbers };
  },
  perTensor: true,
  isScaleFree: true,
};
