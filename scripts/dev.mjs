/**
 * `npm run dev`: writes assembly/ops/ and rebuilds the Wasm when assembly/ or the ops change, while vitest reruns the
 * tests that a change touches.
 */
import { spawn } from "node:child_process";
import { watch } from "node:fs";
import { compileWasm } from "./compileWasm.mjs";
import { writeGenerated } from "./generate.mjs";

const vitest = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "--project", "strict"], { stdio: "inherit" });
vitest.on("exit", (code) => process.exit(code ?? 0));

let pending = null;
const rebuild = () => {
  clearTimeout(pending);
  pending = setTimeout(() => {
    writeGenerated()
      .then(() => compileWasm())
      .catch((error) => console.error(error.message));
  }, 200);
};
watch("assembly", { recursive: true }, rebuild);
watch("src/plan", rebuild);
