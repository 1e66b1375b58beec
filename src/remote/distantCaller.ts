/**
 * The caller of one call, as the worker sees it: callbacks whose hooks are questions, streams that are read remotely,
 * and a signal. Training waits for each answer. Knows no threads.
 */

import { kindOf } from "../base/kinds.js";
import type { Callback, CallbackState, Trainer } from "../callbacks/callback.js";
import { Pipeline } from "../data/pipeline.js";
import {
  type Answer,
  type CallbackShape,
  type Hook,
  type HookAnswer,
  type HookArgument,
  type HookQuestion,
  type PullAnswer,
  type PullQuestion,
  type Question,
  type SentState,
  type TrainerState,
  toPlainError,
} from "./protocol.js";
import { define, type StreamReference, unpack } from "./values.js";

/** Thrown if the caller's own code has thrown; only the caller knows the error. */
export class CallerError extends Error {}

/** Options of `DistantCaller`. */
export interface CallerOptions {
  readonly callbacks: readonly CallbackShape[];
  /** Sends a question to the caller, under a number. */
  readonly send: (number: number, question: Question) => void;
}

export class DistantCaller {
  readonly callbacks: readonly Callback[];
  readonly abort = new AbortController();
  readonly #options: CallerOptions;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #states: SentState[];
  #trainer: Trainer | null = null;
  /** The last promise returned by a method of the trainer. */
  later: Promise<unknown> = Promise.resolve();
  /** An error of the trainer, for the running hook. */
  #failure: { readonly error: unknown } | null = null;
  #questions = 0;
  #walks = 0;

  constructor(options: CallerOptions) {
    this.#options = options;
    this.#states = options.callbacks.map(({ state }) => state);
    this.callbacks = options.callbacks.map((shape, place) => this.#callback(shape, place));
  }

  answer(question: number, answer: Answer): void {
    this.#waiting.get(question)?.(answer);
    this.#waiting.delete(question);
  }

  setStates(states: readonly SentState[]): void {
    this.#states = [...states];
  }

  /** Passes a warning on. Rejects if the caller's function throws. */
  async warn(message: string): Promise<void> {
    await this.#ask({ type: "warn", message });
  }

  /** Uses the trainer, as a hook of the caller would. @throws the errors of the trainer. */
  use(member: string, args: readonly unknown[]): unknown {
    const trainer = this.#trainer as unknown as Record<string, unknown>;
    const value = trainer[member];
    if (typeof value === "function") {
      const returned: unknown = value.apply(trainer, args);
      if (kindOf(returned) === "Promise") this.later = returned as Promise<unknown>;
      return returned;
    }
    if (args.length > 0) [trainer[member]] = args;
    return value;
  }

  /** As `use`, but an error fails the running hook. */
  tell(member: string, args: readonly unknown[]): void {
    try {
      this.use(member, args);
    } catch (error) {
      this.#failure = { error };
    }
  }

  /** A stream of the caller; its elements are fetched as they are read. */
  openStream({ stream, isBatched, count }: StreamReference): Pipeline<unknown> {
    const open = (epoch: number) => ({ [Symbol.asyncIterator]: () => this.#walk({ stream, epoch, count }) });
    return new Pipeline(open, isBatched);
  }

  #walk(from: Pick<PullQuestion, "stream" | "epoch" | "count">): AsyncIterator<unknown, undefined> {
    const walk = ++this.#walks;
    const over = { done: true, value: undefined } as const;
    let ready: Iterator<unknown> = [][Symbol.iterator]();
    let isDone = false;
    return {
      next: async () => {
        let next = ready.next();
        if (next.done && !isDone) {
          const answer = (await this.#ask({ type: "next", walk, ...from })) as PullAnswer;
          isDone = answer.isDone;
          ready = answer.elements[Symbol.iterator]();
          next = ready.next();
        }
        return next.done ? over : next;
      },
      return: async () => {
        isDone = true;
        await this.#ask({ type: "return", walk, ...from });
        return over;
      },
    };
  }

  #callback({ name, hooks }: CallbackShape, place: number): Callback {
    const hearing = hooks.map((hook) => [hook, (...args: unknown[]) => this.#hook(place, hook, args)]);
    const callback: Callback = { ...(name !== undefined && { name }), ...Object.fromEntries(hearing) };
    if (!hooks.includes("setState")) return callback;
    return { ...callback, getState: () => this.#stateOf(place) };
  }

  #stateOf(place: number): CallbackState {
    const state = this.#states[place];
    if (state === "failed") throw new CallerError("getState failed.");
    return state as CallbackState;
  }

  async #hook(callback: number, hook: Hook, args: readonly unknown[]): Promise<unknown> {
    if (hook === "onTrainBegin") this.#trainer = args[0] as Trainer;
    if (hook === "setState") this.#states[callback] = args[0] as CallbackState;
    const { isAhead } = this.#options.callbacks[callback];
    const question: HookQuestion = {
      type: "hook",
      callback,
      hook,
      args: args.map((value) => this.#argument(value)),
      trainer: this.#trainer && {
        ...stateOf(this.#trainer),
        ahead: isAhead ? answersOf(this.#trainer) : {},
      },
    };
    const { returned, logs, states } = (await this.#ask(question)) as HookAnswer;
    this.setStates(states);
    if (hook === "onEpochEnd") replaceFields(args[1] as object, logs as object);
    if (this.#failure) throw this.#failure.error;
    return returned;
  }

  #argument(value: unknown): HookArgument {
    if (value === this.#trainer) return { kind: "trainer" };
    if (value instanceof Error) return { kind: "error", error: toPlainError(value) };
    if (typeof value === "function") return { kind: "returned", value: value() };
    return { kind: "value", value };
  }

  async #ask(question: Question): Promise<unknown> {
    const number = ++this.#questions;
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(number, resolve));
    this.#options.send(number, question);
    const answer = await answered;
    if ("hasFailed" in answer) throw new CallerError("The caller's own code failed.");
    return unpack(answer.value);
  }
}

/** Makes the logs what a callback has made of them, for the callbacks after it. */
function replaceFields(own: object, changed: object): void {
  for (const key of Object.keys(own)) delete (own as Record<string, unknown>)[key];
  for (const [key, value] of Object.entries(changed)) define(own, key, value);
}

/** Answers of the trainer for a hook, with all rows of the last step. */
function answersOf(trainer: Trainer): TrainerState["ahead"] {
  return { snapshot: trainer.snapshot(), save: trainer.save(), inspect: trainer.inspect(Infinity) };
}

function stateOf(trainer: Trainer): Omit<TrainerState, "ahead"> {
  const entries = Object.entries(trainer).filter(([name]) => name !== "signal");
  const isMethod = ([, value]: [string, unknown]) => typeof value === "function";
  return {
    properties: Object.fromEntries(entries.filter((entry) => !isMethod(entry))),
    methods: entries.filter(isMethod).map(([name]) => name),
  };
}
