/** The Wasm modules that a worker gets from the thread that starts it. Loaded with the first worker. */
import { chooseVariant, detectFeatures, type Variant } from "./features.js";
import type { BackendWishes } from "./select.js";
import { embedded, type WasmSource } from "./variants.js";

/** The compiled modules that a worker needs to run a model with these options; none on the reference backend. */
export async function modulesFor({ backend, deterministic, threads, wasm }: BackendWishes): Promise<WasmSource[]> {
  if (backend === "reference" || wasm !== undefined) return [];
  const { variant } = chooseVariant(detectFeatures(), deterministic);
  if (variant === null) return [];
  const mayShare = threads !== 1 && typeof SharedArrayBuffer === "function";
  const variants: Variant[] = mayShare ? [variant, `${variant}-threads`] : [variant];
  return Promise.all(variants.map((name) => embedded.load(name)));
}
