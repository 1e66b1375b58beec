/** The caller's side of a model that lives in a worker: the methods of `Sequential`, each a promise. */

import { checkArguments, checkOptions, isNamed, OptionError, show } from "../base/errors.js";
import { copyJson, type JsonObject } from "../base/json.js";
import { flag, type Given, readOptions } from "../base/options.js";
import type { Evaluation, History, TrainLog } from "../callbacks/logTypes.js";
import type { CheckOptions } from "../check/checkData.js";
import type { Finding } from "../check/findings.js";
import type { Data } from "../data/dataset.js";
import type { Numbers } from "../data/matrix.js";
import type { Stream } from "../data/stream.js";
import type { EvaluateOptions } from "../model/evaluate.js";
import type { WorkerLayer } from "../model/layers.js";
import type { Model, ModelInfo } from "../model/model.js";
import type { CompileOptions } from "../model/options.js";
import type { PredictClassesOptions } from "../model/predictClasses.js";
import type { Trace, TraceOptions } from "../model/trace.js";
import type { Compiled } from "../program/types.js";
import { isCustom } from "../specs/losses/custom.js";
import { checkCall } from "../training/feed.js";
import { iterate, type TrainOptions } from "../training/iterate.js";
import type { FitOptions } from "../training/options.js";
import type { StartBeside } from "./connection.js";
import type { Mirror, RemoteName } from "./protocol.js";
import { type OpenOptions, Remote } from "./remote.js";

/** The backend of a model in a worker. */
export interface WorkerModelInfo extends ModelInfo {
  /** True if the model has a worker. */
  readonly worker: boolean;
  /** The reason why it runs on the caller's thread; empty if it has a worker. */
  readonly workerReason: string;
}

/** An option of the methods of a model in a worker. */
const transferOptions = {
  /**
   * Transfer the data instead of copying them: typed arrays that are the whole of their buffer have length 0
   * afterwards. Saves the copy of large data. Batches of streams are always copied. @default false
   */
  transfer: flag(false),
};

/** An option of the methods of a model in a worker. */
export interface TransferOptions extends Given<typeof transferOptions> {}

/** A method of the model as it is called remotely. */
type Remoted<Name extends RemoteName> = (...args: Parameters<Model[Name]>) => Promise<Awaited<ReturnType<Model[Name]>>>;

/** Every public member of `Sequential`, its methods as promises. A missing member does not compile. */
type Members = { [Name in RemoteName]: Remoted<Name> } & Mirror & Pick<Model, "train" | "dispose">;

/**
 * A model in a worker: as `Sequential`, with the same bits, but every method returns a promise, and the caller's thread
 * stays free. Made by `Sequential.create({ …, worker: true })`.
 *
 * Arguments are copied once, when a method is called. Arrays on shared memory are not copied, and `transfer: true`
 * transfers data. Callbacks run on the caller's side, and training waits for each hook. Streams are read on the
 * caller's side, one batch at a time, as training needs them.
 *
 * If the worker ends, its calls reject with a BackendError, and the next call resumes in a new worker from the last
 * saved state: the end of the last epoch that ended more than a quarter of a second after the state saved before it.
 */
export class WorkerModel implements Members {
  readonly #remote: Remote;

  /** Of an open connection, by `openRemote`. */
  constructor(remote: Remote) {
    this.#remote = remote;
  }

  /** As `Sequential.layers`, but `getWeights` of a layer returns a promise. */
  get layers(): readonly WorkerLayer[] {
    return this.#remote.mirror.layers;
  }

  /** As `Sequential.compiled`, after the last finished call. */
  get compiled(): Compiled | null {
    return this.#remote.mirror.compiled;
  }

  /** As `Sequential.metadata`. Setting it takes effect before the next call. */
  get metadata(): JsonObject | null {
    return this.#remote.mirror.metadata;
  }

  set metadata(metadata: object | null) {
    this.#remote.set("metadata", metadata === null ? null : copyJson("metadata", metadata));
  }

  /** As `Sequential.adapt`. */
  adapt(...args: Parameters<Remoted<"adapt">>): Promise<void> {
    return this.#call("adapt", args);
  }

  /** As `Sequential.check`. */
  check(data: Data, options?: CheckOptions & TransferOptions, ...more: unknown[]): Promise<Finding[]> {
    return this.#callWith("check", data, options, more);
  }

