/**
 * The static checks: formatting and lint, types, words, the package's shape and contents, and the size of what users
 * bundle.
 */
import { spawnSync } from "node:child_process";
import { bundlers, bytesByRoom, downloadsOf, sumOf, trainingProgram, workerProgram } from "./bundles.mjs";
import { proseFaults } from "./checkProse.mjs";
import { checkTarball } from "./checkTarball.mjs";

/** Most bytes that a browser may download for a program that trains, minified and gzipped, with each bundler. */
const BUNDLE_BUDGET = 40 * 1024;

/** The same with the model in a worker, whose program is a text of its own, by entry point. */
const WORKER_BUDGETS = { simdgrad: 215 * 1024, "simdgrad/worker": 190 * 1024 };

/** Names with the calls that a program makes, and the most bytes that each may add, minified and gzipped. */
const PARTS = [
  ["dropout", "(0.5)", 2048],
  ["dice", "()", 6656],
  ["ftrl", "()", 8704],
  ["precision", "()", 7424],
  ["earlyStopping", "()", 3072],
  ["checkGradients", "", 7168],
  ["standardScaler", "()", 27100],
];

let failed = 0;

function inKB(bytes) {
  return (bytes / 1024).toFixed(1);
}

function report(name, ok, detail = "") {
  if (!ok) failed++;
  console.log(`${ok ? "ok    " : "FAILED"} ${name}${detail ? `  ${detail}` : ""}`);
}

function check(name, script, args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
  report(name, status === 0);
  if (status !== 0) console.log(`${stdout}${stderr}`);
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
for (const bundler of Object.keys(bundlers)) {
  const files = await downloadsOf(trainingProgram(), bundler);
  const bytes = sumOf(files);
  report(`${bundler}: a program that trains`, bytes <= BUNDLE_BUDGET, `${inKB(bytes)} of ${inKB(BUNDLE_BUDGET)} KB`);
  console.log(`       ${files.map((file) => `${file.name} ${inKB(file.bytes)}`).join(", ")}`);
  for (const [entry, budget] of Object.entries(WORKER_BUDGETS)) {
    const size = sumOf(await downloadsOf(workerProgram(entry), bundler));
    report(`${bundler}: the same in a worker, by ${entry}`, size <= budget, `${inKB(size)} of ${inKB(budget)} KB`);
  }
  // A program that also uses one of these must not download the others along with it.
  for (const [name, call, budget] of PARTS) {
    const more = sumOf(await downloadsOf(trainingProgram(name, call), bundler)) - bytes;
    report(`${bundler}: ${name} added to it`, more <= budget, `${inKB(more)} KB of ${inKB(budget)} KB`);
  }
}
const rooms = (await bytesByRoom()).map(([room, size]) => `${room} ${inKB(size)}`);
console.log(`       the library in it by room, minified: ${rooms.join(", ")}`);
process.exit(failed ? 1 : 0);
