/**
 * The static checks: formatting and lint, types, words, the package's shape and contents, and the size of what users
 * bundle.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { proseFaults } from "./checkProse.mjs";
import { checkTarball } from "./checkTarball.mjs";

/** Limit in bytes of a program that trains in a browser, minified and gzipped, with one Wasm variant. */
const BUNDLE_BUDGET = 60 * 1024;

/** Names with the calls that a program makes, and the most bytes that each may add, minified and gzipped. */
const PARTS = [
  ["dropout", "(0.5)", 2048],
  ["dice", "()", 6144],
  ["ftrl", "()", 7168],
  ["precision", "()", 5120],
  ["earlyStopping", "()", 3072],
  ["checkGradients", "", 4096],
  ["standardScaler", "()", 24576],
];

let failed = 0;

function report(name, ok, detail = "") {
  if (!ok) failed++;
  console.log(`${ok ? "ok    " : "FAILED"} ${name}${detail ? `  ${detail}` : ""}`);
}

function check(name, script, args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
  report(name, status === 0);
  if (status !== 0) console.log(`${stdout}${stderr}`);
}

/** Bundles a program from the built package as Vite does, and measures the download of a visitor to its page. `name` is one more that it uses. */
async function bundleSize(name = "", call = "") {
  const program = `
    import { Sequential, adam, dense, ${name} } from "simdgrad";
    const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 3 }), dense({ units: 1 })] });
    model.compile({ optimizer: adam(), loss: "meanSquaredError" });
    await model.fit({ x: [[0, 1]], y: [1] });
    console.log(model.predict([[0, 1]]), ${name}${call});`;
  const virtual = {
    name: "program",
    resolveId: (id) => (id === "program" ? join(process.cwd(), "program.js") : null),
    load: (id) => (id.endsWith("program.js") ? program : null),
  };
  const bundle = await rolldown({ input: "program", platform: "browser", plugins: [virtual] });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  const chunks = new Map(output.map((chunk) => [chunk.fileName, { ...chunk, bytes: gzipSync(chunk.code).length }]));
  // The entry, what it imports at once, what instantiates Wasm, and one of the variants (here the largest).
  const downloaded = new Set();
  const visit = (name) => {
    if (downloaded.has(name)) return;
    downloaded.add(name);
    for (const next of chunks.get(name).imports) visit(next);
  };
  visit(output.find(({ isEntry }) => isEntry).fileName);
  const sum = [...downloaded].reduce((total, name) => total + chunks.get(name).bytes, 0);
  const has = (part) => (chunk) => chunk.moduleIds.some((id) => id.includes(part));
  const sizes = (part) => [...chunks.values()].filter(has(part)).map(({ bytes }) => bytes);
  const [loader] = sizes(join("@assemblyscript", "loader"));
  return sum + loader + Math.max(...sizes(join("build", "wasm", "")));
}

check("biome", "node_modules/@biomejs/biome/bin/biome", ["check", "--error-on-warnings"]);
check("types of the library", "node_modules/typescript/bin/tsc", ["-p", "tsconfig.json", "--noEmit"]);
check("types of tests, bench and examples", "node_modules/typescript/bin/tsc", ["-p", "tsconfig.check.json"]);
check("types of the playground", "node_modules/typescript/bin/tsc", ["-p", "playground/tsconfig.json"]);
check("publint", "node_modules/publint/src/cli.js", ["--strict"]);
check("are the types wrong", "node_modules/@arethetypeswrong/cli/dist/index.js", [
  "--pack",
  ".",
  "--profile",
  "esm-only",
  "--exclude-entrypoints",
  "./wasm/*.wasm",
]);
const faults = proseFaults();
report("plain English", faults.length === 0, faults.join("\n"));
const { changed, errors } = await checkTarball();
report("Wasm in the tarball is what the sources compile to", changed.length === 0, changed.join(", "));
report("types without skipLibCheck", errors.length === 0, errors.join("\n"));
const bytes = await bundleSize();
const size = `${(bytes / 1024).toFixed(1)} KB of ${BUNDLE_BUDGET / 1024} KB, minified and gzipped`;
report("bundle of a program that trains", bytes <= BUNDLE_BUDGET, size);
// A program that also uses one of these must not download the others along with it.
for (const [name, call, budget] of PARTS) {
  const more = (await bundleSize(name, call)) - bytes;
  report(`${name} added to it`, more <= budget, `${(more / 1024).toFixed(1)} KB of ${budget / 1024} KB`);
}
process.exit(failed ? 1 : 0);
