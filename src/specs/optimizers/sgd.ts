/** Gradient descent, with momentum in Keras's form or PyTorch's. */
import { OptionError } from "../../base/errors.js";
import { flag, type Given, number, type Spec } from "../../base/options.js";
import * as Op from "../../plan/ops.js";
import { compatOption } from "../compat.js";
import {
  type CommonOptions,
  type CommonSpec,
  commonOptions,
  learningRateOption,
  makeOptimizer,
  type OptimizerDefinition,
} from "./optimizer.js";

/** Options of `sgd`. */
const sgdOptions = {
  /** A number >= 0, a schedule, or a function of step and epoch. @default 0.01 */
  learningRate: learningRateOption(0.01),
  ...commonOptions,
  /** Share of the last change that is kept, 0 to 1. @default 0 */
  momentum: number({ min: 0, max: 1 }, 0),
  /** Look ahead along the velocity (Nesterov 1983). @default false */
  nesterov: flag(false),
  /** Share of each gradient that does not enter the velocity, 0 to 1; needs `compat: "torch"`. @default 0 */
  dampening: number({ min: 0, max: 1 }, 0),
  /** Formula: with the learning rate as part of the velocity (Keras) or not (PyTorch). @default "keras" */
  compat: compatOption,
};

/** Options of `sgd`. */
export interface SgdOptions extends CommonOptions, Given<typeof sgdOptions> {}

/** SGD with every option spelled out. */
export interface SgdSpec extends CommonSpec, Spec<"sgd", typeof sgdOptions> {}

/**
 * Gradient descent. Without momentum w ← w − η g. With it, in Keras's form, v ← μ v − η g and w ← w + v;
 * with `nesterov` w ← w + μ v − η g. With `compat: "torch"` v ← μ v + g and w ← w − η v, with `nesterov`
 * w ← w − η (g + μ v): the same as long as η does not change. `dampening` makes that v ← μ v + (1 − dampening) g,
 * except in the first step, as in PyTorch.
 */
export function sgd(options: SgdOptions = {}): SgdSpec {
  const spec = makeOptimizer("sgd", sgdOptions, options, arguments);
  if (spec.nesterov && spec.momentum === 0) {
    throw new OptionError("sgd: nesterov needs a momentum above 0, got 0. Try momentum: 0.9.");
  }
  if (spec.dampening > 0 && (spec.nesterov || spec.momentum === 0 || spec.compat !== "torch")) {
    throw new OptionError('sgd: dampening needs a momentum above 0, compat: "torch", and no nesterov.');
  }
  return spec;
}

export const sgdDefinition: OptimizerDefinition<SgdSpec, SgdOptions> = {
  resolve: sgd,
  slots: ({ momentum }) => (momentum > 0 ? ["velocity"] : []),
  record({ momentum, nesterov, compat }) {
    if (momentum > 0 && compat === "torch") return null;
    return { op: Op.Sgd, velocity: null, momentum, nesterov: Number(nesterov) };
  },
};
