/** The layer normalization layer: each row by its own mean and variance, in training and outside it. */
import { flag, type Given, number, type Spec } from "../../base/options.js";
import * as Op from "../../plan/ops.js";
import type { TensorRef } from "../../plan/tensor.js";
import { compatOption, perCompat } from "../compat.js";
import { type AffineOptions, type AffineSpec, affineOptions, affineParameters } from "./affine.js";
import {
  type EmitContext,
  type Emitted,
  expectFeatures,
  gradientName,
  type LayerDefinition,
  layerName,
} from "./layer.js";
import { makeLayer } from "./registry.js";

/** Options of `layerNormalization`. */
const layerNormalizationOptions = {
  /** Added to the variance, > 0. @default 1e-3, or 1e-5 with compat: "torch" */
  epsilon: number({ above: 0 }, perCompat(1e-3, 1e-5)),
  ...affineOptions,
  /** The library whose default epsilon is used. @default "keras" */
  compat: compatOption,
  /** False freezes gamma and beta. @default true */
  trainable: flag(true),
  /** @default "layerNormalization_1", "layerNormalization_2", … */
  name: layerName,
};

/** Options of `layerNormalization`. */
export interface LayerNormalizationOptions extends AffineOptions, Given<typeof layerNormalizationOptions> {}

/** A layer normalization layer with every option spelled out. */
export interface LayerNormalizationSpec
  extends AffineSpec,
    Spec<"layerNormalization", Omit<typeof layerNormalizationOptions, "compat">> {}

/**
 * y = gamma (x − μ) / √(σ² + ε) + beta, with mean μ and biased variance σ² of each row (Ba, Kiros and Hinton 2016).
 * Shapes: [*, n] to [*, n]; gamma and beta are [n]. It does the same in `fit`, `evaluate` and `predict`.
 * Defaults are Keras 3's; PyTorch's epsilon is 1e-5: `compat: "torch"`.
 */
export function layerNormalization(options: LayerNormalizationOptions = {}): LayerNormalizationSpec {
  const { compat: _, ...spec } = makeLayer(
    "layerNormalization",
    layerNormalizationLayer,
    layerNormalizationOptions,
    options,
    arguments,
  );
  return spec;
}

export const layerNormalizationLayer: LayerDefinition<LayerNormalizationSpec, LayerNormalizationOptions> = {
  resolve: (options) => layerNormalization(options),
  outputShape: (_, inputShape, name) => [expectFeatures(name, inputShape)],
  parameters: (spec, [features]) => affineParameters(spec, features, spec.trainable),
  emit: emitLayerNormalization,
  scalesInput: true,
};

function emitLayerNormalization(spec: LayerNormalizationSpec, context: EmitContext, x: TensorRef): Emitted {
  const { tape, name, parameters, stepwise } = context;
  const { gamma = null, beta = null } = parameters;
  const columns = x.shape[0];
  const [mean, rest, inverseDeviation] = ["mean", "meanRest", "inverseDeviation"].map((what) =>
    tape.rowScalars(`${name}/${what}`),
  );
  const statistics = { mean, rest, inverseDeviation };
  const y = tape.rows(`${name}/h`, columns);
  tape.emit({ op: Op.LayerNormalization, x, y, gamma, beta, ...statistics, columns, epsilon: spec.epsilon });
  return {
    y,
    backward(dy, wantsInputGradient) {
      if (spec.trainable && gamma) {
        const dGamma = tape.twin(gamma, "grads");
        tape.emit({ op: Op.LayerNormalizationScaleGradient, x, dy, ...statistics, dGamma, columns });
      }
      if (spec.trainable && beta) {
        tape.emit({ op: Op.ColumnSum, x: dy, out: tape.twin(beta, "grads"), columns });
      }
      if (!wantsInputGradient) return null;
      const dx = stepwise ? tape.rows(gradientName(x.name), columns) : dy;
      tape.emit({ op: Op.LayerNormalizationBackward, x, dy, dx, gamma, ...statistics, columns });
      return dx;
    },
  };
}
