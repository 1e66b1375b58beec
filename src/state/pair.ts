/** What L-BFGS remembers of an iteration. */

export type Vector = Float32Array | Float64Array;

/** How the point and the gradient changed in one iteration. */
export interface Pair {
  readonly s: Vector;
  readonly y: Vector;
}
