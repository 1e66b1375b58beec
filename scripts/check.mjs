/**
 * The static checks: formatting and lint, types, the package's shape and contents, and the size of what users bundle.
 */
import { spawnSync } from "node:child_process";
import { relative } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { checkTarball } from "./checkTarball.mjs";

/** Bytes that a program which trains may cost in a browser, minified and gzipped, with one Wasm variant. */
const BUNDLE_BUDGET = 68 * 1024;

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

async function bundleSize() {
  const program = `
    import { Sequential, adam, dense } from "simdgrad";
    const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 3 }), dense({ units: 1 })] });
    model.compile({ optimizer: adam(), loss: "meanSquaredError" });
    await model.fit({ x: [[0, 1]], y: [1] });
    console.log(model.predict([[0, 1]]));`;
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    splitting: true,
    metafile: true,
    format: "esm",
    platform: "browser",
    outdir: "build/bundle",
    write: false,
    // Chunks of the build import each other for nothing but their order.
    logOverride: { "ignored-bare-import": "silent" },
  });
  const bytesOf = new Map(
    outputFiles.map((file) => [relative(process.cwd(), file.path), gzipSync(file.contents).length]),
  );
  // What a visitor downloads: the entry, what it imports at once, and one of the Wasm variants (here the largest).
  const downloaded = new Set();
  const visit = (path) => {
    if (downloaded.has(path)) return;
    downloaded.add(path);
    for (const { path: next, kind } of metafile.outputs[path].imports) if (kind === "import-statement") visit(next);
  };
  const outputs = Object.entries(metafile.outputs);
  visit(outputs.find(([, { entryPoint }]) => entryPoint === "<stdin>")[0]);
  const isVariant = (path) => /build\/wasm\/(?!marks)/.test(path);
  const variants = outputs.filter(([, { inputs }]) => Object.keys(inputs).some(isVariant));
  const sum = [...downloaded].reduce((total, path) => total + bytesOf.get(path), 0);
  return sum + Math.max(...variants.map(([path]) => bytesOf.get(path)));
}

check("biome", "node_modules/@biomejs/biome/bin/biome", ["check", "--error-on-warnings"]);
check("types of the library", "node_modules/typescript/bin/tsc", ["-p", "tsconfig.json", "--noEmit"]);
check("types of tests, bench, cli, examples", "node_modules/typescript/bin/tsc", ["-p", "tsconfig.check.json"]);
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
const { changed, errors } = await checkTarball();
report("Wasm in the tarball is what the sources compile to", changed.length === 0, changed.join(", "));
report("types without skipLibCheck", errors.length === 0, errors.join("\n"));
const bytes = await bundleSize();
const size = `${(bytes / 1024).toFixed(1)} KB of ${BUNDLE_BUDGET / 1024} KB, minified and gzipped`;
report("bundle of a program that trains", bytes <= BUNDLE_BUDGET, size);
process.exit(failed ? 1 : 0);
