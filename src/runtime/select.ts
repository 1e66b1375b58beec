/** Chooses and loads the backend a model runs on, and says why it was this one. */
import { BackendError, checkName } from "../errors.js";
import type { BackendFactory } from "./backend.js";
import { chooseVariant, detectFeatures, type Variant } from "./features.js";
import { sharedPool } from "./pool.js";
import { loadVariant } from "./variants.js";
import { WasmBackend } from "./wasm.js";

export const backendNames = ["auto", "wasm", "reference"] as const;

/** `auto` takes WebAssembly where there is SIMD, else the reference. */
export type BackendName = (typeof backendNames)[number];

/** What runs a model. */
export interface BackendInfo {
  readonly backend: "wasm" | "reference";
  /** Which build of the Wasm core; `null` on the reference backend. */
  readonly variant: Variant | null;
  readonly threads: number;
  /** Why not a faster variant; empty when there is none. */
  readonly reason: string;
  /** Why not more threads; empty when all cores are used. */
  readonly threadsReason: string;
}

export interface SelectedBackend {
  readonly info: BackendInfo;
  readonly create: BackendFactory;
  /** The same with more threads, as far as they can be had; the reason says how far. */
  withThreads(threads: "auto" | number): Promise<SelectedBackend>;
}

export interface BackendWishes {
  readonly backend: BackendName;
  readonly deterministic: boolean;
  readonly threads: "auto" | number;
}

/** More than this share more waiting than work at the sizes that occur. */
const MOST_AUTO_THREADS = 8;

let warned = false;

/** Loaded only where it is used, so that programs on Wasm do not ship it. */
async function reference(reason: string): Promise<SelectedBackend> {
  const { ReferenceBackend } = await import("./reference/index.js");
  const selected: SelectedBackend = {
    info: { backend: "reference", variant: null, threads: 1, reason, threadsReason: "the reference backend has one" },
    create: (words, bytes) => new ReferenceBackend(words, bytes),
    withThreads: async () => selected,
  };
  return selected;
}

/** What SIMDGRAD_BACKEND says, so that one program can be run on each. @throws OptionError for an unknown name. */
function backendOfEnvironment(): BackendName {
  const value = typeof process === "object" ? process.env?.SIMDGRAD_BACKEND : undefined;
  return value === undefined ? "auto" : checkName("SIMDGRAD_BACKEND", value, backendNames);
}

/** @throws BackendError where `wasm` is asked for and cannot be had. */
export async function selectBackend({ backend, deterministic, threads }: BackendWishes): Promise<SelectedBackend> {
  const wish = backend === "auto" ? backendOfEnvironment() : backend;
  if (wish === "reference") return reference(`backend: "reference" was asked for`);
  const { variant, reason } = chooseVariant(detectFeatures(), deterministic);
  if (variant === null) {
    if (wish === "wasm") throw new BackendError(`backend: "wasm" was asked for, but ${reason}. Use backend: "auto".`);
    if (!warned) console.warn(`simdgrad: ${reason}. Training works, but is many times slower.`);
    warned = true;
    return reference(reason);
  }
  const single = await loadSelected(variant, reason);
  return threads === "auto" ? single : single.withThreads(threads);
}

/** A particular build of the core on one thread. */
export async function loadSelected(variant: Variant, reason = ""): Promise<SelectedBackend> {
  const module = await loadVariant(variant);
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
    const threads = wish === "auto" ? Math.min(cores, MOST_AUTO_THREADS) : wish;
    if (threads === 1) return single("this machine has one core");
    try {
      const pool = await sharedPool(threads);
      const shared = await loadVariant(`${variant}-threads` as Variant);
      return {
        info: { ...info, variant: `${variant}-threads` as Variant, threads, threadsReason: whyNotMore(threads, cores) },
        create: (words, bytes) => new WasmBackend(shared, words, bytes, pool),
        withThreads,
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
