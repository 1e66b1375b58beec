/**
 * Searches for options: every combination, random draws, or draws that must prove themselves in a few epochs before
 * they get more. Knows candidates, folds and time; training is `trial.ts`, ranking `scoreboard.ts`.
 */

import { checkName, checkNumber, DataError, located, OptionError, ShapeError } from "../base/errors.js";
import { func, type Given, type Kept, number, numberOr, optional, readOptions, unchecked } from "../base/options.js";
import { Random } from "../base/random.js";
import { signalOption } from "../base/signal.js";
import { type Data, type DataArrays, Dataset } from "../data/dataset.js";
import { type Fold, kFold, stratifiedKFold, trainTestSplit } from "../data/split.js";
import type { TableData } from "../data/tableRows.js";
import type { Estimator } from "../estimators/estimator.js";
import type { MLPClassifierOptions, MLPRegressorOptions } from "../estimators/options.js";
import type { CheckedRuntime } from "../model/options.js";
import { now } from "../runtime/yield.js";
import { openLanes } from "./lanes.js";
import type { PartialSearchResult, Resumable, SearchResult, Trial } from "./result.js";
import { schedule } from "./schedule.js";
import { Scoreboard } from "./scoreboard.js";
import { type EstimatorName, type ScoringName, scorings } from "./scoring.js";
import { type Searched, searchedOf } from "./searched.js";
import { type Candidate, combinations, draws, type Grid, MOST_CANDIDATES, type Space } from "./space.js";
import { BASELINES, checkNames, checkShared, keyOf, subjectsOf } from "./subjects.js";
import type { Problem, Subject, Task } from "./trial.js";

