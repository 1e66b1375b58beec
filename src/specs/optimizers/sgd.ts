/** Gradient descent, with momentum in Keras's form or PyTorch's. */
import { checkArguments, checkBoolean, checkNumber, OptionError } from "../../base/errors.js";
import { Op } from "../../plan/op.js";
import {
  type CommonSpec,
  type Compat,
  checkCommon,
  checkCompat,
  type OptimizerDefinition,
  operands,
  type UpdateOptions,
} from "./optimizer.js";

/** Options of `sgd`; `learningRate` is 0.01 by default. */
export interface SgdOptions extends UpdateOptions {
  /** Share of the last change that is kept, 0 to 1. @default 0 */
  momentum?: number;
  /** Look ahead along the velocity (Nesterov 1983). @default false */
  nesterov?: boolean;
  /** Whether the learning rate is part of the velocity (Keras) or not (PyTorch). @default "keras" */
  compat?: Compat;
}

/** SGD with every option spelled out. */
export type SgdSpec = { readonly type: "sgd" } & Readonly<Required<SgdOptions>> & CommonSpec;

/**
 * Gradient descent. Without momentum w ← w − η g. With it, in Keras's form, v ← μ v − η g and w ← w + v;
 * with `nesterov` w ← w + μ v − η g. With `compat: "torch"` v ← μ v + g and w ← w − η v, with `nesterov`
 * w ← w − η (g + μ v): the same as long as η does not change.
 * @throws OptionError for unknown options or values out of range.
 */
export function sgd(options: SgdOptions = {}): SgdSpec {
  checkArguments("sgd", arguments, 1);
  const common = checkCommon("sgd", options, ["momentum", "nesterov", "compat"], { learningRate: 0.01 });
  const { momentum = 0, nesterov = false, compat = "keras" } = options;
  checkNumber("sgd: momentum", momentum, { min: 0, max: 1 });
  if (checkBoolean("sgd: nesterov", nesterov) && momentum === 0) {
    throw new OptionError("sgd: nesterov needs a momentum above 0, got 0. Try momentum: 0.9.");
  }
  return { type: "sgd", ...common, momentum, nesterov, compat: checkCompat("sgd", compat) };
}

export const sgdDefinition: OptimizerDefinition<SgdSpec> = {
  resolve: sgd,
  slots: ({ momentum }) => (momentum > 0 ? [{ slab: "slot1", name: "velocity" }] : []),
  emit(tape, { momentum, nesterov, compat }, span) {
    const record = { ...operands(tape, span), momentum, nesterov: Number(nesterov) };
    const velocity = momentum > 0 ? tape.span("slot1", span) : null;
    if (velocity && compat === "torch") tape.emit({ op: Op.SgdTorch, ...record, velocity });
    else tape.emit({ op: Op.Sgd, ...record, velocity });
  },
};
