/** Rows that occur more than once, and their effect on a split. Pure. */

import { sizeOf } from "../base/shape.js";
import { classesOf, isSorted } from "../data/classes.js";
import type { Dataset } from "../data/dataset.js";
import { count, type Finding, list, named } from "./findings.js";

/** FNV-1a over the bits of a row. */
function hashRow(bits: Uint32Array, begin: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = begin; i < end; i++) hash = Math.imul(hash ^ bits[i], 0x01000193) ^ (hash >>> 15);
  return hash;
}

/** Finds rows with the same x. */
class RowIndex {
  readonly #bits: Uint32Array;
  readonly #width: number;
  readonly #buckets = new Map<number, number[]>();

  constructor({ x, inputShape, length }: Dataset) {
    this.#bits = new Uint32Array(x.buffer, x.byteOffset, x.length);
    this.#width = sizeOf(inputShape);
    for (let row = 0; row < length; row++) {
      const hash = hashRow(this.#bits, row * this.#width, (row + 1) * this.#width);
      const bucket = this.#buckets.get(hash);
      if (bucket) bucket.push(row);
      else this.#buckets.set(hash, [row]);
    }
  }

  /** The first row that has the same x as row `row` of `other`; -1 if there is none. */
  find(other: RowIndex, row: number): number {
    const begin = row * other.#width;
    const hash = hashRow(other.#bits, begin, begin + other.#width);
    const same = this.#buckets.get(hash)?.find((own) => {
      for (let i = 0; i < this.#width; i++) {
        if (this.#bits[own * this.#width + i] !== other.#bits[begin + i]) return false;
      }
      return true;
    });
    return same ?? -1;
  }
}

function sameTargets(data: Dataset, a: number, b: number): boolean {
  const width = sizeOf(data.targetShape);
  for (let i = 0; i < width; i++) if (data.y[a * width + i] !== data.y[b * width + i]) return false;
  return true;
}

/** Rows that repeat an earlier one, with the same target or another. */
export function checkDuplicates(data: Dataset): Finding[] {
  const index = new RowIndex(data);
  const [repeated, conflicting]: [number[], number[]] = [[], []];
  for (let row = 0; row < data.length; row++) {
    const first = index.find(index, row);
    if (first < row) (sameTargets(data, first, row) ? repeated : conflicting).push(row);
  }
  const findings: Finding[] = [];
  if (repeated.length > 0) {
    findings.push({
      code: "duplicateRows",
      severity: "info",
      message: `${count(repeated, "row repeats", "rows repeat")} an earlier one: ${named("row", repeated)}.`,
      remedy: "Drop them, or count each once with sampleWeight; and keep them out of a split.",
    });
  }
  if (conflicting.length > 0) {
    findings.push({
      code: "conflictingRows",
      severity: "warning",
      message:
        `${count(conflicting, "row has", "rows have")} the same x as an earlier one, but another target: ` +
        `${named("row", conflicting)}.`,
      remedy: "Check these labels, or add a column that tells the rows apart.",
    });
  }
  return findings;
}

/** Validation rows that are also in the training data. */
export function checkLeak(training: Dataset, validation: Dataset): Finding[] {
  const index = new RowIndex(training);
  const held = new RowIndex(validation);
  const leaked: number[] = [];
  for (let row = 0; row < validation.length; row++) if (index.find(held, row) >= 0) leaked.push(row);
  if (leaked.length === 0) return [];
  return [
    {
      code: "leakedRows",
      severity: "warning",
      message:
        `${leaked.length} of ${validation.length} rows of validation ${leaked.length === 1 ? "is" : "are"} in training, too: ` +
        `its ${named("row", leaked)}.`,
      remedy: "Drop duplicates before splitting; as it is, validation looks better than it should.",
    },
  ];
}

/** Classes that are missing from the training data. */
export function checkClassesOf(training: Dataset, validation: Dataset): Finding[] {
  const known = new Set(classesOf(training));
  const unknown = [...new Set(classesOf(validation))].filter((name) => !known.has(name)).sort((a, b) => a - b);
  if (unknown.length === 0) return [];
  return [
    {
      code: "classesOnlyInValidation",
      severity: "error",
      message: `Only validation has rows of class ${list(unknown)}.`,
      remedy: "Give validationSplit: { fraction, stratify: true }, or shuffle the data before splitting.",
    },
  ];
}

/** Sorted labels, which a split of the last rows would cut badly. `isSplit` is true if there is such a split. */
export function checkOrder(data: Dataset, isSplit: boolean): Finding[] {
  if (!isSorted(classesOf(data))) return [];
  return [
    {
      code: "sortedLabels",
      severity: isSplit ? "warning" : "info",
      message: "Labels are sorted: the last rows are all of the same few classes.",
      remedy: "Use validationSplit: { fraction, stratify: true } rather than a number, which takes the last rows.",
    },
  ];
}
