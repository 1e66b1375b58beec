/** Models to and from files. */
import { readFile } from "node:fs/promises";
import { checkArguments, DataError, FormatError, OptionError, show } from "../base/errors.js";
import type { SaveOptions } from "../model/file.js";
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
 * Loads a model that `saveModel` wrote.
 * @throws FormatError, naming the file, for anything else; DataError if it cannot be read.
 */
export async function loadModel(path: string, options: RuntimeOptions = {}): Promise<Sequential> {
  checkArguments("loadModel", arguments, 2);
  checkPath("loadModel: path", path);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new DataError(`loadModel: ${path} could not be read: ${messageOf(cause)}`, { cause });
  });
  try {
    return await Sequential.load(bytes, options);
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}
