/**
 * The whole build: AssemblyScript to Wasm, Wasm to base64 modules, TypeScript to JavaScript.
 * Everything it writes is under build/, which is generated and never committed.
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { compileWasm } from "./compileWasm.mjs";

await compileWasm();
rmSync("build/js", { recursive: true, force: true });
const tsc = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"], {
  stdio: "inherit",
});
process.exit(tsc.status ?? 1);
