/** The scores of a search: each subject's scores, the ranking, the contents of the result. Knows no training. */
import { FNV_START, mixByte } from "../base/fnv.js";
import type { PlainProblem, Subject, Task, TaskResult } from "../data/executor.js";
import type { PartialSearchResult, Recorded, Resumable, SearchResult, Trial } from "./result.js";
import { SearchError } from "./result.js";
import { readRecords } from "./resume.js";
import { keyOf } from "./subjects.js";
import type { Problem } from "./trial.js";

/** Most reasons that a message quotes. */
const MOST_REASONS = 3;

/** A subject, and its scores by fold. */
interface Entry {
  readonly subject: Subject;
  /** The moment when it got its place. */
  readonly since: number;
  readonly records: (Recorded | undefined)[];
}

export class Scoreboard {
  readonly #where: string;
  readonly #problem: Problem;
  readonly #fingerprint: string;
  /** Subjects by key, in the order of the grid or the draws, whichever finishes first. */
  readonly #board = new Map<string, Entry>();
  /** Scores from `resume` whose subjects have no place yet. */
  readonly #waiting: Map<string, readonly Recorded[]>;
  /** Counts places and scores as they come. */
  #moment = 0;
  /** The moments of scores; those from `resume` were there before. */
  readonly #moments = new Map<Recorded, number>();

  /** @throws OptionError if `resume` is the result of another search. */
  constructor(where: string, problem: Problem, known: () => readonly Subject[], resume: Resumable | undefined) {
    this.#where = where;
    this.#problem = problem;
    this.#fingerprint = fingerprintOf(problem);
    this.#waiting =
      resume === undefined
        ? new Map()
        : readRecords(where, resume, { problem, fingerprint: this.#fingerprint, known: new Set(known().map(keyOf)) });
  }

  /** Gives subjects their places; returns them without duplicates. */
  enroll(subjects: readonly Subject[]): Subject[] {
    const own = new Map(subjects.map((subject) => [keyOf(subject), subject]));
    const since = ++this.#moment;
    for (const [key, subject] of own) {
      if (this.#board.has(key)) continue;
      const entry: Entry = { subject, since, records: [] };
      for (const record of this.#waiting.get(key) ?? []) entry.records[record.fold] = record;
      this.#board.set(key, entry);
      this.#waiting.delete(key);
    }
    return [...own.values()];
  }

  has({ subject, fold }: Task): boolean {
    return this.#board.get(keyOf(subject))?.records[fold] !== undefined;
  }

  /** Keeps a score; returns the trial if this score completed it. */
  add(task: Task, result: TaskResult): Trial | null {
    const entry = this.#board.get(keyOf(task.subject)) as Entry;
    const record = { ...task, ...result };
    entry.records[task.fold] = record;
    this.#moments.set(record, ++this.#moment);
    return this.#trialOf(entry);
  }

  /** The present, for `partial`. */
  moment(): number {
    return this.#moment;
  }

  /** Candidates with all their scores, the best first. */
  ranked(): Trial[] {
    return this.#trials([...this.#board.values()], (kind) => kind === "candidate");
  }

  /** The results up to a moment, by default the present. */
  partial(rest: Pick<SearchResult, "isComplete" | "seconds">, moment = this.#moment): PartialSearchResult {
    const known = [...this.#board.values()].map(({ records, ...entry }) => ({
      ...entry,
      records: records.filter((record) => record && (this.#moments.get(record) ?? 0) <= moment),
    }));
    const entries = known.filter(({ since }) => since <= moment);
    const trials = this.#trials(entries, (kind) => kind === "candidate");
    const best = trials.length > 0 && !trials[0].error ? trials[0] : null;
    const { estimator, scoring } = this.#problem;
    const baselines = this.#trials(entries, (kind) => kind !== "candidate");
    const all = [...known.map(({ records }) => records), ...this.#waiting.values()];
    const records = all.flat().filter((record) => record !== undefined);
    return { estimator, scoring, best, trials, baselines, ...rest, fingerprint: this.#fingerprint, records };
  }

  /** @throws SearchError if no candidate has all its scores, or none of them are finite. */
  result(rest: Pick<SearchResult, "isComplete" | "seconds">): SearchResult {
    const result = this.partial(rest);
    if (result.best) return { ...result, best: result.best };
    const { trials, isComplete } = result;
    const state = isComplete
      ? "no candidate has a finite score."
      : "it was over before one candidate had all its scores.";
    const hint = isComplete ? "" : " Give it more time, and this error's result to resume.";
    throw new SearchError(`${this.#where}: ${state}${hint}${reasonsOf(trials)}`, result);
  }

  #trials(entries: readonly Entry[], isWanted: (kind: Subject["kind"]) => boolean): Trial[] {
    return entries
      .map((entry) => this.#trialOf(entry))
      .filter((trial) => trial !== null)
      .filter(({ kind }) => isWanted(kind))
      .sort(byRank);
  }

  #trialOf({ subject, records }: Entry): Trial | null {
    const { length } = this.#problem.folds;
    const scored = records.filter((record) => record !== undefined);
    if (scored.length < length) return null;
    const scores = scored.map(({ score }) => score ?? Number.NaN);
    const mean = scores.reduce((sum, score) => sum + score, 0) / length;
    const variance = scores.reduce((sum, score) => sum + (score - mean) * (score - mean), 0) / length;
    const seconds = scored.reduce((sum, record) => sum + record.seconds, 0);
    const failed = scored.find(({ error }) => error);
    const error = failed?.error && { error: { ...failed.error, fold: failed.fold } };
    return { ...subject, mean, std: Math.sqrt(variance), scores, seconds, ...error };
  }
}

/** Better means first, failed ones last; equals stay in their order. */
export function byRank(a: Trial, b: Trial): number {
  if (a.error || b.error) return Number(a.error !== undefined) - Number(b.error !== undefined);
  return b.mean - a.mean;
}

function reasonsOf(trials: readonly Trial[]): string {
  const failed = trials.filter(({ error }) => error);
  const lines = failed.slice(0, MOST_REASONS).map(({ options, error }) => {
    return ` ${JSON.stringify(options)}: ${error?.name}: ${error?.message}`;
  });
  const more = failed.length - lines.length;
  return lines.join("") + (more > 0 ? ` And ${more} more.` : "");
}

/** FNV-1a over the data, the folds and what they are scored by. */
export function fingerprintOf({
  estimator,
  scoring,
  x,
  y,
  sampleWeight,
  folds,
  around,
  network,
}: PlainProblem): string {
  let hash = FNV_START;
  const add = (bytes: Uint8Array) => {
    for (let i = 0; i < bytes.length; i++) hash = mixByte(hash, bytes[i]);
  };
  const views = [x, y, ...(sampleWeight ? [sampleWeight] : []), ...folds.flatMap(({ train, test }) => [train, test])];
  for (const { buffer, byteOffset, byteLength } of views) add(new Uint8Array(buffer, byteOffset, byteLength));
  add(new TextEncoder().encode(`${estimator} ${scoring}${around ?? ""}${network ? JSON.stringify(network) : ""}`));
  return (hash >>> 0).toString(16).padStart(8, "0");
}
