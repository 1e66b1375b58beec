/** `npm run test:quick`: the tests that need no browser, no process of their own, no example and no package aside. */
import { spawnSync } from "node:child_process";

const projects = ["strict", "kernels"].flatMap((name) => ["--project", name]);
const { status } = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...projects], {
  stdio: "inherit",
  env: { ...process.env, SIMDGRAD_TEST: "quick" },
});
process.exit(status ?? 1);
