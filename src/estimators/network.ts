/**
 * What classifier and regressor share: the network behind them, made for the data, trained until it stands still.
 * Knows rows of numbers; what targets mean is the estimators' business.
 */
import type { Dataset } from "../data/dataset.js";
import { type Numbers, toRows } from "../data/matrix.js";
import { DataError, OptionError, ShapeError, show } from "../errors.js";
import { dense } from "../layers/dense.js";
import type { LossName } from "../losses.js";
import { Sequential } from "../model/sequential.js";
import { isUnscaled, scalingRemedy } from "../model/targetScale.js";
import { l2 } from "../regularizers.js";
import type { CheckedMLP } from "./options.js";
import { plateau } from "./plateau.js";

/** The last layer, and what it is held to. */
export interface Head {
  readonly units: number;
  readonly activation: "linear" | "sigmoid" | "softmax";
  readonly loss: LossName;
}

/** The data of one `fit`: what is trained on, and what is held back. */
export interface Parts {
  readonly training: Dataset;
  readonly heldBack: Dataset | null;
}

/** Scores a model on rows, larger is better. */
export type Score = (predictions: Float32Array, rows: Dataset) => number;

const LARGEST_AUTO_BATCH = 200;

export class Network {
  readonly #where: string;
  readonly options: CheckedMLP;
  #model: Sequential | null = null;
  #head: Head | null = null;
  #lossCurve: number[] = [];
  #scores: number[] = [];
  #hasConverged = false;

  constructor(where: string, options: CheckedMLP) {
    this.#where = where;
    this.options = options;
  }

  /** @throws OptionError before the first `fit`. */
  get model(): Sequential {
    if (this.#model) return this.#model;
    throw new OptionError(`${this.#where}: it knows nothing yet. Call await fit({ x, y }) first.`);
  }

  /** Has it been trained? */
  get isFitted(): boolean {
    return this.#model !== null;
  }

  get lossCurve(): readonly number[] {
    return this.#lossCurve;
  }

  get scores(): readonly number[] {
    return this.#scores;
  }

  get hasConverged(): boolean {
    return this.#hasConverged;
  }

  /** Trains from new weights, or with `warmStart` from the last ones, until nothing improves. */
  async fit({ training, heldBack }: Parts, head: Head, score: Score): Promise<void> {
    const { warmStart, maxEpochs, signal, onWarning } = this.options;
    const model = this.#kept(training, head, warmStart) ?? (await this.#create(training, head));
    const stop = plateau({
      ...this.options,
      score: heldBack && (() => score(model.predict(heldBack.x), heldBack)),
    });
    const loss = await this.#train(model, training, maxEpochs, [stop]);
    this.#adopt(model, head);
    this.#lossCurve = loss;
    this.#scores = stop.scores;
    const isAborted = signal?.aborted === true;
    // L-BFGS ends by itself, at a minimum.
    this.#hasConverged = stop.hasConverged || (loss.length < maxEpochs && !isAborted);
    if (this.#hasConverged || isAborted) return;
    onWarning(
      `${this.#where}: still improving after ${maxEpochs} epochs (loss ${loss[loss.length - 1].toPrecision(4)}). ` +
        (head.loss === "meanSquaredError" && isUnscaled(training.y)
          ? `The targets are not scaled. ${scalingRemedy(training.y, head.units, false)}.`
          : `Raise maxEpochs or learningRate, or scale the inputs.`),
    );
  }

  /** One more pass over the data. */
  async partialFit(training: Dataset, head: Head): Promise<void> {
    const model = this.#kept(training, head, true) ?? (await this.#create(training, head));
    const loss = await this.#train(model, training, 1, []);
    this.#lossCurve = model === this.#model ? [...this.#lossCurve, ...loss] : loss;
    this.#adopt(model, head);
  }

  /** Predictions for x, row after row. */
  predict(where: string, x: Numbers): Float32Array {
    const { model } = this;
    return model.predict(toRows(`${where}: x`, x, model.layers[0].inputShape));
  }

  dispose(): void {
    this.#model?.dispose();
    this.#model = null;
  }

  /** Takes a model that was trained; until then the one before it stays. */
  #adopt(model: Sequential, head: Head): void {
    if (model !== this.#model) this.#model?.dispose();
    this.#model = model;
    this.#head = head;
  }

  /** The loss of each epoch. A new model that cannot be trained is given up. */
  async #train(model: Sequential, data: Dataset, epochs: number, own: CheckedMLP["callbacks"]): Promise<number[]> {
    const { shuffle, callbacks, signal } = this.options;
    try {
      const { loss } = await model.fit(data, {
        epochs,
        batchSize: this.#batchSize(data.length),
        shuffle,
        callbacks: [...callbacks, ...own],
        ...(signal ? { signal } : {}),
      });
      return loss;
    } catch (error) {
      if (model !== this.#model) model.dispose();
      throw error;
    }
  }

  #batchSize(rows: number): number {
    const { batchSize, optimizer } = this.options;
    if (optimizer.type === "lbfgs") return rows;
    return Math.min(batchSize === "auto" ? LARGEST_AUTO_BATCH : batchSize, rows);
  }

  /** The model to go on with, if there is one and it is wanted. @throws ShapeError where the data do not fit it. */
  #kept(data: Dataset, head: Head, isWanted: boolean): Sequential | null {
    if (!isWanted || !this.#model) return null;
    const [features] = this.#model.layers[0].inputShape;
    if (features === data.inputShape[0] && head.units === this.#head?.units) return this.#model;
    throw new ShapeError(
      `${this.#where}: expected rows of ${features} values and ${this.#head?.units} outputs as in the first fit, ` +
        `got ${data.inputShape[0]} and ${head.units}. Make a new estimator for other data.`,
    );
  }

  async #create(data: Dataset, head: Head): Promise<Sequential> {
    const { hiddenLayerSizes, activation, alpha, optimizer, seed, runtime } = this.options;
    // The loss is a mean over outputs and, for squares, not halved as in scikit-learn: alpha counts twice there.
    const strength = (alpha / this.#batchSize(data.length)) * (head.loss === "meanSquaredError" ? 1 : 0.5);
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
    model.compile({ optimizer, loss: head.loss });
    return model;
  }
}

/** Values per row, where rows are arrays; `null` for a flat array. */
export function widthOf(rows: unknown): number | null {
  const first = Array.isArray(rows) ? (rows[0] as unknown) : undefined;
  return Array.isArray(first) || ArrayBuffer.isView(first) ? (first as unknown as ArrayLike<number>).length : null;
}

/** Features per row: as the first row says, or as many as there are rows to share a flat array among. */
export function countFeatures(where: string, x: unknown, rows: number): number {
  const width = widthOf(x);
  if (width !== null) return width;
  const { length } = (x ?? {}) as { length?: unknown };
  if (typeof length !== "number") {
    throw new DataError(`${where}: x: expected number[][] or a typed array, got ${show(x)}.`);
  }
  if (length > 0 && length % rows === 0) return length / rows;
  throw new ShapeError(
    `${where}: x: ${length} values cannot be shared among the ${rows} rows that y has. Give as many rows as labels.`,
  );
}
