/** Keys that come twice in one object of a JSON text: `JSON.parse` keeps the last without a word, others keep the first. */
import { FormatError, show } from "../base/errors.js";

/** The error for such a file. */
export function keyTwice(where: string, key: string): FormatError {
  const what = `the key ${show(key)} is twice in one object, of which readers take the one or the other`;
  return new FormatError(`${where}: ${what}. Save or download the file again.`);
}

/** The first such key; `null` if there is none. @param text JSON, as `JSON.parse` has taken it */
export function repeatedKey(text: string): string | null {
  /** The keys of the objects that are open, and `null` for lists. */
  const open: (Set<string> | null)[] = [];
  let isKeyNext = false;
  for (let i = 0; i < text.length; i++) {
    const sign = text[i];
    if (sign === "{" || sign === "[") {
      isKeyNext = sign === "{";
      open.push(isKeyNext ? new Set() : null);
    } else if (sign === "}" || sign === "]") {
      open.pop();
    } else if (sign === ",") {
      isKeyNext = open[open.length - 1] !== null;
    } else if (sign === '"') {
      const begin = i++;
      while (text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
      if (!isKeyNext) continue;
      isKeyNext = false;
      const key = JSON.parse(text.slice(begin, i + 1)) as string;
      const keys = open[open.length - 1] as Set<string>;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return null;
}
