/** The page's side of the engine, which runs in a worker, or on the page's thread if there is none. */
import type { EngineInfo, Frame, News, Order, ProblemView, Question, Trouble, Wishes } from "./protocol.js";

/** Events that a page listens to. */
export interface Listener {
  onOpened(problem: ProblemView, info: EngineInfo): void;
  onTurned(problem: ProblemView): void;
  onFrame(frame: Frame): void;
  onTrouble(trouble: Trouble): void;
}

type WithoutId<Q> = Q extends unknown ? Omit<Q, "id"> : never;

interface Port {
  post(order: Order): void;
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

  send(order: Exclude<Order, Question>): void {
    void this.#port.then((port) => port.post(order));
  }

  look(wishes: Wishes): void {
    this.send({ type: "look", wishes });
  }

  /** @throws Error in words for the page. */
  ask<Answer>(question: WithoutId<Question>): Promise<Answer> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      void this.#port.then((port) => port.post({ ...question, id } as Question));
    });
  }

  #hear(news: News): void {
    switch (news.type) {
      case "opened":
        this.#listener.onOpened(news.problem, news.info);
        break;
      case "turned":
        this.#listener.onTurned(news.problem);
        break;
      case "frame":
        this.#listener.onFrame(news.frame);
        break;
      case "trouble":
        this.#listener.onTrouble(news.trouble);
        break;
      case "answer":
        this.#settle(news.id)?.resolve(news.value as never);
        break;
      case "refused":
        this.#settle(news.id)?.reject(new Error(news.message));
        break;
      case "ready":
        break;
      default:
        news satisfies never;
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
    worker.onmessage = ({ data }: MessageEvent<News>) => this.#hear(data);
    worker.onerror = ({ message }) => {
      this.#listener.onTrouble({ message: `The engine stopped: ${message}. Reload the page.`, remedy: null });
    };
    return { post: (order) => worker.postMessage(order) };
  }

  async #openBeside(reason: string): Promise<Port> {
    this.reason = reason;
    const { Engine } = await import("./engine.js");
    const engine = new Engine((news) => this.#hear(news));
    return { post: (order) => engine.take(order) };
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
