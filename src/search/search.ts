/**
 * Searches for options: every combination, random draws, or draws that must prove themselves with few epochs before
 * they get more. Knows candidates, folds and time; training is `trial.ts`, ranking `report.ts`.
 */
import { type Data, Dataset } from "../data/dataset.js";
import { type Fold, kFold, stratifiedKFold, trainTestSplit } from "../data/split.js";
import { checkKeys, checkName, checkNumber, located, OptionError, show } from "../errors.js";
import { checkMLP, type MLPOptions } from "../estimators/options.js";
import { kindOf, type Signal } from "../kinds.js";
import { checkRuntime } from "../model/options.js";
import { Random } from "../random.js";
import { now } from "../runtime/yield.js";
import { openLanes } from "./lanes.js";
import { schedule } from "./schedule.js";
import { Scoreboard, type SearchResult, type Trial } from "./scoreboard.js";
import { type EstimatorName, type ScoringName, scorings } from "./scoring.js";
import { type Candidate, combinations, draw, type Grid, type Space } from "./space.js";
import type { Problem, Subject, Task } from "./trial.js";

/** What all searches take. */
export interface SearchOptions {
  /** What to search for: `MLPClassifier` (y holds class numbers from 0) or `MLPRegressor`. */
  estimator: EstimatorName;
  /** Options that every candidate shares. @default those of the estimator */
  options?: MLPOptions;
  /** What to rank by; larger is better. @default "accuracy" or "r2" */
  scoring?: ScoringName;
  /** Parts for cross-validation; of classes each part has its share. @default 5 */
  folds?: number;
  /** Score on this one share of the rows instead of folds: faster, and less certain. */
  holdOut?: number;
  /** Decides candidates and folds. @default 0 */
  seed?: number;
  /** Candidates trained at the same time, each in a worker of its own. @default "auto": the cores, at most 8 */
  workers?: "auto" | number;
  /** No training begins after so many seconds. @default no limit */
  seconds?: number;
  /** Called when a candidate has all its scores. */
  onTrial?: (trial: Trial, progress: SearchProgress) => void;
  /** No training begins once it is aborted; what was found is returned. */
  signal?: Signal;
  /** A result of the same search on the same data: its scores are not computed again. */
  resume?: SearchResult;
}

/** How far a search has come. */
export interface SearchProgress {
  /** Trainings done, those of `resume` among them. */
  readonly done: number;
  /** Trainings in this round of the search. */
  readonly total: number;
  readonly seconds: number;
}

/** Options of `gridSearch`. */
export interface GridSearchOptions extends SearchOptions {
  /** Values of each option to try, in all combinations. */
  grid: Grid;
}

/** Options of `randomSearch`. */
export interface RandomSearchOptions extends SearchOptions {
  /** Values or distributions of each option. */
  space: Space;
  /** Candidates to draw. @default 20 */
  trials?: number;
}

/** Options of `successiveHalving`. */
export interface HalvingOptions extends RandomSearchOptions {
  /** The best of this many candidates goes on, with this many times the epochs. @default 3 */
  factor?: number;
  /** Epochs of the first round. @default 5 */
  minEpochs?: number;
  /** Most epochs of a round. @default 135 */
  maxEpochs?: number;
}

const COMMON = [
  "estimator",
  "options",
  "scoring",
  "folds",
  "holdOut",
  "seed",
  "workers",
  "seconds",
  "onTrial",
  "signal",
  "resume",
];
/** Keeps the candidates apart from other uses of the same seed. */
const CANDIDATE_STREAM = 0x4341;

/**
 * Tries every combination of `grid` and ranks them (scikit-learn's `GridSearchCV`).
 *
 * @example
 * const found = await gridSearch(data, { estimator: "classifier", grid: { alpha: [1e-4, 1e-2], hiddenLayerSizes: [[20], [100]] } });
 * found.best.options;
 * @throws OptionError, ShapeError, DataError before anything is trained.
 */
export async function gridSearch(data: Data, options: GridSearchOptions): Promise<SearchResult> {
  checkKeys("gridSearch", options, [...COMMON, "grid"]);
  const search = new Search("gridSearch", data, options);
  await search.run(combinations("gridSearch: grid", options.grid));
  return search.result();
}

/** Tries `trials` random draws from `space` and ranks them (scikit-learn's `RandomizedSearchCV`). @throws as `gridSearch`. */
export async function randomSearch(data: Data, options: RandomSearchOptions): Promise<SearchResult> {
  checkKeys("randomSearch", options, [...COMMON, "space", "trials"]);
  const search = new Search("randomSearch", data, options);
  await search.run(drawAll("randomSearch", options));
  return search.result();
}

/**
 * Trains all draws for a few epochs, keeps the best third, gives it three times the epochs, and so on (Jamieson and
 * Talwalkar 2016; scikit-learn's `HalvingRandomSearchCV` with epochs as the resource). @throws as `gridSearch`.
 */
export async function successiveHalving(data: Data, options: HalvingOptions): Promise<SearchResult> {
  const where = "successiveHalving";
  checkKeys(where, options, [...COMMON, "space", "trials", "factor", "minEpochs", "maxEpochs"]);
  const factor = checkNumber(`${where}: factor`, options.factor ?? 3, { min: 2, integer: true });
  const first = checkNumber(`${where}: minEpochs`, options.minEpochs ?? 5, { min: 1, integer: true });
  const last = checkNumber(`${where}: maxEpochs`, options.maxEpochs ?? 135, { min: first, integer: true });
  const search = new Search(where, data, options);
  let survivors = drawAll(where, options);
  for (let maxEpochs = first; ; maxEpochs = Math.min(maxEpochs * factor, last)) {
    const ended = await search.run(survivors.map((candidate) => ({ ...candidate, maxEpochs })));
    if (!ended || survivors.length === 1 || maxEpochs === last) return search.result();
    survivors = search.best(maxEpochs, Math.ceil(survivors.length / factor));
  }
}

