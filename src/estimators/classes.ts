/** The classes of a classifier: labels of rows to numbers and back. Knows labels, not networks. */

import {
  checkArrayLike,
  checkBoolean,
  DataError,
  didYouMean,
  located,
  OptionError,
  ShapeError,
  show,
} from "../base/errors.js";
import { Dataset } from "../data/dataset.js";
import type { Numbers } from "../data/matrix.js";
import { argMax } from "../data/oneHot.js";
import { labelEncoder } from "../data/preprocess/labelEncoder.js";
import { withTargets } from "../data/withTargets.js";
import { accuracyScore } from "../specs/metrics/accuracyScore.js";
import { countFeatures } from "./inputs.js";
import type { CheckedMLP } from "./options.js";
import type { Head } from "./trained.js";

/** The name of a class. */
export type ClassLabel = string | number | boolean;

/** Labels, one per row. */
export type ClassLabels = readonly ClassLabel[] | ArrayLike<number>;

/** Labels, one per row, or a row of 0 and 1 for each row: several labels at once. */
export type ClassTargets = ClassLabels | readonly ArrayLike<number>[];

/** Rows and their labels; of a Dataset, y holds class numbers, and its `classNames` are the labels. */
export type LabelledData = Dataset | { readonly x: Numbers; readonly y: ClassTargets; readonly sampleWeight?: Numbers };

/** A classifier's knowledge of its targets. */
export interface Targets {
  readonly labels: readonly ClassLabel[];
  readonly head: Head;
  /** True if rows that are held back can have their share of every class. */
  readonly canStratify: boolean;
  /** The data with targets as the network takes them. @throws DataError, ShapeError naming the row */
  dataset(where: string, data: LabelledData): Dataset;
  /** Predictions, one for each row. */
  decode(predictions: Float32Array): (ClassLabel | number[])[];
  /** Probabilities of the labels, row after row. */
  probabilities(predictions: Float32Array): Float32Array;
  /** The share of rows that are predicted right. */
  score(predictions: Float32Array, y: Float32Array, sampleWeight: Float32Array | null): number;
  /** Weights by class number, as a model's `fit` takes them. @throws OptionError */
  weights(where: string, given: CheckedMLP["classWeight"]): "balanced" | Record<number, number> | undefined;
  toJSON(): object;
}

/** Data of which only the labels matter. */
interface Labelled {
  readonly y: ClassTargets;
}

export class Classes implements Targets {
  readonly canStratify = true;
  /** The label of each class number. */
  readonly labels: readonly ClassLabel[];
  /** True if they are the class names of a Dataset, so that numbers are places among them. */
  readonly areNames: boolean;
  readonly #codes: ReadonlyMap<unknown, number>;

  constructor(labels: readonly ClassLabel[], areNames: boolean) {
    this.labels = labels;
    this.areNames = areNames;
    this.#codes = new Map(labels.map((label, code) => [label, code]));
  }

