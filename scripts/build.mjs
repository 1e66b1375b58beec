/**
 * The whole build: AssemblyScript to Wasm, Wasm to base64 modules, TypeScript to declarations and JavaScript.
 * Everything it writes is under build/, which is generated and never committed.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { build } from "esbuild";
import { compileWasm } from "./compileWasm.mjs";
import { entryPoints } from "./entryPoints.mjs";

const OUT = "build/js";

/** What users install with the package; anything else that is imported becomes part of it (see NOTICE). */
function dependencies() {
  return Object.keys(JSON.parse(readFileSync("package.json", "utf8")).dependencies);
}

/** Joins modules into a file for each entry point, plus chunks for what they share and what they load when needed. */
async function joinModules() {
  await build({
    entryPoints: entryPoints(),
    outbase: "src",
    outdir: OUT,
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    target: "es2023",
    mainFields: ["module", "main"],
    external: ["#wasm/*", "node:*", ...dependencies()],
    logLevel: "warning",
  });
}

await compileWasm();
rmSync(OUT, { recursive: true, force: true });
await joinModules();
const tsc = spawnSync(
  process.execPath,
  ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json", "--emitDeclarationOnly"],
  {
    stdio: "inherit",
  },
);
process.exit(tsc.status ?? 1);
