/** Wasm modules that the caller supplies, recognized by their marks. Loaded only if `wasm` is given. */
import marks from "#wasm/marks";
import { BackendError, OptionError, show } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import type { Variant } from "./features.js";
import { compile, type ModuleSource, sources, type WasmSource } from "./variants.js";

/**
 * The builds that the caller supplies, recognized by the mark that `npm run build` leaves in each.
 * @throws OptionError for anything that is neither a module nor bytes; BackendError for anything that is not a build of
 * this version.
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
    // The strict build for the relaxed one.
    choose(fastest) {
      if (fastest.variant !== "relaxed" || modules.has("relaxed") || !modules.has("simd")) return fastest;
      return { variant: "simd", reason: `wasm: no "relaxed" build was given` };
    },
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
  // Checks the tag, not the class: test runners and plug-in hosts give each script its own classes.
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
  const mark = section ? Array.from(new Uint8Array(section), (code) => String.fromCharCode(code)).join("") : "";
  const found = (Object.keys(sources) as Variant[]).find((variant) => marks[variant] === mark);
  if (found) return found;
  const problem = mark ? `"${mark.split(" ")[0]}" of another version of simdgrad` : "a module that is not simdgrad's";
  throw new BackendError(`wasm: got ${problem}. Give the .wasm files of the package that this code comes from.`);
}
