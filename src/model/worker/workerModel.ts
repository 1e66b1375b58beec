/** The caller's side of a model that lives in a worker: the methods of `Sequential`, each a promise. */

import { batchPipeline, type Pipeline } from "../../data/pipeline.js";
import { BackendError, checkArguments, checkOptions, OptionError, show } from "../../errors.js";
import { copyJson, type JsonObject } from "../../json.js";
import { kindOf } from "../../kinds.js";
import { freeze, lockLayers, type PlacedLayer } from "../../layers/index.js";
import { modulesFor } from "../../runtime/select.js";
import { startThread, type Thread } from "../../runtime/thread.js";
import { resolveCallbacks } from "../callbacks/callback.js";
import { progress } from "../callbacks/progress.js";
import type { Compiled } from "../compile.js";
import type { FitOptions } from "../fitOptions.js";
import type { Evaluation, History, TrainLog } from "../logTypes.js";
import { checkRuntime, type RuntimeOptions } from "../options.js";
import { isStream } from "../prepare.js";
import type { ModelInfo, Sequential } from "../sequential.js";
import { iterate } from "../train.js";
import { CallbackSession } from "./callbackSession.js";
import { type ModelMaker, serveModel } from "./host.js";
import {
  fromPlainError,
  type HookCall,
  type Mirror,
  type Pulled,
  type Remote,
  type RemoteName,
  type Reply,
  type Request,
  type TrainerData,
} from "./protocol.js";
import { buffersOf, parcel } from "./values.js";

/** What runs a model in a worker. */
export interface WorkerModelInfo extends ModelInfo {
  /** True if it has a worker. */
  readonly worker: boolean;
  /** Why it runs beside its caller; empty if it has a worker. */
  readonly workerReason: string;
}

/** Methods as those of `Sequential`, each a promise. */
type Remotes = { [Name in Exclude<RemoteName, "info">]: Remote<Name> };

/** A call that waits for its reply. */
interface Pending {
  resolve(value: never): void;
  reject(error: unknown): void;
  readonly thread: Thread;
  readonly session: CallbackSession | null;
  readonly onWarning: (message: string) => void;
  /** Streams among the arguments, and the passes over them that are being read. */
  readonly streams: readonly Pipeline<unknown>[];
  readonly readers: Map<number, AsyncIterator<unknown>>;
  /** Answers to a hook that asked for what its trainer needs. */
  onNeeded: ((data: TrainerData) => void) | null;
  /** What a callback or a stream of the caller threw. */
  failure: { readonly cause: unknown } | null;
}

/** The worker, or what stands in for it. */
interface Connection {
  readonly thread: Thread;
  /** Why it is no worker. */
  readonly reason: string;
}

/** What a call brings beside its arguments. */
interface Company {
  readonly session?: CallbackSession | null;
  readonly onWarning?: (message: string) => void;
}

/**
 * A model in a worker: as `Sequential`, with the same bits, but every method returns a promise, and the caller's thread
 * stays free. Made by `Sequential.create({ …, worker: true })`.
 *
 * Data are copied once, on the way to the worker; a typed array on shared memory is not copied. Streams stay here: the
 * worker asks for each batch when it wants it. Callbacks run here, and training waits for each of them. What a hook may
 * ask of its trainer travels before the hook: `needs` of a callback makes that less.
 *
 * If the worker dies, its calls reject with a BackendError, and the next call goes on in a new worker from the last state
 * that was kept: the end of the last epoch that ended more than a quarter of a second after the one kept before it.
 */
export class WorkerModel implements Remotes {
  readonly #maker: ModelMaker;
  readonly #options: RuntimeOptions;
  readonly #pending = new Map<number, Pending>();
  #connection: Promise<Connection> | null = null;
  /** The model's file, to go on from. */
  #kept: Uint8Array | null = null;
  #layers: readonly PlacedLayer[] = [];
  #compiled: Compiled | null = null;
  /** `undefined` until the model is open. */
  #metadata: JsonObject | null | undefined;
  #ids = 0;
  #isDisposed = false;

  private constructor(options: RuntimeOptions, maker: ModelMaker) {
    this.#options = options;
    this.#maker = maker;
  }

  /** @throws as `Sequential.create` and, with a file, `Sequential.load`. */
  static async open(options: RuntimeOptions, maker: ModelMaker, file: Uint8Array | null = null): Promise<WorkerModel> {
    const model = new WorkerModel(options, maker);
    model.#kept = file;
    await model.#connect();
    return model;
  }

  /** As `Sequential.layers`. */
  get layers(): readonly PlacedLayer[] {
    return this.#layers;
  }

  /** As `Sequential.adapt`. */
  adapt(...args: Parameters<Remote<"adapt">>): Promise<void> {
    return this.#call("adapt", args);
  }

