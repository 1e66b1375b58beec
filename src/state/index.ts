/** Weights: the public part of this room. */

export type { Weight, WeightLike } from "./weights.js";
