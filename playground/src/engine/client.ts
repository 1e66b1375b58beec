/** The page's side of the engine, which runs in a worker, or on the page's thread if there is none. */
import type { OwnName } from "../setup.js";
import type {
  EngineError,
  EngineEvent,
  EngineRequest,
  Frame,
  OtherView,
  ProblemView,
  Question,
  ViewOptions,
} from "./protocol.js";

/** Events that a page listens to. */
export interface Listener {
  onOpened(opened: EngineEvent & { type: "opened" }): void;
  onTurned(problem: ProblemView): void;
  onMissing(source: OwnName | null): void;
  onCompared(other: OtherView | null): void;
  onFrame(frame: Frame): void;
  onError(error: EngineError): void;
}

type WithoutId<Q> = Q extends unknown ? Omit<Q, "id"> : never;

interface Port {
  post(request: EngineRequest): void;
}

/** Milliseconds within which a worker must report that it has started. */
const START_LIMIT = 10_000;

export class Client {
  readonly #listener: Listener;
  readonly #asked = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  readonly #port: Promise<Port>;
  #next = 1;
  /** Reason why the engine shares the page's thread; empty if it has a worker. */
  reason = "";

  constructor(listener: Listener) {
    this.#listener = listener;
    this.#port = this.#openWorker().catch((error: Error) => this.#openBeside(error.message));
  }

  send(request: Exclude<EngineRequest, Question>): void {
    void this.#port.then((port) => port.post(request));
  }

  look(options: ViewOptions): void {
    this.send({ type: "look", options });
  }

  /** @throws Error in words for the page. */
  ask<Answer>(question: WithoutId<Question>): Promise<Answer> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      void this.#port.then((port) => port.post({ ...question, id } as Question));
    });
  }

  #hear(event: EngineEvent): void {
    switch (event.type) {
      case "opened":
        this.#listener.onOpened(event);
        break;
      case "turned":
        this.#listener.onTurned(event.problem);
        break;
      case "missing":
        this.#listener.onMissing(event.source);
        break;
      case "compared":
        this.#listener.onCompared(event.other);
        break;
      case "frame":
        this.#listener.onFrame(event.frame);
        break;
      case "error":
        this.#listener.onError(event.error);
        break;
      case "answer":
        this.#settle(event.id)?.resolve(event.value as never);
        break;
      case "refused":
        this.#settle(event.id)?.reject(new Error(event.message));
        break;
      case "ready":
        break;
      default:
        event satisfies never;
    }
  }

  #settle(id: number) {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    return asked;
  }

  async #openWorker(): Promise<Port> {
    if (typeof Worker !== "function") throw new Error("this browser has no workers");
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "playground" });
    await started(worker).catch((error) => {
      worker.terminate();
      throw error;
    });
    worker.onmessage = ({ data }: MessageEvent<EngineEvent>) => this.#hear(data);
    worker.onerror = ({ message }) => {
      this.#listener.onError({ message: `The engine stopped: ${message}. Reload the page.`, remedy: null });
    };
    return { post: (request) => worker.postMessage(request) };
  }

  async #openBeside(reason: string): Promise<Port> {
    this.reason = reason;
    const { Engine } = await import("./engine.js");
    const engine = new Engine((event) => this.#hear(event));
    return { post: (request) => engine.take(request) };
  }
}

/** @throws Error if a worker does not report that it has started. */
function started(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the worker did not start")), START_LIMIT);
    worker.onmessage = () => {
      clearTimeout(timer);
      resolve();
    };
    worker.onerror = () => {
      clearTimeout(timer);
      reject(new Error("the worker could not start (does a policy forbid it?)"));
    };
  });
}
