/** A classifier in scikit-learn's manner: rows and labels in, labels and probabilities out. */
import { Dataset } from "../data/dataset.js";
import type { Numbers } from "../data/matrix.js";
import { argMax } from "../data/oneHot.js";
import { type LabelEncoder, labelEncoder } from "../data/preprocess/labelEncoder.js";
import { trainTestSplit } from "../data/split.js";
import { checkKeys, DataError, located, OptionError, show } from "../errors.js";
import { accuracyScore } from "../metrics/accuracy.js";
import type { Sequential } from "../model/sequential.js";
import { countFeatures, type Head, Network, type Parts } from "./network.js";
import { checkMLP, type MLPOptions } from "./options.js";

/** The name of a class. */
export type ClassLabel = string | number | boolean;

/** Labels, one per row. */
export type ClassLabels = readonly ClassLabel[] | ArrayLike<number>;

/** Rows and their labels; of a Dataset, y holds class numbers. */
export type LabelledData = Dataset | { readonly x: Numbers; readonly y: ClassLabels; readonly sampleWeight?: Numbers };

/** Options of `partialFit`. */
export interface PartialFitOptions {
  /** Every class there will be, in the first call: later portions may lack some. @default those in y */
  classes?: readonly ClassLabel[];
}

/**
 * A multi-layer perceptron for classification: dense layers, softmax (for two classes one sigmoid output),
 * cross-entropy. Labels are numbers or strings. Defaults and the rule by which it stops are those of scikit-learn's
 * `MLPClassifier` (1.2).
 *
 * @example
 * const classifier = new MLPClassifier({ hiddenLayerSizes: [50], seed: 1 });
 * await classifier.fit({ x, y: ["cat", "dog", "cat"] });
 * classifier.predict(newX); // ["dog", …]
 */
export class MLPClassifier {
  readonly #network: Network;
  #encoder: LabelEncoder | null = null;

  /** @throws OptionError with the nearest known name. */
  constructor(options: MLPOptions = {}) {
    this.#network = new Network("MLPClassifier", checkMLP("MLPClassifier", options));
  }

  /** The network behind it, for everything a model can do. @throws OptionError before `fit`. */
  get model(): Sequential {
    return this.#network.model;
  }

  /** The classes, sorted: the columns of `predictProba`. @throws OptionError before `fit`. */
  get classes(): readonly ClassLabel[] {
    return this.#fitted().classes;
  }

  /** Training loss of each epoch, with the penalty of `alpha`. */
  get lossCurve(): readonly number[] {
    return this.#network.lossCurve;
  }

  /** Accuracy on the rows held back, after each epoch; empty without `earlyStopping`. */
  get validationScores(): readonly number[] {
    return this.#network.scores;
  }

  /** Did training stop because nothing improved? */
  get hasConverged(): boolean {
    return this.#network.hasConverged;
  }

  /**
   * Trains on a Dataset, or x [n, features] and labels y [n], from new weights unless `warmStart` is set.
   * Warns when `maxEpochs` passed and the loss was still falling.
   * @throws ShapeError, DataError, OptionError before anything changes.
   */
  async fit(data: LabelledData): Promise<this> {
    const where = "MLPClassifier.fit";
    const keeps = this.#network.options.warmStart && this.#network.isFitted;
    const encoder = keeps ? this.#fitted() : encoderOf(where, data?.y);
    const rows = toDataset(where, data, encoder);
    await this.#network.fit(this.#split(rows), headOf(encoder), (predictions, { y }) =>
      accuracyScore(y, decide(predictions, encoder)),
    );
    this.#encoder = encoder;
    return this;
  }

  /** One more pass over the data, for data that come in portions. @throws as `fit`. */
  async partialFit(data: LabelledData, options: PartialFitOptions = {}): Promise<this> {
    const where = "MLPClassifier.partialFit";
    checkKeys(where, options, ["classes"]);
    const encoder = this.#encoder ?? encoderOf(where, options.classes ?? data?.y);
    await this.#network.partialFit(toDataset(where, data, encoder), headOf(encoder));
    this.#encoder = encoder;
    return this;
  }

  /** The most likely class of each row. @throws OptionError before `fit`; ShapeError, DataError. */
  predict(x: Numbers): ClassLabel[] {
    const encoder = this.#fitted();
    return encoder.inverseTransform(decide(this.#network.predict("MLPClassifier.predict", x), encoder));
  }

  /** Probabilities [n, classes], row after row, columns in the order of `classes`. @throws as `predict`. */
  predictProba(x: Numbers): Float32Array {
    const { classes } = this.#fitted();
    const predictions = this.#network.predict("MLPClassifier.predictProba", x);
    if (classes.length > 2) return predictions;
    return Float32Array.from({ length: 2 * predictions.length }, (_, i) =>
      i % 2 === 1 ? predictions[i >> 1] : 1 - predictions[i >> 1],
    );
  }

  /** Share of rows that are classified right. @throws as `predict`. */
  score(data: LabelledData): number {
    const where = "MLPClassifier.score";
    const encoder = this.#fitted();
    const { x, y, sampleWeight } = toDataset(where, data, encoder);
    const predictions = decide(this.#network.predict(where, x), encoder);
    return accuracyScore(y, predictions, sampleWeight ? { sampleWeight } : {});
  }

  /** Frees the network's memory before garbage collection would. */
  dispose(): void {
    this.#network.dispose();
  }

  #fitted(): LabelEncoder {
    if (this.#encoder) return this.#encoder;
    throw new OptionError("MLPClassifier: it knows no classes yet. Call await fit({ x, y }) first.");
  }

  #split(data: Dataset): Parts {
    const { earlyStopping, validationFraction: testSize, seed } = this.#network.options;
    if (!earlyStopping) return { training: data, heldBack: null };
    const { train, test } = trainTestSplit(data, { testSize, seed, stratify: true });
    return { training: train, heldBack: test };
  }
}

/** Class numbers from probabilities, of one column or several. */
function decide(predictions: Float32Array, { classes }: LabelEncoder): ArrayLike<number> {
  return classes.length > 2 ? argMax(predictions, classes.length) : predictions.map((p) => (p > 0.5 ? 1 : 0));
}

function headOf({ classes: { length } }: LabelEncoder): Head {
  return length === 2
    ? { units: 1, activation: "sigmoid", loss: "binaryCrossentropy" }
    : { units: length, activation: "softmax", loss: "sparseCategoricalCrossentropy" };
}

function encoderOf(where: string, labels: ClassLabels): LabelEncoder {
  const encoder = located(where, () => labelEncoder().fit(labels));
  const { length } = encoder.classes;
  if (length >= 2) return encoder;
  throw new DataError(`${where}: y: expected at least two classes, got only ${show(encoder.classes[0])}.`);
}

/** The data with class numbers for labels. */
function toDataset(where: string, data: LabelledData, encoder: LabelEncoder): Dataset {
  const y = located(`${where}: y`, () => Float32Array.from(encoder.transform(data?.y)));
  const { x, sampleWeight } = data;
  const inputShape = data instanceof Dataset ? data.inputShape : [countFeatures(where, x, y.length)];
  const weights = sampleWeight ? { sampleWeight } : {};
  return located(where, () => Dataset.from({ x, y, ...weights }, { inputShape, targetShape: [] }));
}
