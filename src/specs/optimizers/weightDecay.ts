/** The decay of weights before an update, which adamw needs. */
import { didYouMean, OptionError } from "../../base/errors.js";
import * as Op from "../../plan/ops.js";
import type { Tape } from "../../plan/tape.js";
import { spansOf, type TensorRef } from "../../plan/tensor.js";
import type { CommonSpec } from "./optimizer.js";

/** @throws OptionError if an exclusion excludes nothing. */
export function checkExclusions(
  { excludeFromWeightDecay: excluded }: CommonSpec,
  trainable: readonly TensorRef[],
): void {
  const stray = excluded.find((fragment) => !trainable.some(({ name }) => name.includes(fragment)));
  if (stray !== undefined) throw strayExclusion(stray, trainable);
}

/** Emits the decay of the weights, if there is any. */
export function emitWeightDecay(tape: Tape, spec: CommonSpec, trainable: readonly TensorRef[]): void {
  const { weightDecay: decay, excludeFromWeightDecay: excluded } = spec;
  if (decay === 0) return;
  const decaying = trainable.filter(({ name }) => !excluded.some((fragment) => name.includes(fragment)));
  for (const span of spansOf(decaying)) {
    tape.emit({ op: Op.DecayWeights, params: tape.span("params", span), count: span.count, decay });
  }
}

function strayExclusion(fragment: string, trainable: readonly TensorRef[]): OptionError {
  const names = trainable.map(({ name }) => name);
  const parts = [...new Set(names.flatMap((name) => [...name.split("/"), name]))];
  return new OptionError(
    `compile: excludeFromWeightDecay: no trained weight has ${JSON.stringify(fragment)} in its name.` +
      `${didYouMean(fragment, parts)} There is ${names.join(", ")}.`,
  );
}
