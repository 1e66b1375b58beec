/**
 * Parts that classifier and regressor share: the network inside, made for the data, trained until it stands still.
 * Knows rows of numbers; what targets mean is the estimators' business.
 */

import { counted } from "../base/counted.js";
import { BackendError, OptionError, ShapeError } from "../base/errors.js";
import { copyJson, type JsonObject } from "../base/json.js";
import type { Dataset } from "../data/dataset.js";
import type { SaveOptions } from "../model/file.js";
import { fitFor } from "../model/fitFor.js";
import { insideOf } from "../model/insideOf.js";
import { Sequential } from "../sequential.js";
import { dense } from "../specs/layers/dense.js";
import { optimizerFacts } from "../specs/optimizers/facts.js";
import { l2 } from "../specs/regularizers.js";
import { fitInputs } from "../training/fitInputs.js";
import type { FitOptions } from "../training/options.js";
import type { Course, Inner } from "./base.js";
import { describeEstimator } from "./file.js";
import type { Inputs } from "./inputs.js";
import type { CheckedMLP, MLPName } from "./options.js";
import { plateau } from "./plateau.js";
import type { Head, Trained } from "./trained.js";

/** The data of one `fit`: what is trained on, and what is held back. */
export interface Parts {
  readonly training: Dataset;
  readonly heldBack: Dataset | null;
}

/** Scores a model on rows, larger is better. */
export type RowScore = (predictions: Float32Array, rows: Dataset) => number;

const LARGEST_AUTO_BATCH = 200;

/** Input of `fit` in addition to the data; K is the estimator's knowledge of targets: classes, or their scale. */
export interface Task<K> {
  readonly head: Head;
  readonly knowledge: K;
  readonly score: RowScore;
  readonly classWeight?: "balanced" | Readonly<Record<number, number>> | undefined;
  /** Advice for training that was still improving at the end. */
  readonly advice: string;
}

const UNTRAINED: Course = { lossCurve: [], validationScores: [], hasConverged: false };

export class Network<K> implements Inner {
  readonly #where: MLPName;
  readonly options: CheckedMLP;
  /** The estimator's knowledge of targets, as JSON for a file. */
  readonly #toJSON: (knowledge: K) => unknown;
  #metadata: JsonObject | null = null;
  /** Goes up when what was trained until then is disposed of. */
  #life = 0;
  #trained: Trained<K> | null = null;
  /** Models that a `fit` is training. */
  readonly #inTraining = new Set<Sequential>();

  constructor(where: MLPName, options: CheckedMLP, toJSON: (knowledge: K) => unknown) {
    this.#where = where;
    this.options = options;
    this.#toJSON = toJSON;
  }

  /** The network as the last `fit` left it; `null` before the first. */
  get trained(): Trained<K> | null {
    return this.#trained;
  }

  get course(): Course | null {
    return this.#trained;
  }

  get model(): Sequential {
    return this.fitted().model;
  }

