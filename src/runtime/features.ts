/**
 * Features of this engine, found by asking the engine itself and never guessed from its version.
 * `chooseVariant` is pure: it maps features and options to a variant and a reason.
 */

// (module (func (result v128) i32.const 0 i8x16.splat))
const SIMD_PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11,
];

// (module (func (param v128) (result v128) local.get 0 local.get 0 local.get 0 f32x4.relaxed_madd))
const RELAXED_PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 0, 32, 0, 253, 133,
  2, 11,
];

/** The whole builds of the Wasm core in the package. The tests have another one, `debug`. */
export type Variant = "simd" | "simd-threads" | "relaxed" | "relaxed-threads";

export interface Features {
  readonly simd: boolean;
  readonly relaxedSimd: boolean;
}

/** Detects the features of this engine. */
export function detectFeatures(): Features {
  const accepts = (probe: number[]) => typeof WebAssembly === "object" && WebAssembly.validate(new Uint8Array(probe));
  return { simd: accepts(SIMD_PROBE), relaxedSimd: accepts(RELAXED_PROBE) };
}

/** The parts of Node's modules used here. Node's own types would have to be installed in every program. */
interface NodeBuiltins {
  "node:fs": { readFileSync(file: { readonly href: string }): Uint8Array<ArrayBuffer> };
  "node:os": { availableParallelism(): number };
  "node:zlib": { inflateRawSync(packed: Uint8Array): Uint8Array<ArrayBuffer> };
  "node:worker_threads": { readonly Worker: NodeWorkerClass };
}

export type NodeWorkerClass = new (
  source: string,
  options: { eval: true; execArgv: string[]; name: string; workerData: unknown },
) => NodeWorker;

export interface NodeWorker {
  postMessage(message: unknown, transfer?: readonly object[]): void;
  terminate(): Promise<number>;
  /** -1 once the worker is known to have ended. */
  readonly threadId: number;
  readonly performance: { eventLoopUtilization(): { readonly idle: number; readonly active: number } };
  unref(): void;
  ref(): void;
  on(event: "message", listener: (message: unknown) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  on(event: "exit" | "messageerror", listener: () => void): void;
  once: NodeWorker["on"];
}

/** A module of Node, or `undefined` elsewhere. Not an import, so that no bundler looks for it. */
export function nodeBuiltin<Name extends keyof NodeBuiltins>(name: Name): NodeBuiltins[Name] | undefined {
  const builtin = typeof process === "object" ? process.getBuiltinModule?.(name) : undefined;
  return builtin as NodeBuiltins[Name] | undefined;
}

export interface Choice {
  /** `null` means the reference backend. */
  readonly variant: "simd" | "relaxed" | null;
  /** Reason why nothing faster was chosen; empty if nothing is faster. */
  readonly reason: string;
}

/** The fastest variant that the engine supports and the caller's `deterministic` option allows. */
export function chooseVariant(features: Features, deterministic: boolean): Choice {
  if (!features.simd) {
    return { variant: null, reason: "this engine has no WebAssembly SIMD, so plain JavaScript does the work" };
  }
  if (deterministic) {
    return {
      variant: "simd",
      reason: "deterministic: true, so no fused multiply-add; allow it with deterministic: false",
    };
  }
  if (!features.relaxedSimd) return { variant: "simd", reason: "this engine has no relaxed SIMD" };
  return { variant: "relaxed", reason: "" };
}
