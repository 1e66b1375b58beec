/** A classifier in scikit-learn's manner: rows and labels in, labels and probabilities out. */

import { checkArguments, located, OptionError } from "../base/errors.js";
import { type Given, optional, readOptions, unchecked } from "../base/options.js";
import { Dataset } from "../data/dataset.js";
import type { Numbers } from "../data/matrix.js";
import { argMax } from "../data/oneHot.js";
import { trainTestSplit } from "../data/split.js";
import type { SaveOptions } from "../model/file.js";
import { accuracyScore } from "../specs/metrics/accuracy.js";
import { BaseEstimator } from "./base.js";
import { Classes, type ClassLabel, type ClassLabels } from "./classes.js";
import { type LoadOptions, loadEstimator } from "./file.js";
import { checkData, countFeatures, type Inputs } from "./inputs.js";
import { Network, type Parts, type Task } from "./network.js";
import { checkMLP, copyOptions, type MLPClassifierOptions } from "./options.js";
import type { Head } from "./trained.js";

const NAME = "MLPClassifier";

/** Rows and their labels; of a Dataset, y holds class numbers, and its `classNames` are the labels. */
export type LabelledData = Dataset | { readonly x: Numbers; readonly y: ClassLabels; readonly sampleWeight?: Numbers };

/** Options of `partialFit`. */
const partialFitOptions = {
  /** Every class there will be, in the first call: later portions may lack some. @default those in y */
  classes: optional(unchecked<readonly ClassLabel[]>()),
};

/** Options of `partialFit`. */
export interface PartialFitOptions extends Given<typeof partialFitOptions> {}

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
export class MLPClassifier extends BaseEstimator {
  readonly #network: Network<Classes>;
  readonly #given: MLPClassifierOptions;

  /** @throws OptionError with the nearest known name. */
  constructor(options: MLPClassifierOptions = {}) {
    checkArguments(`new ${NAME}`, arguments, 1);
    const network = new Network<Classes>(NAME, checkMLP(NAME, options, NAME), (classes) => classes.toJSON());
    super(NAME, network, `${NAME}.load`);
    this.#network = network;
    this.#given = copyOptions(options);
  }

