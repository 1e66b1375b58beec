/** A classifier in scikit-learn's manner: rows and labels in, labels and probabilities out. */

import { checkArguments, OptionError } from "../base/errors.js";
import { type Given, optional, readOptions, unchecked } from "../base/options.js";
import type { Dataset } from "../data/dataset.js";
import { splitOnce } from "../data/split.js";
import type { SaveOptions } from "../model/file.js";
import { CORE } from "../model/inside.js";
import { BaseEstimator } from "./base.js";
import { Classes, type ClassLabel, type LabelledData, type Targets } from "./classes.js";
import { type LoadOptions, loadEstimator } from "./file.js";
import { areIndicators, Indicators } from "./indicators.js";
import { checkDataArgument, type Inputs } from "./inputs.js";
import { Network, type Parts, type Task } from "./network.js";
import { checkMLP, copyOptions, type MLPClassifierOptions } from "./options.js";
import type { Head } from "./trained.js";

const NAME = "MLPClassifier";
/** The option that a split is made for. */
const PLACES = { testSize: `${NAME}.fit: validationFraction`, stratify: `${NAME}.fit: validationFraction` };

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
 * Where y has rows of 0 and 1, several labels may be true at once: a sigmoid output for each, mean binary
 * cross-entropy, predictions are rows of 0 and 1, and a row is right if all of its labels are. For TypeScript that is
 * `new MLPClassifier<number[]>()`.
 *
 * @example
 * const classifier = new MLPClassifier({ hiddenLayerSizes: [50], seed: 1 });
 * await classifier.fit({ x, y: ["cat", "dog", "cat"] });
 * classifier.predict(newX); // ["dog", …]
 */
export class MLPClassifier<Label extends ClassLabel | number[] = ClassLabel> extends BaseEstimator {
  readonly #network: Network<Targets>;
  readonly #given: MLPClassifierOptions;

  /** @throws OptionError with the nearest known name. */
  constructor(options: MLPClassifierOptions = {}) {
    checkArguments(`new ${NAME}`, arguments, 1);
    const network = new Network<Targets>(NAME, checkMLP(NAME, options, NAME), (classes) => classes.toJSON());
    super(NAME, network, `${NAME}.load`);
    this.#network = network;
    this.#given = copyOptions(options);
  }

