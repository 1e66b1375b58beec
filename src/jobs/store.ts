/** Places of data files, by name: a folder, or functions of the caller. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { OptionError, show } from "../base/errors.js";
import { writeAtomically } from "../node/atomicFile.js";
import { type DataRef, decodeRows, fileName, type Rows, sha256 } from "./dataFile.js";
import { JobError } from "./errors.js";

/** Keeps files by name. A name is the SHA-256 of the bytes and `.simdgrad-data`. */
export interface DataStore {
  /** The bytes, or `null` if there is no such file. */
  read(name: string): Promise<Uint8Array | null>;
  /** Keeps the bytes; does nothing if the name is there. */
  write(name: string, bytes: Uint8Array): Promise<void>;
}

/** @throws OptionError */
export function checkStore(where: string, given: unknown): string | DataStore {
  if (typeof given === "string" && given !== "") return given;
  const { read, write } = (given ?? {}) as Partial<DataStore>;
  if (typeof read === "function" && typeof write === "function") return given as DataStore;
  throw new OptionError(`${where}: expected a folder or { read, write }, got ${show(given)}.`);
}

/** Data files in a folder. */
export function folderStore(where: string, folder: string): DataStore {
  const isMissing = (error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  };
  return {
    read: (name) => readFile(join(folder, name)).catch(isMissing),
    write: async (name, bytes) => {
      const there = await stat(join(folder, name)).catch(isMissing);
      if (there?.size === bytes.length) return;
      await writeAtomically(where, join(folder, name), bytes);
    },
  };
}

/** The rows of a data file whose bytes have the hash they should. @throws JobError */
export async function readRows(where: string, store: DataStore, data: DataRef): Promise<Rows> {
  const bytes = await store.read(fileName(data));
  if (bytes === null) {
    const remedy = "Give the worker the store of the search, or start the search again, which writes the file";
    throw new JobError(`${where}: the data file ${fileName(data)} is not in its store. ${remedy}.`);
  }
  const hash = sha256(bytes);
  if (hash === data.sha256) return decodeRows(bytes);
  const remedy = "Delete it and start the search again, which writes it anew";
  throw new JobError(`${where}: the data file ${fileName(data)} is damaged: its hash is ${hash}. ${remedy}.`);
}
