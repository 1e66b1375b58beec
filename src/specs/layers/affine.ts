/** The trained gamma and beta of a normalization layer: y = gamma x + beta, column by column. */
import { flag, type Given, type Kept } from "../../base/options.js";
import { initializerOption } from "../initializers/table.js";
import type { ParameterSpec } from "./layer.js";

/** Options of gamma and beta. */
export const affineOptions = {
  /** Add a trained beta. @default true */
  center: flag(true),
  /** Multiply by a trained gamma. @default true */
  scale: flag(true),
  /** First values of beta. @default "zeros" */
  betaInitializer: initializerOption("zeros"),
  /** First values of gamma. @default "ones" */
  gammaInitializer: initializerOption("ones"),
};

/** Options of gamma and beta. */
export interface AffineOptions extends Given<typeof affineOptions> {}

/** Options of gamma and beta, with defaults filled in. */
export interface AffineSpec extends Kept<typeof affineOptions> {}

/** gamma and beta, [features] each, as far as the layer has them. */
export function affineParameters(
  { center, scale, gammaInitializer, betaInitializer }: AffineSpec,
  features: number,
  trainable: boolean,
): ParameterSpec[] {
  const common = { shape: [features], trainable, fanIn: features, fanOut: features };
  const gamma = { name: "gamma", initializer: gammaInitializer, ...common };
  const beta = { name: "beta", initializer: betaInitializer, ...common };
  return [...(scale ? [gamma] : []), ...(center ? [beta] : [])];
}