  /** As `Sequential.check`. */
  check(...args: Parameters<Remote<"check">>): ReturnType<Remote<"check">> {
    return this.#call("check", args);
  }

  /** As `Sequential.compile`. */
  async compile(...args: Parameters<Remote<"compile">>): Promise<void> {
    this.#reflect(await this.#call<Mirror>("compile", args));
  }

  /** As `Sequential.compiled`. */
  get compiled(): Compiled | null {
    return this.#compiled;
  }

  /**
   * As `Sequential.fit`.
   * @throws what a callback or a stream throws, as it is; BackendError when the worker dies.
   */
  async fit<Custom extends string = never>(...args: Parameters<Remote<"fit">>): Promise<History<Custom>> {
    const [data, options = {}, ...more] = args;
    // What is no options object, `fit` refuses in the worker.
    if (kindOf(options) !== "Object") return this.#call("fit", args);
    const { callbacks = [], signal, onWarning = console.warn, verbose, ...rest }: FitOptions = options;
    if (signal !== undefined && kindOf(signal) !== "AbortSignal") {
      throw new OptionError(`fit: signal: expected an AbortSignal, got ${show(signal)}.`);
    }
    if (typeof onWarning !== "function") {
      throw new OptionError(`fit: onWarning: expected a function, got ${show(onWarning)}.`);
    }
    const own = resolveCallbacks(callbacks);
    const session = new CallbackSession(verbose === 1 ? [...own, progress()] : own, signal ?? null);
    const plain = verbose === undefined || verbose === 1 ? rest : { ...rest, verbose };
    return this.#call("fit", [data, plain, ...more], { session, onWarning });
  }

  /** As `Sequential.train`. */
  train<Custom extends string = never>(
    ...[data, options = {}]: Parameters<Sequential["train"]>
  ): AsyncGenerator<TrainLog<Custom>, History<Custom>, undefined> {
    checkArguments("train", arguments, 2);
    checkOptions("train", options);
    return iterate((rest) => this.fit<Custom>(data, rest), options);
  }

  /** As `Sequential.trainOnBatch`. */
  trainOnBatch<Custom extends string = never>(
    ...args: Parameters<Remote<"trainOnBatch">>
  ): Promise<Evaluation<Custom>> {
    return this.#call("trainOnBatch", args);
  }

  /** As `Sequential.evaluate`. */
  evaluate<Custom extends string = never>(...args: Parameters<Remote<"evaluate">>): Promise<Evaluation<Custom>> {
    return this.#call("evaluate", args);
  }

  /** As `Sequential.predict`, but a promise. */
  predict(...args: Parameters<Remote<"predict">>): Promise<Float32Array> {
    return this.#call("predict", args);
  }

  /** As `Sequential.getWeights`. */
  getWeights(...args: Parameters<Remote<"getWeights">>): ReturnType<Remote<"getWeights">> {
    return this.#call("getWeights", args);
  }

  /** As `Sequential.setWeights`. */
  setWeights(...args: Parameters<Remote<"setWeights">>): Promise<void> {
    return this.#call("setWeights", args);
  }

  /** As `Sequential.useAverages`. */
  useAverages(...args: Parameters<Remote<"useAverages">>): Promise<void> {
    return this.#call("useAverages", args);
  }

  /** As `Sequential.summary`. */
  summary(...args: Parameters<Remote<"summary">>): Promise<string> {
    return this.#call("summary", args);
  }

  /** As `Sequential.info`, and whether there is a worker. */
  async info(...args: Parameters<Remote<"info">>): Promise<WorkerModelInfo> {
    const info: ModelInfo = await this.#call("info", args);
    const { reason } = await this.#connect();
    return { ...info, worker: reason === "", workerReason: reason };
  }

  /** As `Sequential.trace`. */
  trace(...args: Parameters<Remote<"trace">>): ReturnType<Remote<"trace">> {
    return this.#call("trace", args);
  }

  /** As `Sequential.metadata`. Setting it takes effect before the next call. */
  get metadata(): JsonObject | null {
    return this.#metadata ?? null;
  }