  /** @throws OptionError before the first `fit`. */
  fitted(): Trained<K> {
    if (this.#trained) return this.#trained;
    throw new OptionError(`${this.#where}: it has learned nothing yet. Call await fit({ x, y }) first.`);
  }

  /** The user's JSON: that of the model, or before there is one what it will get. */
  get metadata(): JsonObject | null {
    return this.#trained ? this.#trained.model.metadata : this.#metadata;
  }

  set metadata(metadata: object | null) {
    this.#metadata = metadata === null ? null : copyJson("metadata", metadata);
    if (this.#trained) this.#trained.model.metadata = this.#metadata;
  }

  /** Takes a network that was saved. */
  take(trained: Trained<K>): void {
    this.#metadata = trained.model.metadata;
    this.#adopt(trained);
  }

  /** The model's file, which says what it needs to be an estimator again. @throws OptionError */
  save(options: SaveOptions): Uint8Array<ArrayBuffer> {
    const { model } = this.fitted();
    if (insideOf(this.#where, model).attachment) return model.save(options);
    throw new OptionError(
      `${this.#where}.save: the optimizer's learningRate is a function, which a file cannot hold. ` +
        "Use a schedule such as exponentialDecay({ … }).",
    );
  }

  /** Trains from new weights, or with `warmStart` from the last ones, until nothing improves. */
  async fit({ training, heldBack }: Parts, { head, knowledge, score, classWeight, advice }: Task<K>): Promise<void> {
    const { warmStart, maxEpochs, signal, onWarning } = this.options;
    const model = this.#kept(training, head, warmStart) ?? (await this.#create(training, head, knowledge));
    const stop = plateau({
      ...this.options,
      rows: training.length,
      score: heldBack && (() => score(model.predict(heldBack.x), heldBack)),
    });
    const epochs = { epochs: maxEpochs, callbacks: [stop], ...(classWeight && { classWeight }) };
    const lossCurve = await this.#train("fit", model, training, epochs);
    const isAborted = signal?.aborted === true;
    // L-BFGS ends by itself, at a minimum.
    const hasConverged = stop.hasConverged || (lossCurve.length < maxEpochs && !isAborted);
    this.#adopt({ model, head, knowledge, lossCurve, validationScores: stop.scores, hasConverged });
    if (hasConverged || isAborted) return;
    const loss = lossCurve[lossCurve.length - 1].toPrecision(4);
    await onWarning(`${this.#where}: still improving after ${counted(maxEpochs, "epoch")} (loss ${loss}). ${advice}`);
  }

  /** One more pass over the data. */
  async partialFit(
    training: Dataset,
    { head, knowledge, classWeight }: Omit<Task<K>, "score" | "advice">,
  ): Promise<void> {
    const { learningRateSchedule } = this.options;
    if (learningRateSchedule !== "constant") {
      const got = `got ${JSON.stringify(learningRateSchedule)}, which counts the epochs of fit`;
      const remedy = "Set model.learningRate from portion to portion";
      throw new OptionError(`${this.#where}.partialFit: learningRateSchedule: expected "constant", ${got}. ${remedy}.`);
    }
    const model = this.#kept(training, head, true) ?? (await this.#create(training, head, knowledge));
    const loss = await this.#train("partialFit", model, training, { epochs: 1, ...(classWeight && { classWeight }) });
    const before = model === this.#trained?.model ? this.#trained : null;
    this.#adopt({
      model,
      head,
      knowledge,
      lossCurve: [...(before?.lossCurve ?? []), ...loss],
      validationScores: before?.validationScores ?? [],
      hasConverged: before?.hasConverged ?? false,
    });
  }

  /** Predictions for x, row after row. */
  predict(where: string, x: Inputs): Float32Array {
    const { model } = this.fitted();
    const { layers } = model;
    return model.predict(fitInputs(where, x, { inputShape: layers[0].inputShape, layers }));
  }

  dispose(): void {
    this.#life++;
    this.#trained?.model.dispose();
    this.#trained = null;
    for (const model of this.#inTraining) model.dispose();
  }

  /** Takes a model that was trained; until then the one before it stays. */
  #adopt(trained: Trained<K>): void {
    const before = this.#trained?.model;
    if (before !== trained.model) {
      if (before) trained.model.metadata = before.metadata;
      before?.dispose();
    }
    this.#attach(trained.model, trained.knowledge, trained);
    this.#trained = trained;
  }

  /** Has the model's file say what the estimator is. */
  #attach(model: Sequential, knowledge: K, course: Course): void {
    const { options } = this;
    insideOf(this.#where, model).attachment = describeEstimator(this.#where, options, this.#toJSON(knowledge), course);
  }

  /** The loss of each epoch. A new model that cannot be trained is given up. */
  async #train(method: string, model: Sequential, data: Dataset, options: FitOptions): Promise<number[]> {
    const { shuffle, callbacks, signal } = this.options;
    this.#inTraining.add(model);
    try {
      const where = `${this.#where}.${method}`;
      await this.#checkWeights(where, model, data, options.classWeight);
      const { loss } = await fitFor(where, model, data, {
        ...options,
        batchSize: this.#batchSize(data.length),
        shuffle,
        callbacks: [...callbacks, ...(options.callbacks ?? [])],
        ...(signal ? { signal } : {}),
      });
      return loss;
    } catch (error) {
      if (model !== this.#trained?.model) model.dispose();
      throw error;
    } finally {
      this.#inTraining.delete(model);
    }
  }

  /** `fit` of the model checks them as well, by its own name. @throws DataError if no row counts */
  async #checkWeights(where: string, model: Sequential, data: Dataset, classWeight: unknown): Promise<void> {
    if (!data.sampleWeight && classWeight === undefined) return;
    const inside = insideOf(where, model);
    const { rowWeights } = await import("../training/rowWeights.js");
    rowWeights(where, data, classWeight, inside.expectation(inside.checkCompiled(where)));
  }

  #batchSize(rows: number): number {
    const { batchSize, optimizer } = this.options;
    if (optimizerFacts(optimizer).minimizer) return rows;
    return Math.min(batchSize === "auto" ? LARGEST_AUTO_BATCH : batchSize, rows);
  }

  /** The model to go on with, if there is one and it is wanted. @throws ShapeError where the data do not fit it. */
  #kept(data: Dataset, head: Head, isWanted: boolean): Sequential | null {
    if (!isWanted || !this.#trained) return null;
    const { model, head: own } = this.#trained;
    const { inputShape } = model.layers[0];
    if (String(inputShape) !== String(data.inputShape) || head.units !== own.units) {
      throw new ShapeError(
        `${this.#where}: expected rows of ${inputShape} values and ${counted(own.units, "output")} as in the first fit, ` +
          `got ${data.inputShape} and ${head.units}. Make a new estimator for other data.`,
      );
    }
    return model;
  }

  async #create(data: Dataset, head: Head, knowledge: K): Promise<Sequential> {
    const life = this.#life;
    const { hiddenLayerSizes, activation, alpha, optimizer, seed, runtime } = this.options;
    const strength = (alpha / this.#batchSize(data.length)) * shareOf(head);
    const regularized = strength > 0 ? { kernelRegularizer: l2(strength) } : {};
    const model = await Sequential.create({
      ...runtime,
      seed,
      inputShape: data.inputShape,
      layers: [
        ...hiddenLayerSizes.map((units) => dense({ units, activation, ...regularized })),
        dense({ units: head.units, activation: head.activation, ...regularized }),
      ],
    });
    if (life !== this.#life) {
      model.dispose();
      throw new BackendError(`${this.#where}: it was disposed of while fit ran. Call fit again.`);
    }
    model.compile({ optimizer, loss: head.loss });
    model.metadata = this.metadata;
    this.#attach(model, knowledge, UNTRAINED);
    return model;
  }
}

/**
 * The share of alpha in the strength of l2. scikit-learn adds ½ alpha w² to losses that it sums over outputs, where
 * ours are means; squares are halved there.
 */
function shareOf({ loss, units }: Head): number {
  if (loss === "meanSquaredError") return 1;
  return loss === "sparseCategoricalCrossentropy" ? 0.5 : 0.5 / units;
}
