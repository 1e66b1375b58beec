// docs/learn/: every link and picture is there. `examples.test.ts` compares what the pages print with the programs.
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { chapters } from "../playground/src/course/chapters.js";
import { pageOptions, splitHash } from "../playground/src/pageOptions.js";
import { defaults } from "../playground/src/setup.js";
import { fromHash, toHash } from "../playground/src/url.js";
import { blocks, folder, pages } from "./support/learnPages.js";

describe("docs/learn", () => {
  it("has pages with output in them", () => {
    expect(pages.length).toBeGreaterThanOrEqual(10);
    expect(blocks.length).toBeGreaterThanOrEqual(9);
  });

  it.each(pages)("$name links to what is there", ({ name, text }) => {
    const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, link]) => link);
    const local = links.filter((link) => !link.startsWith("http"));
    expect(local.length, name).toBeGreaterThan(0);
    for (const link of local) expect(existsSync(new URL(link, folder)), `${name}: ${link}`).toBe(true);
  });

  it.each(pages)("$name leads to setups that the playground knows", ({ text }) => {
    for (const [, hash] of text.matchAll(/"playground: (#[^"]*)"/g)) {
      const { chapter } = pageOptions("", hash);
      const setup = chapter === null ? fromHash(hash).setup : { ...defaults, ...chapters[chapter - 1].setup };
      expect(fromHash(splitHash(hash).setup).problems, hash).toEqual([]);
      expect(toHash(setup), hash).not.toBe("");
    }
  });

  it.each(pages.filter(({ name }) => /^\d/.test(name)))("$name has code, exercises and their answers", ({ text }) => {
    expect(text).toMatch(/^```js$/m);
    const [, exercises, answers] = text.split(/^## Exercises$|<summary>Answers<\/summary>/m);
    const count = (part: string) => part.match(/^\d\. /gm)?.length;
    expect(count(exercises)).toBeGreaterThanOrEqual(3);
    expect(count(answers)).toBe(count(exercises));
  });

  it("lists every page in its index", () => {
    const index = pages.find(({ name }) => name === "README.md");
    for (const { name } of pages) if (name !== "README.md") expect(index?.text).toContain(`(${name})`);
  });
});
