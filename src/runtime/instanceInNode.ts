/** Instances of modules, in Node: by the loader of AssemblyScript, which costs no download here (ADR 5). */
import type { instantiateSync } from "./loader.js";

let loader: { readonly instantiateSync: typeof instantiateSync } | undefined;

/**
 * Loads the function that instantiates modules. Its import creates a TextDecoder for strings, which these modules do
 * not have. If an environment lacks TextDecoder, the plain API does the same job.
 */
export async function openLoader(): Promise<void> {
  if (typeof TextDecoder === "function") loader = await import("./loader.js");
}

/** Not with the exports that the loader makes of these: they are wrapped in functions that only pass arguments on. */
export function newInstance(module: WebAssembly.Module, imports: WebAssembly.Imports): WebAssembly.Instance {
  return loader?.instantiateSync(module, imports).instance ?? new WebAssembly.Instance(module, imports);
}
