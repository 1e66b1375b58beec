/**
 * The table of optimizers: one entry per type, and the functions that a model needs for any of them. Every optimizer
 * updates the parameters as flat vectors: one record if all of them are trained.
 */
import { checkName, located, OptionError, show } from "../../base/errors.js";
import type { Tape } from "../../plan/tape.js";
import { spansOf, type TensorRef } from "../../plan/tensor.js";
import { adamDefinition, adamwDefinition } from "./adam.js";
import { adamaxDefinition, lionDefinition, nadamDefinition } from "./adamax.js";
import { adadeltaDefinition, adagradDefinition, rmspropDefinition } from "./adaptive.js";
import { lbfgsDefinition } from "./lbfgs.js";
import type { OptimizerDefinition, OptimizerFacts, Slot } from "./optimizer.js";
import { radamDefinition } from "./radam.js";
import { sgdDefinition } from "./sgd.js";
import { emitAccumulation, emitClipping, emitWeightDecay } from "./stages.js";

const optimizerTable = {
  sgd: sgdDefinition,
  adam: adamDefinition,
  adamw: adamwDefinition,
  rmsprop: rmspropDefinition,
  adagrad: adagradDefinition,
  adadelta: adadeltaDefinition,
  adamax: adamaxDefinition,
  nadam: nadamDefinition,
  radam: radamDefinition,
  lion: lionDefinition,
  lbfgs: lbfgsDefinition,
};

type Type = keyof typeof optimizerTable;
type Resolve<T extends Type> = (typeof optimizerTable)[T]["resolve"];

/** Any optimizer, as plain data. */
export type OptimizerSpec = { [T in Type]: ReturnType<Resolve<T>> }[Type];

/** An optimizer as `compile` accepts it: a name, or a factory's result, whose options may be omitted. */
export type Optimizer = Type | { [T in Type]: { readonly type: T } & Readonly<Parameters<Resolve<T>>[0]> }[Type];

/** Every optimizer name, for messages and documentation. */
export const optimizerNames = Object.keys(optimizerTable) as readonly Type[];

/** The entry of a type, which takes every spec of that type. */
function definitionOf(type: Type): OptimizerDefinition<OptimizerSpec> {
  return optimizerTable[type] as object as OptimizerDefinition<OptimizerSpec>;
}

/** A name or spec, checked and spelled out. @throws OptionError with the nearest known name. */
export function resolveOptimizer(where: string, value: unknown): OptimizerSpec {
  const spec = (typeof value === "string" ? { type: value } : value) as { type?: unknown } | null | undefined;
  if (typeof spec !== "object" || spec === null) {
    throw new OptionError(`${where}: expected an optimizer such as "adam" or sgd({ … }), got ${show(value)}.`);
  }
  const { type, ...options } = spec;
  const definition = definitionOf(checkName(where, type, optimizerNames));
  return located(where, () => definition.resolve(options as never));
}

/** The facts that an optimizer states about itself. */
export function optimizerFacts({ type }: OptimizerSpec): OptimizerFacts {
  return definitionOf(type);
}

/** Vectors of state per parameter: the optimizer's own, then those of accumulating and averaging. */
export function optimizerSlots(spec: OptimizerSpec): readonly Slot[] {
  const slots = [...definitionOf(spec.type).slots(spec)];
  if (spec.gradientAccumulationSteps > 1) slots.push({ slab: "accumulated", name: "accumulated" });
  if (spec.useEma) slots.push({ slab: "average", name: "average" });
  return slots;
}

/** Emits the update of the trained parameters, given in the order of their positions. */
export function emitOptimizer(tape: Tape, spec: OptimizerSpec, trainable: readonly TensorRef[]): void {
  const spans = spansOf(trainable);
  emitAccumulation(tape, spec, spans);
  emitClipping(tape, spec, spans, trainable);
  emitWeightDecay(tape, spec, trainable);
  for (const span of spans) definitionOf(spec.type).emit(tape, spec, span);
}

export { emitAverages } from "./stages.js";
