/** Saves the model to files while it trains. */
import { flag, type Given, readOptions, via } from "../base/options.js";
import type { Callback } from "../callbacks/callback.js";
import { logNamesOf } from "../callbacks/logNames.js";
import {
  type CheckpointMoment,
  type CheckpointOptions,
  checkpointOptions,
  modelCheckpoint as checkpointTo,
} from "../callbacks/modelCheckpoint.js";
import { checkPath, writeAtomically } from "./atomicFile.js";
import { readCheckpointPath } from "./checkpointPath.js";
import { claimPath } from "./ownPath.js";

/** Options of `modelCheckpoint` for files. */
const fileCheckpointOptions = {
  /**
   * Path to save to. `{epoch}` stands for the number of the epoch from 1, `{epoch:3}` or `{epoch:03d}` with zeros to 3
   * digits, `{step}` for the steps taken in it (with `saveFreq` in steps). `{valLoss}` stands for any number of the
   * logs with 4 decimals, `{valLoss:2}` or `{valLoss:.2f}` with 2; `{val_loss:.2f}` is the same. `{{` and `}}` are
   * braces.
   */
  path: via<string, string>(checkPath),
  /** Keep the old file as `<path>.previous`. @default true */
  keepPrevious: flag(true),
};

/** Options of `modelCheckpoint` for files. */
export interface FileCheckpointOptions extends CheckpointOptions, Given<typeof fileCheckpointOptions> {}

/**
 * Saves the model to a file after every epoch, or after every best one (Keras's ModelCheckpoint). Each file is written
 * under another name, flushed and renamed, so a crash leaves the old or the new one whole. `loadModel` and
 * `fit(data, { resume: true })` continue from it as if training had not stopped.
 * @throws OptionError for unknown options, braces and formats; from `fit`, for a path that another callback writes, and,
 * after the first epoch or step, for a placeholder that stands for nothing; SimdgradError, naming the path, if it cannot
 * be written.
 */
export function modelCheckpoint(options: FileCheckpointOptions): Callback {
  const where = "modelCheckpoint";
  const table = { ...fileCheckpointOptions, ...checkpointOptions };
  const { path, keepPrevious, ...rest } = readOptions(where, table, options, arguments);
  const isEpochal = rest.saveFreq === "epoch";
  const pattern = readCheckpointPath(`${where}: path`, path, !isEpochal);
  const { onTrainBegin, onEpochEnd, onBatchEnd, ...callback } = checkpointTo({
    ...rest,
    async save(bytes, moment) {
      const file = pattern.fill(moment);
      await writeAtomically(where, file, bytes, { previous: keepPrevious ? `${file}.previous` : undefined });
    },
  });
  let isChecked = false;
  let later: string[] = [];

  /** Checks the path after the first epoch or step, even if that is not saved. */
  function check(moment: () => CheckpointMoment): void {
    if (!isChecked) pattern.check(moment(), later);
    isChecked = true;
  }

  return {
    ...callback,
    onTrainBegin(trainer) {
      claimPath(trainer, where, path);
      if (keepPrevious) claimPath(trainer, where, `${path}.previous`);
      isChecked = false;
      later = trainer.validationFreq !== null && isEpochal ? logNamesOf(trainer).validation : [];
      return onTrainBegin?.(trainer);
    },
    ...(onEpochEnd && {
      onEpochEnd(epoch, logs) {
        check(() => ({ epoch, logs }));
        return onEpochEnd(epoch, logs);
      },
    }),
    ...(onBatchEnd && {
      onBatchEnd(position, logs) {
        check(() => ({ epoch: position.epoch, step: position.step + 1, logs: logs() }));
        return onBatchEnd(position, logs);
      },
    }),
  };
}
