/** Files that a command has written. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { saveFile } from "simdgrad/node";
import { failure } from "../failure.js";
import { checkFolder, checkWritable } from "./paths.js";

/** Contents by file name. */
export type Contents = Readonly<Record<string, string | Uint8Array>>;

export interface Written {
  readonly path: string;
  readonly bytes: number;
}

export async function writeOne(path: string, content: string | Uint8Array): Promise<Written> {
  await saveFile(path, content);
  return { path, bytes: Buffer.byteLength(content) };
}

/**
 * Writes files into a folder, which is made if there is none. Nothing is written if one of them would replace a file of
 * `read`; `option` names the folder.
 */
export async function writeFolder(
  folder: string,
  files: Contents,
  option: string,
  read: readonly string[],
): Promise<Written[]> {
  await checkFolder(folder, option);
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw failure(`${JSON.stringify(folder)} cannot be made: ${error.message}. Name another folder.`);
  });
  for (const name of Object.keys(files)) await checkWritable(join(folder, name), option, read);
  const written: Written[] = [];
  for (const [name, content] of Object.entries(files)) written.push(await writeOne(join(folder, name), content));
  return written;
}
