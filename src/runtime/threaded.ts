/** The WebAssembly backend for several threads, and the pool of their workers. Loaded only with threads. */
import { Place } from "../plan/op.js";
import type { Served, WorkerPool } from "./pool.js";
import { bytesInPages, newMemory, WasmBackend } from "./wasm.js";

export { sharedPool } from "./pool.js";

export class ThreadedBackend extends WasmBackend implements Served {
  readonly module: WebAssembly.Module;
  readonly #pool: WorkerPool;
  #isReleased = false;

  /** @throws RangeError if there is not enough memory */
  constructor(module: WebAssembly.Module, words: Int32Array, bytes: number, pool: WorkerPool) {
    super(module, words, bytes, pool.take(bytesInPages(bytes)) ?? newMemory(bytes, { shared: true }));
    this.module = module;
    this.#pool = pool;
    pool.open(this);
  }

  override run(begin: number, end: number, isLarge: boolean): void {
    if (!isLarge || this.#pool.isLost || this.isBroken) {
      super.run(begin, end);
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
    return this.exports.runShared(Place.Free, begin, end, threads) !== 0;
  }

  resume(): boolean {
    return this.exports.resume(Place.Free) !== 0;
  }

  dismiss(): void {
    this.exports.dismiss();
  }

  /** Another session may get the memory, so this one keeps only a copy of the control block. */
  override release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#pool.release(this);
    const { buffer } = this.ints.slice(0, Place.Sync / 4);
    this.floats = new Float32Array(buffer);
    this.ints = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
  }
}
