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
  return compressed(withoutEmptyFields(code));
}
