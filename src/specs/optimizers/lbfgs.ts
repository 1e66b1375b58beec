/** L-BFGS as plain data. Emits no record: `training/lbfgs/` moves the weights between runs of the gradient records. */
import { OptionError } from "../../base/errors.js";
import { type Given, number, oneOf, type Spec } from "../../base/options.js";
import {
  type CommonOptions,
  type CommonSpec,
  commonOptions,
  learningRateOption,
  makeOptimizer,
  type OptimizerDefinition,
} from "./optimizer.js";

/** Options of `lbfgs`. */
const lbfgsOptions = {
  /**
   * Share of the direction that the line search tries first: a number >= 0, a schedule, or a function of step and
   * epoch. @default 1
   */
  learningRate: learningRateOption(1),
  ...commonOptions,
  /** Changes of weights and gradients that are remembered, an integer from 1. @default 10 */
  historySize: number({ min: 1, max: 1000, integer: true }, 10),
  /** Iterations in each epoch, an integer from 1. @default 1 */
  maxIterations: number({ min: 1, integer: true }, 1),
  /** Training ends when no element of the gradient is larger, >= 0. @default 1e-5 */
  tolerance: number({ min: 0 }, 1e-5),
  /** "none" takes the first step unchanged. @default "strongWolfe" */
  lineSearch: oneOf(["strongWolfe", "none"], "strongWolfe"),
};

/** Options of `lbfgs`; `learningRate`, 1 by default, is the share of the direction that the line search tries first. */
export interface LbfgsOptions extends Omit<Given<typeof lbfgsOptions>, keyof CommonOptions> {}

/** L-BFGS with every option spelled out. The options shared by all optimizers have neutral values. */
export interface LbfgsSpec extends CommonSpec, Spec<"lbfgs", typeof lbfgsOptions> {}

/** Required values of the options shared by all optimizers. */
const NEUTRAL = {
  gradientAccumulationSteps: 1,
  clipNorm: null,
  globalClipNorm: null,
  clipValue: null,
  weightDecay: 0,
  useEma: false,
} as const;

/**
 * L-BFGS (Liu and Nocedal 1989), for up to some thousand rows: each epoch is one iteration over all rows at once, with
 * a line search for the strong Wolfe conditions (Nocedal and Wright 2006). On such data it gets further, in fewer
 * epochs, than the optimizers that work on batches. `fit` takes all rows as one batch, and ends early if the gradient
 * is within `tolerance`, or rounding to float32 leaves no lower loss.
 *
 * @example model.compile({ optimizer: lbfgs(), loss: "meanSquaredError" }); await model.fit(data, { epochs: 200 });
 */
export function lbfgs(options: LbfgsOptions = {}): LbfgsSpec {
  const spec = makeOptimizer("lbfgs", lbfgsOptions, options, arguments);
  const names = Object.keys(NEUTRAL) as (keyof typeof NEUTRAL)[];
  const unfit = names.find((name) => spec[name] !== NEUTRAL[name]);
  if (unfit) throw new OptionError(`lbfgs: ${unfit} does not go with a line search. Leave it out.`);
  return spec;
}

export const lbfgsDefinition: OptimizerDefinition<LbfgsSpec, LbfgsOptions> = {
  resolve: lbfgs,
  slots: () => [],
  minimizer: "L-BFGS",
};
