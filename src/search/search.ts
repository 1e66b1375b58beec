/**
 * Searches for options: every combination, random draws, or draws that must prove themselves in a few epochs before
 * they get more. Knows candidates, folds and time; training is `trial.ts`, ranking `scoreboard.ts`.
 */

import { checkNumber, OptionError } from "../base/errors.js";
import type { Signal } from "../base/kinds.js";
import { type Lane, schedule } from "../base/lanes.js";
import { type Kept, readOptions } from "../base/options.js";
import { Random } from "../base/random.js";
import type { Data } from "../data/dataset.js";
import { lanesOf, type Subject, type Task, type TaskResult } from "../data/executor.js";
import type { TableData } from "../data/tableRows.js";
import type { CheckedRuntime } from "../model/options.js";
import { now } from "../runtime/yield.js";
import { loadBuild } from "./build.js";
import { openLanes } from "./lanes.js";
import {
  type BuildGridSearchOptions,
  type BuildHalvingOptions,
  type BuildRandomSearchOptions,
  type GridSearchOptions,
  gridOptions,
  type HalvingOptions,
  halvingOptions,
  type RandomSearchOptions,
  randomOptions,
  type SearchProgress,
  searchOptions,
} from "./options.js";
import { pose } from "./pose.js";
import type { PartialSearchResult, SearchResult } from "./result.js";
import { Scoreboard } from "./scoreboard.js";
import { type CheckedSearch, type Searched, searchedOf } from "./searched.js";
import { type Candidate, combinations, draws } from "./space.js";
import { BASELINES, checkNames, checkShared, keyOf, subjectsOf } from "./subjects.js";
import type { Problem } from "./trial.js";

/** Keeps the candidates apart from other uses of the same seed. */
const CANDIDATE_STREAM = 0x4341;
/**
 * Tries and ranks every combination of `grid` (scikit-learn's `GridSearchCV`). A candidate that fails, because it
 * diverges or one of its values is refused, is ranked last with its `error`.
 *
 * @example
 * const found = await gridSearch(data, { estimator: "classifier", grid: { alpha: [1e-4, 1e-2], hiddenLayerSizes: [[20],
 * [100]] } }); found.best.options;
 * @throws OptionError, ShapeError, DataError before anything is trained; SearchError if no candidate has a finite
 * score, because all failed or time ran out.
 */
export function gridSearch(data: Data | TableData, options: GridSearchOptions): Promise<SearchResult>;
/** The same over candidates that `build` makes of the parameters. @throws as above */
export function gridSearch(data: Data, options: BuildGridSearchOptions): Promise<SearchResult>;
export async function gridSearch(
  data: Data | TableData,
  options: GridSearchOptions | BuildGridSearchOptions,
): Promise<SearchResult> {
  const where = "gridSearch";
  const { grid, ...checked } = readOptions(where, { ...searchOptions, ...gridOptions }, options, arguments);
  const candidates = combinations(`${where}: grid`, grid);
  const searched = searchedOf(where, checked);
  checkNames(`${where}: grid`, searched, grid);
  const search = new Search(where, data, { ...checked, searched }, candidates);
  await search.run(candidates);
  return search.result();
}

/**
 * Tries `trials` random draws from `space` and ranks them (scikit-learn's `RandomizedSearchCV`). @throws as
 * `gridSearch`.
 */
export function randomSearch(data: Data | TableData, options: RandomSearchOptions): Promise<SearchResult>;
/** The same over candidates that `build` makes of the parameters. @throws as above */
export function randomSearch(data: Data, options: BuildRandomSearchOptions): Promise<SearchResult>;
export async function randomSearch(
  data: Data | TableData,
  options: RandomSearchOptions | BuildRandomSearchOptions,
): Promise<SearchResult> {
  const checked = readOptions("randomSearch", { ...searchOptions, ...randomOptions }, options, arguments);
  const searched = searchedOf("randomSearch", checked);
  const candidates = drawAll("randomSearch", checked, searched);
  const search = new Search("randomSearch", data, { ...checked, searched }, candidates);
  await search.run(candidates);
  return search.result();
}

/**
 * Trains all draws for a few epochs, keeps the best third, gives it three times the epochs, and so on (Jamieson and
 * Talwalkar 2016; scikit-learn's `HalvingRandomSearchCV` with epochs as the resource). @throws as `gridSearch`.
 */
