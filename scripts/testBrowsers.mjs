/** `npm run test:browsers`: the whole run in browsers, of which `npm test` has time for a part. */
import { spawnSync } from "node:child_process";

const { status } = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", "--project", "browsers"], {
  stdio: "inherit",
  env: { ...process.env, SIMDGRAD_BROWSERS: "full" },
});
process.exit(status ?? 1);
