/** Chooses and loads the backend for a model, and gives the reason for the choice. */
import { BackendError, checkName } from "../base/errors.js";
import type { BackendFactory } from "./backend.js";
import { chooseVariant, detectFeatures, type Variant } from "./features.js";
import { embedded, type ModuleSource, type WasmSource } from "./variants.js";
import { checkInstantiable, openLoader, WasmBackend } from "./wasm.js";

export const backendNames = ["auto", "wasm", "reference"] as const;

/** Names of backends. `auto` takes WebAssembly if there is SIMD, otherwise the reference. */
export type BackendName = (typeof backendNames)[number];

/** Description of the backend that runs a model. */
export interface BackendInfo {
  readonly backend: "wasm" | "reference";
  /** Build of the Wasm core; `null` on the reference backend. */
  readonly variant: Variant | null;
  readonly threads: number;
  /** Reason why no faster variant was chosen; empty if there is none. */
  readonly reason: string;
  /** Reason why there are no more threads; empty if all cores are used. */
  readonly threadsReason: string;
}

export interface SelectedBackend {
  readonly info: BackendInfo;
  readonly create: BackendFactory;
  /** The same backend with more threads, as many as are available; the reason explains a smaller number. */
  withThreads(threads: "auto" | number): Promise<SelectedBackend>;
  /** Restarts threads that have ended. If that fails, one thread does the work. */
  ready?(): Promise<unknown>;
}

export interface BackendWishes {
  readonly backend: BackendName;
  readonly deterministic: boolean;
  readonly threads: "auto" | number;
  /** Modules to use instead of the embedded ones. */
  readonly wasm?: WasmSource | readonly WasmSource[] | undefined;
}

/** Most threads that "auto" starts. At common sizes, more threads would share more waiting than work. */
const MOST_AUTO_THREADS = 8;

let warned = false;

/** The reference backend. Loaded only on use, so that programs on Wasm do not ship it. */
async function reference(reason: string): Promise<SelectedBackend> {
  const { ReferenceBackend } = await import("./reference/index.js");
  const selected: SelectedBackend = {
    info: { backend: "reference", variant: null, threads: 1, reason, threadsReason: "the reference backend has one" },
    create: (words, bytes) => new ReferenceBackend(words, bytes),
    withThreads: async () => selected,
  };
  return selected;
}

/** Value of SIMDGRAD_BACKEND, so that a program can run on any backend. @throws OptionError for an unknown name */
function backendOfEnvironment(): BackendName {
  const value = typeof process === "object" ? process.env?.SIMDGRAD_BACKEND : undefined;
  return value === undefined ? "auto" : checkName("SIMDGRAD_BACKEND", value, backendNames);
}

/** Selects a backend. @throws BackendError if `wasm` is requested but not available */
export async function selectBackend({
  backend,
  deterministic,
  threads,
  wasm,
}: BackendWishes): Promise<SelectedBackend> {
  const wish = backend === "auto" ? backendOfEnvironment() : backend;
  if (wish === "reference") return reference(`backend: "reference" was asked for`);
  const modules = wasm === undefined ? embedded : await (await import("./brought.js")).broughtModules(wasm);
  const fastest = chooseVariant(detectFeatures(), deterministic);
  const { variant, reason } = modules.choose?.(fastest) ?? fastest;
  if (variant === null) {
    if (wish === "wasm") throw new BackendError(`backend: "wasm" was asked for, but ${reason}. Use backend: "auto".`);
    if (!warned) console.warn(`simdgrad: ${reason}. Training works, but is many times slower.`);
    warned = true;
    return reference(reason);
  }
  const single = await loadSelected(variant, reason, modules);
  return threads === "auto" ? single : single.withThreads(threads);
}

/** Loads a particular build of the core, on one thread. */
export async function loadSelected(
  variant: "simd" | "relaxed",
  reason = "",
  modules: ModuleSource = embedded,
): Promise<SelectedBackend> {
  const [module] = await Promise.all([modules.load(variant), openLoader()]);
  checkInstantiable(module);
  const threaded: Variant = `${variant}-threads`;
  const info = { backend: "wasm", variant, threads: 1, reason } as const;
  const single = (threadsReason: string): SelectedBackend => ({
    info: { ...info, threadsReason },
    create: (words, bytes) => new WasmBackend(module, words, bytes),
    withThreads,
  });
  const withThreads = async (wish: "auto" | number): Promise<SelectedBackend> => {
    if (wish === 1) return single("one thread was asked for");
    const { noThreads, cores } = detectFeatures();
    if (noThreads) return single(noThreads);
    if (!modules.has(threaded)) return single(`wasm: no "${threaded}" build was given`);
    const threads = wish === "auto" ? Math.min(cores, MOST_AUTO_THREADS) : wish;
    if (threads === 1) return single("this machine has one core");
    try {
      const { sharedPool, ThreadedBackend } = await import("./threaded.js"); // loaded only with threads
      const pool = await sharedPool(threads);
      const shared = await modules.load(threaded);
      return {
        info: { ...info, variant: threaded, threads, threadsReason: whyNotMore(threads, cores) },
        create: (words, bytes) => new ThreadedBackend(shared, words, bytes, pool),
        withThreads,
        ready: () => pool.ready().catch(() => {}),
      };
    } catch (cause) {
      return single(`workers could not start: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  };
  return single(`threads: "auto" adds them at the first training step that is large enough`);
}

function whyNotMore(threads: number, cores: number): string {
  if (threads >= cores) return "";
  return threads === MOST_AUTO_THREADS ? `"auto" stops at ${MOST_AUTO_THREADS}` : `${threads} were asked for`;
}
