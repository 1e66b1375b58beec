/** Options of `Sequential.load`. Loaded with the first file. */
import { type Given, type Kept, optional, unchecked } from "../base/options.js";
import type { LossSpec } from "../specs/losses/table.js";
import type { Metric } from "../specs/metrics/table.js";
import { type CheckedRuntime, runtimeOptions } from "./options.js";

const ownOptions = {
  /** The `customLoss` that the model was compiled with: its function is not in the file. */
  loss: optional(unchecked<LossSpec>()),
  /** The functions among the metrics of the model, or `customMetric` of them, by name: they are not in the file. */
  metrics: optional(unchecked<readonly Metric[]>()),
};

/** Options of `Sequential.load`. */
export interface LoadOptions extends Given<typeof ownOptions> {}

/** Options of what loads a model on this thread. */
export const loadOptions = { ...runtimeOptions, ...ownOptions };

/** The same, checked. */
export interface CheckedLoad extends CheckedRuntime, Kept<typeof ownOptions> {}
