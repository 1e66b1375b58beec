/**
 * Short names for methods and fields that only internal classes have, in all files for bundlers: these shorten variables, but
 * no properties. Plain data keeps its names: it goes into files, to workers and to users.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseAst } from "rolldown/parseAst";
import { Visitor } from "rolldown/utils";

/** Classes whose objects stay inside: no user is given one, and none is posted, stored or enumerated. */
const INTERNAL = [
  ...["Session", "ModelState", "ModelCore", "TrainingState", "Tape", "Feed", "Fit", "RefusedStep", "Breather"],
  ...["RowBatches", "RowReader", "StreamSource", "StreamReader", "Audience"],
];

const WORD = /[A-Za-z_$][\w$]*/g;

/** A file of declarations without its comments. @param {string} path */
const declarationsOf = (path) => readFileSync(path, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");

/**
 * Words of the declarations that an entry point exports, or hands on from other files.
 * @param {string[]} declarations
 */
function publicWords(declarations) {
  const words = new Set();
  const seen = new Set();
  /** @param {string} path */
  const read = (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    const text = declarationsOf(path);
    for (const [word] of text.matchAll(WORD)) words.add(word);
    for (const [, from] of text.matchAll(/export (?:type )?(?:\*|\{[^}]*\}) from "(\.[^"]+)"/g)) {
      read(join(dirname(path), from.replace(/\.js$/, ".d.ts")));
    }
  };
  declarations.forEach(read);
  return words;
}

/** Words of the declarations of JavaScript and its platforms. */
function platformWords() {
  const words = new Set();
  for (const platform of readdirSync("node_modules/@typescript")) {
    const folder = join("node_modules/@typescript", platform, "lib");
    for (const name of readdirSync(folder).filter((one) => one.endsWith(".d.ts"))) {
      for (const [word] of declarationsOf(join(folder, name)).matchAll(WORD)) words.add(word);
    }
  }
  return words;
}

/**
 * What the files say about names: members of internal classes, and all words that must stay.
 * @param {string[]} codes
 */
function wordsOf(codes) {
  /** @type {Set<string>[]} */
  const [members, kept, properties] = [new Set(), new Set(), new Set()];
  /** @param {any} node @param {boolean} isInternal */
  const addMembers = (node, isInternal) => {
    for (const { key, computed } of node.body.body) {
      if (key?.type === "Identifier" && !computed) (isInternal ? members : kept).add(key.name);
    }
  };
  /** @param {string} text */
  const keepWords = (text) => {
    if (/^[\w$.]+$/.test(text)) for (const [word] of text.matchAll(WORD)) kept.add(word);
  };
  for (const code of codes) {
    const named = new Set();
    new Visitor({
      VariableDeclarator({ id, init }) {
        if (init?.type !== "ClassExpression") return;
        named.add(init);
        addMembers(init, id.type === "Identifier" && INTERNAL.includes(id.name));
      },
      ClassDeclaration: (node) => addMembers(node, INTERNAL.includes(node.id?.name ?? "")),
      ClassExpression(node) {
        if (!named.has(node)) addMembers(node, false);
      },
      Property({ key, computed }) {
        if (key.type === "Identifier" && !computed) kept.add(key.name);
      },
      MemberExpression({ property, computed }) {
        if (property.type === "Identifier" && !computed) properties.add(property.name);
      },
      Literal({ value }) {
        if (typeof value === "string") keepWords(value);
      },
      TemplateElement({ value }) {
        keepWords(value.cooked ?? "");
      },
    }).visit(parseAst(code));
  }
  return { members, kept, properties };
}

/** Names of one and two letters. */
function* letters() {
  const all = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$"];
  yield* all;
  for (const first of all) for (const second of all) yield first + second;
}

/**
 * A short name for each member of internal classes that is nowhere the name of something else: of plain data, of another
 * class, of the platform, of what users see, or a word in a string.
 * @param {string[]} codes All files that are loaded together.
 * @param {string[]} declarations Those of the entry points.
 * @returns {Map<string, string>}
 */
export function shortNamesFor(codes, declarations) {
  const { members, kept, properties } = wordsOf(codes);
  for (const words of [publicWords(declarations), platformWords()]) for (const word of words) kept.add(word);
  /** @param {string} name */
  const countOf = (name) => codes.reduce((sum, code) => sum + code.split(`.${name}`).length - 1, 0);
  const names = [...members].filter((name) => name.length > 2 && !kept.has(name));
  const counts = names.map((name) => ({ name, count: countOf(name) }));
  counts.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  const free = [...letters()].filter((short) => !kept.has(short) && !properties.has(short));
  return new Map(counts.map(({ name }, place) => [name, String(free[place])]));
}

/**
 * The code with these names of properties changed.
 * @param {string} code
 * @param {Map<string, string>} names
 */
export function withNames(code, names) {
  /** @type {[number, number, string][]} */
  const edits = [];
  /** @param {any} node */
  const rename = (node) => {
    const { type, name, start, end } = node.property ?? node.key;
    const short = !node.computed && type === "Identifier" && names.get(name);
    if (short) edits.push([start, end, short]);
  };
  new Visitor({ MethodDefinition: rename, PropertyDefinition: rename, MemberExpression: rename }).visit(parseAst(code));
  edits.sort(([a], [b]) => b - a);
  return edits.reduce((left, [start, end, short]) => left.slice(0, start) + short + left.slice(end), code);
}
