/**
 * The worker's side: owns the model, and carries out messages. Knows no threads; if none can be started, it runs on
 * the caller's thread.
 */
import { BackendError } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import type { Callback } from "../callbacks/callback.js";
import type { LoadOptions } from "../model/loadOptions.js";
import type { Model } from "../model/model.js";
import type { CompileOptions, RuntimeOptions, SequentialOptions } from "../model/options.js";
import { announceLength, deliver } from "../runtime/mailbox.js";
import { now } from "../runtime/yield.js";
import { addEverySpec } from "../specs/every.js";
import { importLoss } from "../specs/losses/custom.js";
import type { FitOptions } from "../training/options.js";
import { toBytes } from "./bytes.js";
import { CallerError, DistantCaller } from "./distantCaller.js";
import {
  type CallbackShape,
  type Mirror,
  type RemoteName,
  type Reply,
  type Request,
  type SentState,
  type TrainerUse,
  toPlainError,
} from "./protocol.js";
import { pack, unpack } from "./values.js";

/** Maker of models, passed in so that this file does not import the class that imports it. */
export interface ModelMaker {
  create(options: SequentialOptions): Promise<Model>;
  load(bytes: Uint8Array, options: RuntimeOptions & LoadOptions): Promise<Model>;
}

/** Least milliseconds between two files that the caller keeps; the end of a call always sends one. */
const KEEP_INTERVAL = 250;

/** Calls after which the host sends the model back to the caller. */
const CHANGING: readonly RemoteName[] = ["adapt", "compile", "setWeights", "useAverages", "fit"];

/** Sends a reply to the caller; nothing in it is used again. */
type Send = (reply: Reply, transfer: ArrayBuffer[]) => void;

type Opening = Extract<Request, { type: "open" }>;
type Call = Extract<Request, { type: "call" }>;
type Setting = Extract<Request, { type: "set" | "later" }>;

/** Makes something that takes requests and answers through `send`. */
export function serveModel(maker: ModelMaker, send: Send): Host {
  addEverySpec(); // a message may name any
  return new Host(maker, send);
}

export class Host {
  readonly #maker: ModelMaker;
  readonly #send: Send;
  #model: Model | null = null;
  /** Callers with running calls, and the last one that trained: its trainer can still be used afterwards. */
  readonly #callers = new Map<number, DistantCaller>();
  #lastFit = 0;
  /** The answer that a caller waits for at its mailbox. */
  #answer: Uint8Array = new Uint8Array();
  #keptAt = 0;

  constructor(maker: ModelMaker, send: Send) {
    this.#maker = maker;
    this.#send = send;
  }

  take(request: Request): void {
    const caller = this.#callers.get(request.id);
    switch (request.type) {
      case "open":
      case "call":
      case "set":
      case "later":
        void this.#run(request);
        break;
      case "abort":
        caller?.abort.abort();
        break;
      case "states":
        caller?.setStates(unpack(request.states) as SentState[]);
        break;
      case "answer":
        caller?.answer(request.question, request.answer);
        break;
      case "tell":
        caller?.tell(request.member, unpack(request.args) as unknown[]);
        break;
      case "ask":
        this.#answer = toBytes(this.#outcome(request));
        announceLength(request.mailbox, this.#answer.length);
        break;
      case "fetch":
        deliver(request.mailbox, this.#answer, request.memory);
        break;
      default:
        throw request satisfies never;
    }
  }

  /** Uses the trainer of a call. @throws the errors of the trainer; BackendError after the next fit has begun. */
  use({ id, member, args, states }: TrainerUse): unknown {
    const caller = this.#callers.get(id);
    if (!caller) throw new BackendError(`${member}: another fit has begun.`);
    caller.setStates(unpack(states) as SentState[]);
    return caller.use(member, unpack(args) as unknown[]);
  }

  dispose(): void {
    this.#model?.dispose();
  }

  #outcome(use: TrainerUse): object {
    try {
      const value = this.use(use);
      return kindOf(value) === "Promise" ? { isLater: true } : { value };
    } catch (error) {
      return { error: toPlainError(error) };
    }
  }

  async #run(request: Opening | Call | Setting): Promise<void> {
    const { id } = request;
    try {
      const result = await this.#resultOf(request);
      const value = pack(result, { transfer: true });
      const isChanged = request.type === "call" ? CHANGING.includes(request.name) : request.type !== "later";
      const mirror = pack(isChanged && this.#model ? mirrorOf(this.#model) : null);
      this.#send({ type: "done", id, value: value.value, mirror: mirror.value }, [...value.buffers, ...mirror.buffers]);
    } catch (error) {
      const isCallers = error instanceof CallerError;
      this.#send({ type: "failed", id, error: toPlainError(error), isCallers }, []);
    }
  }

  #resultOf(request: Opening | Call | Setting): unknown {
    if (request.type === "open") return this.#open(request);
    if (!this.#model) throw new BackendError("The worker has no model.");
    if (request.type === "call") return this.#call(this.#model, request);
    if (request.type === "later") return this.#callers.get(request.call)?.later;
    (this.#model as unknown as Record<string, unknown>)[request.name] = unpack(request.value);
    this.#keep(this.#model);
  }

  async #open({ options, file }: Opening): Promise<void> {
    const { create, load } = this.#maker;
    const given = unpack(options) as SequentialOptions & LoadOptions;
    await importLoss(given.loss);
    this.#model = file ? await load(file as Uint8Array, given) : await create(given);
  }

  async #call(model: Model, { id, name, args, callbacks, isAborted }: Call): Promise<unknown> {
    const caller = new DistantCaller({
      callbacks: unpack(callbacks) as CallbackShape[],
      send: (question, asked) => {
        const { value, buffers } = pack(asked);
        this.#send({ type: "question", id, question, asked: value }, buffers);
      },
    });
    this.#callers.set(id, caller);
    if (name === "fit") {
      this.#callers.delete(this.#lastFit);
      this.#lastFit = id;
    }
    if (isAborted) caller.abort.abort();
    try {
      const given = unpack(args, (reference) => caller.openStream(reference)) as unknown[];
      if (name === "compile") await importLoss((given[0] as Partial<CompileOptions> | undefined)?.loss);
      if (name === "fit") given[1] = this.#fitOptions(given[1] as FitOptions, caller, model);
      return await (model[name] as (...args: unknown[]) => unknown)(...given);
    } finally {
      if (name !== "fit") this.#callers.delete(id);
      if (CHANGING.includes(name)) this.#keep(model);
      else if (name === "trainOnBatch") this.#keepNowAndThen(model);
    }
  }

  #fitOptions(options: FitOptions, caller: DistantCaller, model: Model): FitOptions {
    // After the others, so that a file has the state that they have restored.
    const keeper: Callback = { onEpochEnd: () => this.#keepNowAndThen(model) };
    return {
      ...options,
      callbacks: [...caller.callbacks, keeper],
      signal: caller.abort.signal,
      onWarning: (message) => caller.warn(message),
    };
  }

  #keepNowAndThen(model: Model): void {
    if (now() - this.#keptAt >= KEEP_INTERVAL) this.#keep(model);
  }

  #keep(model: Model): void {
    this.#keptAt = now();
    try {
      const { value, buffers } = pack(model.save(), { transfer: true });
      this.#send({ type: "keep", file: value }, buffers);
    } catch {} // a model that cannot be saved can still be used
  }
}

function mirrorOf({ layers, compiled, metadata }: Model): Mirror {
  return { layers, compiled, metadata };
}
