/** The scores of a search: who has which, who is best, what goes into the result. Knows no training. */
import { OptionError } from "../errors.js";
import type { EstimatorName, ScoringName } from "./scoring.js";
import type { Candidate } from "./space.js";
import type { Problem, Subject, Task, TaskResult } from "./trial.js";

/** One score, as it is kept for `resume`. */
export type Recorded = Task & TaskResult;

/** A candidate or baseline with all its scores. */
export interface Trial {
  readonly kind: Subject["kind"];
  /** The options that were tried, with those all share. */
  readonly options: Candidate;
  /** Mean of `scores`; larger is better. */
  readonly mean: number;
  /** Standard deviation of `scores` (of the population). */
  readonly std: number;
  /** The score on each fold. */
  readonly scores: readonly number[];
  /** Time that its trainings took together. */
  readonly seconds: number;
}

/** What a search found: plain data, so `JSON.stringify` keeps it and `resume` takes it back. */
export interface SearchResult {
  readonly estimator: EstimatorName;
  readonly scoring: ScoringName;
  /** The first of `trials`. */
  readonly best: Trial;
  /** Candidates, the best first; of equals the one that was tried first. */
  readonly trials: readonly Trial[];
  /** What no search was needed for: a linear model, and the most frequent class or the mean. */
  readonly baselines: readonly Trial[];
  /** Did every candidate get its scores? */
  readonly isComplete: boolean;
  readonly seconds: number;
  /** Names data, folds and scoring. */
  readonly fingerprint: string;
  /** Every score, also those of candidates that do not have all of theirs. */
  readonly records: readonly Recorded[];
}

const keyOf = ({ kind, options }: Subject) => JSON.stringify([kind, options]);

export class Scoreboard {
  readonly #where: string;
  readonly #problem: Problem;
  readonly #fingerprint: string;
  /** Scores of each subject by fold, in the order in which subjects came. */
  readonly #board = new Map<string, Recorded[]>();

  /** @throws OptionError when `resume` is the result of something else. */
  constructor(where: string, problem: Problem, resume?: SearchResult) {
    this.#where = where;
    this.#problem = problem;
    this.#fingerprint = fingerprintOf(problem);
    if (resume === undefined) return;
    if (resume?.fingerprint !== this.#fingerprint || !Array.isArray(resume.records)) {
      throw new OptionError(`${where}: resume: expected the result of this search on these data, got another.`);
    }
    for (const record of resume.records) this.#put(record);
  }

  has({ subject, fold }: Task): boolean {
    return this.#board.get(keyOf(subject))?.[fold] !== undefined;
  }

  /** Keeps a score; returns the trial when it was the last that was missing. */
  add(task: Task, result: TaskResult): Trial | null {
    return this.#trialOf(this.#put({ ...task, ...result }));
  }

  /** Candidates with all their scores, the best first. */
  ranked(): Trial[] {
    return this.#trials((kind) => kind === "candidate");
  }

  /** @throws OptionError when no candidate has all its scores. */
  result(rest: Pick<SearchResult, "isComplete" | "seconds">): SearchResult {
    const trials = this.ranked();
    if (trials.length === 0) {
      throw new OptionError(`${this.#where}: it was over before one candidate had all its scores. Give it more time.`);
    }
    const { estimator, scoring } = this.#problem;
    const baselines = this.#trials((kind) => kind !== "candidate");
    const records = [...this.#board.values()].flat().filter((record) => record !== undefined);
    return { estimator, scoring, best: trials[0], trials, baselines, ...rest, fingerprint: this.#fingerprint, records };
  }

  #put(record: Recorded): Recorded[] {
    const key = keyOf(record.subject);
    const records = this.#board.get(key) ?? [];
    records[record.fold] = record;
    this.#board.set(key, records);
    return records;
  }

  #trials(isWanted: (kind: Subject["kind"]) => boolean): Trial[] {
    const trials = [...this.#board.values()].map((records) => this.#trialOf(records));
    return trials
      .filter((trial) => trial !== null && isWanted(trial.kind))
      .sort((a, b) => (b as Trial).mean - (a as Trial).mean) as Trial[];
  }

  #trialOf(records: readonly Recorded[]): Trial | null {
    const { length } = this.#problem.folds;
    const scored = records.filter((record) => record !== undefined);
    if (scored.length < length) return null;
    const { kind, options } = scored[0].subject;
    const scores = scored.map(({ score }) => score);
    const mean = scores.reduce((sum, score) => sum + score, 0) / length;
    const variance = scores.reduce((sum, score) => sum + (score - mean) * (score - mean), 0) / length;
    const seconds = scored.reduce((sum, record) => sum + record.seconds, 0);
    return { kind, options, mean, std: Math.sqrt(variance), scores, seconds };
  }
}

/** FNV-1a (Fowler, Noll, Vo) over the data, the folds and what they are scored by. */
function fingerprintOf({ estimator, scoring, x, y, folds }: Problem): string {
  let hash = 0x811c9dc5;
  const add = (bytes: Uint8Array) => {
    for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  };
  const views = [x, y, ...folds.flatMap(({ train, test }) => [train, test])];
  for (const { buffer, byteOffset, byteLength } of views) add(new Uint8Array(buffer, byteOffset, byteLength));
  add(new TextEncoder().encode(`${estimator} ${scoring}`));
  return (hash >>> 0).toString(16).padStart(8, "0");
}

const NAMES: Readonly<Record<EstimatorName, Partial<Record<Subject["kind"], string>>>> = {
  classifier: { linear: "linear model", constant: "most frequent class" },
  regressor: { linear: "linear model", constant: "mean" },
};

/** The ranking as a table of text, baselines in their places. */
export function formatSearch({ estimator, scoring, trials, baselines, isComplete, seconds }: SearchResult): string {
  const all = [...trials, ...baselines].sort((a, b) => b.mean - a.mean);
  const lines = all.map(({ kind, options, mean, std, seconds: taken }, i) => {
    const name = NAMES[estimator][kind] ?? JSON.stringify(options);
    const cells = [
      String(i + 1).padStart(4),
      mean.toFixed(4).padStart(9),
      `± ${std.toFixed(4)}`,
      `${taken.toFixed(1)} s`,
    ];
    return `${cells.join("  ")}  ${name}`;
  });
  const head = `rank  ${scoring}, mean and deviation over folds, training time, options`;
  const state = isComplete ? "" : ", not all candidates were tried";
  return [head, ...lines, `${trials.length} candidates in ${seconds.toFixed(1)} s${state}`].join("\n");
}
