/** Links of the built site that lead nowhere: files and anchors. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { filesOf } from "./files.mjs";

/** @param {string} folder of the built site @returns {string[]} a line for each dead link */
export function deadLinks(folder) {
  /** @type {Map<string, Set<string>>} */
  const anchors = new Map();
  const anchorsOf = (/** @type {string} */ path) => {
    if (!anchors.has(path)) {
      const ids = readFileSync(join(folder, path), "utf8").matchAll(/\s(?:id|name)="([^"]+)"/g);
      anchors.set(path, new Set([...ids].map(([, id]) => id)));
    }
    return anchors.get(path) ?? new Set();
  };
  const dead = [];
  for (const page of filesOf(folder, { playground: true }).filter((path) => path.endsWith(".html"))) {
    const text = readFileSync(join(folder, page), "utf8");
    const links = text.replace(/<script[\s\S]*?<\/script>/g, "").matchAll(/\s(?:href|src|srcset)="([^"]*)"/g);
    for (const link of new Set([...links].map(([, address]) => address.replaceAll("&amp;", "&")))) {
      if (/^(?:[a-z]+:|\/\/)/.test(link)) continue;
      const [address, anchor] = decodeURIComponent(link).split("#");
      if (link.startsWith("/")) dead.push(`${page}: ${link} is absolute`);
      const target = address === "" ? page : posix.join(posix.dirname(page), address.replace(/\?.*$/, ""));
      const file =
        existsSync(join(folder, target)) && statSync(join(folder, target)).isDirectory()
          ? posix.join(target, "index.html")
          : target;
      if (!existsSync(join(folder, file))) dead.push(`${page}: ${link} leads to no file`);
      else if (anchor && file.endsWith(".html") && !file.startsWith("playground/") && !anchorsOf(file).has(anchor))
        dead.push(`${page}: ${link} leads to no place in ${file}`);
    }
  }
  return dead;
}
