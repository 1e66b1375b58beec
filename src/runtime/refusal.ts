/** What an engine that refuses WebAssembly most likely means. Loaded when one does. */
import { BackendError } from "../base/errors.js";

/** Error that words the most likely meaning of an engine's refusal. */
export function refusal(what: string, cause: unknown): BackendError {
  return new BackendError(
    `${what}: ${cause instanceof Error ? cause.message : cause} ` +
      `Under a content security policy, allow script-src 'wasm-unsafe-eval'. On a host that compiles no bytes, give ` +
      `wasm: an imported simdgrad/wasm/simd.wasm. Or use backend: "reference".`,
    { cause },
  );
}
