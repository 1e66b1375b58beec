/** The WebAssembly backend: one memory, made here or used before, that the module imports. */
import { instantiateSync } from "@assemblyscript/loader";
import { Place } from "../plan/op.js";
import type { Backend } from "./backend.js";
import type { Served, WorkerPool } from "./pool.js";
import { refusal } from "./variants.js";

const PAGE_BYTES = 65536;

/** What the module exports; the last three only do something in the builds with threads. */
type Exports = Record<string, unknown> & {
  run(tape: number, begin: number, end: number, thread: number, threads: number): number;
  runShared(tape: number, begin: number, end: number, threads: number): number;
  resume(tape: number): number;
  dismiss(): void;
};

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Exports {
  try {
    return instantiateSync<Exports>(module, { env: { memory } }).exports;
  } catch (cause) {
    throw refusal("The WebAssembly core could not be instantiated", cause);
  }
}

/** WebKit compiles whatever the page's policy says, and refuses here. @throws BackendError */
export function checkInstantiable(module: WebAssembly.Module): void {
  instantiate(module, new WebAssembly.Memory({ initial: 1, maximum: 1 }));
}

export class WasmBackend implements Backend, Served {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  floats: Float32Array;
  ints: Int32Array;
  doubles: Float64Array;
  isBroken = false;
  readonly #exports: Exports;
  #pool: WorkerPool | null;

  /** @throws RangeError where there is not enough memory. */
  constructor(module: WebAssembly.Module, words: Int32Array, bytes: number, pool: WorkerPool | null = null) {
    const pages = Math.ceil(bytes / PAGE_BYTES);
    const size = pages * PAGE_BYTES;
    this.memory = pool?.take(size) ?? new WebAssembly.Memory({ initial: pages, maximum: pages, shared: pool !== null });
    this.module = module;
    this.#pool = pool;
    const { buffer } = this.memory;
    this.floats = new Float32Array(buffer, 0, size / 4);
    this.ints = new Int32Array(buffer, 0, size / 4);
    this.doubles = new Float64Array(buffer, 0, size / 8);
    this.ints.set(words, Place.Free / 4);
    this.#exports = instantiate(module, this.memory);
    pool?.open(this);
  }

  run(begin: number, end: number, isLarge: boolean): void {
    if (!this.#pool || !isLarge || this.#pool.isLost || this.isBroken) {
      this.#exports.run(Place.Free, begin, end, 0, 1);
      return;
    }
    try {
      this.#pool.run(this, begin, end);
    } catch (error) {
      this.isBroken = true;
      throw error;
    }
  }

  runShared(begin: number, end: number, threads: number): boolean {
    return this.#exports.runShared(Place.Free, begin, end, threads) !== 0;
  }

  resume(): boolean {
    return this.#exports.resume(Place.Free) !== 0;
  }

  dismiss(): void {
    this.#exports.dismiss();
  }

  release(): void {
    if (!this.#pool) return;
    this.#pool.release(this);
    this.#pool = null;
    const { buffer } = this.ints.slice(0, Place.Sync / 4);
    this.floats = new Float32Array(buffer);
    this.ints = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
  }
}
