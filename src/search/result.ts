/** The result of a search, whole or partial, as its users see it. Types and one error; no logic. */
import { OptionError } from "../base/errors.js";
import type { Failure, Subject, Task, TaskResult } from "../data/executor.js";
import type { EstimatorName, ScoringName } from "./scoring.js";
import type { Candidate } from "./space.js";

/** One score, as kept for `resume`. */
export type Recorded = Task & TaskResult;

/** The reason why a candidate has no score: the error of its first fold that failed. */
export interface TrialError extends Failure {
  /** Number of the fold. */
  readonly fold: number;
}

/** A candidate or baseline with all its scores. */
export interface Trial {
  readonly kind: Subject["kind"];
  /** The options tried, including the shared ones. */
  readonly options: Candidate;
  /** Mean of `scores`; larger is better. NaN if a fold failed (`null` in JSON). */
  readonly mean: number;
  /** Standard deviation of `scores` (of the population). NaN if a fold failed. */
  readonly std: number;
  /** The score on each fold; NaN if it failed. */
  readonly scores: readonly number[];
  /** Total time of its trainings. */
  readonly seconds: number;
  /** The reason, if a fold failed: training diverged, an option was refused, a worker died. */
  readonly error?: TrialError;
}

/** The results so far: plain data, so `JSON.stringify` keeps it and `resume` takes it back. */
export interface PartialSearchResult {
  readonly estimator: EstimatorName;
  readonly scoring: ScoringName;
  /** The first of `trials`; `null` while none has a finite mean. */
  readonly best: Trial | null;
  /**
   * Candidates that have all their scores, the best first; among equals, the first in the grid or among
   * the draws. Failed ones come last.
   */
  readonly trials: readonly Trial[];
  /** Subjects that need no search: a linear model, and the most frequent class or the mean. */
  readonly baselines: readonly Trial[];
  /** True if every candidate got its scores. */
  readonly isComplete: boolean;
  readonly seconds: number;
  /** Fingerprint of data, folds and scoring. */
  readonly fingerprint: string;
  /** Every score, including those of candidates that lack some. */
  readonly records: readonly Recorded[];
}

/** The part of a result that a search needs to resume. */
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
