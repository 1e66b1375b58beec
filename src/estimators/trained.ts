/** What an estimator has after `fit` or `load`. */
import type { Sequential } from "../sequential.js";
import type { NamedLoss } from "../specs/losses/table.js";

/** The last layer, and what it is held to. */
export interface Head {
  readonly units: number;
  readonly activation: "linear" | "sigmoid" | "softmax";
  readonly loss: NamedLoss;
}

/** A network and all that belongs to it. Replaced as a whole, so that no part is ever of another fit. */
export interface Trained<K> {
  readonly model: Sequential;
  readonly head: Head;
  readonly knowledge: K;
  readonly lossCurve: readonly number[];
  readonly scores: readonly number[];
  readonly hasConverged: boolean;
}
