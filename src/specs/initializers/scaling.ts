/** Variance scaling: initializers whose spread follows from the fans, with options or by name. */
import { type Given, type Kept, makeSpec, number, oneOf, type Spec } from "../../base/options.js";
import type { Random } from "../../base/random.js";
import { fillNormal } from "./drawn.js";
import { type Fans, type InitializerDefinition, plain } from "./initializer.js";

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

type Rule = Kept<typeof varianceScalingOptions>;
type VarianceScalingSpec = Spec<"varianceScaling", typeof varianceScalingOptions>;

/** The fan that decides the spread of `varianceScaling`. */
export type FanMode = Rule["mode"];

/** The distribution from which `varianceScaling` draws. */
export type ScalingDistribution = Rule["distribution"];

/**
 * Weights of variance scale / n, with n = fanIn, fanOut or their mean, at least 1 (Keras 3 `VarianceScaling`): uniform in
 * ±√(3 scale / n), normal of deviation √(scale / n), or a normal truncated at two deviations and widened to that variance.
 * @throws OptionError for an unknown option, name, or a scale that is not above 0.
 */
export function varianceScaling(options: VarianceScalingOptions = {}): VarianceScalingSpec {
  return makeSpec("varianceScaling", varianceScalingOptions, options, arguments);
}

export const varianceScalingDefinition: InitializerDefinition<VarianceScalingSpec, VarianceScalingOptions> = {
  resolve: varianceScaling,
  fill: fillScaled,
};

/** An initializer that is a named rule. */
// @__NO_SIDE_EFFECTS__
export function scaled<Type extends string>(type: Type, rule: Rule) {
  return plain(type, (weights, random, fans) => fillScaled(weights, rule, random, fans));
}

/** Deviation of a standard normal truncated at ±2. */
const TRUNCATED_DEVIATION = 0.8796256610342398;

/**
 * The limit of uniform weights, √(3 · scale / n), or the deviation of normal ones, √(scale / n). For truncated ones it
 * is the deviation before truncation at two deviations, √(scale / n) / 0.8796. n = fanIn, fanOut or their mean, at
 * least 1.
 */
export function spreadOf({ distribution, scale, mode }: Rule, { fanIn, fanOut }: Fans): number {
  const n = Math.max(1, mode === "fanIn" ? fanIn : mode === "fanOut" ? fanOut : (fanIn + fanOut) / 2);
  if (distribution === "uniform") return Math.sqrt(3 * (scale / n));
  const deviation = Math.sqrt(scale / n);
  return distribution === "untruncatedNormal" ? deviation : deviation / TRUNCATED_DEVIATION;
}

function fillScaled(weights: Float32Array, rule: Rule, random: Random, fans: Fans): void {
  const spread = spreadOf(rule, fans);
  if (rule.distribution === "uniform") random.fillUniform(weights, -spread, spread);
  else fillNormal(weights, random, rule.distribution === "truncatedNormal" ? "truncatedNormal" : "normal", 0, spread);
}
