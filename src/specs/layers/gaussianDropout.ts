/** The Gaussian dropout layer: noise that multiplies, a function of seed, layer, batch and position. */
import { type Given, number, optional, type Spec } from "../../base/options.js";
import * as Op from "../../plan/ops.js";
import type { TensorRef } from "../../plan/tensor.js";
import { type EmitContext, type Emitted, gradientName, type LayerDefinition, layerName } from "./layer.js";
import { layerKey } from "./layerKey.js";
import { makeLayer } from "./registry.js";

/** Options of `gaussianDropout`. */
const gaussianDropoutOptions = {
  /** The noise has the deviation √(rate / (1 − rate)), from 0 to below 1. */
  rate: number({ min: 0, below: 1 }),
  /** Seed of the random numbers, instead of the model's: an integer from 0. */
  seed: optional(number({ min: 0, integer: true })),
  /** @default "gaussianDropout_1", "gaussianDropout_2", … */
  name: layerName,
};

/** Options of `gaussianDropout`. */
export interface GaussianDropoutOptions extends Omit<Given<typeof gaussianDropoutOptions>, "rate"> {}

/** A Gaussian dropout layer with every option spelled out. */
export interface GaussianDropoutSpec extends Spec<"gaussianDropout", typeof gaussianDropoutOptions> {}

/**
 * In training, multiplies each element by a normal number of mean 1 and variance rate / (1 − rate), which is the spread
 * that `dropout(rate)` causes (Srivastava et al. 2014), as Keras 3's `GaussianDropout`. Does nothing in `evaluate` and
 * `predict`. Shapes: [*, …] to [*, …]. Draws are those of `gaussianNoise`.
 *
 * @param rate from 0 to below 1
 * @throws OptionError for a rate out of range or an unknown option.
 */
export function gaussianDropout(rate: number, options: GaussianDropoutOptions = {}): GaussianDropoutSpec {
  return makeLayer("gaussianDropout", gaussianDropoutLayer, gaussianDropoutOptions, options, arguments, { rate });
}

export const gaussianDropoutLayer: LayerDefinition<GaussianDropoutSpec, Given<typeof gaussianDropoutOptions>> = {
  resolve: ({ rate, ...rest }) => gaussianDropout(rate, rest),
  outputShape: (_, inputShape) => inputShape,
  emit: emitGaussianDropout,
  detail: ({ rate }) => String(rate),
};

function emitGaussianDropout({ rate, seed }: GaussianDropoutSpec, context: EmitContext, x: TensorRef): Emitted {
  const { tape, name, stepwise, training } = context;
  if (!training || rate === 0) return { y: x, backward: (dy) => dy };
  const columns = x.shape[0];
  const deviation = Math.sqrt(rate / (1 - rate));
  const constants = { columns, ...layerKey(context, seed), deviation, multiplies: 1 };
  const y = tape.rows(`${name}/h`, columns);
  tape.emit({ op: Op.GaussianNoise, x, y, ...constants });
  return {
    y,
    backward(dy) {
      const dx = stepwise ? tape.rows(gradientName(x.name), columns) : dy;
      tape.emit({ op: Op.GaussianNoise, x: dy, y: dx, ...constants });
      return dx;
    },
  };
}
