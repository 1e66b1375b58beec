/**
 * The Wasm modules by variant: embedded ones, unpacked and compiled once each on first use, or those that the caller
 * brought.
 */
import marks from "#wasm/marks";
import { BackendError, OptionError, show } from "../errors.js";
import { kindOf } from "../kinds.js";
import { nodeBuiltin, type Variant } from "./features.js";

const sources: Record<Variant, () => Promise<{ default: string }>> = {
  simd: () => import("#wasm/simd"),
  "simd-threads": () => import("#wasm/simd-threads"),
  relaxed: () => import("#wasm/relaxed"),
  "relaxed-threads": () => import("#wasm/relaxed-threads"),
};

const compiled = new Map<Variant, Promise<WebAssembly.Module>>();

/** Node's Buffer where there is one: the fastest. Named through globalThis, or Parcel would look for a polyfill. */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  if (typeof globalThis.Buffer === "function") return new Uint8Array(globalThis.Buffer.from(text, "base64"));
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

/** What `deflate` packed: by Node's zlib where there is one, which is quicker, or as a stream. */
async function inflate(packed: Uint8Array<ArrayBuffer>): Promise<BufferSource> {
  const zlib = nodeBuiltin("node:zlib");
  if (zlib) return zlib.inflateRawSync(packed);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).arrayBuffer();
}

/** A compiled module, in the words of the program's own types where those know WebAssembly: @types/node alone may not. */
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Own } } } ? Own : object;

/** Where modules come from. */
export interface ModuleSource {
  /** Is there such a build? */
  has(variant: Variant): boolean;
  /** @throws BackendError where it cannot be had. */
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

async function compile(bytes: BufferSource, what: string): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw refusal(`${what} could not be compiled`, cause);
  }
}

/** What an engine's refusal most likely means. */
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

/**
 * The builds that the caller brought, told apart by the mark that `npm run build` leaves in each.
 * @throws OptionError for what is neither module nor bytes, BackendError for what is not a build of this version.
 */
export async function broughtModules(wasm: WasmSource | readonly WasmSource[]): Promise<ModuleSource> {
  const modules = new Map<Variant, WebAssembly.Module>();
  for (const source of Array.isArray(wasm) ? wasm : [wasm]) {
    const module = await toModule(source);
    modules.set(variantOf(module), module);
  }
  if (modules.size === 0) throw new OptionError("wasm: expected at least one module, got an empty list.");
  return {
    has: (variant) => modules.has(variant),
    async load(variant) {
      const module = modules.get(variant);
      if (module) return module;
      const names = [...modules.keys()].join(", ");
      throw new BackendError(
        `wasm: the build "${variant}" is needed, got ${names}. Give simdgrad/wasm/${variant}.wasm.`,
      );
    },
  };
}

async function toModule(source: unknown): Promise<WebAssembly.Module> {
  // By tag, not by class: test runners and plug-in hosts give each script classes of its own.
  const kind = kindOf(source);
  if (kind === "WebAssembly.Module") return source as WebAssembly.Module;
  if (kind === "ArrayBuffer" || ArrayBuffer.isView(source)) {
    return compile(source as BufferSource, "The bytes given as wasm");
  }
  const what = "a WebAssembly.Module or the bytes of one";
  throw new OptionError(`wasm: expected ${what}, or a list of them, got ${show(source)}.`);
}

function variantOf(module: WebAssembly.Module): Variant {
  const [section] = WebAssembly.Module.customSections(module, "simdgrad");
  const mark = section ? new TextDecoder().decode(section) : "";
  const found = (Object.keys(sources) as Variant[]).find((variant) => marks[variant] === mark);
  if (found) return found;
  const problem = mark ? `"${mark.split(" ")[0]}" of another version of simdgrad` : "a module that is not simdgrad's";
  throw new BackendError(`wasm: got ${problem}. Give the .wasm files of the package that this code comes from.`);
}
