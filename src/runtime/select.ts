/** Chooses and loads the backend a model runs on, and says why it was this one. */
import { BackendError } from "../errors.js";
import type { BackendFactory } from "./backend.js";
import { chooseVariant, detectFeatures, type Variant } from "./features.js";
import { ReferenceBackend } from "./reference.js";
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
  /** Why not something faster; empty when nothing is. */
  readonly reason: string;
}

export interface SelectedBackend {
  readonly info: BackendInfo;
  readonly create: BackendFactory;
}

export interface BackendWishes {
  readonly backend: BackendName;
  readonly deterministic: boolean;
}

let warned = false;

function reference(reason: string): SelectedBackend {
  return {
    info: { backend: "reference", variant: null, threads: 1, reason },
    create: (words, bytes) => new ReferenceBackend(words, bytes),
  };
}

/** The environment may force a backend or variant, so that one test suite runs on each. */
function environment(name: string): string | undefined {
  return typeof process === "object" ? process.env?.[name] : undefined;
}

/** @throws BackendError where `wasm` is asked for and cannot be had. */
export async function selectBackend({ backend, deterministic }: BackendWishes): Promise<SelectedBackend> {
  const wish = backend === "auto" ? (environment("SIMDGRAD_BACKEND") ?? backend) : backend;
  if (wish === "reference") return reference(`backend: "reference" was asked for`);
  const { variant, reason } = chooseVariant(detectFeatures(), deterministic);
  if (variant === null) {
    if (wish === "wasm") throw new BackendError(`backend: "wasm" was asked for, but ${reason}. Use backend: "auto".`);
    if (!warned) console.warn(`simdgrad: ${reason}. Results are the same; training is many times slower.`);
    warned = true;
    return reference(reason);
  }
  return loadSelected(variant, reason);
}

/** A particular build of the core, for tests and benchmarks. */
export async function loadSelected(variant: Variant, reason = ""): Promise<SelectedBackend> {
  const module = await loadVariant(variant);
  return {
    info: { backend: "wasm", variant, threads: 1, reason },
    create: (words, bytes) => new WasmBackend(module, words, bytes),
  };
}
