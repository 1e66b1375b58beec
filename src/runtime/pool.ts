/**
 * A pool of worker threads, shared by all models. Workers serve one memory at a time: they stay in its Wasm and wait
 * there, at no cost, until there is work or they are dismissed. The pool replaces workers that have ended, and workers
 * whose heaps hold too much memory of models that are gone.
 */
import { BackendError } from "../base/errors.js";
import { Place, SyncField } from "../plan/op.js";
import { Shelf } from "./shelf.js";
import { type StartedThread, startThread } from "./thread.js";
import { now } from "./yield.js";

/** A threaded session's Wasm, as the pool sees it. */
export interface Served {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly ints: Int32Array;
  /** True after a run that some thread did not finish; then the words that synchronize threads are invalid. */
  readonly isBroken: boolean;
  /** Begins a run of records [begin, end) as the first of `threads` threads; returns false if others are late. */
  runShared(begin: number, end: number, threads: number): boolean;
  /** Resumes a run in which other threads were late; returns false if they still are. */
  resume(): boolean;
  /** Dismisses the workers of the current generation. */
  dismiss(): void;
}

/** Message that assigns a worker to a memory. */
interface Assignment {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly tape: number;
  readonly thread: number;
  readonly generation: number;
  /** Index of the word that a worker sets if it fails during its work. */
  readonly gone: number;
}

/** The whole program of a worker. */
const PROGRAM = `
listen(({ module, memory, tape, thread, generation, gone }) => {
  try {
    new WebAssembly.Instance(module, { env: { memory } }).exports.serve(tape, thread, generation);
  } catch (error) {
    Atomics.store(new Int32Array(memory.buffer), gone, 1);
    throw error;
  }
});`;

/** Most bytes of unused memories that workers may hold. Beyond that, they are replaced. */
const MOST_DROPPED = 128 * 2 ** 20;
/**
 * Limits for engines that do not say whether a worker lives. A worker counts as lost if it does nothing for this long
 * (in milliseconds) plus this many times as long as the run took until then. A wait counts only if it is shorter than
 * `LONGEST_WAIT`; after a longer one the whole process must have been stopped.
 */
const PATIENCE = 10_000;
const PATIENCE_FACTOR = 20;
const LONGEST_WAIT = 1000;

/** A memory in use by models, and the workers whose heaps hold it as well. */
interface Holding {
  readonly bytes: number;
  crew: readonly StartedThread[];
}

