// docs/learn/: every link and picture is there. `examples.test.ts` compares what the pages print with the programs.
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { blocks, folder, pages } from "./support/learnPages.js";

describe("docs/learn", () => {
  it("has pages with output in them", () => {
    expect(pages.length).toBeGreaterThanOrEqual(10);
    expect(blocks.length).toBeGreaterThanOrEqual(9);
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
