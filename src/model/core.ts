/**
 * The parts shared by the methods of a model: its state, the checks before it is used, and the sessions that are opened
 * on it. The methods themselves are functions in the modules that `Sequential` imports.
 */

import { BackendError, OptionError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import { sizeOf } from "../base/shape.js";
import type { Section } from "../plan/tape.js";
import { buildProgram } from "../program/program.js";
import type { Compiled } from "../program/types.js";
import type { SelectedBackend } from "../runtime/select.js";
import { LARGE_WORK, type Session } from "../runtime/session.js";
import { checksInput, placeLayers } from "../specs/layers/facts.js";
import { ModelState } from "../state/state.js";
import type { WeightLike } from "../state/weights.js";
import type { Expectation } from "../training/feed.js";
import type { Disposal, FitHost } from "../training/parts.js";
import { updatesTaken } from "../training/step.js";
import { type Progress, TrainingState } from "../training/trainingState.js";
import type { Inside } from "./inside.js";
import { lockLayers, type ModelLayer } from "./layers.js";
import { type CompileOptions, checkCompile, type ModelSpec } from "./options.js";

export class ModelCore implements Inside, FitHost {
  readonly spec: ModelSpec;
  readonly layers: readonly ModelLayer[];
  readonly state: ModelState;
  /** Numbers in a row of input, and in one of predictions. */
  readonly inputs: number;
  readonly outputs: number;
  /** True if a layer checks the rows that `predict` is given. */
  readonly checksInput: boolean;
  readonly training = new TrainingState();
  /** Threads to use; `auto` until it is known whether they pay and are available. */
  #threads: "auto" | number;
  #isTraining = false;
  #isDisposed = false;
  /** Aborted by `dispose`; made by the first wait that it ends. */
  declare disposal?: Disposal;

  /** The user's own JSON, saved in the file. */
  metadata: JsonObject | null = null;
  /** JSON of the owner of the model, such as an estimator, also saved in the file. */
  attachment: JsonObject | null = null;

  /** With `draw: false` weights are zero, to be filled from a file. */
  constructor(spec: ModelSpec, threads: "auto" | number, backend: SelectedBackend, { draw = true } = {}) {
    this.spec = spec;
    this.#threads = threads;
    this.layers = lockLayers(placeLayers(spec.layers, spec.inputShape), (prefix) => {
      this.checkUsable("layers: getWeights");
      return this.state.readWeights(prefix);
    });
    this.inputs = sizeOf(spec.inputShape);
    this.outputs = sizeOf(this.layers[this.layers.length - 1].outputShape);
    this.checksInput = checksInput(this.layers);
    const program = buildProgram(this.layers, spec.inputShape, null, spec.seed);
    this.state = new ModelState(program, backend, draw ? spec.seed : null);
  }

  get progress(): Progress {
    return this.training.progress;
  }

  /** @throws OptionError */
  compile(options: CompileOptions): void {
    this.checkIdle("compile");
    const compiled = checkCompile(options, this.outputs);
    this.state.adopt(() => buildProgram(this.layers, this.spec.inputShape, compiled, this.spec.seed), compiled);
    this.training.forget();
  }

  expectation({ loss }: Compiled): Expectation {
    const { layers, outputs } = this;
    return { inputShape: this.spec.inputShape, layers, outputs, loss };
  }

  /** @throws BackendError for a model that was disposed of. */
  checkUsable(where: string): void {
    if (this.#isDisposed) throw new BackendError(`${where}: this model was disposed. Create or load another.`);
  }

  /** @throws BackendError for a model that was disposed of, and while `fit` runs. */
  checkIdle(where: string): void {
    this.checkUsable(where);
    if (this.#isTraining) throw new BackendError(`${where}: fit is running. Wait for it, or abort it.`);
  }

  /** @throws OptionError before `compile`, BackendError */
  checkCompiled(where: string): Compiled {
    this.checkUsable(where);
    if (this.state.compiled) return this.state.compiled;
    throw new OptionError(`${where}: call compile({ optimizer, loss }) first.`);
  }

  /** @throws OptionError before `compile`, and if every layer is frozen; BackendError while `fit` runs. */
  checkTrainable(where: string): Compiled {
    this.checkIdle(where);
    const compiled = this.checkCompiled(where);
    if (this.state.program.trainable.length > 0) return compiled;
    throw new OptionError(`${where}: every layer has trainable: false. Unfreeze one.`);
  }

  /** Replaces all weights and clears the optimizer. @throws OptionError, ShapeError, DataError before any change. */
  writeWeights(where: string, weights: readonly WeightLike[]): void {
    this.state.writeWeights(where, weights);
    this.training.optimizer?.reset();
  }

  /** True if moving averages of the weights have been taken. */
  hasAverages(compiled: Compiled): boolean {
    return compiled.optimizer.useEma && updatesTaken(compiled, this.progress.step) > 0;
  }

  /** A session for chunks of up to `rows` rows of a section; during training, the training one, whatever its size. */
  openSession(rows: number, section: Section): Session {
    const { session } = this.state;
    return this.#isTraining && session ? session : this.state.open(rows, section);
  }

  /** A larger session for the running fit, with its sums so far. */
  enlarge(rows: number): Session {
    const sums = this.openSession(1, "train").readSums();
    const session = this.state.open(rows, "train");
    session.resetSums();
    session.writeSums(sums);
    return session;
  }

  /**
   * Loads what steps of that many rows need: kernels and, with `threads: "auto"`, threads before the first steps that
   * are large enough to pay for them.
   */
  async readyFor(rows: number): Promise<void> {
    const { program, backend } = this.state;
    await backend.ready?.();
    if (this.#threads === "auto" && program.plan.flopsPerRow.train * rows >= LARGE_WORK) {
      const threaded = await backend.withThreads("auto");
      this.#threads = threaded.info.threads;
      this.state.moveTo(threaded);
    }
    await this.state.loadKernels();
  }

  /** Keeps the model from being trained or compiled by others until `work` is done. */
  async whileTraining<T>(work: () => Promise<T>): Promise<T> {
    this.#isTraining = true;
    try {
      return await work();
    } finally {
      this.#isTraining = false;
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    this.disposal?.abort();
    this.state.clear();
  }
}
