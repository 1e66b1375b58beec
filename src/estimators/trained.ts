/** The state of an estimator after `fit` or `load`. */
import type { Sequential } from "../sequential.js";
import type { LossName } from "../specs/losses/table.js";
import type { Course } from "./base.js";

/** The last layer, and what it is held to. */
export interface Head {
  readonly units: number;
  readonly activation: "linear" | "sigmoid" | "softmax" | "exponential";
  readonly loss: LossName;
}

/** A network and all that belongs to it. Replaced as a whole, so that no part is ever of another fit. */
export interface Trained<K> extends Course {
  readonly model: Sequential;
  readonly head: Head;
  readonly knowledge: K;
}
