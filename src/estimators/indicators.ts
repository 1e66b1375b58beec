/** Targets of several labels at once: a row of 0 and 1 for each row of x. Knows labels, not networks. */
import { counted } from "../base/counted.js";
import { checkBoolean, DataError, located, OptionError, ShapeError, show } from "../base/errors.js";
import { Dataset } from "../data/dataset.js";
import { withTargets } from "../data/withTargets.js";
import { accuracyScore } from "../specs/metrics/accuracyScore.js";
import type { ClassLabel, LabelledData, Targets } from "./classes.js";
import { countFeatures, widthOf } from "./inputs.js";
import type { CheckedMLP } from "./options.js";
import type { Head } from "./trained.js";

/** True for targets that are rows of several numbers. */
export function areIndicators(data: LabelledData): boolean {
  if (data instanceof Dataset) return data.targetShape.some((size) => size > 1);
  return (widthOf(data.y) ?? 0) > 1;
}

/** Labels that do not exclude each other: each output is the probability of one of them. */
export class Indicators implements Targets {
  readonly labels: readonly ClassLabel[];
  readonly canStratify = false;

  constructor(labels: readonly ClassLabel[]) {
    this.labels = labels;
  }

  /**
   * The columns of y, by number; by the class names of a Dataset that has one for each. @throws DataError, ShapeError
   */
  static learn(where: string, data: LabelledData): Indicators {
    const isDataset = data instanceof Dataset;
    if (isDataset && data.targetShape.length > 1) {
      throw new ShapeError(`${where}: y: expected a row of 0 and 1 per row, got rows of [${data.targetShape}].`);
    }
    const size = isDataset ? data.targetShape[0] : (widthOf(data.y) as number);
    const names = isDataset && data.classNames?.length === size ? data.classNames : null;
    return new Indicators(names ?? Array.from({ length: size }, (_, label) => label));
  }

  /** Reads the output of `toJSON`. @throws DataError, OptionError for anything else */
  static fromJSON({ labels, areIndicators: isMark }: { labels?: unknown; areIndicators?: unknown }): Indicators {
    checkBoolean("classes: areIndicators", isMark);
    const isLabel = (label: unknown) => typeof label === "string" || Number.isSafeInteger(label);
    if (Array.isArray(labels) && labels.length > 1 && labels.every(isLabel)) return new Indicators([...labels]);
    throw new DataError(`classes: expected at least two labels, got ${show(labels)}.`);
  }

  get head(): Head {
    return { units: this.labels.length, activation: "sigmoid", loss: "binaryCrossentropy" };
  }

  toJSON(): object {
    return { labels: this.labels, areIndicators: true };
  }

  dataset(where: string, data: LabelledData): Dataset {
    const { length: size } = this.labels;
    const y = data instanceof Dataset ? this.#checkDataset(where, data) : this.#readRows(where, data.y);
    const place = y.findIndex((value) => value !== 0 && value !== 1);
    if (place >= 0) {
      const at = `row ${Math.floor(place / size)}, column ${place % size}`;
      throw new DataError(`${where}: y: ${at}: expected 0 or 1, got ${show(y[place])}.`);
    }
    if (data instanceof Dataset) return withTargets(data, y, [size]);
    const { x, sampleWeight } = data;
    const inputShape = [countFeatures(where, x, y.length / size)];
    const weights = sampleWeight ? { sampleWeight } : {};
    return located(where, () => Dataset.from({ x, y, ...weights }, { inputShape, targetShape: [size] }));
  }

  decode(predictions: Float32Array): number[][] {
    const { length: size } = this.labels;
    return Array.from({ length: predictions.length / size }, (_, row) =>
      Array.from(predictions.subarray(row * size, (row + 1) * size), (p) => Number(p > 0.5)),
    );
  }

  probabilities(predictions: Float32Array): Float32Array {
    return predictions;
  }

  /** The share of rows of which all labels are right. */
  score(predictions: Float32Array, y: Float32Array, sampleWeight: Float32Array | null): number {
    const size = this.labels.length;
    const length = y.length / size;
    const right = Float32Array.from({ length }, (_, row) => {
      for (let i = row * size; i < (row + 1) * size; i++) if (Number(predictions[i] > 0.5) !== y[i]) return 0;
      return 1;
    });
    return accuracyScore(new Float32Array(length).fill(1), right, sampleWeight ? { sampleWeight } : {});
  }

  weights(where: string, given: CheckedMLP["classWeight"]): undefined {
    if (given === undefined) return;
    const remedy = "Weigh rows instead: { x, y, sampleWeight }";
    throw new OptionError(`${where}: classWeight: rows of several labels have no single class. ${remedy}.`);
  }

  /** @throws OptionError for `classes` that are not the columns of y. */
  checkClasses(where: string, given: readonly ClassLabel[]): void {
    const isSame = Array.isArray(given) && given.length === this.labels.length;
    if (isSame && given.every((label, i) => label === this.labels[i])) return;
    const expected = `expected ${show(this.labels)}, the columns of y, or nothing`;
    throw new OptionError(`${where}: classes: ${expected}, got ${show(given)}.`);
  }

  /** Advice for the case that every row has one label: labels may be what was meant. */
  doubt({ y, length }: Dataset): string | null {
    const size = this.labels.length;
    for (let row = 0; row < length; row++) {
      let ones = 0;
      for (let i = row * size; i < (row + 1) * size; i++) ones += y[i];
      if (ones !== 1) return null;
    }
    const remedy = `If a row has exactly one class, give labels: argMax(y, ${size})`;
    return `every row of y has exactly one 1, and is learned as ${counted(size, "label")} that do not exclude each other. ${remedy}.`;
  }

  #checkDataset(where: string, { y, targetShape }: Dataset): Float32Array {
    const { length: size } = this.labels;
    if (targetShape.length === 1 && targetShape[0] === size) return y;
    throw new ShapeError(`${where}: y: expected rows of [${size}], got ${got(targetShape)}.`);
  }

  #readRows(where: string, rows: unknown): Float32Array {
    const { length: size } = this.labels;
    if (widthOf(rows) === null) {
      throw new ShapeError(`${where}: y: expected rows of ${counted(size, "number")}, 0 or 1, got ${show(rows)}.`);
    }
    const list = rows as readonly ArrayLike<unknown>[];
    const y = new Float32Array(list.length * size);
    for (let row = 0; row < list.length; row++) {
      const width = widthOf([list[row]]);
      if (width !== size) {
        const shown = width === null ? show(list[row]) : `${width}`;
        throw new ShapeError(`${where}: y: row ${row}: expected ${counted(size, "number")}, 0 or 1, got ${shown}.`);
      }
      for (let i = 0; i < size; i++) y[row * size + i] = bit(`${where}: y: row ${row}, column ${i}`, list[row][i]);
    }
    return y;
  }
}

function got(targetShape: readonly number[]): string {
  return targetShape.length === 0 ? "one number per row" : `rows of [${targetShape}]`;
}

function bit(where: string, value: unknown): number {
  if (value === 0 || value === 1) return value;
  throw new DataError(`${where}: expected 0 or 1, got ${show(value)}.`);
}
