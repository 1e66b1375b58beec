/**
 * Makes a built site work from any folder of any host. VitePress knows only absolute addresses, so the site is built with
 * BASE in front of them. Then pages get relative addresses, and scripts the folder that the page finds itself in.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { filesOf } from "./files.mjs";

/** Base that the site is built with: a name that no page contains. */
export const BASE = "/simdgrad-site-base/";
/** Set by the first script of each page. */
const FOUND = "globalThis.__siteBase";

/**
 * A script in which every text with BASE is put together when it runs.
 * @param {string} text
 * @param {any} ts TypeScript
 */
function inScript(text, ts) {
  if (!text.includes(BASE)) return text;
  const file = ts.createSourceFile("script.js", text, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
  /** @type {[start: number, end: number, replacement: string][]} */
  const changes = [];
  const visit = (/** @type {any} */ node) => {
    if (ts.isStringLiteral(node) && node.text.includes(BASE)) {
      const parts = node.text.split(BASE).map((/** @type {string} */ part) => JSON.stringify(part));
      changes.push([node.getStart(file), node.end, `(${parts.join(`+${FOUND}+`)})`]);
    } else if (ts.isTemplateLiteralToken(node)) {
      const source = text.slice(node.getStart(file), node.end);
      if (source.includes(BASE)) changes.push([node.getStart(file), node.end, source.replaceAll(BASE, `\${${FOUND}}`)]);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  let [result, at] = ["", 0];
  for (const [start, end, replacement] of changes.sort(([a], [b]) => a - b)) {
    result += text.slice(at, start) + replacement;
    at = end;
  }
  return result + text.slice(at);
}

/** @param {string} text @param {string} path @param {any} ts TypeScript */
function inPage(text, path, ts) {
  const root = "../".repeat(path.split("/").length - 1) || "./";
  const first = `<script>${FOUND}=new URL(${JSON.stringify(root)},location.href).pathname</script>`;
  return text
    .split(/(<script[^>]*>[\s\S]*?<\/script>)/)
    .map((/** @type {string} */ part) => {
      const [, opening, script, closing] = /^(<script[^>]*>)([\s\S]*?)(<\/script>)$/.exec(part) ?? [];
      if (opening === undefined) return part.replaceAll(BASE, root);
      return opening.replaceAll(BASE, root) + inScript(script, ts) + closing;
    })
    .join("")
    .replace("<head>", `<head>${first}`);
}

/**
 * Rewrites all pages, scripts and styles of a built site in place.
 * @param {string} folder
 * @param {string} modules where TypeScript 5 or 6 is installed: later ones do not let others use their parser
 */
export function makeRelative(folder, modules = resolve("docs/site/node_modules")) {
  const ts = createRequire(join(modules, "x.js"))("typescript");
  for (const path of filesOf(folder)) {
    const file = join(folder, path);
    const text = () => readFileSync(file, "utf8");
    if (path.endsWith(".html")) writeFileSync(file, inPage(text(), path, ts));
    else if (path.endsWith(".js")) writeFileSync(file, inScript(text(), ts));
    else if (path.endsWith(".css")) writeFileSync(file, text().replaceAll(BASE, path.includes("/") ? "../" : "./"));
  }
}
