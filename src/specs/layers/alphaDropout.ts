/** The alpha dropout layer, which keeps the mean and the variance of what selu gives. */
import { type Given, number, optional, type Spec } from "../../base/options.js";
import { emitDropped } from "./dropout.js";
import { type LayerDefinition, layerName } from "./layer.js";
import { makeLayer } from "./registry.js";

/** Options of `alphaDropout`. */
const alphaDropoutOptions = {
  /** Share of elements to drop, from 0 to below 1. */
  rate: number({ min: 0, below: 1 }),
  /** Seed of the random numbers, instead of the model's: an integer from 0. */
  seed: optional(number({ min: 0, integer: true })),
  /** @default "alphaDropout_1", "alphaDropout_2", … */
  name: layerName,
};

/** Options of `alphaDropout`. */
export interface AlphaDropoutOptions extends Omit<Given<typeof alphaDropoutOptions>, "rate"> {}

/** An alpha dropout layer with every option spelled out. */
export interface AlphaDropoutSpec extends Spec<"alphaDropout", typeof alphaDropoutOptions> {}

/** The limit of selu for large negative numbers: −scale · alpha (Klambauer et al. 2017). */
const LIMIT = -1.0507009873554805 * 1.6732632423543772;

/**
 * In training, sets each element to α' = −1.7581, the lowest value of selu, with probability `rate`, and then maps all
 * elements by a x + b, with a = ((1 − rate)(1 + rate α'²))^−½ and b = −a α' rate, so that inputs of mean 0 and variance
 * 1 keep both (Klambauer et al. 2017). For networks with selu and "lecunNormal" initializers. As Keras 3's
 * `AlphaDropout` and PyTorch's. Does nothing in `evaluate` and `predict`. Shapes: [*, …] to [*, …]. Draws are those of
 * `dropout`.
 *
 * @param rate share of elements to drop, from 0 to below 1
 * @throws OptionError for a rate out of range or an unknown option.
 */
export function alphaDropout(rate: number, options: AlphaDropoutOptions = {}): AlphaDropoutSpec {
  return makeLayer("alphaDropout", alphaDropoutLayer, alphaDropoutOptions, options, arguments, { rate });
}

export const alphaDropoutLayer: LayerDefinition<AlphaDropoutSpec, Given<typeof alphaDropoutOptions>> = {
  resolve: ({ rate, ...rest }) => alphaDropout(rate, rest),
  outputShape: (_, inputShape) => inputShape,
  emit({ rate, seed }, context, x) {
    if (!context.training || rate === 0) return { y: x, backward: (dy) => dy };
    const scale = 1 / Math.sqrt((1 - rate) * (1 + rate * LIMIT * LIMIT));
    const offset = -scale * LIMIT * rate;
    return emitDropped(context, x, rate, seed, { scale, offset, dropped: scale * LIMIT + offset });
  },
  detail: ({ rate }) => String(rate),
};
