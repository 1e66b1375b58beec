/** The Wasm modules embedded in the package, by variant. Each is unpacked and compiled once, on first use. */
import { decodeBase64 } from "../base/base64.js";
import { BackendError } from "../base/errors.js";
import { type Choice, nodeBuiltin, type Variant } from "./features.js";

export const sources: Record<Variant, () => Promise<{ default: string }>> = {
  simd: () => import("#wasm/simd"),
  "simd-threads": () => import("#wasm/simd-threads"),
  relaxed: () => import("#wasm/relaxed"),
  "relaxed-threads": () => import("#wasm/relaxed-threads"),
};

const compiled = new Map<Variant, Promise<WebAssembly.Module>>();

/** Unpacks deflated bytes, with Node's zlib if there is one, which is faster, otherwise with a stream. */
async function inflate(packed: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer | ArrayBufferView<ArrayBuffer>> {
  const zlib = nodeBuiltin("node:zlib");
  if (zlib) return zlib.inflateRawSync(packed);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).arrayBuffer();
}

/** A compiled module. Uses the program's own type if it knows WebAssembly; @types/node alone may not. */
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Own } } } ? Own : object;

/** Source of modules. */
export interface ModuleSource {
  /** True if there is such a build. */
  has(variant: Variant): boolean;
  /** Another choice if the fastest build is not there. @default the fastest is there */
  choose?(fastest: Choice): Choice;
  /** @throws BackendError if the build is not available */
  load(variant: Variant): Promise<WasmModule>;
}

/** The builds in the package. */
export const embedded: ModuleSource = {
  has: () => true,
  load(variant) {
    let module = compiled.get(variant);
    if (!module) {
      module = sources[variant]()
        .then(({ default: base64 }) => inflate(decodeBase64(base64)))
        .then((bytes) => compile(bytes, `The WebAssembly core (${variant})`))
        .catch((cause: unknown) => {
          compiled.delete(variant);
          throw cause;
        });
      compiled.set(variant, module);
    }
    return module;
  },
};

export async function compile(bytes: ArrayBuffer | ArrayBufferView<ArrayBuffer>, what: string): Promise<WasmModule> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw refusal(`${what} could not be compiled`, cause);
  }
}

/** Error that words the most likely meaning of an engine's refusal. */
export function refusal(what: string, cause: unknown): BackendError {
  return new BackendError(
    `${what}: ${cause instanceof Error ? cause.message : cause} ` +
      `Under a content security policy, allow script-src 'wasm-unsafe-eval'. On a host that compiles no bytes, give ` +
      `wasm: an imported simdgrad/wasm/simd.wasm. Or use backend: "reference".`,
    { cause },
  );
}

/** One of the package's `.wasm` files: compiled by the host, or its bytes. */
export type WasmSource = WasmModule | ArrayBuffer | ArrayBufferView<ArrayBuffer>;
