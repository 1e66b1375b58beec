/** Training that survives the end of its process: a backup during training, from which the same program continues. */
import { readFile, rm } from "node:fs/promises";
import { DataError, SimdgradError } from "../base/errors.js";
import { type Given, readOptions, via } from "../base/options.js";
import type { Callback } from "../callbacks/callback.js";
import { checkpointOptions, modelCheckpoint } from "../callbacks/modelCheckpoint.js";
import { checkPath, messageOf, writeAtomically } from "./atomicFile.js";
import { claimPath } from "./ownPath.js";

/** Options of `backupAndRestore`. */
const backupOptions = {
  /** The file of the backup, used by this run alone. Missing folders are made. */
  path: via<string, string>(checkPath),
  /** Back up at the end of every epoch, or whenever that many steps have been taken. @default "epoch" */
  every: checkpointOptions.saveFreq,
};

/** Options of `backupAndRestore`. */
export interface BackupOptions extends Given<typeof backupOptions> {}

/**
 * Backs up training to a file. If the file exists when `fit` begins, training continues from it. Run a killed program
 * again, and weights, optimizer, epoch, batch and the states of callbacks continue bit for bit, as if it had never
 * stopped (Keras's BackupAndRestore). The file is deleted when training ends, but stays if it is aborted or fails. The
 * history that `fit` resolves to begins with the epoch in which it continues.
 *
 * @example await model.fit(data, { epochs: 100, callbacks: [backupAndRestore({ path: "run/backup" })] });
 * @throws OptionError, also from `fit` if another callback writes the path, or the file is of another model, `compile`,
 * data or batch size; FormatError if it is not a model; DataError or SimdgradError, naming the path, if it cannot be
 * read, written or deleted.
 */
export function backupAndRestore(options: BackupOptions): Callback {
  const where = "backupAndRestore";
  const { path, every } = readOptions(where, backupOptions, options, arguments);
  const { onTrainBegin, ...backup } = modelCheckpoint({
    saveFreq: every,
    save: (bytes) => writeAtomically(where, path, bytes),
  });
  let isInterrupted = () => false;
  return {
    ...backup,
    name: where,
    async onTrainBegin(trainer) {
      claimPath(trainer, where, path);
      isInterrupted = () => trainer.isInterrupted;
      await onTrainBegin?.(trainer);
      const bytes = await readIfThere(where, path);
      if (bytes) await trainer.resumeFrom(bytes);
    },
    async onTrainEnd() {
      if (!isInterrupted()) await remove(where, path);
    },
  };
}

async function remove(where: string, path: string): Promise<void> {
  await rm(path, { force: true }).catch((cause: unknown) => {
    throw new SimdgradError(`${where}: ${path} could not be deleted: ${messageOf(cause)}`, { cause });
  });
}

async function readIfThere(where: string, path: string): Promise<Uint8Array | null> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return null;
    throw new DataError(`${where}: ${path} could not be read: ${messageOf(cause)}`, { cause });
  });
}
