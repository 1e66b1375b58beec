/** The WebAssembly backend for several threads, and the pool of their workers. Loaded only with threads. */
import { ControlField, Place, SyncField, Work } from "../plan/op.js";
import { Ahead } from "./ahead.js";
import type { Batches, Receiver } from "./backend.js";
import type { Served, WorkerPool } from "./pool.js";
import { ThreadChoice, threadNumbers } from "./threadChoice.js";
import { bytesInPages, newMemory, WasmBackend } from "./wasm.js";
import { now } from "./yield.js";

export { sharedPool } from "./pool.js";

const STATUS = (Place.Control + ControlField.Status) / 4;
const PHASE = (Place.Sync + SyncField.Phase) / 4;
const LATE_PHASE = (Place.Sync + SyncField.LatePhase) / 4;
const LATE_RECORD = (Place.Sync + SyncField.LateRecord) / 4;

export class ThreadedBackend extends WasmBackend implements Served {
  readonly module: WebAssembly.Module;
  readonly #pool: WorkerPool;
  /** For each kind of run, the choice of the number of threads; `null` if all share every large run. */
  readonly #choices: Map<number, ThreadChoice> | null;
  readonly #ahead = new Ahead();
  /** Parts of the last record of this run; see `SyncField.TailParts`. */
  #tailParts = 0;
  /** True while the others are at the last record. */
  #isInTail = false;
  /** The bytes that were written meanwhile, for all to share; the arguments of `widen`. */
  #toWiden: readonly number[] | null = null;
  /** Milliseconds of this run that were not its own. */
  #elsewhere = 0;
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
    this.#elsewhere = 0;
    if (threads === 1) super.run(begin, end);
    else this.#runOn(threads, begin, end, this.#ahead.partsOf(begin, end));
    choice?.add(now() - since - this.#elsewhere);
  }

  writeNext(batches: Batches, session: Receiver): void {
    const place = this.#toWiden;
    this.#toWiden = null;
    if (this.#ahead.writeNext(batches, session) && place) this.widen(...place);
  }

  /** Threads that shared the last run share this, too: each then has a part of the batch in its cache. */
  override widen(...place: number[]): void {
    if (this.#isInTail) {
      this.#toWiden = place;
      return;
    }
    if (this.#sharers === 1 || this.#pool.isLost || this.isBroken) {
      super.widen(...place);
      return;
    }
    const scale = place.pop() as number;
    this.ints.set(place, (Place.Sync + SyncField.Widened) / 4);
    this.doubles[(Place.Sync + SyncField.WidenedScale) / 8] = scale;
    this.#runOn(this.#sharers, Work.Widening, Work.Widening + 1);
  }

  #runOn(threads: number, begin: number, end: number, tailParts = 0): void {
    this.#tailParts = tailParts;
    try {
      this.#pool.run(this, begin, end, threads);
      this.#sharers = threads;
      if (tailParts > 0 && this.ints[STATUS] !== 0) this.#ahead.undo();
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
    const parts = this.#tailParts;
    const isOver = this.exports.runShared(Place.Free, begin, end, threads, parts) !== 0;
    if (parts === 0 || (!isOver && this.ints[LATE_RECORD] !== end - 1)) return isOver;
    if (!isOver) this.#writeInTail();
    this.#ahead.adapt(isOver || Atomics.load(this.ints, PHASE) !== this.ints[LATE_PHASE]);
    return isOver || this.resume();
  }

  #writeInTail(): void {
    const since = this.#choices ? now() : 0;
    this.#isInTail = true;
    this.#ahead.write();
    this.#isInTail = false;
    if (this.#choices) this.#elsewhere = now() - since;
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
