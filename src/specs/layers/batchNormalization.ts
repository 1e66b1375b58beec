/** The batch normalization layer. In training it normalizes by the batch, else by moving statistics. */
import { flag, type Given, number, type Spec } from "../../base/options.js";
import type { Shape } from "../../base/shape.js";
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
  type ParameterSpec,
} from "./layer.js";
import { makeLayer } from "./registry.js";

/** Options of `batchNormalization`. */
const batchNormalizationOptions = {
  /**
   * Share of the moving statistics that a step keeps, 0 to 1. With compat: "torch" the share that the batch gets
   * instead. @default 0.99, or 0.1 with compat: "torch"
   */
  momentum: number({ min: 0, max: 1 }, perCompat(0.99, 0.1)),
  /** Added to the variance, > 0. @default 1e-3, or 1e-5 with compat: "torch" */
  epsilon: number({ above: 0 }, perCompat(1e-3, 1e-5)),
  ...affineOptions,
  /** Meaning of momentum, and moving variance: Keras's, which is biased, or PyTorch's, unbiased. @default "keras" */
  compat: compatOption,
  /** False freezes the layer: it then uses the moving statistics in training too, as in Keras. @default true */
  trainable: flag(true),
  /** @default "batchNormalization_1", "batchNormalization_2", … */
  name: layerName,
};

/** Options of `batchNormalization`. */
export interface BatchNormalizationOptions extends AffineOptions, Given<typeof batchNormalizationOptions> {}

/** A batch normalization layer with every option spelled out. */
export interface BatchNormalizationSpec
  extends AffineSpec,
    Spec<"batchNormalization", typeof batchNormalizationOptions> {}

/**
 * y = gamma (x − μ) / √(σ² + ε) + beta, column by column (Ioffe and Szegedy 2015). Shapes: [*, n] to [*, n]; gamma,
 * beta, movingMean and movingVariance are [n].
 *
 * In training, μ and σ² are the mean and biased variance of the batch, and each step moves the moving statistics
 * towards them: m ← momentum m + (1 − momentum) μ, likewise for the variance. `evaluate`, `predict` and a frozen layer
 * use the moving statistics. Defaults and formulas are Keras 3's. With `compat: "torch"` they are those of PyTorch's
 * BatchNorm1d: m ← (1 − momentum) m + momentum μ, and the moving variance is the unbiased one, over rows − 1. For
 * a batch of one row, which PyTorch refuses, that variance does not change.
 *
 * Put it between dense({ units, useBias: false }) and activation("relu"), or after the activation.
 */
export function batchNormalization(options: BatchNormalizationOptions = {}): BatchNormalizationSpec {
  return makeLayer("batchNormalization", batchNormalizationLayer, batchNormalizationOptions, options, arguments);
}

export const batchNormalizationLayer: LayerDefinition<BatchNormalizationSpec, BatchNormalizationOptions> = {
  resolve: (options) => batchNormalization(options),
  outputShape: (_, inputShape, name) => [expectFeatures(name, inputShape)],
  parameters: batchNormalizationParameters,
  emit: (spec, context, x) =>
    context.training && spec.trainable ? emitByBatch(spec, context, x) : emitByMovingStatistics(spec, context, x),
  scalesInput: true,
};

function batchNormalizationParameters(spec: BatchNormalizationSpec, [features]: Shape): ParameterSpec[] {
  const moving = { shape: [features], fanIn: features, fanOut: features, trainable: false };
  return [
    ...affineParameters(spec, features, spec.trainable),
    { name: "movingMean", initializer: { type: "zeros" }, ...moving },
    { name: "movingVariance", initializer: { type: "ones" }, minimum: 0, ...moving },
  ];
}

function emitByBatch(spec: BatchNormalizationSpec, context: EmitContext, x: TensorRef): Emitted {
  const { tape, name, parameters, stepwise } = context;
  const { movingMean, movingVariance, gamma = null, beta = null } = parameters;
  const { epsilon, momentum, compat } = spec;
  const columns = x.shape[0];
  const [mean, rest, variance] = ["mean", "meanRest", "variance"].map((what) =>
    tape.scratch(`${name}/${what}`, columns),
  );
  const statistics = { mean, rest, variance };
  const y = tape.rows(`${name}/h`, columns);
  tape.emit({ op: Op.BatchNormalization, x, y, gamma, beta, ...statistics, columns, epsilon });
  return {
    y,
    backward(dy, wantsInputGradient) {
      const dGamma = gamma && tape.twin(gamma, "grads");
      const dBeta = beta && tape.twin(beta, "grads");
      const inPlace = stepwise ? tape.rows(gradientName(x.name), columns) : dy;
      const dx = wantsInputGradient ? inPlace : null;
      const operands = { x, dy, dx, gamma, ...statistics, dGamma, dBeta };
      tape.emit({ op: Op.BatchNormalizationBackward, ...operands, columns, epsilon });
      return dx;
    },
    update() {
      const isTorch = compat === "torch";
      const rate = isTorch ? momentum : 1 - momentum;
      const unbiased = Number(isTorch);
      tape.emit({ op: Op.MovingStatistics, mean, variance, movingMean, movingVariance, columns, rate, unbiased });
    },
  };
}

function emitByMovingStatistics({ epsilon }: BatchNormalizationSpec, context: EmitContext, x: TensorRef): Emitted {
  const { tape, name, parameters, stepwise } = context;
  const { movingMean: mean, movingVariance: variance, gamma = null, beta = null } = parameters;
  const columns = x.shape[0];
  const constants = { variance, gamma, columns, epsilon, floor: 0 };
  const y = tape.rows(`${name}/h`, columns);
  tape.emit({ op: Op.Standardize, x, y, mean, beta, ...constants });
  return {
    y,
    backward(dy, wantsInputGradient) {
      if (!wantsInputGradient) return null;
      // A linear function of x: the same without mean and beta.
      const dx = stepwise ? tape.rows(gradientName(x.name), columns) : dy;
      tape.emit({ op: Op.Standardize, x: dy, y: dx, mean: tape.zeros(columns), beta: null, ...constants });
      return dx;
    },
  };
}
