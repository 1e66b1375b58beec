/// <reference lib="esnext.disposable" preserve="true" />
/** The model as its users see it: each method calls the module that does its work. */

import { checkArguments, checkBoolean, checkOptions, OptionError } from "../base/errors.js";
import { copyJson, type JsonObject } from "../base/json.js";
import type { Evaluation, History, TrainLog } from "../callbacks/logTypes.js";
import type { CheckOptions } from "../check/checkData.js";
import type { Finding } from "../check/findings.js";
import type { Data } from "../data/dataset.js";
import type { Numbers } from "../data/matrix.js";
import type { DataArrays } from "../data/rows.js";
import type { Stream } from "../data/stream.js";
import type { Compiled } from "../program/types.js";
import type { BackendInfo } from "../runtime/select.js";
import type { Weight, WeightLike } from "../state/weights.js";
import { checkCall } from "../training/feed.js";
import type { TrainOptions } from "../training/iterate.js";
import type { FitOptions } from "../training/options.js";
import { ModelCore } from "./core.js";
import type { EvaluateOptions } from "./evaluate.js";
import { type SaveOptions, saveModel } from "./file.js";
import { fitModel } from "./fit.js";
import { insides } from "./inside.js";
import type { ModelLayer } from "./layers.js";
import { type CompileOptions, HOW_TO_CREATE } from "./options.js";
import { adapting, adapts } from "./parts.js";
import { nest, predict, predictInto } from "./predict.js";
import type { PredictClassesOptions } from "./predictClasses.js";
import { formatSummary } from "./summary.js";
import type { Trace, TraceOptions } from "./trace.js";
import { traceModel } from "./tracing.js";

/** The backend of a model, and the memory it holds. */
export interface ModelInfo extends BackendInfo {
  /** Bytes of the session's memory; 0 before the first use. */
  readonly memory: number;
}

/** Kept once it is loaded: an import takes longer than a small step. */
let stepOnBatch: typeof import("./stepOnBatch.js").stepOnBatch | undefined;

/** A model that can be trained, evaluated and used. Made by `Sequential`. */
export class Model {
  readonly #core: ModelCore;

  protected constructor(core: ModelCore) {
    if (!(core instanceof ModelCore)) {
      throw new OptionError(`new Sequential: a promise makes models. ${HOW_TO_CREATE}`);
    }
    this.#core = core;
    insides.set(this, core);
  }

  /**
   * Layers in order, each with its shapes and weights. A model keeps its layers, but another model can begin with
   * copies of them: give them to `Sequential.create`.
   */
  get layers(): readonly ModelLayer[] {
    return this.#core.layers;
  }

  /**
   * Chooses optimizer, loss and metrics, and clears the memory of an earlier optimizer. Weights stay.
   * @throws OptionError with the nearest known name.
   */
  compile(options: CompileOptions): void {
    checkArguments("compile", arguments, 1);
    this.#core.compile(options);
  }

  /**
   * Sets the mean and variance of every `normalization()` layer to those of its inputs when `data` pass through the
   * model, as Keras's `layer.adapt(x)` does for one layer. Call it with the training data before `fit`.
   * @throws OptionError if there is no such layer; ShapeError, DataError.
   */
  adapt(data: Data | Pick<DataArrays, "x"> | Numbers): void {
    checkArguments("adapt", arguments, 1);
    this.#core.checkIdle("adapt");
    if (!this.layers.some(adapts)) throw new OptionError("adapt: no layer to adapt. Add normalization().");
    adapting.adaptModel(this.#core, data);
  }

  /**
   * Trains on rows, or on a stream of them: a pipeline, or an (async) iterable of batches, or a function that makes one
   * for each pass. Resolves to per-epoch numbers; `loss` is the mean over the epoch's rows, as in Keras.
   * @throws OptionError, ShapeError, DataError before anything changes, except for batches of a stream, which are
   * checked as they arrive; NonFiniteError if the loss or a weight would no longer be finite: every weight then keeps
   * its last finite value.
   */
  async fit<Custom extends string = never>(data: Data | Stream, options: FitOptions = {}): Promise<History<Custom>> {
    checkCall("fit", arguments, 2);
    return fitModel(this.#core, data, options) as Promise<History<Custom>>;
  }

  /**
   * Trains as `fit` does and yields its numbers, per epoch or per step, as they are requested. In between, training is
   * paused, and the model may be used and saved. Leaving the loop ends training after the running step; `resume: true`
   * continues from there.
   *
   * @example
   * for await (const { epoch, loss } of model.train(data, { epochs: 100 })) if (loss < 0.01) break;
   * @throws as `fit`, when the iteration begins or continues.
   */
  train<Custom extends string = never>(
    data: Data | Stream,
    options: TrainOptions = {},
  ): AsyncGenerator<TrainLog<Custom>, History<Custom>, undefined> {
    checkCall("train", arguments, 2);
    checkOptions("train", options);
    return this.#iterate(data, options);
  }

  async *#iterate<Custom extends string>(
    data: Data | Stream,
    options: TrainOptions,
  ): AsyncGenerator<TrainLog<Custom>, History<Custom>, undefined> {
    const { iterate } = await import("../training/iterate.js");
    return yield* iterate((rest) => this.fit<Custom>(data, rest), options);
  }

  /**
   * One optimizer step on all rows of `data`. Resolves to the loss and metrics before the update.
   * @throws as `fit`.
   */
  async trainOnBatch<Custom extends string = never>(data: Data): Promise<Evaluation<Custom>> {
    checkCall("trainOnBatch", arguments, 1);
    this.#core.checkTrainable("trainOnBatch");
    return this.#core.whileTraining(async () => {
      stepOnBatch ??= (await import("./stepOnBatch.js")).stepOnBatch;
      return stepOnBatch(this.#core, data) as Promise<Evaluation<Custom>>;
    });
  }

