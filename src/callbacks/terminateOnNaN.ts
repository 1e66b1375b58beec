/** Ends training that meets NaN without an error. */
import { checkKeys, type NonFiniteError, OptionError, show } from "../base/errors.js";
import type { Callback } from "./callback.js";

/**
 * Ends `fit` in good order where training meets NaN or infinity, instead of rejecting with a `NonFiniteError`: it
 * resolves with the epochs that were finished. In either case the step that failed is not taken, and every weight
 * keeps its last finite value (in Keras's TerminateOnNaN the weights are lost).
 */
export function terminateOnNaN(options: { onStop?: (error: NonFiniteError) => void } = {}): Callback {
  checkKeys("terminateOnNaN", options, ["onStop"], arguments);
  const { onStop } = options;
  if (onStop !== undefined && typeof onStop !== "function") {
    throw new OptionError(`terminateOnNaN: onStop: expected a function, got ${show(onStop)}.`);
  }
  return {
    onNonFinite(error) {
      onStop?.(error);
      return true;
    },
  };
}
