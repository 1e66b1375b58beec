/** Cross-validation of what a program builds. Knows one candidate. */
import { checkName } from "../base/errors.js";
import { type Given, oneOf, optional, readOptions, unchecked, via } from "../base/options.js";
import type { ScoreFold } from "../data/crossValidate.js";
import type { Dataset } from "../data/dataset.js";
import { toPlain } from "../data/plain.js";
import type { FitOptions } from "../training/options.js";
import { type Build, checkBuild, type ModuleAddress } from "./build.js";
import { type ScoringName, scorings } from "./scoring.js";
import type { Candidate } from "./space.js";
import { checkScore, scoreBuilt } from "./trial.js";

/** Options of `buildScorer`. */
const scorerOptions = {
  /** Makes a model or an estimator of the parameters, as in a search. */
  build: via<Build | ModuleAddress, Build | string>(checkBuild),
  /** The contents of y: class numbers from 0, or numbers. */
  estimator: oneOf(["classifier", "regressor"]),
  /** Handed to `build`. @default {} */
  parameters: via<Readonly<Record<string, unknown>>, Candidate>(
    (where, value) => toPlain(where, value, 0) as Candidate,
    {},
  ),
  /** Larger is better. @default "accuracy" or "r2" */
  scoring: optional(unchecked<ScoringName>()),
  /** Options of `fit` of models. @default none */
  fit: optional(via<FitOptions, FitOptions>((where, value) => toPlain(where, value, 0) as FitOptions)),
};

/** Options of `buildScorer`. */
export interface BuildScorerOptions extends Given<typeof scorerOptions> {}

/**
 * The function that `crossValidate` calls for each fold: builds, trains and scores what `build` makes of the
 * parameters, such as the best of a search.
 *
 * ```js
 * const scorer = buildScorer({ build, estimator: "classifier", parameters: found.best.options });
 * const { mean } = await crossValidate(scorer, data, { folds: 5, stratify: true });
 * ```
 * @throws OptionError
 */
export function buildScorer(options: BuildScorerOptions): ScoreFold {
  const { build, estimator, parameters, fit, ...rest } = readOptions("buildScorer", scorerOptions, options, arguments);
  const names = Object.keys(scorings[estimator]) as ScoringName[];
  const scoring = checkName("buildScorer: scoring", rest.scoring ?? names[0], names);
  const builder = { build, ...(fit && { fit }) };
  return async (train: Dataset, test: Dataset, fold: number) => {
    const score = await scoreBuilt(builder, { estimator, scoring, parameters, fold, train, test });
    return checkScore(scoring, score);
  };
}