  /** The class names of a Dataset that has some, else the different labels, sorted. @throws DataError, ShapeError */
  static learn(where: string, data: Labelled): Classes {
    const labels = labelsOf(where, data);
    const occurring = located(`${where}: y`, () => labelEncoder().fit(labels)).classes;
    if (occurring.length < 2) {
      throw new DataError(`${where}: y: expected at least two classes, got only ${show(occurring[0])}.`);
    }
    const names = data instanceof Dataset ? data.classNames : null;
    if (names === null) return new Classes(occurring, false);
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice === undefined) return new Classes([...names], true);
    throw new DataError(`${where}: classNames: expected different names, got ${show(twice)} twice.`);
  }

  /** The classes of labels that are named beforehand. @throws DataError */
  static of(where: string, labels: ClassLabels): Classes {
    return Classes.learn(where, { y: labels });
  }

  /** Reads the output of `toJSON`. @throws DataError, OptionError for anything else */
  static fromJSON(json: unknown): Classes {
    const { labels, areNames } = (json ?? {}) as Partial<Classes>;
    if (!Array.isArray(labels)) throw new DataError(`classes: expected labels, got ${show(labels)}.`);
    const distinct = located("classes", () => labelEncoder().fit(labels)).classes;
    if (distinct.length === labels.length && distinct.length >= 2) {
      return new Classes(labels, checkBoolean("classes: areNames", areNames));
    }
    throw new DataError(`classes: expected at least two different labels, got ${show(labels)}.`);
  }

  toJSON(): object {
    return { labels: this.labels, areNames: this.areNames };
  }

  get head(): Head {
    const { length } = this.labels;
    return length === 2
      ? { units: 1, activation: "sigmoid", loss: "binaryCrossentropy" }
      : { units: length, activation: "softmax", loss: "sparseCategoricalCrossentropy" };
  }

  dataset(where: string, data: LabelledData): Dataset {
    const y = this.#encode(where, data);
    if (data instanceof Dataset) return withTargets(data, y, []);
    const { x, sampleWeight } = data;
    const inputShape = [countFeatures(where, x, y.length)];
    const weights = sampleWeight ? { sampleWeight } : {};
    return located(where, () => Dataset.from({ x, y, ...weights }, { inputShape, targetShape: [] }));
  }

  /** The label of the most likely class. */
  decode(predictions: Float32Array): ClassLabel[] {
    return Array.from(this.#decide(predictions), (code) => this.labels[code]);
  }

  probabilities(predictions: Float32Array): Float32Array {
    if (this.labels.length > 2) return predictions;
    return Float32Array.from({ length: 2 * predictions.length }, (_, i) =>
      i % 2 === 1 ? predictions[i >> 1] : 1 - predictions[i >> 1],
    );
  }

  score(predictions: Float32Array, y: Float32Array, sampleWeight: Float32Array | null): number {
    return accuracyScore(y, this.#decide(predictions), sampleWeight ? { sampleWeight } : {});
  }

  /** Weights by class number, as a model's `fit` takes them. @throws OptionError for a label that is not a class. */
  weights(where: string, given: CheckedMLP["classWeight"]): "balanced" | Record<number, number> | undefined {
    if (typeof given !== "object") return given;
    const texts = new Map(this.labels.map((label, code) => [String(label), code]));
    const entries = Object.entries(given).map(([label, weight]) => {
      const code = texts.get(label);
      if (code !== undefined) return [code, weight];
      const known = [...texts.keys()];
      const hint = `${didYouMean(label, known)} Known: ${known.slice(0, MOST_SHOWN).map(show).join(", ")}.`;
      throw new OptionError(`${where}: classWeight: no class has the label ${show(label)}.${hint}`);
    });
    return Object.fromEntries(entries) as Record<number, number>;
  }

  /** Class numbers from probabilities, of one column or several. */
  #decide(predictions: Float32Array): ArrayLike<number> {
    const { length } = this.labels;
    return length > 2 ? argMax(predictions, length) : predictions.map((p) => (p > 0.5 ? 1 : 0));
  }

  /** Class numbers, one per row. @throws DataError naming the row whose label is unknown. */
  #encode(where: string, data: Labelled): Float32Array {
    const labels = labelsOf(where, data);
    const codes = new Float32Array(labels.length);
    for (let row = 0; row < codes.length; row++) {
      const code = this.#codeOf(labels[row]);
      if (code === undefined) throw this.#unknown(where, row, labels[row]);
      codes[row] = code;
    }
    return codes;
  }

  #codeOf(label: unknown): number | undefined {
    const code = this.#codes.get(label);
    if (code !== undefined || !this.areNames) return code;
    return Number.isInteger(label) && this.labels[label as number] !== undefined ? (label as number) : undefined;
  }

  #unknown(where: string, row: number, label: unknown): DataError {
    const hint = typeof label === "string" ? didYouMean(label, this.labels.map(String)) : "";
    const expected = `expected one of ${this.labels.length} known classes`;
    return new DataError(`${where}: y: row ${row}: ${expected}, got ${show(label)}.${hint}`);
  }
}

/** A message names at most this many classes. */
const MOST_SHOWN = 20;

/** A label for each row: the name where a Dataset has names. @throws DataError, ShapeError */
function labelsOf(where: string, data: Labelled): ArrayLike<ClassLabel> {
  const { y } = data;
  if (!(data instanceof Dataset)) {
    if (y === undefined || y === null) {
      throw new DataError(`${where}: y: expected labels, one per row, got ${y}. Give them as { x, y }.`);
    }
    checkArrayLike(`${where}: y`, y);
    return y as ClassLabels;
  }
  const { classNames, targetShape } = data;
  if (targetShape.some((size) => size > 1)) {
    const remedy = "Give labels: argMax(y, classes) turns one-hot rows into them";
    throw new ShapeError(`${where}: y: expected one label per row, got rows of [${targetShape}]. ${remedy}.`);
  }
  return classNames ? Array.from(data.y, (code) => classNames[code]) : data.y;
}