  /**
   * The classes: the columns of `predictProba`. Class names of a Dataset in their order, other labels sorted.
   * @throws OptionError before `fit`.
   */
  get classes(): readonly ClassLabel[] {
    return [...this.#network.fitted().knowledge.labels];
  }

  /** Class and options as data, from which it can be made anew. */
  getConfig(): { type: typeof NAME; options: MLPClassifierOptions } {
    return { type: NAME, options: copyOptions(this.#given) };
  }

  /**
   * Trains on a Dataset, or x [n, features] and labels y [n], from new weights unless `warmStart` is set. Until it is
   * done, and when it fails, the network and the classes of the last `fit` stay.
   * Warns when `maxEpochs` passed and the loss was still falling.
   * @throws ShapeError, DataError, OptionError before anything changes; NonFiniteError.
   */
  async fit(data: LabelledData): Promise<this> {
    const where = `${NAME}.fit`;
    checkData(where, data, arguments);
    const { options, trained } = this.#network;
    const classes = options.warmStart && trained ? trained.knowledge : Classes.learn(where, data);
    const rows = toDataset(where, data, classes);
    await this.#network.fit(this.#split(rows), {
      ...this.#task(where, classes),
      score: (predictions, { y }) => accuracyScore(y, decide(predictions, classes)),
      advice: "Raise maxEpochs or learningRate, or scale the inputs.",
    });
    return this;
  }

  /** One more pass over the data, for data that come in portions. @throws as `fit`. */
  async partialFit(data: LabelledData, options: PartialFitOptions = {}): Promise<this> {
    const where = `${NAME}.partialFit`;
    checkData(where, data);
    const { classes: given } = readOptions(where, partialFitOptions, options, arguments);
    const { options: own, trained } = this.#network;
    if (own.classWeight === "balanced") {
      const remedy = "Give the weights themselves: { label: weight }";
      throw new OptionError(`${where}: classWeight: "balanced" needs all rows, got a portion. ${remedy}.`);
    }
    const classes = trained?.knowledge ?? (given ? Classes.of(`${where}: classes`, given) : Classes.learn(where, data));
    await this.#network.partialFit(toDataset(where, data, classes), this.#task(where, classes));
    return this;
  }

  /** The most likely class of each row: a Dataset, `{ x }` or rows. @throws OptionError before `fit`; ShapeError, DataError. */
  predict(x: Inputs): ClassLabel[] {
    const where = `${NAME}.predict`;
    checkArguments(where, arguments, 1);
    const { knowledge } = this.#network.fitted();
    return knowledge.decode(decide(this.#network.predict(where, x), knowledge));
  }

  /** Probabilities [n, classes], row after row, columns in the order of `classes`. @throws as `predict`. */
  predictProba(x: Inputs): Float32Array {
    const where = `${NAME}.predictProba`;
    checkArguments(where, arguments, 1);
    const { labels } = this.#network.fitted().knowledge;
    const predictions = this.#network.predict(where, x);
    if (labels.length > 2) return predictions;
    return Float32Array.from({ length: 2 * predictions.length }, (_, i) =>
      i % 2 === 1 ? predictions[i >> 1] : 1 - predictions[i >> 1],
    );
  }

  /** Share of rows that are classified right. @throws as `predict`. */
  score(data: LabelledData): number {
    const where = `${NAME}.score`;
    checkData(where, data, arguments);
    const { knowledge } = this.#network.fitted();
    const rows = toDataset(where, data, knowledge);
    const predictions = decide(this.#network.predict(where, rows), knowledge);
    return accuracyScore(rows.y, predictions, rows.sampleWeight ? { sampleWeight: rows.sampleWeight } : {});
  }

  /**
   * The estimator as one file: network, labels, options and all that `partialFit` and `warmStart` need to go on; `metadata`, too.
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
   * @throws FormatError for anything but the file of an MLPClassifier; OptionError, BackendError.
   */
  static async load(bytes: Uint8Array | ArrayBuffer, options: LoadOptions = {}): Promise<MLPClassifier> {
    checkArguments(`${NAME}.load`, arguments, 2);
    const { trained, options: saved } = await loadEstimator(NAME, bytes, options, readKnowledge);
    const loaded = new MLPClassifier({ ...saved, ...options });
    loaded.#network.take(trained);
    return loaded;
  }

  #task(where: string, classes: Classes): Pick<Task<Classes>, "head" | "knowledge" | "classWeight"> {
    const classWeight = classes.weights(where, this.#network.options.classWeight);
    return { head: headOf(classes), knowledge: classes, classWeight };
  }

  #split(data: Dataset): Parts {
    const { earlyStopping, validationFraction: testSize, seed } = this.#network.options;
    if (!earlyStopping) return { training: data, heldBack: null };
    const { train, test } = trainTestSplit(data, { testSize, seed, stratify: true });
    return { training: train, heldBack: test };
  }
}

/** Class numbers from probabilities, of one column or several. */
function decide(predictions: Float32Array, { labels }: Classes): ArrayLike<number> {
  return labels.length > 2 ? argMax(predictions, labels.length) : predictions.map((p) => (p > 0.5 ? 1 : 0));
}

function headOf({ labels: { length } }: Classes): Head {
  return length === 2
    ? { units: 1, activation: "sigmoid", loss: "binaryCrossentropy" }
    : { units: length, activation: "softmax", loss: "sparseCategoricalCrossentropy" };
}

function readKnowledge(json: unknown): { head: Head; knowledge: Classes } {
  const classes = Classes.fromJSON(json);
  return { head: headOf(classes), knowledge: classes };
}

/** The data with class numbers for labels. */
function toDataset(where: string, data: LabelledData, classes: Classes): Dataset {
  const y = classes.encode(where, data);
  const { x, sampleWeight } = data;
  const inputShape = data instanceof Dataset ? data.inputShape : [countFeatures(where, x, y.length)];
  const weights = sampleWeight ? { sampleWeight } : {};
  return located(where, () => Dataset.from({ x, y, ...weights }, { inputShape, targetShape: [] }));
}
