/** The choice of the small build of the core, which most models can do with. */
import { sizeOf } from "../base/shape.js";
import { isCommon } from "../plan/common.js";
import { Tape } from "../plan/tape.js";
import { allocateParameters, emitForward } from "../program/layers.js";
import { placeLayers } from "../specs/layers/facts.js";
import type { ModelSpec } from "./options.js";

/**
 * True if a build with common kernels can run all that these layers do. A backward pass needs rare kernels only if the
 * forward pass of training does. What losses and optimizers need is loaded before training (`ModelState.loadKernels`).
 */
export function needsOnlyCommonKernels({ layers, inputShape, seed }: ModelSpec): boolean {
  try {
    const tape = new Tape();
    const placed = placeLayers(layers, inputShape);
    const parameters = allocateParameters(tape, placed);
    emitForward(tape, placed, parameters, tape.rows("x", sizeOf(inputShape)), seed, { training: true });
    return (
      tape.build().records.every(isCommon) &&
      parameters.every(({ regularizer, constraint }) => !regularizer && !constraint)
    );
  } catch {
    return false; // whoever makes the model throws the error
  }
}
