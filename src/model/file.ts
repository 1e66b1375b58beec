/** `save`: describes a model for its file. Reading is in `loadModel.ts`, which is loaded with the first file. */
import { OptionError } from "../base/errors.js";
import { flag, type Given, oneOf, readOptions } from "../base/options.js";
import { smaller } from "../formats/smaller.js";
import type { Compiled } from "../program/types.js";
import type { ModelCore } from "./core.js";
import { COMPACT_VERSION, writeModelFile } from "./writeModelFile.js";

/** Options of `save`. */
const saveOptions = {
  /**
   * Keep everything that training needs to continue: the optimizer's slots and the interrupted run. Without it, the
   * file of a model trained with Adam has a third of the bytes. Weights as float16 or int8 come without it. @default true
   */
  optimizer: flag(true),
  /**
   * Type of kernels in the file; biases and other vectors stay float32. `float16`: half the bytes; a weight changes by
   * at most 0.05 %, or 3e-8. `int8`: a quarter of the bytes; each column of a kernel has a scale, its largest value by
   * 127, and a weight changes by at most half of it. `load` gives float32 weights again, those that the file says.
   * @default "float32"
   */
  weights: oneOf(["float32", "float16", "int8"], "float32"),
};

/** Options of `save`. */
export interface SaveOptions extends Given<typeof saveOptions> {}

/** @throws the errors of `Sequential.save`. */
export function saveModel(core: ModelCore, options: SaveOptions = {}): Uint8Array<ArrayBuffer> {
  const { optimizer, weights } = readOptions("save", saveOptions, options);
  core.checkUsable("save");
  checkSavable(core.state.compiled);
  const isSmall = weights !== "float32";
  if (isSmall && options.optimizer) throw new OptionError('save: optimizer: true needs weights: "float32".');
  const { metadata, attachment } = core;
  const more = { ...(metadata && { metadata }), ...(attachment && { attachment }) };
  if (isSmall || !optimizer) {
    const progress = core.training.untrained;
    const description = { ...identityOf(core), progress, ...more, optimizer: false };
    const tensors = core.state.readWeights();
    return isSmall
      ? writeModelFile(description, smaller("save", tensors, weights), COMPACT_VERSION)
      : writeModelFile(description, tensors);
  }
  const training = core.training.store();
  const averaged = core.state.isAveraged ? { averaged: true } : {};
  const description = { ...identityOf(core), ...training.description, ...averaged, ...more };
  return writeModelFile(description, [...core.state.save(), ...training.tensors]);
}

/** The parts of a model that decide, together with the data, the course of training. */
export function identityOf({ spec, state }: ModelCore) {
  const { inputShape, layers, seed } = spec;
  return { inputShape, layers, seed, compiled: state.compiled };
}

function checkSavable(compiled: Compiled | null): void {
  if (typeof compiled?.optimizer.learningRate !== "function") return;
  throw new OptionError(
    "save: the optimizer's learningRate is a function, which a file cannot hold. " +
      "Use a schedule such as exponentialDecay({ … }), or compile with a number before saving.",
  );
}
