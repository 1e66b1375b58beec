/** The backends that tests run on. Every suite that touches arithmetic is a `describe.each(backends)`. */
import { Place } from "../../src/plan/op.js";
import type { Backend, BackendFactory } from "../../src/runtime/backend.js";
import { detectFeatures } from "../../src/runtime/features.js";
import { ReferenceBackend } from "../../src/runtime/reference/backend.js";
import { WasmBackend } from "../../src/runtime/wasm.js";
import { isQuick } from "./inFull.js";
import { type Build, compile, PAGE_BYTES } from "./rawWasm.js";

/**
 * "all": the project `kernels` of vitest.config.ts, which adds the relaxed builds. "shipped": the quick run in
 * browsers, which skips the build with assertions, as it is slow and was tested in Node. The quick run in Node skips it,
 * too, and the relaxed builds.
 */
const asked = process.env.SIMDGRAD_TEST_BACKENDS;
const debug: readonly Build[] = asked === "shipped" || isQuick ? [] : ["debug"];
const strict: readonly Build[] = ["simd", "simd-threads", ...debug];
const relaxed: readonly Build[] = asked === "all" && !isQuick ? ["relaxed", "relaxed-threads"] : [];

if (relaxed.length > 0 && !detectFeatures().relaxedSimd) throw new Error("The project `kernels` needs relaxed SIMD.");

/** The builds whose memories must agree bit for bit; the first of each runs on one thread. */
export const families: readonly (readonly Build[])[] = [strict, relaxed].filter((builds) => builds.length > 0);

/** The builds of the Wasm core under test that run on one thread. */
export const variants: readonly Build[] = families.flat().filter((build) => !build.endsWith("-threads"));

/** The standard of comparison: the reference with every value in float64. */
export const oracle: BackendFactory = (words, bytes) => new ReferenceBackend(words, bytes, 64);

/** Name and factory of every Wasm backend under test. */
export const wasmBackends: readonly [name: string, factory: BackendFactory][] = variants.map((variant) => {
  const module = compile(variant);
  return [variant, (words, bytes) => new WasmBackend(module, words, bytes)];
});

const reference: [string, BackendFactory] = ["reference", (words, bytes) => new ReferenceBackend(words, bytes)];

/** Name and factory of every backend under test, the reference included. */
export const backends: readonly [name: string, factory: BackendFactory][] = [reference, ...wasmBackends];

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
