/** `npm run dev`: rebuilds the Wasm when assembly/ changes, while vitest reruns the tests that a change touches. */
import { spawn } from "node:child_process";
import { watch } from "node:fs";
import { compileWasm } from "./compileWasm.mjs";

const vitest = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "--project", "strict"], { stdio: "inherit" });
vitest.on("exit", (code) => process.exit(code ?? 0));

let pending = null;
const rebuild = () => {
  clearTimeout(pending);
  pending = setTimeout(() => compileWasm().catch((error) => console.error(error.message)), 200);
};
watch("assembly", { recursive: true }, rebuild);
watch("src/plan/op.ts", rebuild);
