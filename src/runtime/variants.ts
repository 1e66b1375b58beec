/** The embedded Wasm modules: decoded and compiled once each, on first use. */
import { BackendError } from "../errors.js";
import type { Variant } from "./features.js";

const sources: Record<Variant, () => Promise<{ default: string }>> = {
  simd: () => import("#wasm/simd"),
  "simd-threads": () => import("#wasm/simd-threads"),
  relaxed: () => import("#wasm/relaxed"),
  "relaxed-threads": () => import("#wasm/relaxed-threads"),
};

const compiled = new Map<Variant, Promise<WebAssembly.Module>>();

/** Node's Buffer where there is one: the fastest, and it is there at once. */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  if (typeof Buffer === "function") return new Uint8Array(Buffer.from(text, "base64"));
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

/** @throws BackendError when the page's policy or the engine refuses to compile. */
export function loadVariant(variant: Variant): Promise<WebAssembly.Module> {
  let module = compiled.get(variant);
  if (!module) {
    module = sources[variant]()
      .then(({ default: base64 }) => WebAssembly.compile(decodeBase64(base64)))
      .catch((cause: unknown) => {
        compiled.delete(variant);
        throw new BackendError(
          `The WebAssembly core (${variant}) could not be compiled: ${cause instanceof Error ? cause.message : cause} ` +
            `Under a content security policy, allow script-src 'wasm-unsafe-eval'; or use backend: "reference".`,
          { cause },
        );
      });
    compiled.set(variant, module);
  }
  return module;
}
