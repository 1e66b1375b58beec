/** The factories of scalers. Know kinds, not what these learn. */
import { checkArguments } from "../../base/errors.js";
import { Scaler } from "./scaler.js";
import {
  type MinMaxScalerOptions,
  type RobustScalerOptions,
  type ScalerType,
  type StandardScalerOptions,
  scalerKind,
} from "./scalerKinds.js";

/** A scaler of a type. @throws OptionError */
export function makeScaler(type: ScalerType, options: object, args?: ArrayLike<unknown>): Scaler {
  const kind = scalerKind(type, options, args);
  return new Scaler(type, kind, kind);
}

/**
 * (x - mean) / standard deviation, by column; the deviation of the population (ddof 0), 1 for a constant column.
 * scikit-learn's `StandardScaler`.
 * @throws OptionError
 */
export function standardScaler(options: StandardScalerOptions = {}): Scaler {
  return makeScaler("standardScaler", options, arguments);
}

/**
 * (x - least) / (greatest - least), by column, stretched to `range`, and kept within it with `clip`; a constant column
 * becomes the low end.
 * scikit-learn's `MinMaxScaler`.
 * @throws OptionError
 */
export function minMaxScaler(options: MinMaxScalerOptions = {}): Scaler {
  return makeScaler("minMaxScaler", options, arguments);
}

/**
 * (x - median) / (upper quantile - lower quantile), by column: far outliers change it little. A column whose quantiles
 * are equal is divided by 1. scikit-learn's `RobustScaler`.
 * @throws OptionError
 */
export function robustScaler(options: RobustScalerOptions = {}): Scaler {
  return makeScaler("robustScaler", options, arguments);
}

/**
 * x / the greatest |x|, by column: from -1 to 1, and zeros stay zeros. A column of zeros stays as it is. scikit-learn's
 * `MaxAbsScaler`.
 */
export function maxAbsScaler(): Scaler {
  checkArguments("maxAbsScaler", arguments, 0);
  return makeScaler("maxAbsScaler", {});
}
