/** The static checks: formatting and lint, types, the package's shape, and the size of what users bundle. */
import { spawnSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** Bytes that a program which trains may cost in a browser, minified and gzipped, with one Wasm variant. */
const BUNDLE_BUDGET = 40 * 1024;

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
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    outdir: "build/bundle",
    write: false,
  });
  // A visitor downloads the entry, what it imports at once, and one of the Wasm variants: count the largest but debug.
  const sizes = outputFiles.map((file) => ({ path: file.path, bytes: gzipSync(file.contents).length }));
  const variants = sizes.filter(({ path }) => /\/(simd|relaxed)[^/]*\.js$/.test(path)).map(({ bytes }) => bytes);
  const rest = sizes.filter(({ path }) => !/\/(simd|relaxed|debug)[^/]*\.js$/.test(path)).map(({ bytes }) => bytes);
  return Math.max(...variants) + rest.reduce((sum, bytes) => sum + bytes, 0);
}

check("biome", "node_modules/@biomejs/biome/bin/biome", ["check", "--error-on-warnings"]);
check("types of the library", "node_modules/typescript/bin/tsc", ["-p", "tsconfig.json", "--noEmit"]);
check("types of tests, bench, cli, examples", "node_modules/typescript/bin/tsc", ["-p", "tsconfig.check.json"]);
check("publint", "node_modules/publint/src/cli.js", ["--strict"]);
check("are the types wrong", "node_modules/@arethetypeswrong/cli/dist/index.js", [
  "--pack",
  ".",
  "--profile",
  "esm-only",
  "--exclude-entrypoints",
  "./wasm/*.wasm",
]);
const bytes = await bundleSize();
const size = `${(bytes / 1024).toFixed(1)} KB of ${BUNDLE_BUDGET / 1024} KB, minified and gzipped`;
report("bundle of a program that trains", bytes <= BUNDLE_BUDGET, size);
process.exit(failed ? 1 : 0);
