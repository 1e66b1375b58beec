/**
 * The records of the rules that weights follow: penalties, added to the loss and to the gradients, and constraints, kept
 * to after each update. Few models have any, so they are loaded for those that do (`model/parts.ts`).
 */
import { Place } from "../plan/op.js";
import * as Op from "../plan/ops.js";
import type { Tape } from "../plan/tape.js";
import { storageSize, type TensorRef } from "../plan/tensor.js";
import type { ConstraintSpec } from "./constraints.js";
import { otherRegularizers, type Penalized, type RegularizerSpec } from "./regularizers.js";

/** Emits the penalties of the current weights, added to the loss of every row. */
export function emitPenalties(tape: Tape, penalized: readonly Penalized[]): void {
  const counts = penalized.map(({ tensor }) => storageSize(tensor));
  const blocks = counts.map((count) => Math.ceil(count / Place.Block));
  const all = tape.scratch(
    "penalties",
    blocks.reduce((sum, count) => sum + count, 0),
  );
  let { offset } = all;
  penalized.forEach(({ tensor, regularizer }, i) => {
    const penalties = { ...all, offset, shape: [blocks[i]] };
    const params = tape.span("params", { offset: tensor.offset, count: counts[i] });
    tape.emit({ op: Op.Penalty, params, penalties, count: counts[i], ...numbersOf(regularizer, tensor, "penalty") });
    offset += blocks[i];
  });
  tape.emit({ op: Op.PenaltyTotal, penalties: all, blocks: all.shape[0] });
}

/** The factors of a record, or the script that takes the place of its kernel. */
function numbersOf(spec: RegularizerSpec, tensor: TensorRef, part: "penalty" | "gradient") {
  if (spec.type === "l1l2") return { l1: spec.l1, l2: spec.l2 };
  return { l1: 0, l2: 0, script: otherRegularizers.get(spec.type)?.scripts(spec, tensor)[part] };
}

/** Emits the gradients of the penalties, added to those of the loss. */
export function emitPenaltyGradients(tape: Tape, penalized: readonly Penalized[]): void {
  for (const { tensor, regularizer } of penalized) {
    const span = { offset: tensor.offset, count: storageSize(tensor) };
    const [params, grads] = [tape.span("params", span), tape.span("grads", span)];
    tape.emit({
      op: Op.PenaltyGradient,
      params,
      grads,
      count: span.count,
      ...numbersOf(regularizer, tensor, "gradient"),
    });
  }
}

/** Bounds of the norm, and the share of the way to them that a weight is moved; `null` for signs. */
function boundsOf(spec: ConstraintSpec): { low: number; high: number; rate: number } | null {
  switch (spec.type) {
    case "nonNeg":
      return null;
    case "unitNorm":
      return { low: 1, high: 1, rate: 1 };
    case "maxNorm":
      return { low: 0, high: spec.maxValue, rate: 1 };
    case "minMaxNorm":
      return { low: spec.minValue, high: spec.maxValue, rate: spec.rate };
  }
}

/** Emits the records that apply a constraint to a weight tensor. */
export function emitConstraint(tape: Tape, spec: ConstraintSpec, tensor: TensorRef): void {
  const count = storageSize(tensor);
  const values = tape.span("params", { offset: tensor.offset, count });
  const bounds = boundsOf(spec);
  const axis = "axis" in spec ? spec.axis : 0;
  if (!bounds) {
    tape.emit({ op: Op.NonNegative, params: values, count });
  } else if (tensor.format === "panels" && typeof axis === "number") {
    const [inputs, units] = tensor.shape;
    tape.emit({ op: Op.KernelNorm, kernel: tensor, inputs, units, axis, ...bounds });
  } else {
    tape.emit({ op: Op.VectorNorm, params: values, count, ...bounds });
  }
}
