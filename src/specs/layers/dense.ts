/** The dense (fully connected) layer. */

import { flag, type Given, number, type Spec, via } from "../../base/options.js";
import type { Shape } from "../../base/shape.js";
import { ActivationKind } from "../../plan/op.js";
import * as Op from "../../plan/ops.js";
import type { TensorRef } from "../../plan/tensor.js";
import {
  type Activation,
  type ActivationSpec,
  activationCode,
  differentiatesFrom,
  fitsDense,
  resolveActivation,
} from "../activations.js";
import { constraintOption } from "../constraints.js";
import { initializerOption } from "../initializers/table.js";
import { regularizerOption } from "../regularizers.js";
import { emitActivation, emitActivationBackward } from "./emitActivation.js";
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

/** Options of `dense`. */
export const denseOptions = {
  /** Number of outputs, an integer >= 1. */
  units: number({ min: 1, max: 2 ** 24, integer: true }),
  /** @default "linear" */
  activation: via<Activation, ActivationSpec>(resolveActivation, "linear"),
  /** Add a bias to each unit. @default true */
  useBias: flag(true),
  /** @default "glorotUniform" */
  kernelInitializer: initializerOption("glorotUniform", "matrix"),
  /** @default "zeros" */
  biasInitializer: initializerOption("zeros"),
  /** Penalty on the kernel, part of the loss. `null` for none. @default null */
  kernelRegularizer: regularizerOption,
  /** Penalty on the bias, part of the loss. `null` for none. @default null */
  biasRegularizer: regularizerOption,
  /** Constraint on the kernel, applied after each update. `null` for none. @default null */
  kernelConstraint: constraintOption(2),
  /** Constraint on the bias, applied after each update. `null` for none. @default null */
  biasConstraint: constraintOption(1),
  /** False freezes kernel and bias: they are used, but not trained. @default true */
  trainable: flag(true),
  /** Name of the layer, the prefix of its weights. @default "dense_1", "dense_2", … */
  name: layerName,
};

/** Options of `dense`. */
export interface DenseOptions extends Given<typeof denseOptions> {}

/** A dense layer with every option spelled out. */
export interface DenseSpec extends Spec<"dense", typeof denseOptions> {}

/**
 * y = f(x kernel + bias), with x [*, inputs], kernel [inputs, units], bias [units], y [*, units].
 * Defaults follow Keras 3. PyTorch's `Linear` uses another initializer: "torchDefault".
 *
 * @example dense({ units: 128, activation: "relu" })
 * @throws OptionError for an unknown option, name, or a size that is not a positive integer.
 */
export function dense(options: DenseOptions): DenseSpec {
  return makeLayer("dense", denseLayer, denseOptions, options, arguments);
}

export const denseLayer: LayerDefinition<DenseSpec, DenseOptions> = {
  resolve: (options) => dense(options),
  outputShape(spec, inputShape, name) {
    expectFeatures(name, inputShape);
    return [spec.units];
  },
  parameters: denseParameters,
  lastActivation: (spec) => spec.activation,
  emit: emitDense,
  detail: (spec) => (spec.activation.type === "linear" ? null : spec.activation.type),
};

/** Kernel and bias. */
export function denseParameters(spec: DenseSpec, [inputs]: Shape): ParameterSpec[] {
  const { units, trainable } = spec;
  const common = { fanIn: inputs, fanOut: units, trainable };
  const kernel = {
    name: "kernel",
    shape: [inputs, units],
    initializer: spec.kernelInitializer,
    regularizer: spec.kernelRegularizer,
    constraint: spec.kernelConstraint,
    ...common,
  };
  const bias = {
    name: "bias",
    shape: [units],
    initializer: spec.biasInitializer,
    regularizer: spec.biasRegularizer,
    constraint: spec.biasConstraint,
    ...common,
  };
  return spec.useBias ? [kernel, bias] : [kernel];
}

function emitDense(spec: DenseSpec, context: EmitContext, x: TensorRef): Emitted {
  const { tape, name, parameters, activation, stepwise } = context;
  const { kernel } = parameters;
  const bias = parameters.bias ?? null;
  const sizes = { inputs: x.shape[0], units: spec.units };
  // If the loss includes the activation, the layer's output is z itself: the logits.
  const endsAtLogits = activation.type !== spec.activation.type;
  // The activation is a record of its own if it does not fit, if its derivative needs z, or if a stepwise tape must
  // show z.
  const keepsZ = stepwise || (context.training && differentiatesFrom(activation) === "z");
  const fused = fitsDense(activation) && !keepsZ;
  const z = tape.rows(`${name}/${fused && !endsAtLogits ? "h" : "z"}`, spec.units);
  const inTile = fused ? activationCode(activation) : { activation: ActivationKind.Linear, alpha: 0 };
  tape.emit({ op: Op.DenseForward, x, kernel, bias: bias ?? tape.zeros(spec.units), y: z, ...sizes, ...inTile });
  const y = fused || endsAtLogits ? z : emitActivation(tape, activation, z, `${name}/h`);

  return {
    y,
    backward(dy, wantsInputGradient) {
      const dz = endsAtLogits
        ? dy
        : emitActivationBackward(context, activation, { z, y }, dy, gradientName(`${name}/z`));
      if (spec.trainable) {
        const dKernel = tape.twin(kernel, "grads");
        tape.emit({ op: Op.DenseKernelGradient, x, dy: dz, dKernel, sums: tape.sums(kernel), ...sizes });
        if (bias) tape.emit({ op: Op.ColumnSum, x: dz, out: tape.twin(bias, "grads"), columns: spec.units });
      }
      if (!wantsInputGradient) return null;
      const dx = tape.rows(gradientName(x.name), sizes.inputs);
      tape.emit({ op: Op.DenseInputGradient, dy: dz, kernel, dx, ...sizes });
      return dx;
    },
  };
}
