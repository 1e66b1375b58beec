/** The backends that tests run on. Every suite that touches arithmetic is a `describe.each(backends)`. */
import { Place } from "../../src/plan/op.js";
import type { Backend, BackendFactory } from "../../src/runtime/backend.js";
import { detectFeatures } from "../../src/runtime/features.js";
import { ReferenceBackend } from "../../src/runtime/reference/index.js";
import { openLoader, WasmBackend } from "../../src/runtime/wasm.js";
import { type Build, compile, PAGE_BYTES } from "./rawWasm.js";

/** The project `relaxed` of vitest.config.ts runs only what `strict` has not run already. */
const onlyRelaxed = process.env.SIMDGRAD_TEST_BACKENDS === "relaxed";

/** The quick run in browsers skips the build with assertions, which is slow and was tested in Node. */
const onlyShipped = process.env.SIMDGRAD_TEST_BACKENDS === "shipped";
const debug: readonly Build[] = onlyShipped ? [] : ["debug"];

if (onlyRelaxed && !detectFeatures().relaxedSimd) throw new Error("The project `relaxed` needs relaxed SIMD.");

/** The builds of the Wasm core under test that run on one thread; the first is the one that is shipped. */
export const variants: readonly Build[] = onlyRelaxed ? ["relaxed"] : ["simd", ...debug];

/** The builds that must agree bit for bit. */
export const twins: readonly Build[] = onlyRelaxed
  ? ["relaxed", "relaxed-threads"]
  : ["simd", "simd-threads", ...debug];

/** The standard of comparison: the reference with every value in float64. */
export const oracle: BackendFactory = (words, bytes) => new ReferenceBackend(words, bytes, 64);

await openLoader();

/** Name and factory of every Wasm backend under test. */
export const wasmBackends: readonly [name: string, factory: BackendFactory][] = variants.map((variant) => {
  const module = compile(variant);
  return [variant, (words, bytes) => new WasmBackend(module, words, bytes)];
});

/** The oracle, where its own values are tested: they are the same whatever the build, so not again for `relaxed`. */
export const formulas: readonly [name: string, factory: BackendFactory][] = onlyRelaxed ? [] : [["float64", oracle]];

const reference: [string, BackendFactory] = ["reference", (words, bytes) => new ReferenceBackend(words, bytes)];

/** Name and factory of every backend under test, the reference included. */
export const backends: readonly [name: string, factory: BackendFactory][] = onlyRelaxed
  ? wasmBackends
  : [reference, ...wasmBackends];

/**
 * A factory that gives the last backend of a size again, with its memory as new, where one backend at a time is
 * enough: a memory and an instance for each of thousands of cases cost more than the cases. The builds hold no state
 * of their own, to which `test/wasmPurity.test.ts` holds them. The reference keeps what it has decoded: not for it.
 */
export function reusing<B extends Backend>(
  create: (words: Int32Array, bytes: number) => B,
): (words: Int32Array, bytes: number) => B {
  const made = new Map<number, B>();
  return (words, bytes) => {
    const pages = Math.ceil(bytes / PAGE_BYTES);
    const backend = made.get(pages) ?? create(words, bytes);
    made.set(pages, backend);
    backend.ints.fill(0);
    backend.ints.set(words, Place.Free / 4);
    return backend;
  };
}
