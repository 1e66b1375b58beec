/** Schedule-free AdamW and SGD: averages of the weights in place of a falling learning rate. */
import { OptionError, show } from "../../base/errors.js";
import { flag, type Given, number, oneOf, type Spec } from "../../base/options.js";
import type { Floats } from "../../plan/controlBlock.js";
import { flush } from "../../plan/flush.js";
import { commit, power } from "../../plan/guard.js";
import { ScheduleFree } from "../../plan/scriptOps.js";
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
import { checkOwnAverages, type OwnAverages } from "./ownAverages.js";
import { scriptOf, type Update } from "./script.js";

/** Options of `scheduleFree`. */
const scheduleFreeOptions = {
  /** A number >= 0: no schedule is needed. @default 0.0025, or 1 with method: "sgd" */
  learningRate: learningRateOption(({ method }) => (method === "sgd" ? 1 : 0.0025)),
  ...commonOptions,
  /** Always true: the weights are averaged. @default true */
  useEma: flag(true),
  /** The steps that are averaged: those of AdamW or of SGD. @default "adamw" */
  method: oneOf(["adamw", "sgd"], "adamw"),
  /** Share of the average in the weights that gradients are taken at, above 0 to below 1. @default 0.9 */
  beta1: number({ above: 0, below: 1 }, 0.9),
  /** Decay of the mean of squared gradients, 0 to below 1; for "adamw". @default 0.999 */
  beta2: number(DECAY, 0.999),
  /** Keeps the division away from zero; for "adamw". @default 1e-8 */
  epsilon: number({ above: 0 }, 1e-8),
  /** Steps during which the learning rate rises from 0 in a straight line, an integer >= 0. @default 0 */
  warmupSteps: number({ min: 0, max: 1e6, integer: true }, 0),
};

/** Options of `scheduleFree`. */
export interface ScheduleFreeOptions
  extends Omit<CommonOptions, OwnAverages>,
    Omit<Given<typeof scheduleFreeOptions>, Exclude<OwnAverages, "useEma">> {}

/** Schedule-free training with every option spelled out. */
export interface ScheduleFreeSpec
  extends Omit<CommonSpec, "useEma">,
    Spec<"scheduleFree", typeof scheduleFreeOptions> {}

/**
 * Schedule-free AdamW or SGD (Defazio et al. 2024), as its authors' `AdamWScheduleFree` and `SGDScheduleFree`.
 * Gradients g are taken at y = (1 − β₁) z + β₁ x. For AdamW, v ← β₂v + (1 − β₂)g² and u = g / (√(v/(1 − β₂ᵗ)) + ε); for
 * SGD u = g. Then z ← z − ηₜ u and x ← x + c (z − x), where ηₜ = η min(1, t / warmupSteps), and c is ηₜ² divided by the
 * sum of all ηₜ² so far. `weightDecay` acts on z by the decay of y, with η even during the warm-up.
 *
 * The averages x are the model: validation, `predict`, `evaluate` and `save` use them, and so do callbacks between
 * epochs. Only steps, and the hooks around them, use y. `useAverages(false)` shows y after training. A learning rate
 * that a callback sets changes the steps, but not their shares in the average.
 * @throws OptionError for unknown options or values out of range, a learning rate that changes, and options of other
 * averages.
 */
export function scheduleFree(options: ScheduleFreeOptions = {}): ScheduleFreeSpec {
  addOptimizers({ scheduleFree: scheduleFreeDefinition });
  const spec = makeOptimizer("scheduleFree", scheduleFreeOptions, options, arguments);
  checkOwnAverages(spec);
  if (typeof spec.learningRate === "number") return spec;
  const got = show(spec.learningRate);
  throw new OptionError(
    `scheduleFree: learningRate: expected a number, got ${got}. No schedule is needed: give warmupSteps for a warm-up.`,
  );
}

/** The share of step t in the average. */
function shareOf(t: number, warmupSteps: number): number {
  const rising = Math.min(t, warmupSteps);
  const before = rising > 0 ? (rising * (rising + 1) * (2 * rising + 1)) / (6 * warmupSteps * warmupSteps) : 0;
  const own = t < warmupSteps ? (t * t) / (warmupSteps * warmupSteps) : 1;
  return own / (before + t - rising);
}

/** A weight between z and the average. */
function between(f: Floats, z: number, average: number, beta1: number): number {
  return (1 - beta1) * f[z] + beta1 * f[average];
}

/**
 * Weights other than those of the step before, beyond what decay explains, were set from outside: z and the average
 * begin again from them.
 */
const update: Update<typeof ScheduleFree> = (memory, record) => {
  const { floats: f, learningRate, step } = memory;
  const { params, grads, z, v, average, count, beta1, beta2, epsilon, warmupSteps, weightDecay } = record;
  const lr = step < warmupSteps ? (learningRate * step) / warmupSteps : learningRate;
  const share = shareOf(step, warmupSteps);
  const correct = 1 - power(beta2, step);
  const decay = 2 * learningRate * weightDecay;
  const single = f.BYTES_PER_ELEMENT === 4 ? Math.fround : (x: number) => x;
  for (let i = 0; i < count; i++) {
    const [y, g] = [f[params + i], f[grads + i]];
    const expected = single(between(f, z + i, average + i, beta1));
    const isSet = step === 1 || !(Math.abs(y - expected) <= decay * Math.abs(expected));
    const second = v ? f[v + i] + (1 - beta2) * (g * g - f[v + i]) : 0;
    const change = v ? g / (Math.sqrt(second / correct) + epsilon) : g;
    if (isSet) f[z + i] = f[average + i] = y;
    const newZ = f[z + i] + (isSet ? 0 : y - expected) - lr * change;
    const newAverage = f[average + i] + share * (newZ - f[average + i]);
    commit(memory, z + i, newZ, average + i, newAverage, v && v + i, second, grads + i, g);
    f[params + i] = between(f, z + i, average + i, beta1);
  }
  flush(memory, v, count);
};

export const scheduleFreeDefinition: OptimizerDefinition<ScheduleFreeSpec, ScheduleFreeOptions> = {
  resolve: scheduleFree,
  slots: ({ method }) => ["z", ...(method === "adamw" ? ["v"] : [])],
  record({ beta1, beta2, epsilon, warmupSteps, weightDecay }) {
    return { op: ScheduleFree, script: scriptOf(update), v: null, beta1, beta2, epsilon, warmupSteps, weightDecay };
  },
  averages: true,
  evaluatesAverages: true,
  unconstrained: "Schedule-free training",
};