  /** As `Sequential.compile`. @throws OptionError also for a learning rate or a metric that is a function. */
  compile(...args: Parameters<Remoted<"compile">>): Promise<void> {
    return this.#remote.call("compile", () => {
      const [options, ...more] = args;
      checkRate(options);
      checkMetrics("compile", options);
      return { args: [withTravelling("compile", options), ...more] };
    });
  }

  /** As `Sequential.fit`. @throws errors of callbacks and streams, unchanged; BackendError when the worker ends. */
  fit<Custom extends string = never>(
    data: Data | Stream,
    options: FitOptions & TransferOptions = {},
    ...more: unknown[]
  ): Promise<History<Custom>> {
    return this.#remote.call("fit", (session) => {
      const [own, transfer] = takeTransfer("fit", options);
      return { args: [...session.forFit(data, own as FitOptions), ...more], transfer };
    });
  }

  /** As `Sequential.train`. */
  train<Custom extends string = never>(
    data: Data | Stream,
    options: TrainOptions & TransferOptions = {},
  ): AsyncGenerator<TrainLog<Custom>, History<Custom>, undefined> {
    checkCall("train", arguments, 2);
    checkOptions("train", options);
    const [own, transfer] = takeTransfer("train", options);
    return iterate((rest) => this.fit<Custom>(data, transfer ? { ...rest, transfer } : rest), own as TrainOptions);
  }

  /** As `Sequential.trainOnBatch`. */
  trainOnBatch<Custom extends string = never>(
    ...args: Parameters<Remoted<"trainOnBatch">>
  ): Promise<Evaluation<Custom>> {
    return this.#call("trainOnBatch", args);
  }

  /** As `Sequential.evaluate`. @throws errors of streams, unchanged; BackendError when the worker ends. */
  evaluate<Custom extends string = never>(
    data: Data | Stream,
    options?: EvaluateOptions & TransferOptions,
    ...more: unknown[]
  ): Promise<Evaluation<Custom>> {
    return this.#callWith("evaluate", data, options, more);
  }

  /** As `Sequential.predict`, but a promise. */
  predict(x: Numbers, options?: TransferOptions, ...more: unknown[]): Promise<Float32Array> {
    return this.#predict("predict", x, options, more);
  }

  /** As `Sequential.predictInto`, but a promise: `out` is written when the outputs have come. */
  async predictInto(x: Numbers, out: Float32Array, ...more: unknown[]): Promise<Float32Array> {
    const outputs = await this.#call<Float32Array>("predictInto", [x, out, ...more]);
    out.set(outputs);
    return out;
  }

  /** As `Sequential.predictRows`, but a promise. */
  predictRows<Row = number[]>(x: Numbers, options?: TransferOptions, ...more: unknown[]): Promise<Row[]> {
    return this.#predict("predictRows", x, options, more);
  }

  /** As `Sequential.predictClasses`. */
  predictClasses<Class = number>(
    x: Numbers,
    options?: PredictClassesOptions & TransferOptions,
    ...more: unknown[]
  ): Promise<Class[]> {
    return this.#callWith("predictClasses", x, options, more);
  }

  /** As `Sequential.getWeights`. */
  getWeights(...args: Parameters<Remoted<"getWeights">>): ReturnType<Remoted<"getWeights">> {
    return this.#call("getWeights", args);
  }

  /** As `Sequential.setWeights`. */
  setWeights(...args: Parameters<Remoted<"setWeights">>): Promise<void> {
    return this.#call("setWeights", args);
  }

  /** As `Sequential.useAverages`. */
  useAverages(...args: Parameters<Remoted<"useAverages">>): Promise<void> {
    return this.#call("useAverages", args);
  }

  /** As `Sequential.summary`. */
  summary(...args: Parameters<Remoted<"summary">>): Promise<string> {
    return this.#call("summary", args);
  }

  /** As `Sequential.info`, with the state of the worker. */
  async info(...args: Parameters<Remoted<"info">>): Promise<WorkerModelInfo> {
    const info: ModelInfo = await this.#call("info", args);
    const { reason } = this.#remote;
    return { ...info, worker: reason === "", workerReason: reason };
  }

  /** As `Sequential.trace`. */
  trace(data: Data, options?: TraceOptions & TransferOptions, ...more: unknown[]): Promise<Trace> {
    return this.#callWith("trace", data, options, more);
  }

  /** As `Sequential.save`. */
  save(...args: Parameters<Remoted<"save">>): ReturnType<Remoted<"save">> {
    return this.#call("save", args);
  }

  /** Refuses every call: JSON is no form for weights. @throws OptionError */
  toJSON(): never {
    throw new OptionError("toJSON: use save().");
  }

  /** Ends the worker. Pending and later calls reject. May be called at any time, even in callbacks. */
  dispose(): void {
    checkArguments("dispose", arguments, 0);
    this.#remote.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #call<T>(name: RemoteName, args: readonly unknown[]): Promise<T> {
    return this.#remote.call<T>(name, () => ({ args }));
  }

  /** Calls a method whose model here takes no options. */
  #predict<T>(name: RemoteName, x: Numbers, options: unknown, more: readonly unknown[]): Promise<T> {
    return this.#remote.call<T>(name, () => {
      if (typeof options !== "object" || options === null) {
        return { args: options === undefined ? [x, ...more] : [x, options, ...more] };
      }
      const { transfer } = readOptions(name, transferOptions, options);
      return { args: [x, ...more], transfer };
    });
  }

  /** Calls a method of data, which may be a stream, and options. */
  #callWith<T>(name: RemoteName, data: unknown, options: unknown, more: readonly unknown[]): Promise<T> {
    return this.#remote.call<T>(name, (session) => {
      const [own, transfer] = takeTransfer(name, options);
      const rows = (own as EvaluateOptions | undefined)?.batchSize;
      const given = name === "evaluate" ? session.data(name, data, rows) : data;
      return { args: [given, own, ...more], transfer };
    });
  }
}

