/** L-BFGS as plain data. It emits no record: `training/lbfgs/` moves the weights between runs of the gradients' records. */
import { checkArguments, checkName, checkNumber, OptionError } from "../../base/errors.js";
import type { LearningRate } from "../schedules/index.js";
import { type CommonOptions, type CommonSpec, checkCommon, type OptimizerDefinition } from "./optimizer.js";

/** Options of `lbfgs`. */
export interface LbfgsOptions {
  /**
   * Share of the direction to try first; the line search goes on from there. A number, a schedule, or a function of step
   * and epoch. @default 1
   */
  learningRate?: LearningRate;
  /** Changes of weights and gradients that are remembered, an integer from 1. @default 10 */
  historySize?: number;
  /** Iterations in each epoch, an integer from 1. @default 1 */
  maxIterations?: number;
  /** Training ends when no element of the gradient is larger, >= 0. @default 1e-5 */
  tolerance?: number;
  /** "none" takes the first step as it is. @default "strongWolfe" */
  lineSearch?: "strongWolfe" | "none";
}

/** L-BFGS with every option spelled out; of the options of every optimizer it has only the neutral values. */
export type LbfgsSpec = { readonly type: "lbfgs" } & Readonly<Required<LbfgsOptions>> & CommonSpec;

const OWN = ["historySize", "maxIterations", "tolerance", "lineSearch"] as const;

/** What the options of every optimizer must be here. */
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
 * epochs, than the optimizers that go by batches. `fit` takes all rows as one batch, and ends early where the gradient
 * is within `tolerance`, or rounding to float32 leaves no lower loss.
 *
 * @example model.compile({ optimizer: lbfgs(), loss: "meanSquaredError" }); await model.fit(data, { epochs: 200 });
 * @throws OptionError for unknown options or values out of range.
 */
export function lbfgs(options: LbfgsOptions = {}): LbfgsSpec {
  checkArguments("lbfgs", arguments, 1);
  const common = checkCommon("lbfgs", options as LbfgsOptions & CommonOptions, OWN, { learningRate: 1 });
  const names = Object.keys(NEUTRAL) as (keyof typeof NEUTRAL)[];
  const unfit = names.find((name) => common[name] !== NEUTRAL[name]);
  if (unfit) throw new OptionError(`lbfgs: ${unfit} does not go with a line search. Leave it out.`);
  const { historySize = 10, maxIterations = 1, tolerance = 1e-5, lineSearch = "strongWolfe" } = options;
  return {
    type: "lbfgs",
    ...common,
    historySize: checkNumber("lbfgs: historySize", historySize, { min: 1, max: 1000, integer: true }),
    maxIterations: checkNumber("lbfgs: maxIterations", maxIterations, { min: 1, integer: true }),
    tolerance: checkNumber("lbfgs: tolerance", tolerance, { min: 0 }),
    lineSearch: checkName("lbfgs: lineSearch", lineSearch, ["strongWolfe", "none"]),
  };
}

export const lbfgsDefinition: OptimizerDefinition<LbfgsSpec> = {
  resolve: lbfgs,
  slots: () => [],
  emit() {},
  minimizer: "L-BFGS",
};
