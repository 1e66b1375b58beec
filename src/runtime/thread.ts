/**
 * Starts worker threads, Node's and the web's, from a text: no file can be found from inside every bundler's output.
 * Knows no Wasm and no models.
 */
import { BackendError } from "../base/errors.js";
import { type NodeWorker, type NodeWorkerClass, nodeBuiltin } from "./features.js";

/** A worker that has started. */
export interface Thread {
  post(message: unknown, transfer?: readonly object[]): void;
  /** Keeps Node's process alive while it is true; false at first. */
  hold(isBusy: boolean): void;
  terminate(): void;
}

/** A thread that was started here. */
export interface StartedThread extends Thread {
  /**
   * False after it has ended; `undefined` where the engine does not say. This asks the engine and not the clock, so a
   * thread that is slow or stopped is alive, and it needs no turn of the event loop.
   */
  isAlive(): boolean | undefined;
}

/** What a worker says, and that it has ended. */
export interface ThreadEvents {
  onMessage(message: unknown): void;
  onEnd(reason: string): void;
}

/** Milliseconds a worker may take to start. */
const START_LIMIT = 10_000;

/**
 * Gives a program `listen` and `answer`. It says that it is ready when it is spoken to, not before: until Chromium has
 * told a worker's parent that the script was evaluated, messages wait with the parent, and if that goes to sleep in
 * Wasm they wait there for good.
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

function openNodeThread(Worker: NodeWorkerClass, source: string, { onMessage, onEnd }: ThreadEvents): StartedThread {
  // Flags of the main thread such as --input-type are not for this program.
  const worker = new Worker(source, { eval: true, execArgv: [], name: "simdgrad" });
  worker.on("message", onMessage);
  // Node can tell only of a worker that it was asked about while that lived.
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

/** Node says -1 for the idle time of a worker that has ended, at once. Bun knows no idle times. */
function isNodeWorkerAlive({ threadId, performance }: NodeWorker): boolean | undefined {
  if (threadId < 0) return false;
  if (!performance || process.versions.bun) return undefined;
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
 * Starts a worker with a program that calls `listen(hear)`. Resolves when it is ready; `onEnd` is called, once, if it ends
 * later or a message of either side cannot be read. @throws BackendError and whatever the engine says where workers
 * cannot start.
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
    // Only now, or the process could end while it waits for the worker.
    thread.hold(false);
    return thread;
  } catch (cause) {
    opened.thread?.terminate();
    throw cause;
  } finally {
    clearTimeout(timer);
  }
}
