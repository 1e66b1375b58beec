/** Files that commands read and write: refused early, in words that help. */
import type { Stats } from "node:fs";
import { access, constants, open, readdir, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";

import { didYouMean } from "../../src/base/errors.js";
import { failure, misuse } from "../failure.js";
import type { Io } from "../io.js";

type Failure = NodeJS.ErrnoException;

/** Says why a file cannot be read. */
async function unreadable(path: string, error: Failure): Promise<Error> {
  const where = JSON.stringify(path);
  if (error.code === "ENOENT" || error.code === "ENOTDIR") {
    const there = await readdir(dirname(resolve(path))).catch(() => []);
    return failure(`there is no file ${where}.${didYouMean(basename(path), there) || " Check the path."}`);
  }
  if (error.code === "EACCES" || error.code === "EPERM")
    return failure(`${where} may not be read. Check its permissions.`);
  return failure(`${where} could not be read: ${error.message}`);
}

/** The size of a file. @throws Ending for a folder, or if it is not there. */
export async function sizeOf(path: string, what: string): Promise<number> {
  const found = await stat(path).catch(async (error: Failure) => {
    throw await unreadable(path, error);
  });
  if (found.isDirectory()) throw failure(`${JSON.stringify(path)} is a folder. Give ${what}.`);
  return found.size;
}

/** A file that is open for reading. */
export async function openFile(path: string, what: string) {
  const size = await sizeOf(path, what);
  const file = await open(path).catch(async (error: Failure) => {
    throw await unreadable(path, error);
  });
  return { file, size };
}

/** The bytes of a file, or of standard input, whose size is 0 as nobody knows it. */
export async function openInput(path: string, io: Io): Promise<{ input: AsyncIterable<Uint8Array>; size: number }> {
  if (path === "-") return { input: io.stdin, size: 0 };
  const { file, size } = await openFile(path, "a CSV file");
  return { input: file.createReadStream({ highWaterMark: 2 ** 16 }), size };
}

/** True if both paths lead to one file, also through links. */
async function areSame(path: string, there: Stats | null, other: string): Promise<boolean> {
  if (!there) return resolve(path) === resolve(other);
  const found = await stat(other).catch(() => null);
  return found !== null && found.dev === there.dev && found.ino === there.ino;
}

/** Fails if there is something else than a folder at the path of one, or on the way to it. */
export async function checkFolder(path: string, option: string): Promise<void> {
  const file = await fileOnTheWay(path);
  if (file === null) return;
  const is = resolve(file) === resolve(path) ? "is a file" : `cannot be made: ${file} is a file`;
  throw failure(`${JSON.stringify(path)} ${is}. Name a folder, one that is there or a new one: ${option}.`);
}

/** What stands at a path, or where a folder is to be on the way to it; `null` if that is a folder, or nothing. */
async function fileOnTheWay(path: string): Promise<string | null> {
  const there = await stat(path).catch(() => null);
  if (there !== null) return there.isDirectory() ? null : path;
  const parent = dirname(path);
  return parent === path ? null : fileOnTheWay(parent);
}

/** Fails before the work rather than after it, if a file cannot be written, or is one of `others`, which are needed. */
export async function checkWritable(
  path: string,
  option = "-o",
  others: readonly (string | boolean | number | undefined)[] = [],
  example = option === "--report" ? "report.html" : "model.safetensors",
): Promise<void> {
  if (path === "-") {
    throw misuse(`${option}: expected the path of a file, got "-". Name one: ${option} ${example}.`);
  }
  const isFolderName = /[/\\]$/.test(path);
  const there = await stat(path).catch((error: Failure) => {
    // The walk below tells of a file where a folder is to be.
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
    throw failure(`${JSON.stringify(path)} cannot be written: ${error.message}. Choose another path: ${option}.`);
  });
  if (there?.isDirectory() || (!there && isFolderName)) {
    throw failure(
      `${JSON.stringify(path)} is not a file. Name the file to write: ${option} ${path.replace(/\/+$/, "")}/${example}.`,
    );
  }
  if (there && !there.isFile()) {
    throw failure(`${JSON.stringify(path)} is a device or a pipe, not a file. Choose another path: ${option}.`);
  }
  for (const other of others) {
    if (typeof other !== "string" || !(await areSame(path, there, other))) continue;
    throw misuse(`${JSON.stringify(path)} would replace ${JSON.stringify(other)}. Choose another path: ${option}.`);
  }
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const own = await stat(folder).catch(() => null);
    if (!own && folder !== dirname(folder)) continue;
    const isFolder = own?.isDirectory() === true;
    const isOpen =
      isFolder &&
      (await access(folder, constants.W_OK).then(
        () => true,
        () => false,
      ));
    if (isOpen) return;
    const why = isFolder ? "may not be written to" : "is not a folder";
    throw failure(`${JSON.stringify(path)} cannot be written: ${folder} ${why}. Choose another path: ${option}.`);
  }
}