  /**
   * Checks data before training. Returns everything wrong or doubtful, the worst first, with a remedy for each. Data
   * that `fit` would refuse are findings here too. `formatFindings` prints them.
   * @throws OptionError before `compile`, and for unknown options.
   */
  async check(data: Data, options: CheckOptions = {}): Promise<Finding[]> {
    if (arguments.length > 2 || Array.isArray(options)) checkCall("check", arguments, 2);
    const compiled = this.#core.checkCompiled("check");
    const { optimizer } = compiled;
    const { checkData } = await import("../check/checkData.js");
    const expectation = this.#core.expectation(compiled);
    return checkData({ data, options, expectation, optimizer, seed: this.#core.spec.seed });
  }

  /**
   * Loss and metrics on rows or a stream; changes nothing.
   * @throws OptionError, ShapeError, DataError, NonFiniteError
   */
  async evaluate<Custom extends string = never>(
    data: Data | Stream,
    options: EvaluateOptions = {},
  ): Promise<Evaluation<Custom>> {
    checkCall("evaluate", arguments, 2);
    const { evaluateModel } = await import("./evaluate.js");
    return evaluateModel(this.#core, data, options) as Promise<Evaluation<Custom>>;
  }

  /**
   * Outputs for `x`, row after row: Float32Array [rows, outputs], a copy. All sums are float32: x near its
   * limit, 3.4e38, gives outputs that are infinite or NaN.
   * @throws ShapeError, DataError for rows that do not fit.
   */
  predict(x: Numbers): Float32Array {
    checkArguments("predict", arguments, 1);
    return predict(this.#core, x, "predict");
  }

  /**
   * `predict` without a new array for the outputs: writes the same numbers into `out`, of length rows · outputs, and
   * returns it. With a Float32Array as `x` no numbers are copied but into and out of the model's memory. A call still
   * takes about 90 bytes, and 96 more for a row of 32 or more inputs or outputs that needs a view. `out` may share
   * memory with `x`; more than 256 rows of it are then copied first.
   *
   * @example const out = new Float32Array(1); for (const row of rows) act(model.predictInto(row, out)[0]);
   * @throws as `predict`; DataError, ShapeError for an `out` of another kind or length. `out` then stays as it was.
   */
  predictInto(x: Numbers, out: Float32Array): Float32Array {
    checkArguments("predictInto", arguments, 2);
    return predictInto(this.#core, x, out);
  }

  /**
   * Outputs for `x` as a list for each row, in the shape of the last layer (Keras's `predict`). `Row` is the type of a
   * row: `number[][]` after `reshape([2, 3])`.
   *
   * @example const [[ham, spam]] = model.predictRows([[0.5, 1]]);
   * @throws as `predict`.
   */
  predictRows<Row = number[]>(x: Numbers): Row[] {
    checkArguments("predictRows", arguments, 1);
    const { outputShape } = this.layers.at(-1) as ModelLayer;
    return nest(predict(this.#core, x, "predictRows"), outputShape) as Row[];
  }

  /**
   * The class of each row of `x`: its number, or its name if there are names. The loss and the last activation say how
   * outputs are read.
   *
   * | outputs | class |
   * | --- | --- |
   * | softmax, or a loss with one class per row | the number of the largest output, the first of equal ones |
   * | one sigmoid, or one output for a loss of yes or no | 1 if the probability is above `threshold`, else 0 |
   * | several sigmoids | a row of 0 and 1 |
   *
   * Names are the option `classes`, or `metadata.classes`, which files keep. Logits and hinges are read as their losses
   * do. `Class` is the type of a class: `string` with names, `number[]` for rows.
   *
   * @example
   * model.metadata = { classes: ["ham", "spam"] };
   * const [first] = await model.predictClasses<string>([[0.5, 1]]);
   * @throws as `predict`; OptionError if outputs are numbers rather than classes, or if there are too many or too few
   * names; DataError for an output that is NaN.
   */
  async predictClasses<Class = number>(x: Numbers, options: PredictClassesOptions = {}): Promise<Class[]> {
    checkArguments("predictClasses", arguments, 2);
    const outputs = predict(this.#core, x, "predictClasses");
    const { classesOfOutputs } = await import("./predictClasses.js");
    return classesOfOutputs(this.#core, outputs, options) as Class[];
  }

  /** A copy of all weights in layer order, kernel before bias, kernels in [inputs, units] order. */
  getWeights(): Weight[] {
    checkArguments("getWeights", arguments, 0);
    this.#core.checkUsable("getWeights");
    return this.#core.state.readWeights();
  }

  /** Replaces all weights. @throws OptionError, ShapeError, DataError before anything changes. */
  setWeights(weights: readonly WeightLike[]): void {
    checkArguments("setWeights", arguments, 1);
    this.#core.checkUsable("setWeights");
    this.#core.writeWeights("setWeights", weights);
  }

  /**
   * Replaces the weights by the moving averages of an optimizer with `useEma`, or puts the weights back. `fit` does
   * this by itself: it trains the weights, and leaves the averages in their place when it ends.
   * @throws OptionError if there are no averages.
   */
  useAverages(use = true): void {
    checkArguments("useAverages", arguments, 1);
    this.#core.checkIdle("useAverages");
    const compiled = this.#core.checkCompiled("useAverages");
    if (checkBoolean("useAverages", use) && !this.#core.hasAverages(compiled)) {
      const mend = compiled.optimizer.useEma ? "Train first" : "Compile with an optimizer with useEma: true, and train";
      throw new OptionError(`useAverages: there are no averages of the weights. ${mend}.`);
    }
    this.#core.state.isAveraged = use;
  }

  /** Layers, output shapes and parameter counts as text. */
  summary(): string {
    checkArguments("summary", arguments, 0);
    return formatSummary(this.layers, this.#core.spec.inputShape);
  }

  /** The backend of this model, the reason why it is not a faster one, and the memory it holds. */
  info(): ModelInfo {
    checkArguments("info", arguments, 0);
    const { backend, bytes } = this.#core.state;
    return { ...backend.info, memory: bytes };
  }

  /** Optimizer, loss and metrics as `compile` understood them, options spelled out; `null` before. */
  get compiled(): Compiled | null {
    return this.#core.state.compiled;
  }

  /**
   * Every intermediate of one forward and backward pass by name, in the order of computation, from the same kernels
   * that train; with `optimizer` also the changes that a step would make. The model does not change.
   * @throws OptionError, ShapeError, DataError; in a page BackendError before the first `evaluate`, which loads this
   * method's code, and if the kernels of a rare loss or optimizer are not there, which `evaluate` and `fit` load.
   */
  trace(data: Data, options: TraceOptions = {}): Trace {
    checkCall("trace", arguments, 2);
    return traceModel(this.#core, data, options);
  }

  /**
   * JSON of your own, saved in the file: class names, units, the origin of the data. It is `null` until it is set.
   * Setting it takes a copy, and the value read is frozen: change it by setting another object.
   *
   * @example model.metadata = { ...model.metadata, classes: ["ham", "spam"] };
   * @throws OptionError for anything that JSON cannot hold, naming its path.
   */
  get metadata(): JsonObject | null {
    return this.#core.metadata;
  }

  set metadata(metadata: object | null) {
    this.#core.metadata = metadata === null ? null : copyJson("metadata", metadata);
  }

  /**
   * The model as one file: layers, weights, `metadata`, and everything needed to continue training. `optimizer: false`
   * drops the last: 784-128-10 trained with Adam takes 0.41 MB instead of 1.22 MB, and predicts the same. `weights: "float16"`
   * or `"int8"` makes that 0.20 or 0.10 MB, for downloads.
   * @throws OptionError if the learning rate is a function: a file cannot hold it; for weights beyond 65504 as float16.
   */
  save(options: SaveOptions = {}): Uint8Array<ArrayBuffer> {
    checkArguments("save", arguments, 1);
    return saveModel(this.#core, options);
  }

  /** Refuses every call: JSON is no form for weights. @throws OptionError */
  toJSON(): never {
    throw new OptionError("toJSON: use save().");
  }

  /** Frees the memory now rather than at garbage collection. Pending and later calls end with a BackendError. */
  dispose(): void {
    checkArguments("dispose", arguments, 0);
    this.#core.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
