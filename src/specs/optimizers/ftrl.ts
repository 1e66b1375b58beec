/** Follow the regularized leader, for sparse linear models. */
import { pow } from "../../base/math.js";
import { type Given, number, type Spec } from "../../base/options.js";
import { commit } from "../../plan/guard.js";
import { Ftrl } from "../../plan/scriptOps.js";
import { addOptimizers } from "./add.js";
import {
  type CommonOptions,
  type CommonSpec,
  commonOptions,
  learningRateOption,
  makeOptimizer,
  type OptimizerDefinition,
} from "./optimizer.js";
import { scriptOf, type Update } from "./script.js";

/** Options of `ftrl`. */
const ftrlOptions = {
  /** A number >= 0, a schedule, or a function of step and epoch. @default 0.001 */
  learningRate: learningRateOption(0.001),
  ...commonOptions,
  /** Power of the sum of squared gradients by which rates fall, <= 0; 0 keeps the rate. @default -0.5 */
  learningRatePower: number({ max: 0 }, -0.5),
  /** First value of the sum of squared gradients, >= 0. @default 0.1 */
  initialAccumulatorValue: number({ min: 0, max: 1e30 }, 0.1),
  /** Strength of the L1 penalty, which makes weights zero, >= 0. @default 0 */
  l1RegularizationStrength: number({ min: 0 }, 0),
  /** Strength of the L2 penalty, >= 0. @default 0 */
  l2RegularizationStrength: number({ min: 0 }, 0),
  /** Strength of an L2 penalty on the gradients alone, >= 0. @default 0 */
  l2ShrinkageRegularizationStrength: number({ min: 0 }, 0),
  /** β of the paper, >= 0. @default 0 */
  beta: number({ min: 0 }, 0),
};

/** Options of `ftrl`; `learningRate` is 0.001 by default. */
export interface FtrlOptions extends CommonOptions, Given<typeof ftrlOptions> {}

/** FTRL with every option spelled out. */
export interface FtrlSpec extends CommonSpec, Spec<"ftrl", typeof ftrlOptions> {}

/**
 * FTRL-Proximal (McMahan et al. 2013), as Keras's `Ftrl`: with g' = g + 2 · l2Shrinkage · w and
 * σ = ((n + g²)^−p − n^−p) / η, n ← n + g², z ← z + g' − σ w, w ← (clip(z, −l1, l1) − z) / (n^−p / η + 2 · l2 + β / η),
 * where p is `learningRatePower`. Weights follow from n and z alone, so those without gradients become 0 in the first
 * step. A learning rate of 0 changes nothing.
 * @throws OptionError for unknown options or values out of range.
 */
export function ftrl(options: FtrlOptions = {}): FtrlSpec {
  addOptimizers({ ftrl: ftrlDefinition });
  return makeOptimizer("ftrl", ftrlOptions, options, arguments);
}

const update: Update<typeof Ftrl> = (memory, record) => {
  const { floats: f, learningRate: lr } = memory;
  const { params, grads, accumulator, linear, count, power, l1, l2, shrinkage, beta } = record;
  if (lr === 0) return;
  const root = (n: number) => (power === -0.5 ? Math.sqrt(n) : pow(n, -power));
  for (let i = 0; i < count; i++) {
    const [w, g] = [f[params + i], f[grads + i]];
    const n = f[accumulator + i] + g * g;
    const rate = root(n) / lr;
    const z = f[linear + i] + g + 2 * shrinkage * w - (rate - root(f[accumulator + i]) / lr) * w;
    const divisor = rate + 2 * l2 + beta / lr;
    const updated = divisor > 0 ? (Math.min(Math.max(z, -l1), l1) - z) / divisor : 0;
    commit(memory, params + i, updated, accumulator + i, n, linear + i, z);
  }
};

export const ftrlDefinition: OptimizerDefinition<FtrlSpec, FtrlOptions> = {
  resolve: ftrl,
  slots: () => ["accumulator", "linear"],
  initial: ({ initialAccumulatorValue }, slot) => (slot === "accumulator" ? initialAccumulatorValue : 0),
  record: (spec) => ({
    op: Ftrl,
    script: scriptOf(update),
    power: spec.learningRatePower,
    l1: spec.l1RegularizationStrength,
    l2: spec.l2RegularizationStrength,
    shrinkage: spec.l2ShrinkageRegularizationStrength,
    beta: spec.beta,
  }),
};
