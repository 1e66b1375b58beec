/** The pages of docs/learn/, and the blocks of output in them. Runs nothing. */
import { readdirSync, readFileSync } from "node:fs";

export const folder = new URL("../../docs/learn/", import.meta.url);

export const pages = readdirSync(folder)
  .filter((name) => name.endsWith(".md"))
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), "utf8") }));

/** Blocks that say which program printed them: a title, the program and its lines. */
export const blocks = pages.flatMap(({ name, text }) =>
  [...text.matchAll(/<!-- npm run example -- ([\w-]+) -->\n```text\n([\s\S]*?)\n```/g)].map(
    ([, example, block]) => [`${name}: ${example}`, example, block.split("\n")] as const,
  ),
);
