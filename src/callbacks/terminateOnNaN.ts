/** Ends training that meets NaN without an error. */
import type { NonFiniteError } from "../base/errors.js";
import { func, type Given, optional, readOptions } from "../base/options.js";
import type { Callback } from "./callback.js";

const terminateOptions = {
  /** Called with the error. @default none */
  onStop: optional(func<(error: NonFiniteError) => unknown>()),
};

/**
 * Ends `fit` normally when training meets NaN or infinity, instead of rejecting with a `NonFiniteError`: it
 * resolves with the epochs that were finished. In either case the step that failed is not taken, and every weight
 * keeps its last finite value (in Keras's TerminateOnNaN the weights are lost).
 */
export function terminateOnNaN(options: Given<typeof terminateOptions> = {}): Callback {
  const { onStop } = readOptions("terminateOnNaN", terminateOptions, options, arguments);
  return {
    async onNonFinite(error) {
      await onStop?.(error);
      return true;
    },
  };
}
