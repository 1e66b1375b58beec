/** A regressor in scikit-learn's manner: numbers in, numbers out. */
import { type Data, Dataset } from "../data/dataset.js";
import type { Numbers } from "../data/matrix.js";
import { trainTestSplit } from "../data/split.js";
import { located } from "../errors.js";
import { r2Score } from "../metrics/regression.js";
import type { Sequential } from "../model/sequential.js";
import { countFeatures, type Head, Network, type Parts, widthOf } from "./network.js";
import { checkMLP, type MLPOptions } from "./options.js";

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
  readonly #network: Network;

  /** @throws OptionError with the nearest known name. */
  constructor(options: MLPOptions = {}) {
    this.#network = new Network("MLPRegressor", checkMLP("MLPRegressor", options));
  }

  /** The network behind it, for everything a model can do. @throws OptionError before `fit`. */
  get model(): Sequential {
    return this.#network.model;
  }

  /** Training loss of each epoch, with the penalty of `alpha`. */
  get lossCurve(): readonly number[] {
    return this.#network.lossCurve;
  }

  /** R² of the rows held back, after each epoch; empty without `earlyStopping`. */
  get validationScores(): readonly number[] {
    return this.#network.scores;
  }

  /** Did training stop because nothing improved? */
  get hasConverged(): boolean {
    return this.#network.hasConverged;
  }

  /**
   * Trains on a Dataset, or x [n, features] and y [n] or [n, outputs], from new weights unless `warmStart` is set.
   * Warns when `maxEpochs` passed and the loss was still falling.
   * @throws ShapeError, DataError, OptionError before anything changes.
   */
  async fit(data: Data): Promise<this> {
    const rows = toDataset("MLPRegressor.fit", data);
    const head = headOf(rows);
    await this.#network.fit(this.#split(rows), head, (predictions, { y }) =>
      r2Score(y, predictions, { outputs: head.units }),
    );
    return this;
  }

  /** One more pass over the data, for data that come in portions. @throws as `fit`. */
  async partialFit(data: Data): Promise<this> {
    const rows = toDataset("MLPRegressor.partialFit", data);
    await this.#network.partialFit(rows, headOf(rows));
    return this;
  }

  /** Predictions for x, row after row: Float32Array [n, outputs]. @throws OptionError before `fit`; ShapeError, DataError. */
  predict(x: Numbers): Float32Array {
    return this.#network.predict("MLPRegressor.predict", x);
  }

  /** R², the mean of that of each output: 1 is perfect, 0 no better than the mean. @throws as `predict`. */
  score(data: Data): number {
    const where = "MLPRegressor.score";
    const rows = toDataset(where, data);
    return r2Score(rows.y, this.#network.predict(where, rows.x), {
      outputs: headOf(rows).units,
      ...(rows.sampleWeight ? { sampleWeight: rows.sampleWeight } : {}),
    });
  }

  /** Frees the network's memory before garbage collection would. */
  dispose(): void {
    this.#network.dispose();
  }

  #split(data: Dataset): Parts {
    const { earlyStopping, validationFraction: testSize, seed } = this.#network.options;
    if (!earlyStopping) return { training: data, heldBack: null };
    const { train, test } = trainTestSplit(data, { testSize, seed });
    return { training: train, heldBack: test };
  }
}

function headOf({ targetShape }: Dataset): Head {
  return { units: targetShape[0] ?? 1, activation: "linear", loss: "meanSquaredError" };
}

function toDataset(where: string, data: Data): Dataset {
  if (data instanceof Dataset) return data;
  const { x, y } = data ?? {};
  const outputs = widthOf(y);
  const rows = (y as ArrayLike<unknown> | undefined)?.length ?? 0;
  return located(where, () =>
    Dataset.from(data, { inputShape: [countFeatures("data", x, rows)], targetShape: outputs ? [outputs] : [] }),
  );
}
