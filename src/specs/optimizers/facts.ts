/**
 * The functions that a model needs for any optimizer. Most optimizers update the parameters as flat vectors: one record
 * if all of them are trained.
 */
import { checkName, located, OptionError, show } from "../../base/errors.js";
import type { OpEntry } from "../../plan/field.js";
import * as Op from "../../plan/ops.js";
import type { RecordOf, TapeRecord } from "../../plan/record.js";
import type { Tape } from "../../plan/tape.js";
import { type ParameterSlab, type SlotName, spansOf, type TensorRef } from "../../plan/tensor.js";
import { lacksRates, scriptFor } from "../schedules/table.js";
import type { MoreOptimizers } from "./more.js";
import {
  commonOptions,
  makeOptimizer,
  type OptimizerDefinition,
  type OptimizerFacts,
  type Slot,
  type UpdateRecord,
} from "./optimizer.js";
import { optimizerTable } from "./table.js";
import { ABSENT, updates } from "./updates.js";
import { checkExclusions, emitWeightDecay } from "./weightDecay.js";

type Table = typeof optimizerTable & MoreOptimizers;
type Type = keyof Table;
type Resolve<T extends Type> = NonNullable<Table[T]["resolve"]>;

/** Any optimizer, as plain data. */
export type OptimizerSpec = { [T in Type]: ReturnType<Resolve<T>> }[Type];

/** An optimizer as `compile` accepts it: a name, or a factory's result, whose options may be omitted. */
export type Optimizer = Type | { [T in Type]: { readonly type: T } & Readonly<Parameters<Resolve<T>>[0]> }[Type];

/** The entry of a type, which takes every spec of that type. */
function definitionOf(type: Type): OptimizerDefinition<OptimizerSpec> {
  return (optimizerTable as object as Table)[type] as object as OptimizerDefinition<OptimizerSpec>;
}

/** A name or spec, checked and spelled out. @throws OptionError with the nearest known name. */
export function resolveOptimizer(where: string, value: unknown): OptimizerSpec {
  const spec = (typeof value === "string" ? { type: value } : value) as { type?: unknown } | null | undefined;
  if (typeof spec !== "object" || spec === null) {
    throw new OptionError(`${where}: expected an optimizer such as "adam" or sgd({ … }), got ${show(value)}.`);
  }
  const { type, ...options } = spec;
  const names = Object.keys(optimizerTable) as Type[];
  const known = checkName(where, type, names, {}, " Pass any other as muon() or the like.");
  const { options: table = commonOptions, resolve } = definitionOf(known);
  const make = resolve ?? (() => makeOptimizer(known, table, options) as object as OptimizerSpec);
  return located(where, () => make(options as never));
}

/** The facts that an optimizer states about itself. */
export function optimizerFacts({ type }: OptimizerSpec): OptimizerFacts {
  return definitionOf(type);
}

/** Vectors of state per parameter: the optimizer's own, then those of accumulating and averaging. */
export function optimizerSlots(spec: OptimizerSpec): readonly Slot[] {
  const definition = definitionOf(spec.type);
  const slots = definition.slots(spec).map((name, i): Slot => {
    return { slab: `slot${i + 1}` as SlotName, name, initial: definition.initial?.(spec, name) ?? 0 };
  });
  if (spec.gradientAccumulationSteps > 1) slots.push({ slab: "accumulated", name: "accumulated" });
  if (spec.useEma) slots.push({ slab: "average", name: "average" });
  return slots;
}

/** True for an update that is not in every program: `updates.ts`. */
function isRare(spec: OptimizerSpec, first: TensorRef): boolean {
  const { record, minimizer, averages } = definitionOf(spec.type);
  const { gradientAccumulationSteps: steps, clipNorm, globalClipNorm, clipValue, useEma } = spec;
  const hasStages = steps > 1 || (clipNorm ?? globalClipNorm ?? clipValue) !== null || (useEma && !averages);
  return hasStages || lacksRates(spec.learningRate) || !(minimizer || record?.(spec, first));
}

/** Emits the update of the trained parameters, given in the order of their positions. */
export function emitOptimizer(tape: Tape, spec: OptimizerSpec, trainable: readonly TensorRef[]): void {
  checkExclusions(spec, trainable);
  const { record, minimizer, perTensor } = definitionOf(spec.type);
  const spans = spansOf(trainable);
  if (!updates.rareRecord && trainable.length > 0 && isRare(spec, trainable[0])) {
    for (const { slab } of optimizerSlots(spec)) tape.span(slab, spans[0]); // the session has room for them
    // Throws if the schedule cannot change this update. Those of `adam` and `sgd` that are absent have a momentum.
    scriptFor(spec.learningRate, { op: ABSENT, ...(record && (record(spec, trainable[0]) ?? { op: Op.Adam })) }, 0);
    tape.emit({ op: ABSENT } as object as RecordOf<OpEntry>);
    return;
  }
  updates.emitAccumulation?.(tape, spec, spans);
  updates.emitClipping?.(tape, spec, spans, trainable);
  emitWeightDecay(tape, spec, trainable);
  const script = (update: TapeRecord | null) => scriptFor(spec.learningRate, update, 0);
  if (minimizer) {
    script(null);
    return;
  }
  for (const span of perTensor ? trainable.flatMap((tensor) => spansOf([tensor])) : spans) {
    const first = trainable.find(({ offset }) => offset === span.offset) as TensorRef;
    const tensor = (slab: ParameterSlab) => tape.span(slab, span);
    const slots = Object.fromEntries(optimizerSlots(spec).map(({ slab, name }) => [name, tensor(slab)]));
    const operands = { params: tensor("params"), grads: tensor("grads"), ...slots, count: span.count };
    const update = (record?.(spec, first) ?? updates.rareRecord?.(spec as never)) as UpdateRecord;
    const changed = script(update);
    tape.emit({ ...update, ...operands, ...(changed && { script: changed }) } as object as RecordOf<OpEntry>);
  }
}

/** Emits the moving averages of the weights, after the update and the constraints, unless the update takes them. */
export function emitAverages(tape: Tape, spec: OptimizerSpec, trainable: readonly TensorRef[]): void {
  if (spec.useEma && !definitionOf(spec.type).averages) updates.emitEma?.(tape, spec, trainable);
}
