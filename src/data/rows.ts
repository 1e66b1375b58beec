/** Checked rows in memory. `Dataset` adds the methods that users call. */
import { type Shape, sizeOf } from "../base/shape.js";
import { floatsOf } from "./exact.js";
import type { Numbers, NumericArray } from "./matrix.js";

/** Data as plain arrays. */
export interface DataArrays {
  /** Inputs, one row per sample. */
  readonly x: Numbers;
  /** Targets or labels, one row per sample; `true` counts as 1, `false` as 0. */
  readonly y: Numbers | readonly boolean[] | readonly (readonly boolean[])[];
  /** Weight of each sample in the loss. @default 1 for each */
  readonly sampleWeight?: Numbers;
}

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
