/** The dropout layer. Which elements drop is a function of seed, layer, batch and place: nothing is stored. */
import { checkKeys, checkNumber } from "../../base/errors.js";
import { Op } from "../../plan/op.js";
import type { TensorRef } from "../../plan/tensor.js";
import { type EmitContext, gradientName, type LayerDefinition, layerKey, type Step } from "./layer.js";

/** Options of `dropout`. */
export interface DropoutOptions {
  /** Names the stream of random numbers instead of the model's seed, an integer from 0. */
  seed?: number;
  /** @default "dropout_1", "dropout_2", … */
  name?: string;
}

/** A dropout layer with every option spelled out. */
export interface DropoutSpec {
  readonly type: "dropout";
  readonly rate: number;
  readonly seed?: number;
  readonly name?: string;
}

/**
 * While training, sets each element to 0 with probability `rate` and multiplies the others by 1 / (1 − rate), so that
 * the expected value stays (inverted dropout: Srivastava et al. 2014, as in Keras and PyTorch). Does nothing in
 * `evaluate` and `predict`. Shapes: [*, …] to [*, …].
 *
 * The elements are drawn anew in each batch, from the seed, the layer's place in the model, the number of the batch, row
 * and column: the same for any number of threads, and for a run that was saved and resumed.
 *
 * @param rate share of elements to drop, from 0 to below 1 (Keras also takes 1, which leaves nothing)
 * @example dropout(0.5)
 * @throws OptionError for a rate out of range or an unknown option.
 */
export function dropout(rate: number, options: DropoutOptions = {}): DropoutSpec {
  checkKeys("dropout", options, ["seed", "name"], arguments);
  checkNumber("dropout: rate", rate, { min: 0, below: 1 });
  if (options.seed !== undefined) checkNumber("dropout: seed", options.seed, { min: 0, integer: true });
  return { type: "dropout", rate, ...options };
}

export const dropoutLayer: LayerDefinition<DropoutSpec> = {
  resolve(options) {
    const { rate, ...rest } = options as { rate: number } & DropoutOptions;
    return dropout(rate, rest);
  },
  outputShape: (_, inputShape) => inputShape,
  emit: emitDropout,
  detail: ({ rate }) => String(rate),
};

function emitDropout({ rate, seed }: DropoutSpec, context: EmitContext, x: TensorRef): Step {
  const { tape, name, stepwise, training } = context;
  if (!training || rate === 0) return { y: x, backward: (dy) => dy };
  const columns = x.shape[0];
  // Words below the threshold drop: rate of all 2³² words, to the nearest.
  const threshold = Math.min(Math.round(rate * 2 ** 32), 2 ** 32 - 1);
  const constants = { columns, ...layerKey(context, seed), threshold, scale: 1 / (1 - rate) };
  const y = tape.rows(`${name}/h`, columns);
  tape.emit({ op: Op.Dropout, x, y, ...constants });
  return {
    y,
    backward(dy) {
      const dx = stepwise ? tape.rows(gradientName(x.name), columns) : dy;
      tape.emit({ op: Op.Dropout, x: dy, y: dx, ...constants });
      return dx;
    },
  };
}
