// The site's own tools: addresses that work in any folder, and links that lead nowhere. `npm run site` builds the site.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { classicTypeScript } from "../scripts/installAside.mjs";
import { deadLinks } from "../scripts/site/links.mjs";
import { BASE, makeRelative } from "../scripts/site/relative.mjs";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-site-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (path: string, text: string) => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const read = (path: string) => readFileSync(join(folder, path), "utf8");

describe("the site", () => {
  it("finds files and headings that are not there", () => {
    write(
      "index.html",
      `<a href="./guides/data.html#rows">a</a><a href="guides/data.html#gone">b</a><img src="no.svg">`,
    );
    write(
      "guides/data.html",
      `<h1 id="rows"></h1><a href="../">up</a><a href="https://example.com/x">out</a><a href="/abs">x</a>`,
    );
    expect(deadLinks(folder).sort()).toEqual([
      "guides/data.html: /abs is absolute",
      "guides/data.html: /abs leads to no file",
      "index.html: guides/data.html#gone leads to no place in guides/data.html",
      "index.html: no.svg leads to no file",
    ]);
  });

  it("gets relative addresses in pages and styles, and asks for the folder in scripts", () => {
    write("deep/page.html", `<head></head><a href="${BASE}index.html">a</a><script>const a = "${BASE}x";</script>`);
    write("assets/a.css", `a { background: url(${BASE}assets/a.svg) }`);
    write(
      "assets/a.js",
      `export const all = ["${BASE}a.svg", '{"b":"${BASE}b.svg"}', JSON.parse("{\\"c\\":\\"${BASE}c.svg\\"}").c, \`${BASE}\${1}\`, /x"y/.source];`,
    );
    makeRelative(folder, classicTypeScript());
    expect(read("deep/page.html")).toContain(`<a href="../index.html">`);
    expect(read("assets/a.css")).toContain("url(../assets/a.svg)");
    const found = new Function("globalThis", `${read("assets/a.js").replace("export const all =", "return")}`)({
      __siteBase: "/here/",
    });
    expect(found).toEqual(["/here/a.svg", `{"b":"/here/b.svg"}`, "/here/c.svg", "/here/1", 'x"y']);
    const [, script] = /<script>(globalThis.*?)<\/script>/.exec(read("deep/page.html")) ?? [];
    const page = { __siteBase: "" };
    new Function("globalThis", "location", "URL", script)(page, { href: "http://h/some/where/deep/page.html" }, URL);
    expect(page.__siteBase).toBe("/some/where/");
  });
});
