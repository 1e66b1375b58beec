/**
 * What is searched: a classifier or regressor by name, or an estimator, whose transformers are fitted with it. Knows
 * options, not scores.
 */
import { checkName, OptionError, show } from "../base/errors.js";
import { type Estimator, innermost, STAGES } from "../estimators/estimator.js";
import { localOptions, type MLPOptions } from "../estimators/options.js";
import type { Stages } from "../estimators/stages.js";
import type { EstimatorName } from "./scoring.js";
import { WrappedSearch } from "./wrapped.js";

/** The kind of estimator, the options that all candidates share, and what is around the network, if something is. */
export interface Searched {
  readonly estimator: EstimatorName;
  readonly options: MLPOptions;
  readonly wrapped: WrappedSearch | null;
}

/** @throws OptionError for anything but a name or an estimator that can travel to a worker. */
export function searchedOf(where: string, given: EstimatorName | Estimator, shared: MLPOptions | undefined): Searched {
  if (typeof given !== "object" || given === null) {
    const estimator = checkName(`${where}: estimator`, given, ["classifier", "regressor"]);
    return { estimator, options: shared === undefined ? {} : shared, wrapped: null };
  }
  if (shared !== undefined) {
    throw new OptionError(`${where}: options: the estimator has options of its own. Give them there.`);
  }
  const config = typeof given.getConfig === "function" ? given.getConfig() : null;
  const isWhole = String(config?.type).startsWith("MLP") || STAGES in given;
  if (!config || !isWhole) {
    const expected = 'expected "classifier", "regressor" or an estimator such as new MLPClassifier()';
    throw new OptionError(`${where}: estimator: ${expected}, got ${show(given)}.`);
  }
  const { type, options } = innermost(config);
  // No candidate warns.
  const { onWarning: _, ...own } = options;
  const local = Object.keys(localOptions).find((name) => Object.hasOwn(own, name));
  if (local) {
    throw new OptionError(`${where}: ${local} cannot travel to a worker. Use onTrial and signal of the search.`);
  }
  const isAlone = config.type === "MLPClassifier" || config.type === "MLPRegressor";
  return {
    estimator: type === "MLPClassifier" ? "classifier" : "regressor",
    options: own,
    wrapped: isAlone ? null : new WrappedSearch(config, (given as unknown as { [STAGES]: Stages })[STAGES]),
  };
}
