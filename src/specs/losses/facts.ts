/** Facts about a loss: its targets, the reading of its outputs, its numbers, and the legal fusions. */

import { OptionError } from "../../base/errors.js";
import type { LossKind } from "../../plan/op.js";
import type { ActivationSpec } from "../activations.js";
import type { LossEntry, LossNumbers, TargetKind } from "./options.js";
import { known, type LossSpec } from "./table.js";

/** The entry of a loss. */
export function entryOf({ type }: Pick<LossSpec, "type">): LossEntry {
  return known[type];
}

/** The form of the targets: integer labels, or rows of one target per output. */
export function lossTargets(spec: LossSpec): "rows" | "labels" {
  return targetKind(spec) === "labels" ? "labels" : "rows";
}

/** The kind of targets that a loss takes. */
export function targetKind(spec: LossSpec): TargetKind {
  return entryOf(spec).targets;
}

/** Labels of the loss are below this number. */
export function mostLabels(spec: LossSpec, outputs: number): number {
  return entryOf(spec).mostLabels ?? outputs;
}

/** Number of targets per row of a loss whose targets are not labels. */
export function targetColumns(spec: LossSpec, outputs: number): number {
  return outputs / (entryOf(spec).outputsPerTarget ?? 1);
}

/** Reading of outputs: each a yes or no, one choice of several classes, or `several` numbers; `null` for any. */
export function outputReading(spec: LossSpec): "each" | "classes" | "several" | null {
  return entryOf(spec).outputs ?? null;
}

/** The activation that turns logits of a cross-entropy into probabilities; `null` for a loss without logits. */
export function logitsActivation(spec: LossSpec): "sigmoid" | "softmax" | null {
  return entryOf(spec).logits?.activation ?? null;
}

/** The computation of a loss after a given last activation. */
export interface FusedLoss {
  readonly kind: LossKind;
  /** True if the last activation is dropped, because the loss includes it. */
  readonly dropsActivation: boolean;
  /** The activation that turns the loss's inputs into predictions; `linear` if they are predictions already. */
  readonly link: ActivationSpec;
}

/** The kind of a loss on predictions, whatever comes before it. */
export function lossOfPredictions(spec: LossSpec): LossKind {
  return entryOf(spec).kind;
}

/** The numbers of a loss that are given per output, if there are any. */
export function lossWeights({ posWeight, alpha }: LossSpec): readonly number[] | null {
  return [posWeight, alpha].find((option) => typeof option === "object") ?? null;
}

/** The opcode's view of a loss: its numbers, without those given per output. */
export function lossNumbers(spec: LossSpec): LossNumbers {
  return {
    smoothing: spec.labelSmoothing ?? 0,
    alpha: 1,
    beta: 0,
    gamma: spec.gamma ?? 0,
    ...entryOf(spec).numbers?.(spec as Required<LossSpec>),
  };
}

/**
 * Softmax with a categorical cross-entropy, and sigmoid with a binary one, are computed from the logits
 * whichever way they are spelled.
 * @throws OptionError if `fromLogits` is set after an activation that is not linear.
 */
export function fuseLoss(spec: LossSpec, last: ActivationSpec): FusedLoss {
  const { kind, logits } = entryOf(spec);
  const { fromLogits } = spec;
  if (fromLogits && last.type !== "linear") {
    throw new OptionError(
      `compile: ${spec.type} with fromLogits expects a linear last layer, got ${last.type}. ` +
        `Drop fromLogits: after ${logits?.activation} the loss is computed from the logits anyway.`,
    );
  }
  const dropsActivation = !fromLogits && last.type === logits?.activation;
  return logits && (fromLogits || dropsActivation)
    ? { kind: logits.kind, dropsActivation, link: { type: logits.activation } }
    : { kind, dropsActivation, link: { type: "linear" } };
}
