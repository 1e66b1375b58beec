/**
 * What a search searches: a classifier or regressor by name, or an estimator, whose steps are fitted with it. Knows
 * options, not scores.
 */
import { checkName, OptionError } from "../base/errors.js";
import { plainCopy } from "../data/preprocess/json.js";
import { estimatorConfigOf } from "../estimators/composite.js";
import { type Estimator, type EstimatorConfig, innermost } from "../estimators/estimator.js";
import { localOptions, type MLPOptions } from "../estimators/options.js";
import type { EstimatorName } from "./scoring.js";

/** The kind of estimator, the options that all candidates share, and what holds the network, if something does. */
export interface Searched {
  readonly estimator: EstimatorName;
  readonly options: MLPOptions;
  /** Without the options of the network; plain data. */
  readonly wrapper: EstimatorConfig | null;
}

/** @throws OptionError for anything but a name or an estimator that can travel to a worker. */
export function searchedOf(where: string, given: EstimatorName | Estimator, shared?: MLPOptions): Searched {
  if (typeof given !== "object" || given === null) {
    const estimator = checkName(`${where}: estimator`, given, ["classifier", "regressor"]);
    return { estimator, options: shared === undefined ? {} : shared, wrapper: null };
  }
  if (shared !== undefined) {
    throw new OptionError(`${where}: options: the estimator has options of its own. Give them there.`);
  }
  const config = estimatorConfigOf(`${where}: estimator`, given);
  const { type, options } = innermost(config);
  // No candidate warns.
  const { onWarning: _, ...own } = options;
  const local = Object.keys(localOptions).find((name) => Object.hasOwn(own, name));
  if (local) {
    throw new OptionError(`${where}: ${local} cannot travel to a worker. Use onTrial and signal of the search.`);
  }
  const isAlone = config === innermost(config);
  return {
    estimator: type === "MLPClassifier" ? "classifier" : "regressor",
    options: own,
    wrapper: isAlone ? null : bare(where, config),
  };
}

/** The same without the options of the network and functions. @throws OptionError where those are needed. */
function bare(where: string, config: EstimatorConfig): EstimatorConfig {
  switch (config.type) {
    case "EstimatorPipeline":
      return plainCopy({ ...config, estimator: bare(where, config.estimator) });
    case "TransformedTargetRegressor":
      if ("func" in config.transformer) {
        const remedy = 'Use a transformer, such as powerTransformer({ method: "boxCox" })';
        throw new OptionError(`${where}: the functions of the target cannot travel to a worker. ${remedy}.`);
      }
      return plainCopy({ ...config, regressor: bare(where, config.regressor) });
    default:
      return { ...config, options: {} };
  }
}
