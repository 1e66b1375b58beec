/** The choice of the small build of the core, which most models can do with. */
import { sizeOf } from "../base/shape.js";
import { isCommon } from "../plan/common.js";
import { buildProgram } from "../program/program.js";
import { placeLayers } from "../specs/layers/facts.js";
import { sgd } from "../specs/optimizers/sgd.js";
import { checkCompile, type ModelSpec } from "./options.js";

/**
 * True if a build with common kernels can run all that these layers do, before and after `compile`. The records that
 * the options of `compile` add are always common, so any of them will do here.
 */
export function needsOnlyCommonKernels({ layers, inputShape, seed }: ModelSpec): boolean {
  try {
    const placed = placeLayers(layers, inputShape);
    const outputs = sizeOf(placed[placed.length - 1].outputShape);
    const compiled = checkCompile({ optimizer: sgd(), loss: "meanSquaredError" }, outputs);
    return buildProgram(placed, inputShape, compiled, seed).plan.records.every(isCommon);
  } catch {
    return false; // whoever makes the model throws the error
  }
}
