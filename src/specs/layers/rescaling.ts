/** The rescaling layer: a straight line with fixed numbers, saved with the model. */
import { checkKeys, checkNumber } from "../../base/errors.js";
import { Op } from "../../plan/op.js";
import type { TensorRef } from "../../plan/tensor.js";
import { type EmitContext, gradientName, type LayerDefinition, type Step } from "./layer.js";

/** Options of `rescaling`. */
export interface RescalingOptions {
  /** What values are multiplied by. */
  scale: number;
  /** What is added then. @default 0 */
  offset?: number;
  /** @default "rescaling_1", "rescaling_2", … */
  name?: string;
}

/** A rescaling layer with every option spelled out. */
export interface RescalingSpec {
  readonly type: "rescaling";
  readonly scale: number;
  readonly offset: number;
  readonly name?: string;
}

/**
 * y = scale · x + offset, while training and not, as in Keras. Shapes: [*, …] to [*, …].
 *
 * @example rescaling({ scale: 1 / 255 }) // bytes to 0 … 1
 * @throws OptionError for a missing scale, a number that is not finite, or an unknown option.
 */
export function rescaling(options: RescalingOptions): RescalingSpec {
  checkKeys("rescaling", options, ["scale", "offset", "name"], arguments);
  const { scale, offset = 0, name } = options;
  return {
    type: "rescaling",
    scale: checkNumber("rescaling: scale", scale),
    offset: checkNumber("rescaling: offset", offset),
    ...(name === undefined ? {} : { name }),
  };
}

export const rescalingLayer: LayerDefinition<RescalingSpec> = {
  resolve: (options) => rescaling(options as RescalingOptions),
  outputShape: (_, inputShape) => inputShape,
  emit: emitRescaling,
  detail: ({ scale, offset }) => `${Number(scale.toPrecision(4))} x${offset ? ` + ${offset}` : ""}`,
};

function emitRescaling({ scale, offset }: RescalingSpec, context: EmitContext, x: TensorRef): Step {
  const { tape, name, stepwise } = context;
  const columns = x.shape[0];
  const y = tape.rows(`${name}/h`, columns);
  tape.emit({ op: Op.Rescale, x, y, columns, scale, offset });
  return {
    y,
    backward(dy, wantsInputGradient) {
      if (!wantsInputGradient) return null;
      const dx = stepwise ? tape.rows(gradientName(x.name), columns) : dy;
      tape.emit({ op: Op.Rescale, x: dy, y: dx, columns, scale, offset: 0 });
      return dx;
    },
  };
}
