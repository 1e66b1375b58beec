/** Options of `fit` and `train`: types, defaults and checks. */

import { checkBoolean, checkNumber, OptionError } from "../base/errors.js";
import { flag, func, type Given, type Kept, number, optional, readOptions, unchecked, via } from "../base/options.js";
import { signalOption } from "../base/signal.js";
import type { Callback } from "../callbacks/callback.js";
import type { Data } from "../data/dataset.js";
import type { OnWarning } from "../data/onWarning.js";
import type { Stream } from "../data/stream.js";

const COUNT = { min: 1, max: 2 ** 31 - 1, integer: true };

/** Rules for holding back rows for validation. */
const validationSplitOptions = {
  /** Share of the rows that is held back, between 0 and 1: all but floor(n (1 − fraction)). */
  fraction: number({ above: 0, below: 1 }),
  /** Draw them at random rather than taking the last ones. @default true */
  shuffle: flag(true),
  /** Hold back the same share of each class; needs `shuffle`. @default false */
  stratify: flag(false),
  /** Seed of the draw, an integer from 0. @default the model's seed */
  seed: optional(number({ min: 0, integer: true })),
};

/** Rules for holding back rows for validation. */
export interface ValidationSplit extends Given<typeof validationSplitOptions> {}

/** Options of `fit`. */
const fitOptions = {
  /** Epoch to stop before: with `initialEpoch` 0, the number of passes over the data. @default 1 */
  epochs: number(COUNT, 1),
  /** Rows per optimizer step; a stream of batches brings its own. @default 32 */
  batchSize: optional(number(COUNT)),
  /** New order of rows in each epoch, from the seed; a stream has an order of its own. @default true */
  shuffle: optional(via<boolean, boolean>(checkBoolean)),
  /**
   * Steps that make an epoch. Passes over the data then follow each other without regard to epochs, as in Keras:
   * rows that one epoch leaves unused begin the next. @default a pass over the data
   */
  stepsPerEpoch: optional(number(COUNT)),
  /** Data to evaluate after each epoch. */
  validationData: optional(unchecked<Data | Stream>()),
  /**
   * Rows to hold back for validation: the share of the last rows, cut off before shuffling, as in Keras; or rules
   * for drawing them. @default 0
   */
  validationSplit: via<number | ValidationSplit, number | Kept<typeof validationSplitOptions>>(checkSplit, 0),
  /** Number of epochs from one validation to the next, or a list of epochs to validate after. @default 1 */
  validationFreq: via<number | readonly number[], number | readonly number[]>(checkFrequency, 1),
  /** Rows per chunk of validation; it does not change the result. @default 256, or as many as batchSize if fewer */
  validationBatchSize: optional(number(COUNT)),
  /**
   * Weight in the loss of each class; 1 for classes not listed. `"balanced"` gives class c the weight
   * n / (classes · rows of c), as scikit-learn does. Keys are class numbers, or class names of a Dataset. Each row
   * needs a single class: with several yes-or-no outputs give the loss `posWeight`, or the data `sampleWeight`.
   */
  classWeight: optional(unchecked<"balanced" | Readonly<Record<string, number>> | Readonly<Record<number, number>>>()),
  /** Objects with hooks that training calls. @default [] */
  callbacks: optional(unchecked<readonly Callback[]>()), // `resolveCallbacks` checks them, and comes only with some
  /** Number of the first epoch. @default 0 */
  initialEpoch: number({ min: 0, integer: true }, 0),
  /** 1 or 2 prints a line per epoch, as Keras's 2 does; there is no progress bar. @default 0 */
  verbose: number({ min: 0, max: 2, integer: true }, 0),
  /** Finishes the running batch, then resolves with the epochs that were finished. */
  signal: signalOption,
  /**
   * Continue the last `fit` from where it was interrupted, as if it had not been: same batch, sums, callbacks and
   * rates. Give the same data and options. Without an interrupted `fit`, continue after the finished epochs.
   * @default false
   */
  resume: flag(false),
  /** Receives warnings, each at most once per fit. @default console.warn */
  onWarning: func<OnWarning>(() => console.warn),
};

/** Options of `fit`. */
export interface FitOptions extends Given<typeof fitOptions> {}

export const FIT_KEYS = Object.keys(fitOptions) as readonly (keyof FitOptions)[];

/** Options of `fit`, checked. Options that depend on the data are checked with the data. */
export interface CheckedFit extends Kept<typeof fitOptions> {}

/** Checks all but the callbacks. @throws OptionError */
export function checkFit(options: FitOptions): CheckedFit {
  const checked = readOptions("fit", fitOptions, options);
  if (checked.validationSplit !== 0 && checked.validationData !== undefined) {
    throw new OptionError("fit: give either validationData or validationSplit, not both.");
  }
  if (checked.resume && options.initialEpoch !== undefined) {
    throw new OptionError("fit: give either resume or initialEpoch, not both: resume knows the epoch.");
  }
  return checked;
}

function checkSplit(where: string, split: unknown): number | Kept<typeof validationSplitOptions> {
  if (typeof split !== "object" || split === null) return checkNumber(where, split, { min: 0, below: 1 });
  return readOptions(where, validationSplitOptions, split);
}

function checkFrequency(where: string, value: unknown): number | readonly number[] {
  if (!Array.isArray(value)) return checkNumber(where, value, COUNT);
  return Array.from(value, (epoch: unknown, i) => checkNumber(`${where}[${i}]`, epoch, COUNT));
}
