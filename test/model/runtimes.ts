/** The ways to run a model that tests of the public API go through. */
import type { RuntimeOptions } from "../../src/index.js";

/** The project `relaxed` of vitest.config.ts runs only what `strict` has not run already. */
const onlyRelaxed = process.env.SIMDGRAD_TEST_BACKENDS === "relaxed";

/** Name of the variant, or of the backend without one, and the options that choose it. */
export const runtimes: readonly [name: string, options: RuntimeOptions][] = onlyRelaxed
  ? [["relaxed", { backend: "wasm", threads: 1, deterministic: false }]]
  : [
      ["reference", { backend: "reference" }],
      ["simd", { backend: "wasm", threads: 1 }],
    ];
