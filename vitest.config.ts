/**
 * One suite, two projects. `strict` runs every test as users do; `relaxed` runs those that touch kernels again on the
 * relaxed-SIMD build, which Node 20 has only behind a flag.
 */
import { defineConfig } from "vitest/config";

const needsFlag = Number(process.versions.node.split(".")[0]) < 22;
const inBrowsers = { globalSetup: ["test/browsers/install.ts"] };
const shared = { setupFiles: ["test/support/toBeAllClose.ts"], testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    projects: [
      // Has no cases of its own but in browsers, which it finds or installs.
      { test: { ...shared, ...inBrowsers, name: "browsers", include: ["test/browsers/browsers.test.ts"] } },
      { test: { ...shared, ...inBrowsers, name: "playground", include: ["playground/test/**/*.test.ts"] } },
      { test: { ...shared, name: "strict", include: ["test/**/*.test.ts"], exclude: ["test/browsers/**"] } },
      {
        test: {
          ...shared,
          name: "relaxed",
          include: ["test/kernels/**/*.test.ts", "test/gradients.test.ts", "test/golden/**/*.test.ts"],
          env: { SIMDGRAD_TEST_BACKENDS: "relaxed" },
          pool: "forks",
          execArgv: needsFlag ? ["--experimental-wasm-relaxed-simd"] : [],
        },
      },
    ],
  },
});
