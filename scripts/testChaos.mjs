/** `npm run test:chaos`: searches on a queue, 20 times each, and on schedulers, whose parts are killed. */
import { spawnSync } from "node:child_process";

const { status } = spawnSync(
  process.execPath,
  [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--project",
    "strict",
    "test/bullmq",
    "test/tasks",
    "--testTimeout",
    "600000",
  ],
  { stdio: "inherit", env: { SIMDGRAD_CHAOS_RUNS: "20", ...process.env } },
);
process.exit(status ?? 1);
