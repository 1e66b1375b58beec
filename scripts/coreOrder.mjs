/**
 * The order of the modules in the core chunk. gzip finds repeated words within 32 KB, and the core is three times as
 * long: modules that are alike belong together. `node scripts/coreOrder.mjs` searches for an order after a build and
 * writes it to coreOrder.json. An old order still works, only less well: modules that it does not name, and those that
 * another needs first, stay where they are.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { parseAst } from "rolldown/parseAst";
import { trainingProgram } from "./bundles.mjs";

const LIST = new URL("coreOrder.json", import.meta.url);

/** The modules of a chunk, as Rolldown marks them, with what stands before and after them. */
function modulesOf(code) {
  const marks = [...code.matchAll(/^\/\/ (src\/\S+\.ts)\n/gm)];
  const end = code.lastIndexOf("export {");
  const modules = marks.map(({ 1: path, index }, i) => {
    return { path, begin: index, code: code.slice(index, marks[i + 1]?.index ?? end) };
  });
  return { before: code.slice(0, marks[0].index), modules, after: code.slice(end) };
}

/** For each module, the places of earlier ones whose code must have run before its own. */
function needsOf(code, modules) {
  const placeOf = ({ start }) => modules.findLastIndex(({ begin }) => begin <= start);
  const owners = new Map();
  const functions = new Map();
  const { body } = parseAst(code);
  const statements = body.filter((node) => !/^(?:Import|Export)/.test(node.type));
  const own = (node, place) => {
    if (node?.type === "Identifier") owners.set(node.name, place);
    for (const part of node?.properties ?? []) own(part.value ?? part.argument, place);
    for (const part of node?.elements ?? []) own(part, place);
    if (node?.left) own(node.left, place);
  };
  for (const node of statements) {
    for (const { id } of node.declarations ?? [node]) own(id, placeOf(node));
    if (node.type === "FunctionDeclaration") functions.set(node.id.name, node);
  }
  return modules.map((_, place) => {
    const needs = new Set();
    const seen = new Set();
    /** Visits what runs at once: no bodies of functions, unless they are called here. */
    const visit = (node) => {
      if (Array.isArray(node)) return node.forEach(visit);
      if (typeof node?.type !== "string") return;
      if (node.type === "Identifier") return needs.add(owners.get(node.name));
      if (/Function/.test(node.type)) return;
      if (node.type === "MethodDefinition" || (node.type === "PropertyDefinition" && !node.static)) {
        return node.computed && visit(node.key);
      }
      if (node.type === "CallExpression") {
        const { callee } = node;
        const called = functions.get(callee.name) ?? callee;
        if (called !== callee && !seen.has(called)) {
          seen.add(called);
          visit(called.body);
        }
        // Calls of methods, as of arrays, call their arguments at once.
        const now = callee.type === "MemberExpression" ? [callee, ...node.arguments] : [callee];
        for (const one of now) if (/Function/.test(one.type)) visit(one.body);
      }
      for (const [name, part] of Object.entries(node)) {
        const isName = (name === "property" || name === "key") && !node.computed;
        if (typeof part === "object" && !isName) visit(part);
      }
    };
    visit(statements.filter((node) => placeOf(node) === place));
    return [...needs].filter((one) => one < place);
  });
}

/** Places in the order of `wanted`, a list of all of them, but each after those that it needs. */
function placesIn(wanted, needs) {
  const left = [...wanted];
  const done = new Set();
  while (left.length > 0) {
    const next = left.findIndex((place) => needs[place].every((one) => done.has(one)));
    done.add(...left.splice(next, 1));
  }
  return [...done];
}

/** The code of the core chunk, with its modules in the order of the list. */
export function inOrder(code) {
  const list = JSON.parse(readFileSync(LIST, "utf8"));
  const { before, modules, after } = modulesOf(code);
  const wanted = modules.map((_, place) => place);
  const rank = ({ path }) => list.indexOf(path);
  const listed = wanted.filter((place) => rank(modules[place]) >= 0);
  const sorted = [...listed].sort((a, b) => rank(modules[a]) - rank(modules[b]));
  listed.forEach((place, i) => {
    wanted[place] = sorted[i];
  });
  const places = placesIn(wanted, needsOf(code, modules));
  return before + places.map((place) => modules[place].code).join("") + after;
}

/** Searches for an order of the modules of the built core, for that many seconds. */
async function search(path, seconds) {
  const code = readFileSync(path, "utf8");
  const { modules } = modulesOf(code);
  const needs = needsOf(code, modules);
  // Each module as a program that trains holds it: between marks that no bundler drops.
  const marked = code.replace(/^\/\/ (src\/\S+\.ts)\n/gm, (_, name) => `globalThis.mark("${name}");\n`);
  const mark = {
    name: "marks",
    setup: ({ onLoad }) => onLoad({ filter: /chunks.core\.js$/ }, () => ({ contents: marked, loader: "js" })),
  };
  const { outputFiles } = await build({
    stdin: { contents: trainingProgram(), resolveDir: fileURLToPath(new URL("../build", import.meta.url)) },
    plugins: [mark],
    ...{ bundle: true, splitting: true, minify: true, write: false, outdir: "out", format: "esm", platform: "browser" },
    logLevel: "error",
  });
  const [, ...parts] = outputFiles
    .find(({ text }) => text.includes("globalThis.mark("))
    .text.split(/globalThis\.mark\("/);
  const texts = parts.map((part) => part.slice(part.indexOf('")') + 2).replace(/export\{[^}]*\};\s*$/, ""));
  const sizeOf = (places) => gzipSync(places.map((place) => texts[place]).join(""), { level: 9 }).length;
  let places = modules.map((_, place) => place);
  let size = sizeOf(places);
  let [best, least] = [places, size];
  console.log(`${size} bytes`);
  let state = 1;
  const random = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const begin = performance.now();
  for (let share = 0; share < 1; share = (performance.now() - begin) / (seconds * 1000)) {
    const moved = [...places];
    const some = moved.splice(random(moved.length), 1 + random(3));
    moved.splice(random(moved.length + 1), 0, ...some);
    const tried = placesIn(moved, needs);
    const triedSize = sizeOf(tried);
    if (triedSize > size && random(1e6) / 1e6 > Math.exp((size - triedSize) / (6 * (1 - share)))) continue;
    [places, size] = [tried, triedSize];
    if (size < least) [best, least] = [places, size];
  }
  console.log(`${least} bytes`);
  writeFileSync(
    LIST,
    `${JSON.stringify(
      best.map((place) => modules[place].path),
      null,
      2,
    )}\n`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await search("build/js/chunks/core.js", Number(process.argv[2] ?? 120));