function drawAll(where: string, { space, trials = 20, seed = 0 }: RandomSearchOptions): Candidate[] {
  checkNumber(`${where}: trials`, trials, { min: 1, max: 1e6, integer: true });
  const random = Random.fromSeed(seed, CANDIDATE_STREAM);
  return Array.from({ length: trials }, () => draw(`${where}: space`, space, random));
}

/** A search under way: what is to be scored, what was scored, and how much time is left. */
class Search {
  readonly #where: string;
  readonly #options: SearchOptions;
  readonly #problem: Problem;
  readonly #scoreboard: Scoreboard;
  readonly #began = now();
  #isComplete = true;

  constructor(where: string, data: Data, options: SearchOptions) {
    const { resume, signal, seconds, workers = "auto" } = options;
    if (seconds !== undefined) checkNumber(`${where}: seconds`, seconds, { above: 0 });
    if (workers !== "auto") checkNumber(`${where}: workers`, workers, { min: 1, max: 256, integer: true });
    if (signal !== undefined && kindOf(signal) !== "AbortSignal") {
      throw new OptionError(`${where}: signal: expected an AbortSignal, got ${show(signal)}.`);
    }
    this.#where = where;
    this.#options = options;
    this.#problem = pose(where, data, options);
    this.#scoreboard = new Scoreboard(where, this.#problem, resume);
  }

  /** Scores the baselines and all candidates on all folds; false when time or patience ran out. */
  async run(candidates: readonly Candidate[]): Promise<boolean> {
    const { options: shared = {}, onTrial, signal, seconds = Infinity, workers = "auto" } = this.#options;
    const subjects: Subject[] = [
      { kind: "constant", options: {} },
      { kind: "linear", options: { ...shared, hiddenLayerSizes: [] } },
      ...candidates.map((candidate) => ({ kind: "candidate", options: { ...shared, ...candidate } }) as const),
    ];
    for (const { options } of subjects) checkCandidate(this.#where, options);
    const wanted = subjects.flatMap((subject) => this.#problem.folds.map((_, fold): Task => ({ subject, fold })));
    const tasks = wanted.filter((task) => !this.#scoreboard.has(task));
    let done = wanted.length - tasks.length;
    const lanes = await openLanes(this.#problem, tasks.length, { workers, runtime: checkRuntime(this.#where, shared) });
    try {
      const ended = await schedule({
        tasks,
        lanes,
        onResult: (task, result) => {
          const trial = this.#scoreboard.add(task, result);
          done++;
          if (trial) onTrial?.(trial, { done, total: wanted.length, seconds: this.#seconds() });
        },
        isOver: () => signal?.aborted === true || this.#seconds() >= seconds,
      });
      this.#isComplete &&= ended;
      return ended;
    } finally {
      for (const lane of lanes) lane.close();
    }
  }

  /** The `count` best candidates with this many epochs. */
  best(maxEpochs: number, count: number): Candidate[] {
    const ranked = this.#scoreboard.ranked().filter(({ options }) => options.maxEpochs === maxEpochs);
    return ranked.slice(0, count).map(({ options }) => options);
  }

  /** @throws OptionError when not one candidate has all its scores. */
  result(): SearchResult {
    return this.#scoreboard.result({ isComplete: this.#isComplete, seconds: this.#seconds() });
  }

  #seconds(): number {
    return (now() - this.#began) / 1000;
  }
}

/** Options that only work beside the caller, which a training in a worker is not. */
const LOCAL = ["callbacks", "signal", "onWarning"];

function checkCandidate(where: string, options: Candidate): void {
  checkMLP(where, options);
  const local = LOCAL.find((name) => name in options);
  if (local)
    throw new OptionError(`${where}: ${local} cannot travel to a worker. Use onTrial and signal of the search.`);
}

/** Data, folds and scoring, checked. */
function pose(where: string, data: Data, options: SearchOptions): Problem {
  const estimator = checkName(`${where}: estimator`, options.estimator, ["classifier", "regressor"]);
  const names = Object.keys(scorings[estimator]) as ScoringName[];
  const scoring = checkName(`${where}: scoring`, options.scoring ?? names[0], names);
  if (options.options !== undefined) checkCandidate(`${where}: options`, { ...options.options });
  const dataset = data instanceof Dataset ? data : located(where, () => Dataset.from(data));
  const { x, y, inputShape, targetShape } = dataset;
  return { estimator, scoring, x, y, inputShape, targetShape, folds: foldsOf(where, dataset, options) };
}

/** Row numbers of each fold, or of the one share that is held out; of classes each has its share. */
function foldsOf(where: string, dataset: Dataset, options: SearchOptions): readonly Fold[] {
  const { folds, holdOut, seed = 0, estimator } = options;
  const isClassifier = estimator === "classifier";
  if (holdOut === undefined) {
    const make = isClassifier ? stratifiedKFold : kFold;
    return located(where, () => make(dataset, { folds: folds ?? 5, shuffle: true, seed }));
  }
  if (folds !== undefined) throw new OptionError(`${where}: give either folds or holdOut, not both.`);
  checkNumber(`${where}: holdOut`, holdOut, { above: 0, below: 1 });
  const numbered = { x: Float32Array.from({ length: dataset.length }, (_, row) => row), y: dataset.y };
  const rows = Dataset.from(numbered, { inputShape: [1], targetShape: dataset.targetShape });
  const { train, test } = located(where, () =>
    trainTestSplit(rows, { testSize: holdOut, stratify: isClassifier, seed }),
  );
  return [{ train: Uint32Array.from(train.x), test: Uint32Array.from(test.x) }];
}