  set metadata(metadata: object | null) {
    const own = metadata === null ? null : copyJson("metadata", metadata);
    this.#metadata = own;
    void this.#connection?.then(
      ({ thread }) => thread.post({ type: "metadata", metadata: own }),
      () => {}, // the next connection brings it
    );
  }

  /** As `Sequential.save`. */
  save(...args: Parameters<Remote<"save">>): ReturnType<Remote<"save">> {
    return this.#call("save", args);
  }

  /** Ends the worker. Calls that wait for it reject, as do later ones. */
  dispose(): void {
    checkArguments("dispose", arguments, 0);
    this.#isDisposed = true;
    this.#lose("this model was disposed");
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #call<T>(name: RemoteName, args: readonly unknown[], company: Company = {}): Promise<T> {
    // Copied before anything is waited for: what the caller changes after the call is not part of it.
    const streams: Pipeline<unknown>[] = [];
    const positions = streamPositions(name, args);
    const { value, transfer } = parcel(args, (given) => {
      if (!positions.has(given) || !isStream(given)) return null;
      const batches = batchPipeline(name, given);
      return { id: streams.push(batches) - 1, isBatched: batches.isBatched };
    });
    const { session } = company;
    const callbacks = session?.describe() ?? [];
    const { thread } = await this.#connect();
    const isAborted = session?.isAborted ?? false;
    const request = { type: "call" as const, name, args: value as readonly unknown[], callbacks, isAborted };
    return this.#request<T>(thread, (id) => ({ ...request, id }), transfer, { ...company, streams });
  }

  /** Posts a request and waits for its reply. */
  #request<T>(
    thread: Thread,
    make: (id: number) => Request,
    transfer: readonly ArrayBuffer[],
    { session = null, onWarning = console.warn, streams = [] }: Company & Partial<Pick<Pending, "streams">> = {},
  ): Promise<T> {
    const id = ++this.#ids;
    return new Promise<T>((resolve, reject) => {
      post(thread, make(id), transfer);
      const state = { onNeeded: null, failure: null, readers: new Map() };
      this.#pending.set(id, { resolve, reject, thread, session, onWarning, streams, ...state });
      thread.hold(true);
      session?.follow(() => post(thread, { type: "abort", id }));
    });
  }

  #connect(): Promise<Connection> {
    if (this.#isDisposed) {
      return Promise.reject(new BackendError("This model was disposed. Create or load another."));
    }
    this.#connection ??= this.#open().catch((error: unknown) => {
      this.#connection = null;
      throw error;
    });
    return this.#connection;
  }

  async #open(): Promise<Connection> {
    const wishes = checkRuntime("Sequential.create", this.#options);
    const modules = await modulesFor(wishes);
    const connection = await this.#start();
    const { thread } = connection;
    // With a file only how it runs is still to be said.
    const { backend, threads, deterministic } = wishes;
    const { wasm } = this.#options;
    const given = this.#kept
      ? { backend, threads, deterministic, ...(wasm === undefined ? {} : { wasm }) }
      : this.#options;
    const { value, transfer } = parcel(modules.length > 0 ? { ...given, wasm: modules } : given);
    const [file, metadata] = [this.#kept?.slice() ?? null, this.#metadata];
    const mirror = await this.#request<Mirror>(
      thread,
      (id) => ({ type: "open", id, options: value as object, file, metadata }),
      [...transfer, ...buffersOf(file)],
    ).catch((error: unknown) => {
      thread.terminate();
      throw error;
    });
    this.#reflect(mirror);
    return connection;
  }

  #reflect({ layers, compiled, metadata }: Mirror): void {
    this.#layers = lockLayers(layers);
    this.#compiled = freeze(compiled);
    // The worker has what was set last, unless it was set since.
    if (this.#metadata === undefined) this.#metadata = metadata && copyJson("metadata", metadata);
  }

  async #start(): Promise<Connection> {
    const onMessage = (reply: unknown) => this.#take(reply as Reply);
    try {
      const { default: program } = await import("#worker");
      const thread = await startThread(program, { onMessage, onEnd: (reason) => this.#lose(reason) });
      return { thread, reason: "" };
    } catch (cause) {
      const reason = `a worker could not start: ${cause instanceof Error ? cause.message : cause}`;
      return { thread: beside(this.#maker, onMessage), reason };
    }
  }

  #take(reply: Reply): void {
    if (reply.type === "keep") {
      this.#kept = reply.file;
      return;
    }
    const pending = this.#pending.get(reply.id);
    if (!pending) return;
    if (reply.type === "hook") void this.#answerHook(reply.id, reply.call, pending);
    else if (reply.type === "needed") pending.onNeeded?.(reply.data);
    else if (reply.type === "setState") pending.session?.setState(reply.index, reply.state);
    else if (reply.type === "warning") this.#warn(reply.id, reply.message, pending);
    else if (reply.type === "pull") void this.#answerPull(reply, pending);
    else this.#settle(reply, pending);
  }

  #settle(reply: Extract<Reply, { type: "done" | "failed" }>, pending: Pending): void {
    this.#pending.delete(reply.id);
    pending.session?.end();
    if (this.#pending.size === 0) void this.#rest();
    if (pending.failure) pending.reject(pending.failure.cause);
    else if (reply.type === "done") pending.resolve(reply.value as never);
    else pending.reject(fromPlainError(reply.error));
  }

  /** Lets a process end while nothing is to be done. */
  async #rest(): Promise<void> {
    const connection = await this.#connection?.catch(() => null);
    connection?.thread.hold(this.#pending.size > 0);
  }

  /** Calls a hook of the caller and sends what it wants. Where the worker is gone by then, nobody waits for it. */
  async #answerHook(id: number, call: HookCall, pending: Pending): Promise<void> {
    const { thread } = pending;
    const fetch = (needs: readonly ("weights" | "file" | "step")[]) =>
      new Promise<TrainerData>((resolve) => {
        pending.onNeeded = resolve;
        post(thread, { type: "need", id, needs });
      });
    try {
      const answer = await (pending.session as CallbackSession).run(call, fetch);
      const { value, transfer } = parcel(answer);
      if (this.#pending.has(id)) post(thread, { type: "hooked", id, answer: value as typeof answer }, transfer);
    } catch (cause) {
      pending.failure ??= { cause };
      const { stopTraining } = call.state;
      const nothing = { learningRate: null, restore: null, resumeFrom: null, state: null, isForgiven: false };
      const answer = { ...nothing, stopTraining, hasFailed: true };
      if (this.#pending.has(id)) post(thread, { type: "hooked", id, answer });
    }
  }

  /** Gives the caller a warning. Where that throws, training ends with what it threw. */
  #warn(id: number, message: string, pending: Pending): void {
    try {
      pending.onWarning(message);
    } catch (cause) {
      pending.failure ??= { cause };
      post(pending.thread, { type: "abort", id });
    }
  }

  /** Reads the next element of a stream of the caller, or ends a pass over it. */
  async #answerPull(pull: Extract<Reply, { type: "pull" }>, pending: Pending): Promise<void> {
    const { id, reader } = pull;
    const send = ({ value, ...rest }: Pulled) => {
      const given = parcel(value);
      if (this.#pending.has(id)) {
        post(pending.thread, { type: "pulled", id, reader, result: { ...rest, value: given.value } }, given.transfer);
      }
    };
    try {
      if (pull.ends) {
        await pending.readers.get(reader)?.return?.();
        return send({ done: true, value: undefined, hasFailed: false });
      }
      let iterator = pending.readers.get(reader);
      iterator ??= pending.streams[pull.stream].iterate(pull.pass)[Symbol.asyncIterator]();
      pending.readers.set(reader, iterator);
      const { done = false, value } = await iterator.next();
      send({ done, value: done ? undefined : value, hasFailed: false });
    } catch (cause) {
      pending.failure ??= { cause };
      send({ done: true, value: undefined, hasFailed: true });
    }
  }

  /** Rejects what is pending; the next call opens a new connection. */
  #lose(reason: string): void {
    const connection = this.#connection;
    this.#connection = null;
    void connection?.then(
      ({ thread }) => thread.terminate(),
      () => {},
    );
    for (const [id, { reject, session, thread, readers }] of [...this.#pending]) {
      this.#pending.delete(id);
      thread.terminate();
      session?.end();
      for (const iterator of readers.values()) void iterator.return?.()?.catch(() => {});
      const next = this.#isDisposed ? "" : " The next call goes on in a new worker from the last state that was kept.";
      reject(new BackendError(`The worker of a model ended: ${reason}.${next}`));
    }
  }
}

