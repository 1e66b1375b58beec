/** A regressor in scikit-learn's manner: numbers in, numbers out. */

import { checkArguments, located } from "../base/errors.js";
import type { Data } from "../data/dataset.js";
import { Dataset } from "../data/dataset.js";
import { Scaler } from "../data/preprocess/scaler.js";
import { standardScaler } from "../data/preprocess/scalers.js";
import { splitOnce } from "../data/split.js";
import { withTargets } from "../data/withTargets.js";
import type { SaveOptions } from "../model/file.js";
import { CORE } from "../model/inside.js";
import { r2Score } from "../specs/metrics/regression.js";
import { isUnscaled, scalingRemedy } from "../training/targetScale.js";
import { BaseEstimator } from "./base.js";
import { type LoadOptions, loadEstimator } from "./file.js";
import { checkDataArgument, countFeatures, type Inputs, widthOf } from "./inputs.js";
import { Network, type Parts, type Task } from "./network.js";
import { type CheckedMLP, checkMLP, copyOptions, type MLPRegressorOptions } from "./options.js";
import type { Head } from "./trained.js";

const NAME = "MLPRegressor";
/** The option that a split is made for. */
const PLACES = { testSize: `${NAME}.fit: validationFraction`, stratify: `${NAME}.fit: validationFraction` };

/**
 * A multi-layer perceptron for regression: dense layers, linear outputs, mean squared error; or exponential outputs and
 * the Poisson loss. Defaults and the rule by
 * which it stops are those of scikit-learn's `MLPRegressor` (1.2); its loss is the mean of squares, not half of it.
 *
 * @example
 * const regressor = new MLPRegressor({ hiddenLayerSizes: [50], seed: 1 });
 * await regressor.fit({ x, y });
 * const r2 = regressor.score(test);
 */
export class MLPRegressor extends BaseEstimator {
  readonly #network: Network<TargetScale>;
  readonly #given: MLPRegressorOptions;

  /** @throws OptionError with the nearest known name. */
  constructor(options: MLPRegressorOptions = {}) {
    checkArguments(`new ${NAME}`, arguments, 1);
    const network = new Network<TargetScale>(NAME, checkMLP(NAME, options, NAME), (scale) => scale?.toJSON() ?? null);
    super(NAME, network, `${NAME}.load`);
    this.#network = network;
    this.#given = copyOptions(options);
  }

  /** Class and options as data, from which it can be made anew. */
  getConfig(): { type: typeof NAME; options: MLPRegressorOptions } {
    return { type: NAME, options: copyOptions(this.#given) };
  }

  /**
   * Trains on a Dataset, or x [n, features] and y [n] or [n, outputs], from new weights unless `warmStart` is set.
   * Until it is done, and when it fails, the network of the last `fit` stays. Warns when `maxEpochs` passed and the
   * loss was still falling.
   * @throws ShapeError, DataError, OptionError before anything changes; NonFiniteError.
   */
  async fit(data: Data): Promise<this> {
    const where = `${NAME}.fit`;
    checkDataArgument(where, data, arguments);
    const rows = toDataset(where, data);
    const { warmStart } = this.#network.options;
    const { head, knowledge } = this.#task(rows, warmStart);
    const scaled = scaleTargets(rows, knowledge);
    await this.#network.fit(this.#split(scaled), {
      head,
      knowledge,
      score: (predictions, { y }) => r2Score(y, predictions, { outputs: head.units }),
      advice: adviceFor(rows, head, knowledge),
    });
    return this;
  }

  /** One more pass over the data, for data that come in portions; the first sets the scale of y. @throws as `fit`. */
  async partialFit(data: Data): Promise<this> {
    const where = `${NAME}.partialFit`;
    checkDataArgument(where, data, arguments);
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
    checkDataArgument(where, data, arguments);
    const rows = toDataset(where, data);
    return r2Score(rows.y, this.#predict(where, rows), {
      outputs: rows.targetShape[0] ?? 1,
      ...(rows.sampleWeight ? { sampleWeight: rows.sampleWeight } : {}),
    });
  }

  /**
   * The estimator as one file: network, the scale of y, options and all that `partialFit` and `warmStart` need to go
   * on; `metadata`, too. `optimizer: false` drops the optimizer's memory. The file is that of a model, which
   * `Sequential.load` takes.
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
    return MLPRegressor[CORE](`${NAME}.load`, bytes, options);
  }

  /** `load` for another function of the library, which is called `where`. */
  static async [CORE](where: string, bytes: Uint8Array | ArrayBuffer, options: LoadOptions): Promise<MLPRegressor> {
    const { trained, options: saved } = await loadEstimator(where, NAME, bytes, options, readKnowledge);
    const loaded = new MLPRegressor({ ...saved, ...options });
    loaded.#network.take(trained);
    return loaded;
  }

  #predict(where: string, x: Inputs): Float32Array {
    const { knowledge } = this.#network.fitted();
    const predictions = this.#network.predict(where, x);
    return knowledge ? unscale(predictions, knowledge) : predictions;
  }

  /** With the scale of the targets: that of the first fit, where there was one and `keeps` is set. */
  #task(rows: Dataset, keeps: boolean): Pick<Task<TargetScale>, "head" | "knowledge"> {
    const { options, trained } = this.#network;
    const head = headOf(rows, options);
    if (keeps && trained) return { head, knowledge: trained.knowledge };
    if (!options.standardizeTarget) return { head, knowledge: null };
    return { head, knowledge: standardScaler().fit(rows.y, { features: head.units }) };
  }

  #split(data: Dataset): Parts {
    const { earlyStopping, validationFraction: testSize, seed } = this.#network.options;
    if (!earlyStopping) return { training: data, heldBack: null };
    const { train, test } = splitOnce(PLACES, data, { testSize, seed });
    return { training: train, heldBack: test };
  }
}

/** The standardization of targets; `null` if there was none. */
type TargetScale = Scaler | null;

/** The remedy for a loss that still falls: the scale of y, where that is far from 1. */
function adviceFor({ y }: Dataset, { units, loss }: Head, scale: TargetScale): string {
  const plain = "Raise maxEpochs or learningRate, or scale the inputs.";
  if (scale || loss === "poisson" || !isUnscaled(y, units)) return plain;
  const remedy = scalingRemedy(y, units, false);
  return `The targets are not scaled. ${remedy}: standardizeTarget: true does both. If that is not it: ${plain}`;
}

function scaleTargets(rows: Dataset, scale: TargetScale): Dataset {
  if (!scale) return rows;
  return withTargets(rows, scale.transform(rows.y), rows.targetShape);
}

function unscale(predictions: Float32Array, scale: Scaler): Float32Array {
  return scale.inverseTransform(predictions);
}

function headOf({ targetShape }: Pick<Dataset, "targetShape">, { loss }: Pick<CheckedMLP, "loss">): Head {
  const units = targetShape[0] ?? 1;
  return loss === "poisson"
    ? { units, activation: "exponential", loss }
    : { units, activation: "linear", loss: "meanSquaredError" };
}

function readKnowledge(
  json: unknown,
  outputs: number,
  options: Pick<CheckedMLP, "loss">,
): { head: Head; knowledge: TargetScale } {
  const knowledge = json === null ? null : Scaler.fromJSON(json);
  return { head: headOf({ targetShape: [knowledge?.center.length ?? outputs] }, options), knowledge };
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
