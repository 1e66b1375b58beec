/**
 * The code of the core chunk, which every program downloads, after what bundlers do not do by themselves, or only one of
 * them does. Nothing is renamed, and lines stay lines.
 */
import { rolldown } from "rolldown";
import { parseAst } from "rolldown/parseAst";
import { Visitor } from "rolldown/utils";

/**
 * Removes fields that only declare a type, such as `name;`, from classes: their constructors set them.
 * @param {string} code
 */
function withoutEmptyFields(code) {
  /** @type {[number, number][]} */
  const empty = [];
  const visitor = new Visitor({
    PropertyDefinition({ start, end, key, value, static: isStatic }) {
      if (value === null && !isStatic && key.type === "Identifier") empty.push([start, end]);
    },
  });
  visitor.visit(parseAst(code));
  return empty.reduceRight((left, [start, end]) => left.slice(0, start) + left.slice(end), code);
}

/**
 * The parts of a node that are code: not the names of properties.
 * @param {any} node
 */
function partsOf(node) {
  /** @param {string} key */
  const isName = (key) => (key === "property" || key === "key") && !node.computed;
  return Object.entries(node ?? {}).flatMap(([key, part]) => (typeof part === "object" && !isName(key) ? [part] : []));
}

/**
 * All names of variables that a part of the code mentions, and of classes after `new`.
 * @param {any} node
 * @param {Set<string>} found
 */
function namesIn(node, found = new Set()) {
  if (node?.type === "Identifier") found.add(node.name);
  if (node?.type === "NewExpression") found.add(`new ${node.callee.name}`);
  for (const part of partsOf(node)) namesIn(part, found);
  return found;
}

/**
 * The names that a statement mentions when it runs as the module loads. Functions in arguments of calls count, as they
 * may be called at once; methods do not, nor do fields of objects.
 * @param {any} node
 * @param {Set<string>} found
 * @returns {Set<string>}
 */
function namesAtOnce(node, found = new Set()) {
  if (Array.isArray(node)) for (const one of node) namesAtOnce(one, found);
  if (typeof node?.type !== "string") return found;
  const isLater = node.type === "MethodDefinition" || (node.type === "PropertyDefinition" && !node.static);
  if (isLater) return node.computed ? namesAtOnce(node.key, found) : found;
  if (/Function/.test(node.type)) return found;
  if (node.type === "Identifier") found.add(node.name);
  if (node.type === "CallExpression" || node.type === "NewExpression") return namesIn(node, found);
  for (const part of partsOf(node)) namesAtOnce(part, found);
  return found;
}

/**
 * Functions of the module as arrows, `const name = (…) => {…}`: bundlers join these in one list, without a word for each.
 * An arrow is there only after its line. So a function stays as it is if something that runs on loading leads to it
 * before, or if it has an annotation or an own `this`.
 * @param {string} code
 */
function withArrows(code) {
  /** @type {any[]} */
  const body = parseAst(code).body;
  /** @type {Map<string, Set<string>>} */
  const mentions = new Map();
  for (const node of body) {
    for (const { id, init } of node.declarations ?? [node]) {
      if (!id?.name) continue;
      const isClass = /^Class/.test(init?.type ?? node.type);
      mentions.set(id.name, isClass ? namesAtOnce(node) : namesIn(node));
      mentions.set(`new ${id.name}`, namesIn(node));
    }
  }
  /** Names that code which runs on loading leads to, and where that code begins. */
  const firstUse = new Map();
  for (const node of body.filter(({ type }) => !/^(?:Import|Export|FunctionDecl)/.test(type))) {
    const left = [...namesAtOnce(node)];
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      if (firstUse.has(name) || !mentions.has(name)) continue;
      firstUse.set(name, node.start);
      left.push(...(mentions.get(name) ?? []));
    }
  }
  const changed = body.filter(({ type, generator, id, start, end }) => {
    if (type !== "FunctionDeclaration" || generator || (firstUse.get(id.name) ?? end) < end) return false;
    const isAnnotated = /NO_SIDE_EFFECTS__(?: \*\/)?\s*$/.test(code.slice(0, start));
    return !isAnnotated && !/\b(?:this|arguments|new\.target)\b/.test(code.slice(start, end));
  });
  return changed.reduceRight((left, { start, end, id, async, body: { start: begin } }) => {
    const parameters = left.slice(id.end, begin).trimEnd();
    const arrow = `const ${id.name} = ${async ? "async " : ""}${parameters} => ${left.slice(begin, end)};`;
    return left.slice(0, start) + arrow + left.slice(end);
  }, code);
}

/**
 * The code after Rolldown's minifier. esbuild finds less in code as we write it, and Rolldown itself finds more in two
 * turns. Annotations stay for bundlers, and the names of modules for coreOrder.mjs.
 * @param {string} code
 */
async function compressed(code) {
  const id = "core";
  const marked = code.replace(/^\/\/ (?=src\/)/gm, "//! ");
  const alone = {
    name: "this chunk alone",
    resolveId: (/** @type {string} */ path) => ({ id: path, external: path !== id }),
    load: () => marked,
  };
  const bundle = await rolldown({ input: id, plugins: [alone], treeshake: false });
  const { output } = await bundle.generate({
    format: "esm",
    comments: { legal: true, annotation: true, jsdoc: false },
    minify: { compress: { joinVars: false }, mangle: false, codegen: { removeWhitespace: false } },
  });
  return output[0].code.replace(/^\/\/! (?=src\/)/gm, "// ");
}

/** @param {string} code */
export async function shortened(code) {
  return compressed(withArrows(withoutEmptyFields(code)));
}
