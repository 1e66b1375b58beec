/** Keeps the model: checks that the file can be written before hours of training, and reads it back afterwards. */
import { access, constants, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { BackendError, DataError, type Sequential } from "simdgrad";
import { loadModel, saveModel } from "simdgrad/node";
import { runtimeOptions } from "./model.js";
import type { Settings } from "./options.js";

/** @throws DataError if no file can be written at `path`. */
export async function checkPlace(path: string): Promise<void> {
  const existing = await stat(path).catch(() => null);
  if (existing && !existing.isFile()) {
    const what = existing.isDirectory() ? "a folder" : "not a regular file";
    throw new DataError(`--save: ${path} is ${what}. Give the name of a file.`);
  }
  try {
    await mkdir(dirname(path), { recursive: true });
    await access(dirname(path), constants.W_OK);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`--save: ${path} cannot be written: ${why}`, { cause });
  }
}

/** Saves the model unless a weight is not finite: an older good file is worth more than that. */
export async function saveFinite(model: Sequential, path: string): Promise<boolean> {
  if (!model.getWeights().every(({ data }) => data.every(Number.isFinite))) return false;
  await saveModel(model, path);
  return true;
}

/** Loads the file and compares its predictions for `x`, bit for bit. @throws BackendError if a bit differs. */
export async function checkFile(settings: Settings, x: Float32Array, expected: Float32Array): Promise<void> {
  using model = await loadModel(settings.save, runtimeOptions(settings));
  const bytes = (values: Float32Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  if (!bytes(model.predict(x)).equals(bytes(expected))) {
    throw new BackendError(`${settings.save}: the model loaded from this file predicts something else.`);
  }
}
