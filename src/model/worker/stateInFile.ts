/** A model's file in which a callback remembers what it remembers now: the worker made the file before the hook ran. */
import type { CallbackState } from "../callbacks/callback.js";
import { loadRun, RUN_PREFIX, storeRun } from "../run.js";
import { readModelFile, writeModelFile } from "../serialize.js";

/** `place` counts the callbacks that have a state. */
export function withState(file: Uint8Array<ArrayBuffer>, place: number, state: CallbackState): Uint8Array<ArrayBuffer> {
  const { description, tensors } = readModelFile(file);
  if (description.run === undefined) return file;
  const run = loadRun(description.run, tensors);
  const callbacks = run.callbacks.map((stored, i) => (i === place ? { ...stored, state } : stored));
  const { json, tensors: ofRun } = storeRun({ ...run, callbacks });
  const others = [...tensors.values()].filter(({ name }) => !name.startsWith(RUN_PREFIX));
  return writeModelFile({ ...description, run: json }, [...others, ...ofRun]);
}
