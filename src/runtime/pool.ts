/**
 * A pool of worker threads, started once and shared by all models. Workers serve one memory at a time: they sit in
 * its Wasm and wait there, at no cost, until there is work or they are dismissed.
 */
import { BackendError } from "../errors.js";
import { Place, SyncField } from "../plan/op.js";
import { type NodeWorkerClass, nodeBuiltin } from "./features.js";

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

/** Node's worker and the web's, as far as both are needed. */
interface Port {
  post(assignment: Assignment): void;
  terminate(): void;
}

/** Milliseconds a worker may take to start. */
const START_LIMIT = 10_000;

/**
 * The whole program of a worker: a text, because no file can be found from inside every bundler's output. It says that
 * it is ready when it is spoken to, not before: until Chromium has told a worker's parent that the script was evaluated,
 * messages wait with the parent, and if that goes to sleep in Wasm they wait there for good.
 */
const WORKER_SOURCE = `
const serve = ({ module, memory, tape, thread, epoch, generation }) =>
  new WebAssembly.Instance(module, { env: { memory } }).exports.serve(tape, thread, epoch, generation);
const listen = (message, answer) => (message === "hello" ? answer("ready") : serve(message));
if (typeof require === "function") {
  const { parentPort } = require("node:worker_threads");
  parentPort.on("message", (message) => listen(message, (word) => parentPort.postMessage(word)));
} else {
  self.onmessage = (event) => listen(event.data, (word) => self.postMessage(word));
}`;

/** What became of a worker. */
interface WorkerEvents {
  onReady(): void;
  onEnd(reason: string): void;
}

function openNodeWorker(Worker: NodeWorkerClass, { onReady, onEnd }: WorkerEvents): Port {
  // Flags of the main thread such as --input-type are not for this program.
  const worker = new Worker(WORKER_SOURCE, { eval: true, execArgv: [], name: "simdgrad" });
  worker.once("message", () => {
    // Only now, or the process could end while it waits for the pool.
    worker.unref();
    onReady();
  });
  worker.postMessage("hello");
  worker.once("error", (error) => onEnd(error.message));
  worker.once("exit", () => onEnd("a worker ended"));
  return { post: (assignment) => worker.postMessage(assignment), terminate: () => void worker.terminate() };
}

function openWebWorker({ onReady, onEnd }: WorkerEvents): Port {
  const url = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module", name: "simdgrad" });
  worker.onmessage = () => {
    URL.revokeObjectURL(url);
    onReady();
  };
  worker.postMessage("hello");
  worker.onerror = () => onEnd("a worker could not start (does a policy forbid workers from blobs?)");
  return { post: (assignment) => worker.postMessage(assignment), terminate: () => worker.terminate() };
}

/** Starts one worker; resolves when it is ready. `onLost` is called if it ends later. */
async function startWorker(onLost: () => void): Promise<Port> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const opened: { port?: Port } = {};
  try {
    await new Promise<void>((resolve, reject) => {
      const onEnd = (reason: string) => {
        onLost();
        reject(new BackendError(reason));
      };
      const node = nodeBuiltin("node:worker_threads");
      const events = { onReady: resolve, onEnd };
      opened.port = node ? openNodeWorker(node.Worker, events) : openWebWorker(events);
      timer = setTimeout(() => reject(new BackendError(`a worker did not start in ${START_LIMIT} ms`)), START_LIMIT);
    });
    return opened.port as Port;
  } catch (cause) {
    opened.port?.terminate();
    throw cause;
  } finally {
    clearTimeout(timer);
  }
}

export class WorkerPool {
  readonly #ports: Port[];
  #served: Served | null = null;
  #isLost = false;

  private constructor(ports: Port[]) {
    this.#ports = ports;
  }

  /** @throws BackendError and whatever the engine says where workers cannot start. */
  static async start(workers: number): Promise<WorkerPool> {
    let pool: WorkerPool | null = null;
    const onLost = () => pool?.close();
    const started = await Promise.allSettled(Array.from({ length: workers }, () => startWorker(onLost)));
    const ports = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const failed = started.find((result) => result.status === "rejected");
    if (failed) {
      for (const port of ports) port.terminate();
      throw failed.reason;
    }
    pool = new WorkerPool(ports);
    return pool;
  }

  /** Threads, counting the caller. */
  get threads(): number {
    return this.#ports.length + 1;
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
    this.#ports.forEach((port, i) => {
      port.post({ ...common, thread: i + 1 });
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
    for (const port of this.#ports) port.terminate();
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
