/**
 * The records that the small builds of the core can run: dense layers with common activations, dropout, and all that a
 * model may be compiled with, losses, metrics and optimizers.
 */
import { ActivationKind } from "./op.js";
import type { TapeRecord } from "./record.js";

/** True for opcodes whose kernels are in the small builds. */
export function isCommonOp(opcode: number): boolean {
  return opcode <= 12 || (opcode >= 23 && opcode <= 38);
}

/** True for activations that are in the small builds. */
export function isCommonActivation(kind: ActivationKind): boolean {
  return kind <= ActivationKind.Softmax;
}

/** True for a record that the small builds can run, or that runs in TypeScript. */
export function isCommon({ op, script, activation }: TapeRecord): boolean {
  return script !== undefined || (isCommonOp(op.opcode) && isCommonActivation((activation as ActivationKind) ?? 0));
}
