/** Files that a crash leaves old or new, but never half-written: written next to the old file, flushed, renamed. */
import { createHash, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, mkdir, open, readdir, readlink, realpath, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { OptionError, SimdgradError, show } from "../base/errors.js";

/** Refuses anything that is not a path. @throws OptionError */
export function checkPath(where: string, path: unknown): string {
  if (typeof path === "string" && path !== "" && !path.includes("\0")) return path;
  throw new OptionError(`${where}: expected a path, got ${show(path)}.`);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** All bytes at once, or pieces that are written as they come. */
type FileBytes = string | Uint8Array | AsyncIterable<string | Uint8Array>;

/** Options of `writeAtomically`. */
export interface WriteOptions {
  /** Keep the old file under this name. @default none */
  previous?: string | undefined;
  /** Leave a file that is there, even one that another process makes at the same moment. @default false */
  keepsOld?: boolean;
}

/**
 * Replaces a file in one step; missing folders are made. At every moment there is a whole file at `path`, if there was
 * one before. With `previous`, the old file is kept. A file keeps its mode and owner, and a symbolic link stays: the
 * file that it points to is replaced. Temporary files of dead processes next to it are removed.
 * @throws SimdgradError, naming the path, if it cannot be written; then nothing has changed.
 */
export async function writeAtomically(
  where: string,
  path: string,
  bytes: FileBytes,
  { previous, keepsOld = false }: WriteOptions = {},
): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const target = await targetOf(path);
    const kept = previous && (await targetOf(previous));
    for (const written of [target, kept]) if (written) await sweep(written);
    const temporary = await writeBeside(target, bytes);
    try {
      if (kept) await keep(target, kept);
      await (keepsOld ? makeOnce : rename)(temporary, target);
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => {}); // the error at hand says more
      throw cause;
    }
    await flushFolder(dirname(target));
  } catch (cause) {
    throw new SimdgradError(`${where}: ${path} could not be written: ${messageOf(cause)}`, { cause });
  }
}

/** The file that a path points to, with symbolic links followed, even if there is none yet. */
async function targetOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const link = await readlink(path).catch(() => null);
  return link === null ? path : targetOf(resolve(await realpath(dirname(path)), link));
}

/** Host, process and random letters: no two writers share a temporary file, and the name identifies the writer. */
function temporaryName(path: string): string {
  return join(dirname(path), `${temporaryPrefix(path)}${process.pid}-${randomBytes(8).toString("hex")}.tmp`);
}

/** At most 99 letters of the file and 40 of the host: file systems have room for 255 bytes. */
function temporaryPrefix(path: string): string {
  const name = basename(path);
  const short = Buffer.byteLength(name) < 100 ? name : createHash("sha256").update(name).digest("hex");
  return `.${short}.${hostname()
    .replace(/[^\w-]/g, "_")
    .slice(0, 40)}-`;
}

/** Writes and flushes a new file next to `path`, with the mode and owner of the file at `path`. Returns its name. */
async function writeBeside(path: string, bytes: FileBytes): Promise<string> {
  const temporary = temporaryName(path);
  const there = await stat(path).catch(() => null);
  if (there && !there.isFile()) throw new Error("there is something that is not a file, such as a folder or a device.");
  const mode = there && there.mode & 0o777;
  // O_EXCL: a file or a link that someone planted under this name is never written through.
  const file = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode ?? 0o644);
  try {
    if (there) await file.chown(there.uid, there.gid).catch(() => {}); // only root may give files away
    if (mode !== null) await file.chmod(mode);
    const pieces = typeof bytes === "object" && Symbol.asyncIterator in bytes ? bytes : [bytes];
    for await (const piece of pieces) await file.writeFile(piece); // each after the one before
    await file.sync();
    return temporary;
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw cause;
  } finally {
    await file.close();
  }
}

/** Removes the temporary files of `path` whose processes on this machine are gone, if permissions allow. */
async function sweep(path: string): Promise<void> {
  const prefix = temporaryPrefix(path);
  const names = await readdir(dirname(path)).catch(() => []); // a folder may be writable but not readable
  for (const name of names) {
    const owner = name.startsWith(prefix) && /^(\d+)-[0-9a-f]{16}\.tmp$/.exec(name.slice(prefix.length));
    if (owner && !isAlive(Number(owner[1]))) await rm(join(dirname(path), name), { force: true }).catch(() => {});
  }
}

/** True if a process with this number runs, even one of another user. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Gives the file at `path` a second name, in one step, or makes a copy if there are no links. */
async function keep(path: string, previous: string): Promise<void> {
  const temporary = temporaryName(previous);
  try {
    await link(path, temporary).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") throw error;
      return copyFile(path, temporary, constants.COPYFILE_EXCL);
    });
    await rename(temporary, previous);
    // Two names of one file: the system leaves both as they are.
    await rm(temporary, { force: true });
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error; // there was no file to keep
  }
}

/** Gives a new file its name, unless there is one of that name; in one step, where there are links. */
async function makeOnce(temporary: string, target: string): Promise<void> {
  const code = await link(temporary, target).then(
    () => "EEXIST",
    (error: NodeJS.ErrnoException) => error.code,
  );
  if (code === "EEXIST") await rm(temporary, { force: true });
  else await rename(temporary, target);
}

/** Flushes a folder, so that a crash of the machine cannot undo the renaming. Windows neither has nor needs this. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY).catch(() => null);
  try {
    await folder?.sync();
  } catch {} // not every file system supports it
  await folder?.close();
}
