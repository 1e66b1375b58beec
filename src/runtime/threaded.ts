/** The WebAssembly backend for several threads, and the pool of their workers. Loaded only with threads. */
import { ControlField, Place, SyncField, Work } from "../plan/op.js";
import type { Served, WorkerPool } from "./pool.js";
import { ThreadChoice, threadNumbers } from "./threadChoice.js";
import { bytesInPages, newMemory, WasmBackend } from "./wasm.js";
import { now } from "./yield.js";

export { sharedPool } from "./pool.js";

export class ThreadedBackend extends WasmBackend implements Served {
  readonly module: WebAssembly.Module;
  readonly #pool: WorkerPool;
  /** For each kind of run, the choice of the number of threads; `null` if all share every large run. */
  readonly #choices: Map<number, ThreadChoice> | null;
  /** Number of threads that shared the last run. */
  #sharers = 1;
  #isReleased = false;

  /** With `isAuto`, runs use the threads that are fastest. @throws RangeError if there is not enough memory */
  constructor(module: WebAssembly.Module, words: Int32Array, bytes: number, pool: WorkerPool, isAuto = false) {
    super(module, words, bytes, pool.take(bytesInPages(bytes)) ?? newMemory(bytes, { shared: true }));
    this.module = module;
    this.#pool = pool;
    this.#choices = isAuto ? new Map() : null;
    pool.open(this);
  }

  override run(begin: number, end: number, isLarge: boolean): void {
    this.#sharers = 1;
    if (!isLarge || this.#pool.isLost || this.isBroken) {
      super.run(begin, end);
      return;
    }
    const choice = this.#choiceFor(begin, end);
    const since = choice ? now() : 0;
    const threads = choice?.threads ?? this.#pool.threads;
    if (threads === 1) super.run(begin, end);
    else this.#runOn(threads, begin, end);
    choice?.add(now() - since);
  }

  /** Threads that shared the last run share this, too: each then has a part of the batch in its cache. */
  override widen(...place: number[]): void {
    if (this.#sharers === 1 || this.#pool.isLost || this.isBroken) {
      super.widen(...place);
      return;
    }
    const scale = place.pop() as number;
    this.ints.set(place, (Place.Sync + SyncField.Widened) / 4);
    this.doubles[(Place.Sync + SyncField.WidenedScale) / 8] = scale;
    this.#runOn(this.#sharers, Work.Widening, Work.Widening + 1);
  }

  #runOn(threads: number, begin: number, end: number): void {
    try {
      this.#pool.run(this, begin, end, threads);
      this.#sharers = threads;
    } catch (error) {
      this.isBroken = true;
      throw error;
    }
  }

  /** Runs of the same records are of a kind if their numbers of rows have the same power of two. */
  #choiceFor(begin: number, end: number): ThreadChoice | undefined {
    if (!this.#choices) return undefined;
    const rows = this.ints[(Place.Control + ControlField.Rows) / 4];
    const kind = (begin * 2 ** 16 + end) * 32 + Math.clz32(rows);
    let choice = this.#choices.get(kind);
    if (!choice) {
      choice = new ThreadChoice(threadNumbers(this.#pool.threads));
      this.#choices.set(kind, choice);
    }
    return choice;
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
