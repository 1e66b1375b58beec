/** Cross-validation: train and score on every fold. Knows functions that score, not models. */
import { checkName, DataError, located, OptionError, show } from "../base/errors.js";
import { flag, type Given, type Kept, optional, readOptions, unchecked } from "../base/options.js";
import { signalOption } from "../base/signal.js";
import { Dataset } from "./dataset.js";
import type { Executor } from "./executor.js";
import {
  type Fold,
  type FoldOptions,
  foldOptions,
  kFold,
  type NamedData,
  stratifiedKFold,
  toDataset,
} from "./split.js";
import type { TableData } from "./tableRows.js";

/** A score, or several by name, such as the result of `evaluate`. Whether higher or lower is better is up to you. */
export type Scores = number | Readonly<Record<string, number>>;

/** Makes a model, trains it on `train` and scores it on `test`. `fold` counts from 0, for seeds and messages. */
export type ScoreFold = (train: Dataset, test: Dataset, fold: number) => Scores | Promise<Scores>;

/**
 * A model that can be trained anew by `fit` and scored by `score`, as scikit-learn's estimators are. It is given
 * Datasets; or rows of a table with text, missing cells or names, where `crossValidate` was given such a table.
 */
export interface Scorable {
  // biome-ignore lint/suspicious/noExplicitAny: each takes data of its own kind, and checks them
  fit(data: any): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  score(data: any): Scores | Promise<Scores>;
}

/** Options of `crossValidate`. */
const crossValidateOptions = {
  ...foldOptions,
  /** Number of folds, or the folds themselves. @default 5 */
  folds: unchecked<number | readonly Fold[]>(5),
  /** Keeps the share of each class in every fold; y must be labels or one-hot rows. @default false */
  stratify: flag(false),
  /**
   * Trains the folds at the same time: `localExecutor` of `simdgrad/search` in workers of this machine, `bullExecutor`
   * of `simdgrad/bullmq` on others. The subject is then an `MLPClassifier` or `MLPRegressor`, whose options travel; scores
   * are the same. @default one fold after the other, here
   */
  executor: optional(unchecked<Executor>()),
  /**
   * No fold begins once it is aborted, and one that runs here does not count, as its model may have heard of it, too.
   * Scores are then those of the folds before, and `isComplete` is false. @default none
   */
  signal: signalOption,
  /** Shuffles first; if rows are sorted by class, each unshuffled fold would lack one. @default true */
  shuffle: flag(true),
};

/** Options of `crossValidate`. */
export interface CrossValidateOptions extends Pick<FoldOptions, "seed">, Given<typeof crossValidateOptions> {}

/** Scores by name; a score without a name is called `score`. */
export interface CrossValidation {
  /** False if `signal` came before all folds had their scores. */
  readonly isComplete: boolean;
  /** The score of each fold. */
  readonly scores: Record<string, number[]>;
  /** Mean over the folds. */
  readonly mean: Record<string, number>;
  /** Standard deviation over the folds (of the population, as NumPy's `std`). */
  readonly std: Record<string, number>;
}

function scoringOf(subject: ScoreFold | Scorable): ScoreFold {
  if (typeof subject === "function") return subject;
  const isScorable = typeof subject?.fit === "function" && typeof subject.score === "function";
  if (!isScorable) {
    const expected = "a function (train, test, fold) that returns a score, or an object with fit and score";
    throw new OptionError(`crossValidate: expected ${expected}, got ${show(subject)}.`);
  }
  return async (train, test) => {
    await subject.fit(train);
    return subject.score(test);
  };
}

/** @param options As they were given. */
function foldsOf(
  dataset: Dataset,
  { folds, stratify, shuffle, seed }: Kept<typeof crossValidateOptions>,
  options: CrossValidateOptions,
): readonly Fold[] {
  if (typeof folds !== "object") {
    const make = stratify ? stratifiedKFold : kFold;
    return make(dataset, { folds, shuffle, seed });
  }
  const areFolds = Array.isArray(folds) && folds.length > 0 && folds.every((fold) => fold?.train && fold.test);
  if (!areFolds) throw new OptionError(`crossValidate: folds: expected a number or folds, got ${show(folds)}.`);
  const idle = (["stratify", "shuffle", "seed"] as const).find((name) => options[name] !== undefined);
  if (idle === undefined) return folds;
  throw new OptionError(`crossValidate: ${idle} has no effect on folds that are given. Leave it out.`);
}