/** Arguments of a method that may be streams. */
function streamPositions(name: RemoteName, [data, options]: readonly unknown[]): Set<unknown> {
  if (name !== "fit" && name !== "evaluate") return new Set();
  const validation = typeof options === "object" && options !== null && (options as FitOptions).validationData;
  return new Set([data, validation || null]);
}

/** @throws OptionError for what cannot leave its thread, such as functions. */
function post(thread: Thread, request: Request, transfer: readonly ArrayBuffer[] = []): void {
  try {
    thread.post(request, transfer);
  } catch (cause) {
    if ((cause as Error)?.name !== "DataCloneError") throw cause;
    throw new OptionError(
      `With worker: true, options and data must be plain: ${(cause as Error).message} ` +
        "Give numbers, text, arrays and plain objects, or leave out worker.",
      { cause },
    );
  }
}

/** The host on this thread, each message in a turn of its own. */
function beside(maker: ModelMaker, onMessage: (reply: Reply) => void): Thread {
  let isOpen = true;
  const take = serveModel(maker, (reply) => queueMicrotask(() => isOpen && onMessage(reply)));
  return {
    post: (request) => queueMicrotask(() => take(request as Request)),
    hold: () => {},
    terminate: () => {
      isOpen = false;
      take({ type: "end" });
    },
  };
}
