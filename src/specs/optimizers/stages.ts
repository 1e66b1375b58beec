/** Stages around an update that few programs have: accumulation and clipping before it, averages after it. */
import { ControlField, Place } from "../../plan/op.js";
import * as Op from "../../plan/ops.js";
import type { RecordOf, ScriptMaker } from "../../plan/record.js";
import { OverwriteWeights } from "../../plan/stageOps.js";
import type { Tape } from "../../plan/tape.js";
import { type Span, spansOf, storageSize, type TensorRef } from "../../plan/tensor.js";
import type { CommonSpec } from "./optimizer.js";

/** Emits the accumulation of gradients. The records after it run only on steps that update. */
export function emitAccumulation(tape: Tape, { gradientAccumulationSteps: steps }: CommonSpec, spans: readonly Span[]) {
  if (steps === 1) return;
  const operands = spans.map((span) => {
    return { grads: tape.span("grads", span), sums: tape.span("accumulated", span), count: span.count };
  });
  for (const record of operands) tape.emit({ op: Op.AccumulateGradients, ...record });
  tape.endPrefix("accumulate");
  for (const record of operands) tape.emit({ op: Op.MeanGradients, ...record, steps });
}

export function emitClipping(tape: Tape, spec: CommonSpec, spans: readonly Span[], trainable: readonly TensorRef[]) {
  const { clipNorm, globalClipNorm, clipValue } = spec;
  if (clipNorm !== null) {
    for (const tensor of trainable)
      emitClipNorm(tape, [{ offset: tensor.offset, count: storageSize(tensor) }], clipNorm);
  } else if (globalClipNorm !== null) {
    emitClipNorm(tape, spans, globalClipNorm);
  } else if (clipValue !== null) {
    for (const span of spans) {
      tape.emit({ op: Op.ClipValue, grads: tape.span("grads", span), count: span.count, limit: clipValue });
    }
  }
}

/** The gradients of all spans together, scaled down to `limit` if their norm is larger. */
function emitClipNorm(tape: Tape, spans: readonly Span[], limit: number): void {
  const norms = emitBlocks(tape, "blockNorms", spans, (grads, blockNorms) => {
    tape.emit({ op: Op.BlockNorms, x: grads, norms: blockNorms, count: grads.shape[0] });
  });
  const [blocks] = norms.shape;
  for (const span of spans) {
    tape.emit({ op: Op.ClipNorm, grads: tape.span("grads", span), norms, count: span.count, blocks, limit });
  }
}

/** One scratch value for each block of gradients: calls `emit` with each span and its part of the values. */
function emitBlocks(
  tape: Tape,
  name: string,
  spans: readonly Span[],
  emit: (grads: TensorRef, values: TensorRef) => void,
): TensorRef {
  const counts = spans.map(({ count }) => Math.ceil(count / Place.Block));
  const values = tape.scratch(
    name,
    counts.reduce((sum, count) => sum + count, 0),
  );
  let offset = values.offset;
  spans.forEach((span, i) => {
    emit(tape.span("grads", span), { ...values, offset, shape: [counts[i]] });
    offset += counts[i];
  });
  return values;
}

/** Puts the averages in the place of the weights after each `every` updates. */
const overwrite: ScriptMaker = (record, addressOf) => {
  const { params, average, count, every } = record as object as RecordOf<typeof OverwriteWeights>;
  const [to, from] = [addressOf(params) / 4, addressOf(average) / 4];
  return (floats, ints) => {
    if (ints[(Place.Control + ControlField.Step) / 4] % every === 0) floats.copyWithin(to, from, from + count);
  };
};

/** Emits the exponential moving average of the weights. */
export function emitEma(tape: Tape, spec: CommonSpec, trainable: readonly TensorRef[]): void {
  for (const span of spansOf(trainable)) {
    const [params, average] = [tape.span("params", span), tape.span("average", span)];
    tape.emit({ op: Op.AverageWeights, params, average, count: span.count, momentum: spec.emaMomentum });
    const every = spec.emaOverwriteFrequency;
    if (every) tape.emit({ op: OverwriteWeights, params, average, count: span.count, every, script: overwrite });
  }
}
