/** Saves the model to files while it trains. */
import { checkBoolean, checkKeys, OptionError } from "../errors.js";
import type { Callback } from "../model/callbacks/callback.js";
import {
  type CheckpointMoment,
  type CheckpointOptions,
  checkpointKeys,
  modelCheckpoint as checkpointTo,
} from "../model/callbacks/modelCheckpoint.js";
import { checkPath, writeAtomically } from "./atomicFile.js";

/** Options of `modelCheckpoint` for files. */
export interface FileCheckpointOptions extends CheckpointOptions {
  /**
   * Where to save. `{epoch}` stands for the number of the epoch from 1, `{epoch:3}` with zeros to 3 digits, `{step}` for
   * the steps taken in it, and `{valLoss}` or `{valLoss:2}` for any number of the logs, with 4 or so many decimals.
   */
  path: string;
  /** Keep the file that was there before as `<path>.previous`. @default true */
  keepPrevious?: boolean;
}

/**
 * Saves the model to a file after every epoch, or every best one (Keras's ModelCheckpoint). Each file is written
 * beside, flushed and renamed, so a crash leaves the old or the new one whole; `loadModel` and
 * `fit(data, { resume: true })` go on from it as if training had not stopped.
 * @throws OptionError for unknown options and placeholders; SimdgradError, naming the path, when it cannot be written.
 */
export function modelCheckpoint(options: FileCheckpointOptions): Callback {
  const where = "modelCheckpoint";
  checkKeys(where, options, ["path", "keepPrevious", ...checkpointKeys]);
  const { path, keepPrevious = true, ...rest } = options;
  checkPath(`${where}: path`, path);
  checkBoolean(`${where}: keepPrevious`, keepPrevious);
  return checkpointTo({
    ...rest,
    async save(bytes, moment) {
      const file = fillIn(path, moment);
      await writeAtomically(where, file, bytes, { previous: keepPrevious ? `${file}.previous` : undefined });
    },
  });
}

/** @throws OptionError for a placeholder that stands for nothing. */
function fillIn(path: string, { epoch, step, logs }: CheckpointMoment): string {
  const counts: Record<string, number> = { epoch: epoch + 1, ...(step !== undefined && { step }) };
  return path.replace(/\{(\w+)(?::(\d{1,2}))?\}/g, (placeholder, name: string, digits?: string) => {
    if (name in counts) return String(counts[name]).padStart(Number(digits ?? 0), "0");
    if (name in logs) return logs[name].toFixed(Number(digits ?? 4));
    const known = [...Object.keys(counts), ...Object.keys(logs)].map((one) => `{${one}}`).join(", ");
    throw new OptionError(`modelCheckpoint: path: ${placeholder} stands for nothing. There is ${known}.`);
  });
}
