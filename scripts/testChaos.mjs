/** `npm run test:chaos`: a search on a queue whose workers, servers and coordinator are killed, 20 times each. */
import { spawnSync } from "node:child_process";

const { status } = spawnSync(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", "--project", "strict", "test/bullmq", "--testTimeout", "600000"],
  { stdio: "inherit", env: { SIMDGRAD_CHAOS_RUNS: "20", ...process.env } },
);
process.exit(status ?? 1);
