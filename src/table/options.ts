/** Options of `TableModel.train`. Knows options, not tables. */
import { OptionError, show } from "../base/errors.js";
import {
  flag,
  func,
  type Given,
  type Kept,
  listOf,
  number,
  numberOr,
  oneOf,
  optional,
  unchecked,
  via,
} from "../base/options.js";
import { signalOption } from "../base/signal.js";
import { checkExecutor, type Executor } from "../data/executor.js";
import { type TableOptions, tableOptions } from "../data/preprocess/tableOptions.js";
import { classifierOptions } from "../estimators/options.js";
import { type RuntimeOptions, runtimeOptions } from "../model/options.js";
import { tableOptimizers } from "./optimizers.js";
import { checkTrials, type Trial } from "./setting.js";
import type { TableInput } from "./source.js";

/** The method, in messages. */
export const TRAIN = "TableModel.train";

/** The kind of the target: a class or a number. */
export type TableTask = "classification" | "regression";

/** A stage of `TableModel.train`, for a display. */
export interface TrainProgress {
  /** The work at hand: the choice among settings, or the training of members of the final model. */
  readonly stage: "settings" | "members";
  /** Trainings that have ended, and all that are planned for this stage. */
  readonly done: number;
  readonly total: number;
  /** The best validation loss so far; `null` before there is one. */
  readonly loss: number | null;
}

const { target, exclude, features, types, dates, dateOrder, maxCategories, hashPlaces } = tableOptions;
const readingOptions = { target, features, exclude, types, dates, dateOrder, maxCategories, hashPlaces };

const sizes = listOf("a list such as [64, 32]", number({ min: 1, max: 2 ** 16, integer: true }));

const learningOptions = {
  /** Values in the place of missing numbers and dates; missing categories become the most frequent. @default "median" */
  missing: oneOf(["median", "mean", "mostFrequent"], "median"),
  /** @default classification for text, booleans, and at most 20 different whole numbers; else regression */
  task: optional(oneOf(["classification", "regression"])),
  /**
   * Rows that are used, at most; of more rows that many at random. They are held in memory, in eight bytes a cell.
   * @default 1000000 of files larger than 64 MB and of rows that arrive one after the other, else all
   */
  maxRows: optional(number({ min: 10, max: 2 ** 31, integer: true })),
  /** Rows that are only used for the scores: a share below 1, or a number of rows. 0 for none. @default 0.2 */
  testSize: number({ min: 0 }, ({ testData }: { testData?: unknown }) => (testData === undefined ? 0.2 : 0)),
  /**
   * Rows for the scores from another table, such as a file; then all rows of the first one are learned from, and
   * `testSize` is not given. Rows without a target are left out. @default none
   */
  testData: optional(unchecked<TableInput>()),
  /**
   * Time for the choice of settings, in seconds. What is reached in it depends on the machine; for the same result
   * everywhere give `trials` instead. @default 60
   */
  seconds: optional(number({ above: 0, max: 1e6 })),
  /** Settings to try, whatever time it takes. @default as many as `seconds` allow */
  trials: optional(number({ min: 1, max: 1000, integer: true })),
  /**
   * `trials` of a model that a signal or the time limit stopped, made of the same table with the same options: what they
   * tried is not tried again, and the result is that of a choice that was not stopped. @default []
   */
  previousTrials: via<readonly Trial[], readonly Trial[]>(checkTrials, []),
  /**
   * Units of each hidden layer, such as [64, 32]; [] for a linear model. Then only regularization and learning rate are
   * chosen. @default several sizes are tried
   */
  hiddenLayerSizes: optional(via<readonly number[], readonly number[]>(sizes.check)),
  /** Most epochs of each network of the final model, which stops when more do not help. @default 400, fewer for millions of rows */
  epochs: optional(number({ min: 1, max: 1e6, integer: true })),
  /** "sgd" has a momentum of 0.9. @default "adam" */
  optimizer: oneOf(tableOptimizers, tableOptimizers[0]),
  /** Networks in the final model, each trained on another part of the rows. @default 4 */
  members: number({ min: 1, max: 20, integer: true }, 4),
  /** Weight of each class in the loss by its label, as in `MLPClassifier`. @default none */
  classWeight: classifierOptions.classWeight,
  /** The class for which `threshold` decides, of two. @default the second in their order, such as "yes" or true */
  positive: optional(via<string | number | boolean, string | number | boolean>(checkLabel)),
  /** Probability from which the positive class is predicted, or the score that chooses it. @default "f1" */
  threshold: numberOr("f1", { above: 0, below: 1 }),
  /** Leave out columns that look like identifiers, constants or copies, unless `features` or `types` name them. @default true */
  dropSuspicious: flag(true),
  /** Permutation importance of each column. @default true */
  importance: flag(true),
  /** @default 0 */
  seed: number({ min: 0, max: 2 ** 32 - 1, integer: true }, 0),
  /**
   * Ends the choice of settings early, and the training of members; the model is made of what is known then, which takes
   * one network more if there is none.
   */
  signal: signalOption,
  /**
   * Trains many networks at the same time: `bullExecutor` of `simdgrad/bullmq` on other machines, `localExecutor` of
   * `simdgrad/search` in workers of this one, which pays where there are many cores. The model of `trials` is the same. A
   * network that trains when `signal` comes is left out. @default one network after the other, here
   */
  executor: optional(via<Executor, Executor>(checkExecutor)),
  /** Told after each training, which waits for its promise. @default none */
  onProgress: func<(progress: TrainProgress) => unknown>(() => () => {}),
  /** Told what may have been read otherwise than it was meant. @default console.warn */
  onWarning: func<(message: string) => unknown>(() => console.warn),
};

export const trainOptions = { ...readingOptions, ...learningOptions, ...runtimeOptions };

/** Options of `TableModel.train`: of tables, of learning, and of how networks run. */
export interface TrainTableOptions
  extends Pick<TableOptions, keyof typeof readingOptions>,
    Given<typeof learningOptions>,
    RuntimeOptions {}

export type CheckedTrain = Kept<typeof trainOptions>;

function checkLabel(where: string, label: unknown): string | number | boolean {
  if (["string", "number", "boolean"].includes(typeof label)) return label as string;
  throw new OptionError(`${where}: expected a class, got ${show(label)}.`);
}

export const saveOptions = {
  /**
   * Type of kernels in the file, as in `Sequential.save`: `float16` takes about half the bytes, `int8` a quarter.
   * @default "float32"
   */
  weights: oneOf(["float32", "float16", "int8"], "float32"),
};

/** Options of `save`. */
export interface SaveTableOptions extends Given<typeof saveOptions> {}
