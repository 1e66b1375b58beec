// docs/learn/: what the pages print is what the programs print, and every link and picture is there.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const folder = new URL("../docs/learn/", import.meta.url);
const pages = readdirSync(folder)
  .filter((name) => name.endsWith(".md"))
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), "utf8") }));

/** Blocks that say which program printed them. */
const blocks = pages.flatMap(({ name, text }) =>
  [...text.matchAll(/<!-- npm run example -- ([\w-]+) -->\n```text\n([\s\S]*?)\n```/g)].map(
    ([, example, block]) => [`${name}: ${example}`, example, block.split("\n")] as const,
  ),
);

describe("docs/learn", () => {
  it("has pages with output in them", () => {
    expect(pages.length).toBeGreaterThanOrEqual(10);
    expect(blocks.length).toBeGreaterThanOrEqual(9);
  });

  it.each(blocks)("%s", async (_, example, block) => {
    const lines: string[] = [];
    const { run } = await import(`../examples/${example}.js`);
    await run({ log: (text: string) => lines.push(...text.split("\n").map((line) => line.trimEnd())) });
    const begin = lines.indexOf(block[0]);
    expect(lines.slice(begin, begin + block.length)).toEqual(block);
  });

  it.each(pages)("$name links to what is there", ({ name, text }) => {
    const links = [...text.matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link);
    const local = links.filter((link) => !link.startsWith("http"));
    expect(local.length, name).toBeGreaterThan(0);
    for (const link of local) expect(existsSync(new URL(link, folder)), `${name}: ${link}`).toBe(true);
  });

  it("lists every page in its index", () => {
    const index = pages.find(({ name }) => name === "README.md");
    for (const { name } of pages) if (name !== "README.md") expect(index?.text).toContain(`(${name})`);
  });
});
