/**
 * Starts worker threads, those of Node and of the web, from a string: no file can be found from inside every bundler's
 * output. Knows nothing about Wasm or models.
 */
import { BackendError } from "../base/errors.js";
import { type NodeWorker, type NodeWorkerClass, nodeBuiltin } from "./features.js";

/** A worker that has started. */
export interface Thread {
  post(message: unknown, transfer?: readonly object[]): void;
  /** Keeps Node's process alive while `isBusy` is true; false at first. */
  hold(isBusy: boolean): void;
  terminate(): void;
}

/** A thread started by `startThread`. */
export interface StartedThread extends Thread {
  /**
   * False after the thread has ended; `undefined` if the engine does not say. It asks the engine and not the clock, so
   * a thread that is slow or stopped counts as alive. It needs no turn of the event loop.
   */
  isAlive(): boolean | undefined;
}

/** Callbacks for the messages of a worker and for its end. */
export interface ThreadEvents {
  onMessage(message: unknown): void;
  onEnd(reason: string): void;
}

/** Milliseconds a worker may take to start. */
const START_LIMIT = 10_000;

/**
 * Gives a program `listen` and `answer`. The worker says that it is ready when it gets a message, not before. Until
 * Chromium has told the parent that the script was evaluated, messages wait in the parent; if the parent then goes to
 * sleep in Wasm, they wait there forever.
 */
const PRELUDE = `
const parentPort = typeof require === "function" ? require("node:worker_threads").parentPort : null;
const answer = (message, transfer) => (parentPort ?? self).postMessage(message, transfer ?? []);
const listen = (hear) => {
  const take = (message) => (message === "hello" ? answer("ready") : hear(message));
  const fail = () => { throw new Error("a message could not be read"); };
  if (parentPort) parentPort.on("message", take).on("messageerror", fail);
  else { self.onmessage = (event) => take(event.data); self.onmessageerror = fail; }
};
`;

/**
 * Runs a program in a worker of Node. A program that Node itself evaluates is parsed more than once. Here V8 parses it
 * once, or not at all if it gets the code that it compiled for the same program before. Node then has to be told how the
 * program imports: a search imports the module of its builders.
 */
const STARTER = `{
const { parentPort, workerData: [program, code] } = require("node:worker_threads");
const { Script, constants } = require("node:vm");
const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
const script = new Script(program, { cachedData: code, importModuleDynamically });
script.runInThisContext();
if (!code) parentPort.once("message", () => parentPort.postMessage({ code: script.createCachedData() }));
}`;

/** Programs that workers of this process have run, and V8's code for them. */
const compiled = new Map<string, Uint8Array>();

/** Bun and Deno have workers of the same form, but keep no code and tell no idle times. */
const isNode = () => !("Bun" in globalThis || "Deno" in globalThis);

function openNodeThread(Worker: NodeWorkerClass, program: string, { onMessage, onEnd }: ThreadEvents): StartedThread {
  // Flags of the main thread, such as --input-type, must not apply to this program.
  const worker = new Worker(isNode() ? STARTER : program, {
    eval: true,
    execArgv: [],
    name: "simdgrad",
    workerData: [program, compiled.get(program)],
  });
  worker.on("message", (message) => {
    const { code } = message as { code?: Uint8Array };
    if (code) compiled.set(program, code);
    else onMessage(message);
  });
  // Node can report the end of a worker only if it was asked about the worker during its life.
  worker.once("message", () => isNodeWorkerAlive(worker));
  worker.once("messageerror", () => onEnd("a message of a worker could not be read"));
  worker.once("error", (error) => onEnd(error.message));
  worker.once("exit", () => onEnd("a worker ended"));
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    hold: (isBusy) => (isBusy ? worker.ref() : worker.unref()),
    terminate: () => void worker.terminate(),
    isAlive: () => isNodeWorkerAlive(worker),
  };
}

/** Node gives -1 as the idle time of a worker as soon as it has ended. */
function isNodeWorkerAlive({ threadId, performance }: NodeWorker): boolean | undefined {
  if (threadId < 0) return false;
  if (!isNode()) return undefined;
  const { idle, active } = performance.eventLoopUtilization();
  if (idle < 0) return false;
  return active > 0 || undefined;
}

function openWebThread(source: string, { onMessage, onEnd }: ThreadEvents): StartedThread {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module", name: "simdgrad" });
  worker.onmessage = (event) => {
    URL.revokeObjectURL(url);
    onMessage(event.data);
  };
  worker.onmessageerror = () => onEnd("a message of a worker could not be read");
  worker.onerror = (event) => onEnd(event.message || "is worker-src blob: missing in a content security policy?");
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer as Transferable[]),
    hold: () => {},
    terminate: () => worker.terminate(),
    isAlive: () => undefined,
  };
}

/**
 * Starts a worker with a program that calls `listen(hear)`. Resolves when it is ready. Calls `onEnd`, once, if the
 * worker ends later or a message of either side cannot be read.
 * @throws BackendError, or an error of the engine, if workers cannot start
 */
export async function startThread(program: string, events: ThreadEvents): Promise<StartedThread> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const opened: { thread?: StartedThread } = {};
  let isReady = false;
  try {
    await new Promise<void>((resolve, reject) => {
      const onMessage = (message: unknown) => {
        if (message !== "ready") return events.onMessage(message);
        isReady = true;
        resolve();
      };
      const onEnd = (reason: string) => {
        if (isReady) events.onEnd(reason);
        isReady = false;
        reject(new BackendError(reason));
      };
      const node = nodeBuiltin("node:worker_threads");
      const source = PRELUDE + program;
      opened.thread = node
        ? openNodeThread(node.Worker, source, { onMessage, onEnd })
        : openWebThread(source, { onMessage, onEnd });
      opened.thread.post("hello");
      timer = setTimeout(() => reject(new BackendError(`a worker did not start in ${START_LIMIT} ms`)), START_LIMIT);
    });
    const thread = opened.thread as StartedThread;
    // Not earlier, or the process could end while it waits for the worker.
    thread.hold(false);
    return thread;
  } catch (cause) {
    opened.thread?.terminate();
    throw cause;
  } finally {
    clearTimeout(timer);
  }
}
