/** Models to and from files. */
import { readFile } from "node:fs/promises";
import { checkArguments, DataError, OptionError, show } from "../base/errors.js";
import { readOptions } from "../base/options.js";
import type { SaveOptions } from "../model/file.js";
import { CORE } from "../model/inside.js";
import { type LoadOptions, loadOptions } from "../model/loadOptions.js";
import type { RuntimeOptions } from "../model/options.js";
import type { WorkerModel } from "../remote/workerModel.js";
import { Sequential } from "../sequential.js";
import { checkPath, messageOf, writeAtomically } from "./atomicFile.js";

/**
 * Saves a model so that a crash leaves either the old file or the new one: written next to it, flushed, then renamed.
 * Missing folders are made. Options are those of `model.save`. A model in a worker is saved as any other.
 * @throws OptionError, BackendError for a disposed model; SimdgradError, naming the path, if it cannot be written.
 */
export async function saveModel(
  model: Sequential | WorkerModel,
  path: string,
  options: SaveOptions = {},
): Promise<void> {
  checkArguments("saveModel", arguments, 3);
  if (!(model instanceof Sequential || (await isInWorker(model)))) {
    throw new OptionError(`saveModel: expected a model, then a path, got ${show(model)} first.`);
  }
  checkPath("saveModel: path", path);
  const bytes = await model.save(options);
  await writeAtomically("saveModel", path, bytes);
}

async function isInWorker(model: unknown): Promise<boolean> {
  const { WorkerModel } = await import("../remote/workerModel.js");
  return model instanceof WorkerModel;
}

/**
 * Loads a model that `saveModel` wrote, with the options of `Sequential.load`, but not in a worker.
 * @throws FormatError, naming the file, for anything else; DataError if it cannot be read.
 */
export async function loadModel(path: string, options: RuntimeOptions & LoadOptions = {}): Promise<Sequential> {
  const checked = readOptions("loadModel", loadOptions, options, arguments);
  checkPath("loadModel: path", path);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new DataError(`loadModel: ${path} could not be read: ${messageOf(cause)}`, { cause });
  });
  return Sequential[CORE](`loadModel: ${path}`, bytes, checked);
}
