/** The ways to run a model that tests of the public API go through. */
import type { RuntimeOptions } from "../../src/index.js";

/** Name of the variant, or of the backend without one, and the options that choose it. */
export const runtimes: readonly [name: string, options: RuntimeOptions][] = [
  ["reference", { backend: "reference" }],
  ["simd", { backend: "wasm", threads: 1 }],
  // The project `kernels` of vitest.config.ts has the relaxed builds too.
  ...(process.env.SIMDGRAD_TEST_BACKENDS === "all"
    ? [["relaxed", { backend: "wasm", threads: 1, deterministic: false }] satisfies [string, RuntimeOptions]]
    : []),
];
