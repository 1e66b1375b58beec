/** The activation layer. */
import { type Given, type Spec, via } from "../../base/options.js";
import type { TensorRef } from "../../plan/tensor.js";
import { type Activation, type ActivationSpec, isElementwise, resolveActivation } from "../activations.js";
import { emitActivation, emitActivationBackward } from "./emitActivation.js";
import {
  type EmitContext,
  type Emitted,
  expectFeatures,
  gradientName,
  type LayerDefinition,
  layerName,
} from "./layer.js";
import { makeLayer } from "./registry.js";

/** Options of `activation`. */
const activationLayerOptions = {
  /** The function, a name or a spec. */
  activation: via<Activation, ActivationSpec>(resolveActivation),
  /** @default "activation_1", "activation_2", … */
  name: layerName,
};

/** An activation as a layer of its own. */
export interface ActivationLayerSpec extends Spec<"activation", typeof activationLayerOptions> {}

/**
 * y = f(x), element by element (softmax: row by row), as a layer of its own. Shapes: [*, …] to [*, …]; softmax and
 * logSoftmax take [*, n].
 * @throws OptionError for an unknown activation.
 */
export function activation(activation: Activation, options: { name?: string } = {}): ActivationLayerSpec {
  return makeLayer("activation", activationLayer, activationLayerOptions, options, arguments, { activation });
}

export const activationLayer: LayerDefinition<ActivationLayerSpec, Given<typeof activationLayerOptions>> = {
  resolve: ({ activation: spec, ...rest }) => activation(spec, rest),
  outputShape(spec, inputShape, name) {
    if (!isElementwise(spec.activation)) expectFeatures(name, inputShape);
    return inputShape;
  },
  lastActivation: (spec) => spec.activation,
  emit: emitActivationLayer,
  detail: (spec) => (spec.activation.type === "linear" ? null : spec.activation.type),
};

function emitActivationLayer(spec: ActivationLayerSpec, context: EmitContext, x: TensorRef): Emitted {
  const { tape, name, activation } = context;
  const isLeftToLoss = activation.type !== spec.activation.type;
  if (isLeftToLoss || (activation.type === "linear" && !context.stepwise)) return { y: x, backward: (dy) => dy };
  const y = emitActivation(tape, activation, x, `${name}/h`);
  const values = { z: x, y };
  return { y, backward: (dy) => emitActivationBackward(context, activation, values, dy, gradientName(x.name)) };
}
