/**
 * The whole build: the table of ops to AssemblyScript, AssemblyScript to Wasm, Wasm to base64 modules, TypeScript to
 * declarations and JavaScript, and the program to one with its libraries. It writes to build/, which is never
 * committed, except for `assembly/ops/` and the lists of docs/guides/contents.md, which are committed (ADR 25).
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { build as esbuild } from "esbuild";
import { rolldown } from "rolldown";
import { minifySync } from "rolldown/utils";
import { compileWasm } from "./compileWasm.mjs";
import { writeContents } from "./contents.mjs";
import { inOrder } from "./coreOrder.mjs";
import { entryPoints, formForBundlers } from "./entryPoints.mjs";
import { writeGenerated } from "./generate.mjs";
import { shortened } from "./shortened.mjs";

const OUT = "build/js";
const NODE = "build/node";
const WORKER = "build/worker";
const CLI = "build/cli";

/** Packages that users install with ours; anything else that is imported becomes part of it (see NOTICE). */
function dependencies() {
  return Object.keys(JSON.parse(readFileSync("package.json", "utf8")).dependencies);
}

/** The modules of `src/` that a program loads at once if it imports these names from the main entry point. */
async function modulesFor(names, { entry = "index", formOf = formForBundlers } = {}) {
  const resolve = {
    name: "without side effects, and without what is loaded later",
    setup({ onResolve }) {
      onResolve({ filter: /^\.\.?\// }, ({ kind, resolveDir, path }) =>
        kind === "dynamic-import"
          ? { path, external: true }
          : { path: formOf(join(resolveDir, path.replace(/\.js$/, ".ts"))), sideEffects: false },
      );
    },
  };
  const { metafile } = await esbuild({
    stdin: { contents: `export ${names} from "./src/${entry}.js";`, resolveDir: process.cwd() },
    bundle: true,
    metafile: true,
    write: false,
    format: "esm",
    platform: "neutral",
    external: ["#wasm/*", "#worker/*", ...dependencies()],
    plugins: [resolve],
  });
  const [{ inputs }] = Object.values(metafile.outputs);
  const used = Object.keys(inputs).filter((path) => path.startsWith("src/") && inputs[path].bytesInOutput > 0);
  return new Set(used.map((path) => join(process.cwd(), path)));
}

/**
 * The part of the library that a module belongs to: `losses`, `preprocess`, `callbacks`, a layer … A bundler cannot cut a
 * chunk, so what stands in one comes together; null for the rest.
 */
function partOf(id) {
  const [room, ...rest] = relative("src", id.replace(/\.ts$/, "")).split(sep);
  if (room === "specs" && rest[0] === "layers") return rest[1] === "all" ? null : rest[1]; // it imports every layer
  if (room === "specs") return rest[0];
  if (room === "data" && rest.length > 1) return rest[0];
  return ["callbacks", "check", "data", "inspect"].includes(room) ? room : null;
}

/** Modules with another form for Node. */
const OWN_IN_NODE = ["unpack", "instance", "draw", "commonSources", "updatesSource"];

/** In the build for Node, they are read in that form. */
const inNode = {
  name: "modules for Node",
  resolveId(source, importer) {
    const name = OWN_IN_NODE.find((one) => source === `./${one}.js`);
    const isForAll = name && !importer?.endsWith("InNode.ts");
    return isForAll ? join(dirname(importer), `${name}InNode.ts`) : null;
  },
};

/** In the build for bundlers, modules are read in the form for them. */
const forBundlers = {
  name: "modules for bundlers",
  resolveId(source, importer) {
    if (!importer || !/^\.\.?\/.*\.js$/.test(source)) return null;
    const path = join(dirname(importer), source.replace(/\.js$/, ".ts"));
    const form = formForBundlers(path);
    return form === path ? null : form;
  },
};

/** Bundlers list a module's names with `for … in`, which also finds what others add to Object.prototype. */
const withOwnNames = (code) =>
  code.replace(
    /for ?\(var (\w+) in (\w+)\)(?= ?\w+\(\w+, ?\1, ?\{\s*get: ?\2\[\1\])/g,
    "for (const $1 of Object.keys($2))",
  );

/** Joins modules into `dir`: a file for each entry point and each of `more`, and chunks as `groups` has them. */
async function joinModules(dir, groups, plugins, more = []) {
  const external = ["stream", "fs", ...dependencies()]; // named by Papa Parse and hyparquet, not used
  const bundle = await rolldown({
    input: Object.fromEntries(
      [...entryPoints(), ...more].map((path) => [path.slice("src/".length, -".ts".length), path]),
    ),
    external: (id) => /^(#(?!wasm\/(marks|draw)$)|node:)/.test(id) || external.includes(id),
    platform: "neutral",
    resolve: { mainFields: ["module", "main"], extensionAlias: { ".js": [".ts", ".js"] } },
    treeshake: { moduleSideEffects: false },
    plugins,
  });
  await bundle.write({
    dir,
    format: "esm",
    // Documentation is in the declarations, once.
    comments: { legal: true, annotation: true, jsdoc: false },
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name].js", // a hash would be in every bundle's names of files, beside the bundler's own
    codeSplitting: { groups },
  });
  // No module has side effects, but Node would read what is imported for them, and esbuild would bundle it.
  rewrite(dir, (code) => withOwnNames(code.replace(/^import "\.[^"]+";\n/gm, "")));
}

/**
 * The library twice. For bundlers: `core`, needed by every program that makes a model; a chunk for each part that
 * programs choose from; `shared`, the rest of the main entry point; and chunks for what is loaded when it is needed. The
 * main entry point itself only re-exports: a bundler takes what it imports along with any code in it. For Node, which
 * reads whole files one by one: the main entry point as one chunk. No program loads both, so each class exists once.
 */
async function joinLibrary() {
  const needed = await modulesFor("{ Sequential, dense }");
  const main = await modulesFor("*");
  const sequential = join(process.cwd(), "src/sequential.ts");
  const groups = [
    // Members of enums become numbers in the code. Little of it needs the enums themselves.
    { name: "vocabulary", test: /plan.op\.ts$/ },
    { name: "core", test: (id) => needed.has(id) && id !== sequential },
    { name: "sequential", test: (id) => id === sequential },
    // What many of the parts share, so that none of them comes along with another.
    { name: "math", test: /base.(math|sigmoids)\.ts$/ },
    { name: "random", test: /base.random\.ts$/ },
    { name: "rates", test: /schedules.(rates|cosineFall)\.ts$/ },
    { name: "rows", test: /data.(readArrays|mergedColumn)\.ts$/ },
    { name: "fitData", test: /data.checkLabels\.ts$|training.fitData\.ts$|model.checkedData\.ts$/ },
    { name: "onWarning", test: /data.onWarning\.ts$/ },
    { name: "rareUpdateOps", test: /rareUpdateOps\.ts$/ },
    { debugName: "parts", name: (id) => (main.has(id) ? partOf(id) : null) },
    { name: "shared", test: (id) => main.has(id) },
  ];
  await joinModules(OUT, groups, [forBundlers], ["src/remote/sequential.ts"]);
  writeForBundlers("index", "bundlers", "parts");
  writeForBundlers("worker", "workerForBundlers", "workerParts");
  const core = `${OUT}/chunks/core.js`;
  writeFileSync(core, await shortened(inOrder(readFileSync(core, "utf8"))));
  const callers = await modulesFor("{ Sequential }", { entry: "worker" });
  handOverImports(core, `${OUT}/chunks/sequential.js`, (path) => callers.has(join(process.cwd(), path)));
  const mainInNode = await modulesFor("*", { formOf: (path) => path });
  const alsoInNode =
    /InNode\.ts$|runtime.panelDraws\.ts$|wasm.(marks|draw)\.js$|training.options\.ts$|base.signal\.ts$/;
  const isMain = (id) => mainInNode.has(id) || alsoInNode.test(id);
  await joinModules(NODE, [{ name: "main", test: isMain }], [inNode]);
  shareChunks();
  rewrite(NODE, shortenLocals);
}

/**
 * Shortens the names of parameters and of variables in functions, which Node reads faster. Functions, classes and lines
 * stay as they are, for stack traces. Node also decodes a file several times as fast if all of it is ASCII.
 */
function shortenLocals(code, path) {
  const { code: shortened, errors } = minifySync(path, code, {
    module: true,
    compress: false,
    mangle: { toplevel: false, keepNames: true },
    codegen: { removeWhitespace: false, asciiOnly: true, legalComments: "inline" },
  });
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`);
  return shortened;
}

/** Removes chunks of the build for Node, such as data sets, if the same is in the other build and needs no others. */
function shareChunks() {
  const codeOf = (dir, name) =>
    existsSync(`${dir}/chunks/${name}`) ? readFileSync(`${dir}/chunks/${name}`, "utf8") : "";
  let chunks = readdirSync(`${NODE}/chunks`).filter((name) => codeOf(OUT, name) === codeOf(NODE, name));
  const isAlone = (name) =>
    [...codeOf(NODE, name).matchAll(/"\.[^"]*?([\w-]+\.js)"/g)].every(([, file]) => chunks.includes(file));
  for (let count = -1; count !== chunks.length; ) {
    count = chunks.length;
    chunks = chunks.filter(isAlone);
  }
  for (const name of chunks) rmSync(`${NODE}/chunks/${name}`);
  rewrite(NODE, (code, path) => {
    const there = relative(dirname(path), `${OUT}/chunks`).replaceAll(sep, "/");
    return code.replace(/"\.[^"]*?([\w-]+\.js)"/g, (named, file) =>
      chunks.includes(file) ? `"${there}/${file}"` : named,
    );
  });
}

/** Changes the JavaScript files in a folder. */
function rewrite(dir, change) {
  for (const path of readdirSync(dir, { recursive: true, encoding: "utf8" }).map((name) => join(dir, name))) {
    if (!path.endsWith(".js")) continue;
    const code = readFileSync(path, "utf8");
    const changed = change(code, path);
    if (changed !== code) writeFileSync(path, changed);
  }
}

/**
 * Moves what the core loads later into the chunk of `Sequential`, which hands it over as a list. A bundler takes all that
 * a file can load for needed, so that a program could not take a part of the core, such as the options and data of a
 * model in a worker, without the rest. What such a part itself loads stays.
 */
function handOverImports(core, sequential, isPart) {
  const loaders = [];
  const modules = readFileSync(core, "utf8").split(/^(?=\/\/ src\/)/m);
  const handedOver = modules.map((code) => {
    const [, path] = /^\/\/ (src\/\S+)/.exec(code) ?? [];
    if (path && isPart(path)) return code;
    return code.replace(/import\("\.\/[\w-]+\.js"\)/g, (loader) => {
      if (!loaders.includes(loader)) loaders.push(loader);
      return `later[${loaders.indexOf(loader)}]()`;
    });
  });
  writeFileSync(core, handedOver.join("").replace(/^export \{/m, "const later = [];\nexport { later,"));
  const list = loaders.map((loader) => `  () => ${loader},\n`).join("");
  const handOver = `import { later } from "./core.js";\nlater.push(\n${list});\n`;
  writeFileSync(sequential, handOver + readFileSync(sequential, "utf8"));
}

/**
 * Writes an entry point that only re-exports once more, for bundlers: it names no export itself, but a file for each chunk
 * does. esbuild downloads, with a program that splits, all that the files in it name, if something loads it at any time;
 * so a file that names every export would bring every part.
 */
function writeForBundlers(entry, file, folder) {
  mkdirSync(join(OUT, folder));
  const imports = readFileSync(`${OUT}/${entry}.js`, "utf8").matchAll(
    /^import \{ (.+) \} from "\.\/(\w+\/(\w+)\.js)";$/gm,
  );
  const lines = [...imports].map(([, names, path, part]) => {
    writeFileSync(join(OUT, folder, `${part}.js`), `export { ${names} } from "../${path}";\n`);
    return `export * from "./${folder}/${part}.js";\n`;
  });
  writeFileSync(`${OUT}/${file}.js`, lines.join(""));
}

/** In workers: the caller brings the Wasm. A worker opens no model in another, and trains by `fit` alone. */
const inWorkers = {
  name: "without what only the caller does",
  setup({ onLoad }) {
    onLoad({ filter: /remote.open\.ts$/ }, () => ({ contents: "export function openWorker() {}" }));
    onLoad({ filter: /base.importModule\.ts$/ }, () => ({
      contents: "export const importModule = (url) => load(url);",
    }));
    onLoad({ filter: /training.iterate\.ts$/ }, () => ({ contents: "export function iterate() {}" }));
    onLoad({ filter: /runtime.unpack\.ts$/ }, () => ({ contents: "export async function bytesOf() {}" }));
    onLoad({ filter: /runtime.commonSources\.ts$/ }, () => ({ contents: "export const commonSources = {};" }));
    onLoad({ filter: /wasm.marks\.js$/ }, async ({ path }) => {
      const { default: marks } = await import(path);
      const brought = Object.entries(marks).filter(([name]) => /^(simd|relaxed)(-threads)?$/.test(name));
      return { contents: `export default ${JSON.stringify(Object.fromEntries(brought))};` };
    });
  },
};

/** A program of a worker as one text, with the paths of its modules. */
async function workerText(options, plugins = []) {
  const { outputFiles, metafile } = await esbuild({
    ...options,
    plugins: [...plugins, inWorkers],
    bundle: true,
    minify: true,
    metafile: true,
    write: false,
    format: "iife",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2023",
    external: ["#worker/*", "#wasm/simd*", "#wasm/relaxed*"],
    logLevel: "warning",
  });
  const modules = new Set(Object.keys(metafile.inputs).map((path) => join(process.cwd(), path)));
  return { text: outputFiles[0].text, modules };
}

/**
 * The programs of workers as texts. All of them begin with the library, which the package has once; in a search's, modules
 * of the library are taken from there.
 */
async function embedWorkers() {
  const { modules } = await workerText({ entryPoints: ["src/modelWorker.ts"] });
  const seam = new Map();
  const fromLibrary = {
    name: "modules that the library has",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\.?\/.*\.js$/ }, ({ resolveDir, path }) => {
        const module = join(resolveDir, path.replace(/\.js$/, ".ts"));
        if (!modules.has(module)) return null;
        if (!seam.has(module)) seam.set(module, `m${seam.size}`);
        return { path: seam.get(module), namespace: "library" };
      });
      onLoad({ filter: /./, namespace: "library" }, ({ path }) => ({ contents: `module.exports = library.${path};` }));
    },
  };
  const search = await workerText({ entryPoints: ["src/searchWorker.ts"] }, [fromLibrary]);
  const shown = [...seam].map(([module, name]) => `export * as ${name} from ${JSON.stringify(module)};`);
  const contents = `export { serve } from "./src/modelWorker.ts";\n${shown.join("\n")}`;
  const library = await workerText({ stdin: { contents, resolveDir: process.cwd() }, globalName: "library" });
  const generated = "// Generated by scripts/build.mjs. Do not edit.\n";
  const withLibrary = (text) =>
    `import library from "./library.js";\nexport default library + ${JSON.stringify(text)};\n`;
  const files = {
    library: `export default ${JSON.stringify(library.text)};\n`,
    model: withLibrary("library.serve();"),
    search: withLibrary(search.text),
  };
  rmSync(WORKER, { recursive: true, force: true });
  mkdirSync(WORKER, { recursive: true });
  for (const [name, code] of Object.entries(files)) {
    writeFileSync(`${WORKER}/${name}.js`, generated + code);
    writeFileSync(`${WORKER}/${name}.d.ts`, `${generated}declare const source: string;\nexport default source;\n`);
  }
}

/** The program `simdgrad` with its libraries; the package itself stays outside, and is what programs import. */
async function joinProgram() {
  const bundle = await rolldown({
    input: { index: "cli/index.ts", main: "cli/main.ts" },
    external: (id) => /^(?:node:|simdgrad(?:\/|$))/.test(id),
    platform: "node",
    resolve: { extensionAlias: { ".js": [".ts", ".js"] } },
    treeshake: { moduleSideEffects: (id) => !id.includes("/src/") },
  });
  await bundle.write({
    dir: CLI,
    format: "esm",
    minify: true,
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name]-[hash].js",
  });
  chmodSync(`${CLI}/index.js`, 0o755);
}

/**
 * One file for pages without a bundler, with every Wasm build in it: as a module, and as a script that
 * sets `simdgrad`. They hold the main entry, TableModel, parseCsv, and what pages do with files.
 */
async function joinForPages() {
  const contents = [
    `export * from "./index.js";`,
    `export { parseCsv } from "./csv/index.js";`,
    `export { TableModel } from "./table/index.js";`,
    `export * from "./browser/index.js";`,
  ].join("\n");
  const formats = [
    ["esm", "simdgrad.js"],
    ["iife", "simdgrad.iife.js"],
  ];
  for (const [format, file] of formats) {
    const outfile = `build/cdn/${file}`;
    await esbuild({
      stdin: { contents, resolveDir: OUT },
      outfile,
      format,
      bundle: true,
      minify: true,
      platform: "browser",
      target: "es2022",
      legalComments: "none",
      external: ["stream"],
      // The file has every build anyway, so the small ones would only make it larger.
      alias: Object.fromEntries(["simd", "relaxed"].map((name) => [`#wasm/${name}-common`, `./build/wasm/${name}.js`])),
      logLevel: "warning",
      ...(format === "iife" && { globalName: "simdgrad" }),
      banner: { js: "/* simdgrad, MIT; NOTICE of the package names the libraries in it */" },
    });
    writeFileSync(outfile, withOwnNames(readFileSync(outfile, "utf8")));
  }
}

await writeGenerated();
await writeContents();
await compileWasm();
await embedWorkers();
for (const folder of [OUT, NODE]) rmSync(folder, { recursive: true, force: true });
const tsc = spawnSync(
  process.execPath,
  ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json", "--emitDeclarationOnly"],
  {
    stdio: "inherit",
  },
);
await joinLibrary();
rmSync(CLI, { recursive: true, force: true });
await joinProgram();
await joinForPages();
process.exit(tsc.status ?? 1);
