/** Cross-validation: train and score on every fold. Knows functions that score, not models. */
import { checkBoolean, checkKeys, checkName, DataError, OptionError, show } from "../errors.js";
import type { Data, Dataset } from "./dataset.js";
import { type Fold, type FoldOptions, kFold, stratifiedKFold, toDataset } from "./split.js";

/** A score, or several by name, such as what `evaluate` resolves to. Higher or lower is better: as you take it. */
export type Scores = number | Readonly<Record<string, number>>;

/** Makes a model, trains it on the one and scores it on the other. `fold` counts from 0, for seeds and messages. */
export type ScoreFold = (train: Dataset, test: Dataset, fold: number) => Scores | Promise<Scores>;

/** What can be trained anew by `fit` and scored by `score`, as scikit-learn's estimators are. */
export interface Scorable {
  fit(data: Dataset): unknown;
  score(data: Dataset): Scores | Promise<Scores>;
}

/** Options of `crossValidate`. */
export interface CrossValidateOptions extends Omit<FoldOptions, "folds"> {
  /** Number of folds, or the folds themselves. @default 5 */
  folds?: number | readonly Fold[];
  /** Keep the share of each class in every fold; y must be labels or one-hot rows. @default false */
  stratify?: boolean;
  /** Shuffle before sharing out; of rows sorted by class, unshuffled folds would each lack one. @default true */
  shuffle?: boolean;
}

/** Scores by name; a score without a name is called `score`. */
export interface CrossValidation {
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

function foldsOf(dataset: Dataset, options: CrossValidateOptions): readonly Fold[] {
  const { folds = 5, stratify = false, shuffle = true, seed = 0 } = options;
  checkBoolean("crossValidate: stratify", stratify);
  if (typeof folds !== "object") {
    const make = stratify ? stratifiedKFold : kFold;
    return make(dataset, { folds, shuffle, seed });
  }
  const areFolds = Array.isArray(folds) && folds.length > 0 && folds.every((fold) => fold?.train && fold.test);
  if (!areFolds) throw new OptionError(`crossValidate: folds: expected a number or folds, got ${show(folds)}.`);
  return folds;
}

/** @throws DataError for what is no number, or names that differ from those of the first fold. */
function namedScores(result: unknown, fold: number, names: readonly string[] | null): Record<string, number> {
  const where = `crossValidate: fold ${fold}`;
  const scores = typeof result === "number" ? { score: result } : (result as Record<string, number>);
  if (typeof scores !== "object" || scores === null || Object.keys(scores).length === 0) {
    throw new DataError(`${where}: expected a score or an object of scores, got ${show(result)}.`);
  }
  for (const [name, value] of Object.entries(scores)) {
    if (names) checkName(`${where}: score`, name, names);
    if (typeof value !== "number") throw new DataError(`${where}: ${name}: expected a number, got ${show(value)}.`);
  }
  const missing = names?.find((name) => !(name in scores));
  if (missing !== undefined)
    throw new DataError(`${where}: the score ${show(missing)} of the folds before is missing.`);
  return scores;
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
 * @param subject Makes, trains and scores a model; or an estimator, whose `fit` must begin anew.
 * @throws OptionError, DataError; and whatever `subject` throws.
 */
export async function crossValidate(
  subject: ScoreFold | Scorable,
  data: Data,
  options: CrossValidateOptions = {},
): Promise<CrossValidation> {
  checkKeys("crossValidate", options, ["folds", "stratify", "shuffle", "seed"]);
  const scoring = scoringOf(subject);
  const dataset = toDataset("crossValidate", data);
  const scores: Record<string, number[]> = {};
  let names: string[] | null = null;
  for (const [fold, { train, test }] of foldsOf(dataset, options).entries()) {
    const result = await scoring(dataset.select(train), dataset.select(test), fold);
    const named = namedScores(result, fold, names);
    names ??= Object.keys(named);
    for (const name of names) scores[name] = [...(scores[name] ?? []), named[name]];
  }
  const summary = (of: (values: readonly number[]) => number) =>
    Object.fromEntries(Object.entries(scores).map(([name, values]) => [name, of(values)]));
  return { scores, mean: summary(meanOf), std: summary(deviationOf) };
}
