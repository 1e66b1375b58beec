/** A file of one's own that a crash leaves old or new. Knows paths and bytes, not models. */
import { checkArguments, DataError, show } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import { checkPath, writeAtomically } from "./atomicFile.js";

/** Contents of a file: text, bytes, or pieces of either that arrive one after the other. */
export type FileContents = string | Uint8Array | AsyncIterable<string | Uint8Array>;

function isContents(contents: unknown): contents is FileContents {
  if (typeof contents === "string" || /^Uint8Array$/.test(kindOf(contents))) return true;
  return typeof contents === "object" && contents !== null && Symbol.asyncIterator in contents;
}

/**
 * Writes a file so that a crash leaves either the old file or the new one: written next to it, flushed, then renamed.
 * Missing folders are made. Pieces are written as they arrive, and none is kept; if they end with an error, the file is
 * as it was.
 *
 * ```js
 * await saveFile("churn.safetensors", model.save()); // a TableModel
 * ```
 * @throws DataError for anything but text, bytes or pieces; OptionError; SimdgradError, naming the path, if it cannot
 * be written; the error with which pieces end
 */
export async function saveFile(path: string, contents: FileContents): Promise<void> {
  checkArguments("saveFile", arguments, 2);
  checkPath("saveFile: path", path);
  if (!isContents(contents)) {
    throw new DataError(`saveFile: expected text, a Uint8Array or an async iterable of them, got ${show(contents)}.`);
  }
  if (typeof contents === "string" || ArrayBuffer.isView(contents)) return writeAtomically("saveFile", path, contents);
  let failure: { readonly cause: unknown } | null = null;
  const pieces = async function* () {
    try {
      yield* contents;
    } catch (cause) {
      failure = { cause };
      throw cause;
    }
  };
  try {
    await writeAtomically("saveFile", path, pieces());
  } catch (error) {
    throw failure === null ? error : (failure as { cause: unknown }).cause;
  }
}
