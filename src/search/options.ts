/** Options of searches: tables and types. */
import { func, type Given, number, numberOr, optional, unchecked, via } from "../base/options.js";
import { signalOption } from "../base/signal.js";
import { checkExecutor, type Executor } from "../data/executor.js";
import type { Estimator } from "../estimators/estimator.js";
import type { MLPClassifierOptions, MLPRegressorOptions } from "../estimators/options.js";
import type { FitOptions } from "../training/options.js";
import { type Build, checkBuild, type ModuleAddress } from "./build.js";
import type { PartialSearchResult, Resumable, Trial } from "./result.js";
import type { EstimatorName, ScoringName } from "./scoring.js";
import { type Distribution, type Grid, MOST_CANDIDATES, type Space } from "./space.js";

/** Options that all searches share. */
export const searchOptions = {
  /**
   * The estimator to search for: `MLPClassifier` (y holds class numbers from 0) or `MLPRegressor` by name; or an
   * estimator of `simdgrad/estimators`, whose options all candidates share. The transformers of an `estimatorPipeline`
   * are fitted to the rows that are trained on, in each fold anew; x may then be a table with text and missing cells.
   */
  estimator: unchecked<EstimatorName | Estimator>(),
  /** Options that every candidate shares, of an estimator by name. @default those of the estimator */
  options: optional(unchecked<MLPClassifierOptions | MLPRegressorOptions>()),
  /**
   * Makes what each candidate is, of its parameters: a model as options `{ layers, compile, fit }`, a compiled model
   * `{ model, fit }`, or an estimator. `estimator` then says what y holds, by name, and how predictions are scored; the
   * parameters may have any names. A function runs in this thread. Workers need the URL of a module that exports it as
   * `build`, such as `new URL("./build.js", import.meta.url)`.
   */
  build: optional(via<Build | ModuleAddress, Build | string>(checkBuild)),
  /**
   * Options of `fit` that models of `build` share, such as `{ epochs: 20 }`: plain data. Those that `build` gives with
   * a model come first; a parameter `maxEpochs`, which `successiveHalving` decides, is the number of epochs.
   */
  fit: optional(unchecked<FitOptions>()),
  /** Score to rank by; larger is better. @default "accuracy" or "r2" */
  scoring: optional(unchecked<ScoringName>()),
  /** Parts for cross-validation; each part has its share of every class. @default 5 */
  folds: optional(number({ min: 2, integer: true })),
  /** Scores on this one share of the rows instead of folds: faster, but less certain. @default none */
  holdOut: optional(number({ above: 0, below: 1 })),
  /** Decides candidates and folds. @default 0 */
  seed: number({ min: 0, integer: true }, 0),
  /**
   * Candidates trained at the same time, each in a worker of its own; `auto` takes the cores, at most 8. @default
   * "auto"
   */
  workers: numberOr("auto", { min: 1, max: 256, integer: true }),
  /**
   * Trains instead of the workers of this machine: `bullExecutor` of `simdgrad/bullmq`, or an object with the method
   * `open`. Scores and order are the same whoever trains. @default workers
   */
  executor: optional(via<Executor, Executor>(checkExecutor)),
  /** No training begins after that many seconds. @default no limit */
  seconds: optional(number({ above: 0 })),
  /**
   * Called when a candidate has all its scores, or has failed. `progress.result` holds the results so far. The search
   * waits for its promise, and ends with its error.
   */
  onTrial: optional(func<(trial: Trial, progress: SearchProgress) => unknown>()),
  /** No training begins once it is aborted; the search returns what it has found. */
  signal: signalOption,
  /**
   * A result of the same search on the same data, whole or partial: its scores are not computed again. Failures of the
   * machine, such as a worker that died, are tried again.
   */
  resume: optional(unchecked<Resumable>()),
};

/** Options that all searches share. */
export interface SearchOptions extends Given<typeof searchOptions> {}

/** Options of a search over candidates that the program builds: the names of parameters are its own. */
interface OwnBuild {
  readonly build: Build | ModuleAddress;
  readonly estimator: EstimatorName;
}

/** Options of `gridSearch` over candidates of `build`. */
export interface BuildGridSearchOptions extends Omit<SearchOptions, "build" | "estimator" | "options">, OwnBuild {
  readonly grid: Readonly<Record<string, readonly unknown[]>>;
}

/** Space of parameters of `build`. */
type OwnSpace = Readonly<Record<string, readonly unknown[] | Distribution>>;

/** Options of `randomSearch` over candidates of `build`. */
export interface BuildRandomSearchOptions
  extends Omit<RandomSearchOptions, "build" | "estimator" | "options" | "space">,
    OwnBuild {
  readonly space: OwnSpace;
}

/** Options of `successiveHalving` over candidates of `build`. */
export interface BuildHalvingOptions
  extends Omit<HalvingOptions, "build" | "estimator" | "options" | "space">,
    OwnBuild {
  readonly space: OwnSpace;
}

/** Progress of a search. */
export interface SearchProgress {
  /** Trainings done, including those of `resume`. */
  readonly done: number;
  /** Trainings in this round of the search. */
  readonly total: number;
  readonly seconds: number;
  /**
   * The results at the time of the call, also if they are read later: plain data that `JSON.stringify` keeps and `resume`
   * takes. They are made when they are first read.
   */
  readonly result: PartialSearchResult;
}

/** Options of `gridSearch`. */
export const gridOptions = {
  /** Values of each option to try, in all combinations. */
  grid: unchecked<Grid>(),
};

/** Options of `gridSearch`. */
export interface GridSearchOptions extends SearchOptions, Given<typeof gridOptions> {}

/** Options of `randomSearch`. */
export const randomOptions = {
  /** Values or distributions of each option. */
  space: unchecked<Space>(),
  /** Candidates to draw. @default 20 */
  trials: number({ min: 1, max: MOST_CANDIDATES, integer: true }, 20),
};

/** Options of `randomSearch`. */
export interface RandomSearchOptions extends SearchOptions, Given<typeof randomOptions> {}

/** Options of `successiveHalving`. */
export const halvingOptions = {
  /** One in this many candidates, the best, stays in the next round, with this many times the epochs. @default 3 */
  factor: number({ min: 2, integer: true }, 3),
  /** Epochs of the first round. @default 5 */
  minEpochs: number({ min: 1, integer: true }, 5),
  /** Most epochs of a round. @default 135 */
  maxEpochs: number({ min: 1, integer: true }, 135),
};

/** Options of `successiveHalving`. */
export interface HalvingOptions extends RandomSearchOptions, Given<typeof halvingOptions> {}
