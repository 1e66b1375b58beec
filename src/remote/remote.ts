/**
 * The connection from a `WorkerModel` to its worker: opens it, posts calls, and makes sure that each is answered or
 * rejected, whatever happens to the worker.
 */
import { BackendError, OptionError } from "../base/errors.js";
import { copyJson } from "../base/json.js";
import { lockLayers, type WorkerLayer } from "../model/layers.js";
import type { LoadOptions } from "../model/loadOptions.js";
import type { CheckedRuntime } from "../model/options.js";
import { canShare } from "../runtime/mailbox.js";
import { modulesFor } from "../runtime/modulesFor.js";
import { deepFreeze } from "../specs/layers/facts.js";
import { isCustom } from "../specs/losses/custom.js";
import type { Weight } from "../state/weights.js";
import { CallSession } from "./callSession.js";
import { type Connection, type Pending, packUse, type StartBeside, startHost } from "./connection.js";
import type { Mirror, Question, RemoteName, Reply, Request } from "./protocol.js";
import { pack, unpack } from "./values.js";

/** Options that open a model: how it runs and, without a file, its layers. */
export type OpenOptions = CheckedRuntime & LoadOptions;

/** Calls that train, and calls refused during training: a short one could be over when they reach the worker. */
const TRAINING: readonly RemoteName[] = ["fit", "trainOnBatch"];
const REFUSED: readonly RemoteName[] = [...TRAINING, "adapt", "compile", "useAverages"];

/** The arguments of a method. */
export interface Arguments {
  /** The values to send; streams, callbacks and the like stay with the session. */
  readonly args: readonly unknown[];
  /** Transfer arrays instead of copying them. @default false */
  readonly transfer?: boolean;
}

/** Properties that callers may set. */
type Settable = Pick<Mirror, "metadata">;

type MakeRequest = (id: number) => Request;

/** Thrown for values that cannot leave their thread. */
class Unsent extends OptionError {}

export class Remote {
  /** Properties of the worker's model. */
  mirror: Mirror & { readonly layers: readonly WorkerLayer[] } = { layers: [], compiled: null, metadata: null };
  /** Those that the caller has set. Replies to earlier calls do not know them. */
  #own: Partial<Settable> = {};
  readonly #startBeside: StartBeside | null;
  readonly #options: OpenOptions;
  /** The model's file, to resume from. */
  #kept: Uint8Array | null;
  #connection: Connection | null = null;
  #opening: Promise<Connection> | null = null;
  /** Promises that callers hold. */
  readonly #promises = new Set<Promise<unknown>>();
  #ids = 0;
  #trainings = 0;
  #isDisposed = false;

  constructor(options: OpenOptions, startBeside: StartBeside | null, file: Uint8Array | null) {
    // A later worker is opened with the same options, whatever the caller does with the object.
    this.#options = unpack(pack(options).value) as OpenOptions;
    this.#startBeside = startBeside;
    this.#kept = file;
  }

  /** The reason why there is no worker; empty if there is one. */
  get reason(): string {
    return this.#connection?.reason ?? "";
  }

  /** Opens the model. @throws the errors of opening it; BackendError after `dispose`, and if the worker ends. */
  open(): Promise<Connection> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  /** Calls a method of the worker's model. Arguments are copied before anything else happens. */
  call<T>(name: RemoteName, make: (session: CallSession) => Arguments): Promise<T> {
    const promise: Promise<T> = this.#call<T>(name, make).finally(() => this.#promises.delete(promise));
    this.#promises.add(promise);
    return promise;
  }

