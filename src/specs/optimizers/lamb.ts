/** LAMB: Adam whose steps are as long as the weights, layer by layer. */
import { type Given, number, type Spec } from "../../base/options.js";
import { flush } from "../../plan/flush.js";
import { commit, isSquarable, power } from "../../plan/guard.js";
import { Status } from "../../plan/op.js";
import { Lamb } from "../../plan/scriptOps.js";
import { addOptimizers } from "./add.js";
import {
  type CommonOptions,
  type CommonSpec,
  commonOptions,
  DECAY,
  learningRateOption,
  makeOptimizer,
  type OptimizerDefinition,
} from "./optimizer.js";
import { scriptOf, type Update } from "./script.js";

/** Options of `lamb`. */
const lambOptions = {
  /** A number >= 0, a schedule, or a function of step and epoch. @default 0.001 */
  learningRate: learningRateOption(0.001),
  ...commonOptions,
  /** Decay of the mean of gradients, 0 to below 1. @default 0.9 */
  beta1: number(DECAY, 0.9),
  /** Decay of the mean of squared gradients, 0 to below 1. @default 0.999 */
  beta2: number(DECAY, 0.999),
  /** Keeps the division away from zero. @default 1e-7 */
  epsilon: number({ above: 0 }, 1e-7),
};

/** Options of `lamb`. */
export interface LambOptions extends CommonOptions, Given<typeof lambOptions> {}

/** LAMB with every option spelled out. */
export interface LambSpec extends CommonSpec, Spec<"lamb", typeof lambOptions> {}

/**
 * LAMB (You et al. 2020), for large batches, as Keras's `Lamb`: m and v as in Adam, u = m̂ / (√v̂ + ε), with
 * m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ), then w ← w − η ‖w‖/‖u‖ u. The norms are those of a kernel or a bias as a whole;
 * if one of them is 0, their quotient counts as 1. In the paper `weightDecay` is part of u; here it acts before, as in
 * Keras.
 * @throws OptionError for unknown options or values out of range.
 */
export function lamb(options: LambOptions = {}): LambSpec {
  addOptimizers({ lamb: lambDefinition });
  return makeOptimizer("lamb", lambOptions, options, arguments);
}

/** The norms are sums in float64, in the order of memory; elements whose gradients cannot be squared take no part. */
const update: Update<typeof Lamb> = (memory, record) => {
  const { floats: f, learningRate: lr, step } = memory;
  const { params, grads, m, v, count, beta1, beta2, epsilon } = record;
  const [correct1, correct2] = [1 - power(beta1, step), 1 - power(beta2, step)];
  const direction = (i: number) => f[m + i] / correct1 / (Math.sqrt(f[v + i] / correct2) + epsilon);
  const isUsable = (i: number) => isSquarable(f[grads + i]);
  let [weights, changes] = [0, 0];
  for (let i = 0; i < count; i++) {
    const g = f[grads + i];
    const first = f[m + i] + (1 - beta1) * (g - f[m + i]);
    if (!isUsable(i)) {
      memory.status = Status.UpdateNotFinite;
      continue;
    }
    commit(memory, m + i, first, v + i, f[v + i] + (1 - beta2) * (g * g - f[v + i]));
    weights += f[params + i] * f[params + i];
    const u = direction(i);
    changes += u * u;
  }
  const ratio = weights > 0 && changes > 0 ? Math.sqrt(weights / changes) : 1;
  for (let i = 0; i < count; i++) {
    if (isUsable(i)) commit(memory, params + i, f[params + i] - lr * ratio * direction(i));
  }
  flush(memory, m, count);
  flush(memory, v, count, m);
};

export const lambDefinition: OptimizerDefinition<LambSpec, LambOptions> = {
  resolve: lamb,
  slots: () => ["m", "v"],
  record: ({ beta1, beta2, epsilon }) => ({ op: Lamb, script: scriptOf(update), beta1, beta2, epsilon }),
  perTensor: true,
  isScaleFree: true,
};
