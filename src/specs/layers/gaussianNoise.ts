/** The Gaussian noise layer. The noise is a function of seed, layer, batch and position: nothing is stored. */
import { type Given, number, optional, type Spec } from "../../base/options.js";
import * as Op from "../../plan/ops.js";
import type { TensorRef } from "../../plan/tensor.js";
import { type EmitContext, type Emitted, type LayerDefinition, layerName } from "./layer.js";
import { layerKey } from "./layerKey.js";
import { makeLayer } from "./registry.js";

/** Options of `gaussianNoise`. */
const gaussianNoiseOptions = {
  /** Standard deviation of the noise, from 0. */
  standardDeviation: number({ min: 0 }),
  /** Seed of the random numbers, instead of the model's: an integer from 0. */
  seed: optional(number({ min: 0, integer: true })),
  /** @default "gaussianNoise_1", "gaussianNoise_2", … */
  name: layerName,
};

/** Options of `gaussianNoise`. */
export interface GaussianNoiseOptions extends Omit<Given<typeof gaussianNoiseOptions>, "standardDeviation"> {}

/** A Gaussian noise layer with every option spelled out. */
export interface GaussianNoiseSpec extends Spec<"gaussianNoise", typeof gaussianNoiseOptions> {}

/**
 * In training, adds independent normal noise of mean 0 to each element, as in Keras. Does nothing in `evaluate` and
 * `predict`. Shapes: [*, …] to [*, …].
 *
 * The noise is drawn anew in each batch, from the seed, the layer's position in the model, the number of the batch, row
 * and column, by the transform of Box and Muller (1958).
 *
 * @param standardDeviation of the noise, from 0
 * @throws OptionError for a deviation out of range or an unknown option.
 */
export function gaussianNoise(standardDeviation: number, options: GaussianNoiseOptions = {}): GaussianNoiseSpec {
  return makeLayer("gaussianNoise", gaussianNoiseLayer, gaussianNoiseOptions, options, arguments, {
    standardDeviation,
  });
}

export const gaussianNoiseLayer: LayerDefinition<GaussianNoiseSpec, Given<typeof gaussianNoiseOptions>> = {
  resolve: ({ standardDeviation, ...rest }) => gaussianNoise(standardDeviation, rest),
  outputShape: (_, inputShape) => inputShape,
  emit: emitGaussianNoise,
  detail: ({ standardDeviation }) => String(standardDeviation),
};

function emitGaussianNoise(
  { standardDeviation, seed }: GaussianNoiseSpec,
  context: EmitContext,
  x: TensorRef,
): Emitted {
  const { tape, name, training } = context;
  if (!training || standardDeviation === 0) return { y: x, backward: (dy) => dy };
  const columns = x.shape[0];
  const y = tape.rows(`${name}/h`, columns);
  tape.emit({
    op: Op.GaussianNoise,
    x,
    y,
    columns,
    ...layerKey(context, seed),
    deviation: standardDeviation,
    multiplies: 0,
  });
  return { y, backward: (dy) => dy };
}
