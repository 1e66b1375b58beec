/**
 * The subject of a search: a classifier or regressor by name, or an estimator, whose transformers are fitted with it.
 * Knows options, not scores.
 */
import { checkName, OptionError, show } from "../base/errors.js";
import type { Kept } from "../base/options.js";
import { toPlain } from "../data/plain.js";
import { innermost, STAGES } from "../estimators/estimator.js";
import { localOptions, type MLPOptions } from "../estimators/options.js";
import type { Stages } from "../estimators/stages.js";
import type { FitOptions } from "../training/options.js";
import type { Builder } from "./build.js";
import type { searchOptions } from "./options.js";
import type { EstimatorName } from "./scoring.js";
import { WrappedSearch } from "./wrapped.js";

/** The kind of estimator, the options that all candidates share, and what is around the network, if something is. */
export interface Searched {
  readonly estimator: EstimatorName;
  readonly options: MLPOptions;
  readonly wrapped: WrappedSearch | null;
  /** Makes the candidates, if the caller does. */
  readonly builder?: Builder;
}

/** The shared options, checked. */
export type CheckedSearch = Kept<typeof searchOptions> & { readonly searched: Searched };

/** @throws OptionError for what does not go with `build`, or cannot travel to a worker. */
function builtOf(where: string, options: Kept<typeof searchOptions>): Searched | null {
  const { build, fit, estimator: given, options: shared, workers } = options;
  if (build === undefined) {
    if (fit !== undefined) throw new OptionError(`${where}: fit belongs to build. Leave it out, or give build.`);
    return null;
  }
  const estimator = checkName(`${where}: estimator`, given, ["classifier", "regressor"]);
  if (shared !== undefined) {
    throw new OptionError(`${where}: give either build or options, not both: build decides what parameters mean.`);
  }
  if (typeof build === "function" && workers !== "auto" && workers > 1) {
    const remedy = 'Give a module that exports it: build: new URL("./build.js", import.meta.url), or workers: 1';
    throw new OptionError(`${where}: build: a function cannot travel to ${workers} workers. ${remedy}.`);
  }
  const plain = fit === undefined ? {} : { fit: toPlain(`${where}: fit`, fit, 0) as FitOptions };
  return { estimator, options: {}, wrapped: null, builder: { build, ...plain } };
}

/** @throws OptionError for workers beside an executor, and for what an executor cannot be given. */
function checkExecuted(where: string, { executor, workers }: Kept<typeof searchOptions>, searched: Searched): Searched {
  if (!executor) return searched;
  if (workers !== "auto") {
    throw new OptionError(`${where}: give either workers or executor, not both: the executor decides who trains.`);
  }
  if (searched.wrapped) {
    const remedy = "Transform the data first and give the estimator by name, or leave out executor";
    throw new OptionError(`${where}: executor: the transformers of the estimator stay in this thread. ${remedy}.`);
  }
  if (typeof searched.builder?.build !== "function") return searched;
  const remedy = 'Give a module that exports it: build: new URL("./build.js", import.meta.url)';
  throw new OptionError(`${where}: build: a function cannot travel to an executor. ${remedy}.`);
}

/** @throws OptionError for anything but a name or an estimator that can travel to a worker. */
export function searchedOf(where: string, options: Kept<typeof searchOptions>): Searched {
  return checkExecuted(where, options, subjectOf(where, options));
}

function subjectOf(where: string, options: Kept<typeof searchOptions>): Searched {
  const { estimator: given, options: shared } = options;
  const built = builtOf(where, options);
  if (built) return built;
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
  const { type, options: whole } = innermost(config);
  // No candidate warns.
  const { onWarning: _, ...own } = whole;
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
