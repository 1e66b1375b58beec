/** The Wasm builds for quantized models: apart from the core, and loaded only by programs that quantize. */
import { allocate, BackendError, formatBytes } from "../base/errors.js";
import { detectFeatures } from "./features.js";
import { bytesOf, type EmbeddedSource } from "./unpack.js";
import { compile, type WasmModule } from "./variants.js";
import { checkInstantiable, newMemory } from "./wasm.js";

/** A build: one multiplies int16, the other one bytes, with relaxed SIMD. Both give the same bits. */
export type QuantizedVariant = "quantized" | "quantized-relaxed";

const sources: Readonly<Record<QuantizedVariant, EmbeddedSource>> = {
  quantized: () => import("#wasm/quantized"),
  "quantized-relaxed": () => import("#wasm/quantized-relaxed"),
};

/** A function of a build, over addresses and numbers. All are described in `assembly/quantized/`. */
type Kernel = (...numbers: number[]) => number;

/** The functions of a build. */
export type QuantizedKernels = Readonly<
  Record<"quantizeRows" | "listSteps" | "listedRows" | "productRows" | "scaleRows" | "activateRows", Kernel>
>;

/** A compiled build. */
export interface QuantizedBuild {
  readonly variant: QuantizedVariant;
  /** A memory of its own, and the functions that work on it. @throws BackendError if there is no such memory */
  open(bytes: number): { readonly buffer: ArrayBuffer; readonly kernels: QuantizedKernels };
}

const builds = new Map<QuantizedVariant, Promise<QuantizedBuild>>();

/** The fastest build that this engine has, or the one asked for. @throws BackendError if there is none */
export function quantizedBuild(variant = fastest()): Promise<QuantizedBuild> {
  let build = builds.get(variant);
  if (!build) {
    build = load(variant).catch((cause: unknown) => {
      builds.delete(variant);
      throw cause;
    });
    builds.set(variant, build);
  }
  return build;
}

function fastest(): QuantizedVariant {
  const { simd, relaxedSimd } = detectFeatures();
  if (!simd) throw new BackendError("Quantized models need WebAssembly SIMD. Use the model itself in this engine.");
  return relaxedSimd ? "quantized-relaxed" : "quantized";
}

async function load(variant: QuantizedVariant): Promise<QuantizedBuild> {
  const what = `The WebAssembly code of quantized models (${variant})`;
  const module = await compile(await bytesOf(sources[variant], variant), what);
  await checkInstantiable(module as WebAssembly.Module);
  return { variant, open: (bytes) => open(module, bytes) };
}

function open(module: WasmModule, bytes: number): ReturnType<QuantizedBuild["open"]> {
  const memory = allocate(
    () => newMemory(bytes),
    () => `A quantized model of ${formatBytes(bytes)} does not fit into memory.`,
  );
  const { exports } = new WebAssembly.Instance(module as WebAssembly.Module, { env: { memory } });
  return { buffer: memory.buffer as ArrayBuffer, kernels: exports as unknown as QuantizedKernels };
}
