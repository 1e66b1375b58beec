/** Options of training: the public part of this room. */

export type { TrainOptions } from "./iterate.js";
export type { FitOptions, ValidationSplit } from "./options.js";
