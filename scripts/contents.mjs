/** Writes the lists of names in docs/guides/contents.md, which is committed, from the tables. A test compares. */
import { readFileSync, writeFileSync } from "node:fs";
import { build as esbuild } from "esbuild";

const CONTENTS = new URL("../docs/guides/contents.md", import.meta.url);

/**
 * The page with its lists brought up to date: each stands between `<!-- name -->` and `<!-- end -->`.
 * @param {string} page @param {Readonly<Record<string, readonly string[]>>} lists
 */
export function listNames(page, lists) {
  return page.replace(/<!-- (\w+) -->.*?<!-- end -->/g, (_, name) => {
    if (!lists[name]) throw new Error(`contents.md: there is no list of names ${name}.`);
    return `<!-- ${name} -->${lists[name].map((one) => `\`${one}\``).join(" ")}<!-- end -->`;
  });
}

/** Brings the page up to date; leaves it untouched if it already is. */
export async function writeContents() {
  const contents = `export * from "./specs/index.js";`;
  const stdin = /** @type {const} */ ({ contents, resolveDir: "src", loader: "ts" });
  const { outputFiles } = await esbuild({ stdin, bundle: true, write: false, format: "esm" });
  const lists = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
  const page = readFileSync(CONTENTS, "utf8");
  const listed = listNames(page, lists);
  if (listed !== page) writeFileSync(CONTENTS, listed);
}
