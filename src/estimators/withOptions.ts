/** Estimators with other options, those of their steps by path: `scale.withMean`. Knows configurations, no data. */
import { checkArguments, OptionError, show } from "../base/errors.js";
import { isPlainObject } from "../base/json.js";
import { changeConfig } from "./changeConfig.js";
import { estimatorConfigOf, estimatorFromConfig } from "./composite.js";
import type { Estimator } from "./estimator.js";

/**
 * An estimator that has learned nothing, with other options: those of the network by name, those of steps as
 * `"standardScaler.withMean"`, steps themselves as `"steps.standardScaler"`, and of a transformed target
 * `"transformer.standardize"` and `"steps.transformer"`. Takes the `options` that a search has found. scikit-learn's
 * `set_params`, which has two underscores for the dot.
 * @throws OptionError for options and steps that are not there.
 */
export function withOptions<E extends Estimator>(estimator: E, options: Readonly<Record<string, unknown>>): E {
  checkArguments("withOptions", arguments, 2);
  if (!isPlainObject(options)) {
    throw new OptionError(`withOptions: expected an object of options, got ${show(options)}.`);
  }
  const config = changeConfig("withOptions", estimatorConfigOf("withOptions", estimator), options);
  return estimatorFromConfig(config) as E;
}
