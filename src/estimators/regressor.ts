/** A regressor in scikit-learn's manner: numbers in, numbers out. */

import { checkArguments, located, OptionError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import { type Data, Dataset } from "../data/dataset.js";
import { Scaler, standardScaler } from "../data/preprocess/scaler.js";
import { trainTestSplit } from "../data/split.js";
import type { SaveOptions } from "../model/file.js";
import type { Sequential } from "../sequential.js";
import { r2Score } from "../specs/metrics/regression.js";
import { type LoadOptions, loadEstimator } from "./file.js";
import { checkData, countFeatures, type Inputs, widthOf } from "./inputs.js";
import { Network, type Parts, type Task } from "./network.js";
import { checkMLP, copyOptions, type MLPRegressorOptions } from "./options.js";
import type { Head } from "./trained.js";

const NAME = "MLPRegressor";

/**
 * A multi-layer perceptron for regression: dense layers, linear outputs, mean squared error. Defaults and the rule by
 * which it stops are those of scikit-learn's `MLPRegressor` (1.2); its loss is the mean of squares, not half of it.
 *
 * @example
 * const regressor = new MLPRegressor({ hiddenLayerSizes: [50], seed: 1 });
 * await regressor.fit({ x, y });
 * const r2 = regressor.score(test);
 */
export class MLPRegressor {
  readonly #network: Network<TargetScale>;
  readonly #given: MLPRegressorOptions;

  /** @throws OptionError with the nearest known name. */
  constructor(options: MLPRegressorOptions = {}) {
    checkArguments(`new ${NAME}`, arguments, 1);
    this.#network = new Network(NAME, checkMLP(NAME, options, NAME), (scale) => scale?.toJSON() ?? null);
    this.#given = copyOptions(options);
  }

  /** The network inside, for everything a model can do. @throws OptionError before `fit`. */
  get model(): Sequential {
    return this.#network.fitted().model;
  }

  /**
   * JSON of your own, which travels in the file and stays when `fit` makes a new network. `null` at first.
   * @throws OptionError for anything that JSON does not hold.
   */
  get metadata(): JsonObject | null {
    return this.#network.metadata;
  }

  set metadata(metadata: object | null) {
    this.#network.metadata = metadata;
  }

  /** Class and options as data, from which it can be made anew. */
  getConfig(): { type: typeof NAME; options: MLPRegressorOptions } {
    return { type: NAME, options: copyOptions(this.#given) };
  }

  /** Training loss of each epoch, with the penalty of `alpha`; empty before `fit`. */
  get lossCurve(): readonly number[] {
    return [...(this.#network.trained?.lossCurve ?? [])];
  }

  /** R² of the rows held back, after each epoch; empty without `earlyStopping`. */
  get validationScores(): readonly number[] {
    return [...(this.#network.trained?.scores ?? [])];
  }

  /** True if training stopped because nothing improved. */
  get hasConverged(): boolean {
    return this.#network.trained?.hasConverged ?? false;
  }

  /**
   * Trains on a Dataset, or x [n, features] and y [n] or [n, outputs], from new weights unless `warmStart` is set. Until
   * it is done, and when it fails, the network of the last `fit` stays.
   * Warns when `maxEpochs` passed and the loss was still falling.
   * @throws ShapeError, DataError, OptionError before anything changes; NonFiniteError.
   */
  async fit(data: Data): Promise<this> {
    const where = `${NAME}.fit`;
    checkData(where, data, arguments);
    const rows = toDataset(where, data);
    const { warmStart } = this.#network.options;
    const { head, knowledge } = this.#task(rows, warmStart);
    const scaled = scaleTargets(rows, knowledge);
    await this.#network.fit(this.#split(scaled), {
      ...{ head, knowledge },
      score: (predictions, { y }) => r2Score(y, predictions, { outputs: head.units }),
      advice: adviceFor(rows, knowledge),
    });
    return this;
  }

  /** One more pass over the data, for data that come in portions; the first sets the scale of y. @throws as `fit`. */
  async partialFit(data: Data): Promise<this> {
    const where = `${NAME}.partialFit`;
    checkData(where, data, arguments);
    const rows = toDataset(where, data);
    const task = this.#task(rows, true);
    await this.#network.partialFit(scaleTargets(rows, task.knowledge), task);
    return this;
  }

  /**
   * Predictions for x, a Dataset, `{ x }` or rows: Float32Array [n, outputs], row after row.
   * @throws OptionError before `fit`; ShapeError, DataError.
   */
  predict(x: Inputs): Float32Array {
    checkArguments(`${NAME}.predict`, arguments, 1);
    return this.#predict(`${NAME}.predict`, x);
  }

  /** R², the mean of that of each output: 1 is perfect, 0 no better than the mean. @throws as `predict`. */
  score(data: Data): number {
    const where = `${NAME}.score`;
    checkData(where, data, arguments);
    const rows = toDataset(where, data);
    return r2Score(rows.y, this.#predict(where, rows), {
      outputs: headOf(rows).units,
      ...(rows.sampleWeight ? { sampleWeight: rows.sampleWeight } : {}),
    });
  }

  /**
   * The estimator as one file: network, the scale of y, options and all that `partialFit` and `warmStart` need to go on; `metadata`, too.
   * `optimizer: false` drops the optimizer's memory. The file is that of a model, which `Sequential.load` takes.
   * @throws OptionError before `fit`, and where the learning rate is a function.
   */
  save(options: SaveOptions = {}): Uint8Array<ArrayBuffer> {
    checkArguments(`${NAME}.save`, arguments, 1);
    return this.#network.save(options);
  }

  /**
   * The estimator from the bytes of `save()`: it predicts the same bits, and goes on training as if it had never
   * stopped. Callbacks, signal, warnings and how it runs are not in the file: give them anew.
   * @throws FormatError for anything but the file of an MLPRegressor; OptionError, BackendError.
   */
  static async load(bytes: Uint8Array | ArrayBuffer, options: LoadOptions = {}): Promise<MLPRegressor> {
    checkArguments(`${NAME}.load`, arguments, 2);
    const { trained, options: saved } = await loadEstimator(NAME, bytes, options, readKnowledge);
    const loaded = new MLPRegressor({ ...saved, ...options });
    loaded.#network.take(trained);
    return loaded;
  }

  /** Refuses: JSON is no form for weights. @throws OptionError */
  toJSON(): never {
    throw new OptionError(`${NAME}: JSON does not hold a network. Keep the bytes of save(), for ${NAME}.load(bytes).`);
  }

  /** Frees the network's memory before garbage collection would; a `fit` that runs ends with BackendError. */
  dispose(): void {
    checkArguments(`${NAME}.dispose`, arguments, 0);
    this.#network.dispose();
  }

  #predict(where: string, x: Inputs): Float32Array {
    const { knowledge } = this.#network.fitted();
    const predictions = this.#network.predict(where, x);
    return knowledge ? unscale(predictions, knowledge) : predictions;
  }

  /** With the scale of the targets: that of the first fit, where there was one and `keeps` is set. */
  #task(rows: Dataset, keeps: boolean): Pick<Task<TargetScale>, "head" | "knowledge"> {
    const { options, trained } = this.#network;
    const head = headOf(rows);
    if (keeps && trained) return { head, knowledge: trained.knowledge };
    if (!options.standardizeTarget) return { head, knowledge: null };
    return { head, knowledge: standardScaler().fit(rows.y, { features: head.units }) };
  }

  #split(data: Dataset): Parts {
    const { earlyStopping, validationFraction: testSize, seed } = this.#network.options;
    if (!earlyStopping) return { training: data, heldBack: null };
    const { train, test } = trainTestSplit(data, { testSize, seed });
    return { training: train, heldBack: test };
  }
}

/** How targets were standardized; `null` where they were not. */
type TargetScale = Scaler | null;

/** A mean or deviation beyond it, or a deviation below its inverse, is not the scale of a network's outputs. */
const FAR = 10;

/** The remedy for a loss that still falls: the scale of y, where that is far from 1. */
function adviceFor({ y, targetShape }: Dataset, scale: TargetScale): string {
  const plain = "Raise maxEpochs or learningRate, or scale the inputs.";
  if (scale) return plain;
  const { center, scale: spread } = standardScaler().fit(y, { features: targetShape[0] ?? 1 });
  const far = center.findIndex((mean, i) => Math.abs(mean) > FAR || spread[i] > FAR || spread[i] < 1 / FAR);
  if (far < 0) return plain;
  const [mean, deviation] = [center[far], spread[far]].map((value) => Number(value.toPrecision(3)));
  const scaled = `(y ${mean < 0 ? `+ ${-mean}` : `- ${mean}`}) / ${deviation}`;
  const column = center.length > 1 ? ` in column ${far}` : "";
  return (
    `The targets are not scaled. Scale y to ${scaled}${column}, and predictions back: standardizeTarget: true does both. ` +
    `If that is not it: ${plain}`
  );
}

function scaleTargets(rows: Dataset, scale: TargetScale): Dataset {
  if (!scale) return rows;
  const { x, sampleWeight, inputShape, targetShape } = rows;
  const weights = sampleWeight ? { sampleWeight } : {};
  return Dataset.from({ x, y: scale.transform(rows.y), ...weights }, { inputShape, targetShape });
}

function unscale(predictions: Float32Array, scale: Scaler): Float32Array {
  return scale.inverseTransform(predictions);
}

function headOf({ targetShape }: Pick<Dataset, "targetShape">): Head {
  return { units: targetShape[0] ?? 1, activation: "linear", loss: "meanSquaredError" };
}

function readKnowledge(json: unknown, outputs: number): { head: Head; knowledge: TargetScale } {
  const knowledge = json === null ? null : Scaler.fromJSON(json);
  return { head: headOf({ targetShape: [knowledge?.center.length ?? outputs] }), knowledge };
}

function toDataset(where: string, data: Data): Dataset {
  if (data instanceof Dataset) return data;
  const { x, y } = data;
  const outputs = widthOf(y);
  const rows = (y as ArrayLike<unknown> | undefined)?.length ?? 0;
  return located(where, () =>
    Dataset.from(data, { inputShape: [countFeatures("data", x, rows)], targetShape: outputs ? [outputs] : [] }),
  );
}