export function successiveHalving(data: Data | TableData, options: HalvingOptions): Promise<SearchResult>;
/** The same over candidates that `build` makes of the parameters. @throws as above */
export function successiveHalving(data: Data, options: BuildHalvingOptions): Promise<SearchResult>;
export async function successiveHalving(
  data: Data | TableData,
  options: HalvingOptions | BuildHalvingOptions,
): Promise<SearchResult> {
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
  const searched = searchedOf(where, checked);
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

/** Setting a timer for longer than this would end it at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** A signal that the caller's signal aborts, or the end of the time. */
class Over {
  readonly #stop = new AbortController();
  readonly #given: Signal | undefined;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #onAbort = () => this.#stop.abort();

  constructor(given: Signal | undefined, seconds: number) {
    this.#given = given;
    if (given?.aborted) this.#stop.abort();
    given?.addEventListener("abort", this.#onAbort);
    if (seconds * 1000 <= LONGEST_TIMER) this.#timer = setTimeout(this.#onAbort, Math.max(seconds * 1000, 0));
  }

  get signal(): Signal {
    return this.#stop.signal;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#given?.removeEventListener("abort", this.#onAbort);
  }
}

/** A running search: subjects to score, scores so far, and time left. */
class Search {
  readonly #where: string;
  readonly #options: CheckedSearch;
  readonly #searched: Searched;
  readonly #runtime: CheckedRuntime;
  readonly #problem: Problem;
  readonly #scoreboard: Scoreboard;
  readonly #began = now();
  #isComplete = true;

  /** @param possible Every candidate that it may try. */
  constructor(where: string, data: Data | TableData, options: CheckedSearch, possible: readonly Candidate[]) {
    this.#where = where;
    this.#options = options;
    this.#searched = options.searched;
    this.#runtime = checkShared(`${where}: options`, this.#searched.estimator, this.#searched.options);
    this.#problem = pose(where, data, options);
    this.#scoreboard = new Scoreboard(where, this.#problem, () => this.#subjects(possible), options.resume);
  }

  /** Scores the baselines and all candidates on all folds; false when time or patience ran out. */
  async run(candidates: readonly Candidate[]): Promise<boolean> {
    const { builder } = this.#searched;
    if (builder) await loadBuild(`${this.#where}: build`, builder.build);
    const { onTrial, signal, seconds = Infinity } = this.#options;
    const subjects = this.#scoreboard.enroll(this.#subjects(candidates));
    const wanted = subjects.flatMap((subject) => this.#problem.folds.map((_, fold): Task => ({ subject, fold })));
    const tasks = wanted.filter((task) => !this.#scoreboard.has(task));
    let done = wanted.length - tasks.length;
    const over = new Over(signal, seconds - this.#seconds());
    const lanes = await this.#open(tasks, over.signal).catch((error) => {
      over.end();
      throw error;
    });
    try {
      const ended = await schedule({
        tasks,
        lanes,
        onResult: async (task, result) => {
          const trial = this.#scoreboard.add(task, result);
          done++;
          if (trial) await onTrial?.(trial, this.#progress(done, wanted.length));
        },
        isOver: () => over.signal.aborted || this.#seconds() >= seconds,
      });
      this.#isComplete &&= ended;
      return ended;
    } finally {
      over.end();
      await Promise.all(lanes.map((lane) => lane.close()));
    }
  }

  /** Lanes of the executor, or of this machine; an executor is not asked where there is nothing to do. */
  async #open(tasks: readonly Task[], signal: Signal): Promise<readonly Lane<Task, TaskResult>[]> {
    const { executor, workers } = this.#options;
    if (!executor) {
      const { wrapped } = this.#searched;
      return openLanes(this.#problem, tasks.length, { workers, runtime: this.#runtime, wrapped });
    }
    if (tasks.length === 0 || signal.aborted) return [];
    return lanesOf(executor, this.#problem, tasks, { where: this.#where, signal });
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
    const moment = scoreboard.moment();
    let result: PartialSearchResult | undefined;
    return {
      done,
      total,
      seconds,
      get result() {
        result ??= scoreboard.partial({ isComplete: false, seconds }, moment);
        return result;
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
