/**
 * The worker's side: owns the model, and does what messages say. Has never heard of threads; where none can be
 * started, it runs beside its caller.
 */
import { BackendError } from "../../errors.js";
import { now } from "../../runtime/yield.js";
import type { Callback, Trainer } from "../callbacks/callback.js";
import type { FitOptions } from "../fitOptions.js";
import type { RuntimeOptions, SequentialOptions } from "../options.js";
import type { Sequential } from "../sequential.js";
import {
  buffersOf,
  fromPlain,
  type HookAnswer,
  type HookCall,
  type RemoteName,
  type Reply,
  type Request,
  type TravellingHook,
  toPlainError,
} from "./protocol.js";

/** What makes models; given, so that this file does not import the class that imports it. */
export interface ModelMaker {
  create(options: SequentialOptions): Promise<Sequential>;
  load(bytes: Uint8Array, options: RuntimeOptions): Promise<Sequential>;
}

/** Milliseconds between two files for the caller to keep, beyond those at the end of a call. */
const KEEP_INTERVAL = 250;

/** Calls behind which the caller is given the model as it now is. */
const CHANGING: readonly RemoteName[] = ["adapt", "compile", "setWeights", "useAverages", "fit"];

/** Hooks in which a trainer has weights and a file to give. */
const ASKED_IN: readonly TravellingHook[] = ["onTrainBegin", "onEpochEnd", "onTrainEnd"];

/** Sends to the caller; what is posted is not used again. */
type Send = (reply: Reply, transfer: ArrayBuffer[]) => void;

type Call = Extract<Request, { type: "call" }>;

/** Makes something that takes requests and answers through `send`. */
export function serveModel(maker: ModelMaker, send: Send): (request: Request) => void {
  const host = new Host(maker, send);
  return (request) => void host.take(request);
}

class Host {
  readonly #maker: ModelMaker;
  readonly #send: Send;
  #model: Sequential | null = null;
  readonly #aborts = new Map<number, AbortController>();
  readonly #waiting = new Map<number, (answer: HookAnswer) => void>();
  #keptAt = 0;

  constructor(maker: ModelMaker, send: Send) {
    this.#maker = maker;
    this.#send = send;
  }

  async take(request: Request): Promise<void> {
    if (request.type === "abort") return this.#aborts.get(request.id)?.abort();
    if (request.type === "hooked") return this.#waiting.get(request.id)?.(request.answer);
    const { id } = request;
    try {
      const value = request.type === "open" ? await this.#open(request) : await this.#call(request);
      this.#send({ type: "done", id, value }, buffersOf(value));
    } catch (error) {
      this.#send({ type: "failed", id, error: toPlainError(error) }, []);
    }
  }

  async #open({ options, file }: Extract<Request, { type: "open" }>): Promise<unknown> {
    const { create, load } = this.#maker;
    this.#model = file ? await load(file, options) : await create(options as SequentialOptions);
    return JSON.parse(JSON.stringify(this.#model.layers));
  }

  async #call({ id, name, args, hooks, isAborted }: Call): Promise<unknown> {
    if (!this.#model) throw new BackendError(`${name}: the worker has no model.`);
    const model = this.#model;
    const given = args.map(fromPlain);
    if (name === "fit") given[1] = this.#fitOptions(id, given[1] as FitOptions, hooks, model);
    if (isAborted) this.#aborts.get(id)?.abort();
    try {
      return await (model[name] as (...args: unknown[]) => unknown)(...given);
    } finally {
      this.#aborts.delete(id);
      this.#waiting.delete(id);
      if (CHANGING.includes(name)) this.#keep(model);
      else if (name === "trainOnBatch") this.#keepNowAndThen(model);
    }
  }

  #fitOptions(id: number, options: FitOptions, hooks: readonly TravellingHook[], model: Sequential): FitOptions {
    const abort = new AbortController();
    this.#aborts.set(id, abort);
    // Behind the others, so that a file has what they have restored.
    const keeper: Callback = { onEpochEnd: () => this.#keepNowAndThen(model) };
    const callbacks = hooks.length > 0 ? [this.#distantCallback(id, hooks), keeper] : [keeper];
    return { ...options, callbacks, signal: abort.signal };
  }

  /** All of the caller's callbacks as one: each hook that someone listens to is a question, and training waits. */
  #distantCallback(id: number, hooks: readonly TravellingHook[]): Callback {
    let trainer: Trainer;
    const ask = async (hook: TravellingHook, args: readonly unknown[], logs: HookCall["logs"] = null) => {
      const { stopTraining, learningRate, epochs, isInterrupted } = trainer;
      // Only who hears of the beginning is given a trainer to ask.
      const isAsked = hooks.includes("onTrainBegin") && ASKED_IN.includes(hook);
      const [weights, file] = isAsked ? [trainer.snapshot(), trainer.save()] : [null, null];
      const state = { stopTraining, learningRate, epochs, isInterrupted };
      const call: HookCall = { hook, args, logs, state, weights, file };
      const answered = new Promise<HookAnswer>((resolve) => this.#waiting.set(id, resolve));
      this.#send({ type: "hook", id, call }, buffersOf([weights, file]));
      const answer = await answered;
      if (answer.hasFailed) throw new BackendError("A callback of the caller failed.");
      trainer.stopTraining = answer.stopTraining;
      if (answer.learningRate !== null) trainer.learningRate = answer.learningRate;
      if (answer.resumeFrom) await trainer.resumeFrom(answer.resumeFrom);
      if (answer.restore) trainer.restore(answer.restore);
    };
    const asking: Required<Pick<Callback, TravellingHook>> = {
      onTrainBegin: (given) => {
        trainer = given;
        return hooks.includes("onTrainBegin") ? ask("onTrainBegin", []) : null;
      },
      onEpochBegin: (epoch) => ask("onEpochBegin", [epoch]),
      onBatchBegin: (position) => ask("onBatchBegin", [position]),
      onBatchEnd: (position, logs) => ask("onBatchEnd", [position], logs()),
      onEpochEnd: (epoch, logs) => ask("onEpochEnd", [epoch], { ...logs }),
      onTrainEnd: () => ask("onTrainEnd", []),
    };
    const listened = Object.entries(asking).filter(
      ([hook]) => hook === "onTrainBegin" || (hooks as readonly string[]).includes(hook),
    );
    return Object.fromEntries(listened);
  }

  #keepNowAndThen(model: Sequential): void {
    if (now() - this.#keptAt >= KEEP_INTERVAL) this.#keep(model);
  }

  #keep(model: Sequential): void {
    const file = model.save();
    this.#send({ type: "keep", file }, [file.buffer]);
    this.#keptAt = now();
  }
}
