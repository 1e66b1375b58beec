/** What a model's file says of it: `save`, `load`, and going on from a file in the midst of a program. */
import { BackendError, checkBoolean, checkKeys, FormatError, OptionError, SimdgradError } from "../errors.js";
import { copyJson } from "../json.js";
import { placeLayers } from "../layers/index.js";
import { selectBackend } from "../runtime/select.js";
import { formatShape } from "../shape.js";
import type { Compiled } from "./compile.js";
import { ModelCore } from "./core.js";
import { type CheckedRuntime, type CompileOptions, checkModel, type ModelSpec } from "./options.js";
import { type NamedTensor, readModelFile, writeModelFile } from "./serialize.js";

/** Options of `save`. */
export interface SaveOptions {
  /**
   * Keep what training needs to go on: the optimizer's slots and the run that was interrupted. Without, a file that was
   * trained with Adam has a third of the bytes. @default true
   */
  optimizer?: boolean;
}

/** @throws what `Sequential.save` throws. */
export function saveModel(core: ModelCore, options: SaveOptions = {}): Uint8Array<ArrayBuffer> {
  checkKeys("save", options, ["optimizer"]);
  const optimizer = checkBoolean("save: optimizer", options.optimizer ?? true);
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

/** What decides, together with the data, how training goes. */
function identityOf({ spec, state }: ModelCore) {
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

/** Puts a model, while a `fit` begins, where it was when the file was saved. @throws OptionError, FormatError */
export function resumeFrom(core: ModelCore, file: Uint8Array): void {
  const { description, tensors } = readModelFile(file);
  if (description.optimizer === false) {
    throw new OptionError("fit: resumeFrom: the file was saved with optimizer: false. Save it without that option.");
  }
  for (const [name, own] of Object.entries(identityOf(core))) {
    if (JSON.stringify(description[name]) === JSON.stringify(own)) continue;
    const what = name === "compiled" ? "was compiled otherwise" : `has another ${name}`;
    throw new OptionError(`fit: resumeFrom: the model in the file ${what}. Use the program that wrote it.`);
  }
  core.training.load(description, tensors);
  core.state.load(tensors, description.averaged === true);
  core.state.isAveraged = false;
  core.training.resumeLive();
}

/** @throws what `Sequential.load` throws. */
export async function loadModel(bytes: Uint8Array | ArrayBuffer, runtime: CheckedRuntime): Promise<ModelCore> {
  const { description, tensors } = readModelFile(bytes);
  try {
    const spec = checkModel("load", description);
    checkStored(spec, tensors);
    const core = new ModelCore(spec, runtime.threads, await selectBackend(runtime), { draw: false });
    if (description.compiled) core.compile(description.compiled as CompileOptions);
    core.training.load(description, tensors);
    if (description.optimizer === false) core.state.loadWeights(tensors);
    else core.state.load(tensors, description.averaged === true);
    if (description.metadata !== undefined) core.metadata = copyJson("metadata", description.metadata);
    if (description.attachment !== undefined) core.attachment = copyJson("attachment", description.attachment);
    return core;
  } catch (cause) {
    if (cause instanceof FormatError || cause instanceof BackendError) throw cause;
    const reason = cause instanceof SimdgradError ? cause.message : "its description is incomplete.";
    throw new FormatError(`load: the file does not describe a model: ${reason}`, { cause });
  }
}

/** Every weight of the model must be in the file, so that no file can ask for more memory than it has itself. */
function checkStored({ layers, inputShape }: ModelSpec, tensors: ReadonlyMap<string, NamedTensor>): void {
  for (const { name, parameters } of placeLayers(layers, inputShape)) {
    for (const { name: own, shape } of parameters) {
      const path = `${name}/${own}`;
      const stored = tensors.get(path);
      const got = stored ? formatShape(stored.shape) : "nothing";
      if (got === formatShape(shape)) continue;
      throw new FormatError(`load: ${path}: expected ${formatShape(shape)}, got ${got} in the file.`);
    }
  }
}
