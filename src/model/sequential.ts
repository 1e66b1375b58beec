/// <reference lib="esnext.disposable" preserve="true" />
/** The model. Each method checks its input, then hands on; the weights are kept by `state.ts`. */
import type { Data, DataArrays, Dataset } from "../data/dataset.js";
import { checkFinite, type Numbers, toUncheckedRows } from "../data/matrix.js";
import type { Pipeline } from "../data/pipeline.js";
import { BackendError, checkBoolean, checkKeys, FormatError, OptionError, SimdgradError } from "../errors.js";
import { checkInput, type PlacedLayer, placeLayers } from "../layers/index.js";
import { isTrainable } from "../layers/layer.js";
import { Status } from "../plan/op.js";
import { flopsPerRow } from "../plan/tape.js";
import { type BackendInfo, type SelectedBackend, selectBackend } from "../runtime/select.js";
import { LARGE_WORK, type Session } from "../runtime/session.js";
import { formatShape, type Shape, sizeOf } from "../shape.js";
import { adaptLayers } from "./adapt.js";
import { openSource } from "./batches.js";
import type { Logs } from "./callbacks/callback.js";
import type { Finding } from "./check/findings.js";
import type { CheckOptions } from "./check/index.js";
import { Collector, collects, readLogs } from "./collector.js";
import { buildProgram, buildTrace, type Compiled } from "./compile.js";
import { type Evaluation, type EvaluationHost, evaluatePatiently, evaluateRows, openCollector } from "./evaluate.js";
import { Feed, fitBatch, fitData, fitInputs } from "./feed.js";
import { type FitPlan, type History, loadMinimizer, runFit, takeStep } from "./fit.js";
import { type CheckedFit, checkFit, type FitOptions, isValidated } from "./fitOptions.js";
import { announce } from "./inside.js";
import {
  type CompileOptions,
  checkCompile,
  checkEvaluate,
  checkModel,
  checkRuntime,
  checkSequential,
  type EvaluateOptions,
  type ModelSpec,
  RUNTIME_KEYS,
  type RuntimeOptions,
  type SequentialOptions,
} from "./options.js";
import { isStream, prepareFit, type Stream } from "./prepare.js";
import { updatesTaken } from "./progress.js";
import { type NamedTensor, readModelFile, writeModelFile } from "./serialize.js";
import { ModelState } from "./state.js";
import { formatSummary } from "./summary.js";
import { checkTrace, type Trace, type TraceOptions, traceStep } from "./trace.js";
import { checkTrain, iterate, type TrainLog, type TrainOptions } from "./train.js";
import { openTrainer } from "./trainer.js";
import { TrainingMemory } from "./training.js";
import type { Weight, WeightLike } from "./weights.js";
import type { WorkerModel } from "./worker/workerModel.js";

/** What runs a model, and how much memory it holds. */
export interface ModelInfo extends BackendInfo {
  /** Bytes of the session's memory; 0 before the first use. */
  readonly memory: number;
}

/** Rows per pass of `predict` and `evaluate`: enough to fill the kernels, few enough for the cache. */
const PASS_ROWS = 256;

/**
 * A stack of layers that can be trained, evaluated and used.
 *
 * @example
 * const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1, activation: "sigmoid" })] });
 * model.compile({ optimizer: "adam", loss: "binaryCrossentropy" });
 * await model.fit({ x: [[0, 1], [1, 0]], y: [0, 1] }, { epochs: 100 });
 */
export class Sequential {
  /** Layers in order, with the shapes and weights of each at its place. */
  readonly layers: readonly PlacedLayer[];
  readonly #spec: ModelSpec;
  /** Threads to use; `auto` until it is known whether they pay and can be had. */
  #threads: "auto" | number;
  readonly #state: ModelState;
  readonly #training = new TrainingMemory();
  #isTraining = false;
  #isDisposed = false;

