/** Options of plans: tables and types. */

import { func, type Given, number, text } from "../base/options.js";
import { signalOption } from "../base/signal.js";
import type { Data } from "../data/dataset.js";
import type { OnWarning } from "../data/onWarning.js";
import type { GridSearchOptions, RandomSearchOptions } from "../search/options.js";
import type { EstimatorName } from "../search/scoring.js";
import type { EncodeTableOptions } from "../table/encoded.js";
import type { TableInput } from "../table/source.js";

/** Options of a search that whoever runs the tasks decides, or that are functions. */
export const foreign = ["executor", "workers", "seconds", "onTrial", "signal", "resume", "build", "fit"] as const;

/** Options that say how a table becomes numbers. */
export interface PlanTableOptions extends EncodeTableOptions {}

/** Options that plans have besides those of the search. */
interface OwnOptions {
  /**
   * Reads the data as `TableModel.train` does: a CSV file or its text, objects, or columns. The best model is then the
   * file of a `TableModel`, which predicts from raw rows. @default none: the data are arrays or a Dataset
   */
  readonly table?: PlanTableOptions;
  /** Told what may have been read otherwise than it was meant. @default console.warn */
  readonly onWarning?: OnWarning;
}

type Plannable<Options> = Omit<Options, (typeof foreign)[number]> & OwnOptions;

/** Options of a plan of `gridSearch`. */
export interface GridPlanOptions extends Plannable<GridSearchOptions> {}

/** Options of a plan of `randomSearch`. */
export interface RandomPlanOptions extends Plannable<RandomSearchOptions> {}

/** The options with a table, whose target says what is estimated unless `estimator` does. */
export type OfTable<Options extends OwnOptions> = Omit<Options, "estimator" | "table"> & {
  readonly estimator?: EstimatorName;
  readonly table: PlanTableOptions;
};

/** Data of a plan. */
export type PlanData = Data | TableInput;

export const openOptions = {
  /** Trainings at the same time; more than one are in threads of their own. @default 1 */
  concurrency: number({ min: 1, max: 256, integer: true }, 1),
  /** Told of result files that are damaged, and of doubts in training. @default console.warn */
  onWarning: func<(message: string) => unknown>(() => console.warn),
};

/** Options of `openPlan`. */
export interface OpenPlanOptions extends Given<typeof openOptions> {}

export const outOptions = {
  /** The folder of the result files; it is made if there is none. */
  out: text(),
};

/** Options of `run` and `gather`. */
export interface PlanOutOptions extends Given<typeof outOptions> {}

export const fitBestOptions = {
  /** Ends the training after the running batch. @default none */
  signal: signalOption,
};

/** Options of `fitBest`. */
export interface FitBestOptions extends Given<typeof fitBestOptions> {}
