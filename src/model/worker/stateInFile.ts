/** A model's file in which a callback remembers what it remembers now: the worker made the file before the hook ran. */
import type { CallbackState } from "../callbacks/callback.js";
import { loadRun } from "../loadRun.js";
import { readModelFile } from "../readModelFile.js";
import { storeRun } from "../run.js";
import { writeModelFile } from "../serialize.js";

/** `place` counts the callbacks that have a state. */
export function withState(file: Uint8Array<ArrayBuffer>, place: number, state: CallbackState): Uint8Array<ArrayBuffer> {
  const { description, tensors } = readModelFile(file);
  if (description.run === undefined) return file;
  const run = loadRun(description.run, tensors);
  const callbacks = run.callbacks.map((stored, i) => (i === place ? { ...stored, state } : stored));
  const { json, tensors: ofRun } = storeRun({ ...run, callbacks });
  return writeModelFile({ ...description, run: json }, [...tensors.values(), ...ofRun]);
}
