/** The caller's side of a model that lives in a worker: the methods of `Sequential`, each a promise. */
import type { Data } from "../../data/dataset.js";
import type { Numbers } from "../../data/matrix.js";
import { BackendError, OptionError, show } from "../../errors.js";
import { lockLayers, type PlacedLayer } from "../../layers/index.js";
import { modulesFor } from "../../runtime/select.js";
import { startThread, type Thread } from "../../runtime/thread.js";
import { resolveCallbacks } from "../callbacks/callback.js";
import type { Evaluation } from "../evaluate.js";
import type { History } from "../fit.js";
import type { FitOptions } from "../fitOptions.js";
import { type CompileOptions, checkRuntime, type EvaluateOptions, type RuntimeOptions } from "../options.js";
import { isStream } from "../prepare.js";
import type { ModelInfo } from "../sequential.js";
import type { Trace, TraceOptions } from "../trace.js";
import type { Weight, WeightLike } from "../weights.js";
import { CallbackSession } from "./callbackSession.js";
import { type ModelMaker, serveModel } from "./host.js";
import {
  buffersOf,
  fromPlainError,
  type HookCall,
  type Remote,
  type RemoteName,
  type Reply,
  type Request,
  toPlain,
} from "./protocol.js";

/** What runs a model in a worker. */
export interface WorkerModelInfo extends ModelInfo {
  /** Does it have a worker? */
  readonly worker: boolean;
  /** Why it runs beside its caller; empty where it does not. */
  readonly workerReason: string;
}

/** Methods that are as those of `Sequential`; data that are streams stay on their own side. */
type Remotes = { [Name in Exclude<RemoteName, "info" | "fit" | "evaluate">]: Remote<Name> };

/** A call that waits for its reply. */
interface Pending {
  resolve(value: never): void;
  reject(error: unknown): void;
  readonly session: CallbackSession | null;
}

/** The worker, or what stands in for it. */
interface Connection {
  readonly thread: Thread;
  /** Why it is no worker. */
  readonly reason: string;
}

/**
 * A model in a worker: as `Sequential`, with the same bits, but every method returns a promise, and the caller's thread
 * stays free. Made by `Sequential.create({ …, worker: true })`.
 *
 * Callbacks run on the caller's side, and training waits for each of them. If the worker dies, its calls reject with a
 * BackendError, and the next call goes on in a new worker from the last state that was kept: the end of the last epoch
 * that ended more than a quarter of a second after the one kept before it.
 */
export class WorkerModel implements Remotes {
  /** Layers in order, with the shapes and weights of each at its place. */
  readonly layers: readonly PlacedLayer[] = [];
  readonly #maker: ModelMaker;
  readonly #options: RuntimeOptions;
  readonly #pending = new Map<number, Pending>();
  #connection: Promise<Connection> | null = null;
  /** The model's file, to go on from. */
  #kept: Uint8Array | null = null;
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

  /** As `Sequential.adapt`. */
  adapt(...args: Parameters<Remote<"adapt">>): Promise<void> {
    return this.#call("adapt", args);
  }

  /** As `Sequential.compile`. */
  compile(options: CompileOptions): Promise<void> {
    return this.#call("compile", [options]);
  }

