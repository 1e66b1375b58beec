/** The Wasm modules embedded in the package, by variant. Each is unpacked and compiled once, on first use. */
import { commonSources } from "./commonSources.js";
import type { Choice, Variant } from "./features.js";
import { bytesOf, type EmbeddedSource } from "./unpack.js";

export const sources: Record<Variant, EmbeddedSource> = {
  simd: () => import("#wasm/simd"),
  "simd-threads": () => import("#wasm/simd-threads"),
  relaxed: () => import("#wasm/relaxed"),
  "relaxed-threads": () => import("#wasm/relaxed-threads"),
};

const compiled = new Map<EmbeddedSource, Promise<WebAssembly.Module>>();

/** A compiled module. Uses the program's own type if it knows WebAssembly; @types/node alone may not. */
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Own } } } ? Own : object;

/** The modules that were compiled from `commonSources`. */
export const smallModules: WeakSet<WasmModule> = new WeakSet();

/** Source of modules. */
export interface ModuleSource {
  /** True if there is such a build. */
  has(variant: Variant): boolean;
  /** Another choice if the fastest build is not there. @default the fastest is there */
  choose?(fastest: Choice): Choice;
  /**
   * The build, or a smaller one that has all that common models need, if that is enough.
   * @throws BackendError if the build is not available
   */
  load(variant: Variant, isCommonEnough?: boolean): Promise<WasmModule>;
}

/** The builds in the package. */
export const embedded: ModuleSource = {
  has: () => true,
  load(variant, isCommonEnough = false) {
    const whole = sources[variant];
    const common = isCommonEnough && !compiled.has(whole) && commonSources[variant];
    const source = common || whole;
    let module = compiled.get(source);
    if (!module) {
      module = bytesOf(source, variant, common)
        .then((bytes) => compile(bytes, `The WebAssembly core (${variant})`))
        .then((module) => {
          if (common) smallModules.add(module);
          return module;
        })
        .catch((cause: unknown) => {
          compiled.delete(source);
          throw cause;
        });
      compiled.set(source, module);
    }
    return module;
  },
};

export async function compile(bytes: ArrayBuffer | ArrayBufferView<ArrayBuffer>, what: string): Promise<WasmModule> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw (await import("./refusal.js")).refusal(`${what} could not be compiled`, cause);
  }
}

/** One of the package's `.wasm` files: compiled by the host, or its bytes. */
export type WasmSource = WasmModule | ArrayBuffer | ArrayBufferView<ArrayBuffer>;
