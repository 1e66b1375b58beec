/**
 * The records that the small builds of the core can run: dense layers with common activations, dropout, and training
 * by common losses and optimizers. What else a model does, the whole builds do.
 */
import { ActivationKind, LossKind } from "./op.js";
import type { TapeRecord } from "./record.js";

/** Opcode of `DecayWeights`, which adamW needs. */
const DECAY_WEIGHTS = 37;

/** True for opcodes whose kernels are in the small builds. */
export function isCommonOp(opcode: number): boolean {
  return opcode <= 12 || opcode === DECAY_WEIGHTS;
}

/** True for activations that are in the small builds. */
export function isCommonActivation(kind: ActivationKind): boolean {
  return kind <= ActivationKind.Softmax;
}

/** True for losses that are in the small builds. */
export function isCommonLoss(kind: LossKind): boolean {
  return kind <= LossKind.MeanAbsoluteError;
}

/** True for a record that the small builds can run, or that runs in TypeScript. */
export function isCommon({ op, script, activation, kind }: TapeRecord): boolean {
  return (
    script !== undefined ||
    (isCommonOp(op.opcode) &&
      isCommonActivation((activation as ActivationKind) ?? 0) &&
      (op.name !== "Loss" || isCommonLoss(kind as LossKind)))
  );
}
