/** The files of a built site. */
import { readdirSync } from "node:fs";
import { posix } from "node:path";

/**
 * Paths of the files, relative to the folder; those of the playground only if asked for: its addresses are relative already.
 * @param {string} folder
 * @returns {string[]}
 */
export function filesOf(folder, { playground = false } = {}) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => posix.join(posix.relative(folder, parentPath.replaceAll("\\", "/")), name))
    .filter((path) => playground || !path.startsWith("playground/"));
}