  private constructor(spec: ModelSpec, threads: "auto" | number, backend: SelectedBackend) {
    this.#spec = spec;
    this.#threads = threads;
    this.layers = placeLayers(spec.layers, spec.inputShape);
    this.#state = new ModelState(buildProgram(this.layers, spec.inputShape, null, spec.seed), backend, spec.seed);
    announce(this, {
      ...{ layers: this.layers, spec, state: this.#state, progress: this.#training.progress },
      check: (where, data) => ({
        compiled: this.#checkCompiled(where, { mayTrain: true }),
        dataset: this.#checkData(where, data),
      }),
    });
  }

  /**
   * Makes a model with its first weights, and loads the fastest backend that keeps the promise of `deterministic`. With
   * `worker: true` the model lives in a worker: every method then returns a promise, and this thread stays free.
   * @throws OptionError, ShapeError, BackendError
   */
  static create(options: SequentialOptions & { worker: true }): Promise<WorkerModel>;
  static create(options: SequentialOptions & { worker?: false }): Promise<Sequential>;
  static create(options: SequentialOptions & { worker: boolean }): Promise<Sequential | WorkerModel>;
  static async create(options: SequentialOptions & { worker?: boolean }): Promise<Sequential | WorkerModel> {
    const own = withoutWorker("Sequential.create", options);
    if (own !== options && options.worker) return openWorker(own);
    const checked = checkSequential(own);
    return new Sequential(checked, checked.threads, await selectBackend(checked));
  }

  /**
   * Chooses optimizer, loss and metrics, and forgets what an earlier optimizer remembered. Weights stay.
   * @throws OptionError with the nearest known name.
   */
  compile(options: CompileOptions): void {
    this.#checkUsable("compile", { mayTrain: false });
    const compiled = checkCompile(options);
    const { inputShape, seed } = this.#spec;
    this.#state.adopt(buildProgram(this.layers, inputShape, compiled, seed), compiled);
    this.#training.forget();
  }

  /**
   * Sets mean and variance of every `normalization()` layer to those of what reaches it from `data`, as Keras's
   * `layer.adapt(x)` does for one. Call it with the training data before `fit`.
   * @throws OptionError where there is no such layer, ShapeError, DataError.
   */
  adapt(data: Data | Pick<DataArrays, "x"> | Numbers): void {
    this.#checkUsable("adapt", { mayTrain: false });
    const subject = { layers: this.layers, inputShape: this.#spec.inputShape };
    adaptLayers({ ...subject, state: this.#state }, fitInputs("adapt", data, subject));
  }

  /**
   * Trains on rows, or on a stream of them: a pipeline, or an (async) iterable of batches, or a function that makes one
   * for each pass. Resolves to per-epoch numbers; `loss` is the mean over the epoch's rows, as in Keras.
   * @throws OptionError, ShapeError, DataError before anything changes, but for the batches of a stream, which are
   * checked as they come; NonFiniteError when the loss or a weight would no longer be finite: every weight then keeps
   * its last finite value.
   */
  async fit(data: Data | Stream, options: FitOptions = {}): Promise<History> {
    const compiled = this.#checkCompiled("fit");
    this.#checkTrainable("fit");
    const checked = checkFit(options);
    const { progress } = this.#training;
    const { epochs, callbacks, signal, stepsPerEpoch, validationBatchSize } = checked;
    const checkAlive = () => this.#checkUsable("fit", { mayTrain: true });
    this.#isTraining = true;
    try {
      const prepared = await prepareFit(data, checked, this.#expectation(compiled), {
        seed: this.#spec.seed,
        wantsAllRows: compiled.optimizer.type === "lbfgs",
      });
      const run = this.#training.openRun(checked, prepared.conditions);
      await this.#addThreads(prepared.batchRows);
      const collector = await Collector.open(this.#state.program, prepared.conditions.rows ?? prepared.batchRows);
      const minimize = await loadMinimizer(compiled);
      checkAlive();
      this.#state.isAveraged = false;
      const session = this.#state.open(Math.max(prepared.batchRows, validationBatchSize ?? 0));
      const { program } = this.#state;
      const plan: FitPlan = {
        session,
        enlarge: (rows) => this.#enlarge(rows),
        program,
        compiled,
        source: openSource(prepared, { session, program, seed: this.#spec.seed, signal }),
        collector,
        minimize,
        epochs,
        stepsPerEpoch,
        progress,
        history: this.#state.history,
        hasBegun: false,
        run,
        callbacks,
        trainer: openTrainer(() => plan, {
          ...{ signal, epochs, state: this.#state },
          save: () => this.save(),
          resumeFrom: (file) => this.#resumeFrom(file),
        }),
        validate: this.#validator(prepared.validation, checked),
        signal,
        finish: () => {
          this.#state.isAveraged = this.#hasAverages(compiled);
        },
        checkAlive,
      };
      this.#training.begin(plan);
      return await runFit(plan);
    } finally {
      this.#training.end();
      this.#isTraining = false;
    }
  }

  /**
   * Trains as `fit` does and yields its numbers, per epoch or per step, as they are asked for: between two of them
   * training stands still, and the model may be used and saved. Leaving the loop ends training behind the running
   * step; `resume: true` goes on from there.
   *
   * @example
   * for await (const { epoch, loss } of model.train(data, { epochs: 100 })) if (loss < 0.01) break;
   * @throws as `fit`, when the iteration begins or goes on.
   */
  train(data: Data | Stream, options: TrainOptions = {}): AsyncGenerator<TrainLog, History, undefined> {
    return iterate((rest) => this.fit(data, rest), checkTrain(options));
  }

  /**
   * One optimizer step on all rows of `data`. Resolves to the loss and metrics before the update.
   * @throws as `fit`.
   */
  async trainOnBatch(data: Data): Promise<{ loss: number } & Record<string, number>> {
    const compiled = this.#checkCompiled("trainOnBatch");
    this.#checkTrainable("trainOnBatch");
    const dataset = this.#checkData("trainOnBatch", data);
    const rows = dataset.length;
    this.#isTraining = true;
    try {
      await this.#addThreads(rows);
      const collector = await Collector.open(this.#state.program, rows);
      const minimize = await loadMinimizer(compiled);
      this.#checkUsable("trainOnBatch", { mayTrain: true });
      this.#state.isAveraged = false;
      const session = this.#state.open(rows);
      const { program } = this.#state;
      new Feed(session, program, dataset).write(null, 0, rows);
      session.resetSums();
      const { progress } = this.#training;
      const { history } = this.#state;
      takeStep({ session, program, compiled, collector, minimize, progress, history }, rows, { epoch: 0, step: 0 });
      return readLogs(session, compiled, rows, collector) as { loss: number };
    } finally {
      this.#isTraining = false;
    }
  }

  /**
   * Looks at data before training: everything that is wrong or doubtful, the worst first, with a remedy for each. Data
   * that `fit` would refuse are findings here, too. `formatFindings` prints them.
   * @throws OptionError before `compile`, and for options that are none.
   */
  async check(data: Data, options: CheckOptions = {}): Promise<Finding[]> {
    const expectation = this.#expectation(this.#checkCompiled("check", { mayTrain: true }));
    const { checkData } = await import("./check/index.js");
    return checkData({ data, options, expectation, seed: this.#spec.seed });
  }

  /**
   * Loss and metrics on rows or a stream; changes nothing.
   * @throws OptionError, ShapeError, DataError, NonFiniteError
   */
  async evaluate(data: Data | Stream, options: EvaluateOptions = {}): Promise<Evaluation> {
    const compiled = this.#checkCompiled("evaluate", { mayTrain: true });
    const { batchSize } = checkEvaluate(options);
    const host = this.#evaluationHost("evaluate", compiled);
    if (isStream(data)) {
      const { toBatches } = await import("./streams.js");
      return evaluatePatiently(host, toBatches("evaluate", data, batchSize), batchSize);
    }
    const dataset = this.#checkData("evaluate", data);
    const collector = collects(host.program) ? await Collector.open(host.program, dataset.length) : null;
    return evaluateRows(host, dataset, batchSize, collector);
  }

  /**
   * Outputs for `x`, row after row: Float32Array [rows, outputs], a copy.
   * @throws ShapeError, DataError for rows that do not fit.
   */
  predict(x: Numbers): Float32Array {
    this.#checkUsable("predict", { mayTrain: true });
    const rows = toUncheckedRows("predict: x", x, this.#spec.inputShape);
    checkInput("predict: x", this.layers, rows);
    const { predictions, x: input } = this.#state.program;
    const count = rows.length / sizeOf(this.#spec.inputShape);
    const out = new Float32Array(count * this.#outputs);
    const session = this.#openSession(Math.min(count, PASS_ROWS));
    for (let begin = 0; begin < count; begin += session.capacity) {
      const pass = Math.min(session.capacity, count - begin);
      session.rows = pass;
      session.writeRows(input, rows, null, begin, pass);
      session.clearStatus();
      session.run("predict");
      if (session.status === Status.InputNotFinite) {
        session.clearStatus();
        checkFinite("predict: x", rows, sizeOf(this.#spec.inputShape));
      }
      session.readRows(predictions, pass, out, begin * this.#outputs);
    }
    return out;
  }

  /** A copy of all weights in layer order, kernel before bias, kernels in [inputs, units] order. */
  getWeights(): Weight[] {
    this.#checkUsable("getWeights", { mayTrain: true });
    return this.#state.readWeights();
  }

  /** Replaces all weights. @throws OptionError, ShapeError, DataError before anything changes. */
  setWeights(weights: readonly WeightLike[]): void {
    this.#checkUsable("setWeights", { mayTrain: true });
    this.#state.writeWeights("setWeights", weights);
  }

  /**
   * Puts the moving averages of an optimizer with `useEma` in the place of the weights, or the weights back in theirs.
   * `fit` does this by itself: it trains the weights, and leaves the averages in their place when it ends.
   * @throws OptionError where there are no averages.
   */
  useAverages(use = true): void {
    const compiled = this.#checkCompiled("useAverages");
    if (checkBoolean("useAverages", use) && !this.#hasAverages(compiled)) {
      const mend = compiled.optimizer.useEma ? "Train first" : "Compile with an optimizer with useEma: true, and train";
      throw new OptionError(`useAverages: there are no averages of the weights. ${mend}.`);
    }
    this.#state.isAveraged = use;
  }

  /** Layers, output shapes and parameter counts as text. */
  summary(): string {
    return formatSummary(this.layers, this.#spec.inputShape);
  }

  /** What runs this model, why not something faster, and how much memory it holds. */
  info(): ModelInfo {
    return { ...this.#state.backend.info, memory: this.#state.bytes };
  }

  /** Optimizer, loss and metrics as `compile` understood them, options spelled out; `null` before. */
  get compiled(): Compiled | null {
    return this.#state.compiled;
  }

  /**
   * Every intermediate of one forward and backward pass by name, in the order of computation, from the same kernels
   * that train; with `optimizer` also what a step would change. Nothing changes.
   * @throws OptionError, ShapeError, DataError
   */
  trace(data: Data, options: TraceOptions = {}): Trace {
    const compiled = this.#checkCompiled("trace", { mayTrain: true });
    const checked = checkTrace(options);
    const dataset = this.#checkData("trace", data);
    const { inputShape, seed } = this.#spec;
    const program = buildTrace(this.layers, inputShape, compiled, seed, { update: checked.optimizer });
    return traceStep({ program, compiled, state: this.#state, dataset, progress: this.#training.progress });
  }

  /**
   * The model as one file: layers, weights, and all that is needed to go on training.
   * @throws OptionError when the learning rate is a function: a file cannot hold it.
   */
  save(): Uint8Array<ArrayBuffer> {
    this.#checkUsable("save", { mayTrain: true });
    checkSavable(this.#state.compiled);
    const training = this.#training.store();
    const averaged = this.#state.isAveraged ? { averaged: true } : {};
    const description = { ...this.#identity(), ...training.description, ...averaged };
    return writeModelFile(description, [...this.#state.save(), ...training.tensors]);
  }

  /** What decides, together with the data, how training goes. */
  #identity() {
    const { inputShape, layers, seed } = this.#spec;
    return { inputShape, layers, seed, compiled: this.#state.compiled };
  }

  /** Puts this model, while a `fit` begins, where it was when the file was saved. */
  #resumeFrom(file: Uint8Array): void {
    const { description, tensors } = readModelFile(file);
    for (const [name, own] of Object.entries(this.#identity())) {
      if (JSON.stringify(description[name]) === JSON.stringify(own)) continue;
      const what = name === "compiled" ? "was compiled otherwise" : `has another ${name}`;
      throw new OptionError(`fit: resumeFrom: the model in the file ${what}. Use the program that wrote it.`);
    }
    this.#training.load(description, tensors);
    this.#state.load(tensors, description.averaged === true);
    this.#state.isAveraged = false;
    this.#training.resumeLive();
  }

  /**
   * A model from `save()`'s bytes, which goes on training as if it had never stopped.
   * @throws FormatError for truncated, altered or foreign bytes; OptionError, BackendError.
   */
  static load(bytes: Uint8Array | ArrayBuffer, options: RuntimeOptions & { worker: true }): Promise<WorkerModel>;
  static load(bytes: Uint8Array | ArrayBuffer, options?: RuntimeOptions & { worker?: false }): Promise<Sequential>;
  static load(
    bytes: Uint8Array | ArrayBuffer,
    options: RuntimeOptions & { worker: boolean },
  ): Promise<Sequential | WorkerModel>;
  static async load(
    bytes: Uint8Array | ArrayBuffer,
    options: RuntimeOptions & { worker?: boolean } = {},
  ): Promise<Sequential | WorkerModel> {
    const own = withoutWorker("load", options);
    checkKeys("load", own, RUNTIME_KEYS);
    if (options.worker) return openWorker(own, bytes);
    const runtime = checkRuntime("load", own);
    const { description, tensors } = readModelFile(bytes);
    try {
      const spec = checkModel("load", description);
      checkStored(spec, tensors);
      const model = new Sequential(spec, runtime.threads, await selectBackend(runtime));
      if (description.compiled) model.compile(description.compiled as CompileOptions);
      model.#training.load(description, tensors);
      model.#state.load(tensors, description.averaged === true);
      return model;
    } catch (cause) {
      if (cause instanceof FormatError || cause instanceof BackendError) throw cause;
      const reason = cause instanceof SimdgradError ? cause.message : "its description is incomplete.";
      throw new FormatError(`load: the file does not describe a model: ${reason}`, { cause });
    }
  }

  /** Frees the memory now rather than at garbage collection. Using the model afterwards throws BackendError. */
  dispose(): void {
    this.#isDisposed = true;
    this.#state.clear();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  get #outputs(): number {
    return sizeOf(this.layers[this.layers.length - 1].outputShape);
  }

  #expectation({ loss }: Compiled) {
    return { inputShape: this.#spec.inputShape as Shape, layers: this.layers, outputs: this.#outputs, loss };
  }

  #checkUsable(where: string, { mayTrain }: { mayTrain: boolean }): void {
    if (this.#isDisposed) throw new BackendError(`${where}: this model was disposed. Create or load another.`);
    if (this.#isTraining && !mayTrain) throw new BackendError(`${where}: fit is running. Wait for it, or abort it.`);
  }

  #checkCompiled(where: string, { mayTrain = false } = {}): Compiled {
    this.#checkUsable(where, { mayTrain });
    if (this.#state.compiled) return this.#state.compiled;
    throw new OptionError(`${where}: call compile({ optimizer, loss }) first.`);
  }

  /** Have moving averages of the weights been taken? */
  #hasAverages(compiled: Compiled): boolean {
    return compiled.optimizer.useEma && updatesTaken(compiled, this.#training.progress.step) > 0;
  }

  #checkTrainable(where: string): void {
    if (this.#state.program.parameters.some(isTrainable)) return;
    throw new OptionError(`${where}: nothing to train: every layer has trainable: false.`);
  }

  #checkData(where: string, data: Data): Dataset {
    return fitData(where, data, this.#expectation(this.#checkCompiled(where, { mayTrain: true })));
  }

  #evaluationHost(where: string, compiled: Compiled): EvaluationHost {
    const { program } = this.#state;
    return {
      program,
      compiled,
      openSession: (rows) => {
        this.#checkUsable(where, { mayTrain: true });
        return this.#openSession(rows);
      },
      fitBatch: (batch, index) => fitBatch(`${where}: batch ${index}`, batch, this.#expectation(compiled)),
    };
  }

  #validator(validation: Dataset | Pipeline<unknown> | null, options: CheckedFit): FitPlan["validate"] {
    if (!validation) return () => null;
    const batchSize = options.validationBatchSize ?? PASS_ROWS;
    const host = this.#evaluationHost("fit: validationData", this.#checkCompiled("fit", { mayTrain: true }));
    const collector = openCollector(host.program, validation, batchSize);
    return (epoch) => {
      if (!isValidated(options, epoch)) return null;
      return collector.then((opened) => evaluatePatiently(host, validation, batchSize, opened)).then(prefixed);
    };
  }

  /** A larger session for the fit that runs, which goes on with its sums. */
  #enlarge(rows: number): Session {
    const sums = this.#openSession(1).readSums();
    const session = this.#state.open(rows);
    session.resetSums();
    session.writeSums(sums);
    return session;
  }

  /** A session for passes of up to `rows` rows: while training, the one that trains, with as many as it has. */
  #openSession(rows: number): Session {
    const { session } = this.#state;
    return this.#isTraining && session ? session : this.#state.open(rows);
  }

  /** With `threads: "auto"`, starts them before the first training steps that are large enough to pay for them. */
  async #addThreads(rows: number): Promise<void> {
    const { program, backend } = this.#state;
    if (this.#threads !== "auto" || flopsPerRow(program.plan, "train") * rows < LARGE_WORK) return;
    const threaded = await backend.withThreads("auto");
    this.#threads = threaded.info.threads;
    this.#state.moveTo(threaded);
  }
}

/** The options that are the model's own. @throws OptionError for a `worker` that is not true or false. */
function withoutWorker<Options extends object>(where: string, options: Options & { worker?: boolean }): Options {
  if (typeof options !== "object" || options === null || !("worker" in options)) return options;
  const { worker, ...own } = options;
  checkBoolean(`${where}: worker`, worker);
  return own as unknown as Options;
}

/** Loaded only where it is used. */
async function openWorker(options: RuntimeOptions, bytes?: Uint8Array | ArrayBuffer): Promise<WorkerModel> {
  const { WorkerModel } = await import("./worker/workerModel.js");
  if (bytes !== undefined) readModelFile(bytes);
  return WorkerModel.open(options, Sequential, bytes === undefined ? null : new Uint8Array(bytes as ArrayBuffer));
}

/** Every weight of the model must be in the file, so that no file can ask for more memory than it has itself. */
function checkStored({ layers, inputShape }: ModelSpec, tensors: ReadonlyMap<string, NamedTensor>): void {
  for (const { name, parameters } of placeLayers(layers, inputShape)) {
    for (const { name: own, shape } of parameters) {
      const path = `${name}/${own}`;
      const stored = tensors.get(path);
      const got = stored ? formatShape(stored.shape) : "nothing";
      if (got === formatShape(shape)) continue;
      throw new FormatError(`load: ${path}: expected ${formatShape(shape)}, got ${got} in the file.`);
    }
  }
}

function checkSavable(compiled: Compiled | null): void {
  if (typeof compiled?.optimizer.learningRate !== "function") return;
  throw new OptionError(
    "save: the optimizer's learningRate is a function, which a file cannot hold. " +
      "Use a schedule such as exponentialDecay({ … }), or compile with a number before saving.",
  );
}

/** `loss` as `valLoss`. */
function prefixed(logs: Logs): Logs {
  const entries = Object.entries(logs).map(([name, value]) => [`val${name[0].toUpperCase()}${name.slice(1)}`, value]);
  return Object.fromEntries(entries);
}
