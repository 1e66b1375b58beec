/** Chooses and loads the backend for a model, and gives the reason for the choice. */
import type { BackendName, SelectedBackend } from "./backend.js";

export type { BackendInfo, SelectedBackend } from "./backend.js";

import { chooseVariant, detectFeatures } from "./features.js";
import { openLoader } from "./instance.js";
import { embedded, type ModuleSource, smallModules, type WasmSource } from "./variants.js";
import { checkInstantiable, WasmBackend } from "./wasm.js";

export interface BackendWishes {
  readonly backend: BackendName;
  readonly deterministic: boolean;
  readonly threads: "auto" | number;
  /** Modules to use instead of the embedded ones. */
  readonly wasm?: WasmSource | readonly WasmSource[] | undefined;
}

const noWasm = () => import("./noWasm.js");

/**
 * Selects a backend. `isCommonEnough` tells whether a build with common kernels can run the model.
 * @throws BackendError if `wasm` is requested but not available
 */
export async function selectBackend(
  { backend, deterministic, threads, wasm }: BackendWishes,
  isCommonEnough: () => boolean = () => false,
): Promise<SelectedBackend> {
  if (backend === "reference") return (await noWasm()).reference();
  const modules = wasm === undefined ? embedded : await (await import("./brought.js")).broughtModules(wasm);
  const fastest = chooseVariant(detectFeatures(), deterministic);
  const { variant, reason } = modules.choose?.(fastest) ?? fastest;
  if (variant === null) return (await noWasm()).insteadOfWasm(backend === "wasm", reason);
  const single = await loadSelected(variant, reason, modules, isCommonEnough());
  return threads === "auto" ? single : single.withThreads(threads);
}

/** Loads a particular build of the core, on one thread. */
async function loadSelected(
  variant: "simd" | "relaxed",
  reason: string,
  modules: ModuleSource,
  isCommonEnough: boolean,
): Promise<SelectedBackend> {
  const [module] = await Promise.all([modules.load(variant, isCommonEnough), openLoader()]);
  await checkInstantiable(module);
  const info = { backend: "wasm", variant, threads: 1, reason } as const;
  const single = (threadsReason: string): SelectedBackend => ({
    info: { ...info, threadsReason },
    create: (words, bytes) => new WasmBackend(module, words, bytes),
    withThreads,
    ...(smallModules.has(module) && { whole: () => loadSelected(variant, reason, modules, false) }),
  });
  const withThreads = async (wish: "auto" | number): Promise<SelectedBackend> => {
    if (wish === 1) return single("one thread was asked for");
    return (await import("./moreThreads.js")).withMoreThreads(wish, single, modules);
  };
  return single(`threads: "auto" adds them at the first training step that is large enough`);
}