  /** Sets a property of the worker's model. The value was checked. */
  set<Name extends keyof Settable>(name: Name, value: Settable[Name]): void {
    this.#own = { ...this.#own, [name]: value };
    this.mirror = { ...this.mirror, ...this.#own };
    if (this.#isDisposed) return;
    this.open()
      .then(this.#setting(name))
      .catch(() => {}); // the next worker is told, too
  }

  /** Sends the present value of a property that the caller has set, whatever is set later. */
  #setting(name: keyof Settable): (connection: Connection) => Promise<unknown> {
    const { value, buffers } = pack(this.#own[name]);
    return (connection) => this.#request(connection, buffers, (id) => ({ type: "set", id, name, value }));
  }

  /** Ends the worker. Calls that wait for it reject, silently if nobody listens. */
  dispose(): void {
    this.#isDisposed = true;
    for (const promise of this.#promises) promise.catch(() => {});
    if (this.#connection) this.#lose(this.#connection, "this model was disposed");
  }

  /** @throws BackendError after `dispose`. */
  #checkUsable(where: string): void {
    if (this.#isDisposed) throw new BackendError(`${where}: this model was disposed. Create or load another.`);
  }

  async #call<T>(name: RemoteName, make: (session: CallSession) => Arguments): Promise<T> {
    this.#checkUsable(name);
    if (this.#trainings > 0 && REFUSED.includes(name)) {
      throw new BackendError(`${name}: fit is running. Wait for it, or abort it.`);
    }
    const session = new CallSession();
    const { args, transfer = false } = make(session);
    const isAborted = session.signal?.aborted === true;
    const post = (options: { transfer: boolean }) => {
      const given = pack(args, options);
      const callbacks = pack(session.shapes(canShare()));
      const call = { type: "call", name, args: given.value, callbacks: callbacks.value, isAborted } as const;
      return this.#post<T>([...given.buffers, ...callbacks.buffers], (id) => ({ ...call, id }), session);
    };
    const isTraining = TRAINING.includes(name);
    if (isTraining) this.#trainings++;
    try {
      return await post({ transfer });
    } catch (error) {
      this.#checkUsable(name);
      // Some memory cannot be transferred, such as that of WebAssembly.
      if (!transfer || !(error instanceof Unsent)) throw error;
      return await post({ transfer: false });
    } finally {
      if (isTraining) this.#trainings--;
    }
  }

  async #post<T>(buffers: ArrayBuffer[], make: MakeRequest, session?: CallSession): Promise<T> {
    const connection = await this.open();
    for (const [id, running] of connection.pending) this.#tellStates(connection, id, running.session);
    return this.#request<T>(connection, buffers, make, session);
  }

  /** Posts a request and waits for its reply. */
  #request<T>(
    connection: Connection,
    buffers: ArrayBuffer[],
    make: MakeRequest,
    session = new CallSession(),
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const { thread, pending, ask, changeFile } = connection;
      if (connection.end !== null || !thread) throw ended(connection);
      const id = ++this.#ids;
      try {
        thread.post(make(id), buffers);
      } catch (cause) {
        throw new Unsent(`With worker: true, data and options are sent to the worker: ${(cause as Error)?.message}`);
      }
      pending.set(id, { resolve, reject, session });
      this.#hold(connection);
      const later = () => this.#request(connection, [], (own) => ({ type: "later", id: own, call: id }));
      const line = {
        ask:
          ask &&
          ((member: string, args: readonly unknown[]) => {
            this.#checkUsable(member);
            if (connection.end !== null) throw ended(connection);
            return ask(packUse(id, session, member, args), later);
          }),
        later,
        changeFile,
        tell: (member: string, args: readonly unknown[]) => {
          const [use, moved] = packUse(id, session, member, args);
          this.#tell(connection, { type: "tell", ...use }, moved);
        },
      };
      session.begin(line, () => {
        this.#tellStates(connection, id, session);
        this.#tell(connection, { type: "abort", id });
        this.#hold(connection);
      });
    });
  }

