/**
 * The worker's side: owns the model, and does what messages say. Has never heard of threads; where none can be
 * started, it runs beside its caller.
 */
import { Pipeline } from "../../data/pipeline.js";
import { BackendError } from "../../errors.js";
import { now } from "../../runtime/yield.js";
import type { Callback } from "../callbacks/callback.js";
import type { FitOptions } from "../fitOptions.js";
import type { RuntimeOptions, SequentialOptions } from "../options.js";
import type { Sequential } from "../sequential.js";
import { type Ask, distantCallbacks } from "./distantCallbacks.js";
import {
  type DistantCallback,
  type HookAnswer,
  type Mirror,
  type Pulled,
  type RemoteName,
  type Reply,
  type Request,
  toPlainError,
} from "./protocol.js";
import { buffersOf, type PlainStream, unpack } from "./values.js";

/** What makes models; given, so that this file does not import the class that imports it. */
export interface ModelMaker {
  create(options: SequentialOptions): Promise<Sequential>;
  load(bytes: Uint8Array, options: RuntimeOptions): Promise<Sequential>;
}

/** Milliseconds between two files for the caller to keep, beyond those at the end of a call. */
const KEEP_INTERVAL = 250;

/** Calls after which the host sends the model to the caller. */
const CHANGING: readonly RemoteName[] = ["adapt", "compile", "setWeights", "useAverages", "fit"];

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
  /** Hooks that wait for the caller, by call. */
  readonly #asks = new Map<number, Ask>();
  /** Readers of streams that wait for an element. */
  readonly #pulls = new Map<number, (result: Pulled) => void>();
  #readers = 0;
  #keptAt = 0;

  constructor(maker: ModelMaker, send: Send) {
    this.#maker = maker;
    this.#send = send;
  }

  async take(request: Request): Promise<void> {
    switch (request.type) {
      case "abort":
        return this.#aborts.get(request.id)?.abort();
      case "need":
        return this.#fetch(request.id, request.needs);
      case "hooked":
        return this.#asks.get(request.id)?.answer(request.answer);
      case "pulled":
        return this.#pulls.get(request.reader)?.(request.result);
      case "metadata":
        if (this.#model) this.#model.metadata = request.metadata;
        return;
      case "end":
        for (const abort of this.#aborts.values()) abort.abort();
        return this.#model?.dispose();
    }
    const { id } = request;
    try {
      const value = request.type === "open" ? await this.#open(request) : await this.#call(request);
      this.#send({ type: "done", id, value }, buffersOf(value));
    } catch (error) {
      this.#send({ type: "failed", id, error: toPlainError(error) }, []);
    }
  }

  async #open({ options, file, metadata }: Extract<Request, { type: "open" }>): Promise<Mirror> {
    const { create, load } = this.#maker;
    this.#model = file ? await load(file, options) : await create(options as SequentialOptions);
    if (metadata !== undefined) this.#model.metadata = metadata;
    return mirrorOf(this.#model);
  }

  async #call({ id, name, args, callbacks, isAborted }: Call): Promise<unknown> {
    if (!this.#model) throw new BackendError(`${name}: the worker has no model.`);
    const model = this.#model;
    const given = args.map((value) => unpack(value, (stream) => this.#stream(id, stream)));
    if (name === "fit") given[1] = this.#fitOptions(id, given[1], callbacks, model);
    if (isAborted) this.#aborts.get(id)?.abort();
    try {
      const value = await (model[name] as (...args: unknown[]) => unknown)(...given);
      return name === "compile" ? mirrorOf(model) : value;
    } finally {
      this.#aborts.delete(id);
      this.#asks.delete(id);
      if (CHANGING.includes(name)) this.#keep(model);
      else if (name === "trainOnBatch") this.#keepNowAndThen(model);
    }
  }

  /** Options of `fit` with what the caller keeps to itself; options that are no object are left to `fit` to refuse. */
  #fitOptions(id: number, options: unknown, callbacks: readonly DistantCallback[], model: Sequential): FitOptions {
    if (typeof options !== "object" || options === null) return options as FitOptions;
    const abort = new AbortController();
    this.#aborts.set(id, abort);
    // After the others, so that a file has what they have restored.
    const keeper: Callback = { onEpochEnd: () => this.#keepNowAndThen(model) };
    const link = {
      ask: (ask: Ask) => {
        this.#asks.set(id, ask);
        this.#send({ type: "hook", id, call: ask.call }, []);
      },
      setState: (index: number, state: NonNullable<HookAnswer["state"]>) =>
        this.#send({ type: "setState", id, index, state }, []),
    };
    return {
      ...options,
      callbacks: [...distantCallbacks(callbacks, link), keeper],
      signal: abort.signal,
      onWarning: (message) => this.#send({ type: "warning", id, message }, []),
    };
  }

  /** Sends what the hook that waits may ask its trainer for. */
  #fetch(id: number, needs: Extract<Request, { type: "need" }>["needs"]): void {
    const data = this.#asks.get(id)?.read(needs);
    if (data) this.#send({ type: "needed", id, data }, buffersOf(data));
  }

  /** A stream of the caller: each element is asked for when it is wanted. */
  #stream(id: number, { id: stream, isBatched }: PlainStream): unknown {
    const open = (pass: number): AsyncIterable<unknown> => ({
      [Symbol.asyncIterator]: () => {
        const reader = ++this.#readers;
        const pull = (ends: boolean) =>
          new Promise<IteratorResult<unknown>>((resolve, reject) => {
            this.#pulls.set(reader, ({ done, value, hasFailed }) => {
              this.#pulls.delete(reader);
              if (hasFailed) reject(new BackendError("A stream of the caller failed."));
              else resolve({ done, value: unpack(value, () => undefined) } as IteratorResult<unknown>);
            });
            this.#send({ type: "pull", id, stream, pass, reader, ends }, []);
          });
        return { next: () => pull(false), return: () => pull(true) };
      },
    });
    return isBatched ? open : new Pipeline(open, false);
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

function mirrorOf({ layers, compiled, metadata }: Sequential): Mirror {
  return { layers: JSON.parse(JSON.stringify(layers)), compiled, metadata };
}
