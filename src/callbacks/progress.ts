/** Prints training, a line per epoch. */
import { func, type Given, readOptions } from "../base/options.js";
import type { Callback } from "./callback.js";

/** Options of `progress`. */
const progressOptions = {
  /** Receives each line. @default console.log */
  write: func<(line: string) => unknown>(() => console.log),
};

/** Options of `progress`. */
export interface ProgressOptions extends Given<typeof progressOptions> {}

/** A line per epoch: `epoch 3/10: loss 0.1234, accuracy 0.9812`. The output of `verbose: 1` and `verbose: 2`. */
export function progress(options: ProgressOptions = {}): Callback {
  const { write } = readOptions("progress", progressOptions, options, arguments);
  let epochs = 0;
  return {
    onTrainBegin(trainer) {
      epochs = trainer.epochs;
    },
    async onEpochEnd(epoch, logs) {
      const numbers = Object.entries(logs).map(([name, value]) => `${name} ${value.toFixed(4)}`);
      await write(`epoch ${epoch + 1}/${epochs}: ${numbers.join(", ")}`);
    },
  };
}