/** Scores by name. @throws DataError for anything but numbers, or names that differ from those of the first fold. */
function namedScores(result: unknown, names: readonly string[] | null): Map<string, number> {
  const isObject = typeof result === "object" && result !== null;
  const scores = new Map<string, number>(isObject ? Object.entries(result) : []);
  if (typeof result === "number") scores.set("score", result);
  if (scores.size === 0) throw new DataError(`expected a score or an object of scores, got ${show(result)}.`);
  for (const [name, value] of scores) {
    if (names) checkName("score", name, names);
    if (typeof value !== "number") throw new DataError(`${name}: expected a number, got ${show(value)}.`);
  }
  const missing = names?.find((name) => !scores.has(name));
  if (missing !== undefined) throw new DataError(`the score ${show(missing)} of the folds before is missing.`);
  return scores;
}

/** Runs `work`; an error that leaves it names the fold first. */
async function inFold<T>(fold: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // Some errors, such as those of an AbortSignal, have a message that can be redefined but not assigned.
    if (error instanceof Error) {
      const value = `crossValidate: fold ${fold}: ${error.message}`;
      Reflect.defineProperty(error, "message", { value, configurable: true, writable: true });
    }
    throw error;
  }
}

/** The scores of the folds that have one. @throws the error of the first that failed */
async function inEachFold(results: readonly ((() => number) | undefined)[]): Promise<number[]> {
  const scores: number[] = [];
  for (const [fold, result] of results.entries()) if (result) scores.push(await inFold(fold, async () => result()));
  return scores;
}

function rowsOf(dataset: Dataset, part: "train" | "test", rows: ArrayLike<number>): Dataset {
  const chosen = located(part, () => dataset.select(rows));
  if (chosen.length > 0) return chosen;
  throw new DataError(`${part}: expected at least one row, got none.`);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) * (value - mean))));
}

/**
 * Trains and scores once per fold, one fold after the other.
 *
 * ```js
 * const { mean, std } = await crossValidate(async (train, test) => {
 *   const model = await buildModel();
 *   await model.fit(train, { epochs: 20 });
 *   return model.evaluate(test); // { loss, accuracy }
 * }, data, { folds: 5, stratify: true });
 * ```
 * @param subject Makes, trains and scores a model; or an estimator, whose `fit` must begin anew. The transformers of an
 * `estimatorPipeline` are fitted to the rows that are trained on, so that nothing leaks.
 * @param data A Dataset or `{ x, y }`; for an estimator, x may be a table with text and missing cells.
 * @throws OptionError, also where `signal` came before one fold had its scores; DataError; and whatever `subject` throws, with the number of its fold before the message.
 */
export async function crossValidate(
  subject: ScoreFold | Scorable,
  data: NamedData | TableData,
  options: CrossValidateOptions = {},
): Promise<CrossValidation> {
  const scoring = scoringOf(subject);
  const checked = readOptions("crossValidate", crossValidateOptions, options, arguments);
  // Only estimators take tables.
  const tables = typeof subject === "function" || data instanceof Dataset ? null : await import("./tableRows.js");
  const opened = tables?.openData("crossValidate", data);
  const dataset = opened?.dataset ?? toDataset("crossValidate", data as NamedData);
  const folds = foldsOf(dataset, checked, options);
  const scores = new Map<string, number[]>();
  if (checked.executor !== undefined) {
    const { scoreFolds } = await import("./executedFolds.js");
    const rows = opened?.table ? null : dataset;
    scores.set("score", await inEachFold(await scoreFolds(subject, rows, folds, checked)));
    return summaryOf(scores, folds.length);
  }
  const { signal } = checked;
  for (const [fold, { train, test }] of folds.entries()) {
    if (signal?.aborted) break;
    const names = fold === 0 ? null : [...scores.keys()];
    const named = await inFold(fold, async () => {
      const parts = { train: rowsOf(dataset, "train", train), test: rowsOf(dataset, "test", test) };
      const cells = (part: "train" | "test", rows: Uint32Array) =>
        tables && opened?.table ? (tables.tableData(opened.table, rows, parts[part]) as never) : parts[part];
      const result = await scoring(cells("train", train), cells("test", test), fold);
      return namedScores(result, names);
    });
    if (signal?.aborted) break;
    for (const [name, score] of named) {
      const list = scores.get(name) ?? [];
      list.push(score);
      scores.set(name, list);
    }
  }
  return summaryOf(scores, folds.length);
}

/** @throws OptionError without any score */
function summaryOf(scores: ReadonlyMap<string, number[]>, folds: number): CrossValidation {
  const [done = []] = scores.values();
  if (done.length === 0) {
    throw new OptionError(
      "crossValidate: signal came before one fold had its scores. Abort it later, or leave it out.",
    );
  }
  const summary = <T>(of: (values: number[]) => T): Record<string, T> =>
    Object.fromEntries([...scores].map(([name, values]) => [name, of(values)]));
  const isComplete = done.length === folds;
  return { isComplete, scores: summary((values) => values), mean: summary(meanOf), std: summary(deviationOf) };
}
