/** The engine as the page uses it, without a page. */
import { Engine } from "../src/engine/engine.js";
import type { EngineEvent, EngineRequest, EpochLog, Frame, ProblemView, Question } from "../src/engine/protocol.js";
import { defaults, type Setup } from "../src/setup.js";

type WithoutId<Q> = Q extends unknown ? Omit<Q, "id"> : never;

const ALL = { boundary: 4, maps: 2, unit: null, weights: true, results: true };

export class Session {
  readonly events: EngineEvent[] = [];
  setup: Setup = defaults;
  readonly #engine = new Engine((event) => {
    this.events.push(event);
    this.#hear?.();
  });
  #hear: (() => void) | null = null;
  #id = 0;

  send(request: Exclude<EngineRequest, Question>): void {
    this.#engine.take(request);
  }

  /** @throws Error, as the page would show it. */
  async ask<Answer>(question: WithoutId<Question>): Promise<Answer> {
    const id = ++this.#id;
    this.#engine.take({ ...question, id } as Question);
    const event = await this.#next((each) => "id" in each && each.id === id);
    if (event.type === "refused") throw new Error(event.message);
    return (event as { value: Answer }).value;
  }

  /** Opens a setup. @returns the data as the page sees them; `null` if files are missing */
  async open(part: Partial<Setup>): Promise<ProblemView | null> {
    this.setup = { ...defaults, ...part };
    const event = this.#next(({ type }) => type === "opened" || type === "missing" || type === "error");
    this.send({ type: "open", setup: this.setup, isFresh: true });
    const opened = await event;
    if (opened.type === "error") throw new Error(opened.error.message);
    return opened.type === "opened" ? opened.problem : null;
  }

  /** Trains whole epochs. */
  async train(epochs: number): Promise<Frame> {
    let frame = await this.look();
    for (let epoch = frame.epoch + 1; epoch <= epochs; epoch++) {
      this.send({ type: "epoch" });
      do {
        await new Promise((resolve) => setTimeout(resolve)); // lets the engine train
        frame = await this.look();
      } while (frame.isRunning || frame.epoch < epoch);
    }
    return frame;
  }

  /** All epochs seen so far. */
  get logs(): EpochLog[] {
    return this.events.flatMap((event) => (event.type === "frame" ? event.frame.logs : []));
  }

  async look(): Promise<Frame> {
    const event = this.#next(({ type }) => type === "frame");
    this.send({ type: "look", options: ALL });
    return ((await event) as { frame: Frame }).frame;
  }

  #next(is: (event: EngineEvent) => boolean): Promise<EngineEvent> {
    let from = this.events.length;
    return new Promise((resolve) => {
      this.#hear = () => {
        for (; from < this.events.length; from++) {
          if (!is(this.events[from])) continue;
          this.#hear = null;
          return resolve(this.events[from]);
        }
      };
    });
  }
}
