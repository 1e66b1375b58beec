/** Training that survives the end of its process: a backup while it runs, which the same program goes on from. */
import { readFile, rm } from "node:fs/promises";
import { checkKeys, checkNumber, DataError, SimdgradError } from "../base/errors.js";
import type { Callback } from "../callbacks/callback.js";
import { modelCheckpoint } from "../callbacks/modelCheckpoint.js";
import { checkPath, messageOf, writeAtomically } from "./atomicFile.js";

/** Options of `backupAndRestore`. */
export interface BackupOptions {
  /** The file of the backup, for this run alone. Missing folders are made. */
  path: string;
  /** Back up at the end of every epoch, or whenever that many steps have been taken. @default "epoch" */
  every?: "epoch" | number;
}

/**
 * Backs training up to a file, and when `fit` begins and the file is there, goes on from it: run a program again after it
 * was killed, and weights, optimizer, epoch, batch and the states of callbacks continue bit for bit, as if it had never
 * stopped (Keras's BackupAndRestore). When training ends the file is deleted; when it is aborted or fails, it stays. The
 * history that `fit` resolves to begins with the epoch that it goes on in.
 *
 * @example await model.fit(data, { epochs: 100, callbacks: [backupAndRestore({ path: "run/backup" })] });
 * @throws OptionError, and from `fit` where the file is of another model, `compile`, data or batch size; FormatError where
 * it is no model; DataError or SimdgradError, naming the path, where it cannot be read, written or deleted.
 */
export function backupAndRestore(options: BackupOptions): Callback {
  const where = "backupAndRestore";
  checkKeys(where, options, ["path", "every"], arguments);
  const path = checkPath(`${where}: path`, options.path);
  const { onTrainBegin, ...backup } = modelCheckpoint({
    saveFreq: checkEvery(`${where}: every`, options.every ?? "epoch"),
    save: (bytes) => writeAtomically(where, path, bytes),
  });
  let isInterrupted = () => false;
  return {
    ...backup,
    name: where,
    async onTrainBegin(trainer) {
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

function checkEvery(where: string, every: unknown): "epoch" | number {
  return every === "epoch" ? every : checkNumber(where, every, { min: 1, integer: true });
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
