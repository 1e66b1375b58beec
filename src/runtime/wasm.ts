/** The WebAssembly backend: one memory of exactly the needed size, made here and imported by the module. */
import { instantiateSync } from "@assemblyscript/loader";
import { BackendError } from "../errors.js";
import { Place } from "../plan/op.js";
import type { Backend } from "./backend.js";

const PAGE_BYTES = 65536;

/** What the module exports. */
type Exports = Record<string, unknown> & {
  run(tape: number, begin: number, end: number, thread: number, threads: number): void;
};

export class WasmBackend implements Backend {
  readonly floats: Float32Array;
  readonly ints: Int32Array;
  readonly doubles: Float64Array;
  readonly #run: Exports["run"];

  constructor(module: WebAssembly.Module, words: Int32Array, bytes: number) {
    const pages = Math.ceil(bytes / PAGE_BYTES);
    let memory: WebAssembly.Memory;
    try {
      memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    } catch (cause) {
      const size = (bytes / 2 ** 20).toFixed(0);
      throw new BackendError(`Could not get ${size} MiB of memory. Use a smaller batchSize or network.`, { cause });
    }
    this.floats = new Float32Array(memory.buffer);
    this.ints = new Int32Array(memory.buffer);
    this.doubles = new Float64Array(memory.buffer);
    this.ints.set(words, Place.Free / 4);
    this.#run = instantiateSync<Exports>(module, { env: { memory } }).exports.run;
  }

  run(begin: number, end: number): void {
    this.#run(Place.Free, begin, end, 0, 1);
  }
}
