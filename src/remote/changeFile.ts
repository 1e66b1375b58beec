/** Applies the changes of a hook to a model's file saved before it. For pages whose threads share no memory. */
import type { CallbackState } from "../callbacks/callback.js";
import { readModelFile } from "../model/readModelFile.js";
import { writeModelFile } from "../model/writeModelFile.js";
import { loadRun } from "../training/loadRun.js";
import { type StoredState, storeRun } from "../training/trainingState.js";

/** The changes that a hook may make. */
export interface FileChanges {
  /** The rate that was set; `undefined` if none was. */
  readonly learningRate: unknown;
  readonly stopTraining: unknown;
  /** The state of each callback, in order; `null` for callbacks without one. */
  readonly states: readonly (CallbackState | null)[];
}

/** @throws FormatError for bytes that are not a model's file. */
export function changeFile(
  file: Uint8Array,
  { learningRate, stopTraining, states }: FileChanges,
): Uint8Array<ArrayBuffer> {
  const { description, tensors } = readModelFile("save", file);
  if (description.run === undefined) return file.slice();
  const run = loadRun(description.run, tensors);
  const own = states.filter((state) => state !== null);
  const callbacks: StoredState[] = run.callbacks.map(({ name, state }, i) => ({ name, state: own[i] ?? state }));
  const stored = storeRun({ ...run, isStopping: stopTraining === true, callbacks });
  const progress = { ...(description.progress as object), ...(learningRate !== undefined && { learningRate }) };
  return writeModelFile({ ...description, progress, run: stored.json }, [...tensors.values(), ...stored.tensors]);
}