  /**
   * The classes: the columns of `predictProba`. Class names of a Dataset in their order, other labels sorted; of
   * several labels at once the columns of y: 0, 1, … or the class names of a Dataset that has one for each.
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
   * Trains on a Dataset, or x [n, features] and labels y [n] or [n, labels], from new weights unless `warmStart` is
   * set. Until it is done, and when it fails, the network and the classes of the last `fit` stay. Warns when
   * `maxEpochs` passed and the loss was still falling.
   * @throws ShapeError, DataError, OptionError before anything changes; NonFiniteError.
   */
  async fit(data: LabelledData): Promise<this> {
    const where = `${NAME}.fit`;
    checkDataArgument(where, data, arguments);
    const { options, trained } = this.#network;
    const targets = options.warmStart && trained ? trained.knowledge : learn(where, data);
    const rows = targets.dataset(where, data);
    const task = this.#task(where, targets);
    const doubt = targets instanceof Indicators ? targets.doubt(rows) : null;
    if (doubt) await options.onWarning(`${where}: ${doubt}`);
    await this.#network.fit(this.#split(rows, targets), {
      ...task,
      score: (predictions, { y }) => targets.score(predictions, y, null),
      advice: "Raise maxEpochs or learningRate, or scale the inputs.",
    });
    return this;
  }

  /** One more pass over the data, for data that come in portions. @throws as `fit`. */
  async partialFit(data: LabelledData, options: PartialFitOptions = {}): Promise<this> {
    const where = `${NAME}.partialFit`;
    checkDataArgument(where, data);
    const { classes: given } = readOptions(where, partialFitOptions, options, arguments);
    const { options: own, trained } = this.#network;
    if (own.classWeight === "balanced") {
      const remedy = "Give the weights themselves: { label: weight }";
      throw new OptionError(`${where}: classWeight: "balanced" needs all rows, got a portion. ${remedy}.`);
    }
    const targets = trained?.knowledge ?? this.#learnPortion(where, data, given);
    await this.#network.partialFit(targets.dataset(where, data), this.#task(where, targets));
    return this;
  }

  /**
   * The most likely class of each row, or the row of 0 and 1 of several labels: of a Dataset, `{ x }` or rows.
   * @throws OptionError before `fit`; ShapeError, DataError.
   */
  predict(x: Inputs): Label[] {
    const where = `${NAME}.predict`;
    checkArguments(where, arguments, 1);
    return this.#network.fitted().knowledge.decode(this.#network.predict(where, x)) as Label[];
  }

  /** Probabilities [n, classes], row after row, columns in the order of `classes`. @throws as `predict`. */
  predictProba(x: Inputs): Float32Array {
    const where = `${NAME}.predictProba`;
    checkArguments(where, arguments, 1);
    return this.#network.fitted().knowledge.probabilities(this.#network.predict(where, x));
  }

  /** Share of rows that are classified right; of several labels, all must be. @throws as `predict`. */
  score(data: LabelledData): number {
    const where = `${NAME}.score`;
    checkDataArgument(where, data, arguments);
    const { knowledge } = this.#network.fitted();
    const rows = knowledge.dataset(where, data);
    return knowledge.score(this.#network.predict(where, rows), rows.y, rows.sampleWeight);
  }

  /**
   * The estimator as one file: network, labels, options and all that `partialFit` and `warmStart` need to go on;
   * `metadata`, too. `optimizer: false` drops the optimizer's memory. The file is that of a model, which
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
   * @throws FormatError for anything but the file of an MLPClassifier; OptionError, BackendError.
   */
  static async load<Label extends ClassLabel | number[] = ClassLabel>(
    bytes: Uint8Array | ArrayBuffer,
    options: LoadOptions = {},
  ): Promise<MLPClassifier<Label>> {
    checkArguments(`${NAME}.load`, arguments, 2);
    return MLPClassifier[CORE]<Label>(`${NAME}.load`, bytes, options);
  }

  /** `load` for another function of the library, which is called `where`. */
  static async [CORE]<Label extends ClassLabel | number[] = ClassLabel>(
    where: string,
    bytes: Uint8Array | ArrayBuffer,
    options: LoadOptions,
  ): Promise<MLPClassifier<Label>> {
    const { trained, options: saved } = await loadEstimator(where, NAME, bytes, options, readKnowledge);
    const loaded = new MLPClassifier<Label>({ ...saved, ...options });
    loaded.#network.take(trained);
    return loaded;
  }

  #learnPortion(where: string, data: LabelledData, given: readonly ClassLabel[] | undefined): Targets {
    if (!areIndicators(data)) return given ? Classes.of(`${where}: classes`, given) : Classes.learn(where, data);
    const indicators = Indicators.learn(where, data);
    if (given !== undefined) indicators.checkClasses(where, given);
    return indicators;
  }

  #task(where: string, targets: Targets): Pick<Task<Targets>, "head" | "knowledge" | "classWeight"> {
    const classWeight = targets.weights(where, this.#network.options.classWeight);
    return { head: targets.head, knowledge: targets, classWeight };
  }

  #split(data: Dataset, { canStratify: stratify }: Targets): Parts {
    const { earlyStopping, validationFraction: testSize, seed } = this.#network.options;
    if (!earlyStopping) return { training: data, heldBack: null };
    const { train, test } = splitOnce(PLACES, data, { testSize, seed, stratify });
    return { training: train, heldBack: test };
  }
}

/** The targets of the data: labels, or several for each row. @throws DataError, ShapeError */
function learn(where: string, data: LabelledData): Targets {
  return areIndicators(data) ? Indicators.learn(where, data) : Classes.learn(where, data);
}

function readKnowledge(json: unknown): { head: Head; knowledge: Targets } {
  const isSeveral = typeof json === "object" && json !== null && "areIndicators" in json;
  const knowledge = isSeveral ? Indicators.fromJSON(json) : Classes.fromJSON(json);
  return { head: knowledge.head, knowledge };
}