export class WorkerPool {
  readonly #workers: number;
  #crew: readonly StartedThread[] = [];
  #starting: Promise<void> | null = null;
  #served: Served | null = null;
  /** Number of open sessions. */
  #sessions = 0;
  /** Bytes of unused memories that the workers hold. */
  #dropped = 0;
  readonly #holdings = new WeakMap<WebAssembly.Memory, Holding>();
  /**
   * For each memory, a buffer of equal size that nobody touches, so that it takes no memory. V8 does not count shared
   * memories. Without these buffers it would see no reason to collect unused ones.
   */
  readonly #weights = new WeakMap<WebAssembly.Memory, ArrayBuffer>();
  readonly #shelf = new Shelf((memory) => this.#drop(this.#holdings.get(memory) as Holding));
  /** Learns of sessions that were garbage-collected without release. */
  readonly #forgotten = new FinalizationRegistry<Holding>((holding) => {
    this.#sessions--;
    this.#drop(holding);
  });

  /** Creates a pool without workers. */
  constructor(workers: number) {
    this.#workers = workers;
  }

  /** Number of threads, including the caller. */
  get threads(): number {
    return this.#workers + 1;
  }

  /** True while there are no workers. */
  get isLost(): boolean {
    return this.#crew.length === 0;
  }

  /** Starts workers if there are none. @throws BackendError, or an error of the engine, if they cannot start */
  ready(): Promise<void> {
    if (!this.isLost) return Promise.resolve();
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  async #start(): Promise<void> {
    const crew: StartedThread[] = [];
    const events = { onMessage: () => {}, onEnd: () => this.#crew === crew && this.close() };
    const started = await Promise.allSettled(Array.from({ length: this.#workers }, () => startThread(PROGRAM, events)));
    crew.push(...started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])));
    const failed = started.find((result) => result.status === "rejected");
    if (failed) {
      for (const thread of crew) thread.terminate();
      throw failed.reason;
    }
    this.#crew = crew;
  }

  /** Ends all workers. */
  close(): void {
    // They take time to end. Until then they must not take part in other work on this memory.
    this.#served?.dismiss();
    this.#served = null;
    for (const thread of this.#crew) thread.terminate();
    this.#crew = [];
    this.#dropped = 0;
  }

  /** A zeroed memory of at least `bytes` bytes that another session has released; `null` if none fits. */
  take(bytes: number): WebAssembly.Memory | null {
    return this.#shelf.take(bytes);
  }

  /** Registers a session, which is later released or garbage-collected. */
  open(served: Served): void {
    const { memory } = served;
    const bytes = memory.buffer.byteLength;
    const holding = this.#holdings.get(memory) ?? { bytes, crew: [] };
    this.#holdings.set(memory, holding);
    if (!this.#weights.has(memory)) this.#weigh(memory);
    this.#forgotten.register(served, holding, served);
    this.#sessions++;
  }

  #weigh(memory: WebAssembly.Memory): void {
    try {
      this.#weights.set(memory, new ArrayBuffer(memory.buffer.byteLength));
    } catch {} // if even address space is short, the engine collects anyway
  }

  /** Takes back the memory of a session, for another session to use unless it is broken. */
  release(served: Served): void {
    const { memory } = served;
    if (this.#served === served) {
      served.dismiss();
      this.#served = null;
    }
    this.#forgotten.unregister(served);
    this.#sessions--;
    if (served.isBroken) this.#drop(this.#holdings.get(memory) as Holding);
    else this.#shelf.put(memory);
  }

  /** Runs records [begin, end) on the first `threads` threads. @throws BackendError if a worker ends during the run */
  run(served: Served, begin: number, end: number, threads: number): void {
    this.#assign(served);
    const since = now();
    if (!served.runShared(begin, end, threads)) this.#awaitOthers(served, this.#crew.slice(0, threads - 1), since);
  }

  /** Makes the workers serve this memory, unless they already do. */
  #assign(served: Served): void {
    if (this.#served === served) return;
    this.#served?.dismiss();
    this.#served = served;
    const { module, memory } = served;
    (this.#holdings.get(memory) as Holding).crew = this.#crew;
    const common = {
      module,
      memory,
      tape: Place.Free,
      generation: read(served, SyncField.Generation),
      gone: wordOf(SyncField.Gone),
    };
    this.#crew.forEach((thread, i) => {
      const assignment: Assignment = { ...common, thread: i + 1 };
      thread.post(assignment);
    });
  }

  /** Resumes a run for as long as the other threads live, however long they take. */
  #awaitOthers(served: Served, others: readonly StartedThread[], since: number): void {
    const patience = PATIENCE + PATIENCE_FACTOR * (now() - since);
    for (let silence = 0; ; ) {
      const lives = others.map((thread) => thread.isAlive());
      if (lives.includes(false) || read(served, SyncField.Gone) !== 0 || silence > patience) break;
      const phase = read(served, SyncField.LatePhase);
      const begin = now();
      if (served.resume()) return;
      const waited = now() - begin;
      if (!lives.includes(undefined) || read(served, SyncField.LatePhase) !== phase) silence = 0;
      else if (waited < LONGEST_WAIT) silence += waited;
    }
    this.close();
    throw new BackendError(
      "A worker thread ended in the middle of a step, so the weights may be those of half a step. Load the last saved " +
        "model, or give the weights anew with setWeights. The next fit starts new threads.",
    );
  }

  /** Records a memory that is no longer in use. Workers that hold too many unused bytes are replaced. */
  #drop({ bytes, crew }: Holding): void {
    if (this.isLost || crew !== this.#crew) return;
    this.#dropped += bytes;
    if (this.#dropped <= MOST_DROPPED) return;
    this.close();
    // If starting fails, one thread does the work, and the next fit tries again.
    if (this.#sessions > 0) this.ready().catch(() => {});
  }
}

/** Index of a word that synchronizes threads. */
function wordOf(field: SyncField): number {
  return (Place.Sync + field) / 4;
}

function read({ ints }: Served, field: SyncField): number {
  return Atomics.load(ints, wordOf(field));
}

const pools = new Map<number, WorkerPool>();

/** The shared pool with that many threads, ready to work. @throws like `ready` */
export async function sharedPool(threads: number): Promise<WorkerPool> {
  const pool = pools.get(threads) ?? new WorkerPool(threads - 1);
  pools.set(threads, pool);
  await pool.ready();
  return pool;
}