  /** Posts a request without a reply. */
  #tell({ end, thread }: Connection, request: Request, buffers: ArrayBuffer[] = []): void {
    if (end === null) thread?.post(request, buffers);
  }

  /** Sends the states of callbacks, which may have changed since their last hook. */
  #tellStates(connection: Connection, id: number, session: CallSession): void {
    if (!session.hasStates) return;
    const states = pack(session.states());
    this.#tell(connection, { type: "states", id, states: states.value }, states.buffers);
  }

  async #open(): Promise<Connection> {
    const connection: Connection = {
      ...{ thread: null, reason: "", end: null, ask: null, changeFile: null },
      ...{ pending: new Map(), anchor: { busy: null } },
      onMessage: (reply) => this.#hear(connection, reply as Reply),
      onEnd: (reason) => this.#lose(connection, reason),
    };
    this.#connection = connection;
    try {
      const modules = await modulesFor(this.#options);
      await this.#start(connection);
      // With a file, only the runtime options are still needed.
      const { backend, threads, deterministic, wasm, metrics } = this.#options;
      const fromFile = { backend, threads, deterministic, metrics, ...(wasm && { wasm }), ...this.#customLoss() };
      const given = this.#kept ? fromFile : this.#options;
      const options = pack(modules.length > 0 ? { ...given, wasm: modules } : given);
      const file = pack(this.#kept);
      await this.#request(connection, [...options.buffers, ...file.buffers], (id) => {
        return { type: "open", id, options: options.value, file: file.value };
      });
      // A setting that was on its way when the last worker ended is not in the file.
      for (const name of Object.keys(this.#own) as (keyof Settable)[]) this.#setting(name)(connection).catch(() => {});
      return connection;
    } catch (error) {
      this.#close(connection, "it could not be opened");
      throw error;
    }
  }

  /** The custom loss that a file needs: of the last worker, or as given to `load`. */
  #customLoss(): LoadOptions {
    const { compiled } = this.mirror;
    if (!compiled) return this.#options.loss === undefined ? {} : { loss: this.#options.loss };
    return isCustom(compiled.loss) ? { loss: compiled.loss } : {};
  }

  async #start(connection: Connection): Promise<void> {
    await startHost(connection, this.#startBeside);
    if (connection.end === null) return;
    connection.thread?.terminate();
    throw ended(connection);
  }

  #hear(connection: Connection, reply: Reply): void {
    if (connection.end !== null) return;
    try {
      this.#take(connection, reply);
    } catch (cause) {
      this.#lose(connection, `a message could not be read: ${(cause as Error)?.message}`);
    }
  }

  #take(connection: Connection, reply: Reply): void {
    if (reply.type === "keep") {
      this.#kept = reply.file as Uint8Array;
      return;
    }
    const waiting = connection.pending.get(reply.id);
    if (!waiting) return;
    const { session } = waiting;
    switch (reply.type) {
      case "question":
        void this.#answer(connection, session, reply);
        break;
      case "done":
      case "failed":
        connection.pending.delete(reply.id);
        session.end();
        this.#hold(connection);
        this.#settle(waiting, reply);
        break;
      default:
        throw reply satisfies never;
    }
  }

  #settle({ resolve, reject, session }: Pending, reply: Extract<Reply, { type: "done" | "failed" }>): void {
    if (reply.type === "failed") {
      reject(session.errorOf(reply.error, reply.isCallers));
      return;
    }
    const mirror = unpack(reply.mirror) as Mirror | null;
    if (mirror) {
      const { metadata } = mirror;
      const own = metadata && copyJson("metadata", metadata);
      const layers = lockLayers(mirror.layers, async (prefix) => {
        const weights = await this.call<Weight[]>("getWeights", () => ({ args: [] }));
        return weights.filter(({ name }) => name.startsWith(prefix));
      });
      this.mirror = { layers, compiled: deepFreeze(mirror.compiled), metadata: own, ...this.#own };
    }
    resolve(unpack(reply.value) as never);
  }

  async #answer(
    connection: Connection,
    session: CallSession,
    { id, question, asked }: Extract<Reply, { type: "question" }>,
  ): Promise<void> {
    try {
      const answering = session.answer(unpack(asked) as Question);
      this.#hold(connection);
      const answered = pack(await answering);
      const answer = { value: answered.value };
      this.#tell(connection, { type: "answer", id, question, answer }, answered.buffers);
    } catch (error) {
      session.fail(error);
      this.#tell(connection, { type: "answer", id, question, answer: { hasFailed: true } });
    }
    this.#hold(connection);
  }

  /** Keeps the process and the model alive while the worker works on a call. */
  #hold(connection: Connection): void {
    const { thread, pending, anchor } = connection;
    const isBusy = [...pending.values()].some(({ session }) => session.isWorking);
    thread?.hold(isBusy);
    anchor.busy = isBusy ? connection : null;
  }

  /** Rejects pending calls; the next call opens a new connection. */
  #lose(connection: Connection, reason: string): void {
    this.#close(connection, reason);
    const { pending } = connection;
    for (const [id, { reject, session }] of [...pending]) {
      pending.delete(id);
      session.end();
      reject(ended(connection));
    }
  }

  #close(connection: Connection, reason: string): void {
    connection.end ??= reason;
    connection.thread?.terminate();
    if (this.#connection !== connection) return;
    this.#connection = null;
    this.#opening = null;
  }
}

function ended({ end }: Connection): BackendError {
  return new BackendError(
    `The worker of a model ended: ${end}. The next call resumes in a new worker from the last state that was kept.`,
  );
}
