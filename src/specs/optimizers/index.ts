/**
 * The table of optimizers: one entry per type, and what a model asks of any of them. Every optimizer updates the
 * parameters as flat vectors: one record where all of them are trained.
 */
import { checkName, located, OptionError, show } from "../../base/errors.js";
import type { Tape } from "../../plan/tape.js";
import { spansOf, type TensorRef } from "../../plan/tensor.js";
import { type AdamOptions, type AdamSpec, type AdamwSpec, adamDefinition, adamwDefinition } from "./adam.js";
import {
  type AdamaxOptions,
  type AdamaxSpec,
  adamaxDefinition,
  type LionOptions,
  type LionSpec,
  lionDefinition,
  type NadamSpec,
  nadamDefinition,
} from "./adamax.js";
import {
  type AdadeltaOptions,
  type AdadeltaSpec,
  type AdagradOptions,
  type AdagradSpec,
  adadeltaDefinition,
  adagradDefinition,
  type RmspropOptions,
  type RmspropSpec,
  rmspropDefinition,
} from "./adaptive.js";
import { type LbfgsOptions, type LbfgsSpec, lbfgsDefinition } from "./lbfgs.js";
import type { OptimizerDefinition, OptimizerFacts, Slot } from "./optimizer.js";
import { type SgdOptions, type SgdSpec, sgdDefinition } from "./sgd.js";
import { emitAccumulation, emitClipping, emitWeightDecay } from "./stages.js";

/** Any optimizer, as plain data. */
export type OptimizerSpec =
  | SgdSpec
  | AdamSpec
  | AdamwSpec
  | AdamaxSpec
  | NadamSpec
  | LionSpec
  | RmspropSpec
  | AdagradSpec
  | AdadeltaSpec
  | LbfgsSpec;

type Definitions = {
  readonly [Type in OptimizerSpec["type"]]: OptimizerDefinition<Extract<OptimizerSpec, { type: Type }>>;
};

const optimizerTable: Definitions = {
  sgd: sgdDefinition,
  adam: adamDefinition,
  adamw: adamwDefinition,
  rmsprop: rmspropDefinition,
  adagrad: adagradDefinition,
  adadelta: adadeltaDefinition,
  adamax: adamaxDefinition,
  nadam: nadamDefinition,
  lion: lionDefinition,
  lbfgs: lbfgsDefinition,
};

/** Every optimizer name, for messages and documentation. */
export const optimizerNames = Object.keys(optimizerTable) as readonly OptimizerSpec["type"][];

/** What `compile` accepts as an optimizer: a name, or a factory's result, whose options may be left out. */
export type Optimizer =
  | OptimizerSpec["type"]
  | ({ readonly type: "sgd" } & Readonly<SgdOptions>)
  | ({ readonly type: "adam" | "adamw" } & Readonly<AdamOptions>)
  | ({ readonly type: "adamax" | "nadam" } & Readonly<AdamaxOptions>)
  | ({ readonly type: "lion" } & Readonly<LionOptions>)
  | ({ readonly type: "rmsprop" } & Readonly<RmspropOptions>)
  | ({ readonly type: "adagrad" } & Readonly<AdagradOptions>)
  | ({ readonly type: "adadelta" } & Readonly<AdadeltaOptions>)
  | ({ readonly type: "lbfgs" } & Readonly<LbfgsOptions>);

/** The entry of a type, which takes every spec of that type. */
function definitionOf(type: OptimizerSpec["type"]): OptimizerDefinition<OptimizerSpec> {
  return optimizerTable[type] as OptimizerDefinition<never>;
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

/** What an optimizer says of itself. */
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

/** Emits the update of the parameters that are trained, given in the order of their places. */
export function emitOptimizer(tape: Tape, spec: OptimizerSpec, trainable: readonly TensorRef[]): void {
  const spans = spansOf(trainable);
  emitAccumulation(tape, spec, spans);
  emitClipping(tape, spec, spans, trainable);
  emitWeightDecay(tape, spec, trainable);
  for (const span of spans) definitionOf(spec.type).emit(tape, spec, span);
}

export { emitAverages } from "./stages.js";
