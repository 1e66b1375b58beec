/** Files that a crash leaves old or new, but never half: written beside, flushed, renamed. */
import { constants } from "node:fs";
import { copyFile, link, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { OptionError, SimdgradError, show } from "../errors.js";

/** So that two writes at a time to one path do not use the same temporary file. */
let writes = 0;

/** Refuses what is not a path. @throws OptionError */
export function checkPath(where: string, path: unknown): string {
  if (typeof path === "string" && path !== "" && !path.includes("\0")) return path;
  throw new OptionError(`${where}: expected a path, got ${show(path)}.`);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Options of `writeAtomically`. */
export interface WriteOptions {
  /** Keep the file that was there, under this name. @default none */
  previous?: string | undefined;
}

/**
 * Replaces a file in one step; missing folders are made. At every moment there is a whole file at `path`, if there was
 * one before, and with `previous` the one before it is kept.
 * @throws SimdgradError naming the path, when it cannot be written; then nothing has changed.
 */
export async function writeAtomically(
  where: string,
  path: string,
  bytes: Uint8Array,
  { previous }: WriteOptions = {},
): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFlushed(temporary, bytes);
    if (previous) await keep(path, previous);
    await rename(temporary, path);
    await flushFolder(dirname(path));
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {}); // the error at hand says more
    throw new SimdgradError(`${where}: ${path} could not be written: ${messageOf(cause)}`, { cause });
  }
}

function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}-${++writes}.tmp`);
}

async function writeFlushed(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, 0o644);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Gives the file at `path` a second name, in one step; where there are no links, a copy. */
async function keep(path: string, previous: string): Promise<void> {
  const temporary = temporaryName(previous);
  try {
    await link(path, temporary).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") throw error;
      return copyFile(path, temporary);
    });
    await rename(temporary, previous);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error; // there was no file to keep
  }
}

/** Without this a crash of the machine could forget the renaming. Windows has no such thing, and needs none. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY).catch(() => null);
  try {
    await folder?.sync();
  } catch {} // not every file system can
  await folder?.close();
}