/** Options that all searches share. */
const searchOptions = {
  /**
   * What to search for: `MLPClassifier` (y holds class numbers from 0) or `MLPRegressor` by name; or an estimator of
   * `simdgrad/estimators`, whose options all candidates share. The transformers of an `estimatorPipeline` are fitted to
   * the rows that are trained on, in each fold anew; x may then be a table with text and missing cells.
   */
  estimator: unchecked<EstimatorName | Estimator>(),
  /** Options that every candidate shares, of an estimator by name. @default those of the estimator */
  options: optional(unchecked<MLPClassifierOptions | MLPRegressorOptions>()),
  /** Score to rank by; larger is better. @default "accuracy" or "r2" */
  scoring: optional(unchecked<ScoringName>()),
  /** Parts for cross-validation; each part has its share of every class. @default 5 */
  folds: optional(number({ min: 2, integer: true })),
  /** Scores on this one share of the rows instead of folds: faster, but less certain. @default none */
  holdOut: optional(number({ above: 0, below: 1 })),
  /** Decides candidates and folds. @default 0 */
  seed: number({ min: 0, integer: true }, 0),
  /** Candidates trained at the same time, each in a worker of its own; `auto` takes the cores, at most 8. @default "auto" */
  workers: numberOr("auto", { min: 1, max: 256, integer: true }),
  /** No training begins after that many seconds. @default no limit */
  seconds: optional(number({ above: 0 })),
  /** Called when a candidate has all its scores, or has failed. `progress.result` holds the results so far. */
  onTrial: optional(func<(trial: Trial, progress: SearchProgress) => void>()),
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

/** The shared options, checked. */
type Checked = Kept<typeof searchOptions> & { readonly searched: Searched };

/** Progress of a search. */
export interface SearchProgress {
  /** Trainings done, including those of `resume`. */
  readonly done: number;
  /** Trainings in this round of the search. */
  readonly total: number;
  readonly seconds: number;
  /** The results so far, made when read: plain data that `JSON.stringify` keeps and `resume` takes. */
  readonly result: PartialSearchResult;
}

/** Options of `gridSearch`. */
const gridOptions = {
  /** Values of each option to try, in all combinations. */
  grid: unchecked<Grid>(),
};

/** Options of `gridSearch`. */
export interface GridSearchOptions extends SearchOptions, Given<typeof gridOptions> {}

/** Options of `randomSearch`. */
const randomOptions = {
  /** Values or distributions of each option. */
  space: unchecked<Space>(),
  /** Candidates to draw. @default 20 */
  trials: number({ min: 1, max: MOST_CANDIDATES, integer: true }, 20),
};

/** Options of `randomSearch`. */
export interface RandomSearchOptions extends SearchOptions, Given<typeof randomOptions> {}

/** Options of `successiveHalving`. */
const halvingOptions = {
  /** One in this many candidates, the best, stays in the next round, with this many times the epochs. @default 3 */
  factor: number({ min: 2, integer: true }, 3),
  /** Epochs of the first round. @default 5 */
  minEpochs: number({ min: 1, integer: true }, 5),
  /** Most epochs of a round. @default 135 */
  maxEpochs: number({ min: 1, integer: true }, 135),
};

/** Options of `successiveHalving`. */
export interface HalvingOptions extends RandomSearchOptions, Given<typeof halvingOptions> {}

/** Keeps the candidates apart from other uses of the same seed. */
const CANDIDATE_STREAM = 0x4341;
/** Class numbers are below this. */
const MOST_CLASSES = 2 ** 24;

/**
 * Tries and ranks every combination of `grid` (scikit-learn's `GridSearchCV`). A candidate that fails, because it
 * diverges or one of its values is rejected, is ranked last with its `error`.
 *
 * @example
 * const found = await gridSearch(data, { estimator: "classifier", grid: { alpha: [1e-4, 1e-2], hiddenLayerSizes: [[20], [100]] } });
 * found.best.options;
 * @throws OptionError, ShapeError, DataError before anything is trained; SearchError if no candidate has a finite
 * score, because all failed or time ran out.
 */
export async function gridSearch(data: Data | TableData, options: GridSearchOptions): Promise<SearchResult> {
  const where = "gridSearch";
  const { grid, ...checked } = readOptions(where, { ...searchOptions, ...gridOptions }, options, arguments);
  const candidates = combinations(`${where}: grid`, grid);
  const searched = searchedOf(where, checked.estimator, checked.options);
  checkNames(`${where}: grid`, searched, grid);
  const search = new Search(where, data, { ...checked, searched }, candidates);
  await search.run(candidates);
  return search.result();
}

/** Tries `trials` random draws from `space` and ranks them (scikit-learn's `RandomizedSearchCV`). @throws as `gridSearch`. */
export async function randomSearch(data: Data | TableData, options: RandomSearchOptions): Promise<SearchResult> {
  const checked = readOptions("randomSearch", { ...searchOptions, ...randomOptions }, options, arguments);
  const searched = searchedOf("randomSearch", checked.estimator, checked.options);
  const candidates = drawAll("randomSearch", checked, searched);
  const search = new Search("randomSearch", data, { ...checked, searched }, candidates);
  await search.run(candidates);
  return search.result();
}

/**
 * Trains all draws for a few epochs, keeps the best third, gives it three times the epochs, and so on (Jamieson and
 * Talwalkar 2016; scikit-learn's `HalvingRandomSearchCV` with epochs as the resource). @throws as `gridSearch`.
 */
export async function successiveHalving(data: Data | TableData, options: HalvingOptions): Promise<SearchResult> {
  const where = "successiveHalving";
  const table = { ...searchOptions, ...randomOptions, ...halvingOptions };
  const checked = readOptions(where, table, options, arguments);
  const { space, factor, minEpochs: first, maxEpochs: last } = checked;
  checkNumber(`${where}: maxEpochs`, last, { min: first, integer: true });
  if (Object.hasOwn(space ?? {}, "maxEpochs")) {
    throw new OptionError(
      `${where}: space: maxEpochs is what the rounds decide. Give minEpochs and maxEpochs beside space.`,
    );
  }
  const searched = searchedOf(where, checked.estimator, checked.options);
  let survivors = drawAll(where, checked, searched);
  const rounds = roundsOf(first, last, factor);
  const inRound = (maxEpochs: number) => survivors.map((candidate) => ({ ...candidate, maxEpochs }));
  const search = new Search(where, data, { ...checked, searched }, rounds.flatMap(inRound));
  for (const maxEpochs of rounds) {
    const running = inRound(maxEpochs);
    const ended = await search.run(running);
    if (!ended || running.length === 1) break;
    survivors = search.best(running, Math.ceil(running.length / factor));
  }
  return search.result();
}

/** The epochs of each round. */
function roundsOf(first: number, last: number, factor: number): number[] {
  const rounds = [first];
  while (rounds[rounds.length - 1] < last) rounds.push(Math.min(rounds[rounds.length - 1] * factor, last));
  return rounds;
}

function drawAll(
  where: string,
  checked: Kept<typeof searchOptions> & Kept<typeof randomOptions>,
  searched: Searched,
): Candidate[] {
  const { space, trials, seed } = checked;
  const candidates = draws(`${where}: space`, space, trials, Random.fromSeed(seed, CANDIDATE_STREAM));
  checkNames(`${where}: space`, searched, space);
  return candidates;
}

/** A running search: subjects to score, scores so far, and time left. */
class Search {
  readonly #where: string;
  readonly #options: Checked;
  readonly #searched: Searched;
  readonly #runtime: CheckedRuntime;
  readonly #problem: Problem;
  readonly #scoreboard: Scoreboard;
  readonly #began = now();
  #isComplete = true;

  /** @param possible Every candidate that it may try. */
  constructor(where: string, data: Data | TableData, options: Checked, possible: readonly Candidate[]) {
    this.#where = where;
    this.#options = options;
    this.#searched = options.searched;
    this.#runtime = checkShared(`${where}: options`, this.#searched.estimator, this.#searched.options);
    this.#problem = pose(where, data, options);
    this.#scoreboard = new Scoreboard(where, this.#problem, () => this.#subjects(possible), options.resume);
  }

  /** Scores the baselines and all candidates on all folds; false when time or patience ran out. */
  async run(candidates: readonly Candidate[]): Promise<boolean> {
    const { onTrial, signal, seconds = Infinity, workers } = this.#options;
    const subjects = this.#scoreboard.enroll(this.#subjects(candidates));
    const wanted = subjects.flatMap((subject) => this.#problem.folds.map((_, fold): Task => ({ subject, fold })));
    const tasks = wanted.filter((task) => !this.#scoreboard.has(task));
    let done = wanted.length - tasks.length;
    const lanes = await openLanes(this.#problem, tasks.length, {
      ...{ workers, runtime: this.#runtime, wrapped: this.#searched.wrapped },
    });
    try {
      const ended = await schedule({
        tasks,
        lanes,
        onResult: (task, result) => {
          const trial = this.#scoreboard.add(task, result);
          done++;
          if (trial) onTrial?.(trial, this.#progress(done, wanted.length));
        },
        isOver: () => signal?.aborted === true || this.#seconds() >= seconds,
      });
      this.#isComplete &&= ended;
      return ended;
    } finally {
      for (const lane of lanes) lane.close();
    }
  }

  /** The `count` best of the candidates, the best first; fewer if the others failed. */
  best(candidates: readonly Candidate[], count: number): Candidate[] {
    const byKey = new Map(this.#subjects(candidates).map((subject, i) => [keyOf(subject), candidates[i - BASELINES]]));
    const ranked = this.#scoreboard.ranked().filter(({ error }) => !error);
    const own = ranked.map((trial) => byKey.get(keyOf(trial))).filter((candidate) => candidate !== undefined);
    return own.slice(0, count);
  }

  /** @throws SearchError if no candidate has all its scores. */
  result(): SearchResult {
    return this.#scoreboard.result({ isComplete: this.#isComplete, seconds: this.#seconds() });
  }

  #progress(done: number, total: number): SearchProgress {
    const seconds = this.#seconds();
    const scoreboard = this.#scoreboard;
    return {
      ...{ done, total, seconds },
      get result() {
        return scoreboard.partial({ isComplete: false, seconds });
      },
    };
  }

  #subjects(candidates: readonly Candidate[]): Subject[] {
    return subjectsOf(this.#where, this.#searched, candidates);
  }

  #seconds(): number {
    return (now() - this.#began) / 1000;
  }
}

/** Data, folds and scoring, checked. */
function pose(where: string, data: Data | TableData, options: Checked): Problem {
  const { estimator, options: shared, wrapped } = options.searched;
  const names = Object.keys(scorings[estimator]) as ScoringName[];
  const scoring = checkName(`${where}: scoring`, options.scoring ?? names[0], names);
  const wasm = shared.wasm && { wasm: Array.isArray(shared.wasm) ? shared.wasm : [shared.wasm] };
  const dataset = located(where, () => {
    if (wrapped) return wrapped.open(where, data);
    return data instanceof Dataset ? data : Dataset.from(data as DataArrays);
  });
  if (estimator === "classifier") checkClasses(where, dataset);
  const { x, y, sampleWeight, inputShape, targetShape } = dataset;
  const folds = foldsOf(where, dataset, options);
  const around = wrapped && { around: wrapped.fingerprint };
  return { estimator, scoring, x, y, sampleWeight, inputShape, targetShape, folds, ...wasm, ...around };
}

/** @throws ShapeError, DataError for targets that are not one class number per row. */
function checkClasses(where: string, { y, targetShape }: Dataset): void {
  if (targetShape.length > 0) {
    const remedy = "argMax(y, classes) turns one-hot rows into them";
    throw new ShapeError(`${where}: y: expected one class number per row, got rows of [${targetShape}]. ${remedy}.`);
  }
  const row = y.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < MOST_CLASSES));
  if (row < 0) return;
  const remedy = "labelEncoder() numbers labels from 0";
  throw new DataError(`${where}: y: row ${row}: expected a class number from 0, got ${y[row]}. ${remedy}.`);
}

/** Row numbers of each fold, or of the one held-out share; each has its share of every class. */
function foldsOf(where: string, dataset: Dataset, options: Checked): readonly Fold[] {
  const { folds = 5, holdOut, seed, searched } = options;
  const isClassifier = searched.estimator === "classifier";
  if (holdOut === undefined) {
    const make = isClassifier ? stratifiedKFold : kFold;
    return located(where, () => make(dataset, { folds, shuffle: true, seed }));
  }
  if (options.folds !== undefined) throw new OptionError(`${where}: give either folds or holdOut, not both.`);
  const numbered = { x: Float32Array.from({ length: dataset.length }, (_, row) => row), y: dataset.y };
  const rows = Dataset.from(numbered, { inputShape: [1], targetShape: dataset.targetShape });
  const { train, test } = located(where, () =>
    trainTestSplit(rows, { testSize: holdOut, stratify: isClassifier, seed }),
  );
  return [{ train: Uint32Array.from(train.x), test: Uint32Array.from(test.x) }];
}
