/** Variance scaling: initializers whose spread follows from the fans, with options or by name. */
import { type Given, type Kept, makeSpec, number, oneOf, type Spec } from "../../base/options.js";
import type { InitializerDefinition } from "./initializer.js";

/** Options of `varianceScaling`. */
const varianceScalingOptions = {
  /** Above 0. @default 1 */
  scale: number({ above: 0 }, 1),
  /** The fan that decides the spread. @default "fanIn" */
  mode: oneOf(["fanIn", "fanOut", "fanAverage"], "fanIn"),
  /** The distribution to draw from. @default "truncatedNormal" */
  distribution: oneOf(["truncatedNormal", "untruncatedNormal", "uniform"], "truncatedNormal"),
};

/** Options of `varianceScaling`. */
export interface VarianceScalingOptions extends Given<typeof varianceScalingOptions> {}

/** The rule of an initializer whose spread follows from the fans. */
export type ScalingRule = Kept<typeof varianceScalingOptions>;
export type VarianceScalingSpec = Spec<"varianceScaling", typeof varianceScalingOptions>;

/** The fan that decides the spread of `varianceScaling`. */
export type FanMode = ScalingRule["mode"];

/** The distribution from which `varianceScaling` draws. */
export type ScalingDistribution = ScalingRule["distribution"];

/**
 * Weights of variance scale / n, with n = fanIn, fanOut or their mean, at least 1 (Keras 3 `VarianceScaling`): uniform
 * in ±√(3 scale / n), normal of deviation √(scale / n), or a normal truncated at two deviations and widened to that
 * variance.
 * @throws OptionError for an unknown option, name, or a scale that is not above 0.
 */
export function varianceScaling(options: VarianceScalingOptions = {}): VarianceScalingSpec {
  return makeSpec("varianceScaling", varianceScalingOptions, options, arguments);
}

export const varianceScalingDefinition: InitializerDefinition<VarianceScalingSpec, VarianceScalingOptions> = {
  options: varianceScalingOptions,
};
