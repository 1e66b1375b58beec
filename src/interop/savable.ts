/** A value that can leave for another format: a model, or its file. */
import { bytesOf } from "../base/bytes.js";
import { OptionError, show } from "../base/errors.js";
import { type ModelFile, readModelFile } from "../model/readModelFile.js";

/** A model here or in a worker, or the bytes of its `save()`. */
export type Savable = { save(): Uint8Array | PromiseLike<Uint8Array> } | Uint8Array | ArrayBuffer;

/** The bytes of a model, or those given. @throws OptionError naming `where` for anything else */
export async function fileOf(where: string, model: Savable): Promise<Uint8Array> {
  const { save } = (model ?? {}) as { save?: unknown };
  const bytes = bytesOf(typeof save === "function" ? await save.call(model) : model);
  if (bytes) return bytes;
  throw notSavable(where, model);
}

/** The file of a model, read. @throws as `fileOf`, and FormatError naming `where` for bytes of another file */
export async function modelFileOf(where: string, model: Savable): Promise<ModelFile> {
  const bytes = await fileOf(where, model);
  return readModelFile(where, bytes);
}

/** The refusal of anything that is not a model. */
export function notSavable(where: string, given: unknown): OptionError {
  const advice = typeof given === "string" ? "Read that file, and give its bytes." : "Give one of these.";
  return new OptionError(`${where}: expected a model, or the bytes of its save(), got ${show(given)}. ${advice}`);
}
