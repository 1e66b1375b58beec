/** Prints training, a line per epoch. */
import { checkKeys, OptionError, show } from "../base/errors.js";
import type { Callback } from "./callback.js";

/** Options of `progress`. */
export interface ProgressOptions {
  /** Takes each line. @default console.log */
  write?: (line: string) => void;
}

/** A line per epoch: `epoch 3/10: loss 0.1234, accuracy 0.9812`. What `verbose: 1` prints. */
export function progress(options: ProgressOptions = {}): Callback {
  checkKeys("progress", options, ["write"], arguments);
  const { write = console.log } = options;
  if (typeof write !== "function") {
    throw new OptionError(`progress: write: expected a function, got ${show(write)}.`);
  }
  let epochs = 0;
  return {
    onTrainBegin(trainer) {
      epochs = trainer.epochs;
    },
    onEpochEnd(epoch, logs) {
      const numbers = Object.entries(logs).map(([name, value]) => `${name} ${value.toFixed(4)}`);
      write(`epoch ${epoch + 1}/${epochs}: ${numbers.join(", ")}`);
    },
  };
}
