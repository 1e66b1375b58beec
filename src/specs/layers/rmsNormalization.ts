/** Layers that divide each row by the root of its squares: their mean, or their sum. */
import { flag, type Given, number, type Spec } from "../../base/options.js";
import * as Op from "../../plan/ops.js";
import type { TensorRef } from "../../plan/tensor.js";
import {
  type EmitContext,
  type Emitted,
  expectFeatures,
  gradientName,
  type LayerDefinition,
  layerName,
} from "./layer.js";
import { makeLayer } from "./registry.js";

/** Options of `rmsNormalization`. */
const rmsNormalizationOptions = {
  /** Added to the mean of squares, > 0. @default 1e-6 */
  epsilon: number({ above: 0 }, 1e-6),
  /** False freezes the scale. @default true */
  trainable: flag(true),
  /** @default "rmsNormalization_1", "rmsNormalization_2", … */
  name: layerName,
};

/** Options of `rmsNormalization`. */
export interface RmsNormalizationOptions extends Given<typeof rmsNormalizationOptions> {}

/** An RMS normalization layer with every option spelled out. */
export interface RmsNormalizationSpec extends Spec<"rmsNormalization", typeof rmsNormalizationOptions> {}

/**
 * y = scale x / √(mean(x²) + ε), with the mean over the features of each row (Zhang and Sennrich 2019). Shapes: [*, n]
 * to [*, n]; scale is [n] and begins with ones. Defaults are those of Keras 3's `RMSNormalization`. It does the same in
 * `fit`, `evaluate` and `predict`.
 * @throws OptionError for an unknown option or an epsilon that is not > 0.
 */
export function rmsNormalization(options: RmsNormalizationOptions = {}): RmsNormalizationSpec {
  return makeLayer("rmsNormalization", rmsNormalizationLayer, rmsNormalizationOptions, options, arguments);
}

export const rmsNormalizationLayer: LayerDefinition<RmsNormalizationSpec, RmsNormalizationOptions> = {
  resolve: (options) => rmsNormalization(options),
  outputShape: (_, inputShape, name) => [expectFeatures(name, inputShape)],
  parameters: ({ trainable }, [features]) => {
    const fans = { fanIn: features, fanOut: features };
    return [{ name: "scale", shape: [features], initializer: { type: "ones" }, trainable, ...fans }];
  },
  emit: ({ epsilon, trainable }, context, x) =>
    emitNormalized(context, x, { share: 1 / x.shape[0], floor: 0, epsilon }, trainable),
  scalesInput: true,
};

/** Options of `unitNormalization`. */
const unitNormalizationOptions = {
  /** @default "unitNormalization_1", "unitNormalization_2", … */
  name: layerName,
};

/** Options of `unitNormalization`. */
export interface UnitNormalizationOptions extends Given<typeof unitNormalizationOptions> {}

/** A unit normalization layer with every option spelled out. */
export interface UnitNormalizationSpec extends Spec<"unitNormalization", typeof unitNormalizationOptions> {}

/**
 * y = x / √max(Σx², 1e-12): each row divided by its L2 norm, as by Keras 3's `UnitNormalization`. A row of zeros stays
 * zero. Shapes: [*, n] to [*, n].
 * @throws OptionError for an unknown option.
 */
export function unitNormalization(options: UnitNormalizationOptions = {}): UnitNormalizationSpec {
  return makeLayer("unitNormalization", unitNormalizationLayer, unitNormalizationOptions, options, arguments);
}

export const unitNormalizationLayer: LayerDefinition<UnitNormalizationSpec, UnitNormalizationOptions> = {
  resolve: (options) => unitNormalization(options),
  outputShape: (_, inputShape, name) => [expectFeatures(name, inputShape)],
  emit: (_, context, x) => emitNormalized(context, x, { share: 1, floor: 1e-12, epsilon: 0 }, false),
  scalesInput: true,
};

interface Divisor {
  readonly share: number;
  readonly floor: number;
  readonly epsilon: number;
}

function emitNormalized(context: EmitContext, x: TensorRef, divisor: Divisor, trainable: boolean): Emitted {
  const { tape, name, parameters, stepwise } = context;
  const { scale = null } = parameters;
  const columns = x.shape[0];
  const y = tape.rows(`${name}/h`, columns);
  tape.emit({ op: Op.RmsNormalization, x, y, scale, columns, ...divisor });
  return {
    y,
    backward(dy, wantsInputGradient) {
      const slope = scale && trainable ? tape.rows(`${name}/slope`, columns) : null;
      const inPlace = stepwise ? tape.rows(gradientName(x.name), columns) : dy;
      const dx = wantsInputGradient ? inPlace : null;
      if (dx || slope) tape.emit({ op: Op.RmsNormalizationBackward, x, dy, dx, slope, scale, columns, ...divisor });
      if (scale && slope) tape.emit({ op: Op.ColumnSum, x: slope, out: tape.twin(scale, "grads"), columns });
      return dx;
    },
  };
}
