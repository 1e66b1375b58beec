/** The rescaling layer: a straight line with fixed numbers, saved with the model. */
import { type Given, number, type Spec } from "../../base/options.js";
import * as Op from "../../plan/ops.js";
import type { TensorRef } from "../../plan/tensor.js";
import { type EmitContext, type Emitted, gradientName, type LayerDefinition, layerName } from "./layer.js";
import { makeLayer } from "./registry.js";

/** Options of `rescaling`. */
const rescalingOptions = {
  /** Factor of the values. */
  scale: number({}),
  /** Added to the product. @default 0 */
  offset: number({}, 0),
  /** @default "rescaling_1", "rescaling_2", … */
  name: layerName,
};

/** Options of `rescaling`. */
export interface RescalingOptions extends Given<typeof rescalingOptions> {}

/** A rescaling layer with every option spelled out. */
export interface RescalingSpec extends Spec<"rescaling", typeof rescalingOptions> {}

/**
 * y = scale · x + offset, in training and outside it, as in Keras. Shapes: [*, …] to [*, …].
 *
 * @example rescaling({ scale: 1 / 255 }) // bytes to 0 … 1
 * @throws OptionError for a missing scale, a number that is not finite, or an unknown option.
 */
export function rescaling(options: RescalingOptions): RescalingSpec {
  return makeLayer("rescaling", rescalingLayer, rescalingOptions, options, arguments);
}

export const rescalingLayer: LayerDefinition<RescalingSpec, RescalingOptions> = {
  resolve: (options) => rescaling(options),
  outputShape: (_, inputShape) => inputShape,
  emit: emitRescaling,
  line: ({ scale, offset }) => ({ scale: scale || 1, offset }),
  scalesInput: true,
  detail: ({ scale, offset }) => `${Number(scale.toPrecision(4))} x${offset ? ` + ${offset}` : ""}`,
};

function emitRescaling({ scale, offset }: RescalingSpec, context: EmitContext, x: TensorRef): Emitted {
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
