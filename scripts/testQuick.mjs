/** `npm run test:quick`: all tests but those of browsers and programs, and those marked `itInFull`. */
import { spawnSync } from "node:child_process";

const projects = ["strict", "kernels"].flatMap((name) => ["--project", name]);
const { status } = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...projects], {
  stdio: "inherit",
  env: { ...process.env, SIMDGRAD_TEST: "quick" },
});
process.exit(status ?? 1);
