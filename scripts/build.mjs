/**
 * The whole build: AssemblyScript to Wasm, Wasm to base64 modules, TypeScript to declarations and JavaScript.
 * Everything it writes is under build/, which is generated and never committed.
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { build } from "esbuild";
import { compileWasm } from "./compileWasm.mjs";
import { entryPoints } from "./entryPoints.mjs";

const OUT = "build/js";

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
    packages: "external",
    external: ["#wasm/*", "node:*"],
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
