/** `npm run test:browsers`: the whole run in browsers; `npm test` has time for only a part of it. */
import { spawnSync } from "node:child_process";

const projects = ["chromium", "firefox"].flatMap((name) => ["--project", name]);
const { status } = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...projects], {
  stdio: "inherit",
  env: { ...process.env, SIMDGRAD_BROWSERS: "full" },
});
process.exit(status ?? 1);
