/** Averaged SGD. */
import { pow } from "../../base/math.js";
import { flag, type Given, number, type Spec } from "../../base/options.js";
import { commit } from "../../plan/guard.js";
import { Asgd } from "../../plan/scriptOps.js";
import { addOptimizers } from "./add.js";
import {
  type CommonOptions,
  type CommonSpec,
  commonOptions,
  learningRateOption,
  makeOptimizer,
  type OptimizerDefinition,
} from "./optimizer.js";
import { checkOwnAverages, type OwnAverages } from "./ownAverages.js";
import { scriptOf, type Update } from "./script.js";

/** Options of `asgd`. */
const asgdOptions = {
  /** A number >= 0, a schedule, or a function of step and epoch. @default 0.01 */
  learningRate: learningRateOption(0.01),
  ...commonOptions,
  /** Always true: the weights are averaged. @default true */
  useEma: flag(true),
  /** Decay of weights and of the learning rate, >= 0. @default 1e-4 */
  lambd: number({ min: 0 }, 1e-4),
  /** Power by which the learning rate falls, >= 0. @default 0.75 */
  alpha: number({ min: 0 }, 0.75),
  /** Steps before averaging begins, >= 0. @default 1e6 */
  t0: number({ min: 0 }, 1e6),
};

/** Options of `asgd`. */
export interface AsgdOptions
  extends Omit<CommonOptions, OwnAverages>,
    Omit<Given<typeof asgdOptions>, Exclude<OwnAverages, "useEma">> {}

/** ASGD with every option spelled out. */
export interface AsgdSpec extends Omit<CommonSpec, "useEma">, Spec<"asgd", typeof asgdOptions> {}

/**
 * Averaged SGD (Polyak and Juditsky 1992) in the form and with the defaults of PyTorch's `ASGD`: in step t, with
 * ηₜ = η / (1 + lambd η (t − 1))^alpha, w ← w − lambd ηₜ w − ηₜ g, and a ← a + (w − a) / max(1, t − 1 − t0). When `fit`
 * ends, the averages a replace the weights, as with `useEma`; `useAverages(false)` puts the weights back. In PyTorch
 * they are only kept, as `ax`. Give a `t0` below the number of steps; until then a is w.
 * @throws OptionError for unknown options or values out of range, and for options of other averages.
 */
export function asgd(options: AsgdOptions = {}): AsgdSpec {
  addOptimizers({ asgd: asgdDefinition });
  const spec = makeOptimizer("asgd", asgdOptions, options, arguments);
  checkOwnAverages(spec);
  return spec;
}

const update: Update<typeof Asgd> = (memory, record) => {
  const { floats: f, learningRate: lr, step } = memory;
  const { params, grads, average, count, lambd, alpha, t0 } = record;
  const rate = lr / pow(1 + lambd * lr * (step - 1), alpha);
  const share = 1 / Math.max(1, step - 1 - t0);
  for (let i = 0; i < count; i++) {
    const w = f[params + i];
    const updated = w - lambd * rate * w - rate * f[grads + i];
    commit(memory, params + i, updated, average + i, f[average + i] + (updated - f[average + i]) * share);
  }
};

export const asgdDefinition: OptimizerDefinition<AsgdSpec, AsgdOptions> = {
  resolve: asgd,
  slots: () => [],
  record: ({ lambd, alpha, t0 }) => ({ op: Asgd, script: scriptOf(update), lambd, alpha, t0 }),
  averages: true,
};
