/** Files by their SHA-256. */
import { createHash } from "node:crypto";
import { type FileHandle, open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { DataError } from "../base/errors.js";
import { messageOf } from "../node/atomicFile.js";

export const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

/** Bytes that are read at once. */
const BLOCK = 2 ** 20;

/** @throws DataError naming the file */
export async function openFile(path: string): Promise<FileHandle> {
  try {
    const file = await open(path);
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (cause) {
    throw new DataError(`${basename(path)}: it could not be read: ${messageOf(cause)}`, { cause });
  }
  throw new DataError(`${basename(path)}: it is not a file. Give the path of one.`);
}

/** The blocks of a file between two places, each but the last of the same size; a block is valid until the next. */
export async function* blocksOf(path: string, begin = 0, end = Infinity): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await openFile(path);
  try {
    for (let at = begin; at < end; ) {
      const block = new Uint8Array(Math.min(BLOCK, end - at));
      let filled = 0;
      while (filled < block.length) {
        const { bytesRead } = await file.read(block, filled, block.length - filled, at + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      if (filled > 0) yield block.subarray(0, filled);
      if (filled < block.length) return;
      at += filled;
    }
  } finally {
    await file.close();
  }
}

/** The first bytes of a file, one block of them at most. */
export async function firstBytes(path: string): Promise<Uint8Array> {
  for await (const block of blocksOf(path)) return block;
  return new Uint8Array();
}

/** Hash and size of a file. `see` is given each block. */
export async function identityOf(path: string, see: (block: Uint8Array) => void = () => {}) {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const block of blocksOf(path)) {
    hash.update(block);
    bytes += block.length;
    see(block);
  }
  return { sha256: hash.digest("hex"), bytes };
}

/** A text that changes with the file: its size, and the time of its last change. */
async function stampOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found === null ? "gone" : `${found.size} ${found.mtimeNs}`;
}

/** Begins to watch a file. The check that it returns throws DataError once the file has changed. */
export async function watchFile(path: string): Promise<() => Promise<void>> {
  const before = await stampOf(path);
  return async () => {
    if ((await stampOf(path)) === before) return;
    const remedy = "Leave the file as it is, and score it into another folder";
    throw new DataError(`${basename(path)}: it changed while it was scored. ${remedy}.`);
  };
}
