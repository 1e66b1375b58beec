/** Resilient propagation, which takes nothing but the signs of gradients. */
import { OptionError } from "../../base/errors.js";
import { type Given, number, type Spec } from "../../base/options.js";
import { commit } from "../../plan/guard.js";
import { Rprop } from "../../plan/scriptOps.js";
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

/** Options of `rprop`. */
const rpropOptions = {
  /** The first step size of every weight, a number >= 0. @default 0.01 */
  learningRate: learningRateOption(0.01),
  ...commonOptions,
  /** Factor of a step size after the gradient changed its sign, above 0 to below 1. @default 0.5 */
  etaMinus: number({ above: 0, below: 1 }, 0.5),
  /** Factor of a step size while the gradient keeps its sign, above 1. @default 1.2 */
  etaPlus: number({ above: 1 }, 1.2),
  /** Smallest step size, >= 0. @default 1e-6 */
  minStep: number({ min: 0 }, 1e-6),
  /** Largest step size, > 0. @default 50 */
  maxStep: number({ above: 0 }, 50),
};

/** Options of `rprop`. */
export interface RpropOptions extends CommonOptions, Given<typeof rpropOptions> {}

/** Rprop with every option spelled out. */
export interface RpropSpec extends CommonSpec, Spec<"rprop", typeof rpropOptions> {}

/**
 * Rprop (Riedmiller and Braun 1993), for all rows in one batch. Each weight has a step size s. While its gradient g
 * keeps its sign, s ← min(s · etaPlus, maxStep). If the sign changed, s ← max(s · etaMinus, minStep), and g counts as 0
 * in this step and the next. Then w ← w − s · sign(g). Formula and defaults are those of PyTorch's `Rprop`, whose
 * `etas` are `etaMinus` and `etaPlus`, and whose `step_sizes` are `minStep` and `maxStep`. Callbacks that set the
 * learning rate change nothing after the first step.
 * @throws OptionError for unknown options, values out of range, and a learning rate that changes.
 */
export function rprop(options: RpropOptions = {}): RpropSpec {
  addOptimizers({ rprop: rpropDefinition });
  const spec = makeOptimizer("rprop", rpropOptions, options, arguments);
  const { learningRate, minStep, maxStep } = spec;
  if (typeof learningRate !== "number") {
    throw new OptionError("rprop: learningRate: expected a number, the first step size: Rprop adapts it by itself.");
  }
  if (minStep > maxStep) {
    throw new OptionError(`rprop: minStep: expected a number <= maxStep, which is ${maxStep}, got ${minStep}.`);
  }
  return spec;
}

/** s *= etaPlus or etaMinus, between bounds; g = 0 if it changed its sign; p -= s sign(g). */
const update: Update<typeof Rprop> = (memory, record) => {
  const { floats: f, learningRate: lr, step } = memory;
  const { params, grads, previous, stepSize, count, etaMinus, etaPlus, minStep, maxStep } = record;
  for (let i = 0; i < count; i++) {
    const sign = f[grads + i] * Math.sign(f[previous + i]);
    const old = step === 1 ? lr : f[stepSize + i];
    const factor = sign > 0 ? etaPlus : sign < 0 ? etaMinus : 1;
    const size = Math.min(Math.max(old * factor, minStep), maxStep);
    const g = sign < 0 ? 0 : f[grads + i];
    const updated = f[params + i] - size * Math.sign(g);
    commit(memory, params + i, updated, previous + i, g, stepSize + i, size, grads + i, f[grads + i]);
  }
};

export const rpropDefinition: OptimizerDefinition<RpropSpec, RpropOptions> = {
  resolve: rprop,
  slots: () => ["previous", "stepSize"],
  record: ({ etaMinus, etaPlus, minStep, maxStep }) => ({
    op: Rprop,
    script: scriptOf(update),
    etaMinus,
    etaPlus,
    minStep,
    maxStep,
  }),
  isScaleFree: true,
};
