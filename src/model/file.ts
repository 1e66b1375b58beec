/** `save`: describes a model for its file. Reading is in `loadModel.ts`, which is loaded with the first file. */
import { OptionError } from "../base/errors.js";
import { flag, type Given, readOptions } from "../base/options.js";
import type { Compiled } from "../program/types.js";
import type { ModelCore } from "./core.js";
import { writeModelFile } from "./writeModelFile.js";

/** Options of `save`. */
const saveOptions = {
  /**
   * Keep everything that training needs to continue: the optimizer's slots and the interrupted run. Without it, the
   * file of a model trained with Adam has a third of the bytes. @default true
   */
  optimizer: flag(true),
};

/** Options of `save`. */
export interface SaveOptions extends Given<typeof saveOptions> {}

/** @throws the errors of `Sequential.save`. */
export function saveModel(core: ModelCore, options: SaveOptions = {}): Uint8Array<ArrayBuffer> {
  if ((options as { weights?: unknown } | null)?.weights !== undefined) {
    throw new OptionError("save: weights: use compact(model, { weights }) of simdgrad/compact.");
  }
  const { optimizer } = readOptions("save", saveOptions, options);
  core.checkUsable("save");
  checkSavable(core.state.compiled);
  const { metadata, attachment } = core;
  const more = { ...(metadata && { metadata }), ...(attachment && { attachment }) };
  if (!optimizer) {
    const description = { ...identityOf(core), progress: core.training.untrained, ...more, optimizer };
    return writeModelFile(description, core.state.readWeights());
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
