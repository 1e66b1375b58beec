/** Checked rows in memory, and the reading of arrays into them. `Dataset` adds the methods that users call. */
import { checkKeys, DataError, ShapeError, show } from "../base/errors.js";
import { listOf, number, optional } from "../base/options.js";
import { type Shape, sizeOf } from "../base/shape.js";
import { describeMerged, floatsOf, mergedColumn } from "./exact.js";
import { type Numbers, type NumericArray, toRows } from "./matrix.js";

/** Data as plain arrays. */
export interface DataArrays {
  /** Inputs, one row per sample. */
  readonly x: Numbers;
  /** Targets or labels, one row per sample; `true` counts as 1, `false` as 0. */
  readonly y: Numbers | readonly boolean[] | readonly (readonly boolean[])[];
  /** Weight of each sample in the loss. @default 1 for each */
  readonly sampleWeight?: Numbers;
}

/** True for data in memory; false for a stream. What is neither counts as data, and is refused as such. */
export function isInMemory(data: unknown): data is DataRows | DataArrays {
  if (typeof data !== "object" || data === null) return typeof data !== "function";
  if (data instanceof DataRows || Array.isArray(data) || ArrayBuffer.isView(data) || "x" in data) return true;
  return !(Symbol.asyncIterator in data || Symbol.iterator in data);
}

/** The shape of a row. */
export const shapeOption = /* @__PURE__ */ optional(
  /* @__PURE__ */ listOf("a shape such as [784]", /* @__PURE__ */ number({ min: 1, max: 2 ** 24, integer: true })),
);

/** Inputs as a Dataset holds them: float32, or smaller numbers as they were given, and their factor. */
export interface HeldRows {
  readonly x: NumericArray;
  readonly scale?: number | undefined;
}

export let heldRows: (rows: DataRows) => HeldRows;

/** Checked rows of float32. */
export class DataRows {
  /**
   * All inputs, row after row: length · size of inputShape values. If x is held in 1 or 2 bytes a number, this makes
   * float32 of it all when it is first read, and those are held from then on. `fit` and `evaluate` do not read it.
   */
  declare readonly x: Float32Array;
  #held: HeldRows;

  static {
    heldRows = (rows) => rows.#held;
  }

  constructor(
    held: HeldRows,
    /** All targets, row after row. */
    readonly y: Float32Array,
    /** Shape of one row of x. */
    readonly inputShape: Shape,
    /** Shape of one row of y: [] for a label or a single number. */
    readonly targetShape: Shape,
    /** Weight of each row in the loss, or `null` if all count the same. */
    readonly sampleWeight: Float32Array | null,
    /** Names of the columns of x, or `null`. */
    readonly featureNames: readonly string[] | null = null,
    /** Names of the classes, `classNames[label]`, or `null`. */
    readonly classNames: readonly string[] | null = null,
  ) {
    this.#held = held;
    Object.defineProperty(this, "x", {
      enumerable: true,
      get: () => {
        const x = floatsOf(this.#held.x, this.#held.scale);
        this.#held = { x };
        return x;
      },
    });
  }

  /** Number of rows. */
  get length(): number {
    return this.y.length / sizeOf(this.targetShape);
  }
}

/** @throws DataError, OptionError unless data are arrays by name */
export function checkArrays(data: DataArrays): void {
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    throw new DataError(`data: expected { x, y } or a Dataset, got ${show(data)}.`);
  }
  checkKeys("data", data, ["x", "y", "sampleWeight"]);
}

/** x and y of arrays, as rows of these shapes. @throws ShapeError, DataError */
export function readArrays(
  data: DataArrays,
  inputShape: Shape,
  targetShape: Shape,
  scale?: number,
): { held: HeldRows; y: Float32Array } {
  const x = toRows("x", data.x, inputShape, true);
  if (scale && x.BYTES_PER_ELEMENT > 2) {
    throw new DataError(`scale: expected x of 1 or 2 bytes a number, got ${show(data.x)}.`);
  }
  const y = toRows("y", data.y, targetShape);
  const merged = mergedColumn(y, sizeOf(targetShape));
  if (merged) throw new DataError(`y: ${describeMerged(merged)}. Scale y first, or subtract an offset.`);
  const rows = x.length / sizeOf(inputShape);
  const targetRows = y.length / sizeOf(targetShape);
  if (rows !== targetRows) throw new ShapeError(`y: expected ${rows} rows, as many as x has, got ${targetRows}.`);
  return { held: { x, scale }, y };
}

/** The weights of that many rows; `null` if none are given. @throws ShapeError, DataError */
export function readWeights(value: unknown, rows: number): Float32Array | null {
  if (value === undefined) return null;
  const weights = toRows("sampleWeight", value, []);
  if (weights.length !== rows) {
    throw new ShapeError(`sampleWeight: expected ${rows} weights, as many as x has rows, got ${weights.length}.`);
  }
  const negative = weights.findIndex((weight) => weight < 0);
  if (negative >= 0) {
    throw new DataError(`sampleWeight: row ${negative}: expected a weight >= 0, got ${weights[negative]}.`);
  }
  return weights;
}
