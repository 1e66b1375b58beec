/** Emits the records of a model's layers and optimizer: forward, backward, update. */

import { OptionError } from "../base/errors.js";
import type { Tape } from "../plan/tape.js";
import type { TensorRef } from "../plan/tensor.js";
import type { ActivationSpec } from "../specs/activations.js";
import { emitLayer, lastActivation, type PlacedLayer } from "../specs/layers/facts.js";
import { type Emitted, isTrainable } from "../specs/layers/layer.js";
import { emitAverages, emitOptimizer, optimizerFacts } from "../specs/optimizers/facts.js";
import { rules } from "./rules.js";
import type { Compiled, Parameter } from "./types.js";

const LINEAR: ActivationSpec = { type: "linear" };

/** Allocates the parameters of all layers in order, so that every program of a model has the same offsets. */
export function allocateParameters(tape: Tape, layers: readonly PlacedLayer[]): Parameter[] {
  return layers.flatMap((layer) =>
    layer.parameters.map((spec) => {
      const path = `${layer.name}/${spec.name}`;
      return { ...spec, path, tensor: tape.parameter(path, spec.shape) };
    }),
  );
}

/** Emits all layers. Skips the last activation if the loss includes it. */
export function emitForward(
  tape: Tape,
  layers: readonly PlacedLayer[],
  parameters: readonly Parameter[],
  x: TensorRef,
  seed: number,
  { dropLast = false, stepwise = false, training = false, withLoss = false } = {},
): Emitted[] {
  const emitted: Emitted[] = [];
  let input = x;
  let used = 0;
  layers.forEach((layer, i) => {
    const own = parameters.slice(used, used + layer.parameters.length);
    used += own.length;
    const context = {
      tape,
      name: layer.name,
      inputShape: layer.inputShape,
      parameters: Object.fromEntries(own.map((parameter) => [parameter.name, parameter.tensor])),
      activation: dropLast && i === layers.length - 1 ? LINEAR : lastActivation(layer.spec),
      stepwise,
      training,
      withLoss,
      seed,
      stream: i,
    };
    const one = emitLayer(layer.spec, context, input);
    emitted.push(one);
    input = one.y;
  });
  return emitted;
}

/** Emits the backward pass, down to the first layer that trains, or down to x if its gradient is wanted. */
export function emitBackward(
  layers: readonly PlacedLayer[],
  emitted: readonly Emitted[],
  dPredictions: TensorRef,
  { toInput = false } = {},
): void {
  const first = toInput ? 0 : layers.findIndex(({ parameters }) => parameters.some(isTrainable));
  let dy: TensorRef | null = first < 0 ? null : dPredictions;
  for (let i = emitted.length - 1; i >= first && dy; i--) dy = emitted[i].backward(dy, toInput || i > first);
}

/** Name of the method that moves the weights; `null` if a record does. */
export function minimizerOf({ optimizer }: Compiled): string | null {
  return optimizerFacts(optimizer).minimizer ?? null;
}

/** Emits the changes of the model after the gradients: moving statistics, the weights, and their averages. */
export function emitUpdate(
  tape: Tape,
  compiled: Compiled,
  emitted: readonly Emitted[],
  trainable: readonly Parameter[],
): void {
  const minimizer = minimizerOf(compiled);
  refuseConstraints(trainable, optimizerFacts(compiled.optimizer).unconstrained ?? minimizer);
  if (minimizer) {
    tape.endPrefix("accumulate"); // a line search runs this: the gradients, and nothing else
  }
  for (const one of emitted) one.update?.();
  const tensors = trainable.map(({ tensor }) => tensor);
  emitOptimizer(tape, compiled.optimizer, tensors);
  for (const { constraint, tensor } of trainable) if (constraint) rules.emitConstraint(tape, constraint, tensor);
  emitAverages(tape, compiled.optimizer, tensors);
}

function refuseConstraints(trainable: readonly Parameter[], method: string | null): void {
  const held = method && trainable.find(({ constraint, projected }) => constraint ?? projected);
  if (!held) return;
  throw new OptionError(
    `compile: ${held.path} has a constraint, which ${method} cannot keep to. Use another optimizer.`,
  );
}

/** The output of the last layer. */
export function outputOf(emitted: readonly Emitted[]): TensorRef {
  return emitted[emitted.length - 1].y;
}
