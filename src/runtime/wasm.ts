/** The WebAssembly backend: one memory of exactly the needed size, made here and imported by the module. */
import type { instantiateSync } from "@assemblyscript/loader";
import { BackendError } from "../errors.js";
import { Place } from "../plan/op.js";
import type { Backend } from "./backend.js";
import type { Served, WorkerPool } from "./pool.js";
import { refusal } from "./variants.js";

const PAGE_BYTES = 65536;

/** What the module exports; the last two only do something in the builds with threads. */
type Exports = Record<string, unknown> & {
  run(tape: number, begin: number, end: number, thread: number, threads: number): number;
  runShared(tape: number, begin: number, end: number, threads: number): number;
  dismiss(): void;
};

let loader: { readonly instantiateSync: typeof instantiateSync };

/**
 * Loads what instantiates modules. It needs a TextDecoder as soon as it is imported, so that happens only where Wasm runs.
 * @throws BackendError where there is none
 */
export async function openLoader(): Promise<void> {
  try {
    loader = await import("@assemblyscript/loader");
  } catch (cause) {
    throw refusal("The loader of the WebAssembly core could not be imported", cause);
  }
}

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Exports {
  try {
    return loader.instantiateSync<Exports>(module, { env: { memory } }).exports;
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
  readonly floats: Float32Array;
  readonly ints: Int32Array;
  readonly doubles: Float64Array;
  readonly #exports: Exports;
  readonly #pool: WorkerPool | null;

  constructor(module: WebAssembly.Module, words: Int32Array, bytes: number, pool: WorkerPool | null = null) {
    const pages = Math.ceil(bytes / PAGE_BYTES);
    try {
      this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: pool !== null });
    } catch (cause) {
      const size = (bytes / 2 ** 20).toFixed(0);
      throw new BackendError(`Could not get ${size} MiB of memory. Use a smaller batchSize or network.`, { cause });
    }
    this.module = module;
    this.#pool = pool;
    this.floats = new Float32Array(this.memory.buffer);
    this.ints = new Int32Array(this.memory.buffer);
    this.doubles = new Float64Array(this.memory.buffer);
    this.ints.set(words, Place.Free / 4);
    this.#exports = instantiate(module, this.memory);
  }

  run(begin: number, end: number, isLarge: boolean): void {
    if (!this.#pool || !isLarge || this.#pool.isLost) {
      this.#exports.run(Place.Free, begin, end, 0, 1);
      return;
    }
    this.#pool.assign(this);
    if (this.#exports.runShared(Place.Free, begin, end, this.#pool.threads)) return;
    this.#pool.close();
    throw new BackendError(
      "A worker thread stopped working in the middle of a step; the weights may be those of half a step. " +
        "Load the last saved model. Later steps will use one thread.",
    );
  }

  dismiss(): void {
    this.#exports.dismiss();
  }

  release(): void {
    this.#pool?.release(this);
  }
}
