/**
 * A pool of worker threads, started once and shared by all models. Workers serve one memory at a time: they sit in
 * its Wasm and wait there, at no cost, until there is work or they are dismissed.
 */
import { Place, SyncField } from "../plan/op.js";
import { startThread, type Thread } from "./thread.js";

/** A threaded session's Wasm, as the pool sees it. */
export interface Served {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly ints: Int32Array;
  /** Sends the workers of the running generation away. */
  dismiss(): void;
}

/** What a worker is told. */
interface Assignment {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly tape: number;
  readonly thread: number;
  readonly epoch: number;
  readonly generation: number;
}

/** The whole program of a worker. */
const PROGRAM = `
listen(({ module, memory, tape, thread, epoch, generation }) =>
  new WebAssembly.Instance(module, { env: { memory } }).exports.serve(tape, thread, epoch, generation));`;

export class WorkerPool {
  readonly #threads: Thread[];
  #served: Served | null = null;
  #isLost = false;

  private constructor(threads: Thread[]) {
    this.#threads = threads;
  }

  /** @throws BackendError and whatever the engine says where workers cannot start. */
  static async start(workers: number): Promise<WorkerPool> {
    let pool: WorkerPool | null = null;
    const events = { onMessage: () => {}, onEnd: () => pool?.close() };
    const started = await Promise.allSettled(Array.from({ length: workers }, () => startThread(PROGRAM, events)));
    const threads = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const failed = started.find((result) => result.status === "rejected");
    if (failed) {
      for (const thread of threads) thread.terminate();
      throw failed.reason;
    }
    pool = new WorkerPool(threads);
    return pool;
  }

  /** Threads, counting the caller. */
  get threads(): number {
    return this.#threads.length + 1;
  }

  /** Has a worker ended? Then the pool can do no more. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Makes the workers serve this memory, if they do not already. */
  assign(served: Served): void {
    if (this.#served === served) return;
    this.#served?.dismiss();
    this.#served = served;
    const word = (field: SyncField) => served.ints[(Place.Sync + field) / 4];
    const { module, memory } = served;
    const common = {
      module,
      memory,
      tape: Place.Free,
      epoch: word(SyncField.Epoch),
      generation: word(SyncField.Generation),
    };
    this.#threads.forEach((thread, i) => {
      const assignment: Assignment = { ...common, thread: i + 1 };
      thread.post(assignment);
    });
  }

  /** Lets the workers go from this memory, so that it can be collected. */
  release(served: Served): void {
    if (this.#served !== served) return;
    served.dismiss();
    this.#served = null;
  }

  /** Ends all workers. */
  close(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#served = null;
    for (const thread of this.#threads) thread.terminate();
  }
}

const pools = new Map<number, Promise<WorkerPool>>();

/** The pool with so many threads; started on first use, and again after it was lost. */
export async function sharedPool(threads: number): Promise<WorkerPool> {
  let pool = pools.get(threads);
  if (pool && (await pool.catch(() => null))?.isLost !== false) pool = undefined;
  if (!pool) {
    pool = WorkerPool.start(threads - 1);
    pools.set(threads, pool);
  }
  return pool;
}