/** The connection of a new model. @throws as `Sequential.create` and, with a file, `Sequential.load`. */
export async function openRemote(
  options: OpenOptions,
  startBeside: StartBeside | null,
  file: Uint8Array | null,
): Promise<Remote> {
  checkMetrics("load", options);
  const remote = new Remote(withTravelling("load", options), startBeside, file);
  await remote.open();
  return remote;
}

/** The options without `transfer`, and its value. Leaves anything that is not an object for the model to refuse. */
function takeTransfer(where: string, options: unknown): [own: unknown, transfer: boolean] {
  if (!isNamed(options) || !("transfer" in (options as object))) return [options, false];
  const { transfer: given, ...own } = options as { transfer: unknown };
  const { transfer } = readOptions(where, transferOptions, { transfer: given });
  return [own, transfer];
}

/** Options whose custom loss, if there is one, is only the address of its module. @throws OptionError without module */
function withTravelling<T>(where: string, options: T): T {
  const { loss } = (options ?? {}) as { loss?: unknown };
  if (!isCustom(loss)) return options;
  const { compute, ...travelling } = loss;
  if (!loss.module) {
    throw new OptionError(
      `${where}: loss: customLoss ${show(loss.name)}: a function stays with the caller, and the model is in a worker. Put ` +
        'it in a module of its own, and add its address: customLoss({ module: new URL("./myLoss.js", import.meta.url) }).',
    );
  }
  return { ...options, loss: travelling };
}

/** Refuses a rate that is a function: the worker cannot call it at every step. @throws OptionError */
function checkRate(options: Partial<CompileOptions> | undefined): void {
  const { optimizer } = options ?? {};
  if (typeof optimizer !== "object" || typeof optimizer?.learningRate !== "function") return;
  throw new OptionError(
    "compile: optimizer: learningRate: a function stays with the caller, and the model is in a worker. Use a schedule " +
      "such as exponentialDecay({ … }), learningRateScheduler(…) as a callback, or make the model without worker: true.",
  );
}

/** Refuses metrics that are functions: predictions stay in the worker. @throws OptionError */
function checkMetrics(where: string, options: object | undefined): void {
  for (const list of ["metrics", "weightedMetrics"] as const) {
    const metrics: unknown = (options as Partial<CompileOptions> | undefined)?.[list];
    if (!Array.isArray(metrics)) continue;
    const place = metrics.findIndex((metric) => typeof (metric?.compute ?? metric) === "function");
    if (place < 0) continue;
    throw new OptionError(
      `${where}: ${list}[${place}]: a function stays with the caller, and the model is in a worker. Compute it from ` +
        "predict in a callback with onEpochEnd, or make the model without worker: true.",
    );
  }
}