  /**
   * As `Sequential.fit`. Data are copied once, on the way to the worker; a typed array on shared memory is not copied.
   * @throws what a callback throws, as it is; BackendError when the worker dies.
   */
  async fit(data: Data, options: FitOptions = {}): Promise<History> {
    refuseStream("fit", data);
    const { callbacks = [], signal, ...rest } = options;
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      throw new OptionError(`fit: signal: expected an AbortSignal, got ${show(signal)}.`);
    }
    return this.#call("fit", [data, rest], new CallbackSession(resolveCallbacks(callbacks), signal ?? null));
  }

  /** As `Sequential.trainOnBatch`. */
  trainOnBatch(data: Data): ReturnType<Remote<"trainOnBatch">> {
    return this.#call("trainOnBatch", [data]);
  }

  /** As `Sequential.evaluate`. */
  async evaluate(data: Data, options: EvaluateOptions = {}): Promise<Evaluation> {
    refuseStream("evaluate", data);
    return this.#call("evaluate", [data, options]);
  }

  /** As `Sequential.predict`, but a promise. */
  predict(x: Numbers): Promise<Float32Array> {
    return this.#call("predict", [x]);
  }

  /** As `Sequential.getWeights`. */
  getWeights(): Promise<Weight[]> {
    return this.#call("getWeights", []);
  }

  /** As `Sequential.setWeights`. */
  setWeights(weights: readonly WeightLike[]): Promise<void> {
    return this.#call("setWeights", [weights]);
  }

  /** As `Sequential.useAverages`. */
  useAverages(use = true): Promise<void> {
    return this.#call("useAverages", [use]);
  }

  /** As `Sequential.summary`. */
  summary(): Promise<string> {
    return this.#call("summary", []);
  }

  /** As `Sequential.info`, and whether there is a worker. */
  async info(): Promise<WorkerModelInfo> {
    const info: ModelInfo = await this.#call("info", []);
    const { reason } = await this.#connect();
    return { ...info, worker: reason === "", workerReason: reason };
  }

  /** As `Sequential.trace`. */
  trace(data: Data, options: TraceOptions = {}): Promise<Trace> {
    return this.#call("trace", [data, options]);
  }

  /** As `Sequential.save`. */
  save(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#call("save", []);
  }

  /** Ends the worker. Calls that wait for it reject, as do later ones. */
  dispose(): void {
    this.#isDisposed = true;
    this.#lose("this model was disposed");
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #call<T>(name: RemoteName, args: readonly unknown[], session: CallbackSession | null = null): Promise<T> {
    const { thread } = await this.#connect();
    return this.#request<T>(thread, session, (id) => {
      const { hooks = [], isAborted = false } = session ?? {};
      return { type: "call", id, name, args: args.map(toPlain), hooks, isAborted };
    });
  }

  /** Posts a request and waits for its reply. */
  #request<T>(thread: Thread, session: CallbackSession | null, make: (id: number) => Request): Promise<T> {
    const id = ++this.#ids;
    const request = make(id);
    return new Promise<T>((resolve, reject) => {
      post(thread, request);
      this.#pending.set(id, { resolve, reject, session });
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
    const wasm = modules.length > 0 ? { wasm: modules } : {};
    const connection = await this.#start();
    const { thread } = connection;
    // With a file only how it runs is still to be said.
    const { backend, threads, deterministic } = wishes;
    const given = this.#options.wasm === undefined ? {} : { wasm: this.#options.wasm };
    const options = { ...(this.#kept ? { backend, threads, deterministic, ...given } : this.#options), ...wasm };
    const layers = await this.#request<PlacedLayer[]>(thread, null, (id) => {
      return { type: "open", id, options, file: this.#kept?.slice() ?? null };
    }).catch((error: unknown) => {
      thread.terminate();
      throw error;
    });
    (this as { layers: readonly PlacedLayer[] }).layers = lockLayers(layers);
    return connection;
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
    if (reply.type === "hook") {
      void this.#answerHook(reply.id, reply.call, pending.session as CallbackSession);
      return;
    }
    this.#pending.delete(reply.id);
    pending.session?.end();
    if (this.#pending.size === 0) void this.#rest();
    if (reply.type === "done") pending.resolve(reply.value as never);
    else pending.reject(pending.session?.failure ?? fromPlainError(reply.error));
  }

  /** Lets a process end while nothing is to be done. */
  async #rest(): Promise<void> {
    const connection = await this.#connection?.catch(() => null);
    connection?.thread.hold(this.#pending.size > 0);
  }

  async #answerHook(id: number, call: HookCall, session: CallbackSession): Promise<void> {
    const answer = await session.run(call);
    const { thread } = await this.#connect();
    post(thread, { type: "hooked", id, answer });
  }

  /** Rejects what is pending; the next call opens a new connection. */
  #lose(reason: string): void {
    const connection = this.#connection;
    this.#connection = null;
    void connection?.then(
      ({ thread }) => thread.terminate(),
      () => {},
    );
    for (const [id, { reject, session }] of [...this.#pending]) {
      this.#pending.delete(id);
      session?.end();
      const next = this.#isDisposed ? "" : " The next call goes on in a new worker from the last state that was kept.";
      reject(new BackendError(`The worker of a model ended: ${reason}.${next}`));
    }
  }
}

/** @throws OptionError: a stream cannot leave its thread. */
function refuseStream(where: string, data: unknown): void {
  if (!isStream(data)) return;
  throw new OptionError(`${where}: with worker: true data are arrays or a Dataset; a stream stays on its own thread.`);
}

/** @throws OptionError for what cannot leave its thread, such as functions. */
function post(thread: Thread, request: Request): void {
  try {
    thread.post(request, "wasm" in request ? [] : buffersOf(request));
  } catch (cause) {
    if ((cause as Error)?.name !== "DataCloneError") throw cause;
    throw new OptionError(`With worker: true, options and data must be plain: ${(cause as Error).message}`, { cause });
  }
}

/** The host on this thread, each message in a turn of its own. */
function beside(maker: ModelMaker, onMessage: (reply: Reply) => void): Thread {
  const take = serveModel(maker, (reply) => queueMicrotask(() => onMessage(reply)));
  return {
    post: (request) => queueMicrotask(() => take(request as Request)),
    hold: () => {},
    terminate: () => {},
  };
}
