/** The normalization layer: scales features by means and variances of the data, saved with the model. */

import { columnMeans, columnVariances } from "../../base/columnStats.js";
import { counted } from "../../base/counted.js";
import { checkArrayLike, checkNumber, type NumberRange, OptionError, ShapeError } from "../../base/errors.js";
import { type Given, nullable, type Spec, via } from "../../base/options.js";
import type { Shape } from "../../base/shape.js";
import * as Op from "../../plan/ops.js";
import type { TensorRef } from "../../plan/tensor.js";
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

// @__NO_SIDE_EFFECTS__
function statistic(range: NumberRange) {
  type Statistic = number | readonly number[];
  return nullable<number | ArrayLike<number>, Statistic>(
    via((where, value): Statistic => {
      if (typeof value === "number") return checkNumber(where, value, range);
      checkArrayLike(where, value);
      return Array.from(value as ArrayLike<number>, (number, i) => checkNumber(`${where}[${i}]`, number, range));
    }),
  );
}

/** Options of `normalization`. */
const normalizationOptions = {
  /** Mean of each feature, or of all. Needs `variance`. `null`: 0 until `model.adapt(data)` finds it. @default null */
  mean: statistic({}),
  /** Variance of each feature, or of all, >= 0. `null`: 1 until `model.adapt(data)` finds it. @default null */
  variance: statistic({ min: 0 }),
  /** @default "normalization_1", "normalization_2", … */
  name: layerName,
};

/** Options of `normalization`. */
export interface NormalizationOptions extends Given<typeof normalizationOptions> {}

/** A normalization layer with every option spelled out; statistics are `null` if the model must find them. */
export interface NormalizationSpec extends Spec<"normalization", typeof normalizationOptions> {}

/** A feature whose variance is given as 0 is divided by this, as in Keras. */
const LEAST_DEVIATION = 1e-7;

/**
 * y = (x − mean) / max(√variance, 1e-7), feature by feature, in training and outside it, as in Keras. `adapt` sets
 * the variance of a constant feature to 1, as scikit-learn does: in Keras a difference of 1 becomes 10⁷. Shapes: [*, n]
 * to [*, n]. Mean and variance are weights that are not trained: they are saved with the model, so that its users pass
 * their numbers unscaled.
 *
 * In Keras a layer is adapted before the model is made; here the model adapts all its normalization layers at once:
 *
 * @example
 * const model = await Sequential.create({ inputShape: [4], layers: [normalization(), dense({ units: 1 })] });
 * model.adapt(train); // means and variances of the training data
 * @throws OptionError for mean without variance, values that are not finite, or an unknown option; ShapeError, when a
 * model is made, for a number of means that differs from the number of features.
 */
export function normalization(options: NormalizationOptions = {}): NormalizationSpec {
  const spec = makeLayer("normalization", normalizationLayer, normalizationOptions, options, arguments);
  const { mean, variance } = spec;
  if ((mean === null) !== (variance === null)) {
    const [given, missing] = mean === null ? ["variance", "mean"] : ["mean", "variance"];
    throw new OptionError(`normalization: ${given} is given without ${missing}. Give both, or call model.adapt(data).`);
  }
  return spec;
}

export const normalizationLayer: LayerDefinition<NormalizationSpec, NormalizationOptions> = {
  resolve: (options) => normalization(options),
  outputShape(spec, inputShape, name) {
    const features = expectFeatures(name, inputShape);
    for (const what of ["mean", "variance"] as const) {
      const values = spec[what];
      if (!Array.isArray(values) || values.length === features) continue;
      throw new ShapeError(
        `${name}: ${what}: expected ${counted(features, "number")}, one per feature, got ${values.length}.`,
      );
    }
    return inputShape;
  },
  parameters: normalizationParameters,
  emit: emitNormalization,
  scalesInput: true,
  adapt(name, x, columns) {
    const means = columnMeans(x, columns);
    const variances = Float32Array.from(columnVariances(x, means));
    // A constant column is only shifted: the sums of equal values of float32 are exact in float64.
    return new Map([
      [`${name}/mean`, Float32Array.from(means)],
      [`${name}/variance`, variances.map((variance) => variance || 1)],
    ]);
  },
};

function normalizationParameters({ mean, variance }: NormalizationSpec, [features]: Shape): ParameterSpec[] {
  const common = { shape: [features], trainable: false, fanIn: features, fanOut: features };
  const values = (given: number | readonly number[]) =>
    typeof given === "number" ? Array(features).fill(given) : given;
  return [
    { name: "mean", initializer: { type: "zeros" }, ...common, ...(mean === null ? {} : { values: values(mean) }) },
    {
      name: "variance",
      minimum: 0,
      initializer: { type: "ones" },
      ...common,
      ...(variance === null ? {} : { values: values(variance) }),
    },
  ];
}

function emitNormalization(_: NormalizationSpec, context: EmitContext, x: TensorRef): Emitted {
  const { tape, name, parameters, stepwise } = context;
  const { mean, variance } = parameters;
  const columns = x.shape[0];
  const constants = { variance, gamma: null, beta: null, columns, epsilon: LEAST_DEVIATION, floor: 1 };
  const y = tape.rows(`${name}/h`, columns);
  tape.emit({ op: Op.Standardize, x, y, mean, ...constants });
  return {
    y,
    backward(dy, wantsInputGradient) {
      if (!wantsInputGradient) return null;
      const dx = stepwise ? tape.rows(gradientName(x.name), columns) : dy;
      tape.emit({ op: Op.Standardize, x: dy, y: dx, mean: tape.zeros(columns), ...constants });
      return dx;
    },
  };
}
