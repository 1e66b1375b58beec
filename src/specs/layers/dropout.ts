/** The dropout layer. The dropped elements are a function of seed, layer, batch and position: nothing is stored. */
import { type Given, number, optional, type Spec } from "../../base/options.js";
import * as Op from "../../plan/ops.js";
import type { TensorRef } from "../../plan/tensor.js";
import { type EmitContext, type Emitted, gradientName, type LayerDefinition, layerName } from "./layer.js";
import { layerKey } from "./layerKey.js";
import { makeLayer } from "./registry.js";

/** Options of `dropout`. */
const dropoutOptions = {
  /** Share of elements to drop, from 0 to below 1. */
  rate: number({ min: 0, below: 1 }),
  /** Seed of the random numbers, instead of the model's: an integer from 0. */
  seed: optional(number({ min: 0, integer: true })),
  /** @default "dropout_1", "dropout_2", … */
  name: layerName,
};

/** Options of `dropout`. */
export interface DropoutOptions extends Omit<Given<typeof dropoutOptions>, "rate"> {}

/** A dropout layer with every option spelled out. */
export interface DropoutSpec extends Spec<"dropout", typeof dropoutOptions> {}

/**
 * In training, sets each element to 0 with probability `rate` and multiplies the others by 1 / (1 − rate), so that
 * the expected value is unchanged (inverted dropout: Srivastava et al. 2014, as in Keras and PyTorch). Does nothing in
 * `evaluate` and `predict`. Shapes: [*, …] to [*, …].
 *
 * The elements are drawn anew in each batch, from the seed, the layer's position in the model, the number of the batch,
 * row and column: the same for any number of threads, and for a run that was saved and resumed.
 *
 * @param rate share of elements to drop, from 0 to below 1 (Keras also takes 1, which drops everything)
 * @example dropout(0.5)
 * @throws OptionError for a rate out of range or an unknown option.
 */
export function dropout(rate: number, options: DropoutOptions = {}): DropoutSpec {
  return makeLayer("dropout", dropoutLayer, dropoutOptions, options, arguments, { rate });
}

export const dropoutLayer: LayerDefinition<DropoutSpec, Given<typeof dropoutOptions>> = {
  resolve: ({ rate, ...rest }) => dropout(rate, rest),
  outputShape: (_, inputShape) => inputShape,
  emit: emitDropout,
  detail: ({ rate }) => String(rate),
};

function emitDropout({ rate, seed }: DropoutSpec, context: EmitContext, x: TensorRef): Emitted {
  if (!context.training || rate === 0) return { y: x, backward: (dy) => dy };
  return emitDropped(context, x, rate, seed, { scale: 1 / (1 - rate), offset: -0, dropped: 0 });
}

/** The line of the elements that are kept, and the value of the others. */
export interface KeptLine {
  readonly scale: number;
  readonly offset: number;
  readonly dropped: number;
}

/** Emits the records that drop elements, and their backward pass: the gradient of those that are kept, times scale. */
export function emitDropped(
  context: EmitContext,
  x: TensorRef,
  rate: number,
  seed: number | undefined,
  kept: KeptLine,
): Emitted {
  const { tape, name, stepwise } = context;
  const columns = x.shape[0];
  // Words below the threshold drop: a share `rate` of all 2³² words, to the nearest word.
  const threshold = Math.min(Math.round(rate * 2 ** 32), 2 ** 32 - 1);
  const constants = { columns, ...layerKey(context, seed), threshold };
  const y = tape.rows(`${name}/h`, columns);
  tape.emit({ op: Op.Dropout, x, y, ...constants, ...kept });
  return {
    y,
    backward(dy) {
      const dx = stepwise ? tape.rows(gradientName(x.name), columns) : dy;
      tape.emit({ op: Op.Dropout, x: dy, y: dx, ...constants, scale: kept.scale, offset: -0, dropped: 0 });
      return dx;
    },
  };
}
