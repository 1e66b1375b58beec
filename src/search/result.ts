/** The result of a search, whole or so far, as its users see it. Types and one error; no logic. */
import { OptionError } from "../base/errors.js";
import type { EstimatorName, ScoringName } from "./scoring.js";
import type { Candidate } from "./space.js";
import type { Failure, Subject, Task, TaskResult } from "./trial.js";

/** One score, as it is kept for `resume`. */
export type Recorded = Task & TaskResult;

/** The reason why a candidate has no score: the error of its first fold that failed. */
export interface TrialError extends Failure {
  /** Number of the fold. */
  readonly fold: number;
}

/** A candidate or baseline with all its scores. */
export interface Trial {
  readonly kind: Subject["kind"];
  /** The options that were tried, with those all share. */
  readonly options: Candidate;
  /** Mean of `scores`; larger is better. NaN where a fold failed (`null` in JSON). */
  readonly mean: number;
  /** Standard deviation of `scores` (of the population). NaN where a fold failed. */
  readonly std: number;
  /** The score on each fold; NaN where it failed. */
  readonly scores: readonly number[];
  /** Time that its trainings took together. */
  readonly seconds: number;
  /** The reason, where a fold failed: training diverged, an option was refused, a worker died. */
  readonly error?: TrialError;
}

/** The results so far: plain data, so `JSON.stringify` keeps it and `resume` takes it back. */
export interface PartialSearchResult {
  readonly estimator: EstimatorName;
  readonly scoring: ScoringName;
  /** The first of `trials`; `null` while none has a finite mean. */
  readonly best: Trial | null;
  /**
   * Candidates that have all their scores, the best first; of equals the one that comes first in the grid or among
   * the draws. Those that failed come last.
   */
  readonly trials: readonly Trial[];
  /** Subjects that need no search: a linear model, and the most frequent class or the mean. */
  readonly baselines: readonly Trial[];
  /** True if every candidate got its scores. */
  readonly isComplete: boolean;
  readonly seconds: number;
  /** Names data, folds and scoring. */
  readonly fingerprint: string;
  /** Every score, also those of candidates that do not have all of theirs. */
  readonly records: readonly Recorded[];
}

/** As much of a result as a search needs to go on. */
export type Resumable = Pick<PartialSearchResult, "fingerprint" | "records">;

/** The result of a search that found something. */
export interface SearchResult extends PartialSearchResult {
  /** The first of `trials`. */
  readonly best: Trial;
}

/** A search ended without a finite score. Its `result` has the reasons, and the scores so far for `resume`. */
export class SearchError extends OptionError {
  override name = "SearchError";
  constructor(
    message: string,
    /** Plain data, as `PartialSearchResult`. */
    readonly result: PartialSearchResult,
  ) {
    super(message);
  }
}
