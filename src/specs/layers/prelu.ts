/** The parametric relu layer: the slope below zero is trained, one for each value of a row. */
import { flag, type Given, type Spec } from "../../base/options.js";
import { sizeOf } from "../../base/shape.js";
import * as Op from "../../plan/ops.js";
import type { TensorRef } from "../../plan/tensor.js";
import { constraintOption } from "../constraints.js";
import { initializerOption } from "../initializers/table.js";
import { regularizerOption } from "../regularizers.js";
import { type EmitContext, type Emitted, gradientName, type LayerDefinition, layerName } from "./layer.js";
import { makeLayer } from "./registry.js";

/** Options of `prelu`. */
const preluOptions = {
  /** First slopes below zero. PyTorch begins with constant(0.25). @default "zeros" */
  alphaInitializer: initializerOption("zeros"),
  /** Penalty on the slopes, part of the loss. `null` for none. @default null */
  alphaRegularizer: regularizerOption,
  /** Constraint on the slopes, applied after each update. `null` for none. @default null */
  alphaConstraint: constraintOption(1),
  /** False freezes the slopes. @default true */
  trainable: flag(true),
  /** @default "prelu_1", "prelu_2", … */
  name: layerName,
};

/** Options of `prelu`. */
export interface PreluOptions extends Given<typeof preluOptions> {}

/** A parametric relu layer with every option spelled out. */
export interface PreluSpec extends Spec<"prelu", typeof preluOptions> {}

/**
 * y = x for x >= 0, alpha x below, with an alpha for each value of a row, trained with the other weights (He et al.
 * 2015). Shapes: [*, …] to [*, …]; alpha is a list of as many numbers as a row has. Options and defaults are those of
 * Keras 3's `PReLU`; it has no `shared_axes`. PyTorch's `PReLU` has one alpha for all, which begins with 0.25.
 * @throws OptionError for an unknown option, initializer, regularizer or constraint.
 */
export function prelu(options: PreluOptions = {}): PreluSpec {
  return makeLayer("prelu", preluLayer, preluOptions, options, arguments);
}

export const preluLayer: LayerDefinition<PreluSpec, PreluOptions> = {
  resolve: (options) => prelu(options),
  outputShape: (_, inputShape) => inputShape,
  parameters({ alphaInitializer, alphaRegularizer, alphaConstraint, trainable }, inputShape) {
    const count = sizeOf(inputShape);
    const penalties = { regularizer: alphaRegularizer, constraint: alphaConstraint };
    const fans = { fanIn: count, fanOut: count };
    return [{ name: "alpha", shape: [count], initializer: alphaInitializer, trainable, ...penalties, ...fans }];
  },
  emit: emitPrelu,
};

function emitPrelu({ trainable }: PreluSpec, context: EmitContext, x: TensorRef): Emitted {
  const { tape, name, parameters, stepwise } = context;
  const { alpha } = parameters;
  const columns = x.shape[0];
  const y = tape.rows(`${name}/h`, columns);
  tape.emit({ op: Op.Prelu, x, y, alpha, columns });
  return {
    y,
    backward(dy, wantsInputGradient) {
      const slope = trainable ? tape.rows(`${name}/slope`, columns) : null;
      const inPlace = stepwise ? tape.rows(gradientName(x.name), columns) : dy;
      const dx = wantsInputGradient ? inPlace : null;
      tape.emit({ op: Op.PreluBackward, x, dy, dx, slope, alpha, columns });
      if (slope) tape.emit({ op: Op.ColumnSum, x: slope, out: tape.twin(alpha, "grads"), columns });
      return dx;
    },
  };
}
