/** Options of `fit` and `train`: types, defaults and checks. */

import { checkBoolean, checkKeys, checkNumber, OptionError, show } from "../base/errors.js";
import { kindOf, type Signal } from "../base/kinds.js";
import { type Callback, resolveCallbacks } from "../callbacks/callback.js";
import type { Data } from "../data/dataset.js";
import type { Stream } from "../data/stream.js";

/** Rules for holding back rows for validation. */
export interface ValidationSplit {
  /** Share of the rows that is held back, between 0 and 1: all but floor(n (1 − fraction)). */
  fraction: number;
  /** Draw them at random rather than taking the last ones. @default true */
  shuffle?: boolean;
  /** Hold back the same share of each class; needs `shuffle`. @default false */
  stratify?: boolean;
  /** Seed of the draw, an integer from 0. @default the model's seed */
  seed?: number;
}

/** Options of `fit`. */
export interface FitOptions {
  /** Epoch to stop before: with `initialEpoch` 0, the number of passes over the data. @default 1 */
  epochs?: number;
  /** Rows per optimizer step; a stream of batches brings its own. @default 32 */
  batchSize?: number;
  /** New order of rows in each epoch, from the seed; a stream has an order of its own. @default true */
  shuffle?: boolean;
  /**
   * Steps that make an epoch. Passes over the data then follow each other without regard to epochs, as in Keras:
   * rows that one epoch leaves unused begin the next. @default a pass over the data
   */
  stepsPerEpoch?: number;
  /** Data to evaluate after each epoch. */
  validationData?: Data | Stream;
  /**
   * Rows to hold back for validation: the share of the last rows, cut off before shuffling, as in Keras; or rules
   * for drawing them. @default 0
   */
  validationSplit?: number | ValidationSplit;
  /** Number of epochs from one validation to the next, or a list of epochs to validate after. @default 1 */
  validationFreq?: number | readonly number[];
  /** Rows per chunk of validation; it does not change the result. @default 256, or as many as batchSize if fewer */
  validationBatchSize?: number;
  /**
   * Weight in the loss of each class; 1 for classes not listed. `"balanced"` gives class c the weight
   * n / (classes · rows of c), as scikit-learn does. Keys are class numbers. Each row needs a single class: with several
   * yes-or-no outputs give the loss `posWeight`, or the data `sampleWeight`.
   */
  classWeight?: "balanced" | Readonly<Record<number, number>>;
  /** @default [] */
  callbacks?: readonly Callback[];
  /** Number of the first epoch. @default 0 */
  initialEpoch?: number;
  /** 1 prints a line per epoch. @default 0 */
  verbose?: 0 | 1;
  /** Finishes the running batch, then resolves with the epochs that were finished. */
  signal?: Signal;
  /**
   * Continue the last `fit` from where it was interrupted, as if it had not been: same batch, sums, callbacks and
   * rates. Give the same data and options. Without an interrupted `fit`, continue after the finished epochs.
   * @default false
   */
  resume?: boolean;
  /** Receives warnings, each at most once per fit. @default console.warn */
  onWarning?: (message: string) => void;
}

export const FIT_KEYS = [
  "epochs",
  "batchSize",
  "shuffle",
  "stepsPerEpoch",
  "validationData",
  "validationSplit",
  "validationFreq",
  "validationBatchSize",
  "classWeight",
  "callbacks",
  "initialEpoch",
  "verbose",
  "signal",
  "resume",
  "onWarning",
] as const satisfies readonly (keyof FitOptions)[];

type MayLack = "batchSize" | "shuffle" | "validationData" | "classWeight";

/** Options of `fit`, checked. Options that depend on the data are checked with the data. */
export type CheckedFit = Required<Omit<FitOptions, MayLack | "stepsPerEpoch" | "signal" | "validationBatchSize">> &
  Pick<FitOptions, MayLack> & {
    readonly stepsPerEpoch: number | null;
    readonly signal: Signal | null;
    readonly validationBatchSize: number | null;
  };

const COUNT = { min: 1, max: 2 ** 31 - 1, integer: true };

function optionalCount(where: string, value: unknown): number | null {
  return value === undefined ? null : checkNumber(where, value, COUNT);
}

export function checkFit(options: FitOptions): CheckedFit {
  checkKeys("fit", options, FIT_KEYS);
  const { epochs = 1, batchSize, shuffle, signal, validationSplit = 0, initialEpoch = 0, verbose = 0 } = options;
  const { validationFreq = 1, resume = false, onWarning = console.warn } = options;
  if (batchSize !== undefined) checkNumber("fit: batchSize", batchSize, COUNT);
  if (shuffle !== undefined) checkBoolean("fit: shuffle", shuffle);
  checkSplit(validationSplit);
  if (validationSplit !== 0 && options.validationData !== undefined) {
    throw new OptionError("fit: give either validationData or validationSplit, not both.");
  }
  if (signal !== undefined && kindOf(signal) !== "AbortSignal") {
    throw new OptionError(`fit: signal: expected an AbortSignal, got ${show(signal)}.`);
  }
  if (verbose !== 0 && verbose !== 1) throw new OptionError(`fit: verbose: expected 0 or 1, got ${show(verbose)}.`);
  if (typeof onWarning !== "function") {
    throw new OptionError(`fit: onWarning: expected a function, got ${show(onWarning)}.`);
  }
  checkBoolean("fit: resume", resume);
  if (resume && options.initialEpoch !== undefined) {
    throw new OptionError("fit: give either resume or initialEpoch, not both: resume knows the epoch.");
  }
  checkFrequency(validationFreq);
  return {
    ...options,
    epochs: checkNumber("fit: epochs", epochs, COUNT),
    stepsPerEpoch: optionalCount("fit: stepsPerEpoch", options.stepsPerEpoch),
    validationSplit,
    validationFreq,
    validationBatchSize: optionalCount("fit: validationBatchSize", options.validationBatchSize),
    callbacks: options.callbacks == null ? [] : resolveCallbacks(options.callbacks),
    initialEpoch: checkNumber("fit: initialEpoch", initialEpoch, { min: 0, integer: true }),
    verbose,
    signal: signal ?? null,
    resume,
    onWarning,
  };
}

function checkSplit(split: unknown): void {
  const where = "fit: validationSplit";
  if (typeof split !== "object" || split === null) {
    checkNumber(where, split, { min: 0, below: 1 });
    return;
  }
  checkKeys(where, split, ["fraction", "shuffle", "stratify", "seed"]);
  const { fraction, shuffle = true, stratify = false, seed = 0 } = split as Partial<ValidationSplit>;
  checkNumber(`${where}: fraction`, fraction, { above: 0, below: 1 });
  checkBoolean(`${where}: shuffle`, shuffle);
  checkBoolean(`${where}: stratify`, stratify);
  checkNumber(`${where}: seed`, seed, { min: 0, integer: true });
}

function checkFrequency(value: unknown): void {
  if (!Array.isArray(value)) checkNumber("fit: validationFreq", value, COUNT);
  else for (const [i, epoch] of value.entries()) checkNumber(`fit: validationFreq[${i}]`, epoch, COUNT);
}

/** True if validation follows this epoch. Lists count from 1, as in Keras. */
export function isValidated({ validationFreq }: CheckedFit, epoch: number): boolean {
  if (typeof validationFreq === "number") return (epoch + 1) % validationFreq === 0;
  return validationFreq.includes(epoch + 1);
}
