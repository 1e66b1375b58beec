/** The built modules without the library around them: a backend whose `run` can be any thread of any number. */
import { readFileSync } from "node:fs";
import { Place } from "../../src/plan/op.js";
import type { Backend } from "../../src/runtime/backend.js";
import type { Variant } from "../../src/runtime/features.js";

/** A target of asconfig.json: what is shipped, and the build with assertions. */
export type Build = Variant | "simd-common" | "debug" | "quantized" | "quantized-relaxed" | "draw";

export const PAGE_BYTES = 65536;

type Run = (tape: number, begin: number, end: number, thread: number, threads: number) => void;

const compiled = new Map<Build, WebAssembly.Module>();

/** The bytes of a build, as shipped. */
export function wasmBytes(variant: Build): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../../build/wasm/${variant}.wasm`, import.meta.url)));
}

export function compile(variant: Build): WebAssembly.Module {
  const module = compiled.get(variant) ?? new WebAssembly.Module(wasmBytes(variant));
  compiled.set(variant, module);
  return module;
}

export class RawWasm implements Backend {
  readonly floats: Float32Array;
  readonly ints: Int32Array;
  readonly doubles: Float64Array;
  readonly isBroken = false;
  readonly #run: Run;

  constructor(variant: Build, words: Int32Array, bytes: number) {
    const pages = Math.ceil(bytes / PAGE_BYTES);
    const shared = variant.endsWith("-threads");
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
    this.floats = new Float32Array(memory.buffer);
    this.ints = new Int32Array(memory.buffer);
    this.doubles = new Float64Array(memory.buffer);
    this.ints.set(words, Place.Free / 4);
    this.#run = new WebAssembly.Instance(compile(variant), { env: { memory } }).exports.run as Run;
  }

  run(begin: number, end: number): void {
    this.runThreads(begin, end, [0]);
  }

  release(): void {}

  /**
   * Runs the parts of as many threads as `order` has, one after the other, in that order. Only in the builds without
   * threads, where nobody waits for the others.
   */
  runThreads(begin: number, end: number, order: readonly number[]): void {
    for (const thread of order) this.#run(Place.Free, begin, end, thread, order.length);
  }
}
